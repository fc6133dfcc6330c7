//! One file of the folder, opened as what it seems to be.

use std::collections::BTreeSet;

use csv::StringRecord;

use super::super::decode::decode;
use super::super::file::{Decimal, Encoding, Format, Reading};
use super::super::{delimiter, formats, number};
use super::column::{Column, MISSING};
use super::{events, turned};
use crate::contract::delimited::csv_reader;
use crate::ingest::formats::Records;

/// A file, with the tables that it holds.
#[derive(Debug, Default)]
pub struct Look {
    pub name: String,
    /// The settings that the file needs beside its name: key, value, why.
    pub settings: Vec<(&'static str, String, String)>,
    pub tables: Vec<Table>,
    /// Why it could not be read.
    pub unread: Option<String>,
    pub format: Option<Format>,
}

/// A table: all of a file, or, in a format of the field, what it has for one role.
#[derive(Debug)]
pub struct Table {
    pub file: String,
    pub role: Option<&'static str>,
    /// Whether it lies on its side in the file.
    pub turned: bool,
    pub columns: Vec<Column>,
    pub settings: Vec<(&'static str, String, String)>,
}

/// The most rows of a title above the table of a sheet.
const TITLE: u64 = 8;
const ROLES: [&str; 4] = ["participants", "samples", "metabolites", "panel"];

impl Look {
    /// Opens a file.
    pub fn at(name: &str, bytes: &[u8]) -> Look {
        let mut look = Look { name: name.to_owned(), ..Look::default() };
        match Format::of(name) {
            Some(format @ (Format::Csv | Format::Tsv)) => look.text(bytes, format),
            Some(format) if format.is_workbook() => look.workbook(bytes, format),
            Some(format) => look.records(bytes, format),
            None => look.unread = Some("its extension names no format that is read".to_owned()),
        }
        look
    }

    fn text(&mut self, bytes: &[u8], format: Format) {
        let encoding = match decode(bytes, None) {
            Err(fault) if fault.code == "invalid_encoding" => {
                self.say("encoding", "windows-1252", "the bytes are not UTF-8");
                Some(Encoding::Windows1252)
            }
            _ => None,
        };
        let text = match decode(bytes, encoding) {
            Ok(text) => text,
            Err(fault) => return self.unread = Some(fault.message),
        };
        if let Some(format) = formats::recognize(&text).or_else(|| by_header(&text)) {
            self.say("format", format.word(), "the file begins as this format does");
            return self.records(bytes, format);
        }
        let mark = if format == Format::Tsv { b'\t' } else { delimiter::detect(&text) };
        let mut records = csv_reader(&text, mark).into_records().filter_map(Result::ok);
        let headers: Vec<String> = records.next().iter().flatten().map(str::to_owned).collect();
        let rows = records.filter(|row| row.iter().any(|cell| !cell.trim().is_empty()));
        self.format = Some(format);
        self.table(None, headers, rows.collect());
    }

    /// Reads a format whose files become records: the field's own formats by role, the others as they are.
    fn records(&mut self, bytes: &[u8], format: Format) {
        self.format = Some(format);
        let name = self.name.clone();
        let bytes: std::sync::Arc<[u8]> = bytes.into();
        let read = |role| formats::read(format, &bytes, &reading(&name, role, format));
        let mut why = None;
        for role in ROLES {
            if !format.is_exchange() && role != ROLES[0] {
                continue;
            }
            let known = format.is_exchange().then_some(role);
            match read(role) {
                Ok(Records { headers, rows, .. }) => {
                    self.table(known, headers, rows.into_iter().map(|(_, row)| row).collect());
                }
                Err(faults) => why = why.or(faults.into_iter().next().map(|fault| fault.message)),
            }
        }
        if self.tables.is_empty() {
            self.unread = why;
        }
    }

