//! Reads the study's files, types every declared column and reconciles ids across the tables.

pub mod params;
pub mod schema;

pub use params::Params;

use crate::contract::{FromSlots, Slot, SlotError, SourceFile, Stage, StageContext, StageError, Supply};
use crate::outputs;

/// The study's files, as the settings ask for them.
#[derive(Debug, Clone)]
pub struct Inputs {
    pub files: Vec<SourceFile>,
}

impl FromSlots for Inputs {
    fn slots() -> Vec<Slot> {
        Vec::new()
    }
    fn fill(supply: &mut Supply) -> Result<Self, SlotError> {
        Ok(Inputs { files: std::mem::take(&mut supply.sources) })
    }
}

outputs! {
    Outputs {
        participants: schema::Participants,
        variables: schema::Variables,
        assessments: schema::Assessments,
        samples: schema::Samples,
        abundances: schema::Abundances,
        panel: schema::Panel,
    }
}

/// Reads the study's files, types every declared column and reconciles ids across the tables.
pub struct Ingest;

impl Stage for Ingest {
    const NAME: &'static str = "ingest";
    const VERSION: u32 = 1;
    type Params = Params;
    type Inputs = Inputs;
    type Outputs = Outputs;

    fn run(_params: &Params, _inputs: Inputs, _context: &mut StageContext<'_>) -> Result<Outputs, StageError> {
        Err(StageError::Failed { code: "not_built", message: "ingest is not built yet".into() })
    }
}
