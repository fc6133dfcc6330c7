//! The run as it was injected: every sample with an order, also replicates that became part of another sample and
//! samples that a person left out, since what they left in the instrument does not depend on what becomes of them.

use std::collections::{BTreeMap, BTreeSet};

use super::carry_over::Injected;
use super::run_order::Run;
use crate::contract::Table;
use crate::ingest::schema::{Abundances, Panel, SampleRow, Samples};
use crate::laboratory;
use crate::statistics::normalization::Sheet;

/// Every injection in its order.
pub struct Injections {
    /// The samples as they were read, and their places in the whole run.
    samples: Vec<SampleRow>,
    run: Run,
    /// The values as they were measured; none where they are the bench's own.
    sheet: Option<Sheet>,
    /// One sequence, or one of each batch where each counts anew.
    sequences: Vec<Vec<Place>>,
}

/// One injection without its value.
struct Place {
    row: usize,
    order: i64,
    batch: usize,
    is_blank: bool,
    is_sample: bool,
    /// A person left it out: it was injected, and its value says nothing.
    left_out: bool,
}

impl Injections {
    /// Arranges what ingest read; `combined` where replicates became one and the bench's values are no longer these.
    pub fn arrange(
        samples: &Table<Samples>,
        abundances: &Table<Abundances>,
        panel: &Table<Panel>,
        combined: bool,
        left_out: &BTreeSet<&str>,
    ) -> Injections {
        let rows: Vec<SampleRow> = samples.rows();
        let run = Run::of(&rows);
        let sheet = combined.then(|| {
            let names = rows.iter().map(|sample| sample.sample_id.clone());
            let injected = names.zip(laboratory::injections(samples)).collect();
            laboratory::sheet(abundances, injected, &laboratory::facts(panel))
        });
        let sequences = sequences(&rows, &run, left_out);
        Injections { samples: rows, run, sheet, sequences }
    }

    /// The run of the bench's samples.
    pub fn run(&self, samples: &[SampleRow]) -> Run {
        self.run.of_some(&self.samples, samples)
    }

    /// The run as one analyte of the bench sees it.
    pub fn of(&self, bench: &Sheet, analyte: usize) -> Vec<Vec<Injected>> {
        let column = self.sheet.as_ref().unwrap_or(bench).grid.column(analyte);
        let injected = |place: &Place| Injected {
            is_blank: place.is_blank,
            is_sample: place.is_sample,
            order: place.order,
            batch: place.batch,
            value: if place.left_out { f64::NAN } else { column[place.row] },
        };
        self.sequences.iter().map(|sequence| sequence.iter().map(injected).collect()).collect()
    }
}

fn sequences(rows: &[SampleRow], run: &Run, left_out: &BTreeSet<&str>) -> Vec<Vec<Place>> {
    let mut batches: BTreeMap<Option<&str>, usize> = BTreeMap::new();
    let mut sequences: BTreeMap<usize, Vec<Place>> = BTreeMap::new();
    for (row, sample) in rows.iter().enumerate() {
        let next = batches.len();
        let batch = *batches.entry(sample.batch.as_deref()).or_insert(next);
        let Some(order) = run.places[row] else { continue };
        let left_out = left_out.contains(sample.sample_id.as_str());
        sequences.entry(if run.counts_anew() { batch } else { 0 }).or_default().push(Place {
            row,
            order,
            batch,
            is_blank: sample.r#type == "blank" && !left_out,
            is_sample: matches!(sample.r#type.as_str(), "study" | "pooled_qc"),
            left_out,
        });
    }
    sequences.values_mut().for_each(|sequence| sequence.sort_by_key(|place| (place.order, place.row)));
    sequences.into_values().collect()
}
