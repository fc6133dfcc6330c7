//! Files that are not delimited text, each turned into records: a header and rows of text, with the lines they stand on.
//!
//! Numbers become the shortest text that reads back as the same double, with a decimal point; what a text format writes
//! is kept as it is written. What a format says of more than one table (mwTab holds factors, compounds and abundances) is
//! chosen by the role that the file is read for.

mod archive;
mod parquet;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod testing;
mod workbook;
mod xpt;

use std::collections::BTreeMap;
use std::sync::Arc;

use csv::StringRecord;

use super::decode::Fault;
use super::file::{Decimal, Format, Reading};
pub use workbook::sheets;

mod cells;
mod collect;
mod identifiers;
pub mod isatab;
mod long;
mod maf;
mod mwtab;
mod mztab;
#[cfg(test)]
mod tests;

/// A table of text, whatever it was read from.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Records {
    pub headers: Vec<String>,
    /// The line (of a workbook, the row) on which the header stands, from 1.
    pub header_line: u64,
    /// Each row with its line, from 1; as many cells as there are headers.
    pub rows: Vec<(u64, StringRecord)>,
    /// Columns that were left out, by header, because the rows of one owner contradict each other.
    pub differing: BTreeMap<String, Differing>,
}

/// Where the rows of one owner contradict each other.
#[derive(Debug, Clone, PartialEq)]
pub struct Differing {
    pub owner: String,
    pub values: [String; 2],
    /// The line of the second value.
    pub line: u64,
}

/// Reads a file of any format but delimited text, for the role that `reading` names.
///
/// # Errors
/// Everything that is wrong with the form of the file.
pub fn read(format: Format, bytes: &Arc<[u8]>, reading: &Reading<'_>) -> Result<Records, Vec<Fault>> {
    match format {
        Format::Xlsx | Format::Ods => workbook::read(format, bytes, reading),
        Format::Parquet => parquet::read(bytes),
        Format::Xpt => xpt::read(bytes, reading),
        Format::Mwtab => mwtab::read(bytes, reading),
        Format::Mztab => mztab::read(bytes, reading),
        Format::Isatab => isatab::read(bytes, reading),
        Format::Maf => maf::read(bytes, reading),
        Format::Csv | Format::Tsv => {
            let message = format!("`{}` is delimited text, which is read where it stands", format.word());
            Err(vec![Fault::new("not_built", None, message, "save the table as .csv or .tsv")])
        }
    }
}

/// The shortest text that reads back as the same double, with the decimal mark.
pub fn number_text(value: f64, decimal: Decimal) -> String {
    let usual = value == 0.0 || (1e-5..1e17).contains(&value.abs());
    let text = if usual { value.to_string() } else { format!("{value:e}") };
    if decimal == Decimal::Comma { text.replace('.', ",") } else { text }
}

/// Names in quotation marks, the first twenty of them.
fn listed<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let quoted: Vec<String> = names.map(|name| format!("`{name}`")).collect();
    super::problems::list(quoted.iter().map(String::as_str))
}

/// What a file that is read as delimited text really is, by its first words; none for an ordinary table.
pub fn recognize(text: &str) -> Option<Format> {
    let start = text.trim_start_matches('\u{feff}').trim_start();
    if start.starts_with("#METABOLOMICS WORKBENCH") || (start.starts_with('{') && start.contains(mwtab::JSON_MARK)) {
        return Some(Format::Mwtab);
    }
    let mztab = start.starts_with("MTD\t") || (start.starts_with("COM\t") && start.contains("\nMTD\t"));
    mztab.then_some(Format::Mztab)
}

/// The refusal of a file of one format that was declared, or taken, as delimited text.
pub fn disguised(text: &str) -> Option<Fault> {
    let format = recognize(text)?.word();
    let message = format!("this is no delimited text: it begins as {format} does");
    Some(Fault::new("other_format", Some(1), message, format!("say what it is: `format: {format}`")))
}

/// The refusal of a role that a format has nothing for.
fn no_such_table(format: Format, role: &str, holds: &str) -> Vec<Fault> {
    let message = format!("a file of format `{}` has no table of {role}", format.word());
    vec![Fault::new("no_such_table", None, message, format!("it holds {holds}: read the {role} from another file"))]
}
