//! Reads who is in the study: every declared variable typed, in its range, of its levels.
//!
//! Columns of the file that are not declared are left alone: what they mean is not known.

use std::collections::BTreeMap;

use polars::prelude::Column as Series;

use super::known::Known;
use super::params::{Column, Participants};
use super::problems::Problems;
use super::row::Row;
use super::schema;
use super::sheet::Sheet;
use crate::contract::schema::Cell;
use crate::contract::suggest;
use crate::contract::{Finding, StageContext, Table, TableError};

/// The participants as read.
#[derive(Debug, Clone, Default)]
pub struct People {
    pub known: Known,
    rows: Vec<(String, Vec<Value>)>,
}

/// One cell of a declared variable.
#[derive(Debug, Clone, PartialEq)]
enum Value {
    Missing,
    Number(f64),
    Count(i64),
    Binary(bool),
    Category(String),
}

/// Reads the participants' file.
pub fn read(params: &Participants, sheet: &Sheet<'_>, problems: &mut Problems) -> People {
    let id_column = sheet.column(&params.id, problems);
    let header = |(name, column): (&String, &Column)| column.header().unwrap_or(name).to_owned();
    let found: Vec<Option<usize>> =
        params.columns.iter().map(header).map(|header| sheet.column(&header, problems)).collect();
    let Some(id_column) = id_column else {
        return People::default();
    };
    let mut people = People { known: Known::of(sheet.complete), rows: Vec::new() };
    sheet.for_each(|row| {
        let cell = |((name, column), place): ((&String, &Column), &Option<usize>)| {
            place.map_or(Value::Missing, |place| value(&row, place, name, column, problems))
        };
        let values: Vec<Value> = params.columns.iter().zip(&found).map(cell).collect();
        if let Some(id) = row.required(id_column, problems)
            && people.known.add(id, &row, id_column, "duplicate_participant", problems)
        {
            people.rows.push((id.to_owned(), values));
        }
    });
    people.rows.sort_by(|a, b| a.0.cmp(&b.0));
    people
}

fn value(row: &Row<'_>, place: usize, name: &str, column: &Column, problems: &mut Problems) -> Value {
    if column.missing().iter().any(|code| code == row.raw(place)) {
        return Value::Missing;
    }
    let widen = format!(", or widen `stages.ingest.participants.columns.{name}.range`");
    match column {
        Column::Number { range, .. } => {
            row.number_in(place, *range, &widen, problems).map_or(Value::Missing, Value::Number)
        }
        Column::Count { range, .. } => count(row, place, *range, &widen, problems).map_or(Value::Missing, Value::Count),
        Column::Binary { .. } => binary(row, place, problems).map_or(Value::Missing, Value::Binary),
        Column::Category { levels, .. } => {
            category(row, place, levels, problems).map_or(Value::Missing, Value::Category)
        }
    }
}

fn count(
    row: &Row<'_>,
    place: usize,
    range: Option<crate::contract::quantity::Range>,
    widen: &str,
    problems: &mut Problems,
) -> Option<i64> {
    let count = row.whole(place, problems)?;
    if count < 0 {
        row.refuse(place, "negative_count", problems, |_| {
            (format!("`{count}` is negative and a count is not"), "correct the value, or declare `kind: number`".into())
        });
        return None;
    }
    row.number_in(place, range, widen, problems).map(|_| count)
}

fn binary(row: &Row<'_>, place: usize, problems: &mut Problems) -> Option<bool> {
    let text = row.text(place)?;
    match text.to_lowercase().as_str() {
        "1" | "true" | "yes" => Some(true),
        "0" | "false" | "no" => Some(false),
        _ => {
            row.refuse(place, "not_binary", problems, |_| {
                (format!("`{text}` is neither yes nor no"), "write 1/0, true/false or yes/no".into())
            });
            None
        }
    }
}

