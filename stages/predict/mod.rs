//! Asks whether the early change predicts improvement in a participant the model has not seen.
//!
//! Everything that learns from data — normalization, the imputation of a missing change, the choice of the best
//! metabolite, the coefficients — learns inside the fold. No number of this stage is a fit to the data it is judged on.

pub mod params;
pub mod schema;

mod cohort;
mod features;
mod judge;
mod learn;
#[cfg(test)]
mod tests;
mod validate;

pub use params::Params;

use crate::contract::{Finding, Predictor, Problem, Stage, StageContext, StageError, Table, Vocabulary};
use crate::ingest::schema as ingest;
use crate::outcomes::schema as outcomes;
use crate::qc::schema as qc;
use crate::study::Study;
use crate::{inputs, outputs};

use cohort::Cohort;
use features::Measured;

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
    const VERSION: u32 = 3;
    type Params = Params;
    type Inputs = Inputs;
    type Outputs = Outputs;

    fn run(params: &Params, inputs: Inputs, context: &mut StageContext<'_>) -> Result<Outputs, StageError> {
        let normalized =
            params.predictor.as_ref().is_some_and(|predictor| matches!(predictor, Predictor::Change { .. }));
        let steps = if normalized { params.normalization.steps.as_slice() } else { &[] };
        StageError::unless_none(crate::normalize::replicates::over_batches(&inputs.samples, steps))?;
        let study = Study::new(&inputs.participants, &inputs.variables, &inputs.endpoints);
        let measured = match &params.predictor {
            Some(Predictor::Change { measure, contrast }) => {
                Measured::new(&inputs, &params.normalization, measure, contrast.as_deref(), context.seed)
            }
            _ => None,
        };
        let (mut performance, mut predictions) = (Vec::new(), Vec::new());
        for outcome in &params.outcomes {
            let cohort = Cohort::new(params, outcome, &study, measured.as_ref());
            note_left_out(&cohort, &study, context);
            let questions = judge::questions(params, measured.as_ref());
            for verdict in judge::judge(&questions, &cohort, measured.as_ref(), params, context)? {
                performance.push(verdict.performance);
                predictions.extend(verdict.predictions);
            }
        }
        Ok(Outputs { performance: Table::from_rows(performance)?, predictions: Table::from_rows(predictions)? })
    }

    fn draws(_: &Params) -> bool {
        true
    }

    fn check(params: &Params, names: &Vocabulary) -> Vec<Problem> {
        params.check(names)
    }

    fn methods(params: &Params) -> Vec<String> {
        params.methods()
    }
}

fn note_left_out(cohort: &Cohort, study: &Study, context: &mut StageContext<'_>) {
    if !cohort.others.is_empty() {
        let message = format!(
            "{} of {} participants are not predicted, since the outcome, a covariate or a sample is missing: {}",
            cohort.others.len(),
            study.participants.len(),
            cohort.others.join(", ")
        );
        context.find(Finding::note("not_predicted", cohort.outcome.clone(), message));
    }
}
