//! Apache Parquet files: text, whole and real numbers of 32 and 64 bits, yes/no, and categories, which become their text.
//!
//! Rows are numbered as if a header line stood above them. R's NA is a NaN with a payload; it and every other NaN are
//! missing, as null is.

mod pages;

use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use csv::StringRecord;
use polars::prelude::*;

use super::{Records, number_text};
use crate::ingest::bounds;
use crate::ingest::decode::Fault;

/// Reads a Parquet file.
///
/// # Errors
/// A file that is none, is cut off or damaged; a column of another type than those above; more cells than are held.
pub fn read(bytes: &Arc<[u8]>) -> Result<Records, Vec<Fault>> {
    // polars panics on some damaged files (a page that contradicts its header); what it has built is dropped unseen.
    let caught = catch_unwind(AssertUnwindSafe(|| frame(bytes)));
    let frame = caught.unwrap_or_else(|_| Err(vec![damaged("its pages contradict each other")]))?;
    let headers = frame.columns().iter().map(|column| column.name().to_string()).collect();
    let cells: Vec<Vec<String>> = frame.columns().iter().map(texts).collect::<PolarsResult<_>>().map_err(unreadable)?;
    let record = |row: usize| {
        let cells = cells.iter().map(|column| column.get(row).map_or("", String::as_str));
        (row as u64 + 2, cells.collect::<StringRecord>())
    };
    Ok(Records { headers, header_line: 1, rows: (0..frame.height()).map(record).collect(), ..Records::default() })
}

fn frame(bytes: &Arc<[u8]>) -> Result<DataFrame, Vec<Fault>> {
    if !bytes.starts_with(b"PAR1") {
        let remedy = "if it is text, say `format: csv`; else write it anew";
        return Err(vec![Fault::new("not_a_parquet_file", None, "the file is no Parquet file", remedy)]);
    }
    pages::check_footer(bytes).map_err(|why| vec![damaged(&why)])?;
    let mut reader = ParquetReader::new(Cursor::new(Arc::clone(bytes))).read_parallel(ParallelStrategy::None);
    let mut metadata = reader.get_metadata().map_err(unreadable)?.as_ref().clone();
    let columns = metadata.row_groups.iter().flat_map(|group| group.parquet_columns());
    let chunks = columns.map(|column| (column.byte_range(), column.num_values()));
    pages::check(bytes, chunks).map_err(|why| vec![damaged(&why)])?;
    // Without the writer's own schema a category is read as the text that Parquet holds for it.
    metadata.key_value_metadata = None;
    reader.set_metadata(Arc::new(metadata));
    let schema = reader.schema().map_err(unreadable)?;
    let refused: Vec<Fault> = schema.iter_values().filter_map(unsupported).collect();
    if !refused.is_empty() {
        return Err(refused);
    }
    let rows = reader.num_rows().map_err(unreadable)?;
    bounds::refuse_many_cells(rows, schema.len()).map_err(|fault| vec![fault])?;
    reader.finish().map_err(unreadable)
}

fn unsupported(field: &ArrowField) -> Option<Fault> {
    use ArrowDataType::*;
    match &field.dtype {
        Boolean | Int32 | Int64 | UInt32 | UInt64 | Float32 | Float64 => None,
        Utf8 | LargeUtf8 | Utf8View => None,
        other => {
            let message = format!("the column `{}` is of the type {other:?}, which is not read", field.name);
            let remedy = "write it as text (a date as 2024-01-31), or as a number of 32 or 64 bits";
            Some(Fault::new("unsupported_type", None, message, remedy).of_column(field.name.as_str()))
        }
    }
}

/// The cells of a column as texts; the missing ones empty.
fn texts(column: &Column) -> PolarsResult<Vec<String>> {
    let text = |value: Option<f64>| value.filter(|value| !value.is_nan()).map_or(String::new(), plain);
    Ok(match column.dtype() {
        DataType::String => column.str()?.iter().map(|cell| cell.unwrap_or_default().to_owned()).collect(),
        DataType::Boolean => {
            column.bool()?.iter().map(|cell| cell.map_or(String::new(), |yes| yes.to_string())).collect()
        }
        DataType::Float64 => column.f64()?.iter().map(text).collect(),
        // A single's own shortest text: 0.1 stays 0.1.
        DataType::Float32 => {
            let short =
                |value: Option<f32>| value.filter(|value| !value.is_nan()).map_or(String::new(), |v| v.to_string());
            column.f32()?.iter().map(short).collect()
        }
        DataType::UInt64 => column.u64()?.iter().map(|cell| cell.map_or(String::new(), |n| n.to_string())).collect(),
        _ => column
            .cast(&DataType::Int64)?
            .i64()?
            .iter()
            .map(|cell| cell.map_or(String::new(), |n| n.to_string()))
            .collect(),
    })
}

fn plain(value: f64) -> String {
    number_text(value, Default::default())
}

fn unreadable(error: PolarsError) -> Vec<Fault> {
    let words = error.to_string();
    vec![damaged(words.lines().next().unwrap_or_default())]
}

fn damaged(why: &str) -> Fault {
    let message = format!("the Parquet file ends early or is damaged: {why}");
    Fault::new("damaged_file", None, message, "copy or write it anew")
}
