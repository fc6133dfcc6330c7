//! Asks whether the early change predicts improvement in a participant the model has not seen.

pub mod params;
pub mod schema;

pub use params::Params;

use crate::contract::{Stage, StageContext, StageError};
use crate::ingest::schema as ingest;
use crate::outcomes::schema as outcomes;
use crate::qc::schema as qc;
use crate::{inputs, outputs};

inputs! {
    Inputs {
        abundances: "qc" / qc::Abundances,
        samples: "qc" / qc::Samples,
        participants: "qc" / qc::Participants,
        panel: "ingest" / ingest::Panel,
        variables: "ingest" / ingest::Variables,
        endpoints: "outcomes" / outcomes::Endpoints,
    }
}

outputs! {
    Outputs {
        performance: schema::Performance,
        predictions: schema::Predictions,
    }
}

/// Asks whether the early change predicts improvement in a participant the model has not seen.
pub struct Predict;

impl Stage for Predict {
    const NAME: &'static str = "predict";
    const VERSION: u32 = 1;
    const DRAWS: bool = true;
    type Params = Params;
    type Inputs = Inputs;
    type Outputs = Outputs;

    fn run(_params: &Params, _inputs: Inputs, _context: &mut StageContext<'_>) -> Result<Outputs, StageError> {
        Err(StageError::Failed { code: "not_built", message: "predict is not built yet".into() })
    }
}
