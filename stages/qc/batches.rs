//! How good each analyte is within each analytical batch.

use super::arrange::{Batch, Bench};
use super::drift;
use super::schema::BatchQualityRow;
use crate::statistics::descriptive;
use crate::statistics::repeatability::rsd;

// METHOD: a share of two or three samples, or a spread of two values, says little: the worst batch is looked for among
// those with at least so many. Every batch is in the table.
/// The fewest study samples of a batch whose missing values are judged.
pub const FEWEST_STUDY: usize = 5;
/// The fewest pooled QC values of a batch whose RSD is judged.
pub const FEWEST_QC: usize = 3;

/// The share of `expected` that is missing where `present` are there.
pub fn missing(present: usize, expected: usize) -> Option<f64> {
    (expected > 0).then(|| (expected - present) as f64 / expected as f64)
}

/// The share of `expected` that is there.
pub fn detected(present: usize, expected: usize) -> Option<f64> {
    (expected > 0).then(|| present as f64 / expected as f64)
}

/// Order and value of some rows, for drift.
pub fn pairs(bench: &Bench, analyte: usize, rows: &[usize]) -> Vec<(f64, f64)> {
    bench.by_injection(analyte, rows).into_iter().map(|(order, _, value)| (order as f64, value)).collect()
}

/// One analyte in every named batch.
pub fn measure(bench: &Bench, analyte: usize, robust: bool) -> Vec<BatchQualityRow> {
    let of = |batch: &Batch| {
        let study = bench.present(analyte, &batch.study);
        let pooled = bench.present(analyte, &batch.pooled_qc);
        Some(BatchQualityRow {
            analyte: bench.analytes()[analyte].clone(),
            batch: batch.name.clone()?,
            n: study.len() as i64,
            missing_fraction: missing(study.len(), batch.study.len()),
            study_median: descriptive::median(&study),
            qc_n: pooled.len() as i64,
            qc_median: descriptive::median(&pooled),
            qc_rsd: rsd(&pooled, robust),
            drift: drift::relative_change(&pairs(bench, analyte, &batch.pooled_qc)),
        })
    };
    bench.batches.iter().filter_map(of).collect()
}

/// The largest value with its name, the first of equal ones.
pub fn worst<'a>(values: impl Iterator<Item = (&'a str, Option<f64>)>) -> Option<(f64, String)> {
    let known = values.filter_map(|(name, value)| Some((value?, name)));
    let worst = known.fold(None, |worst: Option<(f64, &str)>, next| match worst {
        Some(worst) if worst.0 >= next.0 => Some(worst),
        _ => Some(next),
    });
    worst.map(|(value, name)| (value, name.to_owned()))
}
