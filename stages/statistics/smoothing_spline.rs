//! The cubic smoothing spline: the curve that is near the points and bends little.
//!
//! It minimizes `Σ (yᵢ - g(xᵢ))² + λ ∫ g″(u)² du` with u the place of x between the smallest (0) and the largest (1), so
//! that λ does not depend on the unit of x; R's `smooth.spline(all.knots = TRUE)` counts λ alike. Everything is of
//! order n (Reinsch 1967, 10.1007/BF02162161; the leverages by Hutchinson & de Hoog 1985, 10.1007/BF01389878), and exact
//! from λ = 0, the interpolating curve, to λ = ∞, the straight line.
//!
//! What depends on x alone is in [`Knots`] and [`Smoother`], so that many y at the same x share it.

mod deletion;
mod smoother;

use super::minimum;
pub use deletion::{Distances, abreast};

/// The distinct x, in their order, with what the penalty needs of them.
#[derive(Debug, Clone, PartialEq)]
pub struct Knots {
    low: f64,
    width: f64,
    /// Places from 0 to 1.
    u: Vec<f64>,
    /// How many points each knot has.
    weight: Vec<f64>,
    /// The knot of each point.
    knot: Vec<usize>,
    /// Second divided differences as a band: column j touches the knots j, j + 1 and j + 2.
    q: Vec<[f64; 3]>,
    /// Diagonal and next diagonal of `R`, with `∫ g″² = γᵀ R γ`.
    r: Vec<[f64; 2]>,
    /// The diagonals of `Qᵀ W⁻¹ Q`.
    k: Vec<[f64; 3]>,
}

/// The linear map from points to a smooth curve at one λ.
#[derive(Debug, Clone, PartialEq)]
pub struct Smoother {
    pub lambda: f64,
    /// Shares of roughness and of distance: `1/(1 + λ)` and `λ/(1 + λ)`.
    a: f64,
    b: f64,
    /// `a R + b Qᵀ W⁻¹ Q = L D Lᵀ`: pivots, and the two bands of L.
    d: Vec<f64>,
    l: Vec<[f64; 2]>,
    /// The diagonal of `Q (L D Lᵀ)⁻¹ Qᵀ`.
    v: Vec<f64>,
    /// Its element beside the first and beside the last one of the diagonal.
    ends: [f64; 2],
}

/// What of the points a fit needs.
#[derive(Debug, Clone, PartialEq)]
pub struct Points {
    y: Vec<f64>,
    /// The mean at each knot.
    mean: Vec<f64>,
    /// Second differences of these.
    bend: Vec<f64>,
}

/// A cubic spline by its values and second derivatives at the knots.
#[derive(Debug, Clone, PartialEq)]
pub struct Curve {
    low: f64,
    width: f64,
    u: Vec<f64>,
    g: Vec<f64>,
    gamma: Vec<f64>,
}

impl Knots {
    /// The knots of `x`; none with fewer than three distinct values or one that is not finite.
    pub fn new(x: &[f64]) -> Option<Knots> {
        let mut sorted = x.to_vec();
        sorted.sort_by(f64::total_cmp);
        sorted.dedup();
        let (low, high) = (*sorted.first()?, *sorted.last()?);
        let width = high - low;
        if sorted.len() < 3 || !width.is_finite() || x.iter().any(|value| value.is_nan()) {
            return None;
        }
        let knot = x.iter().map(|x| sorted.partition_point(|other| other < x)).collect::<Vec<usize>>();
        let mut weight = vec![0.0; sorted.len()];
        knot.iter().for_each(|&knot| weight[knot] += 1.0);
        let u: Vec<f64> = sorted.iter().map(|x| (x - low) / width).collect();
        let h: Vec<f64> = u.windows(2).map(|pair| pair[1] - pair[0]).collect();
        let q: Vec<[f64; 3]> = h.windows(2).map(|h| [1.0 / h[0], -1.0 / h[0] - 1.0 / h[1], 1.0 / h[1]]).collect();
        let r = h.windows(2).map(|h| [(h[0] + h[1]) / 3.0, h[1] / 6.0]).collect();
        let k = gram(&q, &weight);
        Some(Knots { low, width, u, weight, knot, q, r, k })
    }

    /// The number of knots.
    pub fn len(&self) -> usize {
        self.u.len()
    }

    pub fn is_empty(&self) -> bool {
        self.u.is_empty()
    }

    /// The smoother at one λ, from 0 to infinity.
    pub fn smoother(&self, lambda: f64) -> Smoother {
        let m = self.q.len();
        let mut smoother = Smoother {
            lambda,
            a: 0.0,
            b: 0.0,
            d: vec![0.0; m],
            l: vec![[0.0; 2]; m],
            v: vec![0.0; m + 2],
            ends: [0.0; 2],
        };
        smoother.set(self, lambda);
        smoother
    }

    /// The points `y`, one for each x that the knots were made of.
    pub fn points(&self, y: &[f64]) -> Points {
        let mut mean = vec![0.0; self.u.len()];
        self.knot.iter().zip(y).for_each(|(&knot, y)| mean[knot] += y / self.weight[knot]);
        // METHOD: second differences as differences of slopes, so that equal values bend by exactly nothing.
        let slope = |i: usize| (mean[i + 1] - mean[i]) / (self.u[i + 1] - self.u[i]);
        let bend = (0..self.q.len()).map(|j| slope(j + 1) - slope(j)).collect();
        Points { y: y.to_vec(), mean, bend }
    }

