//! Brings abundances to the scale of the analysis, step by step, and takes each participant's change.

pub mod params;
pub mod schema;

pub use params::Params;

use crate::contract::{Stage, StageContext, StageError};
use crate::ingest::schema as ingest;
use crate::qc::schema as qc;
use crate::{inputs, outputs};

inputs! {
    Inputs {
        abundances: "qc" / qc::Abundances,
        samples: "qc" / qc::Samples,
        panel: "ingest" / ingest::Panel,
    }
}

outputs! {
    Outputs {
        abundances: schema::Abundances,
        changes: schema::Changes,
        steps: schema::Steps,
    }
}

/// Brings abundances to the scale of the analysis, step by step, and takes each participant's change.
pub struct Normalize;

impl Stage for Normalize {
    const NAME: &'static str = "normalize";
    const VERSION: u32 = 1;
    type Params = Params;
    type Inputs = Inputs;
    type Outputs = Outputs;

    fn run(_params: &Params, _inputs: Inputs, _context: &mut StageContext<'_>) -> Result<Outputs, StageError> {
        Err(StageError::Failed { code: "not_built", message: "normalize is not built yet".into() })
    }
}
