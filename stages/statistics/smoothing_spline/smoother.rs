//! The smoother at one λ: its factors, its leverages, and what it makes of the points.

use super::{Curve, Knots, Points, Smoother};

impl Smoother {
    /// Makes this the smoother at another λ, without new memory.
    pub(super) fn set(&mut self, knots: &Knots, lambda: f64) {
        self.lambda = lambda;
        self.a = 1.0 / (1.0 + lambda);
        self.b = if lambda.is_finite() { lambda / (1.0 + lambda) } else { 1.0 };
        self.factor(knots);
        self.spread(knots);
    }

    /// Factors the band matrix; it is positive definite for every λ.
    fn factor(&mut self, knots: &Knots) {
        let (mut one, mut two) = ([0.0; 3], [0.0; 3]);
        for j in 0..self.d.len() {
            // `one` and `two` hold pivot and bands of the last column and of the one before.
            let (r, k) = (&knots.r[j], &knots.k[j]);
            let pivot = self.a * r[0] + self.b * k[0] - one[0] * one[1] * one[1] - two[0] * two[2] * two[2];
            let next = self.a * r[1] + self.b * k[1] - one[0] * one[1] * one[2];
            let inverse = 1.0 / pivot;
            self.d[j] = inverse;
            self.l[j] = [next * inverse, self.b * k[2] * inverse];
            (two, one) = (one, [pivot, self.l[j][0], self.l[j][1]]);
        }
        // Beyond the last column there is nothing to couple to.
        let m = self.d.len();
        self.l[m - 1] = [0.0; 2];
        if m > 1 {
            self.l[m - 2][1] = 0.0;
        }
    }

    /// The central bands of the inverse, from the last column to the first, and from them the spread of each knot.
    fn spread(&mut self, knots: &Knots) {
        let m = self.d.len();
        self.v.fill(0.0);
        // Elements (j+1, j+1), (j+1, j+2) and (j+2, j+2) of the inverse.
        let (mut next, mut beside, mut after) = (0.0, 0.0, 0.0);
        for j in (0..m).rev() {
            let [l1, l2] = self.l[j];
            let far = -l1 * beside - l2 * after;
            let near = -l1 * next - l2 * beside;
            let own = self.d[j] - l1 * near - l2 * far;
            let q = &knots.q[j];
            let one = knots.q.get(j + 1).unwrap_or(&[0.0; 3]);
            let two = knots.q.get(j + 2).unwrap_or(&[0.0; 3]);
            self.v[j] += q[0] * q[0] * own;
            self.v[j + 1] += q[1] * (q[1] * own + 2.0 * one[0] * near);
            self.v[j + 2] += q[2] * (q[2] * own + 2.0 * (one[1] * near + two[0] * far));
            if j == m - 1 {
                self.ends[1] = q[2] * q[1] * own;
            } else if j + 2 == m {
                self.ends[1] += one[2] * q[2] * near;
            }
            if j == 0 {
                self.ends[0] = q[0] * (q[1] * own + one[0] * near);
            }
            (after, beside, next) = (next, near, own);
        }
    }

    /// The sum of the leverages.
    pub fn df(&self, knots: &Knots) -> f64 {
        self.leverages(knots).iter().sum()
    }

    /// The leverage of each knot: how far its fitted value follows the mean of its points.
    pub fn leverages(&self, knots: &Knots) -> Vec<f64> {
        self.v.iter().zip(&knots.weight).map(|(v, weight)| 1.0 - self.b * v / weight).collect()
    }

    /// Second derivatives times `1/a`, at the inner knots.
    fn bends(&self, points: &Points) -> Vec<f64> {
        let m = self.d.len();
        let mut x = points.bend.clone();
        for j in 1..m {
            x[j] -= self.l[j - 1][0] * x[j - 1];
            if j > 1 {
                x[j] -= self.l[j - 2][1] * x[j - 2];
            }
        }
        for j in (0..m).rev() {
            x[j] *= self.d[j];
            if j + 1 < m {
                x[j] -= self.l[j][0] * x[j + 1];
            }
            if j + 2 < m {
                x[j] -= self.l[j][1] * x[j + 2];
            }
        }
        x
    }

    /// What each knot's mean lies above the curve, times `w/b`.
    fn pull(&self, knots: &Knots, bends: &[f64]) -> Vec<f64> {
        let mut pull = vec![0.0; knots.u.len()];
        for (j, (q, bend)) in knots.q.iter().zip(bends).enumerate() {
            pull[j] += q[0] * bend;
            pull[j + 1] += q[1] * bend;
            pull[j + 2] += q[2] * bend;
        }
        pull
    }

    /// The mean squared error of predicting each point by the curve of the others at the same λ.
    pub fn score(&self, knots: &Knots, points: &Points) -> f64 {
        let residuals = self.left_out(knots, points);
        residuals.iter().map(|residual| residual * residual).sum::<f64>() / residuals.len() as f64
    }

    /// Each point less what the curve of all other points predicts at its place.
    ///
    /// Exact, from the leverages: `(yᵢ - g(xᵢ)) / (1 - hᵢ)`, without forming a difference that cancels as λ goes to 0.
    pub fn left_out(&self, knots: &Knots, points: &Points) -> Vec<f64> {
        let pull = self.pull(knots, &self.bends(points));
        let residual = |(&knot, y): (&usize, &f64)| {
            let (weight, v) = (knots.weight[knot], self.v[knot]);
            if weight == 1.0 {
                return pull[knot] / v;
            }
            let above = y - points.mean[knot] + self.b * pull[knot] / weight;
            above / (1.0 - (1.0 - self.b * v / weight) / weight)
        };
        knots.knot.iter().zip(&points.y).map(residual).collect()
    }

    /// How far each point lies above the curve.
    pub(super) fn above(&self, knots: &Knots, points: &Points) -> Vec<f64> {
        let pull = self.pull(knots, &self.bends(points));
        let above = |(&knot, y): (&usize, &f64)| y - points.mean[knot] + self.b * pull[knot] / knots.weight[knot];
        knots.knot.iter().zip(&points.y).map(above).collect()
    }

    /// What is predicted at each point by the curve of the others, held constant beyond these.
    ///
    /// It differs from [`left_out`](Self::left_out) at the first and the last point alone, where the others' curve is
    /// taken at its own end instead of being drawn on.
    pub fn held_out(&self, knots: &Knots, points: &Points) -> Vec<f64> {
        let residuals = self.left_out(knots, points);
        let curve = self.curve(knots, points);
        let last = knots.u.len() - 1;
        let predict = |(i, (y, residual)): (usize, (&f64, &f64))| {
            let knot = knots.knot[i];
            let (inner, end) = match knot {
                0 => (1, 0),
                _ => (last - 1, 1),
            };
            let alone = knots.weight[knot] == 1.0;
            if alone && (knot == 0 || knot == last) {
                curve.g[inner] + self.b / knots.weight[inner] * self.ends[end] * residual
            } else {
                y - residual
            }
        };
        points.y.iter().zip(&residuals).enumerate().map(predict).collect()
    }

    /// The curve of these points.
    pub fn curve(&self, knots: &Knots, points: &Points) -> Curve {
        let bends = self.bends(points);
        let pull = self.pull(knots, &bends);
        let above = points.mean.iter().zip(&pull).zip(&knots.weight);
        let g = above.map(|((mean, pull), weight)| mean - self.b * pull / weight).collect();
        let gamma = [0.0].into_iter().chain(bends.iter().map(|bend| self.a * bend)).chain([0.0]).collect();
        Curve { low: knots.low, width: knots.width, u: knots.u.clone(), g, gamma }
    }
}
