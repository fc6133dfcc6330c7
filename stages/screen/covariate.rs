//! A covariate of a model: a column as it is, as a smooth curve, or as categories.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};
use serde::ser::{Serialize, SerializeMap, Serializer};

/// How a participant column enters a model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Covariate {
    /// As it is declared: a number as a line, a category by its levels.
    Column(String),
    /// A natural cubic spline with this many degrees of freedom.
    Spline { column: String, df: u8 },
    /// Each distinct value of a number or a count as a level, the smallest first.
    Category(String),
}

impl Covariate {
    /// The participant column that it is made of.
    pub fn column(&self) -> &str {
        match self {
            Covariate::Column(column) | Covariate::Category(column) | Covariate::Spline { column, .. } => column,
        }
    }

    /// The covariate in the words of the configuration: `age`, `spline(age, 3)`, `category(visits)`.
    pub fn label(&self) -> String {
        match self {
            Covariate::Column(column) => column.clone(),
            Covariate::Spline { column, df } => format!("spline({column}, {df})"),
            Covariate::Category(column) => format!("category({column})"),
        }
    }
}

impl Serialize for Covariate {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Covariate::Column(column) => serializer.serialize_str(column),
            Covariate::Spline { column, df } => {
                let mut map = serializer.serialize_map(Some(2))?;
                map.serialize_entry("spline", column)?;
                map.serialize_entry("df", df)?;
                map.end()
            }
            Covariate::Category(column) => {
                let mut map = serializer.serialize_map(Some(1))?;
                map.serialize_entry("category", column)?;
                map.end()
            }
        }
    }
}

impl<'de> Deserialize<'de> for Covariate {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NameOrMap)
    }
}

struct NameOrMap;

impl<'de> Visitor<'de> for NameOrMap {
    type Value = Covariate;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a column's name, {spline: COLUMN, df: NUMBER} or {category: COLUMN}")
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<Covariate, E> {
        Ok(Covariate::Column(name.to_owned()))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Covariate, A::Error> {
        let (mut spline, mut df, mut category) = (None::<String>, None::<u8>, None::<String>);
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "spline" => spline = Some(map.next_value()?),
                "df" => df = Some(map.next_value()?),
                "category" => category = Some(map.next_value()?),
                other => return Err(A::Error::unknown_field(other, &["spline", "df", "category"])),
            }
        }
        match (spline, df, category) {
            (Some(column), df, None) => Ok(Covariate::Spline { column, df: df.unwrap_or(3) }),
            (None, None, Some(column)) => Ok(Covariate::Category(column)),
            _ => Err(A::Error::custom("a covariate is a name, {spline: COLUMN, df: NUMBER} or {category: COLUMN}")),
        }
    }
}

impl JsonSchema for Covariate {
    fn schema_name() -> Cow<'static, str> {
        "Covariate".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"description": "A covariate of a model: a column as it is, as a smooth curve, or as categories.", "oneOf": [
            {"type": "string", "description": "A declared participant column, baseline_score or baseline_level."},
            {
                "type": "object",
                "description": "A natural cubic spline of a number.",
                "properties": {
                    "spline": {"type": "string", "description": "The column, a number or a count."},
                    "df": {
                        "type": "integer", "minimum": 1, "maximum": 10, "default": 3,
                        "description": "Degrees of freedom, from 1, a straight line, to 10. Default: 3."
                    }
                },
                "required": ["spline"],
                "additionalProperties": false
            },
            {
                "type": "object",
                "description": "Each distinct value of a number or a count as a level.",
                "properties": {"category": {"type": "string", "description": "The column, a number or a count."}},
                "required": ["category"],
                "additionalProperties": false
            }
        ]})
    }
}
