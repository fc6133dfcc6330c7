//! Tables as text, for commands without a reader of Parquet.

use polars::prelude::{AnyValue, Column, DataFrame, DataType, NamedFrom, Series};

use crate::words::counted;

/// A table as text: a missing cell is empty, a number reads back as the same double.
pub fn write(frame: &DataFrame) -> Result<String, String> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let failed = |error: csv::Error| error.to_string();
    writer.write_record(frame.columns().iter().map(|column| column.name().as_str())).map_err(failed)?;
    for row in 0..frame.height() {
        let cells: Result<Vec<String>, _> = frame.columns().iter().map(|column| column.get(row).map(text)).collect();
        writer.write_record(cells.map_err(|error| error.to_string())?).map_err(failed)?;
    }
    let bytes = writer.into_inner().map_err(|error| error.to_string())?;
    String::from_utf8(bytes).map_err(|error| error.to_string())
}

fn text(cell: AnyValue<'_>) -> String {
    match cell {
        AnyValue::Null => String::new(),
        AnyValue::String(text) => text.to_owned(),
        AnyValue::StringOwned(text) => text.to_string(),
        AnyValue::Float64(value) => number(value),
        other => other.to_string(),
    }
}

/// The shortest digits that read back as the same double; an exponent where there would be many zeros.
fn number(value: f64) -> String {
    let plain = value == 0.0 || (1e-5..1e15).contains(&value.abs());
    if plain { value.to_string() } else { format!("{value:e}") }
}

/// A table from text: each column a flag, a whole number, a number or text, whichever all of its cells are; empty and
/// `NA` are missing. Columns named in `as_text` stay text.
pub fn read(bytes: &[u8], as_text: &[&str]) -> Result<DataFrame, String> {
    let bytes = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes);
    let mut reader = csv::Reader::from_reader(bytes);
    let headers: Vec<String> = reader.headers().map_err(in_words)?.iter().map(str::to_owned).collect();
    separated(&headers, bytes)?;
    if let Some(twice) = headers.iter().enumerate().find_map(|(at, name)| headers[..at].contains(name).then_some(name))
    {
        return Err(format!("two columns are called `{twice}`"));
    }
    if let Some(at) = headers.iter().position(|header| header.trim().is_empty()) {
        return Err(format!("column {} has no name (in R: write.csv(…, row.names = FALSE))", at + 1));
    }
    let mut columns: Vec<Vec<Option<String>>> = vec![Vec::new(); headers.len()];
    for record in reader.records() {
        let record = record.map_err(in_words)?;
        for (cells, cell) in columns.iter_mut().zip(&record) {
            cells.push((!matches!(cell, "" | "NA")).then(|| cell.to_owned()));
        }
    }
    let height = columns.first().map_or(0, Vec::len);
    let columns =
        headers.iter().zip(&columns).map(|(name, cells)| typed(name, cells, as_text.contains(&name.as_str())));
    DataFrame::new(height, columns.collect()).map_err(|error| error.to_string())
}

/// Refuses a header of one column that was meant to be several.
fn separated(headers: &[String], bytes: &[u8]) -> Result<(), String> {
    let [header] = headers else { return Ok(()) };
    let line = bytes.split(|byte| matches!(byte, b'\r' | b'\n')).next().unwrap_or_default();
    // One quoted name may hold anything.
    let quoted = line.len() > 1 && line.iter().filter(|byte| **byte == b'"').count() == 2 && line.ends_with(b"\"");
    let other = if header.contains('\t') { "tabs" } else { "`;`" };
    match !quoted && header.contains(['\t', ';']) {
        true => Err(format!(
            "the header is one column, with {other} in it: separate with commas (in R: write.csv, not write.csv2)"
        )),
        false => Ok(()),
    }
}

/// What is wrong with a line, and which.
fn in_words(error: csv::Error) -> String {
    let line = |at: &Option<csv::Position>| at.as_ref().map_or("a line".to_owned(), |at| format!("line {}", at.line()));
    match error.kind() {
        csv::ErrorKind::UnequalLengths { pos, expected_len, len } => {
            let cells = counted(usize::try_from(*len).unwrap_or(usize::MAX), "cell");
            format!("{} has {cells}, and the header {expected_len}", line(pos))
        }
        csv::ErrorKind::Utf8 { pos, .. } => format!("{} is not UTF-8 text", line(pos)),
        _ => error.to_string(),
    }
}

