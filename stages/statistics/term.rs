//! One coefficient's own likelihood: its ratio, its score, its profile limits.
//!
//! The basis has the tested term last: `Q = [Q_others | q]` with q the direction of the term beside the others. Then
//! β = γ_last / ‖M x‖, and holding γ_last is holding β, for the plain and for Firth's penalized likelihood alike (the
//! determinant of the information changes by a constant factor between the two coordinates).

use faer::Mat;

use super::design::Design;
use super::family::Family;
use super::glm::{GlmError, Likelihood};
use super::irls::abreast::Arrival;
use super::irls::{Peak, Slope, VANISHED};
use super::lanes::WIDTH;
use super::shape;

/// A coefficient with everything else of its model.
#[derive(Debug, Clone)]
pub struct Term<'a> {
    basis: Mat<f64>,
    /// ‖M x‖: the length of the term beside the others.
    length: f64,
    y: &'a [f64],
    likelihood: Likelihood,
    counts: Option<&'a [f64]>,
}

impl<'a> Term<'a> {
    /// The coefficient of column `term` of a design.
    pub fn new(design: &Design, term: usize, y: &'a [f64], likelihood: Likelihood) -> Self {
        let (basis, length) = last(design, term);
        Term { basis, length, y, likelihood, counts: None }
    }

    /// The same with each row counted so many times.
    pub fn counted(&self, counts: &'a [f64]) -> Term<'a> {
        Term { counts: Some(counts), ..self.clone() }
    }

    fn slope(&self, held: Option<f64>) -> Slope<'_> {
        Slope { counts: self.counts, held, ..self.likelihood.slope(&self.basis, self.y) }
    }

    /// The maximum, or the maximum with the coefficient held at `value`.
    pub fn climb(&self, value: Option<f64>, start: Option<&Peak>) -> Result<Top, GlmError> {
        let slope = self.slope(value.map(|value| value * self.length));
        let (family, peak) = match self.likelihood.family {
            Family::NegativeBinomial { .. } => shape::climb(&slope)?,
            family => {
                let start = start.map(|peak| peak.coordinates.as_slice());
                (family, slope.climb(start).map_err(GlmError::NotConverged)?)
            }
        };
        Ok(Top { family, peak })
    }

    /// Whether Firth's penalty is added.
    pub fn is_penalized(&self) -> bool {
        self.likelihood.penalized
    }

    /// Whether a climb has reached a maximum, and not only a place where a separated likelihood rises no more.
    pub fn is_finite(&self, top: &Top) -> bool {
        top.family.has_dispersion() || self.likelihood.penalized || top.peak.information.least() > VANISHED
    }

    /// The coefficient at a maximum.
    pub fn estimate(&self, top: &Top) -> f64 {
        top.peak.coordinates.last().copied().unwrap_or(f64::NAN) / self.length
    }

    /// The coefficient under each set of counts, as a climb from `start` gives it; none where there is no maximum.
    pub fn estimates(&self, counts: &[Vec<f64>], start: &Peak) -> Vec<Option<f64>> {
        let slope = self.slope(None);
        let alone = |counts: &Vec<f64>| {
            let term = self.counted(counts);
            let top = term.climb(None, Some(start)).ok()?;
            term.is_finite(&top).then(|| term.estimate(&top))
        };
        if !slope.can_climb_abreast() {
            return counts.iter().map(alone).collect();
        }
        let eight = |counts: &[Vec<f64>]| {
            let arrivals = slope.climb_abreast(&start.coordinates, counts);
            let one = |(counts, arrival): (&Vec<f64>, Option<Arrival>)| match arrival {
                Some(arrival) => (arrival.least > VANISHED).then(|| arrival.last / self.length),
                None => alone(counts),
            };
            counts.iter().zip(arrivals).map(one).collect::<Vec<_>>()
        };
        counts.chunks(WIDTH).flat_map(eight).collect()
    }

    /// The model's own standard error at a maximum: from the expected information.
    pub fn std_error(&self, top: &Top) -> f64 {
        (self.dispersion(top) / top.peak.information.last_schur()).sqrt() / self.length
    }

    /// Pearson's χ²/df, or 1.
    pub fn dispersion(&self, top: &Top) -> f64 {
        if !top.family.has_dispersion() {
            return 1.0;
        }
        let rows = top.peak.score.iter().zip(&top.peak.weights).enumerate();
        let (mut pearson, mut n) = (0.0, 0.0);
        for (row, (score, weight)) in rows {
            let count = self.counts.map_or(1.0, |counts| counts[row]);
            pearson += count * score * score / weight;
            n += count;
        }
        pearson / (n - self.basis.ncols() as f64)
    }

    /// What the objective loses when the coefficient is held, in units of the dispersion: the likelihood-ratio statistic.
    ///
    /// `(D₀ − D₁)/φ` with φ of the full model, as R's `anova(test = "LRT")`; the difference of −2 log L where the family
    /// has a shape, of −2 times the penalized log-likelihood under Firth's penalty.
    pub fn ratio(&self, full: &Top, held: &Top) -> f64 {
        let plain = !self.likelihood.penalized && !matches!(full.family, Family::NegativeBinomial { .. });
        let lost = if plain { self.lost(full, held) } else { held.peak.objective - full.peak.objective };
        (lost / self.dispersion(full)).max(0.0)
    }

    /// D₀ − D₁ row by row: the sums would agree in all digits but the last where the coefficient says little.
    fn lost(&self, full: &Top, held: &Top) -> f64 {
        let deviance = |top: &Top, row: usize| top.family.deviance(self.y[row], &top.peak.means[row]);
        let count = |row: usize| self.counts.map_or(1.0, |counts| counts[row]);
        let rows = (0..self.y.len()).filter(|row| count(*row) > 0.0);
        rows.map(|row| count(row) * (deviance(held, row) - deviance(full, row))).sum()
    }

    /// Rao's score statistic at a held value, `U²/(I_schur φ)` with φ of the full model, as R's `anova(test = "Rao")`.
    pub fn score(&self, full: &Top, held: &Top) -> f64 {
        let gradient = held.peak.last_gradient;
        gradient * gradient / (held.peak.information.last_schur() * self.dispersion(full))
    }
}

/// A maximum of a term's likelihood, with the family's shape there.
#[derive(Debug, Clone)]
pub struct Top {
    pub family: Family,
    pub peak: Peak,
}

/// An orthonormal basis of the design whose last column is the direction of `term` beside the others, and the length of
/// the term along it.
///
/// Row `term` of the inverse root is, in the coordinates of the design's own basis, that direction over that length; a
/// Householder reflection turns the last axis into it.
fn last(design: &Design, term: usize) -> (Mat<f64>, f64) {
    let (basis, row) = (&design.factor().basis, design.factor().direction(term));
    let p = design.rank();
    let size = row.iter().map(|x| x * x).sum::<f64>().sqrt();
    let sign = if row[p - 1] >= 0.0 { -1.0 } else { 1.0 };
    let mut mirror: Vec<f64> = row.iter().map(|x| x / size).collect();
    mirror[p - 1] -= sign;
    let square: f64 = mirror.iter().map(|x| x * x).sum();
    let turned = |i: usize, j: usize| {
        let along: f64 = (0..p).map(|k| basis[(i, k)] * mirror[k]).sum();
        let value = basis[(i, j)] - 2.0 * along / square * mirror[j];
        if j == p - 1 { sign * value } else { value }
    };
    (Mat::from_fn(design.n(), p, turned), 1.0 / size)
}
