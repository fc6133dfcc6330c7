//! Finds samples that lie far from the others: robust principal components of log, robust-scaled study samples.

use super::arrange::Bench;
use crate::contract::{Finding, StageContext};
use crate::statistics::descriptive::{self, MAD_TO_SD};
use crate::statistics::grid::Grid;
use crate::statistics::robust_pca::{self, RobustPca};

/// The components of the given study samples over the given analytes; none where nothing can be judged.
pub fn find(
    bench: &Bench,
    rows: &[usize],
    analytes: &[usize],
    alpha: f64,
    context: &mut StageContext<'_>,
) -> Option<RobustPca> {
    let (grid, imputed) = prepare(bench, rows, analytes, context);
    if imputed > 0 {
        let message =
            format!("{imputed} missing values stand at their analyte's median in the search for outliers only");
        context.find(Finding::note("outlier_imputed", "", message));
    }
    let pca = robust_pca::spherical_pca(&grid, alpha);
    if pca.is_none() {
        let message = format!(
            "outlying samples cannot be told from {} samples and {} analytes with spread (at least {} samples are \
             needed); all of them pass the rule",
            rows.len(),
            grid.analytes.len(),
            robust_pca::FEWEST
        );
        context.find(Finding::warning("outlier_undefined", "", message));
    }
    pca
}

/// Takes logs, centres at the median, divides by 1.4826 MAD and puts missing values at the median (zero).
fn prepare(bench: &Bench, rows: &[usize], analytes: &[usize], context: &mut StageContext<'_>) -> (Grid, usize) {
    if bench.sheet.transformed {
        let message = "the file's values are transformed, so outlying samples are searched without taking logarithms";
        context.find(Finding::note("outlier_without_log", "", message));
    }
    let columns: Vec<(usize, Vec<f64>)> = analytes
        .iter()
        .filter_map(|&analyte| scaled(bench.logs(analyte, rows)).map(|column| (analyte, column)))
        .collect();
    let names = columns.iter().map(|(analyte, _)| bench.analytes()[*analyte].clone()).collect();
    let mut grid = Grid::missing(rows.iter().map(|&row| bench.samples[row].sample_id.clone()).collect(), names);
    let mut imputed = 0;
    for ((_, to), (_, from)) in grid.columns_mut().zip(&columns) {
        for (cell, value) in to.iter_mut().zip(from) {
            imputed += usize::from(value.is_nan());
            *cell = if value.is_nan() { 0.0 } else { *value };
        }
    }
    (grid, imputed)
}

/// `(x - median) / (1.4826 MAD)`; none where the MAD is zero: such an analyte has no scale and is not used.
fn scaled(column: Vec<f64>) -> Option<Vec<f64>> {
    let present = descriptive::present(&column);
    let (middle, mad) = (descriptive::median(&present)?, descriptive::mad(&present)?);
    let scale = MAD_TO_SD * mad;
    (scale > 0.0).then(|| column.iter().map(|value| (value - middle) / scale).collect())
}
