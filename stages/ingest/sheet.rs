//! A text file as a table: its header, and its rows with the lines they stand on.
//!
//! The rows are read anew on each pass and one at a time, so that a file of thousands of columns is never held a
//! string a cell. What is wrong with the form of the file is said once, when it is opened.

use std::borrow::Cow;
use std::collections::BTreeMap;

use csv::StringRecord;

use super::decode::{Fault, decode, line_ends};
use super::delimiter;
use super::file::{Decimal, Reading};
use super::problems::Problems;
use super::row::Row;
use crate::contract::suggest;
use crate::contract::{Place, Problem, SourceFile};

/// A file of the study, opened.
#[derive(Debug)]
pub struct Sheet<'a> {
    /// The name to show.
    pub name: &'a str,
    /// The section of the configuration that declares it, as a dotted path.
    pub section: String,
    pub headers: Vec<String>,
    pub decimal: Decimal,
    /// Whether every row could be read; if not, an id that is absent may stand in a row that was not.
    pub complete: bool,
    /// How many rows there are below the header.
    pub rows: usize,
    missing: &'a [String],
    text: Cow<'a, str>,
    delimiter: u8,
}

impl<'a> Sheet<'a> {
    /// Opens the file that `reading` describes; none, with its problems, where it is no table at all.
    pub fn open(files: &'a [SourceFile], reading: &Reading<'a>, problems: &mut Problems) -> Option<Self> {
        let file = files.iter().find(|file| file.role == reading.role);
        let Some(file) = file else {
            let place = Place::setting(reading.setting("file"));
            problems.push(Problem::new(
                "missing_file",
                place,
                format!("`{}` was not read", reading.file),
                "check the path",
            ));
            return None;
        };
        match Sheet::of(file, reading) {
            Ok(mut sheet) => {
                (sheet.rows, sheet.complete) = sheet.check_rows(problems);
                Some(sheet)
            }
            Err(faults) => {
                let place = |line| Place::File { name: file.name.clone(), line, column: None };
                let problem = |fault: Fault| Problem::new(fault.code, place(fault.line), fault.message, fault.remedy);
                faults.into_iter().for_each(|fault| problems.push(problem(fault)));
                None
            }
        }
    }

    fn of(file: &'a SourceFile, reading: &Reading<'a>) -> Result<Self, Vec<Fault>> {
        let text = decode(&file.bytes, reading.encoding).map_err(|fault| vec![fault])?;
        let delimiter = reading.fixed_delimiter().map_or_else(|| delimiter::detect(&text), |given| given.byte());
        let first = csv_reader(&text, delimiter).records().next().and_then(Result::ok).unwrap_or_default();
        let headers: Vec<String> = first.iter().map(|header| header.trim().to_owned()).collect();
        let repeated = repeated_headers(&headers);
        if !repeated.is_empty() {
            return Err(repeated);
        }
        Ok(Sheet {
            name: &file.name,
            section: format!("stages.ingest.{}", reading.role),
            headers,
            decimal: reading.decimal,
            complete: true,
            rows: 0,
            missing: reading.missing,
            text,
            delimiter,
        })
    }

    /// Whether a cell's text means that there is no value.
    pub fn is_missing(&self, text: &str) -> bool {
        matches!(text, "" | "NA" | "NaN") || self.missing.iter().any(|code| code == text)
    }

    /// The place of a header, if it is there.
    pub fn find(&self, header: &str) -> Option<usize> {
        self.headers.iter().position(|known| known == header)
    }

    /// The place of a header that must be there.
    pub fn column(&self, header: &str, problems: &mut Problems) -> Option<usize> {
        let found = self.find(header);
        if found.is_none() {
            problems.add(self.name, "missing_column", || {
                let place = Place::File { name: self.name.to_owned(), line: Some(1), column: Some(header.to_owned()) };
                let remedy = suggest::remedy(header, self.headers.iter().map(String::as_str));
                Problem::new("missing_column", place, format!("the file has no column `{header}`"), remedy)
            });
        }
        found
    }

