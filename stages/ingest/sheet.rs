//! A file as a table: its header, and its rows with the lines they stand on.
//!
//! Delimited text is read anew on each pass, one row at a time, so that a file of thousands of columns is never held a
//! string a cell; other formats were made records, and so was a table that lies on its side. What is wrong with the form
//! of the file is said once, when it is opened.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use csv::StringRecord;

use super::bounds;
use super::decode::{Fault, decode, without_lines};
use super::delimiter;
use super::file::{Format, Reading};
use super::formats::{self, Records};
use super::number::Marks;
use super::problems::Problems;
use super::row::Row;
use super::shape::Wanted;
use super::turn::{Places, turn};
use crate::contract::delimited::{Lines, csv_reader};
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
    pub marks: Marks,
    /// Whether every row could be read; if not, an id that is absent may stand in a row that was not.
    pub complete: bool,
    /// How many rows below the header are read.
    pub rows: usize,
    /// The line of the header.
    pub header_line: u64,
    missing: &'a [String],
    /// What the cells of a row must hold for it to be read, by the column's place.
    wanted: Vec<(usize, &'a Wanted)>,
    /// The column whose cell says that a row is beside the table, and the names that say so.
    beside: Option<(usize, &'a [String])>,
    /// Where the cells stand in the file, if the table lies there on its side.
    places: Option<Places>,
    body: Body<'a>,
}

/// Where the rows are.
#[derive(Debug)]
enum Body<'a> {
    Text { text: Cow<'a, str>, delimiter: u8 },
    Records(Records),
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
        match Sheet::of(files, file, reading) {
            Ok(mut sheet) => {
                sheet.choose(reading, problems);
                (sheet.rows, sheet.complete) = sheet.check_rows(problems);
                Some(sheet)
            }
            Err(faults) => {
                let place = |fault: &Fault| Place::File {
                    name: file.name.clone(),
                    line: fault.line,
                    column: fault.column.clone(),
                };
                for fault in faults {
                    problems.add(&file.name, fault.code, || {
                        Problem::new(fault.code, place(&fault), fault.message, fault.remedy)
                    });
                }
                None
            }
        }
    }

    fn of(files: &[SourceFile], file: &'a SourceFile, reading: &Reading<'a>) -> Result<Self, Vec<Fault>> {
        let (mut headers, mut header_line, mut body) = match reading.format() {
            format if format.is_text() => Body::of_text(file, reading)?,
            format => {
                let mut records = formats::read(format, &file.bytes, reading)?;
                let study = files.iter().find(|file| file.role == formats::isatab::STUDY);
                if let Some(study) = study.filter(|_| format == Format::Isatab && reading.role == "samples") {
                    records = formats::isatab::join(records, study, reading.encoding)?;
                }
                (std::mem::take(&mut records.headers), records.header_line, Body::Records(records))
            }
        };
        headers.iter_mut().for_each(|header| *header = header.trim().to_owned());
        let repeated = repeated_headers(&headers, header_line);
        if !repeated.is_empty() {
            return Err(repeated);
        }
        let mut places = None;
        if reading.shape.turned {
            let mut turned = turn(&body.into_records(headers, header_line)?, &reading.shape)?;
            (headers, header_line) = (std::mem::take(&mut turned.records.headers), turned.records.header_line);
            places = Some(turned.places);
            body = Body::Records(turned.records);
        }
        Ok(Sheet {
            name: &file.name,
            section: format!("stages.ingest.{}", reading.role),
            headers,
            marks: reading.marks(),
            complete: true,
            rows: 0,
            header_line,
            missing: reading.missing,
            wanted: Vec::new(),
            beside: None,
            places,
            body,
        })
    }

    /// Finds the columns by which rows are chosen.
    fn choose(&mut self, reading: &Reading<'a>, problems: &mut Problems) {
        let wanted = reading.keep.iter().filter_map(|(header, wanted)| Some((self.column(header, problems)?, wanted)));
        self.wanted = wanted.collect();
        let names = self.find(reading.shape.names).filter(|_| !reading.shape.turned);
        self.beside = names.filter(|_| !reading.shape.beside.is_empty()).map(|names| (names, reading.shape.beside));
    }

    /// Whether a row is one of those that are read.
    fn keeps(&self, record: &StringRecord) -> bool {
        let cell = |column: usize| record.get(column).unwrap_or_default().trim();
        self.wanted.iter().all(|(column, wanted)| wanted.admits(cell(*column)))
            && self.beside.is_none_or(|(names, beside)| !beside.iter().any(|name| name == cell(names)))
    }

    /// The place of a cell in the file.
    pub fn place(&self, line: u64, column: usize) -> Place {
        let header = |headers: &[String], at: usize| headers.get(at).cloned().unwrap_or_default();
        match &self.places {
            None => Place::cell(self.name, line, header(&self.headers, column)),
            Some(places) => {
                let index = usize::try_from(line).unwrap_or(usize::MAX).saturating_sub(1);
                let line = places.lines.get(column).copied().unwrap_or(self.header_line);
                Place::cell(self.name, line, header(&places.headers, index))
            }
        }
    }

    /// Where a record stands, in words: `on line 4`, or, in a table that lies on its side, `in column 4`.
    pub fn at(&self, line: u64) -> String {
        if self.places.is_some() { format!("in column {line}") } else { format!("on line {line}") }
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
                let line = Some(self.header_line);
                let place = Place::File { name: self.name.to_owned(), line, column: Some(header.to_owned()) };
                let remedy = suggest::remedy(header, self.headers.iter().map(String::as_str));
                Problem::new("missing_column", place, format!("the file has no column `{header}`"), remedy)
            });
        }
        found
    }

    /// Visits every row that is to be read, has the header's number of cells and is not blank.
    pub fn for_each(&self, mut visit: impl FnMut(Row<'_>)) {
        self.while_each(|row| {
            visit(row);
            true
        });
    }

    /// Visits the same rows, as long as `visit` asks for more.
    pub fn while_each(&self, mut visit: impl FnMut(Row<'_>) -> bool) {
        self.records(|line, record| {
            record.len() != self.headers.len() || !self.keeps(record) || visit(Row::new(self, line, record))
        });
    }

    /// Visits the records below the header with their lines, blank ones left out, as long as `visit` asks for more.
    fn records(&self, mut visit: impl FnMut(u64, &StringRecord) -> bool) {
        let (text, delimiter) = match &self.body {
            Body::Text { text, delimiter } => (text, *delimiter),
            Body::Records(records) => {
                let mut rows = records.rows.iter().filter(|(_, record)| !is_blank(record));
                let _ = rows.all(|(line, record)| visit(*line, record));
                return;
            }
        };
        text_records(text, delimiter, visit);
    }

    /// Says which rows do not fit the header; how many rows there are, and whether all of them fit.
    fn check_rows(&self, problems: &mut Problems) -> (usize, bool) {
        let (mut all, mut rows, mut ragged, mut last) = (0, 0, 0, (1, false));
        self.records(|line, record| {
            all += 1;
            rows += usize::from(self.keeps(record));
            last = (line, record.as_slice().contains('\n') || record.as_slice().contains('\r'));
            if record.len() != self.headers.len() {
                ragged += 1;
                problems.add(self.name, "ragged_row", || self.ragged(line, record));
            }
            true
        });
        if all == 0 {
            let place = Place::File { name: self.name.to_owned(), line: Some(self.header_line), column: None };
            let message = "the file has a header and no rows";
            problems.push(Problem::new("no_rows", place, message, "add the rows, or leave the section out"));
        } else if rows == 0 {
            problems.push(self.none_chosen());
        }
        let open = last.1 && self.body.has_an_open_quote();
        if open {
            let place = Place::File { name: self.name.to_owned(), line: Some(last.0), column: None };
            let message = "a quotation mark opens here and is never closed";
            problems.push(Problem::new("open_quote", place, message, "close it, or write a quotation mark as \"\""));
        }
        (rows, rows > 0 && ragged == 0 && !open)
    }

    /// Why no row is read: the first condition that none meets, with the values that there are.
    fn none_chosen(&self) -> Problem {
        let mut found: Vec<BTreeSet<String>> = vec![BTreeSet::new(); self.wanted.len()];
        self.records(|_, record| {
            for ((column, _), values) in self.wanted.iter().zip(&mut found) {
                values.insert(record.get(*column).unwrap_or_default().trim().to_owned());
            }
            true
        });
        let unmet =
            self.wanted.iter().zip(&found).find(|((_, wanted), values)| !values.iter().any(|v| wanted.admits(v)));
        let Some(((column, wanted), values)) = unmet else {
            let message = "no row meets all conditions at once";
            let place = Place::setting(format!("{}.where", self.section));
            return Problem::new("no_rows", place, message, "take one of them out");
        };
        let header = self.headers.get(*column).map_or("", String::as_str);
        let wanted: Vec<&str> = wanted.iter().collect();
        let message = format!("no row of `{}` has `{}` in `{header}`", self.name, wanted.join("` or `"));
        let remedy = suggest::remedy(wanted.first().unwrap_or(&""), values.iter().map(String::as_str));
        Problem::new("no_rows", Place::setting(format!("{}.where.{header}", self.section)), message, remedy)
    }

    fn ragged(&self, line: u64, record: &StringRecord) -> Problem {
        let place = Place::File { name: self.name.to_owned(), line: Some(line), column: None };
        let (message, remedy) = ragged(record.len(), self.headers.len());
        Problem::new("ragged_row", place, message, remedy)
    }
}

impl<'a> Body<'a> {
    /// Decodes delimited text; with the first record, the header, and its line.
    fn of_text(file: &'a SourceFile, reading: &Reading<'a>) -> Result<(Vec<String>, u64, Self), Vec<Fault>> {
        let alone = |fault: Fault| vec![fault];
        let text = decode(&file.bytes, reading.encoding).map_err(alone)?;
        if let Some(fault) = formats::disguised(&text) {
            return Err(vec![fault]);
        }
        bounds::refuse_long_lines(&text).map_err(alone)?;
        let text = without_lines(text, reading.skip, reading.comment);
        if text.trim().is_empty() {
            let message = "nothing is left of the file below the lines that are skipped";
            let remedy = format!("check `{}` and `comment`", reading.setting("skip"));
            return Err(vec![Fault::new("empty_file", None, message, remedy)]);
        }
        let delimiter = reading.fixed_delimiter().map_or_else(|| delimiter::detect(&text), |given| given.byte());
        bounds::refuse_large_rows(&text, delimiter).map_err(alone)?;
        let first = csv_reader(&text, delimiter).records().next().and_then(Result::ok).unwrap_or_default();
        let line = Lines::new(&text).of(0);
        Ok((first.iter().map(str::to_owned).collect(), line, Body::Text { text, delimiter }))
    }

    /// The table as records that are held.
    fn into_records(self, headers: Vec<String>, header_line: u64) -> Result<Records, Vec<Fault>> {
        let (text, delimiter) = match self {
            Body::Records(records) => return Ok(Records { headers, header_line, ..records }),
            Body::Text { text, delimiter } => (text, delimiter),
        };
        let (mut rows, mut cells, mut faults) = (Vec::new(), 0_usize, Vec::new());
        text_records(&text, delimiter, |line, record| {
            cells += record.len();
            if record.len() != headers.len() {
                let (message, remedy) = ragged(record.len(), headers.len());
                faults.push(Fault::new("ragged_row", Some(line), message, remedy));
            } else if cells <= bounds::MOST_CELLS {
                rows.push((line, record.clone()));
            }
            true
        });
        faults.extend(bounds::refuse_many_cells(1, cells).err());
        if faults.is_empty() { Ok(Records { headers, header_line, rows }) } else { Err(faults) }
    }

    fn has_an_open_quote(&self) -> bool {
        matches!(self, Body::Text { text, .. } if text.bytes().filter(|byte| *byte == b'"').count() % 2 == 1)
    }
}

/// Whether no cell of a record holds anything.
fn is_blank(record: &StringRecord) -> bool {
    record.iter().all(|cell| cell.trim().is_empty())
}

/// Visits the records of a text below its header with their lines, blank ones left out, as long as `visit` asks for more.
fn text_records(text: &str, delimiter: u8, mut visit: impl FnMut(u64, &StringRecord) -> bool) {
    let mut reader = csv_reader(text, delimiter);
    let mut record = StringRecord::new();
    let mut lines = Lines::new(text);
    let mut header = true;
    while reader.read_record(&mut record).unwrap_or(false) {
        let start = record.position().map_or(0, |position| position.byte());
        let line = lines.of(start);
        if !header && !is_blank(&record) && !visit(line, &record) {
            return;
        }
        header = false;
    }
}

/// What is wrong with a row of another number of cells than the header, and what to do.
fn ragged(found: usize, wanted: usize) -> (String, &'static str) {
    let remedy = match found > wanted {
        true => "put cells that hold the delimiter in quotation marks, or give the file's `delimiter:`",
        false => "add the missing cells, or close a quotation mark that opens in this row",
    };
    (format!("the row has {found} cells and the header {wanted}"), remedy)
}

fn repeated_headers(headers: &[String], line: u64) -> Vec<Fault> {
    let mut places: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for (index, header) in headers.iter().enumerate().filter(|(_, header)| !header.is_empty()) {
        places.entry(header).or_default().push((index + 1).to_string());
    }
    let repeated = places.into_iter().filter(|(_, places)| places.len() > 1);
    let fault = |(header, places): (&str, Vec<String>)| {
        let message = format!("the header `{header}` occurs {} times: columns {}", places.len(), places.join(", "));
        Fault::new("duplicate_header", Some(line), message, "rename or remove all but one")
    };
    repeated.map(fault).collect()
}
