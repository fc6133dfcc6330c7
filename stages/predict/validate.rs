//! Leave-one-out prediction of one participant, and the same under reassigned outcomes.
//!
//! The observed prediction is linfa's. Under a reassignment the features do not change, only the outcome does, and a
//! least-squares prediction is linear in the outcome: its weights are kept from the fold's own design, so that a
//! reassignment costs a dot product. The two are the same number (a test holds them to 1e-9).

use crate::statistics::design::Design;
use crate::statistics::random::Stream;

use super::learn;

/// The outcome of the participants, as observed and as reassigned among them at random.
pub struct Outcomes {
    pub observed: Vec<f64>,
    pub reassigned: Vec<Vec<f64>>,
}

impl Outcomes {
    /// Draw `k` uses the stream `name`, `k`: the same for every set of features, whatever thread uses it.
    pub fn new(observed: &[f64], draws: u32, seed: u64, name: &str) -> Self {
        let shuffle = |draw: u32| {
            let mut outcome = observed.to_vec();
            Stream::new(seed, name, u64::from(draw)).shuffle(&mut outcome);
            outcome
        };
        Outcomes { observed: observed.to_vec(), reassigned: (0..draws).map(shuffle).collect() }
    }
}

/// What one fold sees of one outcome.
///
/// Every design has an intercept, so centring changes no fit and keeps the sums of squares exact.
struct Seen {
    /// The training participants' outcomes, centred on their mean.
    centred: Vec<f64>,
    mean: f64,
    /// The outcome of the participant left out.
    target: f64,
}

impl Seen {
    fn new(outcome: &[f64], train: &[usize], left_out: usize) -> Self {
        let mean = train.iter().map(|&i| outcome[i]).sum::<f64>() / train.len() as f64;
        Seen { centred: train.iter().map(|&i| outcome[i] - mean).collect(), mean, target: outcome[left_out] }
    }
}

/// One fold's view of the outcome and of all its reassignments.
pub struct Fold {
    observed: Seen,
    reassigned: Vec<Seen>,
}

/// One way to predict the participant a fold leaves out.
pub struct Candidate {
    /// Its metabolite, where there is one.
    pub analyte: String,
    design: Design,
    row: Vec<f64>,
    /// The prediction is the sum of these weights times the training outcomes.
    weights: Vec<f64>,
}

impl Candidate {
    pub fn new(analyte: &str, (design, row): (Design, Vec<f64>)) -> Self {
        let pseudo_inverse = design.factor().pseudo_inverse();
        let weight = |i: usize| (0..row.len()).map(|j| row[j] * pseudo_inverse[(j, i)]).sum();
        let weights = (0..design.n()).map(weight).collect();
        Candidate { analyte: analyte.to_owned(), design, row, weights }
    }

    /// The columns that the learner sees, without the intercept.
    pub fn predictors(&self) -> i64 {
        self.design.rank() as i64 - 1
    }

    /// Residual sum of squares of the training fit: the smaller, the better this candidate fits the others.
    fn training_rss(&self, y: &[f64]) -> f64 {
        let total: f64 = y.iter().map(|v| v * v).sum();
        total - self.design.factor().coordinates(y).iter().map(|c| c * c).sum::<f64>()
    }

    fn predict(&self, y: &[f64]) -> f64 {
        self.weights.iter().zip(y).map(|(weight, y)| weight * y).sum()
    }
}

/// The prediction of one participant.
#[derive(Debug, Clone, PartialEq)]
pub struct Prediction {
    pub observed: f64,
    pub predicted: f64,
    /// The mean of the others: what one would predict knowing nothing.
    pub mean: f64,
    /// The metabolite of the candidate that was chosen.
    pub chosen: String,
    pub predictors: i64,
    /// Squared error of prediction: of the observed outcome, and of each reassigned one.
    pub error: f64,
    pub reassigned_errors: Vec<f64>,
}

impl Fold {
    pub fn new(outcomes: &Outcomes, train: &[usize], left_out: usize) -> Self {
        let seen = |outcome: &Vec<f64>| Seen::new(outcome, train, left_out);
        Fold { observed: seen(&outcomes.observed), reassigned: outcomes.reassigned.iter().map(seen).collect() }
    }

