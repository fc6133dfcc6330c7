//! Sets each analyte in each pooled QC sample beside itself: as measured, the drift found there, and normalized.

use super::schema;
use crate::contract::schema::{Cell, text_column};
use crate::contract::{Table, TableError};
use crate::laboratory::Laboratory;
use crate::statistics::grid::Grid;
use crate::statistics::normalization::Normalized;

/// A row for every analyte and pooled QC sample, column by column, since the grid is already in the order of the key.
pub fn table(laboratory: &Laboratory, normalized: &Normalized) -> Result<Table<schema::PooledQc>, TableError> {
    let sheet = &laboratory.sheet;
    let rows: Vec<usize> = (0..sheet.grid.samples.len()).filter(|&row| sheet.is_qc(row)).collect();
    let height = rows.len() * sheet.grid.analytes.len();
    let cells = || (0..sheet.grid.analytes.len()).flat_map(|analyte| rows.iter().map(move |&row| (row, analyte)));
    let value = |grid: &Grid, (row, analyte)| Some(grid.get(row, analyte)).filter(|value| value.is_finite());
    let values = |grid: &Grid| cells().map(|cell| value(grid, cell)).collect::<Vec<Option<f64>>>();
    let curve = normalized.curve.as_ref().map_or_else(|| vec![None; height], &values);
    let sample = |row: usize| &laboratory.samples[row];
    let columns = vec![
        text_column("analyte", cells().map(|(_, analyte)| sheet.grid.analytes[analyte].as_str())),
        text_column("sample_id", cells().map(|(row, _)| sample(row).sample_id.as_str())),
        Cell::column("batch", cells().map(|(row, _)| sample(row).batch.clone()).collect()),
        Cell::column("injection_order", cells().map(|(row, _)| sample(row).injection_order).collect()),
        Cell::column("measured", values(&sheet.grid)),
        Cell::column("curve", curve),
        Cell::column("normalized", values(&normalized.before_transform)),
    ];
    Table::from_columns(height, columns)
}
