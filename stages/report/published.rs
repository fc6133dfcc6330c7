//! Numbers printed elsewhere beside the computed ones: where each computed twin stands, and whether they agree.

use std::collections::BTreeMap;

use super::params::{Published, PublishedValue};
use super::sheets::{Cell, Sheet, known};
use crate::contract::{Place, Problem, StageError, Vocabulary, suggest};

/// The table that has a row of every analyte, left out or not.
const JUDGED: &str = "qc/analyte_quality";

/// How a printed number compares.
#[derive(Debug, Clone, PartialEq)]
pub enum Verdict {
    Agrees,
    Differs,
    /// The computed cell is missing.
    Missing,
    /// Privacy keeps the computed cell from being shown.
    Withheld,
}

/// One printed number and its computed twin.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparison {
    pub label: String,
    pub printed: String,
    /// The computed value with every digit.
    pub full: Option<f64>,
    /// The computed value with the printed number of digits.
    pub rounded: Option<String>,
    pub verdict: Verdict,
}

/// The path of one setting of the n-th printed number.
fn path(at: usize, key: &str) -> Place {
    Place::setting(format!("stages.report.published.values[{at}].{key}"))
}

/// Checks tables and columns, which are known before any data is read.
pub fn check(published: &Published) -> Vec<Problem> {
    let tables = known();
    let mut problems = Vec::new();
    for (at, value) in published.values.iter().enumerate() {
        let Some(columns) = tables.get(&value.table) else {
            let remedy = suggest::remedy(&value.table, tables.keys().map(String::as_str));
            let message = format!("unknown table `{}`", value.table);
            problems.push(Problem::new("unknown_table", path(at, "table"), message, remedy));
            continue;
        };
        let named = value.row.keys().map(|column| (column, format!("row.{column}")));
        for (column, key) in named.chain([(&value.column, "column".to_owned())]) {
            if !columns.contains(&column.as_str()) {
                let remedy = suggest::remedy(column, columns.iter().copied());
                let message = format!("table `{}` has no column `{column}`", value.table);
                problems.push(Problem::new("unknown_column", path(at, &key), message, remedy));
            }
        }
    }
    problems
}

/// Checks the names in rows that the configuration defines: no row has another.
pub fn check_names(published: &Published, names: &Vocabulary) -> Vec<Problem> {
    let one = |(at, value): (usize, &PublishedValue)| {
        let path = |column: &str| format!("stages.report.published.values[{at}].row.{column}");
        let model = value.row.get("model").filter(|_| value.table.starts_with("screen/"));
        let models = || names.models.keys().map(String::as_str);
        let outcomes = model.and_then(|model| names.models.get(model));
        let endpoints = || names.endpoints.keys().map(String::as_str);
        let check = |column: &str, text: &String| match (column, outcomes) {
            ("model", _) if model.is_some() => {
                Vocabulary::unknown("unknown_model", "model", text, models(), path(column))
            }
            ("outcome", Some(outcomes)) => {
                let of = format!("outcome of model `{}`:", model.map(String::as_str).unwrap_or_default());
                let known = outcomes.iter().map(String::as_str);
                Vocabulary::unknown("unknown_outcome", &of, text, known, path(column))
            }
            ("outcome" | "endpoint", _) => {
                Vocabulary::unknown("unknown_outcome", "outcome", text, endpoints(), path(column))
            }
            ("visit", _) => names.check_visit(text, path(column)),
            _ => None,
        };
        value.row.iter().filter_map(|(column, text)| check(column, text)).collect::<Vec<_>>()
    };
    published.values.iter().enumerate().flat_map(one).collect()
}

/// Looks every printed number up in `sheets`, as far as privacy lets it be shown.
///
/// # Errors
/// A `row` that names no row or several, a column that holds no number.
pub fn compare(published: &Published, sheets: &BTreeMap<String, Sheet>) -> Result<Vec<Comparison>, StageError> {
    let (mut compared, mut problems) = (Vec::new(), check(published));
    if problems.is_empty() {
        for (at, value) in published.values.iter().enumerate() {
            match look_up(at, value, sheets) {
                Ok(comparison) => compared.push(comparison),
                Err(problem) => problems.push(*problem),
            }
        }
    }
    StageError::unless_none(problems).map(|()| compared)
}

