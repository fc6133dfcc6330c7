//! A number as it was printed: its digits matter, so it is text.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Deserialize, Deserializer, Error, Visitor};
use serde::{Serialize, Serializer};

/// A decimal number as printed, for example `30.60`.
///
/// Read from text, or from a bare whole number. A bare `30.60` is refused: YAML reads it as 30.6, and the number of
/// printed digits, which decides the comparison, would be lost without a word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Printed(String);

impl Printed {
    /// Reads an optional sign, digits, and at most one point between them.
    pub fn parse(text: &str) -> Option<Self> {
        let plain = text.trim().replace('\u{2212}', "-");
        let digits = plain.strip_prefix(['-', '+']).unwrap_or(&plain);
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
        let all_digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        let valid = all_digits(fraction) && (all_digits(whole) || whole.is_empty() && digits.contains('.'));
        valid.then(|| Printed(text.trim().to_owned()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The number of digits after the point.
    pub fn decimals(&self) -> usize {
        self.0.split_once('.').map_or(0, |(_, fraction)| fraction.len())
    }

    /// Rounds a computed value to the printed digits.
    pub fn round(&self, computed: f64) -> String {
        canonical(&format!("{computed:.*}", self.decimals()))
    }

    /// Whether the computed value, rounded to the printed digits, is the printed number.
    pub fn agrees(&self, computed: f64) -> bool {
        computed.is_finite() && self.round(computed) == canonical(&self.0)
    }
}

/// One spelling per number: no plus, no zeros before the first digit, no minus before zero.
fn canonical(text: &str) -> String {
    let plain = text.replace('\u{2212}', "-");
    let negative = plain.starts_with('-');
    let digits = plain.trim_start_matches(['-', '+']).trim_start_matches('0');
    let digits = if digits.is_empty() || digits.starts_with('.') { format!("0{digits}") } else { digits.to_owned() };
    let zero = digits.bytes().all(|b| b == b'0' || b == b'.');
    if negative && !zero { format!("-{digits}") } else { digits }
}

impl Serialize for Printed {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Printed {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(PrintedVisitor)
    }
}

struct PrintedVisitor;

impl Visitor<'_> for PrintedVisitor {
    type Value = Printed;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number in quotes, as printed, for example \"30.6\"")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Printed, E> {
        let refuse = || E::custom(format!("`{text}` is not a decimal number as printed, for example \"30.6\""));
        Printed::parse(text).ok_or_else(refuse)
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Printed, E> {
        Ok(Printed(value.to_string()))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Printed, E> {
        Ok(Printed(value.to_string()))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Printed, E> {
        Err(E::custom(format!("put quotes around the printed number, \"{value}\", so that its digits are kept")))
    }
}

impl JsonSchema for Printed {
    fn schema_name() -> Cow<'static, str> {
        "Printed".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"description": "A number in quotes, as it was printed: \"30.6\".", "type": ["string", "integer"], "pattern": r"^[-+\u2212]?(\d+(\.\d+)?|\.\d+)$"})
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_computed_value_agrees_when_it_rounds_to_the_printed_digits() {
        let printed = |text: &str| Printed::parse(text).expect("a number");
        assert!(printed("26.7").agrees(100.0 * 8.0 / 30.0));
        assert!(!printed("26.70").agrees(26.74));
        assert!(printed(".005").agrees(0.00472));
        assert!(printed("0.0").agrees(-0.01));
        assert!(printed("\u{2212}1.4").agrees(-1.35001));
        assert!(!printed("1.35").agrees(f64::NAN));
    }

    #[test]
    fn a_bare_number_with_a_fraction_is_refused_since_yaml_drops_its_last_zeros() {
        let read = serde_json::from_str::<Printed>;
        assert_eq!(read("\"30.60\"").expect("text").as_str(), "30.60");
        assert_eq!(read("30").expect("a whole number").as_str(), "30");
        assert!(read("30.6").expect_err("digits lost").to_string().contains("quotes"));
        assert!(read("\"1.2.3\"").is_err() && read("\"about 5\"").is_err() && read("\".\"").is_err());
    }
}
