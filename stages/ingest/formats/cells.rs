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

/// How long the rows below a header are.
#[derive(Debug, Clone, Copy)]
pub struct Width {
    /// The columns that have a name.
    pub named: usize,
    /// The cells of the header, empty ones at its end included.
    pub written: usize,
}

impl Width {
    /// A header without empty cells at its end.
    pub fn of(cells: usize) -> Width {
        Width { named: cells, written: cells }
    }
}

/// Drops the empty cells at the end of a header, a habit of spreadsheets; with how long its rows are.
pub fn without_tail(mut cells: Vec<String>) -> (Vec<String>, Width) {
    let written = cells.len();
    let filled = cells.iter().rposition(|cell| !cell.is_empty()).map_or(0, |last| last + 1);
    cells.truncate(filled);
    (cells, Width { named: filled, written })
}

/// Makes a row as long as its header's names, where only empty cells stand beyond them.
///
/// # Errors
/// A row that is shorter, or that has values beyond the header. A row that is shorter than the header was written, and yet
/// ends with an empty cell, was not trimmed at its end: it has lost a cell elsewhere, and its values stand in the wrong
/// columns.
pub fn fit(line: u64, mut cells: Vec<String>, width: Width, what: &str) -> Result<Vec<String>, Fault> {
    let Width { named, written } = width;
    let found = cells.len();
    let lost = found < written && cells.last().is_some_and(String::is_empty);
    if found > named && cells.iter().skip(named).all(String::is_empty) {
        cells.truncate(named);
    }
    if cells.len() == named && !lost {
        return Ok(cells);
    }
    let message = format!("the row has {found} cells and {what} {}", if lost { written } else { named });
    let remedy = match (found, lost || found < named) {
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

#[cfg(test)]
mod tests {
    use super::*;

    fn cells(text: &str) -> Vec<String> {
        text.split(',').map(str::to_owned).collect()
    }

    #[test]
    fn a_row_may_lose_its_empty_end_and_no_other_cell() {
        let (header, width) = without_tail(cells("name,S1,S2,,"));
        assert_eq!((header.len(), width.named, width.written), (3, 3, 5));
        let fitted = |row: &str| fit(2, cells(row), width, "the header");
        assert_eq!(fitted("x,1,2,,").unwrap(), cells("x,1,2"));
        assert_eq!(fitted("x,1,2").unwrap(), cells("x,1,2"), "trimmed at its end");
        assert_eq!(fitted("x,,,,").unwrap(), cells("x,,"));
        for row in ["x,2,,", "x,1,", "x,1", "x,1,2,3,", "x,1,2,"] {
            assert_eq!(fitted(row).unwrap_err().code, "ragged_row", "{row}");
        }
        assert_eq!(fit(2, cells("x,1,2,,,"), Width::of(3), "the header").unwrap(), cells("x,1,2"), "longer is no loss");
        assert!(fitted("x,2,,").unwrap_err().message.contains("4 cells and the header 5"));
    }
}