fn typed(name: &str, cells: &[Option<String>], as_text: bool) -> Column {
    fn all<T>(cells: &[Option<String>], read: impl Fn(&str) -> Option<T>) -> Option<Vec<Option<T>>> {
        cells.iter().map(|cell| cell.as_deref().map_or(Some(None), |cell| read(cell).map(Some))).collect()
    }
    let known = !as_text && cells.iter().any(Option::is_some);
    let flags = || all(cells, flag).map(|cells| Series::new(name.into(), cells));
    let whole = || all(cells, |cell| cell.parse::<i64>().ok()).map(|cells| Series::new(name.into(), cells));
    let real = || all(cells, real).map(|cells| Series::new(name.into(), cells));
    let text = || Series::new_empty(name.into(), &DataType::String);
    let typed = if known { flags().or_else(whole).or_else(real) } else { None };
    typed.unwrap_or_else(|| if cells.is_empty() { text() } else { Series::new(name.into(), cells) }).into()
}

fn flag(cell: &str) -> Option<bool> {
    match cell {
        "TRUE" | "true" | "True" => Some(true),
        "FALSE" | "false" | "False" => Some(false),
        _ => None,
    }
}

/// A number as R and Python write it; an infinite one is kept, to be refused by name.
fn real(cell: &str) -> Option<f64> {
    match cell {
        "Inf" | "inf" => Some(f64::INFINITY),
        "-Inf" | "-inf" => Some(f64::NEG_INFINITY),
        "NaN" | "nan" => Some(f64::NAN),
        cell if cell.starts_with(|c: char| c.is_ascii_digit() || "+-.".contains(c)) => cell.parse().ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_reads_back_as_the_same_cells() {
        let names = Series::new("analyte, \"β\"".into(), [Some("=1+1, \"x\""), Some("NA(+)"), None]);
        let numbers = Series::new("value".into(), [Some(0.1 + 0.2), Some(-1e300), None]);
        let small = Series::new("small".into(), [Some(5e-324), Some(0.0), Some(1e22)]);
        let flags = Series::new("flag".into(), [Some(true), None, Some(false)]);
        let whole = Series::new("n".into(), [Some(i64::MAX), Some(-1), None]);
        let columns = [names, numbers, small, flags, whole].map(Column::from).to_vec();
        let frame = DataFrame::new(3, columns).unwrap();
        assert!(read(write(&frame).unwrap().as_bytes(), &[]).unwrap().equals_missing(&frame));
    }

    #[test]
    fn identifiers_keep_their_zeros_and_a_column_of_gaps_is_text() {
        let frame = read(b"participant_id,x,gaps\n007,1.5,\n10,NA,NA\n", &["participant_id"]).unwrap();
        assert_eq!(frame.column("participant_id").unwrap().str().unwrap().get(0), Some("007"));
        assert_eq!(frame.column("x").unwrap().f64().unwrap().get(1), None);
        assert_eq!(frame.column("gaps").unwrap().dtype(), &DataType::String);
        assert_eq!(read(b"a,b\n", &[]).unwrap().height(), 0);
    }

    #[test]
    fn text_that_is_no_table_is_refused_with_its_line() {
        let wrong = |text: &[u8]| read(text, &[]).unwrap_err();
        assert_eq!(wrong(b"a,b\n1,2\n3\n"), "line 3 has 1 cell, and the header 2");
        assert_eq!(wrong(b"a\n1,2,3\n"), "line 2 has 3 cells, and the header 1");
        assert_eq!(wrong(b"a,b\n\n\"1\n2\",2\n3\n"), "line 5 has 1 cell, and the header 2");
        assert!(wrong(b"\"\",b\n1,2\n").contains("row.names"));
        assert_eq!(wrong(b"a\n1\n\xff\n"), "line 3 is not UTF-8 text");
        assert_eq!(wrong(b"a,b,a\n1,2,3\n"), "two columns are called `a`");
    }

    #[test]
    fn other_separators_than_commas_are_told() {
        let remedy = "separate with commas (in R: write.csv, not write.csv2)";
        for text in ["a;b\n1,5;2\n", "\"a\";\"b\"\n1;2\n", "a;b\r\n", "\u{feff}a;b\n"] {
            assert_eq!(
                read(text.as_bytes(), &[]).unwrap_err(),
                format!("the header is one column, with `;` in it: {remedy}")
            );
        }
        assert_eq!(
            read(b"a\tb\n1\t2\n", &[]).unwrap_err(),
            format!("the header is one column, with tabs in it: {remedy}")
        );
        assert_eq!(read(b"\"a;b\"\n1\n", &[]).unwrap().width(), 1, "a name that was meant");
        assert_eq!(read(b"\"PC 36:2;O2\",b\n1,2\n", &[]).unwrap().width(), 2);
    }
}
