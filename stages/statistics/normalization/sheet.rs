//! Abundances with what is known of each cell, column and row.

use std::collections::BTreeMap;

use crate::statistics::grid::Grid;

/// Abundances with what is known of each cell, column and row.
#[derive(Debug, Clone, PartialEq)]
pub struct Sheet {
    pub grid: Grid,
    /// Whether a value lies below the limit of detection; laid out as the grid, column after column.
    pub below_lod: Vec<bool>,
    /// What is known of each analyte.
    pub facts: Vec<Facts>,
    /// How each row was measured.
    pub injections: Vec<Injection>,
    /// Whether the values were transformed before they came here and are no sizes, measured from zero.
    pub transformed: bool,
}

/// What is known of an analyte.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Facts {
    /// The limit of detection, in the unit of the values.
    pub lod: Option<f64>,
    /// The class of compounds.
    pub class: Option<String>,
    /// The name of the internal standard that belongs to it.
    pub standard: Option<String>,
    /// Whether it is itself an internal standard.
    pub is_standard: bool,
}

/// How a sample was measured, and what else was measured of it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Injection {
    /// Whether it is a pooled QC sample.
    pub is_qc: bool,
    pub batch: Option<String>,
    /// Its place in the order of injection.
    pub order: Option<f64>,
    /// When it was drawn.
    pub timepoint: Option<String>,
    /// What steps may divide by or adjust for, by name: osmolality, volume, …
    pub covariates: BTreeMap<String, f64>,
}

impl Sheet {
    /// A grid of which nothing else is known.
    pub fn plain(grid: Grid) -> Sheet {
        let (rows, analytes) = (grid.samples.len(), grid.analytes.len());
        let (facts, injections) = (vec![Facts::default(); analytes], vec![Injection::default(); rows]);
        Sheet { grid, below_lod: vec![false; rows * analytes], facts, injections, transformed: false }
    }

    /// Samples and analytes of which nothing was measured yet.
    pub fn unmeasured(
        samples: Vec<(String, Injection)>,
        analytes: Vec<String>,
        known: &BTreeMap<String, Facts>,
    ) -> Sheet {
        let (names, injections): (Vec<String>, Vec<Injection>) = samples.into_iter().unzip();
        let facts = analytes.iter().map(|analyte| known.get(analyte).cloned().unwrap_or_default()).collect();
        Sheet { facts, injections, ..Sheet::plain(Grid::missing(names, analytes)) }
    }

    /// Enters one measurement.
    pub fn put(&mut self, row: usize, analyte: usize, value: Option<f64>, below_lod: bool) {
        self.grid.set(row, analyte, value.unwrap_or(f64::NAN));
        let height = self.grid.samples.len();
        self.below_lod[analyte * height + row] = below_lod;
    }

    /// Some of the rows, in the given order.
    pub fn select_rows(&self, rows: &[usize]) -> Sheet {
        let analytes = 0..self.grid.analytes.len();
        Sheet {
            grid: self.grid.select_rows(rows),
            below_lod: analytes.flat_map(|a| rows.iter().map(move |&row| self.is_below_lod(row, a))).collect(),
            facts: self.facts.clone(),
            injections: rows.iter().map(|&row| self.injections[row].clone()).collect(),
            transformed: self.transformed,
        }
    }

    /// Some of the analytes, in the given order.
    pub fn select_analytes(&self, analytes: &[usize]) -> Sheet {
        let rows = 0..self.grid.samples.len();
        let marks = |&analyte: &usize| rows.clone().map(move |row| self.is_below_lod(row, analyte));
        Sheet {
            grid: self.grid.select_analytes(analytes),
            below_lod: analytes.iter().flat_map(marks).collect(),
            facts: analytes.iter().map(|&analyte| self.facts[analyte].clone()).collect(),
            injections: self.injections.clone(),
            transformed: self.transformed,
        }
    }

    /// Whether a cell is marked as below the limit of detection.
    pub fn is_below_lod(&self, row: usize, analyte: usize) -> bool {
        self.below_lod.get(analyte * self.grid.samples.len() + row).copied().unwrap_or(false)
    }

    /// Whether a row is a pooled QC sample.
    pub fn is_qc(&self, row: usize) -> bool {
        self.injections.get(row).is_some_and(|injection| injection.is_qc)
    }

    /// The limit of detection of an analyte.
    pub fn lod(&self, analyte: usize) -> Option<f64> {
        self.facts.get(analyte).and_then(|facts| facts.lod)
    }
}
