//! mwTab, the format of the Metabolomics Workbench, as text and as JSON.
//!
//! Both become one [`File`]; the tables are made from that. Only what the analysis reads is looked at: the samples with
//! their factors, the one block of abundances, and what is known of the metabolites. The descriptions of the project
//! and the instruments are passed over.
//!
//! Format: <https://www.metabolomicsworkbench.org/data/mwTab_specification.pdf> (version 1.5), and as the `mwtab` package reads it
//! (Powell & Moseley 2021, 10.3390/metabo11030163).

mod json;
mod tables;
mod text;
mod tree;

use super::super::decode::{Fault, decode};
use super::super::file::{Format, Reading};
use super::{Records, no_such_table};

/// The key that every mwTab file in JSON has.
pub const JSON_MARK: &str = "\"METABOLOMICS WORKBENCH\"";

/// Names with their values, in the order of the file.
pub type Pairs = Vec<(String, String)>;

/// What a file says, as far as the analysis needs it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct File {
    pub entries: Vec<Entry>,
    pub data: Option<Data>,
    pub metabolites: Vec<Metabolite>,
    /// The file of results that is named where the abundances are not in the file itself.
    pub results_file: Option<String>,
}

/// One sample with its subject and factors.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Entry {
    pub line: u64,
    pub subject: String,
    pub sample: String,
    pub factors: Pairs,
    pub additional: Pairs,
}

/// A block of abundances.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Data {
    pub line: u64,
    pub unit: Option<String>,
    pub samples: Vec<String>,
    /// The factors as the block repeats them, one text a sample.
    pub factors: Option<(u64, Vec<String>)>,
    /// Each metabolite (or bin of the spectrum) with its values.
    pub rows: Vec<(u64, String, Vec<String>)>,
    /// Samples that occur twice: what makes the abundances useless, and not the file's other tables.
    pub repeated: Vec<Fault>,
}

/// What is known of a metabolite, by the headers of its table.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Metabolite {
    pub line: u64,
    pub name: String,
    pub facts: Pairs,
}

/// The blocks that may hold the abundances.
pub const DATA_BLOCKS: [&str; 3] = ["MS_METABOLITE_DATA", "NMR_METABOLITE_DATA", "NMR_BINNED_DATA"];

/// Reads the table that belongs to the role.
///
/// # Errors
/// Whatever of the file's form is wrong, by lines; for JSON also by names.
pub fn read(bytes: &[u8], reading: &Reading<'_>) -> Result<Records, Vec<Fault>> {
    let text = decode(bytes, reading.encoding).map_err(|fault| vec![fault])?;
    let file = if text.trim_start().starts_with('{') { json::parse(&text) } else { text::parse(&text) }?;
    match reading.role {
        "samples" => tables::samples(&file),
        "participants" => tables::participants(&file),
        "metabolites" => tables::metabolites(file),
        "panel" => tables::panel(file),
        role => Err(no_such_table(Format::Mwtab, role, "samples with factors, abundances and names of metabolites")),
    }
}

/// Splits `Treatment:Ketamine | Time:2 h` into names and values, at the first colon of each.
///
/// # Errors
/// A part without a colon, as words.
pub fn factors(text: &str) -> Result<Pairs, String> {
    let parts = text.split("| ").map(|part| part.trim().trim_end_matches('|').trim());
    let pair = |part: &str| match part.split_once(':') {
        Some((name, value)) => Ok((name.trim().to_owned(), value.trim().to_owned())),
        None => Err(format!("the factor `{part}` has no colon between its name and its value")),
    };
    parts.filter(|part| !matches!(*part, "" | "-")).map(pair).collect()
}

/// Splits `RAW_FILE_NAME=a.raw; Batch=2` into names and values; a part without a sign belongs to the value before it.
pub fn additional(text: &str) -> Pairs {
    let mut pairs: Pairs = Vec::new();
    for part in text.split("; ").map(str::trim).filter(|part| !matches!(*part, "" | "-")) {
        match (part.split_once('='), pairs.last_mut()) {
            (Some((name, value)), _) => {
                pairs.push((name.trim().to_owned(), value.trim().trim_end_matches(';').to_owned()))
            }
            (None, Some((_, value))) => value.push_str(&format!("; {part}")),
            (None, None) => pairs.push((part.to_owned(), String::new())),
        }
    }
    pairs
}
