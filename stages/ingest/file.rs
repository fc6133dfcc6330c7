//! How one file of the study is to be read: the settings that every file has, beside its own.
//!
//! A file's section is a map, or simply the file's name where nothing else needs saying (`panel: panel.csv`). The
//! common settings are written into each section by a macro: serde's `flatten` would lose names and places.

use std::collections::BTreeMap;
use std::marker::PhantomData;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::value::{MapAccessDeserializer, MapDeserializer};
use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};
use serde::{Deserialize as DeriveDeserialize, Serialize};

use super::number::Marks;
use super::shape::{Shape, Wanted};

/// What kind of file it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, DeriveDeserialize, JsonSchema)]
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

/// The encoding of a text file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, DeriveDeserialize, JsonSchema)]
pub enum Encoding {
    #[serde(rename = "utf-8")]
    Utf8,
    #[serde(rename = "utf-16")]
    Utf16,
    #[serde(rename = "windows-1252")]
    Windows1252,
}

/// The mark between the whole part and the fraction of a number.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, DeriveDeserialize, JsonSchema)]
pub enum Decimal {
    #[default]
    #[serde(rename = ".")]
    Point,
    #[serde(rename = ",")]
    Comma,
}

/// The mark between groups of three digits of a number's whole part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, DeriveDeserialize, JsonSchema)]
pub enum Thousands {
    #[serde(rename = ",")]
    Comma,
    #[serde(rename = ".")]
    Point,
    /// A space, also one that does not break, and the narrow ones.
    #[serde(rename = " ")]
    Space,
    /// An apostrophe, straight or typographic.
    #[serde(rename = "'")]
    Apostrophe,
}

/// The mark between two cells: one ASCII character, or the word `tab`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, DeriveDeserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Delimiter(u8);

impl Delimiter {
    pub const TAB: Delimiter = Delimiter(b'\t');

    pub fn byte(self) -> u8 {
        self.0
    }
}

impl TryFrom<String> for Delimiter {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        match text.as_bytes() {
            b"tab" => Ok(Delimiter::TAB),
            [byte] if byte.is_ascii() && !byte.is_ascii_alphanumeric() && !b"\"\r\n\0".contains(byte) => {
                Ok(Delimiter(*byte))
            }
            _ => Err(format!("`{text}` is not a delimiter: one character such as `,` or `;`, or the word `tab`")),
        }
    }
}

impl From<Delimiter> for String {
    fn from(delimiter: Delimiter) -> String {
        if delimiter == Delimiter::TAB { "tab".into() } else { char::from(delimiter.0).to_string() }
    }
}

impl JsonSchema for Delimiter {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Delimiter".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "string", "pattern": "^(tab|[^A-Za-z0-9])$"})
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

/// Declares the section of one file: its own settings beside those that every file has.
macro_rules! section {
    ($(#[$doc:meta])* $name:ident $role:literal { $($fields:tt)* }) => {
        $crate::ingest::file::section! { $(#[$doc])* $name $role shape |_| $crate::ingest::shape::Shape::PLAIN, { $($fields)* } }
    };
    ($(#[$doc:meta])* $name:ident $role:literal shape $shape:expr, { $($(#[$field_doc:meta])* $field:ident : $type:ty,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
        #[serde(deny_unknown_fields)]
        pub struct $name {
            /// The file, relative to the study's data folder.
            pub file: String,
            $($(#[$field_doc])* pub $field: $type,)*
            /// What kind of file it is. Default: by the file's extension.
            #[serde(default)]
            pub format: Option<$crate::ingest::file::Format>,
            /// The sheet of a workbook, or the member of a SAS transport file, by its name. Default: the only one that
            /// holds anything.
            #[serde(default)]
            pub sheet: Option<String>,
            /// The cells of the sheet that are the table, as `A3:F40` or by a name defined in the workbook, the header
            /// included. Default: all.
            #[serde(default)]
            pub range: Option<String>,
            /// The mark between cells: one character, or `tab`. Default: detected among `,`, `;` and tab.
            #[serde(default)]
            pub delimiter: Option<$crate::ingest::file::Delimiter>,
            /// utf-8, utf-16 or windows-1252. Default: what the byte-order mark says, else utf-8.
            #[serde(default)]
            pub encoding: Option<$crate::ingest::file::Encoding>,
            /// The decimal mark, `.` or `,`. Default: `.`; never guessed.
            #[serde(default)]
            pub decimal: $crate::ingest::file::Decimal,
            /// The mark between thousands: `,`, `.`, a space or `'`. Default: none; never guessed.
            #[serde(default)]
            pub thousands: Option<$crate::ingest::file::Thousands>,
            /// What a line begins with that is no row but a remark, for example `#`. Default: none.
            #[serde(default)]
            pub comment: Option<String>,
            /// How many lines (of a workbook: rows) stand above the header and are no part of the table. Default: 0.
            #[serde(default)]
            pub skip: u64,
            /// Cells that mean "missing", beside the empty cell, NA and NaN. Default: none.
            #[serde(default)]
            pub missing: Vec<String>,
            /// Reads only the rows whose cells are as given, by header: a value, a list of values, `""` for an empty
            /// cell. Default: every row.
            #[serde(default, rename = "where")]
            pub keep: std::collections::BTreeMap<String, $crate::ingest::shape::Wanted>,
        }

        impl $name {
            /// How the file is to be read.
            pub fn reading(&self) -> $crate::ingest::file::Reading<'_> {
                $crate::ingest::file::Reading {
                    role: $role,
                    file: &self.file,
                    format: self.format,
                    sheet: self.sheet.as_deref(),
                    range: self.range.as_deref(),
                    delimiter: self.delimiter,
                    encoding: self.encoding,
                    decimal: self.decimal,
                    thousands: self.thousands,
                    comment: self.comment.as_deref(),
                    skip: self.skip,
                    missing: &self.missing,
                    keep: &self.keep,
                    shape: ($shape)(self),
                }
            }
        }
    };
}
pub(super) use section;

/// Reads a section that may be left out: nothing, a file's name, or a map.
pub fn optional<'de, D: Deserializer<'de>, T: Deserialize<'de>>(from: D) -> Result<Option<T>, D::Error> {
    from.deserialize_any(FileOrMap(PhantomData))
}

/// Reads a section that must be there: a file's name, or a map.
pub fn required<'de, D: Deserializer<'de>, T: Deserialize<'de>>(from: D) -> Result<T, D::Error> {
    optional(from)?.ok_or_else(|| D::Error::custom("a file is needed here: its name, or a map with `file:`"))
}

struct FileOrMap<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for FileOrMap<T> {
    type Value = Option<T>;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a file's name, or a map with `file:` and settings")
    }
    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }
    fn visit_str<E: Error>(self, file: &str) -> Result<Self::Value, E> {
        T::deserialize(MapDeserializer::new(std::iter::once(("file", file)))).map(Some)
    }
    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        T::deserialize(MapAccessDeserializer::new(map)).map(Some)
    }
}

/// The JSON schema of a section that may be left out.
pub fn optional_schema<T: JsonSchema>(generator: &mut SchemaGenerator) -> Schema {
    let map = generator.subschema_for::<T>();
    json_schema!({"anyOf": [{"type": "string"}, map, {"type": "null"}]})
}

/// The JSON schema of a section that must be there.
pub fn required_schema<T: JsonSchema>(generator: &mut SchemaGenerator) -> Schema {
    let map = generator.subschema_for::<T>();
    json_schema!({"anyOf": [{"type": "string"}, map]})
}
