//! Where the rows of a file are: in its text, which is read anew on each pass, or in records that are held.

use std::borrow::Cow;

use csv::StringRecord;

use super::rows::ragged;
use crate::contract::SourceFile;
use crate::contract::delimited::{Lines, csv_reader};
use crate::ingest::bar::Pass;
use crate::ingest::bounds;
use crate::ingest::decode::{Fault, decode, without_lines};
use crate::ingest::delimiter;
use crate::ingest::file::Reading;
use crate::ingest::formats::{self, Records};

/// Where the rows are.
#[derive(Debug)]
pub enum Body<'a> {
    Text { text: Cow<'a, str>, delimiter: u8 },
    Records(Records),
}

impl<'a> Body<'a> {
    /// Decodes delimited text; with the first record, the header, and its line.
    pub fn of_text(file: &'a SourceFile, reading: &Reading<'a>) -> Result<(Vec<String>, u64, Self), Vec<Fault>> {
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

    /// The table as records that are held; `above` of its rows, the first, stand above the header.
    pub fn into_records(self, headers: Vec<String>, header_line: u64, above: usize) -> Result<Records, Vec<Fault>> {
        let (text, delimiter) = match self {
            Body::Records(records) => return Ok(Records { headers, header_line, ..records }),
            Body::Text { text, delimiter } => (text, delimiter),
        };
        let mut table = Records { headers, header_line, rows: Vec::new(), ..Records::default() };
        let mut cells = 0_usize;
        if above > 0 {
            table.rows.push((header_line, table.headers.iter().collect()));
        }
        below_header(&text, delimiter, None, |line, record| {
            cells += record.len();
            if cells <= bounds::MOST_CELLS {
                table.rows.push((line, record.clone()));
            }
            true
        });
        bounds::refuse_many_cells(1, cells).map_err(|fault| vec![fault])?;
        if above > 0 && above < table.rows.len() {
            let (line, header) = table.rows.remove(above);
            (table.header_line, table.headers) = (line, header.iter().map(str::to_owned).collect());
        }
        let unfit =
            table.rows.iter().filter(|(_, record)| record.len() != table.headers.len()).map(|(line, record)| {
                let (message, remedy) = ragged(record.len(), table.headers.len());
                Fault::new("ragged_row", Some(*line), message, remedy)
            });
        let faults: Vec<Fault> = unfit.collect();
        if faults.is_empty() { Ok(table) } else { Err(faults) }
    }

    /// Visits the records below the header with their lines, blank ones left out, as long as `visit` asks for more.
    pub fn records(&self, pass: impl FnOnce(usize) -> Pass<'a>, mut visit: impl FnMut(u64, &StringRecord) -> bool) {
        match self {
            Body::Text { text, delimiter } => below_header(text, *delimiter, Some(pass(text.len())), visit),
            Body::Records(records) => {
                let mut rows = records.rows.iter().filter(|(_, record)| !is_blank(record));
                let _ = rows.all(|(line, record)| visit(*line, record));
            }
        }
    }

    pub fn has_an_open_quote(&self) -> bool {
        matches!(self, Body::Text { text, .. } if text.bytes().filter(|byte| *byte == b'"').count() % 2 == 1)
    }
}

/// Whether no cell of a record holds anything.
#[inline]
fn is_blank(record: &StringRecord) -> bool {
    // The cells' text is one text, and its first sign nearly always says it.
    record.as_slice().trim_start().is_empty()
}

/// Visits the records of a text below its header with their lines, blank ones left out, as long as `visit` asks for more.
fn below_header(
    text: &str,
    delimiter: u8,
    mut pass: Option<Pass<'_>>,
    mut visit: impl FnMut(u64, &StringRecord) -> bool,
) {
    let mut reader = csv_reader(text, delimiter);
    let mut record = StringRecord::new();
    let mut lines = Lines::new(text);
    let mut header = true;
    while reader.read_record(&mut record).unwrap_or(false) {
        let start = record.position().map_or(0, |position| position.byte());
        let line = lines.of(start);
        if let Some(pass) = &mut pass {
            pass.at(start);
        }
        if !header && !is_blank(&record) && !visit(line, &record) {
            return;
        }
        header = false;
    }
}
