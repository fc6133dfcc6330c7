//! Arranges the abundances by sample and analyte, and sorts the samples by their kind.

use std::collections::BTreeMap;

use super::Inputs;
use crate::ingest::schema::SampleRow;
use crate::laboratory;
use crate::statistics::normalization::Sheet;

/// The measured samples, arranged.
pub struct Bench {
    pub sheet: Sheet,
    pub samples: Vec<SampleRow>,
    /// Rows of the sheet by kind of sample.
    pub study: Vec<usize>,
    pub pooled_qc: Vec<usize>,
    pub blanks: Vec<usize>,
}

impl Bench {
    pub fn arrange(inputs: &Inputs) -> Self {
        let samples = inputs.samples.rows();
        let of_kind = |kind: &str| {
            let rows = samples.iter().enumerate().filter(|(_, sample)| sample.r#type == kind);
            rows.map(|(row, _)| row).collect()
        };
        let rows = samples.iter().map(|sample| (sample.sample_id.clone(), sample.r#type == "pooled_qc")).collect();
        Bench {
            study: of_kind("study"),
            pooled_qc: of_kind("pooled_qc"),
            blanks: of_kind("blank"),
            sheet: laboratory::sheet(&inputs.abundances, rows, &BTreeMap::new()),
            samples,
        }
    }

    /// The values of an analyte in some rows, those that are there.
    pub fn present(&self, analyte: usize, rows: &[usize]) -> Vec<f64> {
        let column = self.sheet.grid.column(analyte);
        rows.iter().map(|&row| column[row]).filter(|value| value.is_finite()).collect()
    }

    pub fn analytes(&self) -> &[String] {
        &self.sheet.grid.analytes
    }
}
