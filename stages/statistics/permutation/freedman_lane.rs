//! The studentized coefficient of a linear model under many orderings of its residuals, as matrix products.

use faer::{Mat, MatRef};

use super::PermutationError;
use super::block::{NOTHING, defined, leftover, products, reordered};
use crate::statistics::covariance::Covariance;

/// What is left of one minus the leverage of an observation that is fitted exactly, as in `covariance`.
const FREE: f64 = 1e-10;

/// The residuals that are permuted, and what each test multiplies them with.
///
/// Predictors and residuals have length one, which no t depends on.
#[derive(Debug, Clone)]
pub(super) struct FreedmanLane {
    /// Orthonormal basis Q of the covariates, n × q.
    basis: Mat<f64>,
    residuals: Vec<f64>,
    /// `x̃ = x − QQᵀx`, n × tests.
    predictors: Mat<f64>,
    defined: Vec<bool>,
    df: f64,
    robust: Option<Robust>,
}

/// `var(b) = Σ wᵢ(rᵢ − x̃ᵢb)²` with `wᵢ = x̃ᵢ²/(1 − hᵢ)ᵏ`, as three sums over the rows.
#[derive(Debug, Clone)]
struct Robust {
    /// w, n × tests.
    weights: Mat<f64>,
    /// w x̃, n × tests.
    weighted: Mat<f64>,
    /// `Σ w x̃²` per test.
    square: Vec<f64>,
}

impl FreedmanLane {
    pub fn new(
        basis: &Mat<f64>,
        y: &[f64],
        covariance: Covariance,
        predictors: Mat<f64>,
    ) -> Result<Self, PermutationError> {
        let n = basis.nrows();
        let residuals: Vec<f64> = leftover(basis, &[y.to_vec()]).col(0).iter().copied().collect();
        let df = n.saturating_sub(basis.ncols() + 1) as f64;
        let testable = df > 0.0 && residuals.iter().any(|&residual| residual != 0.0);
        let mut defined = defined(&predictors);
        defined.iter_mut().for_each(|defined| *defined &= testable);
        let robust = match covariance {
            Covariance::Model => None,
            robust => Some(Robust::new(basis, &predictors, row_weight(robust, n as f64, df)?, &mut defined)),
        };
        Ok(FreedmanLane { basis: basis.clone(), residuals, predictors, defined, df, robust })
    }

    pub fn tests(&self) -> usize {
        self.predictors.ncols()
    }

    /// See [`super::Block::statistics`].
    pub fn statistics(&self, donors: &[u32], statistics: &mut [f64]) {
        let n = self.residuals.len();
        let draws = donors.len() / n;
        let outcomes = reordered(&self.residuals, donors);
        let outcomes = MatRef::from_column_major_slice(&outcomes, n, draws);
        let explained = outcomes.transpose() * &self.basis;
        match &self.robust {
            None => {
                products(outcomes, &self.predictors, statistics);
                self.by_residual_variance(&explained, statistics);
            }
            Some(robust) => {
                let residuals = outcomes - &self.basis * explained.transpose();
                products(residuals.as_ref(), &self.predictors, statistics);
                robust.studentize(&residuals, statistics);
            }
        }
        for (column, _) in statistics.chunks_exact_mut(draws).zip(&self.defined).filter(|(_, defined)| !**defined) {
            column.fill(f64::NAN);
        }
    }

    /// From b to t²: `df b²/(RSS₀ − b²)`, `RSS₀ = 1 − |QᵀPe|²` the residual sum of squares without x.
    fn by_residual_variance(&self, explained: &Mat<f64>, statistics: &mut [f64]) {
        let mut left = vec![1.0; explained.nrows()];
        for column in explained.col_iter() {
            left.iter_mut().zip(column.iter()).for_each(|(left, share)| *left -= share * share);
        }
        let df = self.df;
        for column in statistics.chunks_exact_mut(left.len()) {
            for (value, left) in column.iter_mut().zip(&left) {
                let square = *value * *value;
                let residual = left - square;
                // METHOD: a draw without a residual has no t; it counts as extreme, which makes p larger.
                *value = if residual > NOTHING { df * square / residual } else { f64::INFINITY };
            }
        }
    }
}

/// What each covariance makes of a row's squared residual, by one minus its leverage; none where it is undefined.
fn row_weight(kind: Covariance, n: f64, df: f64) -> Result<impl Fn(f64) -> Option<f64>, PermutationError> {
    let (correction, power) = match kind {
        Covariance::Hc0 => (1.0, 0),
        Covariance::Hc1 => (n / df, 0),
        Covariance::Hc2 => (1.0, 1),
        Covariance::Hc3 => (1.0, 2),
        _ => return Err(PermutationError::Unsupported { covariance: kind.name() }),
    };
    Ok(move |free: f64| (power == 0 || free >= FREE).then(|| correction / free.powi(power)))
}

impl Robust {
    /// A test is undefined, as the fit's own HC2 and HC3 are, where an observation has leverage one.
    fn new(
        basis: &Mat<f64>,
        predictors: &Mat<f64>,
        row_weight: impl Fn(f64) -> Option<f64>,
        defined: &mut [bool],
    ) -> Self {
        let n = basis.nrows();
        let covariates = |i: usize| basis.row(i).iter().map(|q| q * q).sum::<f64>();
        let leverage: Vec<f64> = (0..n).map(covariates).collect();
        let mut weights = predictors.clone();
        for (column, defined) in weights.col_iter_mut().zip(defined) {
            for (x, leverage) in column.iter_mut().zip(&leverage) {
                let square = *x * *x;
                let weight = row_weight(1.0 - leverage - square);
                *defined &= weight.is_some();
                *x = square * weight.unwrap_or(0.0);
            }
        }
        let weighted = Mat::from_fn(n, weights.ncols(), |i, j| weights[(i, j)] * predictors[(i, j)]);
        let sum = |j: usize| (0..n).map(|i| weighted[(i, j)] * predictors[(i, j)]).sum();
        let square = (0..weights.ncols()).map(sum).collect();
        Robust { weights, weighted, square }
    }

    /// From b to t²: `b² / (Σwr² − 2b Σwx̃r + b² Σwx̃²)`, r the residuals of each draw on the covariates (n × draws).
    fn studentize(&self, residuals: &Mat<f64>, statistics: &mut [f64]) {
        let squared = Mat::from_fn(residuals.nrows(), residuals.ncols(), |i, j| residuals[(i, j)] * residuals[(i, j)]);
        let (mut whole, mut cross) = (vec![0.0; statistics.len()], vec![0.0; statistics.len()]);
        products(squared.as_ref(), &self.weights, &mut whole);
        products(residuals.as_ref(), &self.weighted, &mut cross);
        let draws = residuals.ncols();
        let sums = whole.chunks_exact(draws).zip(cross.chunks_exact(draws));
        for ((column, (whole, cross)), &square) in statistics.chunks_exact_mut(draws).zip(sums).zip(&self.square) {
            for ((value, &whole), cross) in column.iter_mut().zip(whole).zip(cross) {
                let b = *value;
                let variance = whole - 2.0 * b * cross + b * b * square;
                // METHOD: as above; a variance that is all rounding is none.
                *value = if variance > NOTHING * whole { b * b / variance } else { f64::INFINITY };
            }
        }
    }
}