fn category(row: &Row<'_>, place: usize, levels: &[String], problems: &mut Problems) -> Option<String> {
    // A level may be spelled like a missing code (`NA` for "not applicable"): what is declared comes first.
    let raw = row.raw(place);
    if levels.iter().any(|level| level == raw) {
        return Some(raw.to_owned());
    }
    let text = row.text(place)?;
    row.refuse(place, "unknown_level", problems, |header| {
        let message = format!("`{text}` is not a level of `{header}`");
        (message, suggest::remedy(text, levels.iter().map(String::as_str)))
    });
    None
}

impl People {
    /// The participants' table, and a finding for every variable that is not complete.
    pub fn table(
        &self,
        columns: &BTreeMap<String, Column>,
        context: &mut StageContext<'_>,
    ) -> Result<Table<schema::Participants>, TableError> {
        let ids: Vec<String> = self.rows.iter().map(|(id, _)| id.clone()).collect();
        let mut series = vec![Cell::column("participant_id", ids)];
        for (index, (name, column)) in columns.iter().enumerate() {
            let values: Vec<&Value> = self.rows.iter().filter_map(|(_, values)| values.get(index)).collect();
            notice(name, column, &values, context);
            series.push(column_of(name, column, &values));
        }
        Table::from_columns(self.rows.len(), series)
    }
}

fn column_of(name: &str, column: &Column, values: &[&Value]) -> Series {
    fn cells<T>(values: &[&Value], pick: impl Fn(&Value) -> Option<T>) -> Vec<Option<T>> {
        values.iter().map(|value| pick(value)).collect()
    }
    match column {
        Column::Number { .. } => {
            Cell::column(name, cells(values, |v| if let Value::Number(x) = v { Some(*x) } else { None }))
        }
        Column::Count { .. } => {
            Cell::column(name, cells(values, |v| if let Value::Count(x) = v { Some(*x) } else { None }))
        }
        Column::Binary { .. } => {
            Cell::column(name, cells(values, |v| if let Value::Binary(x) = v { Some(*x) } else { None }))
        }
        Column::Category { .. } => {
            Cell::column(name, cells(values, |v| if let Value::Category(x) = v { Some(x.clone()) } else { None }))
        }
    }
}

fn notice(name: &str, column: &Column, values: &[&Value], context: &mut StageContext<'_>) {
    let missing = values.iter().filter(|value| ***value == Value::Missing).count();
    if missing == values.len() {
        let message = format!("`{name}` is missing for every participant");
        context.find(Finding::warning("empty_variable", name, message).hint("a model that uses it keeps nobody"));
    } else if missing > 0 {
        let message = format!("`{name}` is missing for {missing} of {} participants", values.len());
        let hint = "a model that uses it leaves these participants out";
        context.find(Finding::note("incomplete_variable", name, message).hint(hint));
    }
    if let Column::Category { levels, .. } = column {
        let used = |level: &str| values.iter().any(|value| matches!(value, Value::Category(v) if v == level));
        let unused: Vec<&str> = levels.iter().map(String::as_str).filter(|level| !used(level)).collect();
        if !unused.is_empty() {
            let message = format!("no participant has the level {} of `{name}`", unused.join(", "));
            context.find(Finding::note("unused_level", name, message));
        }
    }
}

/// What each declared variable means, as a table.
pub fn variables(columns: &BTreeMap<String, Column>) -> Result<Table<schema::Variables>, TableError> {
    let row = |(name, column): (&String, &Column)| {
        let (kind, unit, range, levels) = match column {
            Column::Number { unit, range, .. } => ("number", unit.clone(), *range, None),
            Column::Count { unit, range, .. } => ("count", unit.clone(), *range, None),
            Column::Binary { .. } => ("binary", None, None, None),
            Column::Category { levels, .. } => ("category", None, None, Some(serde_json::Value::from(levels.clone()))),
        };
        schema::VariableRow {
            variable: name.clone(),
            kind: kind.to_owned(),
            unit,
            low: range.map(|range| range.low()),
            high: range.map(|range| range.high()),
            levels: levels.map(|levels| levels.to_string()),
        }
    };
    Table::from_rows(columns.iter().map(row).collect())
}
