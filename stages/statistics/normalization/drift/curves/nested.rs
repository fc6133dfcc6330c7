//! What the curve of the others predicts at each point, when not even its smoothness has seen the point.

use std::array::from_fn;

use crate::statistics::lanes::{Lanes, WIDTH, widest};

/// How each point is predicted by the curve of the others, one smoothness per lane.
pub(super) trait Unseen {
    /// What each point lies above the prediction `Σ Lᵢⱼ yⱼ` by all others.
    fn above(&self, y: &[f64], into: &mut [Lanes]);

    /// The weights `Lᵢⱼ` and `Lⱼᵢ` of two of n points in the prediction of each other; j < i.
    fn weights(&self, i: usize, j: usize, n: usize) -> (Lanes, Lanes);

    /// What is predicted at a point that lies beyond the others, where these' curve is held.
    fn held(&self, i: usize, y: &[f64], above: &[Lanes], lane: usize) -> Option<f64>;
}

/// The best predictions so far, as one smoothness after the other is offered.
///
/// METHOD: nested cross-validation (Varma & Simon 2006, 10.1186/1471-2105-7-91). The smoothness for point i is the one
/// that predicts all other points j best, each from those that are neither i nor j. With `lᵢ` what point i lies above the
/// prediction `Σ Lᵢⱼ yⱼ` of the others, that error is `(lⱼ + Lⱼᵢ lᵢ) / (1 - Lᵢⱼ Lⱼᵢ)`: exact for a smoothing spline, and for
/// local regression as if the windows stayed the same. Of equally good ones the first that was offered.
pub(super) struct Nested<'y> {
    y: &'y [f64],
    /// By point: the score of the best smoothness, and what is predicted at it.
    best: Vec<(f64, f64)>,
    above: Vec<Lanes>,
    scores: Vec<Lanes>,
}

impl<'y> Nested<'y> {
    pub fn new(y: &'y [f64]) -> Self {
        let zeros = || vec![[0.0; WIDTH]; y.len()];
        Nested { y, best: vec![(f64::INFINITY, f64::NAN); y.len()], above: zeros(), scores: zeros() }
    }

    /// Takes each of the first `lanes` smoothnesses where it is better; gives the plain leave-one-out sums of squares.
    pub fn offer(&mut self, unseen: &impl Unseen, lanes: usize) -> Lanes {
        let sums = self.look(unseen);
        widest(
            #[inline(always)]
            || self.score(unseen),
        );
        for (i, best) in self.best.iter_mut().enumerate() {
            for (lane, score) in self.scores[i].into_iter().enumerate().take(lanes) {
                if score < best.0 {
                    let predicted = unseen.held(i, self.y, &self.above, lane);
                    *best = (score, predicted.unwrap_or(self.y[i] - self.above[i][lane]));
                }
            }
        }
        sums
    }

    /// The plain leave-one-out sums of squares alone; infinite where there is none.
    pub fn look(&mut self, unseen: &impl Unseen) -> Lanes {
        let Nested { y, above, .. } = self;
        widest(
            #[inline(always)]
            || unseen.above(y, above),
        );
        let sum = |lane: usize| above.iter().map(|above| above[lane] * above[lane]).sum::<f64>();
        from_fn(sum).map(|sum: f64| if sum.is_nan() { f64::INFINITY } else { sum })
    }

    /// By point i: the sum over all other points j of the squared error of predicting j from those that are neither.
    #[inline(always)]
    fn score(&mut self, unseen: &impl Unseen) {
        let n = self.y.len();
        for i in 0..n {
            let (before, own) = (&self.above[..i], self.above[i]);
            let mut sum = [0.0; WIDTH];
            for (j, (other, score)) in before.iter().zip(&mut self.scores).enumerate() {
                let (ij, ji) = unseen.weights(i, j, n);
                let over: Lanes = from_fn(|lane| 1.0 / (1.0 - ij[lane] * ji[lane]));
                let without_i: Lanes = from_fn(|lane| (other[lane] + ji[lane] * own[lane]) * over[lane]);
                let without_j: Lanes = from_fn(|lane| (own[lane] + ij[lane] * other[lane]) * over[lane]);
                sum = from_fn(|lane| sum[lane] + without_i[lane] * without_i[lane]);
                *score = from_fn(|lane| score[lane] + without_j[lane] * without_j[lane]);
            }
            self.scores[i] = sum;
        }
    }

    /// What is predicted at each point by a curve that owes it nothing; none where there is no such curve.
    pub fn predictions(self) -> Option<Vec<f64>> {
        self.best.into_iter().map(|(_, predicted)| predicted.is_finite().then_some(predicted)).collect()
    }
}

#[cfg(test)]
mod tests;
