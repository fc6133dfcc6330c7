//! How one file of the study is to be read: the settings that every file has, beside its own.
//!
//! A file's section is a map, or simply the file's name where nothing else needs saying (`panel: panel.csv`). The
//! common settings are written into each section by a macro: serde's `flatten` would lose names and places.

use std::marker::PhantomData;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::value::{MapAccessDeserializer, MapDeserializer};
use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};
use serde::{Deserialize as DeriveDeserialize, Serialize};

/// What kind of file it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, DeriveDeserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// Text whose delimiter is detected or given.
    Csv,
    /// Text separated by tabs.
    Tsv,
    /// Part of the contract and not built yet.
    Parquet,
    /// Part of the contract and not built yet.
    Xlsx,
    /// Part of the contract and not built yet.
    Ods,
}

impl Format {
    /// The format that a file's extension names; none for an extension that names no format.
    pub fn of(file: &str) -> Option<Format> {
        match file.rsplit_once('.')?.1.to_lowercase().as_str() {
            "csv" | "txt" => Some(Format::Csv),
            "tsv" | "tab" => Some(Format::Tsv),
            "parquet" => Some(Format::Parquet),
            "xlsx" => Some(Format::Xlsx),
            "ods" => Some(Format::Ods),
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
        }
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
    pub delimiter: Option<Delimiter>,
    pub encoding: Option<Encoding>,
    pub decimal: Decimal,
    pub missing: &'a [String],
}

impl Reading<'_> {
    /// The dotted path of one setting of the section.
    pub fn setting(&self, key: &str) -> String {
        format!("stages.ingest.{}.{key}", self.role)
    }

    /// The delimiter that the settings fix; none where it is to be detected.
    pub fn fixed_delimiter(&self) -> Option<Delimiter> {
        let tabs = self.format.or_else(|| Format::of(self.file)) == Some(Format::Tsv);
        self.delimiter.or(tabs.then_some(Delimiter::TAB))
    }
}

/// Declares the section of one file: its own settings beside those that every file has.
macro_rules! section {
    ($(#[$doc:meta])* $name:ident $role:literal { $($(#[$field_doc:meta])* $field:ident : $type:ty,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
        #[serde(deny_unknown_fields)]
        pub struct $name {
            /// The file, relative to the study's data folder.
            pub file: String,
            $($(#[$field_doc])* pub $field: $type,)*
            /// csv or tsv; parquet, xlsx and ods are not built yet. Default: by the file's extension.
            #[serde(default)]
            pub format: Option<$crate::ingest::file::Format>,
            /// The sheet of a workbook; not built yet.
            #[serde(default)]
            pub sheet: Option<String>,
            /// The mark between cells: one character, or `tab`. Default: detected among `,`, `;` and tab.
            #[serde(default)]
            pub delimiter: Option<$crate::ingest::file::Delimiter>,
            /// utf-8, utf-16 or windows-1252. Default: what the byte-order mark says, else utf-8.
            #[serde(default)]
            pub encoding: Option<$crate::ingest::file::Encoding>,
            /// The decimal mark, `.` or `,`. Default: `.`; never guessed.
            #[serde(default)]
            pub decimal: $crate::ingest::file::Decimal,
            /// Cells that mean "missing", beside the empty cell, NA and NaN. Default: none.
            #[serde(default)]
            pub missing: Vec<String>,
        }

        impl $name {
            /// How the file is to be read.
            pub fn reading(&self) -> $crate::ingest::file::Reading<'_> {
                $crate::ingest::file::Reading {
                    role: $role,
                    file: &self.file,
                    format: self.format,
                    sheet: self.sheet.as_deref(),
                    delimiter: self.delimiter,
                    encoding: self.encoding,
                    decimal: self.decimal,
                    missing: &self.missing,
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
