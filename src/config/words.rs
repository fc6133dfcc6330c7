//! serde's sentences in the words of someone who writes YAML: no name of a Rust type is ever shown.

use serde_json::Value;

use super::tree;

/// What a map with several keys should be.
const ONE_KEY: &str = "a map with one key";
/// What a type is called by serde, and by people.
const TYPES: [(&str, &str); 15] = [
    ("map with a single key", ONE_KEY),
    ("newtype variant", "a map with one key, `{key: value}`"),
    ("struct variant", "a map of settings"),
    ("internally tagged enum", "a map of settings"),
    ("struct", "a map of settings"),
    ("enum", "a word, or a map with one key"),
    ("string or map", "a word, or a map with one key"),
    ("variant identifier", "a word"),
    ("a sequence", "a list"),
    ("f64", "a number"),
    ("u64", "a whole number of at least 0"),
    ("u32", "a whole number of at least 0"),
    ("usize", "a whole number of at least 0"),
    ("i64", "a whole number"),
    ("a boolean", "true or false"),
];
/// What a value is called by serde, and by people.
const VALUES: [(&str, &str); 5] = [
    ("sequence", "list"),
    ("newtype variant", "map"),
    ("unit variant", "a single word"),
    ("floating point", "number"),
    ("unit value", "null"),
];

/// The sentence in plain words.
pub fn plain(message: &str) -> String {
    let Some((found, expected)) = message.rsplit_once(", expected ") else { return message.to_owned() };
    let Some((kind, value)) = found.split_once(": ") else { return format!("{found}, expected {}", named(expected)) };
    let value = VALUES.iter().find_map(|(from, to)| Some(format!("{to}{}", value.strip_prefix(from)?)));
    let found = value.map_or_else(|| found.to_owned(), |value| format!("{kind}: {value}"));
    format!("{found}, expected {}", named(expected))
}

fn named(expected: &str) -> &str {
    if let Some((_, pair)) = [("an array of length 2", "a list of two"), ("2 elements in sequence", "a list of two")]
        .into_iter()
        .find(|(from, _)| *from == expected)
    {
        return pair;
    }
    let is = |from: &&(&str, &str)| {
        expected.strip_prefix(from.0).is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
    };
    TYPES.iter().find(is).map_or(expected, |(_, to)| to)
}

/// What to do about a value that is of the wrong kind or out of range.
pub fn remedy(message: &str, value: Option<&Value>) -> String {
    let Some(value) = value else { return "`ketascreen schema` describes each setting".to_owned() };
    let number = |text: &str| serde_json::from_str::<serde_json::Number>(text).is_ok();
    let wanted = message.rsplit_once(", expected ").map_or("", |(_, wanted)| wanted);
    match value {
        _ if message.starts_with("invalid value: map") && wanted == ONE_KEY => "keep one of its keys".to_owned(),
        Value::Null => "give a value, or leave the key out".to_owned(),
        Value::String(text) if number(text) && wanted.contains("number") => {
            format!("write it without quotation marks: {text}")
        }
        Value::String(text) if wanted.contains("number") && number(&text.replacen(',', ".", 1)) => {
            format!("write a point: {}", text.replacen(',', ".", 1))
        }
        Value::String(text) if wanted.contains("number") && percent(text).is_some() => {
            let share = percent(text).unwrap_or_default();
            format!(
                "write a number: {share} where a share is meant, {} where percent are",
                text.trim_end_matches(['%', ' '])
            )
        }
        Value::String(text) if wanted == "true or false" => format!("write true or false instead of `{text}`"),
        Value::String(text) if wanted == "a list" => format!("write a list: [{text}]"),
        Value::Number(_) | Value::Bool(_) if wanted == "a string" => {
            format!("write it in quotation marks: \"{value}\"")
        }
        value => format!("the value is {}; `ketascreen schema` describes each setting", tree::brief(value)),
    }
}

/// `20%` as a share.
fn percent(text: &str) -> Option<f64> {
    let number: f64 = text.trim().strip_suffix('%')?.trim().parse().ok()?;
    Some(number / 100.0).filter(|share| share.is_finite())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn no_rust_type_is_shown() {
        let said = |message: &str| plain(message);
        assert_eq!(
            said("invalid type: string \"x\", expected struct File with 2 elements"),
            "invalid type: string \"x\", expected a map of settings"
        );
        assert_eq!(said("invalid type: sequence, expected a string"), "invalid type: list, expected a string");
        assert_eq!(
            said("invalid type: unit variant, expected newtype variant"),
            "invalid type: a single word, expected a map with one key, `{key: value}`"
        );
        assert_eq!(said("7 is not a fraction from 0 to 1"), "7 is not a fraction from 0 to 1");
        assert_eq!(said("invalid length 1, expected an array of length 2"), "invalid length 1, expected a list of two");
    }

    #[test]
    fn the_remedy_shows_how_to_write_the_value() {
        assert_eq!(remedy("…, expected a number", Some(&json!("0.95"))), "write it without quotation marks: 0.95");
        assert_eq!(remedy("…, expected a number, or a map", Some(&json!("0,95"))), "write a point: 0.95");
        let percent = remedy("…, expected a number, or a map", Some(&json!("20 %")));
        assert_eq!(percent, "write a number: 0.2 where a share is meant, 20 where percent are");
        assert_eq!(remedy("…, expected a list", Some(&json!("a"))), "write a list: [a]");
        assert_eq!(remedy("…, expected a string", Some(&json!(1))), "write it in quotation marks: \"1\"");
        let several = plain("invalid value: map, expected map with a single key");
        assert_eq!(remedy(&several, Some(&json!("percent"))), "keep one of its keys");
    }
}
