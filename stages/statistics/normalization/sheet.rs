//! Abundances with what is known of each cell, column and row.

use std::collections::{BTreeMap, HashMap};

use crate::statistics::grid::Grid;

/// Abundances with what is known of each cell, column and row.
#[derive(Debug, Clone, PartialEq)]
pub struct Sheet {
    pub grid: Grid,
    /// Whether a value lies below the limit of detection; laid out as the grid, column after column.
    pub below_lod: Vec<bool>,
    /// The limit of detection of each analyte, in the unit of its values.
    pub lod: Vec<Option<f64>>,
    /// Whether a row is a pooled QC sample.
    pub is_qc: Vec<bool>,
}

/// One measurement of a long table.
#[derive(Debug, Clone, Copy)]
pub struct Measurement<'a> {
    pub sample: &'a str,
    pub analyte: &'a str,
    pub value: Option<f64>,
    pub below_lod: bool,
}

impl Sheet {
    /// Arranges measurements by sample and analyte; a sample or an analyte that is not listed is passed over.
    ///
    /// `samples` gives each row's name and whether it is a pooled QC sample.
    pub fn assemble<'a>(
        samples: Vec<(String, bool)>,
        analytes: Vec<String>,
        lod: &BTreeMap<String, f64>,
        measurements: impl Iterator<Item = Measurement<'a>>,
    ) -> Sheet {
        let (names, is_qc): (Vec<String>, Vec<bool>) = samples.into_iter().unzip();
        let lod = analytes.iter().map(|analyte| lod.get(analyte).copied()).collect();
        let mut below_lod = vec![false; names.len() * analytes.len()];
        let mut grid = Grid::missing(names, analytes);
        let rows = places(&grid.samples);
        let columns = places(&grid.analytes);
        for cell in measurements {
            let (Some(&row), Some(&analyte)) = (rows.get(cell.sample), columns.get(cell.analyte)) else { continue };
            grid.set(row, analyte, cell.value.unwrap_or(f64::NAN));
            below_lod[analyte * is_qc.len() + row] = cell.below_lod;
        }
        Sheet { grid, below_lod, lod, is_qc }
    }

    /// Some of the rows, in the given order.
    pub fn select_rows(&self, rows: &[usize]) -> Sheet {
        let analytes = 0..self.grid.analytes.len();
        Sheet {
            grid: self.grid.select_rows(rows),
            below_lod: analytes.flat_map(|a| rows.iter().map(move |&row| self.is_below_lod(row, a))).collect(),
            lod: self.lod.clone(),
            is_qc: rows.iter().map(|&row| self.is_qc(row)).collect(),
        }
    }

    /// Whether a cell is marked as below the limit of detection.
    pub fn is_below_lod(&self, row: usize, analyte: usize) -> bool {
        self.below_lod.get(analyte * self.grid.samples.len() + row).copied().unwrap_or(false)
    }

    /// Whether a row is a pooled QC sample.
    pub fn is_qc(&self, row: usize) -> bool {
        self.is_qc.get(row).copied().unwrap_or(false)
    }
}

/// Where each name stands; only looked up, never iterated, so the map's order does not matter.
fn places(names: &[String]) -> HashMap<String, usize> {
    names.iter().enumerate().map(|(place, name)| (name.clone(), place)).collect()
}
