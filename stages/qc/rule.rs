//! A rule's limit and what happens where it fails: a number, or a map with `on_fail`.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Error, MapAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// What happens to what fails a rule.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum OnFail {
    /// It is left out of everything after.
    #[default]
    Exclude,
    /// It stays, and a finding says so.
    Flag,
    /// The run stops, as for any bad input.
    Stop,
}

/// A limit with what happens beyond it: `0.3`, or `{max: 0.3, on_fail: flag}` (`min` where `MIN` is true).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rule<Q, const MIN: bool = false> {
    /// The limit, itself still good.
    pub limit: Q,
    /// What happens beyond it; the stage's `on_fail` where the rule says nothing.
    pub on_fail: Option<OnFail>,
}

/// A rule on the largest value allowed.
pub type AtMost<Q> = Rule<Q, false>;
/// A rule on the smallest value allowed.
pub type AtLeast<Q> = Rule<Q, true>;

impl<Q, const MIN: bool> Rule<Q, MIN> {
    const KEY: &'static str = if MIN { "min" } else { "max" };
    const KEYS: &'static [&'static str] = if MIN { &["min", "on_fail"] } else { &["max", "on_fail"] };
}

impl<Q: Serialize, const MIN: bool> Serialize for Rule<Q, MIN> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(2))?;
        map.serialize_entry(Self::KEY, &self.limit)?;
        map.serialize_entry("on_fail", &self.on_fail)?;
        map.end()
    }
}

impl<'de, Q, const MIN: bool> Deserialize<'de> for Rule<Q, MIN>
where
    Q: Deserialize<'de> + TryFrom<f64, Error = String>,
{
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NumberOrMap::<Q, MIN>(PhantomData))
    }
}

struct NumberOrMap<Q, const MIN: bool>(PhantomData<Q>);

impl<'de, Q, const MIN: bool> Visitor<'de> for NumberOrMap<Q, MIN>
where
    Q: Deserialize<'de> + TryFrom<f64, Error = String>,
{
    type Value = Rule<Q, MIN>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "a number, or a map with `{}` and `on_fail`", Rule::<Q, MIN>::KEY)
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Self::Value, E> {
        Ok(Rule { limit: Q::try_from(value).map_err(E::custom)?, on_fail: None })
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Self::Value, E> {
        self.visit_f64(value as f64)
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Self::Value, E> {
        self.visit_f64(value as f64)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let (mut limit, mut on_fail) = (None, None);
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "on_fail" => on_fail = map.next_value()?,
                key if key == Rule::<Q, MIN>::KEY => limit = Some(map.next_value()?),
                other => return Err(A::Error::unknown_field(other, Rule::<Q, MIN>::KEYS)),
            }
        }
        let limit = limit.ok_or_else(|| A::Error::missing_field(Rule::<Q, MIN>::KEY))?;
        Ok(Rule { limit, on_fail })
    }
}

impl<Q: JsonSchema, const MIN: bool> JsonSchema for Rule<Q, MIN> {
    fn schema_name() -> Cow<'static, str> {
        format!("{}{}Rule", Q::schema_name(), if MIN { "AtLeast" } else { "AtMost" }).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let (limit, on_fail) = (generator.subschema_for::<Q>(), generator.subschema_for::<Option<OnFail>>());
        let (mut bound, mut otherwise) = (limit.clone(), on_fail);
        let largest = if MIN { "smallest" } else { "largest" };
        bound.insert("description".to_owned(), format!("The {largest} value that is still good.").into());
        let words = "What happens to what fails this rule. Default: the stage's `on_fail`.";
        otherwise.insert("description".to_owned(), words.into());
        let form = format!("A limit, or a map of it: `{{{}: NUMBER, on_fail: exclude | flag | stop}}`.", Self::KEY);
        json_schema!({"description": form, "oneOf": [limit, {
            "type": "object",
            "properties": {Self::KEY: bound, "on_fail": otherwise},
            "required": [Self::KEY],
            "additionalProperties": false,
        }]})
    }
}
