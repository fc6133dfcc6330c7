//! The laboratory's side of the study: abundances arranged by sample and analyte, and each participant's sample at each
//! timepoint.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::contract::Table;
use crate::ingest::schema::{Abundances, Panel, SampleRow, Samples, TRANSFORMED, VALUES};
use crate::qc::schema::REPLICATES;
use crate::statistics::normalization::{Combine, Facts, Injection, Normalized, Sheet};

/// The study's abundances, arranged.
pub struct Laboratory {
    /// Study samples first, in the order of their names, then pooled QC samples.
    pub sheet: Sheet,
    /// What the table of samples says of each row.
    pub samples: Vec<SampleRow>,
    /// The rows of the study samples.
    pub study_rows: Vec<usize>,
    /// The rows of each participant's sample at each timepoint; several where replicates become one after normalization.
    pub samples_of: BTreeMap<(String, String), Vec<usize>>,
    /// How they become one.
    replicates: Option<Combine>,
    /// Everyone with a sample.
    pub participants: BTreeSet<String>,
}

impl Laboratory {
    /// Arranges the tables: study samples and pooled QC samples.
    pub fn new(abundances: &Table<Abundances>, samples: &Table<Samples>, panel: &Table<Panel>) -> Self {
        let replicates = samples.metadata().get(REPLICATES).and_then(|word| Combine::named(word));
        let injected = samples.rows().into_iter().zip(injections(samples));
        let (study, others): (Vec<_>, Vec<_>) = injected.partition(|(sample, _)| sample.r#type == "study");
        let study_rows = (0..study.len()).collect();
        let qc = others.into_iter().filter(|(_, injection)| injection.is_qc);
        let (samples, injections): (Vec<SampleRow>, Vec<Injection>) = study.into_iter().chain(qc).unzip();
        let mut samples_of: BTreeMap<(String, String), Vec<usize>> = BTreeMap::new();
        for (row, sample) in samples.iter().enumerate() {
            if let (Some(participant), Some(timepoint)) = (&sample.participant_id, &sample.timepoint) {
                samples_of.entry((participant.clone(), timepoint.clone())).or_default().push(row);
            }
        }
        samples_of.values_mut().for_each(|rows| rows.sort_by_cached_key(|&row| replicate_order(&samples[row])));
        let rows = samples.iter().map(|sample| sample.sample_id.clone()).zip(injections).collect();
        Laboratory {
            sheet: sheet(abundances, rows, &facts(panel)),
            samples,
            study_rows,
            participants: samples_of.keys().map(|(participant, _)| participant.clone()).collect(),
            samples_of,
            replicates,
        }
    }
}

impl Laboratory {
    /// The row of a participant's sample at a timepoint; of several, the one that stands for all.
    pub fn row_of(&self, participant: &str, timepoint: &str) -> Option<usize> {
        self.rows_of(participant, timepoint).first().copied()
    }

    /// The rows of a participant's sample at a timepoint.
    pub fn rows_of(&self, participant: &str, timepoint: &str) -> &[usize] {
        self.samples_of.get(&(participant.to_owned(), timepoint.to_owned())).map(Vec::as_slice).unwrap_or_default()
    }

    /// A row with its replicates.
    pub fn with_replicates(&self, row: usize) -> Vec<usize> {
        let sample = &self.samples[row];
        match (&sample.participant_id, &sample.timepoint) {
            (Some(participant), Some(timepoint)) => self.rows_of(participant, timepoint).to_vec(),
            _ => vec![row],
        }
    }

    /// Makes one of the replicates that are still several, and leaves the others' rows without values.
    pub fn combine(&self, normalized: &mut Normalized) {
        if let Some(how) = self.replicates {
            let groups: Vec<Vec<usize>> = self.samples_of.values().filter(|rows| rows.len() > 1).cloned().collect();
            normalized.combine(&groups, how);
        }
    }

