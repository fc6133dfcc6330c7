//! The tables as sheets of cells, whatever their schema: for CSV files, for looking a published number up, for privacy.

use std::collections::BTreeMap;

use polars::prelude::{AnyValue, Column, DataFrame};

use super::Inputs;
use crate::contract::Table;
use crate::contract::schema::{ColumnSpec, Kind, Schema};

/// One cell.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    Missing,
    Text(String),
    Real(f64),
    Integer(i64),
    Flag(bool),
}

impl Cell {
    /// The cell as text, numbers with 17 significant digits.
    pub fn text(&self) -> String {
        match self {
            Cell::Missing => String::new(),
            Cell::Text(text) => text.clone(),
            Cell::Real(value) => digits_17(*value),
            Cell::Integer(value) => value.to_string(),
            Cell::Flag(value) => value.to_string(),
        }
    }

    pub fn number(&self) -> Option<f64> {
        match self {
            Cell::Real(value) => Some(*value),
            Cell::Integer(value) => Some(*value as f64),
            Cell::Flag(value) => Some(f64::from(u8::from(*value))),
            Cell::Missing | Cell::Text(_) => None,
        }
    }
}

/// Seventeen significant digits, without an exponent where the number is of everyday size.
fn digits_17(value: f64) -> String {
    let scientific = format!("{value:.16e}");
    let Some((digits, exponent)) = scientific.split_once('e') else { return scientific };
    match exponent.parse::<i32>() {
        Ok(exponent @ -5..=15) => shifted(digits, exponent),
        _ => scientific,
    }
}

/// `d.ddd` with its point moved: the digits are right already, and formatting them is what takes time.
fn shifted(digits: &str, exponent: i32) -> String {
    let (sign, digits) = digits.strip_prefix('-').map_or(("", digits), |digits| ("-", digits));
    let all: String = digits.chars().filter(|c| *c != '.').collect();
    let by = exponent.unsigned_abs() as usize;
    if exponent < 0 {
        return format!("{sign}0.{}{all}", "0".repeat(by - 1));
    }
    let (whole, fraction) = all.split_at((by + 1).min(all.len()));
    format!("{sign}{whole}.{fraction}")
}

/// A table's declared columns, as cells.
#[derive(Debug, Clone, PartialEq)]
pub struct Sheet {
    pub columns: Vec<String>,
    pub rows: Vec<Vec<Cell>>,
}

impl Sheet {
    pub fn of<S: Schema>(table: &Table<S>) -> Self {
        let specs = S::columns();
        let columns: Vec<Vec<Cell>> = specs.iter().map(|spec| column(table, spec)).collect();
        let mut columns: Vec<_> = columns.into_iter().map(Vec::into_iter).collect();
        let row = |_| columns.iter_mut().filter_map(Iterator::next).collect();
        Sheet {
            columns: specs.iter().map(|spec| spec.name.to_owned()).collect(),
            rows: (0..table.height()).map(row).collect(),
        }
    }

    /// Every column of an open table, in file order.
    pub fn of_all<S: Schema>(table: &Table<S>) -> Self {
        let names: Vec<String> = table.frame().columns().iter().map(|column| column.name().to_string()).collect();
        let columns: Vec<Vec<Cell>> = names.iter().map(|name| any(table, name)).collect();
        let mut columns: Vec<_> = columns.into_iter().map(Vec::into_iter).collect();
        let row = |_| columns.iter_mut().filter_map(Iterator::next).collect();
        Sheet { columns: names, rows: (0..table.height()).map(row).collect() }
    }

    /// Every column of a table that no schema declares.
    pub fn of_frame(frame: &DataFrame) -> Self {
        let cell = |column: &Column, row: usize| match column.get(row) {
            Ok(AnyValue::String(text)) => Cell::Text(text.to_owned()),
            Ok(AnyValue::StringOwned(text)) => Cell::Text(text.to_string()),
            Ok(AnyValue::Float64(value)) => Cell::Real(value),
            Ok(AnyValue::Int64(value)) => Cell::Integer(value),
            Ok(AnyValue::Boolean(value)) => Cell::Flag(value),
            _ => Cell::Missing,
        };
        let row = |row| frame.columns().iter().map(|column| cell(column, row)).collect();
        Sheet {
            columns: frame.columns().iter().map(|column| column.name().to_string()).collect(),
            rows: (0..frame.height()).map(row).collect(),
        }
    }

