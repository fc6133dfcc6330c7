//! Arranges the abundances by sample and analyte, and sorts the samples by their kind.

use std::collections::{BTreeMap, BTreeSet};

use super::Inputs;
use crate::ingest::schema::SampleRow;
use crate::statistics::normalization::{Measurement, Sheet};

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
        Bench {
            study: of_kind("study"),
            pooled_qc: of_kind("pooled_qc"),
            blanks: of_kind("blank"),
            sheet: sheet(inputs, &samples),
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

fn sheet(inputs: &Inputs, samples: &[SampleRow]) -> Sheet {
    let sample_ids: Vec<String> = inputs.abundances.column("sample_id");
    let analytes: Vec<String> = inputs.abundances.column("analyte");
    let values: Vec<Option<f64>> = inputs.abundances.column("value");
    let below_lod: Vec<bool> = inputs.abundances.column("below_lod");
    let names: BTreeSet<&String> = analytes.iter().collect();
    let rows = samples.iter().map(|sample| (sample.sample_id.clone(), sample.r#type == "pooled_qc")).collect();
    let cells = (0..sample_ids.len()).map(|i| Measurement {
        sample: &sample_ids[i],
        analyte: &analytes[i],
        value: values[i],
        below_lod: below_lod[i],
    });
    Sheet::assemble(rows, names.into_iter().cloned().collect(), &BTreeMap::new(), cells)
}
