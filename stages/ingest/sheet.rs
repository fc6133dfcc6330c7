//! A file as a table: its header, and its rows with the lines they stand on.
//!
//! Delimited text is read anew on each pass, one row at a time, so that a file of thousands of columns is never held a
//! string a cell; other formats were made records, and so was a table that lies on its side. What is wrong with the form
//! of the file is said once, when it is opened.

mod body;
mod rows;

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};

use csv::StringRecord;

use self::body::Body;
pub use self::rows::repeated_headers;
use super::above;
use super::bar::Bars;
use super::decode::Fault;
use super::file::{Format, Reading};
use super::formats::{self, Differing};
use super::number::Marks;
use super::problems::Problems;
use super::row::Row;
use super::shape::{Shape, Wanted};
use super::turn::{Places, turn};
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
    /// The names of samples' facts that stood above the header: no analytes.
    pub facts: BTreeSet<String>,
    /// Columns that are not there because a participant's rows contradict each other.
    differing: BTreeMap<String, Differing>,
    /// Where the cells stand in the file, if the table lies there on its side.
    places: Option<Places>,
    body: Body<'a>,
    bars: Bars<'a>,
    /// How often the text was read through.
    passes: Cell<u32>,
}

/// The study's files, and where the bars of reading them are shown.
#[derive(Debug, Clone, Copy)]
pub struct Files<'a> {
    pub all: &'a [SourceFile],
    pub bars: Bars<'a>,
}

impl<'a> Files<'a> {
    fn of(self, role: &str) -> Option<&'a SourceFile> {
        self.all.iter().find(|file| file.role == role)
    }
}

impl<'a> Sheet<'a> {
    /// Opens the file that `reading` describes; none, with its problems, where it is no table at all.
    pub fn open(files: Files<'a>, reading: &Reading<'a>, problems: &mut Problems) -> Option<Self> {
        let Some(file) = files.of(reading.role) else {
            let place = Place::setting(reading.setting("file"));
            problems.push(Problem::new(
                "missing_file",
                place,
                format!("`{}` was not read", reading.file),
                "check the path",
            ));
            return None;
        };
        files.bars.file(&file.name);
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

    fn of(files: Files<'a>, file: &'a SourceFile, reading: &Reading<'a>) -> Result<Self, Vec<Fault>> {
        let mut differing = BTreeMap::new();
        let (mut headers, mut header_line, mut body) = match reading.format() {
            format if format.is_text() => Body::of_text(file, reading)?,
            format => {
                let mut records = formats::read(format, &file.bytes, reading)?;
                let study = files.of(formats::isatab::STUDY);
                if let Some(study) = study.filter(|_| format == Format::Isatab && reading.role == "samples") {
                    records = formats::isatab::join(records, study, reading.encoding)?;
                }
                differing = std::mem::take(&mut records.differing);
                (std::mem::take(&mut records.headers), records.header_line, Body::Records(records))
            }
        };
        let (mut places, mut facts) = (None, BTreeSet::new());
        let Shape { turned, above, .. } = reading.shape;
        if above > 0 && turned {
            let table = body.into_records(headers, header_line, above)?;
            let (turned, known) = above::right(&table, &reading.shape, reading.role == "samples")?;
            (headers, header_line, facts) = (turned.records.headers.clone(), turned.records.header_line, known);
            places = Some(turned.places);
            body = Body::Records(turned.records);
        } else if above > 0 {
            let table = above::left(body.into_records(headers, header_line, above)?, above)?;
            (headers, header_line, body) = (table.headers.clone(), table.header_line, Body::Records(table));
        }
        headers.iter_mut().for_each(|header| *header = header.trim().to_owned());
        let repeated = repeated_headers(&headers, header_line);
        if !repeated.is_empty() {
            return Err(repeated);
        }
        if turned && above == 0 {
            let mut turned = turn(&body.into_records(headers, header_line, 0)?, &reading.shape)?;
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
            facts,
            differing,
            places,
            body,
            bars: files.bars,
            passes: Cell::new(0),
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
    #[inline]
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
    #[inline]
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
                if let Some(why) = self.differing.get(header) {
                    let place = Place::cell(self.name, why.line, header.to_owned());
                    let [first, second] = &why.values;
                    let message = format!("`{header}` of `{}` is `{first}` and `{second}`", why.owner);
                    let remedy = "correct the one that is wrong; what differs between a participant's samples is no column of the participants";
                    return Problem::new("differing_fact", place, message, remedy);
                }
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
    fn records(&self, visit: impl FnMut(u64, &StringRecord) -> bool) {
        let pass = |bytes| {
            self.passes.set(self.passes.get() + 1);
            self.bars.pass(self.name, self.passes.get(), bytes)
        };
        self.body.records(pass, visit);
    }
}
