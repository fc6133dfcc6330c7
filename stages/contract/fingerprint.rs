//! The canonical form of settings: equal settings have equal bytes, however they were written.
//!
//! Settings are encoded after they were resolved, so comments, the order of keys, white space and a default written
//! out never matter. Every part carries its type and its length, so no two different values share an encoding
//! (`["ab"]` and `["a", "b"]` differ). Floats are encoded by their bits.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

/// Settings that can enter a stage's key.
pub trait Fingerprinted {
    /// The resolved settings, defaults filled in.
    fn settings(&self) -> Value;
}

impl<T: Serialize> Fingerprinted for T {
    fn settings(&self) -> Value {
        serde_json::to_value(self).expect("settings are maps with text keys and finite numbers")
    }
}

/// Encodes a value: one tag byte, the length as eight little-endian bytes, the content.
pub fn encode(value: &Value) -> Vec<u8> {
    let (tag, content) = match value {
        Value::Null => (b'0', Vec::new()),
        Value::Bool(flag) => (b'b', vec![u8::from(*flag)]),
        Value::Number(number) => encode_number(number),
        Value::String(text) => (b's', text.as_bytes().to_vec()),
        Value::Array(items) => (b'a', items.iter().flat_map(encode).collect()),
        Value::Object(map) => {
            let sorted: BTreeMap<_, _> = map.iter().collect();
            let entries = sorted.into_iter();
            (b'o', entries.flat_map(|(key, value)| [part(b's', key.as_bytes()), encode(value)].concat()).collect())
        }
    };
    part(tag, &content)
}

/// One length-prefixed part.
pub fn part(tag: u8, content: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(content.len() + 9);
    bytes.push(tag);
    bytes.extend_from_slice(&(content.len() as u64).to_le_bytes());
    bytes.extend_from_slice(content);
    bytes
}

fn encode_number(number: &serde_json::Number) -> (u8, Vec<u8>) {
    match (number.as_u64(), number.as_i64(), number.as_f64()) {
        (Some(n), _, _) => (b'i', i128::from(n).to_le_bytes().to_vec()),
        (_, Some(n), _) => (b'i', i128::from(n).to_le_bytes().to_vec()),
        (_, _, number) => (b'f', number.unwrap_or(f64::NAN).to_bits().to_le_bytes().to_vec()),
    }
}

/// The settings as dotted paths below `prefix`, for saying which one changed. Lists stay whole.
pub fn flatten(prefix: &str, value: &Value) -> BTreeMap<String, Value> {
    match value {
        Value::Object(map) if !map.is_empty() => {
            map.iter().flat_map(|(key, value)| flatten(&format!("{prefix}.{key}"), value)).collect()
        }
        other => BTreeMap::from([(prefix.to_owned(), other.clone())]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_order_of_keys_does_not_matter_and_lengths_separate_parts() {
        assert_eq!(encode(&json!({"a": 1, "b": 2})), encode(&json!({"b": 2, "a": 1})));
        assert_ne!(encode(&json!(["ab"])), encode(&json!(["a", "b"])));
        assert_ne!(encode(&json!([["a"], "b"])), encode(&json!([["a", "b"]])));
        assert_ne!(encode(&json!(1)), encode(&json!("1")));
        assert_ne!(encode(&json!(0.1)), encode(&json!(0.1 + f64::EPSILON / 8.0)));
    }
}
