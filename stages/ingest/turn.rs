//! Turns a table that lies on its side: every column of the file becomes a record, every row a column.
//!
//! Where each cell stands in the file is kept, so that what is refused is shown there.

use std::collections::BTreeMap;

use csv::StringRecord;

use super::bounds;
use super::decode::Fault;
use super::formats::Records;
use super::shape::Shape;
use crate::contract::suggest;

/// A table that was turned, and where its cells stand in the file.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Turned {
    /// The records, each with the number of its column in the file, from 1.
    pub records: Records,
    pub places: Places,
}

/// Where the rows and columns of a turned table stand in the file.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Places {
    /// The file's line of each of the table's columns.
    pub lines: Vec<u64>,
    /// The file's headers.
    pub headers: Vec<String>,
}

/// Turns a table.
///
/// # Errors
/// A column of names that is not there; a row without a name, or with the name of another; values in a column
/// without a header.
pub fn turn(table: &Records, shape: &Shape<'_>) -> Result<Turned, Vec<Fault>> {
    let headers: Vec<String> = table.headers.iter().map(|header| header.trim().to_owned()).collect();
    let names = headers.iter().position(|header| header == shape.names);
    let names = names.ok_or_else(|| vec![no_names(shape.names, &headers, table.header_line)])?;
    bounds::refuse_many_cells(table.rows.len(), headers.len()).map_err(|fault| vec![fault])?;
    let beside = |header: &str| shape.beside.iter().any(|name| name == header);
    let mut faults = Vec::new();
    let rows = named(table, &headers, names, &beside, &mut faults);
    refuse_repeated(&rows, &mut faults);
    let used: Vec<usize> = (0..headers.len()).filter(|column| *column != names && !beside(&headers[*column])).collect();
    refuse_unnamed(table, &headers, &used, &mut faults);
    if !faults.is_empty() {
        return Err(faults);
    }
    let used = used.into_iter().filter(|column| !headers[*column].is_empty());
    let record = |column: usize| {
        let cells = rows.iter().map(|(_, _, cells)| cells.get(column).unwrap_or_default());
        let record: StringRecord = std::iter::once(headers[column].as_str()).chain(cells).collect();
        (column as u64 + 1, record)
    };
    let corner = if rows.iter().any(|(_, name, _)| name == shape.id) { shape.names } else { shape.id };
    let turned = Records {
        headers: std::iter::once(corner.to_owned()).chain(rows.iter().map(|(_, name, _)| name.clone())).collect(),
        header_line: table.header_line,
        rows: used.map(record).collect(),
        ..Records::default()
    };
    let lines = std::iter::once(table.header_line).chain(rows.iter().map(|(line, _, _)| *line)).collect();
    Ok(Turned { records: turned, places: Places { lines, headers } })
}

/// There is no column that would name the rows.
pub fn no_names(names: &str, headers: &[String], line: u64) -> Fault {
    let remedy = suggest::remedy(names, headers.iter().map(String::as_str));
    let message = format!("the file has no column `{names}`, which would name its rows");
    Fault::new("missing_column", Some(line), message, remedy).of_column(names)
}

/// The file's rows that are not blank, with their names; a row of facts may have its name in any column of facts.
fn named<'t>(
    table: &'t Records,
    headers: &[String],
    names: usize,
    beside: &dyn Fn(&str) -> bool,
    faults: &mut Vec<Fault>,
) -> Vec<(u64, String, &'t StringRecord)> {
    let mut rows = Vec::new();
    for (line, cells) in table.rows.iter().filter(|(_, cells)| cells.iter().any(|cell| !cell.trim().is_empty())) {
        let facts = (0..headers.len()).filter(|column| beside(&headers[*column]));
        let elsewhere = || facts.filter_map(|column| cells.get(column)).map(str::trim).find(|cell| beside(cell));
        let name = cells.get(names).map(str::trim).filter(|name| !name.is_empty()).or_else(elsewhere);
        match name {
            Some(name) => rows.push((*line, name.to_owned(), cells)),
            None => {
                let message = format!("`{}` is missing", headers[names]);
                let remedy = "every row needs its name: fill it in, or remove the row";
                faults.push(Fault::new("missing_value", Some(*line), message, remedy).of_column(&headers[names]));
            }
        }
    }
    rows
}

fn refuse_repeated(rows: &[(u64, String, &StringRecord)], faults: &mut Vec<Fault>) {
    let mut seen: BTreeMap<&str, u64> = BTreeMap::new();
    for (line, name, _) in rows {
        if let Some(earlier) = seen.insert(name, *line) {
            let message = format!("`{name}` stands on line {earlier} and again on line {line}");
            faults.push(Fault::new("duplicate_row", Some(*line), message, "keep one of the two rows, or rename one"));
        }
    }
}

fn refuse_unnamed(table: &Records, headers: &[String], used: &[usize], faults: &mut Vec<Fault>) {
    for column in used.iter().filter(|column| headers[**column].is_empty()) {
        let filled = |cells: &StringRecord| cells.get(*column).is_some_and(|cell| !cell.trim().is_empty());
        if let Some((line, _)) = table.rows.iter().find(|(_, cells)| filled(cells)) {
            let message = format!("column {} has values and no header", column + 1);
            faults.push(Fault::new("unnamed_column", Some(*line), message, "name it, or empty it"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(rows: &[&[&str]]) -> Records {
        let headers = rows[0].iter().map(|cell| (*cell).to_owned()).collect();
        let rows = rows[1..].iter().enumerate().map(|(at, row)| (at as u64 + 2, StringRecord::from(row.to_vec())));
        Records { headers, header_line: 1, rows: rows.collect(), ..Records::default() }
    }

    #[test]
    fn columns_become_records_and_rows_of_facts_their_columns() {
        let beside = ["batch".to_owned(), "HMDB".to_owned()];
        let shape = Shape { turned: true, names: "name", id: "sample_id", beside: &beside, above: 0 };
        let turned = turn(
            &table(&[&["HMDB", "name", "S1", "S/2"], &["batch", "", "1", "2"], &["H1", "β, x", "5", "6"]]),
            &shape,
        );
        let Turned { records, places } = turned.unwrap();
        assert_eq!(records.headers, ["sample_id", "batch", "β, x"]);
        assert_eq!(
            records.rows,
            [(3, StringRecord::from(vec!["S1", "1", "5"])), (4, StringRecord::from(vec!["S/2", "2", "6"]))]
        );
        assert_eq!((places.lines, places.headers.len()), (vec![1, 2, 3], 4));
        let named = turn(&table(&[&["name", "x"], &["sample_id", "S1"], &["a", "1"]]), &shape).unwrap();
        assert_eq!(named.records.headers, ["name", "sample_id", "a"], "a row of ids is taken before the header");
    }

    #[test]
    fn what_cannot_be_turned_is_named_with_its_line() {
        let shape = Shape { turned: true, names: "name", id: "sample_id", beside: &[], above: 0 };
        let code = |rows: &[&[&str]]| {
            let faults = turn(&table(rows), &shape).unwrap_err();
            (faults[0].code, faults[0].line)
        };
        assert_eq!(code(&[&["nam", "S1"], &["a", "1"]]), ("missing_column", Some(1)));
        assert_eq!(code(&[&["name", "S1"], &["a", "1"], &["a", "2"]]), ("duplicate_row", Some(3)));
        assert_eq!(code(&[&["name", "S1"], &["", "1"]]), ("missing_value", Some(2)));
        assert_eq!(code(&[&["name", ""], &["a", "1"]]), ("unnamed_column", Some(2)));
    }
}
