//! The correction on plain arrays: what it costs can be measured without a study around it.

use rayon::prelude::*;

use super::super::QcRsc;
use super::super::batches::{self, Batches};
use super::{Bench, Scale};
use crate::statistics::normalization::{Injection, Sheet, Training};

/// How one row was injected.
#[derive(Debug, Clone, PartialEq)]
pub struct Injected {
    pub batch: String,
    pub order: f64,
    pub is_qc: bool,
}

/// Corrects each analyte's values, one column per analyte and one value per row, in place; gives which were corrected.
///
/// It is what the step `qc_rsc` does to values measured from zero. Missing values are NaN. None where the rows have no
/// place in the order or a batch has too few pooled QC samples.
pub fn correct(step: &QcRsc, rows: &[Injected], columns: &mut [Vec<f64>]) -> Option<Vec<bool>> {
    let frame = step.frame(0);
    let mut sheet = Sheet::plain(crate::statistics::grid::Grid::missing(vec![String::new(); rows.len()], Vec::new()));
    let injection = |row: &Injected| Injection {
        is_qc: row.is_qc,
        batch: Some(row.batch.clone()),
        order: Some(row.order),
        ..Injection::default()
    };
    sheet.injections = rows.iter().map(injection).collect();
    let (qc, study): (Vec<usize>, Vec<usize>) = (0..rows.len()).partition(|&row| rows[row].is_qc);
    let batches = Batches::of(&sheet, 0).ok()?;
    frame.enough(&batches, &batches.count(&sheet, qc.iter().copied())).ok()?;
    let order = batches::orders(&sheet, 0).ok()?;
    let bench = Bench::new(&frame, Scale::Log, batches.of_rows(&sheet), order, Training { study: &study, qc: &qc });
    let correct = |column: &mut Vec<f64>| {
        let Ok(curves) = frame.learn(&bench, column, &batches).0 else { return false };
        let at = bench.at_rows(&curves);
        bench.scale.correct(column, &mut vec![f64::NAN; rows.len()], &at, curves.reference);
        true
    };
    Some(columns.par_iter_mut().map(correct).collect())
}
