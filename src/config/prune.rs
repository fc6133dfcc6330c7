//! All errors of a configuration at once: read, note the error, take the offending node out, read again.
//!
//! serde stops at the first error. What it complains about is removed from the values and reading starts anew, until
//! it succeeds or nothing is left to remove. An error that only follows from a removal is not noted.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use stages::contract::{Place, Problem, suggest};

use super::complaint::{Complaint, culprit, failure};
use super::{shape, tree, words};

/// More errors than this are not worth reading.
const LIMIT: usize = 200;

/// What could be read of a configuration, and everything that was wrong with it.
#[derive(Debug)]
pub struct Reading<T> {
    pub value: Option<T>,
    pub problems: Vec<Problem>,
    /// Names that were taken out: a later complaint that one of them is unknown only follows from that.
    pub hidden: BTreeSet<String>,
}

/// Reads values as settings, noting every error.
pub fn read<T: DeserializeOwned + Serialize>(root: Value) -> Reading<T> {
    if !root.is_object() {
        let message = format!("the file is {}, and not a map of settings", tree::brief(&root));
        let problem = Problem::new("invalid_value", Place::setting(""), message, "begin with `study:` and `stages:`");
        return Reading { value: None, problems: vec![problem], hidden: BTreeSet::new() };
    }
    let mut pruner = Pruner { root, ..Pruner::default() };
    let value = pruner.read::<T>();
    if let Some(Ok(understood)) = value.as_ref().map(serde_json::to_value) {
        pruner.problems.extend(shape::lists_for_maps(&pruner.root, &understood));
    }
    Reading { value, problems: pruner.problems, hidden: pruner.hidden }
}

#[derive(Default)]
struct Pruner {
    root: Value,
    problems: Vec<Problem>,
    hidden: BTreeSet<String>,
    /// Original dotted paths of what was taken out.
    pruned: BTreeSet<String>,
    /// Original indices taken out of each list, by the list's original path.
    gaps: BTreeMap<String, BTreeSet<usize>>,
}

impl Pruner {
    fn read<T: DeserializeOwned>(&mut self) -> Option<T> {
        for _ in 0..LIMIT {
            let failure = match failure::<T>(&self.root) {
                Ok(value) => return Some(value),
                Err(failure) => failure,
            };
            let path = match failure.complaint {
                Complaint::Other(_) | Complaint::UnknownValue { .. } => culprit::<T>(&self.root, failure.path.clone()),
                _ => failure.path.clone(),
            };
            // The culprit's own complaint may be clearer than the one of the whole it is in.
            if !self.note(&path, failure.complaint) {
                return None;
            }
        }
        None
    }

    /// Notes a complaint about a node and removes it; false when nothing can be removed.
    fn note(&mut self, path: &[String], complaint: Complaint) -> bool {
        let mut path = path.to_vec();
        if let Complaint::UnknownKey { name, .. } = &complaint {
            let below =
                tree::at(&self.root, &path).and_then(Value::as_object).is_some_and(|map| map.contains_key(name));
            if below {
                path.push(name.clone());
            }
        }
        let original = self.original(&path);
        if !self.follows(&original, &complaint) {
            let shown = tree::at(&self.root, &path).cloned();
            self.problems.push(problem(&original.join("."), complaint, shown.as_ref()));
        }
        self.remove(&path, &original)
    }

    /// Whether a complaint only follows from what was taken out before.
    fn follows(&self, original: &[String], complaint: &Complaint) -> bool {
        let path = original.join(".");
        match complaint {
            Complaint::MissingKey(name) => self.pruned.contains(&tree::join(&path, name)),
            Complaint::UnknownKey { .. } => false,
            _ => self.pruned.iter().any(|pruned| pruned.rsplit_once('.').is_some_and(|(parent, _)| parent == path)),
        }
    }

    fn remove(&mut self, path: &[String], original: &[String]) -> bool {
        let Some((last, parent)) = path.split_last() else { return false };
        let in_list = tree::at(&self.root, parent).is_some_and(Value::is_array);
        let Some(removed) = tree::remove(&mut self.root, path) else { return false };
        if in_list {
            let index = original.last().and_then(|index| index.parse().ok()).unwrap_or(usize::MAX);
            self.gaps.entry(original[..original.len() - 1].join(".")).or_default().insert(index);
        } else {
            self.hidden.insert(last.clone());
        }
        tree::names(&removed, &mut self.hidden);
        self.pruned.insert(original.join("."));
        true
    }

