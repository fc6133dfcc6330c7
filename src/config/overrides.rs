//! Settings from the command line: `-S stages.qc.analytes.max_missing=0.3`.
//!
//! An override is applied to the values of the file before they are read as settings, so it is checked exactly as if
//! it stood in the file. A part of the path that holds dots is quoted: `-S 'stages.screen.models."a.b".inference=t'`.

use serde_json::{Map, Value};
use stages::contract::{Place, Problem};

use super::yaml::{self, Yaml};

/// Applies every override, in order; the later of two on one path wins.
pub fn apply(arguments: &[String], yaml: &mut Yaml, root: &mut Value) -> Vec<Problem> {
    let mut problems = Vec::new();
    for argument in arguments {
        match apply_one(argument, root) {
            Ok(path) => drop(yaml.overrides.insert(path, argument.clone())),
            Err(message) => {
                let place = Place::File { name: format!("-S {argument}"), line: None, column: None };
                problems.push(Problem::new("override", place, message, "write -S path.to.setting=value"));
            }
        }
    }
    problems
}

/// Sets what one universe of a sweep has otherwise; each is a path as `-S` takes it, and a value.
pub fn set_all(sets: &[(String, Value)], yaml: &mut Yaml, root: &mut Value) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (path, value) in sets {
        match parts(path).and_then(|parts| set(&parts, value.clone(), root)) {
            Ok(dotted) => drop(yaml.overrides.insert(dotted, format!("{path}={value}"))),
            Err(message) => {
                let remedy = "write the setting's path as -S takes it";
                problems.push(Problem::new("override", Place::setting(path), message, remedy));
            }
        }
    }
    problems
}

fn apply_one(argument: &str, root: &mut Value) -> Result<String, String> {
    let (path, value) = split(argument)?;
    let value = yaml::scalar(value).map_err(|error| format!("the value is not YAML: {error}"))?;
    set(&path, value, root)
}

fn set(path: &[String], value: Value, root: &mut Value) -> Result<String, String> {
    if root.is_null() {
        *root = Value::Object(Map::new());
    }
    let mut node = root;
    for part in path {
        node = child(node, part)?;
    }
    *node = value;
    Ok(path.join("."))
}

/// The parts of a path that stands alone.
fn parts(path: &str) -> Result<Vec<String>, String> {
    // The first `=` outside quotation marks ends a path: this one is its own end.
    let whole = format!("{path}=");
    let (parts, rest) = split(&whole)?;
    if rest.is_empty() { Ok(parts) } else { Err("a path has no `=`".to_owned()) }
}

/// The child to set; a map gains a key it does not have, a list never grows.
fn child<'a>(node: &'a mut Value, part: &str) -> Result<&'a mut Value, String> {
    match node {
        Value::Array(items) => {
            let length = items.len();
            let index: Option<usize> = part.parse().ok();
            let item = index.and_then(|index| items.get_mut(index));
            item.ok_or_else(|| format!("`{part}` is not one of the list's {length} items, which count from 0"))
        }
        Value::Object(map) => Ok(map.entry(part).or_insert(Value::Null)),
        Value::Null => {
            *node = Value::Object(Map::new());
            child(node, part)
        }
        other => Err(format!("`{part}` cannot be set below {other}")),
    }
}

/// Splits `a."b.c".d=value` into the parts of its path and its value.
fn split(argument: &str) -> Result<(Vec<String>, &str), String> {
    let mut parts = vec![String::new()];
    let mut quote = None;
    for (at, letter) in argument.char_indices() {
        let last = parts.last_mut().expect("there is always a part");
        match (quote, letter) {
            (Some(open), letter) if open == letter => quote = None,
            (Some(_), letter) => last.push(letter),
            (None, '"' | '\'') if last.is_empty() => quote = Some(letter),
            (None, '.') => parts.push(String::new()),
            (None, '=') => {
                let whole = parts.iter().all(|part| !part.is_empty());
                return if whole {
                    Ok((parts, &argument[at + 1..]))
                } else {
                    Err("a part of the path is empty".into())
                };
            }
            (None, letter) => last.push(letter),
        }
    }
    Err("there is no `=`".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn an_override_sets_a_value_and_is_remembered() {
        let (mut yaml, value, _) = Yaml::parse("p.yaml", "a: {b: 1, \"c.d\": {e: [1, 2]}}\n");
        let mut value = value.unwrap();
        let arguments = ["a.b=0.5", "a.\"c.d\".e.1={x: y}", "a.new.deep=t"].map(str::to_owned);
        assert!(apply(&arguments, &mut yaml, &mut value).is_empty());
        assert_eq!(value, json!({"a": {"b": 0.5, "c.d": {"e": [1, {"x": "y"}]}, "new": {"deep": "t"}}}));
        assert_eq!(yaml.origin_text("a.new.deep.er"), "-S");
    }

    #[test]
    fn a_universe_sets_values_by_the_same_paths() {
        let (mut yaml, value, _) = Yaml::parse("p.yaml", "a: {b: 1, \"c.d\": {e: [1, 2]}}\n");
        let mut value = value.unwrap();
        let sets = [("a.\"c.d\".e.0".to_owned(), json!([0.1])), ("a.b".to_owned(), json!("x=y"))];
        assert!(set_all(&sets, &mut yaml, &mut value).is_empty());
        assert_eq!(value, json!({"a": {"b": "x=y", "c.d": {"e": [[0.1], 2]}}}));
        let bad = ["a.b.c", "a..b", "", "a.b=1", "a.\"c.d\".e.7"].map(|path| (path.to_owned(), json!(1)));
        assert_eq!(set_all(&bad, &mut yaml, &mut value).len(), 5);
    }

    #[test]
    fn an_override_that_cannot_be_applied_is_a_problem_each() {
        let (mut yaml, value, _) = Yaml::parse("p.yaml", "a: [1]\nb: 2\n");
        let arguments = ["a.1=3", "b.c=3", "nothing", "a..b=1"].map(str::to_owned);
        assert_eq!(apply(&arguments, &mut yaml, &mut value.unwrap()).len(), 4);
    }
}
