//! Arranges the long tables by sample and analyte, and finds each participant's sample at each timepoint.

use std::collections::{BTreeMap, BTreeSet};

use super::Inputs;
use crate::statistics::normalization::{Measurement, Sheet};

/// The study's abundances, arranged.
pub struct Study {
    /// Study samples first, in the order of their names, then pooled QC samples where these are needed.
    pub sheet: Sheet,
    /// The rows of the study samples.
    pub study_rows: Vec<usize>,
    /// The row of each participant's sample at each timepoint.
    pub sample_of: BTreeMap<(String, String), usize>,
    /// Everyone with a sample.
    pub participants: BTreeSet<String>,
}

/// Arranges the tables; pooled QC samples come in only where a step learns from them.
pub fn arrange(inputs: &Inputs, with_qc: bool) -> Study {
    let samples = inputs.samples.rows();
    let (study, others): (Vec<_>, Vec<_>) = samples.into_iter().partition(|sample| sample.r#type == "study");
    let qc = others.into_iter().filter(|sample| with_qc && sample.r#type == "pooled_qc");

    let mut rows: Vec<(String, bool)> = study.iter().map(|sample| (sample.sample_id.clone(), false)).collect();
    rows.extend(qc.map(|sample| (sample.sample_id, true)));
    let mut sample_of = BTreeMap::new();
    for (row, sample) in study.iter().enumerate() {
        if let (Some(participant), Some(timepoint)) = (&sample.participant_id, &sample.timepoint) {
            sample_of.entry((participant.clone(), timepoint.clone())).or_insert(row);
        }
    }
    Study {
        sheet: sheet(inputs, rows),
        study_rows: (0..study.len()).collect(),
        participants: sample_of.keys().map(|(participant, _)| participant.clone()).collect(),
        sample_of,
    }
}

fn sheet(inputs: &Inputs, rows: Vec<(String, bool)>) -> Sheet {
    let samples: Vec<String> = inputs.abundances.column("sample_id");
    let analytes: Vec<String> = inputs.abundances.column("analyte");
    let values: Vec<Option<f64>> = inputs.abundances.column("value");
    let below_lod: Vec<bool> = inputs.abundances.column("below_lod");
    let names: BTreeSet<&String> = analytes.iter().collect();
    let names = names.into_iter().cloned().collect();
    let lod = inputs.panel.rows().into_iter().filter_map(|row| row.lod.map(|lod| (row.analyte, lod))).collect();
    let cells = (0..samples.len()).map(|i| Measurement {
        sample: &samples[i],
        analyte: &analytes[i],
        value: values[i],
        below_lod: below_lod[i],
    });
    Sheet::assemble(rows, names, &lod, cells)
}