    pub fn position(&self, column: &str) -> Option<usize> {
        self.columns.iter().position(|name| name == column)
    }
}

fn column<S: Schema>(table: &Table<S>, spec: &ColumnSpec) -> Vec<Cell> {
    match spec.kind {
        Kind::Text => cells(table.column::<Option<String>>(spec.name), Cell::Text),
        Kind::Real => cells(table.column::<Option<f64>>(spec.name), Cell::Real),
        Kind::Integer => cells(table.column::<Option<i64>>(spec.name), Cell::Integer),
        Kind::Flag => cells(table.column::<Option<bool>>(spec.name), Cell::Flag),
    }
}

/// A column of whichever type it has.
fn any<S: Schema>(table: &Table<S>, name: &str) -> Vec<Cell> {
    let text = || Some(cells(table.extra::<Option<String>>(name)?, Cell::Text));
    let real = || Some(cells(table.extra::<Option<f64>>(name)?, Cell::Real));
    let integer = || Some(cells(table.extra::<Option<i64>>(name)?, Cell::Integer));
    let flag = || Some(cells(table.extra::<Option<bool>>(name)?, Cell::Flag));
    text().or_else(real).or_else(integer).or_else(flag).unwrap_or_else(|| vec![Cell::Missing; table.height()])
}

fn cells<T>(values: Vec<Option<T>>, into: fn(T) -> Cell) -> Vec<Cell> {
    values.into_iter().map(|value| value.map_or(Cell::Missing, into)).collect()
}

macro_rules! sheets {
    ($($stage:literal / $field:ident : $schema:ty),+ $(,)?) => {
        /// The tables that can be looked up and written, by `stage/table`, with their columns.
        pub fn known() -> BTreeMap<String, Vec<&'static str>> {
            BTreeMap::from([$((
                format!("{}/{}", $stage, <$schema as Schema>::NAME),
                <$schema as Schema>::columns().iter().map(|spec| spec.name).collect(),
            )),+])
        }

        /// The sheets of the inputs, by `stage/table`.
        pub fn sheets(inputs: &Inputs) -> BTreeMap<String, Sheet> {
            BTreeMap::from([$((format!("{}/{}", $stage, <$schema as Schema>::NAME), Sheet::of(&inputs.$field))),+])
        }
    };
}

sheets! {
    "qc" / analyte_quality: crate::qc::schema::AnalyteQuality,
    "qc" / sample_quality: crate::qc::schema::SampleQuality,
    "qc" / batch_quality: crate::qc::schema::BatchQuality,
    "qc" / control_chart: crate::qc::schema::ControlChart,
    "qc" / decisions: crate::qc::schema::Decisions,
    "qc" / flow: crate::qc::schema::Flow,
    "normalize" / changes: crate::normalize::schema::Changes,
    "normalize" / steps: crate::normalize::schema::Steps,
    "normalize" / quality: crate::normalize::schema::Quality,
    "normalize" / pooled_qc: crate::normalize::schema::PooledQc,
    "normalize" / scores: crate::normalize::schema::Scores,
    "outcomes" / endpoints: crate::outcomes::schema::Endpoints,
    "outcomes" / trajectory: crate::outcomes::schema::Trajectory,
    "outcomes" / rates: crate::outcomes::schema::Rates,
    "screen" / associations: crate::screen::schema::Associations,
    "screen" / fits: crate::screen::schema::Fits,
    "screen" / coefficients: crate::screen::schema::Coefficients,
    "screen" / influence: crate::screen::schema::Influence,
    "predict" / performance: crate::predict::schema::Performance,
    "predict" / predictions: crate::predict::schema::Predictions,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seventeen_digits_give_the_same_double_back() {
        for value in [0.1, -1.0 / 3.0, 1e-300, 123456.789, 5e-324, f64::MAX, 0.0, 9.999999999999999e-6] {
            assert_eq!(digits_17(value).parse::<f64>().map(f64::to_bits), Ok(value.to_bits()));
        }
        assert_eq!(digits_17(0.1), "0.10000000000000001");
        for value in [1.5, -0.000012345, 9.99e15, 123.456, -7.0e-5, 0.0] {
            let exponent = if value == 0.0 { 0.0 } else { libm::floor(libm::log10(f64::abs(value))) };
            assert_eq!(digits_17(value), format!("{value:.*}", (16.0 - exponent) as usize));
        }
    }
}
