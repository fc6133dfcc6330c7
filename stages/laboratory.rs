//! The laboratory's side of the study: abundances arranged by sample and analyte, and each participant's sample at each
//! timepoint.

use std::collections::{BTreeMap, BTreeSet};

use crate::contract::Table;
use crate::ingest::schema::{Abundances, Panel, Samples};
use crate::statistics::normalization::{Measurement, Sheet};

/// The study's abundances, arranged.
pub struct Laboratory {
    /// Study samples first, in the order of their names, then pooled QC samples where these are needed.
    pub sheet: Sheet,
    /// The rows of the study samples.
    pub study_rows: Vec<usize>,
    /// The row of each participant's sample at each timepoint.
    pub sample_of: BTreeMap<(String, String), usize>,
    /// Everyone with a sample.
    pub participants: BTreeSet<String>,
}

impl Laboratory {
    /// Arranges the tables; pooled QC samples come in only where a step learns from them.
    pub fn new(abundances: &Table<Abundances>, samples: &Table<Samples>, panel: &Table<Panel>, with_qc: bool) -> Self {
        let (study, others): (Vec<_>, Vec<_>) = samples.rows().into_iter().partition(|sample| sample.r#type == "study");
        let qc = others.into_iter().filter(|sample| with_qc && sample.r#type == "pooled_qc");
        let mut rows: Vec<(String, bool)> = study.iter().map(|sample| (sample.sample_id.clone(), false)).collect();
        rows.extend(qc.map(|sample| (sample.sample_id, true)));
        let mut sample_of = BTreeMap::new();
        for (row, sample) in study.iter().enumerate() {
            if let (Some(participant), Some(timepoint)) = (&sample.participant_id, &sample.timepoint) {
                sample_of.entry((participant.clone(), timepoint.clone())).or_insert(row);
            }
        }
        Laboratory {
            sheet: sheet(abundances, rows, &limits(panel)),
            study_rows: (0..study.len()).collect(),
            participants: sample_of.keys().map(|(participant, _)| participant.clone()).collect(),
            sample_of,
        }
    }
}

/// The limits of detection of the analytes that have one.
fn limits(panel: &Table<Panel>) -> BTreeMap<String, f64> {
    panel.rows().into_iter().filter_map(|row| row.lod.map(|lod| (row.analyte, lod))).collect()
}

/// The abundances of some samples, arranged; `rows` gives each sample's name and whether it is a pooled QC sample.
pub fn sheet(table: &Table<Abundances>, rows: Vec<(String, bool)>, lod: &BTreeMap<String, f64>) -> Sheet {
    let samples: Vec<String> = table.column("sample_id");
    let analytes: Vec<String> = table.column("analyte");
    let values: Vec<Option<f64>> = table.column("value");
    let below_lod: Vec<bool> = table.column("below_lod");
    let names: BTreeSet<&String> = analytes.iter().collect();
    let names = names.into_iter().cloned().collect();
    let cells = (0..samples.len()).map(|i| Measurement {
        sample: &samples[i],
        analyte: &analytes[i],
        value: values[i],
        below_lod: below_lod[i],
    });
    Sheet::assemble(rows, names, lod, cells)
}
