//! Judges sets of features: predicts every participant from each, and says how well that went.

use std::collections::BTreeMap;

use rayon::prelude::*;

use crate::contract::{StageContext, StageError};

use super::cohort::Cohort;
use super::features::{FoldData, Measured};
use super::params::{Features, Params};
use super::schema::{PerformanceRow, PredictionRow};
use super::validate::{Candidate, Fold, Outcomes, Prediction, Record};

/// One set of features.
pub struct Question {
    features: Features,
    /// The metabolite, for `each`.
    analyte: String,
    /// Each candidate's name and analytes; more than one means that a fold chooses.
    candidates: Vec<(String, Vec<usize>)>,
}

/// Every set of features that the settings ask for, in the order of the output.
pub fn questions(params: &Params, measured: Option<&Measured>) -> Vec<Question> {
    let names: &[String] = measured.map_or(&[], Measured::analytes);
    let single = || names.iter().enumerate().map(|(analyte, name)| (name.clone(), vec![analyte]));
    let mut sorted = params.features.clone();
    sorted.sort_unstable();
    sorted.dedup();
    let of = |features: Features| -> Vec<Question> {
        let one = |candidates| vec![Question { features, analyte: String::new(), candidates }];
        match features {
            Features::Covariates => one(vec![(String::new(), Vec::new())]),
            Features::BestInFold => one(single().collect()),
            Features::All => one(vec![(String::new(), (0..names.len()).collect())]),
            Features::Each => {
                let question = |(name, analytes): (String, Vec<usize>)| Question {
                    features,
                    analyte: name.clone(),
                    candidates: vec![(name, analytes)],
                };
                single().map(question).collect()
            }
        }
    };
    sorted.into_iter().flat_map(of).collect()
}

/// The answer to one question.
pub struct Verdict {
    pub performance: PerformanceRow,
    pub predictions: Vec<PredictionRow>,
}

