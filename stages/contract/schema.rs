//! What a table holds: its columns, their types, units and meaning, and the key that orders its rows.
//!
//! A table's schema and its row type are declared once, together, by [`schema!`](crate::schema); code that makes a
//! table fills rows, code that reads one receives rows, and only this folder sees the data frame between them.

use polars::prelude::*;

/// The physical type of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// UTF-8 text.
    Text,
    /// An IEEE double; missing is null, never NaN.
    Real,
    /// A 64-bit signed integer.
    Integer,
    /// True or false.
    Flag,
}

impl Kind {
    /// The polars type that stores this kind.
    pub fn data_type(self) -> DataType {
        match self {
            Kind::Text => DataType::String,
            Kind::Real => DataType::Float64,
            Kind::Integer => DataType::Int64,
            Kind::Flag => DataType::Boolean,
        }
    }

    /// The word the documentation uses.
    pub fn word(self) -> &'static str {
        match self {
            Kind::Text => "text",
            Kind::Real => "real",
            Kind::Integer => "integer",
            Kind::Flag => "flag",
        }
    }
}

/// One column of a schema.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ColumnSpec {
    pub name: &'static str,
    pub kind: Kind,
    pub nullable: bool,
    /// The unit of the values, empty where there is none.
    pub unit: &'static str,
    pub meaning: &'static str,
}

/// A documented table type; implemented by [`schema!`](crate::schema).
pub trait Schema: Send + Sync + 'static {
    /// The table's name: the file is `<name>.parquet`.
    const NAME: &'static str;
    /// The columns whose values together name a row, in sorting order.
    const KEY: &'static [&'static str];
    /// Whether a table may carry columns beyond the declared ones (a study's own variables).
    const OPEN: bool = false;
    /// The row type.
    type Row: Clone + Send + Sync;

    /// The declared columns, in file order.
    fn columns() -> Vec<ColumnSpec>;
    /// Orders two rows by the key.
    fn compare(a: &Self::Row, b: &Self::Row) -> std::cmp::Ordering;
    /// Builds the columns of `rows`, in the order of `columns()`.
    fn write(rows: Vec<Self::Row>) -> Vec<Column>;
    /// Reads the rows of a checked frame.
    fn read(frame: &DataFrame) -> Vec<Self::Row>;
}

/// A Rust type that is stored as one cell of a column.
pub trait Cell: Sized + Clone {
    const KIND: Kind;
    const NULLABLE: bool;
    fn column(name: &str, cells: Vec<Self>) -> Column;
    /// Reads a column that `Table` has checked for its type and for nulls.
    fn cells(column: &Column) -> Vec<Self>;
}

/// A column of text whose cells are borrowed: long tables repeat their names, and none of them is copied on the way.
pub fn text_column<'a>(name: &str, cells: impl Iterator<Item = &'a str>) -> Column {
    StringChunked::from_iter_values(name.into(), cells).into_column()
}

/// Canonical bits: no NaN in a file (it becomes null), no negative zero.
fn canonical(value: f64) -> Option<f64> {
    (!value.is_nan()).then_some(value + 0.0)
}

macro_rules! cells {
    ($plain:ty, $kind:expr, $access:ident, $into:expr, $from:expr) => {
        impl Cell for Option<$plain> {
            const KIND: Kind = $kind;
            const NULLABLE: bool = true;
            fn column(name: &str, cells: Vec<Self>) -> Column {
                let into: fn(Self) -> Self = $into;
                Column::new(name.into(), cells.into_iter().map(into).collect::<Vec<Self>>())
            }
            fn cells(column: &Column) -> Vec<Self> {
                let values = column.$access().expect("a Table holds only columns of the declared type");
                values.iter().map($from).collect()
            }
        }
        impl Cell for $plain {
            const KIND: Kind = $kind;
            const NULLABLE: bool = false;
            fn column(name: &str, cells: Vec<Self>) -> Column {
                <Option<$plain> as Cell>::column(name, cells.into_iter().map(Some).collect())
            }
            fn cells(column: &Column) -> Vec<Self> {
                let cells = <Option<$plain> as Cell>::cells(column).into_iter();
                cells.map(|cell| cell.expect("a Table holds no null in a required column")).collect()
            }
        }
    };
}

cells!(String, Kind::Text, str, |cell| cell, |cell| cell.map(str::to_owned));
cells!(f64, Kind::Real, f64, |cell| cell.and_then(canonical), |cell| cell);
cells!(i64, Kind::Integer, i64, |cell| cell, |cell| cell);
cells!(bool, Kind::Flag, bool, |cell| cell, |cell| cell);

/// Declares a table: its schema type and its row type in one place.
///
/// ```ignore
/// schema! {
///     /// Events per endpoint.
///     Rates "rates" RateRow key [endpoint] {
///         endpoint: String, "", "the endpoint's name";
///         rate: Option<f64>, "fraction", "events / n";
///     }
/// }
/// ```
#[macro_export]
macro_rules! schema {
    ($(#[$doc:meta])* $schema:ident $name:literal $row:ident key [$($key:ident),+] $(open $open:literal)? {
        $($field:ident : $type:ty, $unit:literal, $meaning:literal;)+
    }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy)]
        pub struct $schema;

        $(#[$doc])*
        #[derive(Debug, Clone, Default, PartialEq)]
        pub struct $row { $(#[doc = $meaning] pub $field: $type,)+ }

        impl $crate::contract::schema::Schema for $schema {
            const NAME: &'static str = $name;
            const KEY: &'static [&'static str] = &[$(stringify!($key)),+];
            $(const OPEN: bool = $open;)?
            type Row = $row;

            fn columns() -> Vec<$crate::contract::schema::ColumnSpec> {
                vec![$($crate::contract::schema::ColumnSpec {
                    name: stringify!($field).trim_start_matches("r#"),
                    kind: <$type as $crate::contract::schema::Cell>::KIND,
                    nullable: <$type as $crate::contract::schema::Cell>::NULLABLE,
                    unit: $unit,
                    meaning: $meaning,
                }),+]
            }

            fn compare(a: &$row, b: &$row) -> std::cmp::Ordering {
                std::cmp::Ordering::Equal$(.then_with(|| a.$key.cmp(&b.$key)))+
            }

            fn write(rows: Vec<$row>) -> Vec<polars::prelude::Column> {
                $(let mut $field = Vec::with_capacity(rows.len());)+
                for row in rows {
                    $($field.push(row.$field);)+
                }
                vec![$(<$type as $crate::contract::schema::Cell>::column(
                    stringify!($field).trim_start_matches("r#"), $field)),+]
            }

            fn read(frame: &polars::prelude::DataFrame) -> Vec<$row> {
                $(let mut $field = $crate::contract::table::cells::<$type>(
                    frame, stringify!($field).trim_start_matches("r#")).into_iter();)+
                (0..frame.height())
                    .map(|_| $row {
                        $($field: $field.next().expect("every column of a frame has its height"),)+
                    })
                    .collect()
            }
        }
    };
}
