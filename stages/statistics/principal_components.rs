//! The leading principal components of samples: where most of the variance between them lies.
//!
//! It shows samples and judges none: [`super::robust_pca`] is for finding those that stand apart. A missing value is put
//! at its analyte's mean, for the picture only.

mod leading;
#[cfg(test)]
mod tests;

use faer::Mat;
use rayon::prelude::*;

use super::descriptive;
use super::grid::Grid;

/// The leading components of a grid, the largest first.
#[derive(Debug, Clone, PartialEq)]
pub struct PrincipalComponents {
    /// By component, then by sample.
    pub scores: Vec<Vec<f64>>,
    /// By component, then by analyte; each of length one, its largest entry positive.
    pub loadings: Vec<Vec<f64>>,
    /// The share of the whole variance on each component.
    pub explained: Vec<f64>,
}

/// Finds the first `k` principal components of the standardized values, `X = U D Vᵀ`, scores `X V`, shares `d²/Σd²`.
///
/// `grid` is n samples by p analytes in any unit: each analyte is taken as its logarithm where all of its values are
/// positive, centred and divided by its standard deviation (n - 1), both of the values that are there. Fewer than `k`
/// components where fewer hold variance; none with fewer than two samples, or where no analyte varies. The sign of each
/// is that which makes the loading of largest size positive (the first of equal ones). The same bits at any thread count.
/// Source: Jolliffe 2002, 10.1007/b98835; standardization van den Berg 2006, 10.1186/1471-2164-7-142.
pub fn principal_components(grid: &Grid, k: usize) -> Option<PrincipalComponents> {
    let (n, p) = (grid.samples.len(), grid.analytes.len());
    if n < 2 || p == 0 {
        return None;
    }
    let columns: Vec<Vec<f64>> =
        (0..p).into_par_iter().map(|analyte| standardize(grid.column(analyte)).unwrap_or(vec![0.0; n])).collect();
    let values = Mat::from_fn(n, p, |row, analyte| columns[analyte][row]);
    drop(columns);
    let total: f64 = values.col_iter().map(|column| column.squared_norm_l2()).sum();
    let loadings = loadings(&values, k, total);
    if loadings.ncols() == 0 {
        return None;
    }
    let scores = &values * &loadings;
    let explained = scores.col_iter().map(|column| column.squared_norm_l2() / total);
    let list = |matrix: &Mat<f64>| matrix.col_iter().map(|column| column.iter().copied().collect()).collect();
    Some(PrincipalComponents { scores: list(&scores), explained: explained.collect(), loadings: list(&loadings) })
}

/// One analyte as it enters: missing values at the mean, which is zero; none where it does not vary.
fn standardize(column: &[f64]) -> Option<Vec<f64>> {
    // METHOD: ratios matter more than differences for amounts; what has a zero or a negative value (as after a
    // transformation) stays as it is.
    let log = column.iter().all(|value| value.is_nan() || *value > 0.0);
    let values: Vec<f64> = column.iter().map(|value| if log { libm::log(*value) } else { *value }).collect();
    let there = descriptive::present(&values);
    let (mean, sd) = (descriptive::mean(&there)?, descriptive::sd(&there)?);
    // METHOD: unit variance of the values that are there; an analyte with many gaps therefore weighs less.
    let standard = |value: &f64| if value.is_finite() { (value - mean) / sd } else { 0.0 };
    (sd.is_finite() && descriptive::is_more_than_rounding(sd, &values)).then(|| values.iter().map(standard).collect())
}

/// The right singular vectors of the `k` largest singular values, from the smaller of the two cross products.
fn loadings(values: &Mat<f64>, k: usize, total: f64) -> Mat<f64> {
    let (n, p) = (values.nrows(), values.ncols());
    let wide = n < p;
    let pairs = if wide {
        leading::eigenpairs(&leading::cross_product(&values.transpose().to_owned()), k)
    } else {
        leading::eigenpairs(&leading::cross_product(values), k)
    };
    // Eigenvalues of a cross product are exact to about 1e-16 of their sum; below this they are rounding.
    let held: Vec<Vec<f64>> =
        pairs.into_iter().filter(|pair| pair.value > 1e-12 * total).map(|pair| pair.vector).collect();
    let vectors = Mat::from_fn(n.min(p), held.len(), |row, component| held[component][row]);
    let mut loadings = if wide { values.transpose() * &vectors } else { vectors };
    for component in 0..loadings.ncols() {
        let column = || (0..p).map(|row| loadings[(row, component)]);
        let largest = column().fold(0.0_f64, |most, next| if next.abs() > most.abs() { next } else { most });
        let norm = column().map(|value| value * value).sum::<f64>().sqrt();
        let factor = if largest < 0.0 { -1.0 / norm } else { 1.0 / norm };
        (0..p).for_each(|row| loadings[(row, component)] *= factor);
    }
    loadings
}
