//! A header that stands below rows of facts, as in MS-DIAL's alignment results and in Metabolon's sheets for clients.
//!
//! A row above the header holds nothing, then the name of its fact, then the fact of each sample. So the names stand in
//! one column, the corner: up to it the header names the facts of the analytes, right of it stand the samples. Here such
//! a file becomes the table that a header on its first line would have made.

use std::collections::BTreeSet;

use csv::StringRecord;

use super::decode::Fault;
use super::formats::Records;
use super::shape::Shape;
use super::turn::{Turned, no_names, turn};

/// The corner of a table: the column of the facts' names.
///
/// # Errors
/// Fewer rows than stand above the header, a row of facts that is blank, names in different columns.
fn corner(table: &Records, above: usize) -> Result<usize, Vec<Fault>> {
    let first = |cells: &StringRecord| cells.iter().position(|cell| !cell.trim().is_empty());
    let facts = table.rows.get(..above).unwrap_or_default();
    let mut found: Option<(usize, u64)> = None;
    for (line, cells) in facts {
        let at = first(cells).unwrap_or(0);
        match found {
            Some((corner, other)) if corner != at => {
                let message = format!(
                    "the first cell that is filled is of column {} here and of column {} on line {other}",
                    at + 1,
                    corner + 1
                );
                let remedy = "in every row above the header the fact's name comes first, in one column: correct `facts_above`, which counts these rows";
                return Err(vec![Fault::new("misplaced_fact", Some(*line), message, remedy)]);
            }
            _ => found = Some((at, *line)),
        }
    }
    found.map(|(corner, _)| corner).ok_or_else(|| {
        let message = format!("the file does not have {above} rows above its header");
        vec![Fault::new("misplaced_fact", Some(table.header_line), message, "correct `facts_above`")]
    })
}

/// The columns of the analytes' facts, without the rows above and the samples beside them.
///
/// # Errors
/// Those of the corner.
pub fn left(table: Records, above: usize) -> Result<Records, Vec<Fault>> {
    let corner = corner(&table, above)?;
    let rows = table.rows.into_iter().skip(above).map(|(line, cells)| (line, cells.iter().take(corner + 1).collect()));
    Ok(Records {
        headers: table.headers.into_iter().take(corner + 1).collect(),
        header_line: table.header_line,
        rows: rows.collect(),
        ..Records::default()
    })
}

/// The samples as records, with the names of their facts: of the rows above, and of the header where one of those rows
/// holds the samples' ids. `alone` leaves the analytes out.
///
/// # Errors
/// Those of the corner and of a table that is turned; headers of facts that occur twice.
pub fn right(table: &Records, shape: &Shape<'_>, alone: bool) -> Result<(Turned, BTreeSet<String>), Vec<Fault>> {
    let corner = corner(table, shape.above)?;
    let header = trimmed(table.headers.iter().map(String::as_str));
    let left = header.get(..=corner).unwrap_or_default();
    let repeated = super::sheet::repeated_headers(left, table.header_line);
    if !repeated.is_empty() {
        return Err(repeated);
    }
    let Some(names) = left.iter().position(|header| header == shape.names) else {
        return Err(vec![no_names(shape.names, left, table.header_line)]);
    };
    let Facts { ids: (line, ids), rows } = Facts::of(table, shape, corner).map_err(|fault| vec![fault])?;
    let name = |cells: &[String]| cells.get(corner).cloned().unwrap_or_default();
    let known = rows.iter().map(|(_, cells)| name(cells)).collect();
    let below = table.rows.iter().skip(shape.above).filter(|_| !alone).cloned();
    let fact = |(line, cells): &(u64, Vec<String>)| {
        let left = (0..=corner).map(|at| if at == names { name(cells) } else { String::new() });
        (*line, left.chain(cells.iter().skip(corner + 1).cloned()).collect::<StringRecord>())
    };
    let beside = left.iter().filter(|header| header.as_str() != shape.names).chain(shape.beside);
    let beside: Vec<String> = beside.cloned().collect();
    let headers = left.iter().chain(ids.iter().skip(corner + 1)).cloned().collect();
    let arranged = Records {
        headers,
        header_line: line,
        rows: rows.iter().map(fact).chain(below).collect(),
        ..Records::default()
    };
    turn(&arranged, &Shape { beside: &beside, ..*shape }).map(|turned| (turned, known))
}

/// A row with its line.
type Line = (u64, Vec<String>);

/// What stands at or above the header.
struct Facts {
    /// The row of the samples' ids.
    ids: Line,
    /// The other rows, those without a name left out.
    rows: Vec<Line>,
}