    /// Visits every row that has the header's number of cells and is not blank.
    pub fn for_each(&self, mut visit: impl FnMut(Row<'_>)) {
        self.records(|line, record| {
            if record.len() == self.headers.len() {
                visit(Row::new(self, line, record));
            }
        });
    }

    /// Visits every record below the header with its line, blank ones left out.
    fn records(&self, mut visit: impl FnMut(u64, &StringRecord)) {
        let mut reader = csv_reader(&self.text, self.delimiter);
        let mut record = StringRecord::new();
        let mut lines = Lines { bytes: self.text.as_bytes(), at: 0, line: 1 };
        let mut header = true;
        while reader.read_record(&mut record).unwrap_or(false) {
            let start = record.position().map_or(0, |position| position.byte());
            let line = lines.of(start);
            if !header && record.iter().any(|cell| !cell.trim().is_empty()) {
                visit(line, &record);
            }
            header = false;
        }
    }

    /// Says which rows do not fit the header; how many rows there are, and whether all of them fit.
    fn check_rows(&self, problems: &mut Problems) -> (usize, bool) {
        let (mut rows, mut ragged, mut last) = (0, 0, (1, false));
        self.records(|line, record| {
            rows += 1;
            last = (line, record.iter().any(|cell| cell.contains(['\n', '\r'])));
            if record.len() != self.headers.len() {
                ragged += 1;
                problems.add(self.name, "ragged_row", || self.ragged(line, record));
            }
        });
        if rows == 0 {
            let place = Place::File { name: self.name.to_owned(), line: Some(1), column: None };
            let message = "the file has a header and no rows";
            problems.push(Problem::new("no_rows", place, message, "add the rows, or leave the section out"));
        }
        let open = last.1 && self.text.bytes().filter(|byte| *byte == b'"').count() % 2 == 1;
        if open {
            let place = Place::File { name: self.name.to_owned(), line: Some(last.0), column: None };
            let message = "a quotation mark opens here and is never closed";
            problems.push(Problem::new("open_quote", place, message, "close it, or write a quotation mark as \"\""));
        }
        (rows, rows > 0 && ragged == 0 && !open)
    }

    fn ragged(&self, line: u64, record: &StringRecord) -> Problem {
        let place = Place::File { name: self.name.to_owned(), line: Some(line), column: None };
        let (found, wanted) = (record.len(), self.headers.len());
        let message = format!("the row has {found} cells and the header {wanted}");
        let remedy = match found > wanted {
            true => "put cells that hold the delimiter in quotation marks, or give the file's `delimiter:`",
            false => "add the missing cells, or close a quotation mark that opens in this row",
        };
        Problem::new("ragged_row", place, message, remedy)
    }
}

/// Counts lines up to growing positions.
struct Lines<'a> {
    bytes: &'a [u8],
    at: usize,
    line: u64,
}

impl Lines<'_> {
    /// The line of the record that begins at `start` or after the line ends that follow it: the reader's positions
    /// may stand before the second half of a `\r\n` or before blank lines.
    fn of(&mut self, start: u64) -> u64 {
        let start = usize::try_from(start).unwrap_or(usize::MAX).min(self.bytes.len());
        let rest = self.bytes.get(start..).unwrap_or_default();
        let skipped = rest.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
        let to = start + skipped;
        self.line += line_ends(self.bytes.get(self.at..to).unwrap_or_default());
        self.at = to;
        self.line
    }
}

/// Reads records of any length; the header is the first of them.
pub fn csv_reader(text: &str, delimiter: u8) -> csv::Reader<&[u8]> {
    csv::ReaderBuilder::new().has_headers(false).flexible(true).delimiter(delimiter).from_reader(text.as_bytes())
}

fn repeated_headers(headers: &[String]) -> Vec<Fault> {
    let mut places: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for (index, header) in headers.iter().enumerate().filter(|(_, header)| !header.is_empty()) {
        places.entry(header).or_default().push((index + 1).to_string());
    }
    let repeated = places.into_iter().filter(|(_, places)| places.len() > 1);
    let fault = |(header, places): (&str, Vec<String>)| {
        let message = format!("the header `{header}` occurs {} times: columns {}", places.len(), places.join(", "));
        Fault::new("duplicate_header", Some(1), message, "rename or remove all but one")
    };
    repeated.map(fault).collect()
}
