//! How text is written: its encoding, the mark between cells, and the marks within numbers.

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

/// The encoding of a text file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum Encoding {
    /// UTF-8, with a byte-order mark or without.
    #[serde(rename = "utf-8")]
    Utf8,
    /// UTF-16, by its byte-order mark.
    #[serde(rename = "utf-16")]
    Utf16,
    /// Windows-1252, which older programs of Western Europe write; ISO 8859-1 is a part of it.
    #[serde(rename = "windows-1252")]
    Windows1252,
}

/// The mark between the whole part and the fraction of a number.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum Decimal {
    /// A point: 1.5.
    #[default]
    #[serde(rename = ".")]
    Point,
    /// A comma: 1,5.
    #[serde(rename = ",")]
    Comma,
}

/// The mark between groups of three digits of a number's whole part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum Thousands {
    /// A comma: 1,000.
    #[serde(rename = ",")]
    Comma,
    /// A point: 1.000.
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
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
        json_schema!({
            "type": "string", "pattern": "^(tab|[^A-Za-z0-9])$",
            "description": "The mark between two cells: one ASCII character, or the word `tab`."
        })
    }
}
