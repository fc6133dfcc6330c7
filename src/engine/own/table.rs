//! What a command left as tables: read, brought to the four types of every table, held to what was declared.

use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};

use polars::prelude::{Column, DataFrame, DataType, IntoColumn, NamedFrom, Series, SortMultipleOptions};

use super::csv;
use super::params::{Kind, Output};
use crate::panics;
use crate::store::parquet;

pub const ID: &str = "participant_id";
/// How many names of many are told.
const TOLD: usize = 5;

/// The table in the bytes of an output, or what is wrong with it.
pub fn read(output: &Output, bytes: Vec<u8>) -> Result<DataFrame, String> {
    let frame = match output.file.to_ascii_lowercase().ends_with(".csv") {
        true => csv::read(&bytes, &text_columns(output))?,
        false => of_parquet(bytes)?,
    };
    if frame.width() == 0 {
        return Err("has no columns".to_owned());
    }
    let columns: Result<Vec<Column>, String> =
        frame.columns().iter().map(|column| plain(column, &output.file)).collect();
    DataFrame::new(frame.height(), columns?).map_err(|error| error.to_string())
}

/// Columns of participants that are text whatever their cells look like.
fn text_columns(output: &Output) -> Vec<&str> {
    let categories = output.participants.iter().flatten();
    let categories =
        categories.filter(|(_, kind)| matches!(kind, Kind::Category(_))).map(|(column, _)| column.as_str());
    categories.chain(output.participants.is_some().then_some(ID)).collect()
}

/// polars may panic on corrupt bytes.
fn of_parquet(bytes: Vec<u8>) -> Result<DataFrame, String> {
    let guard = panics::expect();
    let decoded = catch_unwind(AssertUnwindSafe(|| parquet::decode(bytes)));
    guard.finish();
    match decoded {
        Ok(Ok((frame, _))) => Ok(frame),
        Ok(Err(error)) => Err(format!("is no Parquet file that can be read: {error}")),
        Err(_) => Err("is no Parquet file that can be read".to_owned()),
    }
}

/// A column as text, real, integer or flag; NaN is missing, and nothing is infinite.
fn plain(column: &Column, file: &str) -> Result<Column, String> {
    let name = column.name();
    let failed = |error: polars::prelude::PolarsError| format!("column {name}: {error}");
    let cast = |to: DataType| column.strict_cast(&to).map_err(failed);
    match column.dtype() {
        DataType::String | DataType::Boolean | DataType::Int64 => Ok(column.clone()),
        DataType::Null => cast(DataType::String),
        kind if kind.is_float() => {
            let real = cast(DataType::Float64)?;
            let cells = real.f64().map_err(failed)?;
            if let Some(row) = cells.iter().position(|cell| cell.is_some_and(f64::is_infinite)) {
                return Err(format!("column {name}, row {}: an infinite number; leave it missing", row + 1));
            }
            let known: Vec<Option<f64>> = cells.iter().map(|cell| cell.filter(|value| !value.is_nan())).collect();
            Ok(Series::new(name.clone(), known).into_column())
        }
        kind if kind.is_integer() => cast(DataType::Int64),
        kind => Err(format!("column {name} of {file} holds {kind}: leave text, numbers, whole numbers or true/false")),
    }
}

/// A table of participants as declared, ordered by participant, and who of the study has no row in it.
pub fn of_participants(
    frame: DataFrame,
    columns: &BTreeMap<String, Kind>,
    known: &BTreeSet<String>,
) -> Result<(DataFrame, Vec<String>), String> {
    let mut frame = frame;
    let ids = identifiers(&frame)?;
    let rows: BTreeSet<&String> = ids.iter().collect();
    let strangers: Vec<&str> = rows.iter().filter(|id| !known.contains(**id)).map(|id| id.as_str()).collect();
    if !strangers.is_empty() {
        return Err(format!("has rows of participants whom the study does not have: {}", some(&strangers)));
    }
    let without: Vec<String> = known.iter().filter(|id| !rows.contains(id)).cloned().collect();
    let failed = |error: polars::prelude::PolarsError| error.to_string();
    frame.with_column(Series::new(ID.into(), &ids).into_column()).map_err(failed)?;
    for (name, kind) in columns {
        let Ok(column) = frame.column(name) else {
            let there: Vec<&str> = frame.columns().iter().map(|column| column.name().as_str()).collect();
            return Err(format!("has no column {name}; it has {}", there.join(", ")));
        };
        let column = declared(column, kind).map_err(|why| format!("column {name}: {why}"))?;
        frame.with_column(column).map_err(failed)?;
    }
    let frame = frame.sort([ID], SortMultipleOptions::default()).map_err(failed)?;
    Ok((frame, without))
}

