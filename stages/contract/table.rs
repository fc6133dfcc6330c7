//! A data frame that is known to satisfy its schema.
//!
//! `TryFrom<DataFrame>` is the only door: columns, types, nulls, NaN and the key are checked there, once, whether the
//! frame was just computed or comes out of the cache.

use std::collections::BTreeMap;
use std::marker::PhantomData;

use polars::prelude::*;

use super::schema::{Cell, Kind, Schema};

/// Free text about a whole table, kept in the Parquet file's own metadata (for example the scale of the values).
pub type Metadata = BTreeMap<String, String>;

/// A table that satisfies the schema `S`: one chunk, sorted by its key, no duplicate key, no NaN.
#[derive(Debug, Clone)]
pub struct Table<S: Schema> {
    frame: DataFrame,
    metadata: Metadata,
    schema: PhantomData<S>,
}

/// Why a frame is not the table it should be.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum TableError {
    #[error("table {table}: column {column} is missing")]
    MissingColumn { table: &'static str, column: String },
    #[error("table {table}: column {column} is not declared")]
    UnknownColumn { table: &'static str, column: String },
    #[error("table {table}: column {column} holds {found}, not {wanted}")]
    WrongType { table: &'static str, column: String, found: String, wanted: &'static str },
    #[error("table {table}: column {column} has {nulls} missing values and may have none")]
    Null { table: &'static str, column: String, nulls: usize },
    #[error("table {table}: column {column} holds NaN in row {row}; missing values are null")]
    NotANumber { table: &'static str, column: String, row: usize },
    #[error("table {table}: the key {key} occurs twice")]
    DuplicateKey { table: &'static str, key: String },
    #[error("table {table}: rows are not in the order of the key at {key}")]
    Unsorted { table: &'static str, key: String },
    #[error("table {table}: {message}")]
    Frame { table: &'static str, message: String },
}

impl<S: Schema> Table<S> {
    /// Makes a table of rows in any order; sorts them by the key.
    pub fn from_rows(mut rows: Vec<S::Row>) -> Result<Self, TableError> {
        rows.sort_by(S::compare);
        let height = rows.len();
        Self::from_columns(height, S::write(rows))
    }

    /// A table without rows.
    pub fn empty() -> Self {
        Self::from_rows(Vec::new()).expect("a table without rows has no row that could break its schema")
    }

    /// Makes a table of finished columns that are already in the order of the key.
    pub fn from_columns(height: usize, columns: Vec<Column>) -> Result<Self, TableError> {
        let frame = DataFrame::new(height, columns);
        frame.map_err(|e| TableError::Frame { table: S::NAME, message: e.to_string() })?.try_into()
    }

    /// The rows, in the order of the key.
    pub fn rows(&self) -> Vec<S::Row> {
        S::read(&self.frame)
    }

    /// The cells of one declared column, in the order of the key.
    pub fn column<T: Cell>(&self, name: &str) -> Vec<T> {
        cells(&self.frame, name)
    }

    /// The cells of one declared text column, borrowed, in the order of the key; empty text where one is missing.
    pub fn texts(&self, name: &str) -> impl Iterator<Item = &str> {
        let column = self.frame.column(name).expect("a Table holds every declared column");
        let cells = column.str().expect("a Table holds only columns of the declared type");
        cells.iter().map(Option::unwrap_or_default)
    }

    /// The cells of an undeclared column of an open table, if it is there with this type.
    pub fn extra<T: Cell>(&self, name: &str) -> Option<Vec<T>> {
        let column = self.frame.column(name).ok()?;
        let fits = *column.dtype() == T::KIND.data_type() && (T::NULLABLE || column.null_count() == 0);
        fits.then(|| T::cells(column))
    }

    /// The names of the undeclared columns of an open table, in file order.
    pub fn extra_names(&self) -> Vec<&str> {
        let declared: Vec<&str> = S::columns().iter().map(|spec| spec.name).collect();
        let names = self.frame.columns().iter().map(|column| column.name().as_str());
        names.filter(|name| !declared.contains(name)).collect()
    }

    pub fn height(&self) -> usize {
        self.frame.height()
    }

    pub fn is_empty(&self) -> bool {
        self.frame.height() == 0
    }

    pub fn frame(&self) -> &DataFrame {
        &self.frame
    }

    pub fn metadata(&self) -> &Metadata {
        &self.metadata
    }

    pub fn with_metadata(mut self, key: &str, value: impl Into<String>) -> Self {
        self.metadata.insert(key.to_owned(), value.into());
        self
    }

    /// The frame and its metadata, for storing.
    pub fn into_parts(self) -> (DataFrame, Metadata) {
        (self.frame, self.metadata)
    }

    /// The rows for which `keep` holds, with every column and the metadata.
    pub fn filter(&self, keep: impl Fn(usize) -> bool) -> Result<Self, TableError> {
        let mask: Vec<bool> = (0..self.height()).map(keep).collect();
        let frame = match mask.iter().all(|kept| *kept) {
            true => Ok(self.frame.clone()),
            false => self.frame.filter(&BooleanChunked::from_slice("".into(), &mask)),
        };
        let mut frame = frame.map_err(|e| TableError::Frame { table: S::NAME, message: e.to_string() })?;
        frame.rechunk_mut();
        // Some of the rows of a table, in their order, break no rule that all of them keep: nothing is checked again.
        Ok(Table { frame, metadata: self.metadata.clone(), schema: PhantomData })
    }
}

impl<S: Schema> TryFrom<DataFrame> for Table<S> {
    type Error = TableError;

    fn try_from(mut frame: DataFrame) -> Result<Self, TableError> {
        frame.rechunk_mut();
        check_columns::<S>(&frame)?;
        check_key::<S>(&frame)?;
        Ok(Self { frame, metadata: Metadata::new(), schema: PhantomData })
    }
}

/// Reads the cells of a column that the caller knows to be in the frame.
pub fn cells<T: Cell>(frame: &DataFrame, name: &str) -> Vec<T> {
    T::cells(frame.column(name).expect("a Table holds every declared column"))
}

fn check_columns<S: Schema>(frame: &DataFrame) -> Result<(), TableError> {
    let table = S::NAME;
    let specs = S::columns();
    for spec in &specs {
        let column = spec.name.to_owned();
        let Ok(found) = frame.column(spec.name) else {
            return Err(TableError::MissingColumn { table, column });
        };
        if *found.dtype() != spec.kind.data_type() {
            let (found, wanted) = (found.dtype().to_string(), spec.kind.word());
            return Err(TableError::WrongType { table, column, found, wanted });
        }
        let nulls = found.null_count();
        if !spec.nullable && nulls > 0 {
            return Err(TableError::Null { table, column, nulls });
        }
        if spec.kind == Kind::Real {
            check_numbers(table, found)?;
        }
    }
    let declared = |name: &str| specs.iter().any(|spec| spec.name == name);
    let unknown = frame.columns().iter().map(|c| c.name().as_str()).find(|name| !S::OPEN && !declared(name));
    unknown.map_or(Ok(()), |column| Err(TableError::UnknownColumn { table, column: column.to_owned() }))
}

fn check_numbers(table: &'static str, column: &Column) -> Result<(), TableError> {
    let cells = column.f64().expect("the type was checked just before");
    let row = cells.iter().position(|cell| cell.is_some_and(f64::is_nan));
    row.map_or(Ok(()), |row| Err(TableError::NotANumber { table, column: column.name().to_string(), row }))
}

/// One column of a key, comparable row by row.
enum KeyColumn<'a> {
    Text(&'a StringChunked),
    Integer(&'a Int64Chunked),
}

impl KeyColumn<'_> {
    fn compare(&self, a: usize, b: usize) -> std::cmp::Ordering {
        match self {
            KeyColumn::Text(values) => values.get(a).cmp(&values.get(b)),
            KeyColumn::Integer(values) => values.get(a).cmp(&values.get(b)),
        }
    }

    fn show(&self, row: usize) -> String {
        match self {
            KeyColumn::Text(values) => values.get(row).unwrap_or_default().to_owned(),
            KeyColumn::Integer(values) => values.get(row).unwrap_or_default().to_string(),
        }
    }
}

fn check_key<S: Schema>(frame: &DataFrame) -> Result<(), TableError> {
    let table = S::NAME;
    let of = |name: &&str| {
        let column = frame.column(name).expect("the declared columns were checked just before");
        column.str().map(KeyColumn::Text).or_else(|_| column.i64().map(KeyColumn::Integer))
    };
    let key: Result<Vec<_>, _> = S::KEY.iter().map(of).collect();
    let key = key.map_err(|e| TableError::Frame { table, message: e.to_string() })?;
    for row in 1..frame.height() {
        let order = key.iter().map(|column| column.compare(row - 1, row)).find(|order| order.is_ne());
        let show = || key.iter().map(|column| column.show(row)).collect::<Vec<_>>().join(", ");
        match order {
            Some(std::cmp::Ordering::Less) => {}
            Some(_) => return Err(TableError::Unsorted { table, key: show() }),
            None => return Err(TableError::DuplicateKey { table, key: show() }),
        }
    }
    Ok(())
}