fn look_up(at: usize, value: &PublishedValue, sheets: &BTreeMap<String, Sheet>) -> Result<Comparison, Box<Problem>> {
    let comparison = |full: Option<f64>, verdict: Verdict| Comparison {
        label: value.label.clone(),
        printed: value.value.as_str().to_owned(),
        full,
        rounded: full.map(|full| value.value.round(full)),
        verdict,
    };
    let Some(sheet) = sheets.get(&value.table) else { return Ok(comparison(None, Verdict::Withheld)) };
    if was_left_out(value, sheet, sheets) {
        return Ok(comparison(None, Verdict::Missing));
    }
    let row = the_row(at, value, sheet)?;
    let cell = sheet.position(&value.column).map(|column| &row[column]);
    Ok(match cell {
        Some(Cell::Text(text)) if text.starts_with('<') || text == "withheld" => comparison(None, Verdict::Withheld),
        Some(Cell::Text(_)) => {
            let message = format!("column `{}` of `{}` holds text, not numbers", value.column, value.table);
            let problem = Problem::new("not_a_number", path(at, "column"), message, "name a column of numbers");
            return Err(Box::new(problem));
        }
        cell => match cell.and_then(Cell::number).map(|number| number * value.times.get()) {
            Some(full) if value.value.agrees(full) => comparison(Some(full), Verdict::Agrees),
            Some(full) => comparison(Some(full), Verdict::Differs),
            None => comparison(None, Verdict::Missing),
        },
    })
}

/// Whether the row is of an analyte that quality control judged and that the table does not have.
fn was_left_out(value: &PublishedValue, sheet: &Sheet, sheets: &BTreeMap<String, Sheet>) -> bool {
    let Some(analyte) = value.row.get("analyte") else { return false };
    let has = |sheet: &Sheet| {
        let column = sheet.position("analyte");
        column.is_some_and(|column| sheet.rows.iter().any(|row| row[column].text() == *analyte))
    };
    !has(sheet) && sheets.get(JUDGED).is_some_and(has)
}

fn the_row<'a>(at: usize, value: &PublishedValue, sheet: &'a Sheet) -> Result<&'a Vec<Cell>, Box<Problem>> {
    let wanted: Vec<(usize, &String)> =
        value.row.iter().filter_map(|(column, text)| Some((sheet.position(column)?, text))).collect();
    let fits = |row: &&Vec<Cell>| wanted.iter().all(|(column, text)| row[*column].text() == **text);
    let rows: Vec<_> = sheet.rows.iter().filter(fits).collect();
    if let [row] = rows[..] {
        return Ok(row);
    }
    let named: Vec<String> = value.row.iter().map(|(column, text)| format!("{column}: {text}")).collect();
    let message = format!("{{{}}} names {} rows of `{}`, not one", named.join(", "), rows.len(), value.table);
    let remedy = if rows.is_empty() { nearest(value, sheet) } else { "add columns that tell the rows apart".into() };
    Err(Box::new(Problem::new("published_row", path(at, "row"), message, remedy)))
}

/// The first column whose text no row holds, with the nearest text that one holds.
fn nearest(value: &PublishedValue, sheet: &Sheet) -> String {
    for (column, text) in &value.row {
        let Some(at) = sheet.position(column) else { continue };
        let mut texts: Vec<String> = sheet.rows.iter().map(|row| row[at].text()).collect();
        texts.sort();
        texts.dedup();
        if !texts.contains(text) {
            return format!("`{column}`: {}", suggest::remedy(text, texts.iter().map(String::as_str)));
        }
    }
    format!("see tables/{}.csv", value.table.rsplit('/').next().unwrap_or_default())
}
