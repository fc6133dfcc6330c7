//! A matrix of analytes and samples as long records, which say the unit of each value.

use std::collections::{BTreeMap, BTreeSet};

use csv::StringRecord;

use super::Records;

/// The abundances of a file that has a row an analyte and a column a sample.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Matrix {
    pub samples: Vec<String>,
    pub header_line: u64,
    /// The unit that the file states for all of them.
    pub unit: Option<String>,
    pub analytes: Vec<Analyte>,
}

/// One analyte of a matrix.
#[derive(Debug, Clone, PartialEq)]
pub struct Analyte {
    pub line: u64,
    pub name: String,
    /// As many as there are samples.
    pub values: Vec<String>,
}

impl Matrix {
    /// The records `sample_id, analyte, value, unit`, on the lines of their analytes.
    pub fn into_long(self) -> Records {
        let headers = ["sample_id", "analyte", "value", "unit"].map(str::to_owned).to_vec();
        let unit = self.unit.unwrap_or_default();
        let mut rows = Vec::with_capacity(self.analytes.len() * self.samples.len());
        for analyte in &self.analytes {
            for (sample, value) in self.samples.iter().zip(&analyte.values) {
                rows.push((analyte.line, StringRecord::from(vec![sample, &analyte.name, value, &unit])));
            }
        }
        Records { headers, header_line: self.header_line, rows, ..Records::default() }
    }
}

/// Tells names apart that occur more than once: each of them becomes `name [mark]`, all others stay as they are.
///
/// No two rows are ever taken for one analyte. All bearers of a repeated name are marked, the first too: none of them is
/// more than the others the one that the name means.
pub fn distinct(names: Vec<(String, String)>) -> Vec<String> {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    names.iter().for_each(|(name, _)| *counts.entry(name.clone()).or_default() += 1);
    let mut taken: BTreeSet<String> =
        counts.iter().filter(|(_, count)| **count == 1).map(|(name, _)| name.clone()).collect();
    let mark = |(name, mark): (String, String)| {
        if counts.get(&name) == Some(&1) {
            return name;
        }
        let mut marked = format!("{name} [{mark}]");
        while !taken.insert(marked.clone()) {
            marked.push('\'');
        }
        marked
    };
    names.into_iter().map(mark).collect()
}
