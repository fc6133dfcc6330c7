//! Cells of tab-separated lines, as the exchange formats write them.

use std::collections::BTreeMap;

use csv::StringRecord;

use super::super::decode::Fault;
use crate::contract::delimited::{Lines, csv_reader};

/// The lines of a text that hold anything, with their numbers from 1.
pub fn lines(text: &str) -> impl Iterator<Item = (u64, &str)> {
    (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty())
}

/// The cells of a line: without the spaces around them, and without quotation marks around a whole cell.
pub fn split(line: &str) -> Vec<String> {
    line.split('\t').map(|cell| unquote(cell.trim()).to_owned()).collect()
}

fn unquote(cell: &str) -> &str {
    cell.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).map_or(cell, str::trim)
}

/// The rows of a tab-separated text whose cells may stand in quotation marks, with the lines on which they begin.
pub fn quoted_rows(text: &str) -> Vec<(u64, Vec<String>)> {
    let mut reader = csv_reader(text, b'\t');
    let mut lines = Lines::new(text);
    let mut record = StringRecord::new();
    let mut rows = Vec::new();
    // Text is UTF-8 and the reader flexible: nothing is left that could fail.
    while reader.read_record(&mut record).unwrap_or(false) {
        let line = lines.of(record.position().map_or(0, csv::Position::byte));
        if record.iter().any(|cell| !cell.trim().is_empty()) {
            rows.push((line, record.iter().map(|cell| cell.trim().to_owned()).collect()));
        }
    }
    rows
}

/// Drops the empty cells at the end: a habit of spreadsheets.
pub fn without_tail(mut cells: Vec<String>) -> Vec<String> {
    let filled = cells.iter().rposition(|cell| !cell.is_empty()).map_or(0, |last| last + 1);
    cells.truncate(filled);
    cells
}

/// Makes a row as long as its header, where only empty cells stand beyond it.
///
/// # Errors
/// A row that is shorter, or that has values beyond the header.
pub fn fit(line: u64, mut cells: Vec<String>, width: usize, what: &str) -> Result<Vec<String>, Fault> {
    let found = cells.len();
    if found > width && cells.iter().skip(width).all(String::is_empty) {
        cells.truncate(width);
    }
    if cells.len() == width {
        return Ok(cells);
    }
    let message = format!("the row has {found} cells and {what} {width}");
    let remedy = match (found, found < width) {
        (1, _) => "cells are separated by tabs: put them back, or fetch the file again",
        (_, true) => "add the missing cells, empty where there is no value",
        (_, false) => "remove the cells that are too many, or name their columns",
    };
    Err(Fault::new("ragged_row", Some(line), message, remedy))
}

/// Refuses names that occur more than once in one line.
pub fn repeated(line: u64, names: &[String], what: &str) -> Vec<Fault> {
    let mut places: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for (name, column) in names.iter().zip(2..) {
        places.entry(name).or_default().push(format!("{column}"));
    }
    let fault = |(name, columns): (&str, Vec<String>)| {
        let message = format!("the {what} `{name}` occurs {} times: columns {}", columns.len(), columns.join(", "));
        Fault::new("duplicate_sample", Some(line), message, "keep one of them, or correct the name")
    };
    places.into_iter().filter(|(_, columns)| columns.len() > 1).map(fault).collect()
}
