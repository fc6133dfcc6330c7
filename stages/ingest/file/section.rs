//! A file's section: a map, or simply the file's name where nothing else needs saying (`panel: panel.csv`).
//!
//! The settings that every file has are written into each section by a macro: serde's `flatten` would lose names and places.

use std::marker::PhantomData;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::value::{MapAccessDeserializer, MapDeserializer};
use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};

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
pub(in crate::ingest) use section;

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