    /// The path as it stood in the file, before items were taken out of lists.
    fn original(&self, path: &[String]) -> Vec<String> {
        let mut original: Vec<String> = Vec::with_capacity(path.len());
        for (depth, part) in path.iter().enumerate() {
            let gaps = self.gaps.get(&original.join("."));
            let list = tree::at(&self.root, &path[..depth]).is_some_and(Value::is_array);
            let index: Option<usize> = part.parse().ok();
            original.push(match (gaps, index) {
                (Some(gaps), Some(index)) if list => {
                    gaps.iter().fold(index, |index, gap| if *gap <= index { index + 1 } else { index }).to_string()
                }
                _ => part.clone(),
            });
        }
        original
    }
}

fn problem(path: &str, complaint: Complaint, value: Option<&Value>) -> Problem {
    let setting = Place::setting(path);
    match complaint {
        Complaint::UnknownKey { name, known } if known.is_empty() => {
            let remedy = "remove it: nothing can be set here";
            Problem::new("unknown_key", setting, format!("unknown key `{name}`"), remedy)
        }
        Complaint::UnknownKey { name, known } => {
            let remedy = suggest::remedy(&name, known.iter().map(String::as_str));
            Problem::new("unknown_key", setting, format!("unknown key `{name}`"), remedy)
        }
        Complaint::UnknownValue { name, known } => {
            let remedy = suggest::remedy(&name, known.iter().map(String::as_str));
            Problem::new("unknown_value", setting, format!("unknown value `{name}`"), remedy)
        }
        Complaint::MissingKey(name) => {
            let place = if path.is_empty() { "the file".to_owned() } else { format!("`{path}`") };
            Problem::new("missing_key", setting, format!("{place} has no `{name}`"), format!("add `{name}:`"))
        }
        Complaint::Other(message) => {
            let message = words::plain(&message);
            let remedy = match value {
                // The words of a command are its items.
                Some(Value::String(line)) if path.ends_with(".command") && message.ends_with("a list") => {
                    format!("write its words as a list: [{}]", line.split_whitespace().collect::<Vec<_>>().join(", "))
                }
                value => words::remedy(&message, value),
            };
            Problem::new("invalid_value", setting, message, remedy)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;
    use serde_json::json;

    #[derive(Debug, Serialize, Deserialize, PartialEq)]
    #[serde(deny_unknown_fields)]
    struct Settings {
        limit: f64,
        #[serde(default)]
        visits: Vec<String>,
        #[serde(default)]
        endpoints: BTreeMap<String, Endpoint>,
    }

    #[derive(Debug, Serialize, Deserialize, PartialEq)]
    #[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
    enum Endpoint {
        AtMost { value: f64, visit: String },
        Column {},
    }

    fn shown(reading: &Reading<Settings>) -> Vec<String> {
        let place = |problem: &Problem| match &problem.place {
            Place::Setting(path) => path.clone(),
            other => format!("{other:?}"),
        };
        reading.problems.iter().map(|p| format!("{}: {} / {}", place(p), p.message, p.remedy)).collect()
    }

    #[test]
    fn every_error_is_noted_once_with_its_own_path() {
        let reading = read::<Settings>(json!({
            "limit": 0.2, "limits": 1,
            "visits": ["a", 1, "b", {"c": 1}],
            "endpoints": {
                "x": {"kind": "at_mots", "value": 1, "visit": "a"},
                "y": {"kind": "at_most", "value": "ten", "visit": "a"},
                "z": {"kind": "column", "colum": "z"},
                "ok": {"kind": "at_most", "value": 10, "visit": "b"},
            },
        }));
        insta::assert_snapshot!(shown(&reading).join("\n"), @r#"
        endpoints.x.kind: unknown value `at_mots` / did you mean `at_most`?
        endpoints.y.value: invalid type: string "ten", expected a number / the value is "ten"; `ketascreen schema` describes each setting
        endpoints.z.colum: unknown key `colum` / remove it: nothing can be set here
        limits: unknown key `limits` / did you mean `limit`?
        visits.1: invalid type: integer `1`, expected a string / write it in quotation marks: "1"
        visits.3: invalid type: map, expected a string / the value is {"c":1}; `ketascreen schema` describes each setting
        "#);
        let value = reading.value.unwrap();
        assert_eq!(value.visits, ["a", "b"]);
        assert!(value.endpoints.contains_key("ok"));
        assert!(reading.hidden.contains("x"), "{:?}", reading.hidden);
    }

    #[test]
    fn a_missing_required_key_ends_the_reading_and_a_removed_one_is_not_called_missing() {
        let reading = read::<Settings>(json!({"visits": 3}));
        assert!(reading.value.is_none());
        assert_eq!(reading.problems.len(), 2, "{:?}", shown(&reading));
        let reading = read::<Settings>(json!({"limit": "high", "visits": 3}));
        assert_eq!(reading.problems.len(), 2, "{:?}", shown(&reading));
    }
}
