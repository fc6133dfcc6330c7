//! Refits of any estimate: under the counts of every resample, and without one row at a time.
//!
//! A refit is handed several sets of counts at once, since some can be answered together.

use rayon::prelude::*;

use super::resamples::Resamples;

/// Draws that are handed over together.
const TOGETHER: usize = 64;

/// The estimates of several tests in every resample, by test in the order of the draws; none where the refit failed.
///
/// Each refit is given one count per row and draw, to be used as frequency weights, and answers each draw. Draws run in
/// parallel; what they give does not depend on it, as long as a refit is a function of its counts.
pub fn replicates<F>(resamples: &Resamples, refits: &[F]) -> Vec<Vec<Option<f64>>>
where
    F: Fn(&[Vec<f64>]) -> Vec<Option<f64>> + Sync,
{
    let together = |first: usize| -> Vec<Vec<Option<f64>>> {
        let draws = first..(first + TOGETHER).min(resamples.draws);
        let counts: Vec<Vec<f64>> = draws.map(|draw| resamples.counts(draw)).collect();
        refits.iter().map(|refit| refit(&counts)).collect()
    };
    let firsts: Vec<usize> = (0..resamples.draws).step_by(TOGETHER).collect();
    let parts: Vec<Vec<Vec<Option<f64>>>> = firsts.into_par_iter().map(together).collect();
    let of_test = |test: usize| parts.iter().flat_map(|part| part[test].iter().copied()).collect();
    (0..refits.len()).map(of_test).collect()
}

/// The estimate without row i, for i from 0 to n − 1: weight zero for that row and one for every other.
///
/// Least squares needs no refit for this: [`influence`](crate::statistics::influence::influence) has it in closed form.
pub fn jackknife(n: usize, refit: impl Fn(&[Vec<f64>]) -> Vec<Option<f64>>) -> Vec<Option<f64>> {
    let without = |row: usize| (0..n).map(|i| if i == row { 0.0 } else { 1.0 }).collect::<Vec<f64>>();
    let rows: Vec<usize> = (0..n).collect();
    rows.chunks(TOGETHER).flat_map(|rows| refit(&rows.iter().map(|row| without(*row)).collect::<Vec<_>>())).collect()
}
