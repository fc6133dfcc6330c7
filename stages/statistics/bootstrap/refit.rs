//! Refits of any estimate: under the counts of every resample, and without one row at a time.

use rayon::prelude::*;

use super::resamples::Resamples;

/// The estimate in every resample, in the order of the draws; none where the refit failed.
///
/// `refit` is given one count per row, to be used as frequency weights. Draws run in parallel; what they give does not
/// depend on it, as long as `refit` is a function of its counts.
pub fn replicates(resamples: &Resamples, refit: impl Fn(&[f64]) -> Option<f64> + Sync) -> Vec<Option<f64>> {
    (0..resamples.draws).into_par_iter().map(|draw| refit(&resamples.counts(draw))).collect()
}

/// The estimate without row i, for i from 0 to n − 1: weight zero for that row and one for every other.
///
/// Least squares needs no refit for this: [`influence`](crate::statistics::influence::influence) has it in closed form.
pub fn jackknife(n: usize, refit: impl Fn(&[f64]) -> Option<f64> + Sync) -> Vec<Option<f64>> {
    let without = |row: usize| (0..n).map(|i| if i == row { 0.0 } else { 1.0 }).collect::<Vec<f64>>();
    (0..n).into_par_iter().map(|row| refit(&without(row))).collect()
}
