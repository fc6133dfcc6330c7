//! Judges one set of features: predicts every participant, and says how well that went.

use std::collections::BTreeMap;

use crate::contract::StageContext;

use super::cohort::Cohort;
use super::features::{FoldData, Measured};
use super::params::{Features, Params};
use super::schema::{PerformanceRow, PredictionRow};
use super::validate::{self, Candidate, Fold, Prediction};

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

/// Predicts every participant from one set of features.
pub fn judge(
    question: &Question,
    cohort: &Cohort,
    data: &[FoldData],
    params: &Params,
    context: &StageContext<'_>,
) -> Verdict {
    let mut performance = blank(question, cohort);
    let folds = match prepare(question, cohort, data) {
        Ok(folds) => folds,
        Err((status, detail)) => {
            performance.status = status.to_owned();
            performance.detail = detail;
            return Verdict { performance, predictions: Vec::new() };
        }
    };
    let Some(predictions) = validate::leave_one_out(&folds, &cohort.y) else {
        performance.status = "not_converged".to_owned();
        performance.detail =
            "the learner gave no finite prediction; leave out features that nearly repeat another".to_owned();
        return Verdict { performance, predictions: Vec::new() };
    };
    performance.predictors = folds.first().and_then(|fold| fold.candidates.first()).map(Candidate::predictors);
    let draws = params.validation.permutations;
    context.progress.start(&format!("{}, {}", cohort.outcome, question.features.name()), u64::from(draws));
    // One name for all sets of features: each is judged under the same reassignments.
    let name = format!("predict/permutation/{}", cohort.outcome);
    let tick = || context.progress.advance(1);
    performance.permutation_p = validate::permutation_p(&folds, &cohort.y, draws, context.seed, &name, &tick);
    summarize(&mut performance, &predictions);
    let chosen = |i: usize| folds[i].candidates[predictions[i].chosen].analyte.clone();
    if question.features == Features::BestInFold {
        performance.detail = tally((0..folds.len()).map(chosen));
    }
    let rows = rows(question, cohort, &predictions, chosen);
    Verdict { performance, predictions: rows }
}

/// A status and what happened, where nothing could be predicted.
type Refusal = (&'static str, String);

/// Builds every fold's candidates. A fold that chooses passes over a candidate that cannot be built; elsewhere that
/// is the answer.
fn prepare(question: &Question, cohort: &Cohort, data: &[FoldData]) -> Result<Vec<Fold>, Refusal> {
    if data.is_empty() {
        return Err(("missing_input", "no participant has the outcome, every covariate and both samples".to_owned()));
    }
    if question.candidates.is_empty() {
        return Err(("missing_input", "no metabolite passed quality control".to_owned()));
    }
    let fold = |data: &FoldData| {
        let made = question.candidates.iter().map(|(name, analytes)| {
            let design = data.design(cohort, analytes);
            design.map(|design| Candidate::new(name, design)).map_err(|error| (error.status(), error.to_string()))
        });
        let (good, bad): (Vec<_>, Vec<_>) = made.partition(Result::is_ok);
        let candidates: Vec<Candidate> = good.into_iter().flatten().collect();
        match bad.into_iter().find_map(Result::err) {
            Some((status, message)) if candidates.is_empty() => {
                let who = &cohort.people[data.left_out];
                Err((status, format!("without {who}: {message}")))
            }
            _ => Ok(Fold { left_out: data.left_out, train: data.train.clone(), candidates }),
        }
    };
    data.iter().map(fold).collect()
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
fn tally(chosen: impl Iterator<Item = String>) -> String {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    chosen.for_each(|name| *counts.entry(name).or_default() += 1);
    let mut counts: Vec<_> = counts.into_iter().collect();
    counts.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    let named: Vec<String> = counts.into_iter().map(|(name, n)| format!("{name} in {n} folds")).collect();
    format!("chosen: {}", named.join(", "))
}

fn rows(
    question: &Question,
    cohort: &Cohort,
    predictions: &[Prediction],
    chosen: impl Fn(usize) -> String,
) -> Vec<PredictionRow> {
    let choice = |i: usize| if question.features == Features::BestInFold { chosen(i) } else { String::new() };
    let row = |(i, prediction): (usize, &Prediction)| PredictionRow {
        outcome: cohort.outcome.clone(),
        features: question.features.name().to_owned(),
        learner: "linear".to_owned(),
        analyte: question.analyte.clone(),
        participant_id: cohort.people[i].clone(),
        observed: prediction.observed,
        predicted: prediction.predicted,
        fold: i as i64 + 1,
        chosen: choice(i),
    };
    predictions.iter().enumerate().map(row).collect()
}
