//! A table on its side: a column a sample, with rows of facts above the abundances.

use std::collections::BTreeSet;

use super::super::file::Decimal;
use super::column::{Column, plain};
use super::look::{Table, is_number};
use super::page::{list, word};
use super::roles::says_of_samples;

/// Rows of facts that must be known by their names before a table is taken to lie on its side.
const KNOWN: usize = 2;

/// The table of the samples and that of the metabolites, if the rows of a table are facts of samples and then analytes.
///
/// The first column names the rows. A column that is empty in every row of facts is itself a fact of the analytes; where
/// there is one, the facts of the samples end at the first row that it fills, else with the last one known by its name.
pub fn turn(table: &Table) -> Option<(Table, Table)> {
    let (names, others) = table.columns.split_first()?;
    let known: Vec<usize> = (0..names.cells.len()).filter(|&row| says_of_samples(&plain(&names.cells[row]))).collect();
    let end = known.last()? + 1;
    if known.len() < KNOWN || others.len() < 3 {
        return None;
    }
    let is_beside = |column: &&Column| known.iter().all(|&row| column.cells[row].is_empty());
    let (beside, samples): (Vec<&Column>, Vec<&Column>) =
        others.iter().filter(|column| !column.header.is_empty()).partition(is_beside);
    let filled = |row: &usize| beside.iter().any(|column| !column.cells[*row].is_empty());
    let end = (end..names.cells.len()).find(filled).filter(|_| !beside.is_empty()).unwrap_or(end);
    if end >= names.cells.len() || known.first()? > &end || samples.len() < 2 {
        return None;
    }
    let beside: Vec<&str> = beside.iter().map(|column| column.header.as_str()).collect();
    let facts: Vec<&str> = names.cells[..end].iter().map(String::as_str).filter(|name| !name.is_empty()).collect();
    let part = |rows: std::ops::Range<usize>, metadata: Vec<&str>| Table {
        file: table.file.clone(),
        role: None,
        turned: true,
        columns: columns(names, &samples, rows, table),
        settings: settings(table, &names.header, &metadata),
    };
    let of_samples = part(0..end, beside.clone());
    let of_metabolites = part(end..names.cells.len(), beside.into_iter().chain(facts).collect());
    Some((of_samples, of_metabolites))
}

/// Some of the rows as columns, the samples' names before them.
fn columns(names: &Column, samples: &[&Column], rows: std::ops::Range<usize>, table: &Table) -> Vec<Column> {
    let ids = Column::new("sample_id", samples.iter().map(|column| column.header.clone()).collect());
    let row = |row: usize| {
        let cells = samples.iter().map(|column| column.cells[row].clone()).collect();
        let mut column = Column::new(&names.cells[row], cells);
        column.decimal = table.columns.first().map_or(column.decimal, |first| first.decimal);
        column
    };
    let named = rows.filter(|&place| !names.cells[place].is_empty());
    std::iter::once(ids).chain(named.map(row)).collect()
}

fn settings(table: &Table, analyte: &str, metadata: &[&str]) -> Vec<(&'static str, String, String)> {
    let mut settings = table.settings.clone();
    settings.push(("samples", "columns".to_owned(), "the rows have the names of facts of samples".to_owned()));
    settings.push(("analyte", analyte.to_owned(), "the header of the column that names the rows".to_owned()));
    if !metadata.is_empty() {
        let names = list(metadata.iter().copied());
        settings.push(("metadata", names, "rows and columns that are no sample and no analyte here".to_owned()));
    }
    settings
}

/// What stands after numbers in some cells of columns that are numbers for the most part, as settings: `{H: keep}`.
pub fn flags(columns: &[Column]) -> Option<String> {
    let is_number = |cell: &str| is_number(cell, Decimal::Point);
    let after = |cell: &str| {
        let (number, mark) = cell.trim().rsplit_once(' ')?;
        let fits = is_number(number) && mark.len() <= 8;
        (fits && mark.chars().next().is_some_and(char::is_alphabetic)).then(|| mark.to_owned())
    };
    let measured = |column: &&Column| {
        let numbers = column.filled().filter(|cell| is_number(cell)).count();
        2 * numbers >= column.filled().count()
    };
    let marks: BTreeSet<String> = columns.iter().filter(measured).flat_map(Column::filled).filter_map(after).collect();
    let pairs: Vec<String> = marks.iter().map(|mark| format!("{}: keep", word(mark))).collect();
    (1..=6).contains(&pairs.len()).then(|| format!("{{{}}}", pairs.join(", ")))
}
