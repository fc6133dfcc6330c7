//! Which visits: the word `all`, or a list of names.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Error, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Which visits: the word `all`, or a list of names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Visits {
    /// Every visit.
    #[default]
    All,
    /// These visits; they are taken in the declared order.
    Named(Vec<String>),
}

impl Visits {
    /// Whether a visit is among them.
    pub fn contains(&self, visit: &str) -> bool {
        match self {
            Visits::All => true,
            Visits::Named(names) => names.iter().any(|name| name == visit),
        }
    }

    /// The names, where they are listed.
    pub fn named(&self) -> &[String] {
        match self {
            Visits::All => &[],
            Visits::Named(names) => names,
        }
    }
}

impl Serialize for Visits {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Visits::All => serializer.serialize_str("all"),
            Visits::Named(names) => names.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for Visits {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AllOrList)
    }
}

struct AllOrList;

impl<'de> Visitor<'de> for AllOrList {
    type Value = Visits;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("`all` or a list of visits")
    }

    fn visit_str<E: Error>(self, word: &str) -> Result<Visits, E> {
        if word == "all" {
            return Ok(Visits::All);
        }
        Err(E::custom(format!("`{word}` is neither `all` nor a list of visits; write [{word}] for that one visit")))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Visits, A::Error> {
        let mut names = Vec::new();
        while let Some(name) = items.next_element()? {
            names.push(name);
        }
        Ok(Visits::Named(names))
    }
}

impl JsonSchema for Visits {
    fn schema_name() -> Cow<'static, str> {
        "Visits".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"description": "Which visits: the word `all`, or a list of names.", "oneOf": [
            {"const": "all", "description": "Every visit."},
            {"type": "array", "items": {"type": "string"}, "description": "These visits, in the declared order."}
        ]})
    }
}
