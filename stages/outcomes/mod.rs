//! Makes the clinical endpoints, the course over visits and the rates with their limits.

pub mod params;
pub mod schema;

pub use params::Params;

use crate::contract::{Stage, StageContext, StageError};
use crate::qc::schema as qc;
use crate::{inputs, outputs};

inputs! {
    Inputs {
        participants: "qc" / qc::Participants,
        assessments: "qc" / qc::Assessments,
    }
}

outputs! {
    Outputs {
        endpoints: schema::Endpoints,
        trajectory: schema::Trajectory,
        rates: schema::Rates,
    }
}

/// Makes the clinical endpoints, the course over visits and the rates with their limits.
pub struct Outcomes;

impl Stage for Outcomes {
    const NAME: &'static str = "outcomes";
    const VERSION: u32 = 1;
    type Params = Params;
    type Inputs = Inputs;
    type Outputs = Outputs;

    fn run(_params: &Params, _inputs: Inputs, _context: &mut StageContext<'_>) -> Result<Outputs, StageError> {
        Err(StageError::Failed { code: "not_built", message: "outcomes is not built yet".into() })
    }
}
