//! A small CSV that people edit in a spreadsheet: written so that no cell is taken for a formula, and read back exactly.

use std::collections::BTreeMap;

use crate::contract::delimited::{FORMULA, Lines, csv_reader, push_record};
use crate::contract::{Place, Problem, SourceFile, suggest};

const DELIMITERS: [u8; 3] = [b',', b';', b'\t'];

/// One row, by the names of the columns.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// The line of the file, from 1.
    pub number: u64,
    cells: BTreeMap<String, String>,
}

impl Line {
    /// A cell; empty where the file has no such column.
    pub fn cell(&self, column: &str) -> &str {
        self.cells.get(column).map_or("", String::as_str)
    }
}

/// Whether text, any apostrophes in front apart, begins like a formula.
fn like_a_formula(text: &str) -> bool {
    text.trim_start_matches('\'').starts_with(FORMULA)
}

/// The text with an apostrophe in front where a spreadsheet would run it.
pub fn escape(text: &str) -> String {
    if like_a_formula(text) { format!("'{text}") } else { text.to_owned() }
}

/// The text as it was before [`escape`].
pub fn unescape(text: &str) -> &str {
    text.strip_prefix('\'').filter(|rest| like_a_formula(rest)).unwrap_or(text)
}

/// Writes a header and rows, every cell escaped.
pub fn write<'a, const N: usize>(header: [&str; N], rows: impl Iterator<Item = [&'a str; N]>) -> Vec<u8> {
    let mut text = String::new();
    push_record(&mut text, header.iter());
    rows.for_each(|row| push_record(&mut text, row.map(escape).iter()));
    text.into_bytes()
}

/// Reads a file that [`write`] made and a spreadsheet may have saved: with a byte-order mark, as UTF-16, with semicolons
/// or tabs, with empty lines below; `needed` are the columns that it must have.
pub fn read(file: &SourceFile, needed: &[&str]) -> Result<Vec<Line>, Vec<Problem>> {
    let text = decode(file)?;
    let (delimiter, header) = columns(&text, needed);
    let missing = needed.iter().filter(|column| !header.iter().any(|found| found == **column));
    let missing: Vec<Problem> = missing
        .map(|column| {
            let remedy = suggest::remedy(column, header.iter().map(String::as_str));
            let place = Place::cell(&file.name, 1, *column);
            Problem::new("missing_column", place, format!("there is no column `{column}`"), remedy)
        })
        .collect();
    if !missing.is_empty() {
        return Err(missing);
    }
    let (mut lines, mut problems) = (Vec::new(), Vec::new());
    let mut place = Lines::new(&text);
    for record in csv_reader(&text, delimiter).records().skip(1) {
        let number =
            record.as_ref().map_or(0, |record| place.of(record.position().map_or(0, |position| position.byte())));
        match record {
            Ok(record) if record.iter().all(|cell| cell.trim().is_empty()) => {}
            Ok(record)
                if record.len() > header.len() && record.iter().skip(header.len()).any(|cell| !cell.is_empty()) =>
            {
                problems.push(ragged(file, number, record.len(), header.len()));
            }
            Ok(record) => {
                let cells = header.iter().cloned().zip(record.iter().map(|cell| unescape(cell).to_owned())).collect();
                lines.push(Line { number, cells });
            }
            Err(error) => {
                let message = format!("the row cannot be read: {error}");
                problems.push(Problem::new("bad_csv", Place::file(&file.name), message, "save the file as CSV anew"));
            }
        }
    }
    if problems.is_empty() { Ok(lines) } else { Err(problems) }
}

fn ragged(file: &SourceFile, line: u64, cells: usize, columns: usize) -> Problem {
    let place = Place::File { name: file.name.clone(), line: Some(line), column: None };
    let message = format!("the row has {cells} cells and the header {columns}");
    Problem::new("ragged_row", place, message, "put text that holds a comma in double quotes")
}