/// A status and what happened, where nothing could be predicted.
type Refusal = (&'static str, String);

/// Predicts every participant from each set of features.
///
/// A fold's normalization and designs are made once for all questions and dropped with the fold, so that memory holds
/// a few folds at a time; folds are gathered in their order, whatever thread made them.
pub fn judge(
    questions: &[Question],
    cohort: &Cohort,
    measured: Option<&Measured>,
    params: &Params,
    context: &StageContext<'_>,
) -> Result<Vec<Verdict>, StageError> {
    const FOLDS_AT_A_TIME: usize = 32;
    let draws = params.validation.permutations;
    let outcomes = Outcomes::new(&cohort.y, draws, context.seed, &format!("predict/permutation/{}", cohort.outcome));
    let mut answers: Vec<Result<Record, Refusal>> = questions.iter().map(|_| Ok(Record::default())).collect();
    let people: Vec<usize> = (0..cohort.people.len()).collect();
    context.progress.start(&format!("{}, participants", cohort.outcome), people.len() as u64);
    for some in people.chunks(FOLDS_AT_A_TIME) {
        let fold = |&left_out: &usize| {
            let made = answer_fold(questions, cohort, &FoldData::new(left_out, &cohort.people, measured)?, &outcomes);
            context.progress.advance(1);
            Ok(made)
        };
        let folds: Vec<Result<Vec<Result<Prediction, Refusal>>, StageError>> = some.par_iter().map(fold).collect();
        for fold in folds {
            for (answer, prediction) in answers.iter_mut().zip(fold?) {
                gather(answer, prediction);
            }
        }
    }
    let verdicts = questions.iter().zip(answers);
    Ok(verdicts.map(|(question, answer)| verdict(question, cohort, answer)).collect())
}

fn gather(answer: &mut Result<Record, Refusal>, prediction: Result<Prediction, Refusal>) {
    match (&mut *answer, prediction) {
        (Ok(record), Ok(prediction)) => record.add(prediction),
        (Ok(_), Err(refusal)) => *answer = Err(refusal),
        (Err(_), _) => {}
    }
}

/// One participant predicted from each set of features. A choice passes over a candidate that cannot be built;
/// elsewhere that is the answer.
fn answer_fold(
    questions: &[Question],
    cohort: &Cohort,
    data: &FoldData,
    outcomes: &Outcomes,
) -> Vec<Result<Prediction, Refusal>> {
    let fold = Fold::new(outcomes, &data.train, data.left_out);
    let asked: BTreeMap<&[usize], &str> = questions
        .iter()
        .flat_map(|question| question.candidates.iter().map(|(name, analytes)| (analytes.as_slice(), name.as_str())))
        .collect();
    let build = |(analytes, name): (&[usize], &str)| {
        if data.lacks(analytes) {
            let what = if name.is_empty() { "every metabolite" } else { name };
            return Err(("dropped_by_filter", format!("a filter step of normalize leaves out {what}")));
        }
        let design = data.design(cohort, analytes);
        design.map(|design| Candidate::new(name, design)).map_err(|error| (error.status(), error.to_string()))
    };
    let built: BTreeMap<&[usize], Result<Candidate, Refusal>> =
        asked.into_iter().map(|(analytes, name)| (analytes, build((analytes, name)))).collect();
    let answer = |question: &Question| {
        let candidates = || question.candidates.iter().filter_map(|(_, analytes)| built.get(analytes.as_slice()));
        let good: Vec<&Candidate> = candidates().filter_map(|candidate| candidate.as_ref().ok()).collect();
        if let (true, Some((status, message))) = (good.is_empty(), candidates().find_map(|c| c.as_ref().err())) {
            return Err((*status, format!("without {}: {message}", cohort.people[data.left_out])));
        }
        let failed = "the learner gave no finite prediction; leave out features that nearly repeat another";
        fold.predict(&good).ok_or(("not_converged", failed.to_owned()))
    };
    questions.iter().map(answer).collect()
}

fn verdict(question: &Question, cohort: &Cohort, answer: Result<Record, Refusal>) -> Verdict {
    let mut performance = blank(question, cohort);
    let refusal = match answer {
        _ if question.candidates.is_empty() => ("missing_input", "no metabolite passed quality control".to_owned()),
        Err(refusal) => refusal,
        Ok(record) if record.predictions.is_empty() => {
            ("missing_input", "no participant has the outcome, every covariate and both samples".to_owned())
        }
        Ok(record) => {
            performance.permutation_p = record.permutation_p();
            let predictions = record.predictions;
            performance.predictors = predictions.first().map(|prediction| prediction.predictors);
            summarize(&mut performance, &predictions);
            if question.features == Features::BestInFold {
                performance.detail = tally(predictions.iter().map(|prediction| prediction.chosen.as_str()));
            }
            return Verdict { performance, predictions: rows(question, cohort, predictions) };
        }
    };
    (performance.status, performance.detail) = (refusal.0.to_owned(), refusal.1);
    Verdict { performance, predictions: Vec::new() }
}

fn blank(question: &Question, cohort: &Cohort) -> PerformanceRow {
    PerformanceRow {
        outcome: cohort.outcome.clone(),
        features: question.features.name().to_owned(),
        learner: "linear".to_owned(),
        analyte: question.analyte.clone(),
        n: cohort.people.len() as i64,
        predictors: None,
        q2: None,
        auc: None,
        rmse: None,
        mae: None,
        rmse_mean_only: None,
        permutation_p: None,
        conf_low: None,
        conf_high: None,
        status: "ok".to_owned(),
        detail: String::new(),
    }
}

/// Q² = 1 − Σ(y − ŷ)² / Σ(y − ȳ₋ᵢ)², with ȳ₋ᵢ the mean of the others.
fn summarize(row: &mut PerformanceRow, predictions: &[Prediction]) {
    let n = predictions.len() as f64;
    let sum = |of: &dyn Fn(&Prediction) -> f64| predictions.iter().map(of).sum::<f64>();
    let press = sum(&|p| (p.observed - p.predicted) * (p.observed - p.predicted));
    let about_mean = sum(&|p| (p.observed - p.mean) * (p.observed - p.mean));
    row.rmse = Some((press / n).sqrt());
    row.rmse_mean_only = Some((about_mean / n).sqrt());
    row.mae = Some(sum(&|p| (p.observed - p.predicted).abs()) / n);
    if about_mean > 0.0 {
        row.q2 = Some(1.0 - press / about_mean);
    } else {
        row.status = "no_variation".to_owned();
        row.detail = "the outcome is the same for everyone".to_owned();
    }
}

/// Which metabolites the folds chose, and how often: the most frequent first.
fn tally<'a>(chosen: impl Iterator<Item = &'a str>) -> String {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    chosen.for_each(|name| *counts.entry(name).or_default() += 1);
    let mut counts: Vec<_> = counts.into_iter().collect();
    counts.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(b.0)));
    let named: Vec<String> = counts.into_iter().map(|(name, n)| format!("{name} in {n} folds")).collect();
    format!("chosen: {}", named.join(", "))
}

fn rows(question: &Question, cohort: &Cohort, predictions: Vec<Prediction>) -> Vec<PredictionRow> {
    let choice = |chosen: String| if question.features == Features::BestInFold { chosen } else { String::new() };
    let row = |(i, prediction): (usize, Prediction)| PredictionRow {
        outcome: cohort.outcome.clone(),
        features: question.features.name().to_owned(),
        learner: "linear".to_owned(),
        analyte: question.analyte.clone(),
        participant_id: cohort.people[i].clone(),
        observed: prediction.observed,
        predicted: prediction.predicted,
        fold: i as i64 + 1,
        chosen: choice(prediction.chosen),
    };
    predictions.into_iter().enumerate().map(row).collect()
}
