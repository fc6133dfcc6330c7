//! Fits every metabolite against every outcome in every model; each test asked for has a row.

pub mod params;
pub mod schema;

mod adjust;
mod assemble;
mod associate;
mod beside;
mod block;
mod case;
mod check;
mod covariate;
mod describe;
mod expand;
mod model;
mod moderate;
mod notice;
mod permute;
mod question;
mod refit;
mod resample;
mod sensitivity;
mod solve;
mod test_term;
#[cfg(test)]
mod tests;
mod unit;

pub use params::Params;
pub use refit::{Refit, Wanted};

use rayon::prelude::*;

use crate::contract::{Problem, Stage, StageContext, StageError, Table, Vocabulary};
use crate::ingest::schema as ingest;
use crate::normalize::schema as normalize;
use crate::outcomes::schema as outcomes;
use crate::qc::schema as qc;
use crate::study::Study;
use crate::{inputs, outputs};

use assemble::Metabolites;
use associate::{Answered, associate};
use question::{Answer, Question};

inputs! {
    Inputs {
        abundances: "normalize" / normalize::Abundances,
        changes: "normalize" / normalize::Changes,
        samples: "qc" / qc::Samples,
        participants: "qc" / qc::Participants,
        quality: "qc" / qc::AnalyteQuality,
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
    const VERSION: u32 = 2;
    type Params = Params;
    type Inputs = Inputs;
    type Outputs = Outputs;

    fn run(params: &Params, inputs: Inputs, context: &mut StageContext<'_>) -> Result<Outputs, StageError> {
        // The participants in one order, with outcomes and covariates; beside them each predictor's values.
        let study = Study::new(&inputs.participants, &inputs.variables, &inputs.endpoints);
        let metabolites = Metabolites::new(params, &inputs, &study);

        // Every question is answered on its own complete cases, in any order; the answers keep the questions' order.
        let questions = metabolites.questions(params);
        let mut answered = answer_all(&questions, &study, params, context);

        // Where variances inform each other, no test is finished before all are fitted.
        moderate::moderate_models(&mut answered, params, context);

        // What a test would say of participants in another order, and of other participants like them.
        if let Some(settings) = &params.permutation
            && let Some(said) = permute::permute(&answered, &study, params, settings, context)
        {
            permute::fill(&mut answered, said);
        }
        if let Some(settings) = &params.bootstrap {
            let limits = resample::resample(&answered, &study, params, settings, context);
            resample::fill(&mut answered, limits, settings, context);
        }

        // What many tests do to each other, and what a reader should not overlook.
        let mut answers: Vec<Answer> = answered.into_iter().flat_map(|one| one.answers).collect();
        let mut rows: Vec<_> = answers.iter_mut().map(|answer| &mut answer.association).collect();
        adjust::adjust_families(&mut rows, &params.multiplicity);
        notice::tests(answers.iter(), context);
        notice::coupling(params, &study, context);
        tables(answers)
    }

    fn define(params: &Params, names: &mut Vocabulary) {
        names.models.extend(params.models.iter().map(|(name, model)| (name.clone(), model.outcomes.clone())));
    }

    fn draws(_: &Params) -> bool {
        true
    }

    fn check(params: &Params, names: &Vocabulary) -> Vec<Problem> {
        params.check(names)
    }

    fn methods(params: &Params) -> Vec<String> {
        describe::methods(params)
    }
}

fn answer_all<'a>(
    questions: &'a [Question<'a>],
    study: &'a Study,
    params: &'a Params,
    context: &StageContext<'_>,
) -> Vec<Answered<'a>> {
    context.progress.start("tests", questions.len() as u64);
    let answer = |question: &'a Question<'a>| {
        let answered = associate(question, study, params);
        context.progress.advance(1);
        answered
    };
    questions.par_iter().map(answer).collect()
}

fn tables(answers: Vec<Answer>) -> Result<Outputs, StageError> {
    let (mut associations, mut fits, mut coefficients, mut influence) =
        (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for answer in answers {
        associations.push(answer.association);
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
