//! Fits every metabolite against every outcome in every model; each test asked for has a row.

pub mod params;
pub mod schema;

mod adjust;
mod assemble;
mod associate;
mod describe;
mod model;
mod question;
mod sensitivity;
#[cfg(test)]
mod tests;

pub use params::Params;

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use crate::contract::{Finding, Problem, Stage, StageContext, StageError, Table, Vocabulary};
use crate::ingest::schema as ingest;
use crate::normalize::schema as normalize;
use crate::outcomes::schema as outcomes;
use crate::qc::schema as qc;
use crate::study::Study;
use crate::{inputs, outputs};

use assemble::PredictorTable;
use associate::associate;
use question::{Answer, Question};
use schema::AssociationRow;

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

/// Fits every metabolite against every outcome in every model.
pub struct Screen;

impl Stage for Screen {
    const NAME: &'static str = "screen";
    const VERSION: u32 = 1;
    type Params = Params;
    type Inputs = Inputs;
    type Outputs = Outputs;

    fn run(params: &Params, inputs: Inputs, context: &mut StageContext<'_>) -> Result<Outputs, StageError> {
        // The participants in one order, with outcomes and covariates; beside them each predictor's values.
        let study = Study::new(&inputs.participants, &inputs.variables, &inputs.endpoints);
        let predictors = assemble::predictors(params, &inputs, &study.participants);
        let analytes = assemble::analytes(&inputs);

        // Every question is answered on its own complete cases, in any order; the answers keep the questions' order.
        let questions = questions(params, &analytes, &predictors);
        let answers = answer_all(&questions, &study, params, context);

        // What many tests do to each other is known only when all are made.
        let mut associations: Vec<AssociationRow> = answers.iter().map(|answer| answer.association.clone()).collect();
        adjust::adjust_families(&mut associations, &params.multiplicity);
        note(&associations, context);
        tables(associations, answers)
    }

    fn define(params: &Params, names: &mut Vocabulary) {
        names.models.extend(params.models.keys().cloned());
    }

    fn check(params: &Params, names: &Vocabulary) -> Vec<Problem> {
        params.check(names)
    }

    fn methods(params: &Params) -> Vec<String> {
        describe::methods(params)
    }
}

fn questions<'a>(
    params: &'a Params,
    analytes: &'a BTreeSet<String>,
    predictors: &'a BTreeMap<String, PredictorTable>,
) -> Vec<Question<'a>> {
    let mut questions = Vec::new();
    for (name, model) in &params.models {
        let table = predictors.get(&model.predictor.label());
        for outcome in &model.outcomes {
            questions.extend(analytes.iter().map(|analyte| {
                let predictor = table.and_then(|table| table.columns.get(analyte)).map(Vec::as_slice);
                Question { name, model, outcome, analyte, predictor }
            }));
        }
    }
    questions
}

fn answer_all(questions: &[Question<'_>], study: &Study, params: &Params, context: &StageContext<'_>) -> Vec<Answer> {
    context.progress.start("tests", questions.len() as u64);
    let answer = |question: &Question<'_>| {
        let answer = associate(question, study, params);
        context.progress.advance(1);
        answer
    };
    questions.par_iter().map(answer).collect()
}

/// What a reader of the association table should not overlook.
fn note(rows: &[AssociationRow], context: &mut StageContext<'_>) {
    for row in rows {
        let subject = format!("{} · {} · {}", row.model, row.outcome, row.analyte);
        if row.status != "ok" {
            context.find(Finding::warning("test_not_made", subject, format!("{}: {}", row.status, row.detail)));
        } else if row.loo_flips == Some(true) {
            let message = format!(
                "one participant decides whether p is below {:.3}: left out one at a time, p reaches {:.4}",
                1.0 - row.confidence,
                row.loo_p_max.unwrap_or(f64::NAN)
            );
            context.find(Finding::note("one_participant_decides", subject, message).hint("see the influence table"));
        }
    }
}

fn tables(associations: Vec<AssociationRow>, answers: Vec<Answer>) -> Result<Outputs, StageError> {
    let (mut fits, mut coefficients, mut influence) = (Vec::new(), Vec::new(), Vec::new());
    for answer in answers {
        fits.extend(answer.fit);
        coefficients.extend(answer.coefficients);
        influence.extend(answer.influence);
    }
    Ok(Outputs {
        associations: Table::from_rows(associations)?,
        fits: Table::from_rows(fits)?,
        coefficients: Table::from_rows(coefficients)?,
        influence: Table::from_rows(influence)?,
    })
}
