//! Tests that share participants, outcome and covariates: what [`super::permute`] takes.
//!
//! A block refuses lengths that disagree and values that are not finite; a predictor that the covariates explain is
//! no error, its test is undefined.

use faer::linalg::matmul::matmul;
use faer::{Accum, Mat, MatRef, Par};

use super::PermutationError;
use super::freedman_lane::FreedmanLane;
use super::score::Score;
use crate::statistics::covariance::Covariance;
use crate::statistics::design::Design;
use crate::statistics::factor::RANK_TOLERANCE;

/// What is left of a sum of squares when only rounding is left.
pub(super) const NOTHING: f64 = 1e-12;

/// The tests of one outcome: one per predictor, on the complete cases `rows`.
#[derive(Debug, Clone)]
pub struct Block {
    rows: Vec<usize>,
    tests: usize,
    model: Model,
}

#[derive(Debug, Clone)]
enum Model {
    FreedmanLane(FreedmanLane),
    Score(Score),
}

impl Block {
    /// Prepares tests of a linear model: the residuals of `y` on the covariates are permuted.
    ///
    /// `y* = Zγ̂ + P(y − Zγ̂)`; the statistic is `t² = b*²/var(b*)`, b* the coefficient of x in y* ~ Z + x and its
    /// variance by `covariance`. `rows` are participants, ascending; `covariates` is Z (n × q, with its intercept,
    /// without the tested predictor); `y` and each predictor have a value per row. Every test is undefined where the
    /// outcome is explained by Z or no residual degree of freedom is left. Fails for a cluster-robust covariance.
    /// Source: Freedman and Lane 1983, 10.2307/1391660; Winkler et al. 2014, 10.1016/j.neuroimage.2014.01.060.
    pub fn freedman_lane(
        rows: Vec<usize>,
        covariates: &Design,
        y: &[f64],
        covariance: Covariance,
        predictors: &[Vec<f64>],
    ) -> Result<Self, PermutationError> {
        check(&rows, covariates, predictors, &[("outcome", y)])?;
        let basis = &covariates.factor().basis;
        let predictors = leftover(basis, predictors);
        let model = FreedmanLane::new(basis, y, covariance, predictors)?;
        Ok(Block { rows, tests: model.tests(), model: Model::FreedmanLane(model) })
    }

    /// Prepares score tests of any other family: the covariate-adjusted predictor is permuted.
    ///
    /// With x̃ the least-squares residual of x on Z, permuted as x̃*, and s and w the scores and the expected information
    /// of each row's linear predictor under the fit without x, the statistic is
    /// `(Σ x̃*s)² / (x̃*ᵀWx̃* − x̃*ᵀWZ (ZᵀWZ)⁻¹ ZᵀWx̃*)`. Arguments otherwise as for [`Block::freedman_lane`].
    ///
    /// Fails where a weight is negative or the weights make the covariates collinear.
    /// Source: the score test, Rao 1948, 10.1017/S0305004100023987; permuting the predictor's residual, Potter 2005,
    /// 10.1002/sim.1931.
    pub fn score(
        rows: Vec<usize>,
        covariates: &Design,
        score: &[f64],
        weight: &[f64],
        predictors: &[Vec<f64>],
    ) -> Result<Self, PermutationError> {
        check(&rows, covariates, predictors, &[("score", score), ("weight", weight)])?;
        let predictors = leftover(&covariates.factor().basis, predictors);
        let model = Score::new(covariates.matrix(), score, weight, predictors)?;
        Ok(Block { rows, tests: model.tests(), model: Model::Score(model) })
    }

    pub fn rows(&self) -> &[usize] {
        &self.rows
    }

    /// The number of tests.
    pub fn tests(&self) -> usize {
        self.tests
    }

