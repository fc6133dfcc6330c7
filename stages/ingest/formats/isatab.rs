//! ISA-Tab: the files of a study (`s_….txt`) and of an assay (`a_….txt`), as MetaboLights and others keep them.
//!
//! Both have a row a sample and are read as tables of samples; of an assay's file the study's may be joined to it by the
//! name of the sample. What an ontology calls a term (Term Source REF, Term Accession Number) is passed over, and a unit
//! is named after the column that it belongs to.
//!
//! Format: <https://isa-specs.readthedocs.io/en/latest/isatab.html>.

use std::collections::{BTreeMap, BTreeSet};

use csv::StringRecord;

use super::super::decode::{Fault, decode};
use super::super::file::{Encoding, Format, Reading};
use super::cells::{fit, quoted_rows, without_tail};
use super::collect::{by_owner, free_name};
use super::{Records, no_such_table};
use crate::contract::SourceFile;

/// The role of the study's file that is joined to an assay's.
pub const STUDY: &str = "samples.study";
const SAMPLE: &str = "Sample Name";
const SOURCE: &str = "Source Name";
const OF_ONTOLOGIES: [&str; 2] = ["Term Source REF", "Term Accession Number"];

/// Reads the file as a table of samples, or, for the participants, of the sources that they come from.
///
/// # Errors
/// A file of another kind, rows of a wrong length.
pub fn read(bytes: &[u8], reading: &Reading<'_>) -> Result<Records, Vec<Fault>> {
    match reading.role {
        "samples" => parse(bytes, reading.encoding),
        "participants" => participants(&parse(bytes, reading.encoding)?),
        role => Err(no_such_table(
            Format::Isatab,
            role,
            "samples with characteristics and factors (abundances are in the MAF, m_….tsv)",
        )),
    }
}

fn participants(records: &Records) -> Result<Records, Vec<Fault>> {
    let none = || {
        let message = format!("the file has no column `{SOURCE}`, which says whose a sample is");
        vec![Fault::new("missing_column", Some(records.header_line), message, "take the study's file, s_….txt")]
    };
    let owner = records.headers.iter().position(|header| header == SOURCE).ok_or_else(none)?;
    Ok(by_owner(records, owner, &[SAMPLE]))
}

fn parse(bytes: &[u8], encoding: Option<Encoding>) -> Result<Records, Vec<Fault>> {
    let text = decode(bytes, encoding).map_err(|fault| vec![fault])?;
    let rows = quoted_rows(&text);
    let mut rows = rows.into_iter().filter(|(_, cells)| !cells[0].starts_with('#'));
    let (header_line, header) = rows.next().unwrap_or_default();
    let (header, width) = without_tail(header);
    let columns = columns(&header);
    if !columns.iter().any(|(_, name)| name == SAMPLE) {
        let message = format!("the header has no `{SAMPLE}`: it is no file of a study or an assay");
        let remedy = "take s_….txt or a_….txt (i_….txt describes the investigation and has no table)";
        return Err(vec![Fault::new("not_isatab", Some(header_line.max(1)), message, remedy)]);
    }
    let mut records = Records {
        headers: columns.iter().map(|(_, name)| name.clone()).collect(),
        header_line,
        rows: Vec::new(),
        ..Records::default()
    };
    let mut faults = Vec::new();
    for (line, cells) in rows {
        match fit(line, cells, width, "the header") {
            Ok(cells) => {
                let kept = columns.iter().map(|(column, _)| cells[*column].as_str());
                records.rows.push((line, kept.collect()));
            }
            Err(fault) => faults.push(fault),
        }
    }
    if faults.is_empty() { Ok(records) } else { Err(faults) }
}

/// The columns that are kept, by their places, with names that no two of them share.
fn columns(header: &[String]) -> Vec<(usize, String)> {
    let mut taken = BTreeSet::new();
    let mut last = String::new();
    let mut columns = Vec::new();
    for (place, name) in header.iter().enumerate() {
        let name = name.replace(" [", "[").replace(" ]", "]");
        if OF_ONTOLOGIES.contains(&name.as_str()) {
            continue;
        }
        let name = if name == "Unit" { format!("{last} unit") } else { name };
        if !name.ends_with(" unit") {
            last.clone_from(&name);
        }
        columns.push((place, free_name(&name, &mut taken)));
    }
    columns
}

/// Joins the study's file to the assay's: each sample of the assay gains the columns that only the study's file has.
///
/// # Errors
/// What is wrong with the study's file, a sample that stands there twice, a sample of the assay that it does not have.
pub fn join(assay: Records, study: &SourceFile, encoding: Option<Encoding>) -> Result<Records, Vec<Fault>> {
    let there = |fault: Fault| {
        let line = fault.line.map_or(String::new(), |line| format!(" on line {line}"));
        Fault { message: format!("in `{}`{line}: {}", study.name, fault.message), line: None, ..fault }
    };
    let known = parse(&study.bytes, encoding).map_err(|faults| faults.into_iter().map(there).collect::<Vec<_>>())?;
    let (key, mut rows) = (place(&known), BTreeMap::new());
    let mut faults = Vec::new();
    for (line, record) in &known.rows {
        let name = record.get(key).unwrap_or_default();
        if let Some((earlier, _)) = rows.insert(name, (*line, record)) {
            let message =
                format!("in `{}`: the sample `{name}` occurs on line {earlier} and again on line {line}", study.name);
            faults.push(Fault::new(
                "duplicate_sample",
                None,
                message,
                "keep one of the two rows: it cannot be joined to two",
            ));
        }
    }
    let own: BTreeSet<&String> = assay.headers.iter().collect();
    let more: Vec<usize> = (0..known.headers.len()).filter(|column| !own.contains(&known.headers[*column])).collect();
    let (key, mut joined) = (place(&assay), Vec::with_capacity(assay.rows.len()));
    for (line, record) in &assay.rows {
        let name = record.get(key).unwrap_or_default();
        let Some((_, found)) = rows.get(name) else {
            let message = format!("the sample `{name}` is not in the study's file `{}`", study.name);
            faults.push(Fault::new("unknown_sample", Some(*line), message, "add it there, or correct the name"));
            continue;
        };
        let added = more.iter().map(|column| found.get(*column).unwrap_or_default());
        joined.push((*line, record.iter().chain(added).collect::<StringRecord>()));
    }
    if !faults.is_empty() {
        return Err(faults);
    }
    let added = more.iter().map(|column| known.headers[*column].clone());
    let headers = assay.headers.iter().cloned().chain(added).collect();
    Ok(Records { headers, header_line: assay.header_line, rows: joined, ..Records::default() })
}

/// Where the names of the samples stand; `parse` saw to it that they do.
fn place(records: &Records) -> usize {
    records.headers.iter().position(|header| header == SAMPLE).unwrap_or_default()
}
