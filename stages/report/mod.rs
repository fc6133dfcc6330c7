//! The page that people read: figures first, then numbers, then how they were made.

pub mod params;

pub use params::Params;

use crate::contract::finding::Findings;
use crate::contract::{Artifact, Document, IntoSlots, Stage, StageContext, StageError};
use crate::ingest::schema as ingest;
use crate::inputs;
use crate::normalize::schema as normalize;
use crate::outcomes::schema as outcomes;
use crate::predict::schema as predict;
use crate::qc::schema as qc;
use crate::screen::schema as screen;

inputs! {
    Inputs {
        participants: "ingest" / ingest::Participants,
        variables: "ingest" / ingest::Variables,
        panel: "ingest" / ingest::Panel,
        samples: "ingest" / ingest::Samples,
        abundances: "ingest" / ingest::Abundances,
        ingest_findings: "ingest" / Findings,
        analyte_quality: "qc" / qc::AnalyteQuality,
        sample_quality: "qc" / qc::SampleQuality,
        flow: "qc" / qc::Flow,
        assessments: "qc" / qc::Assessments,
        kept_samples: "qc" / qc::Samples,
        kept_abundances: "qc" / qc::Abundances,
        qc_findings: "qc" / Findings,
        changes: "normalize" / normalize::Changes,
        steps: "normalize" / normalize::Steps,
        normalize_findings: "normalize" / Findings,
        endpoints: "outcomes" / outcomes::Endpoints,
        trajectory: "outcomes" / outcomes::Trajectory,
        rates: "outcomes" / outcomes::Rates,
        outcomes_findings: "outcomes" / Findings,
        associations: "screen" / screen::Associations,
        fits: "screen" / screen::Fits,
        coefficients: "screen" / screen::Coefficients,
        influence: "screen" / screen::Influence,
        screen_findings: "screen" / Findings,
        performance: "predict" / predict::Performance,
        predictions: "predict" / predict::Predictions,
        predict_findings: "predict" / Findings,
    }
}

/// The page, its figures and its tables as files.
#[derive(Debug, Clone)]
pub struct Outputs {
    pub documents: Vec<Document>,
}

impl IntoSlots for Outputs {
    fn tables() -> Vec<&'static str> {
        Vec::new()
    }
    fn into_artifacts(self) -> Vec<Artifact> {
        self.documents.into_iter().map(Artifact::Document).collect()
    }
}

/// Writes the page that people read.
pub struct Report;

impl Stage for Report {
    const NAME: &'static str = "report";
    const VERSION: u32 = 1;
    type Params = Params;
    type Inputs = Inputs;
    type Outputs = Outputs;

    fn run(_params: &Params, _inputs: Inputs, _context: &mut StageContext<'_>) -> Result<Outputs, StageError> {
        Err(StageError::Failed { code: "not_built", message: "report is not built yet".into() })
    }
}
