//! Judges analytes, samples and assessments by the stated rules; every decision is a row that says why.

pub mod params;
pub mod schema;

pub use params::Params;

use crate::contract::{Stage, StageContext, StageError};
use crate::ingest::schema as ingest;
use crate::{inputs, outputs};

inputs! {
    Inputs {
        participants: "ingest" / ingest::Participants,
        assessments: "ingest" / ingest::Assessments,
        samples: "ingest" / ingest::Samples,
        abundances: "ingest" / ingest::Abundances,
        panel: "ingest" / ingest::Panel,
    }
}

outputs! {
    Outputs {
        participants: schema::Participants,
        assessments: schema::Assessments,
        samples: schema::Samples,
        abundances: schema::Abundances,
        analyte_quality: schema::AnalyteQuality,
        sample_quality: schema::SampleQuality,
        flow: schema::Flow,
    }
}

/// Judges analytes, samples and assessments by the stated rules; every decision is a row that says why.
pub struct Qc;

impl Stage for Qc {
    const NAME: &'static str = "qc";
    const VERSION: u32 = 1;
    type Params = Params;
    type Inputs = Inputs;
    type Outputs = Outputs;

    fn run(_params: &Params, _inputs: Inputs, _context: &mut StageContext<'_>) -> Result<Outputs, StageError> {
        Err(StageError::Failed { code: "not_built", message: "qc is not built yet".into() })
    }
}
