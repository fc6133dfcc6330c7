//! The rows on their way through the steps of a recipe.

use std::borrow::Cow;

use super::Sheet;
use crate::statistics::grid::Grid;

/// The rows on their way through the steps.
pub(super) struct State<'a> {
    pub(super) sheet: &'a Sheet,
    pub(super) grid: Grid,
    pub(super) imputed: Vec<bool>,
    pub(super) kept: Vec<bool>,
    /// The analytes that the present step is for.
    pub(super) scope: Vec<bool>,
    pub(super) curve: Option<Grid>,
    /// Whether each analyte's values are off the scale measured from zero: as they came, or by a step before.
    pub(super) transformed: Vec<bool>,
    /// Whether a later step divides by internal standards.
    pub(super) divides_again: bool,
    /// The study's seed, for steps that draw.
    pub(super) seed: u64,
}

impl<'a> State<'a> {
    pub(super) fn new(sheet: &'a Sheet) -> Self {
        let cells = sheet.grid.samples.len() * sheet.grid.analytes.len();
        let all = vec![true; sheet.grid.analytes.len()];
        State {
            sheet,
            grid: sheet.grid.clone(),
            imputed: vec![false; cells],
            kept: all.clone(),
            scope: all,
            curve: None,
            transformed: vec![sheet.transformed; sheet.grid.analytes.len()],
            divides_again: false,
            seed: 0,
        }
    }

    /// The analytes that the present step is for and that are still there.
    pub(super) fn analytes(&self) -> Vec<usize> {
        let both = self.scope.iter().zip(&self.kept).enumerate();
        both.filter(|(_, (scope, kept))| **scope && **kept).map(|(analyte, _)| analyte).collect()
    }

    /// Whether the values of the present step's analytes are off the scale measured from zero.
    pub(super) fn is_transformed(&self) -> bool {
        self.analytes().iter().any(|&analyte| self.transformed[analyte])
    }

    /// The columns of these analytes, with their index.
    pub(super) fn columns_mut(&mut self) -> impl Iterator<Item = (usize, &mut [f64])> {
        let (scope, kept) = (&self.scope, &self.kept);
        self.grid.columns_mut().filter(|(analyte, _)| scope[*analyte] && kept[*analyte])
    }

    /// Leaves an analyte out from here on.
    pub(super) fn drop_analyte(&mut self, analyte: usize) {
        self.kept[analyte] = false;
        for row in 0..self.grid.samples.len() {
            self.grid.set(row, analyte, f64::NAN);
        }
    }

    /// Puts a value in where none was measured.
    pub(super) fn put(&mut self, row: usize, analyte: usize, value: f64) {
        self.grid.set(row, analyte, value);
        let cell = analyte * self.grid.samples.len() + row;
        if let Some(flag) = self.imputed.get_mut(cell) {
            *flag = !value.is_nan();
        }
    }

    /// The values of an analyte in some rows that were measured: no step put them in.
    pub(super) fn measured(&self, analyte: usize, rows: &[usize]) -> Vec<f64> {
        let (column, first) = (self.grid.column(analyte), analyte * self.grid.samples.len());
        let is_measured = |row: &usize| !self.imputed.get(first + row).copied().unwrap_or(false);
        let values = rows.iter().filter(|row| is_measured(row)).filter_map(|&row| column.get(row).copied());
        values.filter(|value| value.is_finite()).collect()
    }

    /// The column of an analyte without the values that a step put in.
    pub(super) fn measured_column(&self, analyte: usize) -> Cow<'_, [f64]> {
        let (column, first) = (self.grid.column(analyte), analyte * self.grid.samples.len());
        let imputed = self.imputed.get(first..first + column.len()).unwrap_or_default();
        if !imputed.contains(&true) {
            return Cow::Borrowed(column);
        }
        column.iter().zip(imputed).map(|(value, imputed)| if *imputed { f64::NAN } else { *value }).collect()
    }

    /// The present values of an analyte in some rows.
    pub(super) fn present(&self, analyte: usize, rows: &[usize]) -> Vec<f64> {
        let column = self.grid.column(analyte);
        rows.iter().filter_map(|&row| column.get(row).copied()).filter(|value| value.is_finite()).collect()
    }
}