    /// The rows of the study samples that are results: of replicates the one that stands for all.
    pub fn results(&self) -> Vec<usize> {
        let of_group = |rows: &Vec<usize>| rows[1..].to_vec();
        let absorbed: BTreeSet<usize> = match self.replicates {
            Some(_) => self.samples_of.values().flat_map(of_group).collect(),
            None => BTreeSet::new(),
        };
        self.study_rows.iter().copied().filter(|row| !absorbed.contains(row)).collect()
    }
}

/// Replicates named by numbers are in the order of the numbers, others in that of their names.
pub fn replicate_order(sample: &SampleRow) -> (u64, String, String) {
    let name = sample.replicate.clone().unwrap_or_default();
    (name.trim().parse().unwrap_or(u64::MAX), name, sample.sample_id.clone())
}

/// How each row of the table was measured, with the declared columns as covariates.
pub fn injections(samples: &Table<Samples>) -> Vec<Injection> {
    let names = samples.extra_names();
    let columns = names.iter().filter_map(|name| Some((*name, samples.extra::<Option<f64>>(name)?)));
    let columns: Vec<(&str, Vec<Option<f64>>)> = columns.collect();
    let injection = |(row, sample): (usize, SampleRow)| Injection {
        is_qc: sample.r#type == "pooled_qc",
        batch: sample.batch,
        order: sample.injection_order.map(|order| order as f64),
        timepoint: sample.timepoint,
        covariates: columns.iter().filter_map(|(name, cells)| Some(((*name).to_owned(), cells[row]?))).collect(),
    };
    samples.rows().into_iter().enumerate().map(injection).collect()
}

/// What the panel says of each analyte, as far as normalization can use it.
pub fn facts(panel: &Table<Panel>) -> BTreeMap<String, Facts> {
    let of = |row: crate::ingest::schema::PanelRow| Facts {
        lod: row.lod,
        class: row.class,
        standard: row.internal_standard,
        is_standard: row.role.as_deref() == Some("internal_standard"),
    };
    panel.rows().into_iter().map(|row| (row.analyte.clone(), of(row))).collect()
}

/// Whether the values were transformed before they were read.
pub fn is_transformed(table: &Table<Abundances>) -> bool {
    table.metadata().get(VALUES).is_some_and(|values| values == TRANSFORMED)
}

/// The abundances of some samples, arranged; a sample that is not listed is passed over.
pub fn sheet(table: &Table<Abundances>, rows: Vec<(String, Injection)>, facts: &BTreeMap<String, Facts>) -> Sheet {
    let samples = Codes::read(table.texts("sample_id"));
    let analytes = Codes::read(table.texts("analyte"));
    let names: BTreeSet<&str> = analytes.names.iter().copied().collect();
    let mut sheet = Sheet::unmeasured(rows, names.into_iter().map(str::to_owned).collect(), facts);
    sheet.transformed = is_transformed(table);
    let row_of = samples.places(&sheet.grid.samples);
    let column_of = analytes.places(&sheet.grid.analytes);
    let values: Vec<Option<f64>> = table.column("value");
    let below_lod: Vec<bool> = table.column("below_lod");
    for cell in 0..values.len() {
        if let (Some(row), Some(analyte)) = (row_of[samples.of[cell]], column_of[analytes.of[cell]]) {
            sheet.put(row, analyte, values[cell], below_lod[cell]);
        }
    }
    sheet
}

/// The distinct texts of a column and, for each row, which of them it holds.
pub struct Codes<'a> {
    /// In the order in which they occur first.
    pub names: Vec<&'a str>,
    /// By row, a place among the names.
    pub of: Vec<usize>,
}

impl<'a> Codes<'a> {
    /// Reads a column. A row of a sorted table nearly always holds what the row before it holds, or what followed that
    /// the last time: only where neither is so is the text looked up.
    pub fn read(cells: impl Iterator<Item = &'a str>) -> Self {
        let mut codes = Codes { names: Vec::new(), of: Vec::with_capacity(cells.size_hint().0) };
        let mut known: HashMap<&str, usize> = HashMap::new();
        let mut followed_by: Vec<usize> = Vec::new();
        let mut last = 0;
        for cell in cells {
            let guess = followed_by.get(last).copied().unwrap_or_default();
            let code = if codes.names.get(last) == Some(&cell) {
                last
            } else if codes.names.get(guess) == Some(&cell) {
                guess
            } else {
                *known.entry(cell).or_insert_with(|| {
                    codes.names.push(cell);
                    followed_by.push(0);
                    codes.names.len() - 1
                })
            };
            if code != last {
                followed_by[last] = code;
                last = code;
            }
            codes.of.push(code);
        }
        codes
    }

    /// Where each of the names stands in a list; none where it is not there.
    pub fn places(&self, list: &[String]) -> Vec<Option<usize>> {
        let places: HashMap<&str, usize> = list.iter().enumerate().map(|(at, name)| (name.as_str(), at)).collect();
        self.names.iter().map(|name| places.get(name).copied()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_give_every_cell_back_whatever_the_order() {
        for cells in [vec!["a", "b", "c", "a", "b", "c", "a", "c"], vec!["x", "x", "y", "", "x", "y", "y"], vec![]] {
            let codes = Codes::read(cells.iter().copied());
            assert_eq!(codes.of.iter().map(|code| codes.names[*code]).collect::<Vec<_>>(), cells);
            let distinct: BTreeSet<&str> = cells.iter().copied().collect();
            assert_eq!(codes.names.len(), distinct.len());
        }
        let codes = Codes::read(["q", "p"].into_iter());
        assert_eq!(codes.places(&["p".into(), "r".into()]), [None, Some(0)]);
    }
}