    /// The squared statistic of every test when row i gets the residual, or the score and information, of row
    /// `donors[i]`: n donors a draw, one draw after the other; draws × tests in the order of columns, infinite where a
    /// draw's statistic is undefined and NaN where the test is.
    pub(super) fn statistics(&self, donors: &[u32], statistics: &mut [f64]) {
        if self.tests == 0 {
            return;
        }
        match &self.model {
            Model::FreedmanLane(model) => model.statistics(donors, statistics),
            Model::Score(model) => model.statistics(donors, statistics),
        }
    }
}

fn check(
    rows: &[usize],
    covariates: &Design,
    predictors: &[Vec<f64>],
    values: &[(&'static str, &[f64])],
) -> Result<(), PermutationError> {
    let expected = covariates.n();
    if rows.len() != expected {
        return Err(PermutationError::Length { what: "participants", found: rows.len(), expected });
    }
    if !rows.is_sorted_by(|a, b| a < b) {
        return Err(PermutationError::Unordered);
    }
    let columns = predictors.iter().map(|column| ("predictor", column.as_slice())).chain(values.iter().copied());
    for (what, column) in columns {
        if column.len() != expected {
            return Err(PermutationError::Length { what, found: column.len(), expected });
        }
        if column.iter().any(|value| !value.is_finite()) {
            return Err(PermutationError::NotFinite { what });
        }
    }
    Ok(())
}

/// What the covariates leave of each column, n × columns, at length one: no statistic here depends on a column's scale.
///
/// METHOD: a column of which less than the design's own rank tolerance is left is zero: its model has no rank.
pub(super) fn leftover(basis: &Mat<f64>, columns: &[Vec<f64>]) -> Mat<f64> {
    let largest = |column: &[f64]| column.iter().fold(f64::MIN_POSITIVE, |largest, value| largest.max(value.abs()));
    let scales: Vec<f64> = columns.iter().map(|column| largest(column)).collect();
    let mut left = Mat::from_fn(basis.nrows(), columns.len(), |i, j| columns[j][i] / scales[j]);
    let before: Vec<f64> = left.col_iter().map(|column| column.norm_l2()).collect();
    // Twice: what rounding left of the covariates the first time is gone the second.
    for _ in 0..2 {
        let explained = basis.transpose() * &left;
        matmul(&mut left, Accum::Add, basis, &explained, -1.0, Par::Seq);
    }
    for (column, before) in left.col_iter_mut().zip(before) {
        let length = column.norm_l2();
        let scale = if length > RANK_TOLERANCE * before { 1.0 / length } else { 0.0 };
        column.iter_mut().for_each(|value| *value *= scale);
    }
    left
}

/// Whether anything is left of each column.
pub(super) fn defined(columns: &Mat<f64>) -> Vec<bool> {
    columns.col_iter().map(|column| column.norm_l2() > 0.0).collect()
}

/// The values of each draw: `donors` holds rows, n a draw.
pub(super) fn reordered(values: &[f64], donors: &[u32]) -> Vec<f64> {
    donors.iter().map(|&row| values[row as usize]).collect()
}

/// `draws × tests`: every draw's values (n × draws) times every test's column.
pub(super) fn products(values: MatRef<f64>, columns: &Mat<f64>, into: &mut [f64]) {
    let into = faer::MatMut::from_column_major_slice_mut(into, values.ncols(), columns.ncols());
    matmul(into, Accum::Replace, values.transpose(), columns, 1.0, Par::Seq);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statistics::design::Variable;

    #[test]
    fn nothing_of_the_covariates_is_left_of_a_nearly_collinear_column() {
        let covariate: Vec<f64> = (0..20).map(|row| f64::from(row * row % 7)).collect();
        let column = (0..20).map(|row| 1e8 * covariate[row] + f64::from(u8::from(row % 3 == 0))).collect();
        let design = Design::new(20, &[("z".to_owned(), Variable::Numeric(covariate))]).unwrap();
        let basis = &design.factor().basis;
        let left = leftover(basis, &[column]);
        assert!((left.col(0).norm_l2() - 1.0).abs() < 1e-14 && (basis.transpose() * left).norm_l2() < 1e-14);
    }
}
