//! Fits every metabolite against every outcome in every model; each test asked for has a row.

pub mod params;
pub mod schema;

pub use params::Params;

use crate::contract::{Stage, StageContext, StageError};
use crate::ingest::schema as ingest;
use crate::normalize::schema as normalize;
use crate::outcomes::schema as outcomes;
use crate::qc::schema as qc;
use crate::{inputs, outputs};

inputs! {
    Inputs {
        abundances: "normalize" / normalize::Abundances,
        changes: "normalize" / normalize::Changes,
        samples: "qc" / qc::Samples,
        participants: "qc" / qc::Participants,
        variables: "ingest" / ingest::Variables,
        endpoints: "outcomes" / outcomes::Endpoints,
    }
}

outputs! {
    Outputs {
        associations: schema::Associations,
        fits: schema::Fits,
        coefficients: schema::Coefficients,
        influence: schema::Influence,
    }
}

/// Fits every metabolite against every outcome in every model; each test asked for has a row.
pub struct Screen;

impl Stage for Screen {
    const NAME: &'static str = "screen";
    const VERSION: u32 = 1;
    type Params = Params;
    type Inputs = Inputs;
    type Outputs = Outputs;

    fn run(_params: &Params, _inputs: Inputs, _context: &mut StageContext<'_>) -> Result<Outputs, StageError> {
        Err(StageError::Failed { code: "not_built", message: "screen is not built yet".into() })
    }
}
