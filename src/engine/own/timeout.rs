//! How long a command may take: `90 s`, `10 min`, `2 h`, or a number of seconds.

use std::borrow::Cow;
use std::fmt;
use std::time::Duration;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Deserialize, Deserializer, Error, Visitor};
use serde::{Serialize, Serializer};

/// The longest time that can be meant: thirty days, in seconds.
const LONGEST: f64 = 30.0 * 24.0 * 3600.0;
const UNITS: [(&str, f64); 8] = [
    ("seconds", 1.0),
    ("sec", 1.0),
    ("s", 1.0),
    ("minutes", 60.0),
    ("min", 60.0),
    ("hours", 3600.0),
    ("h", 3600.0),
    ("", 1.0),
];

/// A time above 0 and of at most 30 days, in seconds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Timeout(f64);

impl Timeout {
    fn of_seconds(seconds: f64) -> Result<Timeout, String> {
        let fits = seconds > 0.0 && seconds <= LONGEST;
        fits.then_some(Timeout(seconds)).ok_or_else(|| format!("{seconds} s is not above 0 and at most 30 days"))
    }

    fn parse(text: &str) -> Result<Timeout, String> {
        let text = text.trim();
        let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
        let (number, unit) = (&text[..end], text[end..].trim());
        let unit = UNITS.iter().find(|(name, _)| *name == unit);
        match (number.parse::<f64>(), unit) {
            (Ok(number), Some((_, seconds))) => Timeout::of_seconds(number * seconds),
            _ => Err(format!("`{text}` is not a time such as `90 s`, `10 min` or `2 h`")),
        }
    }

    pub fn duration(self) -> Duration {
        Duration::from_secs_f64(self.0)
    }
}

impl fmt::Display for Timeout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            s if s >= 3600.0 && s % 3600.0 == 0.0 => write!(f, "{} h", s / 3600.0),
            s if s >= 60.0 && s % 60.0 == 0.0 => write!(f, "{} min", s / 60.0),
            s => write!(f, "{s} s"),
        }
    }
}

impl Serialize for Timeout {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.to_string())
    }
}

impl<'de> Deserialize<'de> for Timeout {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Time;
        impl Visitor<'_> for Time {
            type Value = Timeout;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a time such as `90 s`, `10 min` or `2 h`")
            }
            fn visit_str<E: Error>(self, text: &str) -> Result<Timeout, E> {
                Timeout::parse(text).map_err(E::custom)
            }
            fn visit_u64<E: Error>(self, seconds: u64) -> Result<Timeout, E> {
                Timeout::of_seconds(seconds as f64).map_err(E::custom)
            }
            fn visit_i64<E: Error>(self, seconds: i64) -> Result<Timeout, E> {
                Timeout::of_seconds(seconds as f64).map_err(E::custom)
            }
            fn visit_f64<E: Error>(self, seconds: f64) -> Result<Timeout, E> {
                Timeout::of_seconds(seconds).map_err(E::custom)
            }
        }
        deserializer.deserialize_any(Time)
    }
}

impl JsonSchema for Timeout {
    fn schema_name() -> Cow<'static, str> {
        "Timeout".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"description": "A time above 0 and of at most 30 days.", "oneOf": [
            {"type": "string", "description": "A time such as `90 s`, `10 min` or `2 h`."},
            {"type": "number", "exclusiveMinimum": 0, "maximum": LONGEST, "description": "Seconds."}
        ]})
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_with_their_units_and_nonsense_is_refused() {
        let read = |text: &str| Timeout::parse(text).map(|time| (time.duration().as_secs_f64(), time.to_string()));
        assert_eq!(read("10 min"), Ok((600.0, "10 min".into())));
        assert_eq!(read("90s"), Ok((90.0, "90 s".into())));
        assert_eq!(read("1.5 h"), Ok((5400.0, "90 min".into())));
        assert_eq!(read("7"), Ok((7.0, "7 s".into())));
        for text in ["", "0 s", "-1 s", "31 days", "800 h", "min", "1e3 s", "NaN"] {
            assert!(read(text).is_err(), "{text}");
        }
    }
}
