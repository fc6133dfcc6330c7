//! Numbers that refuse bad values once: whoever takes one holds the proof.

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

macro_rules! quantity {
    ($(#[$doc:meta])* $name:ident, $title:literal, $test:expr, $schema:tt) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Serialize, Deserialize)]
        #[serde(try_from = "f64", into = "f64")]
        pub struct $name(f64);

        impl $name {
            pub fn new(value: f64) -> Option<Self> {
                let valid: fn(f64) -> bool = $test;
                valid(value).then_some($name(value))
            }

            pub fn get(self) -> f64 {
                self.0
            }
        }

        impl TryFrom<f64> for $name {
            type Error = String;
            fn try_from(value: f64) -> Result<Self, String> {
                Self::new(value).ok_or_else(|| format!("{value} is not {}", $title))
            }
        }

        impl From<$name> for f64 {
            fn from(value: $name) -> f64 {
                value.0
            }
        }

        impl JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }
            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                let mut schema = json_schema!($schema);
                schema.insert("description".to_owned(), concat!("Must be ", $title, ".").into());
                schema
            }
        }
    };
}

quantity! {
    /// A share of a whole, bounds included.
    Fraction, "a fraction from 0 to 1", |v| (0.0..=1.0).contains(&v),
    {"type": "number", "minimum": 0, "maximum": 1}
}
quantity! {
    /// A probability strictly between 0 and 1: a confidence level, a significance level.
    Probability, "a probability strictly between 0 and 1", |v| v > 0.0 && v < 1.0,
    {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1}
}
quantity! {
    /// A finite number of at least zero.
    NonNegative, "a finite number of at least 0", |v| v >= 0.0 && v.is_finite(),
    {"type": "number", "minimum": 0}
}
quantity! {
    /// A finite number above zero.
    Positive, "a finite number above 0", |v| v > 0.0 && v.is_finite(),
    {"type": "number", "exclusiveMinimum": 0}
}
quantity! {
    /// A finite number.
    Finite, "a finite number", f64::is_finite,
    {"type": "number"}
}

/// The smallest and the largest value that are allowed, bounds included: `[18, 90]`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "[f64; 2]", into = "[f64; 2]")]
#[schemars(with = "[f64; 2]")]
pub struct Range([f64; 2]);

impl Range {
    pub fn new(low: f64, high: f64) -> Option<Self> {
        (low.is_finite() && high.is_finite() && low <= high).then_some(Range([low, high]))
    }

    pub fn low(self) -> f64 {
        self.0[0]
    }

    pub fn high(self) -> f64 {
        self.0[1]
    }

    pub fn contains(self, value: f64) -> bool {
        (self.low()..=self.high()).contains(&value)
    }
}

impl TryFrom<[f64; 2]> for Range {
    type Error = String;
    fn try_from([low, high]: [f64; 2]) -> Result<Self, String> {
        Self::new(low, high)
            .ok_or_else(|| format!("[{low}, {high}] is not a range: two finite numbers, the smaller first"))
    }
}

impl From<Range> for [f64; 2] {
    fn from(range: Range) -> [f64; 2] {
        range.0
    }
}
