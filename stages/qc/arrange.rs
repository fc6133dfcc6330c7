//! Arranges the abundances by sample and analyte, and sorts the samples by their kind, their batch and their group.

use std::collections::{BTreeMap, BTreeSet};

use super::injections::Injections;
use super::params::DetectionGroup;
use super::run_order::Run;
use crate::contract::Table;
use crate::ingest::schema::{Abundances, Panel, Participants, SampleRow, Samples};
use crate::laboratory;
use crate::statistics::normalization::Sheet;

/// The measured samples, arranged.
pub struct Bench {
    pub sheet: Sheet,
    pub samples: Vec<SampleRow>,
    /// The places of the samples in the whole run.
    pub run: Run,
    /// Rows of every study sample, also of those that a person left out.
    pub judged: Vec<usize>,
    /// Rows of the sheet by kind of sample, without those that a person left out.
    pub study: Vec<usize>,
    pub pooled_qc: Vec<usize>,
    pub blanks: Vec<usize>,
    /// Rows of the dilution series, each with its relative concentration.
    pub dilutions: Vec<(usize, f64)>,
    /// Every injection of the run, as it was made.
    pub injections: Injections,
    /// The batches by name; one without a name where no sample names any.
    pub batches: Vec<Batch>,
}

/// The samples of one analytical batch.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Batch {
    pub name: Option<String>,
    pub study: Vec<usize>,
    pub pooled_qc: Vec<usize>,
}

impl Bench {
    /// Arranges the tables; `left_out` are the samples that a person left out.
    pub fn arrange(
        samples: &Table<Samples>,
        abundances: &Table<Abundances>,
        panel: &Table<Panel>,
        injections: Injections,
        left_out: &BTreeSet<&str>,
    ) -> Self {
        let rows: Vec<SampleRow> = samples.rows();
        let of_kind = |kind: &str| -> Vec<usize> {
            let of_kind = rows.iter().enumerate().filter(|(_, sample)| sample.r#type == kind);
            of_kind.map(|(row, _)| row).collect()
        };
        let staying = |mut list: Vec<usize>| -> Vec<usize> {
            list.retain(|&row| !left_out.contains(rows[row].sample_id.as_str()));
            list
        };
        let dilutions = staying(of_kind("dilution"));
        let (study, pooled_qc) = (staying(of_kind("study")), staying(of_kind("pooled_qc")));
        let names = rows.iter().map(|sample| sample.sample_id.clone());
        let injected = names.zip(laboratory::injections(samples)).collect();
        Bench {
            sheet: laboratory::sheet(abundances, injected, &laboratory::facts(panel)),
            judged: of_kind("study"),
            blanks: staying(of_kind("blank")),
            dilutions: dilutions.into_iter().filter_map(|row| Some((row, rows[row].dilution?))).collect(),
            batches: batches(&rows, &study, &pooled_qc),
            study,
            pooled_qc,
            run: injections.run(&rows),
            injections,
            samples: rows,
        }
    }

    /// The values of an analyte in some rows, those that are there.
    pub fn present(&self, analyte: usize, rows: &[usize]) -> Vec<f64> {
        let column = self.sheet.grid.column(analyte);
        rows.iter().map(|&row| column[row]).filter(|value| value.is_finite()).collect()
    }

    /// Natural logarithms of an analyte in some rows, or the values themselves where the file's are transformed.
    pub fn logs(&self, analyte: usize, rows: &[usize]) -> Vec<f64> {
        let column = self.sheet.grid.column(analyte);
        // METHOD: a zero has no logarithm and counts as missing.
        let log = |value: f64| match (self.sheet.transformed, value > 0.0) {
            (true, _) => value,
            (false, true) => libm::log(value),
            (false, false) => f64::NAN,
        };
        rows.iter().map(|&row| log(column[row])).collect()
    }

    /// The values of an analyte in some rows that have a place in the run, by it: place, row and value.
    pub fn by_injection(&self, analyte: usize, rows: &[usize]) -> Vec<(i64, usize, f64)> {
        let column = self.sheet.grid.column(analyte);
        let of = |&row: &usize| Some((self.run.places[row]?, row, column[row]));
        let mut values: Vec<_> = rows.iter().filter_map(of).filter(|(.., value)| value.is_finite()).collect();
        values.sort_by_key(|(place, row, _)| (*place, *row));
        values
    }

    pub fn analytes(&self) -> &[String] {
        &self.sheet.grid.analytes
    }

    /// Whether an analyte is an internal standard: it is measured and not judged.
    pub fn is_standard(&self, analyte: usize) -> bool {
        self.sheet.facts.get(analyte).is_some_and(|facts| facts.is_standard)
    }

    /// The study samples by group, for the rule of detection within groups; a sample without a group is in none.
    pub fn groups(&self, rule: &DetectionGroup, participants: &Table<Participants>) -> Vec<(String, Vec<usize>)> {
        let levels = if rule.by == "timepoint" { BTreeMap::new() } else { levels(participants, &rule.by) };
        let mut groups: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for &row in &self.study {
            let sample = &self.samples[row];
            let group = match rule.by.as_str() {
                "timepoint" => sample.timepoint.as_ref(),
                _ => sample.participant_id.as_ref().and_then(|id| levels.get(id)),
            };
            if let Some(group) = group {
                groups.entry(group.clone()).or_default().push(row);
            }
        }
        groups.into_iter().collect()
    }
}

/// The level of each participant in a declared column that is a category, binary or a count.
pub fn levels(participants: &Table<Participants>, column: &str) -> BTreeMap<String, String> {
    let texts = participants.extra::<Option<String>>(column);
    let shown = |cells: Vec<Option<bool>>| cells.into_iter().map(|cell| cell.map(|flag| flag.to_string())).collect();
    let texts = texts.or_else(|| participants.extra::<Option<bool>>(column).map(shown)).unwrap_or_default();
    let ids: Vec<String> = participants.column("participant_id");
    ids.into_iter().zip(texts).filter_map(|(id, level)| Some((id, level?))).collect()
}

fn batches(samples: &[SampleRow], study: &[usize], pooled_qc: &[usize]) -> Vec<Batch> {
    let none = samples.iter().all(|sample| sample.batch.is_none());
    let mut batches: BTreeMap<&str, Batch> = BTreeMap::new();
    for (row, sample) in samples.iter().enumerate() {
        let batch = batches.entry(sample.batch.as_deref().unwrap_or_default()).or_default();
        if study.binary_search(&row).is_ok() {
            batch.study.push(row);
        }
        if pooled_qc.binary_search(&row).is_ok() {
            batch.pooled_qc.push(row);
        }
    }
    let named = |(name, batch): (&str, Batch)| Batch { name: (!none).then(|| name.to_owned()), ..batch };
    batches.into_iter().map(named).collect()
}
