//! The score test of a model that is not linear under many orderings of its predictor, as matrix products.
//!
//! To permute the predictor and leave the rest is to permute the rest the other way: what moves here is each row's
//! score and information, once per draw for all tests.

use faer::{Mat, MatRef};

use super::PermutationError;
use super::block::{NOTHING, defined, products, reordered};
use crate::statistics::factor::Factor;

/// What is permuted (score, weight, nuisance), and what each test multiplies it with.
#[derive(Debug, Clone)]
pub(super) struct Score {
    /// Scores at length one.
    score: Vec<f64>,
    /// Information, the largest one.
    weight: Vec<f64>,
    /// `√w qₖ` for an orthonormal basis q of `√w Z`: the information that the covariates take.
    nuisance: Vec<Vec<f64>>,
    /// `x̃` at length one, n × tests.
    predictors: Mat<f64>,
    /// `x̃²`, n × tests.
    squares: Mat<f64>,
    defined: Vec<bool>,
    /// What the scales of score and weight come to.
    scale: f64,
}

impl Score {
    pub fn new(
        covariates: &Mat<f64>,
        score: &[f64],
        weight: &[f64],
        predictors: Mat<f64>,
    ) -> Result<Self, PermutationError> {
        if weight.iter().any(|&weight| weight < 0.0) {
            return Err(PermutationError::NegativeWeight);
        }
        let largest = weight.iter().fold(f64::MIN_POSITIVE, |largest, &weight| largest.max(weight));
        let length = MatRef::from_column_major_slice(score, score.len(), 1).norm_l2();
        let testable = length > 0.0;
        let mut defined = defined(&predictors);
        defined.iter_mut().for_each(|defined| *defined &= testable);
        let weight: Vec<f64> = weight.iter().map(|weight| weight / largest).collect();
        Ok(Score {
            score: score.iter().map(|score| if testable { score / length } else { 0.0 }).collect(),
            nuisance: nuisance(covariates, &weight)?,
            weight,
            squares: Mat::from_fn(predictors.nrows(), predictors.ncols(), |i, j| {
                predictors[(i, j)] * predictors[(i, j)]
            }),
            predictors,
            defined,
            scale: length / largest * length,
        })
    }

    pub fn tests(&self) -> usize {
        self.predictors.ncols()
    }

    /// See [`super::Block::statistics`].
    pub fn statistics(&self, donors: &[u32], statistics: &mut [f64]) {
        let n = self.score.len();
        let draws = donors.len() / n;
        let product = |values: &[f64], columns: &Mat<f64>, into: &mut [f64]| {
            products(MatRef::from_column_major_slice(&reordered(values, donors), n, draws), columns, into);
        };
        product(&self.score, &self.predictors, statistics);
        let mut whole = vec![0.0; statistics.len()];
        product(&self.weight, &self.squares, &mut whole);
        let (mut information, mut share) = (whole.clone(), vec![0.0; statistics.len()]);
        for column in &self.nuisance {
            product(column, &self.predictors, &mut share);
            information.iter_mut().zip(&share).for_each(|(information, share)| *information -= share * share);
        }
        for ((value, information), whole) in statistics.iter_mut().zip(&information).zip(&whole) {
            // METHOD: a draw without information has no statistic; it counts as extreme, which makes p larger.
            let defined = *information > NOTHING * whole;
            *value = if defined { self.scale * (*value * *value / information) } else { f64::INFINITY };
        }
        for (column, _) in statistics.chunks_exact_mut(draws).zip(&self.defined).filter(|(_, defined)| !**defined) {
            column.fill(f64::NAN);
        }
    }
}

/// `√w qₖ`, so that `x̃ᵀWZ (ZᵀWZ)⁻¹ ZᵀWx̃ = Σₖ (x̃ᵀ√w qₖ)²`.
fn nuisance(covariates: &Mat<f64>, weight: &[f64]) -> Result<Vec<Vec<f64>>, PermutationError> {
    let root: Vec<f64> = weight.iter().map(|weight| weight.sqrt()).collect();
    let weighted = Mat::from_fn(covariates.nrows(), covariates.ncols(), |i, j| root[i] * covariates[(i, j)]);
    if weighted.col_iter().any(|column| column.norm_l2() == 0.0) {
        return Err(PermutationError::NoInformation);
    }
    let basis = Factor::new(&weighted).map_err(|_| PermutationError::NoInformation)?.basis;
    Ok(basis.col_iter().map(|column| column.iter().zip(&root).map(|(q, root)| q * root).collect()).collect())
}
