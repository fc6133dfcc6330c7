//! Which way a table lies in its file, and which of its rows are read.

use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Deserialize, Deserializer, Error, SeqAccess, Visitor};
use serde::{Deserialize as DeriveDeserialize, Serialize};

/// Where something stands in a file: each in a row of its own, or each in a column.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, DeriveDeserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Across {
    /// Each in a row of its own.
    #[default]
    Rows,
    /// Each in a column of its own.
    Columns,
}

/// Which way a table lies in its file.
///
/// In a table that lies on its side every column is a record. The column `names` says what each row is; it becomes the
/// header, and the file's header becomes a column that is called `id`, unless a row is called so.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Shape<'a> {
    /// Whether it lies on its side.
    pub turned: bool,
    /// The header of the column that names the rows; nothing where no row has to be known by its name.
    pub names: &'a str,
    /// What the file's header is called once the table is turned.
    pub id: &'a str,
    /// The names of rows and columns that are no records.
    pub beside: &'a [String],
    /// How many rows of the samples' facts stand above the header.
    pub above: usize,
}

impl Shape<'_> {
    /// A header above records.
    pub const PLAIN: Shape<'static> = Shape { turned: false, names: "", id: "", beside: &[], above: 0 };
}

/// What a cell must hold for its row to be read: one of these texts, `""` for an empty cell.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Wanted(Vec<String>);

impl Wanted {
    /// Whether a cell's text, without the spaces around it, is one of them.
    pub fn admits(&self, text: &str) -> bool {
        self.0.iter().any(|wanted| wanted == text)
    }

    /// The texts.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }
}

impl<'de> Deserialize<'de> for Wanted {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(OneOrSeveral)
    }
}

struct OneOrSeveral;

impl<'de> Visitor<'de> for OneOrSeveral {
    type Value = Wanted;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a cell's text, or a list of such")
    }
    fn visit_unit<E: Error>(self) -> Result<Wanted, E> {
        Ok(Wanted(vec![String::new()]))
    }
    fn visit_str<E: Error>(self, text: &str) -> Result<Wanted, E> {
        Ok(Wanted(vec![text.trim().to_owned()]))
    }
    fn visit_bool<E: Error>(self, value: bool) -> Result<Wanted, E> {
        Ok(Wanted(vec![value.to_string()]))
    }
    fn visit_i64<E: Error>(self, value: i64) -> Result<Wanted, E> {
        Ok(Wanted(vec![value.to_string()]))
    }
    fn visit_u64<E: Error>(self, value: u64) -> Result<Wanted, E> {
        Ok(Wanted(vec![value.to_string()]))
    }
    fn visit_f64<E: Error>(self, value: f64) -> Result<Wanted, E> {
        Ok(Wanted(vec![value.to_string()]))
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Wanted, A::Error> {
        let mut texts = Vec::new();
        while let Some(Wanted(one)) = list.next_element::<Wanted>()? {
            texts.extend(one);
        }
        if texts.is_empty() {
            return Err(A::Error::custom("an empty list: no row could be read; name at least one value"));
        }
        Ok(Wanted(texts))
    }
}

impl JsonSchema for Wanted {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Wanted".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let one = json_schema!({"type": ["string", "number", "boolean", "null"]});
        json_schema!({"description": "What a cell must hold for its row to be read: one text, or one of a list.", "anyOf": [one, {"type": "array", "minItems": 1, "items": one}]})
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_value_of_any_kind_or_a_list_is_read_as_the_texts_of_cells() {
        let read = |json: &str| serde_json::from_str::<Wanted>(json);
        assert_eq!(read("\"\"").unwrap(), read("null").unwrap());
        assert!(read("1").unwrap().admits("1") && !read("1").unwrap().admits("1.0"));
        assert!(read("[\"baseline_arm_1\", 2, true]").unwrap().admits("true"));
        assert!(read("[]").is_err() && read("{\"a\": 1}").is_err());
    }
}
