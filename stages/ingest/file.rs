//! How one file of the study is to be read: the settings that every file has, beside its own.

mod marks;
mod section;

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use self::marks::{Decimal, Delimiter, Encoding, Thousands};
pub(super) use self::section::section;
pub use self::section::{optional, optional_schema, required, required_schema};
use super::number::Marks;
use super::shape::{Shape, Wanted};

/// What kind of file it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// Text whose delimiter is detected or given.
    Csv,
    /// Text separated by tabs.
    Tsv,
    /// Apache Parquet: text, numbers, yes/no and categories.
    Parquet,
    /// A workbook of Excel (.xlsx, .xlsm).
    Xlsx,
    /// An OpenDocument spreadsheet.
    Ods,
    /// mwTab of the Metabolomics Workbench, text or JSON.
    Mwtab,
    /// mzTab-M 2.
    Mztab,
    /// ISA-Tab: a study's or an assay's file, s_….txt or a_….txt.
    Isatab,
    /// MetaboLights' metabolite assignment file, m_….tsv.
    Maf,
    /// SAS transport, version 5 or 8.
    Xpt,
}

impl Format {
    /// The format that a file's extension names; none for an extension that names no format.
    pub fn of(file: &str) -> Option<Format> {
        match file.rsplit_once('.')?.1.to_lowercase().as_str() {
            "csv" | "txt" => Some(Format::Csv),
            "tsv" | "tab" => Some(Format::Tsv),
            "parquet" => Some(Format::Parquet),
            "xlsx" | "xlsm" => Some(Format::Xlsx),
            "ods" => Some(Format::Ods),
            // Of the formats that are read, mwTab alone may be JSON; the reader refuses any other JSON.
            "mwtab" | "json" => Some(Format::Mwtab),
            "mztab" => Some(Format::Mztab),
            "xpt" => Some(Format::Xpt),
            _ => None,
        }
    }

    /// The word that the configuration uses.
    pub fn word(self) -> &'static str {
        match self {
            Format::Csv => "csv",
            Format::Tsv => "tsv",
            Format::Parquet => "parquet",
            Format::Xlsx => "xlsx",
            Format::Ods => "ods",
            Format::Mwtab => "mwtab",
            Format::Mztab => "mztab",
            Format::Isatab => "isatab",
            Format::Maf => "maf",
            Format::Xpt => "xpt",
        }
    }

    /// Whether it is delimited text.
    pub fn is_text(self) -> bool {
        matches!(self, Format::Csv | Format::Tsv)
    }

    /// Whether it is one of the field's own formats, whose abundances are always read as long records.
    pub fn is_exchange(self) -> bool {
        matches!(self, Format::Mwtab | Format::Mztab | Format::Isatab | Format::Maf)
    }

    /// Whether it is a workbook of sheets.
    pub fn is_workbook(self) -> bool {
        matches!(self, Format::Xlsx | Format::Ods)
    }
}

/// The settings that every file has, borrowed from its section.
#[derive(Debug, Clone, Copy)]
pub struct Reading<'a> {
    /// The section's name, which is also the file's role: `participants`, `metabolites`, …
    pub role: &'static str,
    pub file: &'a str,
    pub format: Option<Format>,
    pub sheet: Option<&'a str>,
    pub range: Option<&'a str>,
    pub delimiter: Option<Delimiter>,
    pub encoding: Option<Encoding>,
    pub decimal: Decimal,
    pub thousands: Option<Thousands>,
    pub comment: Option<&'a str>,
    pub skip: u64,
    pub missing: &'a [String],
    /// The rows that are read: those whose cells are as given, by header.
    pub keep: &'a BTreeMap<String, Wanted>,
    /// Which way the table lies in the file.
    pub shape: Shape<'a>,
}

/// No condition on the rows.
static EVERY_ROW: BTreeMap<String, Wanted> = BTreeMap::new();

impl<'a> Reading<'a> {
    /// How a file is read whose section says nothing else.
    pub fn plain(role: &'static str, file: &'a str) -> Self {
        Reading {
            role,
            file,
            format: None,
            sheet: None,
            range: None,
            delimiter: None,
            encoding: None,
            decimal: Decimal::Point,
            thousands: None,
            comment: None,
            skip: 0,
            missing: &[],
            keep: &EVERY_ROW,
            shape: Shape::PLAIN,
        }
    }
}

impl Reading<'_> {
    /// The dotted path of one setting of the section.
    pub fn setting(&self, key: &str) -> String {
        format!("stages.ingest.{}.{key}", self.role)
    }

    /// The format that the settings or the extension name; delimited text where neither does.
    pub fn format(&self) -> Format {
        self.format.or_else(|| Format::of(self.file)).unwrap_or(Format::Csv)
    }

    /// The marks within numbers. Numbers that the format itself stores have a decimal point and no other mark.
    pub fn marks(&self) -> Marks {
        match self.format() {
            format if format.is_text() || format.is_workbook() || format.is_exchange() => {
                Marks { decimal: self.decimal, thousands: self.thousands }
            }
            _ => Marks::default(),
        }
    }

    /// Whether `text` is a code that the settings declare to mean "missing".
    pub fn declares_missing(&self, text: &str) -> bool {
        self.missing.iter().any(|code| code == text)
    }

    /// The delimiter that the settings fix; none where it is to be detected.
    pub fn fixed_delimiter(&self) -> Option<Delimiter> {
        let tabs = self.format() == Format::Tsv;
        self.delimiter.or(tabs.then_some(Delimiter::TAB))
    }
}