    /// λ from curves that pass through every point to the straight line: two for each power of ten, and infinity.
    ///
    /// METHOD: λ goes from 10⁻⁶ n⁻³, where a curve follows every point, to 10³ n, where none bends, with a millionth of the
    /// first before and infinity behind. The steps are smaller than the scale on which the leave-one-out score turns.
    pub fn lambdas(&self) -> Vec<f64> {
        let n = self.knot.len() as f64;
        let (first, last) = (libm::log(1e-6 / (n * n * n)), libm::log(1e3 * n));
        let steps = ((last - first) / std::f64::consts::LN_10 * 2.0).ceil().max(1.0);
        let at = |k: usize| libm::exp(first + (last - first) * k as f64 / steps);
        [1e-6 * at(0)].into_iter().chain((0..=steps as usize).map(at)).chain([f64::INFINITY]).collect()
    }

    /// How often the width of these knots goes into that of others, to the third: what λ there is here.
    pub fn lambda_from(&self, other: &Knots) -> f64 {
        (other.width / self.width).powi(3)
    }

    /// The smoother whose leverages sum to `df`, which lies above 2 and below the number of knots; none otherwise.
    pub fn smoother_of_df(&self, df: f64) -> Option<Smoother> {
        if !(df > 2.0 && df < self.u.len() as f64) {
            return None;
        }
        let (mut low, mut high) = (-80.0, 40.0);
        let mut smoother = self.smoother(0.0);
        for _ in 0..100 {
            let middle = (low + high) / 2.0;
            smoother.set(self, libm::exp(middle));
            if smoother.df(self) > df { low = middle } else { high = middle }
        }
        Some(smoother)
    }

    /// The smoother of the smallest leave-one-out score.
    pub fn searched(&self, points: &Points) -> Smoother {
        let mut work = self.smoother(f64::INFINITY);
        let score = |lambda: &f64| {
            work.set(self, *lambda);
            work.score(self, points)
        };
        let lambdas = self.lambdas();
        let scores: Vec<f64> = lambdas.iter().map(score).collect();
        self.cross_validated(&lambdas, &scores, points)
    }

    /// The smoother of the smallest leave-one-out score, the best of rising λ refined between its neighbours.
    ///
    /// `scores` are those of the λ, up to a factor. Every local minimum among them is refined, and the least of them
    /// taken; of equal ones the smoothest.
    pub fn cross_validated(&self, lambdas: &[f64], scores: &[f64], points: &Points) -> Smoother {
        let mut work = self.smoother(f64::INFINITY);
        let mut best = (work.score(self, points), f64::INFINITY);
        for k in (0..lambdas.len()).rev().filter(|&k| lambdas[k].is_finite()) {
            let lower = |other: Option<&f64>| other.is_none_or(|other| scores[k] <= *other);
            if !(lower(k.checked_sub(1).and_then(|k| scores.get(k))) && lower(scores.get(k + 1))) {
                continue;
            }
            let log = |k: usize| lambdas.get(k).filter(|lambda| lambda.is_finite()).map(|lambda| libm::log(*lambda));
            let here = libm::log(lambdas[k]);
            let edges = (k.checked_sub(1).and_then(log).unwrap_or(here), log(k + 1).unwrap_or(here));
            let (place, score) = minimum::within(edges.0, edges.1, |log| {
                work.set(self, libm::exp(log));
                work.score(self, points)
            });
            if score < best.0 {
                best = (score, libm::exp(place));
            }
        }
        work.set(self, best.1);
        work
    }
}

/// The three diagonals of `Qᵀ W⁻¹ Q`.
fn gram(q: &[[f64; 3]], weight: &[f64]) -> Vec<[f64; 3]> {
    let band = |j: usize| {
        let own = &q[j];
        let at = |apart: usize| {
            let other = q.get(j + apart).unwrap_or(&[0.0; 3]);
            (apart..3).map(|row| own[row] * other[row - apart] / weight[j + row]).sum::<f64>()
        };
        [at(0), at(1), at(2)]
    };
    (0..q.len()).map(band).collect()
}

impl Curve {
    /// The curve at x; held at its value at the nearest end beyond the ends.
    pub fn held(&self, x: f64) -> f64 {
        let u = ((x - self.low) / self.width).clamp(0.0, 1.0);
        let last = self.u.len() - 1;
        let i = self.u.partition_point(|knot| *knot <= u).clamp(1, last) - 1;
        let (h, t) = (self.u[i + 1] - self.u[i], u - self.u[i]);
        let (g, next) = (self.g[i], self.g[i + 1]);
        let (bend, other) = (self.gamma[i], self.gamma[i + 1]);
        let slope = (next - g) / h - h * (2.0 * bend + other) / 6.0;
        g + t * (slope + t * (bend / 2.0 + t * (other - bend) / (6.0 * h)))
    }

    /// The values at the knots.
    pub fn values(&self) -> &[f64] {
        &self.g
    }
}

#[cfg(test)]
mod tests;