    /// Predicts the participant left out by the candidate that fits the others best; none where the learner failed.
    pub fn predict(&self, candidates: &[&Candidate]) -> Option<Prediction> {
        let seen = &self.observed;
        let best = choose(candidates, &seen.centred)?;
        let predicted = seen.mean + learn::predict(&best.design, &seen.centred, &best.row)?;
        Some(Prediction {
            observed: seen.target,
            predicted,
            mean: seen.mean,
            chosen: best.analyte.clone(),
            predictors: best.predictors(),
            error: squared_error(candidates, seen)?,
            reassigned_errors: self.reassigned.iter().filter_map(|seen| squared_error(candidates, seen)).collect(),
        })
    }
}

fn choose<'a>(candidates: &[&'a Candidate], centred: &[f64]) -> Option<&'a Candidate> {
    if let [only] = candidates {
        return Some(only);
    }
    let scored = candidates.iter().map(|candidate| (candidate.training_rss(centred), *candidate));
    scored.min_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, candidate)| candidate)
}

fn squared_error(candidates: &[&Candidate], seen: &Seen) -> Option<f64> {
    let error = seen.target - seen.mean - choose(candidates, &seen.centred)?.predict(&seen.centred);
    Some(error * error)
}

/// The predictions of an outcome so far, and the error sums of its reassignments.
#[derive(Debug, Default)]
pub struct Record {
    pub predictions: Vec<Prediction>,
    /// PRESS of each reassigned outcome.
    press: Vec<f64>,
}

impl Record {
    /// Adds the next participant; sums run in the order of the participants.
    pub fn add(&mut self, mut prediction: Prediction) {
        let errors = std::mem::take(&mut prediction.reassigned_errors);
        self.press.resize(errors.len(), 0.0);
        self.press.iter_mut().zip(errors).for_each(|(sum, error)| *sum += error);
        self.predictions.push(prediction);
    }

    /// The share of reassigned outcomes that are predicted at least as well, `(b + 1)/(draws + 1)`; none without draws.
    ///
    /// METHOD: the outcome is permuted over participants and the whole procedure, choice inside the fold included,
    /// runs again. The statistic is PRESS: the error about the mean of the others does not change under permutation,
    /// so this is Q² as well.
    pub fn permutation_p(&self) -> Option<f64> {
        let observed: f64 = self.predictions.iter().map(|prediction| prediction.error).sum();
        let as_good = self.press.iter().filter(|&&sum| sum <= observed * (1.0 + 1e-12)).count();
        (!self.press.is_empty()).then(|| (as_good as f64 + 1.0) / (self.press.len() as f64 + 1.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statistics::design::Variable;

    const X: [f64; 8] = [1.0, 2.0, 3.5, 4.0, 5.2, 6.1, 7.3, 9.0];
    const Y: [f64; 8] = [2.1, 2.9, 5.2, 3.8, 7.7, 6.0, 9.1, 8.0];

    fn record(y: &[f64], draws: u32) -> Record {
        let outcomes = Outcomes::new(y, draws, 1, "test");
        let variable =
            |rows: &[usize]| vec![("x".to_owned(), Variable::Numeric(rows.iter().map(|&row| X[row]).collect()))];
        let predict = |left_out: usize| {
            let train: Vec<usize> = (0..X.len()).filter(|&i| i != left_out).collect();
            let design = Design::new(train.len(), &variable(&train)).unwrap();
            let row = design.row(&variable(&[left_out])).unwrap();
            let candidate = Candidate::new("x", (design, row));
            Fold::new(&outcomes, &train, left_out).predict(&[&candidate]).unwrap()
        };
        let mut record = Record::default();
        (0..X.len()).map(predict).for_each(|prediction| record.add(prediction));
        record
    }

    #[test]
    fn linfa_the_weights_and_the_hat_matrix_agree() {
        let variables = [("x".to_owned(), Variable::Numeric(X.to_vec()))];
        let whole = crate::statistics::fit::fit(&Design::new(8, &variables).unwrap(), &Y).unwrap();
        for (i, prediction) in record(&Y, 0).predictions.iter().enumerate() {
            let by_hat = Y[i] - whole.residuals[i] / (1.0 - whole.leverage[i]);
            assert!((prediction.predicted - by_hat).abs() < 1e-9);
            let error = prediction.observed - prediction.predicted;
            assert!((prediction.error - error * error).abs() < 1e-9);
        }
    }

    #[test]
    fn a_strong_relation_is_rarely_matched_by_chance() {
        let p = |y: &[f64], draws: u32| record(y, draws).permutation_p();
        assert!(p(&Y, 199).unwrap() < 0.05);
        let none: Vec<f64> = (0..8).map(|i| [1.0, -1.0][i % 2]).collect();
        assert!(p(&none, 199).unwrap() > 0.3);
        assert_eq!(p(&Y, 0), None);
    }
}
