//! What the curve of the others predicts at each point, when not even its smoothness has seen the point.

use crate::statistics::product::dot;
use crate::statistics::smoothing_spline::LeftOut;

/// How each point is predicted by the curve of the others at one smoothness.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Unseen {
    pub left_out: LeftOut,
    /// The points that lie beyond the others, where these' curve is held.
    pub held: Vec<Beyond>,
}

/// How the curve of the others is held at a point beyond them.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Beyond {
    /// As it passes at the place of the neighbour.
    Next { point: usize, next: usize },
    /// By these weights.
    Weights { point: usize, weights: Vec<f64> },
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
    above: Vec<f64>,
    scores: Vec<f64>,
    /// The weight of one point in the predictions of the points before it, and the squared errors of these without it.
    column: Vec<f64>,
    errors: Vec<f64>,
}

impl Unseen {
    /// What is predicted at a point that lies beyond the others.
    fn held(&self, i: usize, y: &[f64], above: &[f64]) -> Option<f64> {
        self.held.iter().find_map(|held| match held {
            Beyond::Next { point, next } => (*point == i).then(|| self.left_out.passes(y, above, i, *next)),
            Beyond::Weights { point, weights } => (*point == i).then(|| dot(weights, y)),
        })
    }
}

impl<'y> Nested<'y> {
    pub fn new(y: &'y [f64]) -> Self {
        let n = y.len();
        let zeros = || vec![0.0; n];
        let best = vec![(f64::INFINITY, f64::NAN); n];
        Nested { y, best, above: zeros(), scores: zeros(), column: zeros(), errors: zeros() }
    }

    /// Takes a smoothness where it is better; gives the plain leave-one-out sum of squares.
    pub fn offer(&mut self, unseen: &Unseen) -> f64 {
        let sum = self.look(unseen);
        self.score(&unseen.left_out);
        for (i, best) in self.best.iter_mut().enumerate() {
            if self.scores[i] < best.0 {
                *best = (self.scores[i], unseen.held(i, self.y, &self.above).unwrap_or(self.y[i] - self.above[i]));
            }
        }
        sum
    }

    /// The plain leave-one-out sum of squares alone.
    pub fn look(&mut self, unseen: &Unseen) -> f64 {
        let rows = unseen.left_out.weights.chunks_exact(self.y.len()).zip(self.y);
        rows.zip(&mut self.above).for_each(|((weights, y), above)| *above = y - dot(weights, self.y));
        self.above.iter().map(|above| above * above).sum()
    }

    /// By point i: the sum over all other points j of the squared error of predicting j from those that are neither.
    fn score(&mut self, left_out: &LeftOut) {
        let n = self.y.len();
        self.scores.fill(0.0);
        for i in 0..n {
            left_out.column(i, &mut self.column);
            let row = &left_out.weights[i * n..][..i];
            let (own, pairs) = (self.above[i], row.iter().zip(&self.column).zip(&self.above));
            for (((&ij, &ji), &other), (score, error)) in pairs.zip(self.scores.iter_mut().zip(&mut self.errors)) {
                let over = 1.0 / (1.0 - ij * ji);
                let (without_i, without_j) = ((other + ji * own) * over, (own + ij * other) * over);
                *error = without_i * without_i;
                *score += without_j * without_j;
            }
            self.scores[i] += self.errors[..i].iter().sum::<f64>();
        }
    }

    /// What is predicted at each point by a curve that owes it nothing; none where there is no such curve.
    pub fn predictions(self) -> Option<Vec<f64>> {
        self.best.into_iter().map(|(_, predicted)| predicted.is_finite().then_some(predicted)).collect()
    }
}

#[cfg(test)]
mod tests;