/// The delimiter that finds most of the needed columns in the header, and the header by it.
fn columns(text: &str, needed: &[&str]) -> (u8, Vec<String>) {
    let header = |delimiter: u8| -> Vec<String> {
        let first = csv_reader(text, delimiter).records().next().and_then(Result::ok).unwrap_or_default();
        first.iter().map(|cell| cell.trim().to_owned()).collect()
    };
    let score = |found: &[String]| needed.iter().filter(|column| found.iter().any(|name| name == **column)).count();
    let mut best = (DELIMITERS[0], header(DELIMITERS[0]));
    for delimiter in DELIMITERS.into_iter().skip(1) {
        let found = header(delimiter);
        if score(&found) > score(&best.1) {
            best = (delimiter, found);
        }
    }
    best
}

fn decode(file: &SourceFile) -> Result<String, Vec<Problem>> {
    let (encoding, mark) = encoding_rs::Encoding::for_bom(&file.bytes).unwrap_or((encoding_rs::UTF_8, 0));
    let content = file.bytes.get(mark..).unwrap_or_default();
    let text = encoding.decode_without_bom_handling_and_without_replacement(content);
    text.map(std::borrow::Cow::into_owned).ok_or_else(|| {
        let message = format!("the file is not {} text", encoding.name());
        let remedy = "save it as `CSV UTF-8`, so that Greek letters and accents survive";
        vec![Problem::new("invalid_encoding", Place::file(&file.name), message, remedy)]
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const ODD: [&str; 12] =
        ["=1+1", "'=1+1", "''=1", "-0.5", "@x", "\tx", "plain", "'quoted'", "a,b;\"c\"", " padded ", "NA(+)", ""];

    fn file(bytes: Vec<u8>) -> SourceFile {
        SourceFile { role: "decisions", name: "d.csv".into(), bytes: bytes.into() }
    }

    #[test]
    fn what_was_written_is_read_back_exactly_and_no_cell_begins_a_formula() {
        let bytes = write(["name", "note"], ODD.iter().map(|name| [*name, "x"]));
        let text = String::from_utf8(bytes.clone()).unwrap();
        assert!(text.lines().all(|line| !line.trim_start_matches('"').starts_with(['=', '-', '@', '\t'])), "{text}");
        let lines = read(&file(bytes), &["name"]).unwrap();
        assert_eq!(lines.iter().map(|line| line.cell("name")).collect::<Vec<_>>(), ODD);
    }

    #[test]
    fn files_as_spreadsheets_save_them_say_the_same() {
        let plain = "name,override\nα;1,keep\n";
        let marked = "\u{feff}name;override\r\n\"α;1\";keep\r\n;\r\n";
        let tabs = "name\toverride\tother\r\nα;1\tkeep\r\n";
        let utf16: Vec<u8> = [0xFF, 0xFE].into_iter().chain(tabs.encode_utf16().flat_map(u16::to_le_bytes)).collect();
        for bytes in [plain.as_bytes().to_vec(), marked.as_bytes().to_vec(), tabs.as_bytes().to_vec(), utf16] {
            let lines = read(&file(bytes), &["name", "override"]).unwrap();
            assert_eq!((lines.len(), lines[0].cell("name"), lines[0].cell("override")), (1, "α;1", "keep"));
            assert_eq!(lines[0].number, 2);
        }
    }

    #[test]
    fn what_is_no_such_file_is_refused_in_words() {
        let codes = |bytes: &[u8]| -> Vec<&str> {
            read(&file(bytes.to_vec()), &["name"]).unwrap_err().into_iter().map(|problem| problem.code).collect()
        };
        assert_eq!(codes(b"name\n\xB5\n"), ["invalid_encoding"]);
        assert_eq!(codes(b"nam,x\n"), ["missing_column"]);
        assert_eq!(codes(b""), ["missing_column"]);
        assert_eq!(codes(b"name,x\na,b,c\n"), ["ragged_row"]);
    }
}