    /// Reads every sheet of a workbook that is a table, below whatever title it has.
    fn workbook(&mut self, bytes: &[u8], format: Format) {
        let sheets = formats::sheets(format, bytes);
        if sheets.is_empty() {
            return self.records(bytes, format);
        }
        self.format = Some(format);
        let name = self.name.clone();
        let whole = std::sync::Arc::from(bytes);
        for sheet in &sheets {
            let read = |skip: u64| {
                let reading = Reading { sheet: Some(sheet), skip, ..reading(&name, ROLES[0], format) };
                formats::read(format, &whole, &reading)
            };
            let found = (0..=TITLE).map(|skip| (skip, read(skip))).find(|(_, read)| read.is_ok());
            let Some((skip, Ok(records))) = found else {
                let faults = read(0).err().unwrap_or_default();
                self.unread = self.unread.take().or(faults.into_iter().next().map(|fault| fault.message));
                continue;
            };
            if sheets.len() > 1 && (records.headers.len() < 2 || records.rows.is_empty()) {
                continue;
            }
            self.settings.clear();
            if sheets.len() > 1 {
                self.say("sheet", sheet, &format!("the workbook has {} sheets", sheets.len()));
            }
            if skip > 0 {
                self.say("skip", &skip.to_string(), "a title stands above the table");
            }
            self.table(None, records.headers, records.rows.into_iter().map(|(_, row)| row).collect());
        }
        if !self.tables.is_empty() {
            self.unread = None;
        }
    }

    fn table(&mut self, role: Option<&'static str>, headers: Vec<String>, rows: Vec<StringRecord>) {
        let cells =
            |place: usize| rows.iter().map(|row| row.get(place).unwrap_or_default().trim().to_owned()).collect();
        let columns = headers.iter().enumerate().map(|(place, header)| Column::new(header.trim(), cells(place)));
        let mut columns: Vec<Column> = columns.collect();
        let mut settings = self.settings.clone();
        if columns.iter().any(|column| column.has_decimal_comma())
            && !columns.iter().any(|column| column.has_decimal_point())
        {
            settings.push(("decimal", ",".to_owned(), "numbers are written as 1,5".to_owned()));
            columns.iter_mut().for_each(|column| column.decimal = Decimal::Comma);
        }
        let codes: BTreeSet<&str> = columns.iter().flat_map(Column::missing_codes).collect();
        if !codes.is_empty() {
            let list = codes.iter().map(|code| super::page::word(code)).collect::<Vec<_>>().join(", ");
            settings.push(("missing", format!("[{list}]"), "they stand in columns of numbers".to_owned()));
        }
        columns.iter_mut().for_each(Column::forget_codes);
        let table = Table { file: self.name.clone(), role, turned: false, columns, settings };
        if let Some((samples, metabolites)) = turned::turn(&table).filter(|_| role.is_none()) {
            return self.tables.extend([samples, metabolites]);
        }
        let people = events::participants(&table);
        self.tables.push(table);
        self.tables.extend(people);
    }

    fn say(&mut self, key: &'static str, value: &str, why: &str) {
        self.settings.push((key, value.to_owned(), why.to_owned()));
    }
}

fn reading<'a>(file: &'a str, role: &'static str, format: Format) -> Reading<'a> {
    Reading { format: Some(format), ..Reading::plain(role, file) }
}

/// The formats that are tables with headers of their own.
fn by_header(text: &str) -> Option<Format> {
    let first = text.lines().next()?;
    let has = |header: &str| first.split('\t').any(|cell| cell.trim().trim_matches('"') == header);
    if has("metabolite_identification") && has("database_identifier") {
        return Some(Format::Maf);
    }
    (has("Sample Name") && (has("Source Name") || has("Protocol REF"))).then_some(Format::Isatab)
}

/// Whether a text is one of the usual words for "no value".
pub fn is_missing(text: &str) -> bool {
    matches!(text, "" | "NA" | "NaN") || MISSING.contains(&text)
}

/// Whether a text is a number.
pub fn is_number(text: &str, decimal: Decimal) -> bool {
    number::parse(text, number::Marks { decimal, thousands: None }).is_ok()
}
