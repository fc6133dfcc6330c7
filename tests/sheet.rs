//! A table as text by key, so that tables of any schema can be compared cell by cell.

use std::collections::BTreeMap;
use std::path::Path;

use polars::prelude::AnyValue;
use stages::contract::schema::Schema;

use crate::common::Study;

/// Rows by key; each row its other cells by column. A number is written so that reading it gives the same bits.
#[derive(Debug, Clone, PartialEq)]
pub struct Sheet {
    pub name: &'static str,
    pub rows: BTreeMap<Vec<String>, BTreeMap<String, String>>,
}

impl Sheet {
    /// A table that the last run of a study made.
    pub fn made<S: Schema>(study: &Study, stage: &str) -> Sheet {
        let table = study.table::<S>(stage);
        let frame = table.frame();
        let cells = |row: usize| frame.columns().iter().map(move |c| (c.name().to_string(), text(c.get(row).unwrap())));
        Sheet::new::<S>((0..frame.height()).map(|row| cells(row).collect()))
    }

    /// A reference table, `<name>.csv` in a folder.
    pub fn reference<S: Schema>(folder: &Path) -> Sheet {
        let mut reader = csv::Reader::from_path(folder.join(format!("{}.csv", S::NAME))).unwrap();
        let header: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
        let cells = |row: csv::StringRecord| header.iter().cloned().zip(row.iter().map(str::to_owned)).collect();
        Sheet::new::<S>(reader.records().map(|row| cells(row.unwrap())))
    }

    fn new<S: Schema>(rows: impl Iterator<Item = BTreeMap<String, String>>) -> Sheet {
        let keyed = |mut row: BTreeMap<String, String>| {
            (S::KEY.iter().map(|column| row.remove(*column).unwrap()).collect::<Vec<_>>(), row)
        };
        let list: Vec<_> = rows.map(keyed).collect();
        let height = list.len();
        let rows: BTreeMap<_, _> = list.into_iter().collect();
        assert_eq!(rows.len(), height, "{}: every key once", S::NAME);
        Sheet { name: S::NAME, rows }
    }

    /// The same table without some columns.
    pub fn without(mut self, columns: &[&str]) -> Sheet {
        for cells in self.rows.values_mut() {
            cells.retain(|column, _| !columns.contains(&column.as_str()));
        }
        self
    }

    /// The same table with every text, in keys too, sent through `change`.
    pub fn renamed(self, change: impl Fn(&str) -> String) -> Sheet {
        let row = |(key, cells): (Vec<String>, BTreeMap<String, String>)| {
            let key = key.iter().map(|text| change(text)).collect();
            (key, cells.into_iter().map(|(column, cell)| (column, change(&cell))).collect())
        };
        Sheet { name: self.name, rows: self.rows.into_iter().map(row).collect() }
    }

    /// Asserts that `found` has the rows of this table, and in each of its columns the same text, or a number that
    /// agrees to a relative tolerance (a zero must be met to 1e-12); gives how many cells were compared.
    #[track_caller]
    pub fn assert_met_by(&self, found: &Sheet, tolerance: f64) -> usize {
        assert!(self.rows.keys().eq(found.rows.keys()), "{}: the same rows", self.name);
        let mut wrong = Vec::new();
        let mut compared = 0;
        for ((key, cells), other) in self.rows.iter().zip(found.rows.values()) {
            for (column, expected) in cells {
                compared += 1;
                if !agree(expected, &other[column], tolerance) {
                    wrong.push(format!("{key:?} {column}: {} instead of {expected}", other[column]));
                }
            }
        }
        let shown = wrong[..wrong.len().min(20)].join("\n");
        assert!(wrong.is_empty(), "{}: {} cells differ\n{shown}", self.name, wrong.len());
        compared
    }
}

pub fn text(cell: AnyValue<'_>) -> String {
    match cell {
        AnyValue::Null => String::new(),
        AnyValue::Boolean(flag) => flag.to_string(),
        AnyValue::Int64(whole) => whole.to_string(),
        AnyValue::Float64(real) => format!("{real:?}"),
        AnyValue::String(text) => text.to_owned(),
        AnyValue::StringOwned(text) => text.to_string(),
        other => panic!("a cell of no kind that a schema knows: {other:?}"),
    }
}

pub fn agree(expected: &str, found: &str, tolerance: f64) -> bool {
    match (expected.parse::<f64>(), found.parse::<f64>()) {
        (Ok(expected), Ok(0.0)) | (Ok(0.0), Ok(expected)) => expected.abs() <= 1e-12,
        (Ok(expected), Ok(found)) => {
            (found - expected).abs() <= (tolerance * expected.abs()).max(2e-15 * tolerance / 1e-9)
        }
        _ => expected == found,
    }
}
