//! Leave-one-out prediction of every participant, and the same under permuted outcomes.
//!
//! The observed predictions are linfa's. Under permutation the features do not change, only the outcome does, and a
//! least-squares prediction is linear in the outcome: its weights are kept from the fold's own design, so that a
//! permutation costs a dot product. The two are the same number (a test holds them to 1e-9).

use rayon::prelude::*;

use crate::statistics::design::Design;
use crate::statistics::random::Stream;

use super::learn;

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

/// One fold: who is left out, who trains, and the candidates among which the best on the training data is chosen.
pub struct Fold {
    pub left_out: usize,
    pub train: Vec<usize>,
    pub candidates: Vec<Candidate>,
}

/// The prediction of one participant.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Prediction {
    pub observed: f64,
    pub predicted: f64,
    /// Which candidate was chosen.
    pub chosen: usize,
    /// The mean of the others: what one would predict knowing nothing.
    pub mean: f64,
}

impl Fold {
    /// The outcomes of the training participants, centred on their mean, and that mean.
    ///
    /// Every design has an intercept, so centring changes no fit and keeps the sums of squares exact.
    fn training(&self, y: &[f64]) -> (Vec<f64>, f64) {
        let mean = self.train.iter().map(|&i| y[i]).sum::<f64>() / self.train.len() as f64;
        (self.train.iter().map(|&i| y[i] - mean).collect(), mean)
    }

    fn choose(&self, centred: &[f64]) -> usize {
        let rss = |candidate: &Candidate| candidate.training_rss(centred);
        let scored = self.candidates.iter().map(rss).enumerate();
        scored.min_by(|a, b| a.1.total_cmp(&b.1)).map_or(0, |(place, _)| place)
    }

    /// Predicts with linfa.
    fn observe(&self, y: &[f64]) -> Option<Prediction> {
        let (centred, mean) = self.training(y);
        let chosen = self.choose(&centred);
        let candidate = &self.candidates[chosen];
        let predicted = mean + learn::predict(&candidate.design, &centred, &candidate.row)?;
        Some(Prediction { observed: y[self.left_out], predicted, chosen, mean })
    }

    /// Squared error of prediction by the weights.
    fn squared_error(&self, y: &[f64]) -> f64 {
        let (centred, mean) = self.training(y);
        let candidate = &self.candidates[self.choose(&centred)];
        let error = y[self.left_out] - mean - candidate.predict(&centred);
        error * error
    }
}

/// Predicts every participant; none where the learner failed.
pub fn leave_one_out(folds: &[Fold], y: &[f64]) -> Option<Vec<Prediction>> {
    folds.iter().map(|fold| fold.observe(y)).collect()
}

/// The share of reassigned outcomes that are predicted at least as well, `(b + 1)/(draws + 1)`.
///
/// METHOD: the outcome is permuted over participants and the whole procedure, choice inside the fold included, runs
/// again. The statistic is PRESS: the error about the mean of the others does not change under permutation, so this
/// is Q² as well. Draw `k` uses the stream named for the outcome, whatever thread makes it.
pub fn permutation_p(
    folds: &[Fold],
    y: &[f64],
    draws: u32,
    seed: u64,
    name: &str,
    tick: &(dyn Fn() + Sync),
) -> Option<f64> {
    let press = |y: &[f64]| folds.iter().map(|fold| fold.squared_error(y)).sum::<f64>();
    let observed = press(y);
    let as_good = |draw: u32| {
        let mut permuted = y.to_vec();
        Stream::new(seed, name, u64::from(draw)).shuffle(&mut permuted);
        tick();
        press(&permuted) <= observed * (1.0 + 1e-12)
    };
    let count = (0..draws).into_par_iter().filter(|&draw| as_good(draw)).count();
    (draws > 0).then(|| (count as f64 + 1.0) / (f64::from(draws) + 1.0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statistics::design::Variable;

    fn folds(x: &[f64]) -> Vec<Fold> {
        let variable =
            |rows: &[usize]| vec![("x".to_owned(), Variable::Numeric(rows.iter().map(|&row| x[row]).collect()))];
        let fold = |left_out: usize| {
            let train: Vec<usize> = (0..x.len()).filter(|&i| i != left_out).collect();
            let design = Design::new(train.len(), &variable(&train)).unwrap();
            let row = design.row(&variable(&[left_out])).unwrap();
            Fold { left_out, train, candidates: vec![Candidate::new("x", (design, row))] }
        };
        (0..x.len()).map(fold).collect()
    }

    const X: [f64; 8] = [1.0, 2.0, 3.5, 4.0, 5.2, 6.1, 7.3, 9.0];
    const Y: [f64; 8] = [2.1, 2.9, 5.2, 3.8, 7.7, 6.0, 9.1, 8.0];

    #[test]
    fn linfa_the_weights_and_the_hat_matrix_agree() {
        let folds = folds(&X);
        let predictions = leave_one_out(&folds, &Y).unwrap();
        let variables = [("x".to_owned(), Variable::Numeric(X.to_vec()))];
        let whole = crate::statistics::fit::fit(&Design::new(8, &variables).unwrap(), &Y).unwrap();
        for (i, prediction) in predictions.iter().enumerate() {
            let by_hat = Y[i] - whole.residuals[i] / (1.0 - whole.leverage[i]);
            assert!((prediction.predicted - by_hat).abs() < 1e-9);
            let error = prediction.observed - prediction.predicted;
            assert!((folds[i].squared_error(&Y) - error * error).abs() < 1e-9);
        }
    }

    #[test]
    fn a_strong_relation_is_rarely_matched_by_chance() {
        let p = permutation_p(&folds(&X), &Y, 199, 1, "test", &|| {}).unwrap();
        assert!(p < 0.05, "{p}");
        let none: Vec<f64> = Y.iter().enumerate().map(|(i, _)| [1.0, -1.0][i % 2]).collect();
        assert!(permutation_p(&folds(&X), &none, 199, 1, "test", &|| {}).unwrap() > 0.3);
        assert_eq!(permutation_p(&folds(&X), &Y, 0, 1, "test", &|| {}), None);
    }
}