impl Facts {
    fn of(table: &Records, shape: &Shape<'_>, corner: usize) -> Result<Facts, Fault> {
        let above = table.rows.iter().take(shape.above).map(|(line, cells)| (*line, trimmed(cells.iter())));
        let named = |name: &str, (_, cells): &Line| cells.get(corner).is_some_and(|cell| cell == name);
        let (mut ids, mut rows): (Vec<Line>, Vec<Line>) = above.partition(|row| named(shape.id, row));
        let header = (table.header_line, trimmed(table.headers.iter().map(String::as_str)));
        match ids.as_slice() {
            [] => return Ok(Facts { ids: header, rows }),
            [_] => rows.extend((!named("", &header)).then_some(header)),
            [(first, _), (second, _), ..] => {
                let message = format!("`{}` stands on line {first} and again on line {second}", shape.id);
                let remedy = "keep one of the two rows, or rename one";
                return Err(Fault::new("duplicate_row", Some(*second), message, remedy));
            }
        }
        Ok(Facts { ids: ids.remove(0), rows })
    }
}

fn trimmed<'t>(cells: impl Iterator<Item = &'t str>) -> Vec<String> {
    cells.map(|cell| cell.trim().to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(rows: &[&[&str]], above: usize) -> Records {
        let record = |(at, row): (usize, &&[&str])| (at as u64 + 1, StringRecord::from(row.to_vec()));
        let mut rows: Vec<_> = rows.iter().enumerate().map(record).collect();
        let (header_line, header) = rows.remove(above);
        Records { headers: header.iter().map(str::to_owned).collect(), header_line, rows, ..Records::default() }
    }

    fn shape<'a>(names: &'a str, id: &'a str, above: usize) -> Shape<'a> {
        Shape { turned: true, names, id, above, beside: &[] }
    }

    fn texts(records: &Records) -> Vec<Vec<String>> {
        let row = |(_, cells): &(u64, StringRecord)| cells.iter().map(str::to_owned).collect();
        std::iter::once(records.headers.clone()).chain(records.rows.iter().map(row)).collect()
    }

    #[test]
    fn the_header_names_the_samples_where_no_row_above_does() {
        let table = table(
            &[
                &["", "Class", "A", "B"],
                &["", "File type", "Sample", "QC"],
                &["ID", "name, β", "S/1", "Q1"],
                &["0", "x", "5", "6"],
            ],
            2,
        );
        let (turned, facts) = right(&table, &shape("ID", "sample_id", 2), false).unwrap();
        assert_eq!(
            texts(&turned.records),
            [["sample_id", "Class", "File type", "0"], ["S/1", "A", "Sample", "5"], ["Q1", "B", "QC", "6"],]
        );
        assert_eq!(turned.places.lines, [3, 1, 2, 4]);
        assert_eq!(facts.into_iter().collect::<Vec<_>>(), ["Class", "File type"]);
        assert_eq!(texts(&left(table, 2).unwrap()), [["ID", "name, β"], ["0", "x"]]);
    }

    #[test]
    fn a_row_above_may_hold_the_ids_and_then_the_header_is_a_row_of_facts() {
        let table = table(
            &[&["", "CLIENT ID", "S1", "S2"], &["BIOCHEMICAL", "Group  HMDB", "a", "a"], &["x", "H1", "5", "6"]],
            1,
        );
        let (turned, _) = right(&table, &shape("BIOCHEMICAL", "CLIENT ID", 1), false).unwrap();
        assert_eq!(texts(&turned.records), [["CLIENT ID", "Group  HMDB", "x"], ["S1", "a", "5"], ["S2", "a", "6"]]);
        let (alone, _) = right(&table, &shape("BIOCHEMICAL", "CLIENT ID", 1), true).unwrap();
        assert_eq!(texts(&alone.records)[1], ["S1", "a"]);
    }

    #[test]
    fn rows_that_are_no_facts_are_named_with_their_line() {
        let rows: &[&[&str]] = &[&["", "Class", "A"], &["Title", "", ""], &["ID", "name", "S1"], &["0", "x", "5"]];
        let code = |above: usize, id: &str| {
            let fault = right(&table(rows, above), &shape("ID", id, above), false).unwrap_err().remove(0);
            (fault.code, fault.line)
        };
        assert_eq!(code(2, "s"), ("misplaced_fact", Some(2)));
        assert_eq!(code(3, "s"), ("misplaced_fact", Some(2)));
        let twice: &[&[&str]] = &[&["", "", "Class", "A"], &["ID", "ID", "name", "S1"], &["0", "1", "x", "5"]];
        assert_eq!(right(&table(twice, 1), &shape("ID", "s", 1), false).unwrap_err()[0].code, "duplicate_header");
        let ids: &[&[&str]] = &[&["", "id", "a"], &["", "id", "b"], &["ID", "name", "A"], &["0", "x", "5"]];
        let fault = right(&table(ids, 2), &shape("ID", "id", 2), false).unwrap_err().remove(0);
        assert_eq!((fault.code, fault.line), ("duplicate_row", Some(2)));
        let none: &[&[&str]] = &[&["", "Class", "A"], &["ID", "name", "S1"], &["0", "x", "5"]];
        assert_eq!(right(&table(none, 1), &shape("S1", "s", 1), false).unwrap_err()[0].code, "missing_column");
    }
}
