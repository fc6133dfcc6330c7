//! One value, old and new; a long one by the items in which it differs.

use std::collections::BTreeSet;

use serde::Serialize;
use serde_json::Value;

use super::reason::shown;
use crate::config::tree::{at_most, child, children, is_short};

/// Characters before the first that differs, where two long values are cut.
const BEFORE: usize = 12;

/// One value on both sides.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Pair {
    pub name: String,
    pub old: Option<Value>,
    pub new: Option<Value>,
}

impl Pair {
    pub fn new(name: &str, old: Option<&Value>, new: Option<&Value>) -> Pair {
        Pair { name: name.to_owned(), old: old.cloned(), new: new.cloned() }
    }

    /// Where it stands now: what is no more stood in what is around it.
    pub fn place(&self) -> &str {
        let around = || self.name.rfind('.').map_or(self.name.as_str(), |dot| &self.name[..dot]);
        if self.new.is_some() { &self.name } else { around() }
    }

    /// What differs of maps of one kind, and of lists that are long, each by its path; else the pair itself.
    pub fn parts(self) -> Vec<Pair> {
        let (Some(old), Some(new)) = (&self.old, &self.new) else { return vec![self] };
        let short = |value: &Value| is_short(&value.to_string());
        let below = match (old, new) {
            _ if old == new => return vec![self],
            (Value::Object(a), Value::Object(b)) if a.keys().any(|key| b.contains_key(key)) => self.children(old, new),
            (Value::Array(a), Value::Array(b)) if !short(old) || !short(new) => self.items(a, b),
            _ => return vec![self],
        };
        below.into_iter().flat_map(Pair::parts).collect()
    }

    fn children(&self, old: &Value, new: &Value) -> Vec<Pair> {
        let keys: BTreeSet<String> = children(old).into_iter().chain(children(new)).collect();
        let pair = |key: &String| Pair::new(&format!("{}.{key}", self.name), child(old, key), child(new, key));
        keys.iter().map(pair).filter(|pair| pair.old != pair.new).collect()
    }

    /// What is the same at the beginning and at the end of two lists is left out: an item that was put in is one
    /// difference, wherever it stands.
    fn items(&self, old: &[Value], new: &[Value]) -> Vec<Pair> {
        let same = |pairs: &mut dyn Iterator<Item = (&Value, &Value)>| pairs.take_while(|(a, b)| a == b).count();
        let first = same(&mut old.iter().zip(new));
        let (old_rest, new_rest) = (&old[first..], &new[first..]);
        let last = same(&mut old_rest.iter().rev().zip(new_rest.iter().rev()));
        let (old, new) = (&old_rest[..old_rest.len() - last], &new_rest[..new_rest.len() - last]);
        let pair = |n: usize| Pair::new(&format!("{}.{}", self.name, first + n), old.get(n), new.get(n));
        (0..old.len().max(new.len())).map(pair).filter(|pair| pair.old != pair.new).collect()
    }

    /// `old -> new`, each on one short line that shows where they differ.
    pub fn words(&self) -> String {
        let (old, new) = (shown(self.old.as_ref()), shown(self.new.as_ref()));
        if old != new || self.old == self.new {
            return format!("{old} -> {new}");
        }
        let text = |value: &Option<Value>| value.as_ref().map(Value::to_string).unwrap_or_default();
        let (old, new) = (text(&self.old), text(&self.new));
        let same = old.chars().zip(new.chars()).take_while(|(a, b)| a == b).count();
        let cut =
            |text: &str| at_most(&format!("…{}", text.chars().skip(same.saturating_sub(BEFORE)).collect::<String>()));
        format!("{} -> {}", cut(&old), cut(&new))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn told(old: Value, new: Value) -> String {
        let parts = Pair::new("steps", Some(&old), Some(&new)).parts();
        parts.iter().map(|pair| format!("{} {}", pair.name, pair.words())).collect::<Vec<_>>().join("\n")
    }

    fn steps(method: &str) -> Value {
        json!([{"below_lod": {"method": "lod_over_sqrt2"}}, {"drift": {"method": "loess", "by": "batch"}},
               {"transform": {"method": method, "classes": []}}])
    }

    #[test]
    fn a_long_value_is_told_by_the_items_that_differ() {
        assert_eq!(told(json!(["age"]), json!(["age", "sex"])), r#"steps ["age"] -> ["age","sex"]"#);
        assert_eq!(told(steps("none"), steps("log2")), r#"steps.2.transform.method "none" -> "log2""#);
        let mut more = steps("none");
        more.as_array_mut().unwrap().insert(1, json!({"impute": {"k": 3}}));
        assert_eq!(told(steps("none"), more.clone()), r#"steps.1 (not set) -> {"impute":{"k":3}}"#);
        assert_eq!(told(more, steps("none")), r#"steps.1 {"impute":{"k":3}} -> (not set)"#);
        let mut other = steps("log2");
        other.as_array_mut().unwrap().push(json!("x"));
        let expected = "steps.2.transform.method \"none\" -> \"log2\"\nsteps.3 (not set) -> \"x\"";
        assert_eq!(told(steps("none"), other), expected);
        let replaced = r#"steps.0 {"impute":{"k":3}} -> {"below_lod":{"method":"lod_over_sqrt2"}}"#;
        let mut other = steps("none");
        other[0] = json!({"impute": {"k": 3}});
        assert_eq!(told(other, steps("none")), replaced);
        let twice = json!([1, 1, 1, "a long text that makes the list a long one, to be told item by item"]);
        let once = json!([1, 1, "a long text that makes the list a long one, to be told item by item"]);
        assert_eq!(told(twice.clone(), once), "steps.2 1 -> (not set)");
        assert!(
            told(twice.clone(), twice).starts_with("steps [1,1,1,"),
            "a pair that does not differ is left as it is"
        );
    }

    #[test]
    fn long_texts_are_cut_where_they_differ() {
        let text = |end: &str| json!(format!("{}{end}", "x".repeat(90)));
        assert_eq!(told(text("old"), text("new")), "steps …xxxxxxxxxxxxold\" -> …xxxxxxxxxxxxnew\"");
        let long = told(text(&"a".repeat(90)), text(&"ä".repeat(90)));
        assert!(long.contains("aaa… -> …xxxxxxxxxxxxäää") && long.ends_with('…'), "{long}");
    }
}