/// Who each row is about: text, or whole numbers as text; nobody twice.
fn identifiers(frame: &DataFrame) -> Result<Vec<String>, String> {
    let column = frame.column(ID).map_err(|_| format!("has no column {ID}"))?;
    let cells: Vec<Option<String>> = match column.dtype() {
        DataType::String => column.str().map(|c| c.iter().map(|cell| cell.map(str::to_owned)).collect()),
        DataType::Int64 => column.i64().map(|c| c.iter().map(|cell| cell.map(|cell| cell.to_string())).collect()),
        kind => return Err(format!("column {ID} holds {}, not text", word(kind))),
    }
    .map_err(|error| error.to_string())?;
    let mut seen = BTreeSet::new();
    let mut ids = Vec::with_capacity(cells.len());
    for (row, cell) in cells.into_iter().enumerate() {
        let id = cell.ok_or_else(|| format!("column {ID}, row {}: nobody is named", row + 1))?;
        if !seen.insert(id.clone()) {
            return Err(format!("has several rows of participant {id}; one row each is needed"));
        }
        ids.push(id);
    }
    Ok(ids)
}

/// A column as what it was declared to hold.
fn declared(column: &Column, kind: &Kind) -> Result<Column, String> {
    let failed = |error: polars::prelude::PolarsError| error.to_string();
    let cast = |to: DataType| column.strict_cast(&to).map_err(failed);
    let all_missing = column.null_count() == column.len();
    let other = || format!("it holds {}, and was declared as {}", word(column.dtype()), kind.word());
    match (kind, column.dtype()) {
        (Kind::Number, DataType::Int64 | DataType::Float64) => cast(DataType::Float64),
        (Kind::Number, _) if all_missing => cast(DataType::Float64),
        (Kind::Count, DataType::Int64 | DataType::Float64) => counts(column),
        (Kind::Count, _) if all_missing => cast(DataType::Int64),
        (Kind::Binary, DataType::Boolean) => Ok(column.clone()),
        (Kind::Binary, _) => flags(column),
        (Kind::Category(levels), DataType::String) => levels_only(column, levels),
        _ => Err(other()),
    }
}

/// A type in the words of `participants`.
fn word(kind: &DataType) -> &'static str {
    match kind {
        DataType::Int64 => "whole numbers",
        DataType::Float64 => "numbers",
        DataType::Boolean => "true/false",
        _ => "text",
    }
}

fn counts(column: &Column) -> Result<Column, String> {
    let failed = |error: polars::prelude::PolarsError| error.to_string();
    let real = column.strict_cast(&DataType::Float64).map_err(failed)?;
    let bad = |cell: &Option<f64>| cell.is_some_and(|value| value < 0.0 || value.fract() != 0.0);
    if let Some((row, Some(value))) = real.f64().map_err(failed)?.iter().enumerate().find(|(_, cell)| bad(cell)) {
        return Err(format!("row {}: {value} is not a whole number of at least 0", row + 1));
    }
    column.strict_cast(&DataType::Int64).map_err(failed)
}

fn flags(column: &Column) -> Result<Column, String> {
    let mut cells = Vec::with_capacity(column.len());
    for row in 0..column.len() {
        let cell = column.get(row).map_err(|error| error.to_string())?;
        let text = cell.str_value().to_ascii_lowercase();
        cells.push(match text.as_str() {
            _ if cell.is_null() => None,
            "1" | "1.0" | "yes" | "true" => Some(true),
            "0" | "0.0" | "no" | "false" => Some(false),
            _ => return Err(format!("row {}: {} is not yes or no", row + 1, cell.str_value())),
        });
    }
    Ok(Series::new(column.name().clone(), cells).into_column())
}

fn levels_only(column: &Column, levels: &[String]) -> Result<Column, String> {
    let cells = column.str().map_err(|error| error.to_string())?;
    let other = |cell: &Option<&str>| cell.is_some_and(|cell| !levels.iter().any(|level| level == cell));
    match cells.iter().enumerate().find(|(_, cell)| other(cell)) {
        Some((row, cell)) => {
            Err(format!("row {}: `{}` is not one of {}", row + 1, cell.unwrap_or_default(), levels.join(", ")))
        }
        None => Ok(column.clone()),
    }
}

/// The first of some names, and how many more there are.
pub fn some<T: AsRef<str>>(names: &[T]) -> String {
    let told: Vec<&str> = names.iter().take(TOLD).map(AsRef::as_ref).collect();
    let more = names.len().saturating_sub(TOLD);
    if more == 0 { told.join(", ") } else { format!("{} and {more} more", told.join(", ")) }
}
