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
            Err(wrong) => {
                let place = Place::File { name: format!("-S {argument}"), line: None, column: None };
                problems.push(wrong.problem(place, "write -S path.to.setting=value"));
            }
        }
    }
    problems
}

/// Sets what one universe of a sweep has otherwise; each is a path as `-S` takes it, and a value.
pub fn set_all(sets: &[(String, Value)], yaml: &mut Yaml, root: &mut Value) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (path, value) in sets {
        match parts(path).map_err(Wrong::from).and_then(|parts| set(&parts, value.clone(), root)) {
            Ok(dotted) => drop(yaml.overrides.insert(dotted, format!("{path}={value}"))),
            Err(wrong) => {
                problems.push(wrong.problem(Place::setting(path), "write the setting's path as -S takes it"));
            }
        }
    }
    problems
}

/// Why a value cannot be set.
struct Wrong {
    message: String,
    /// What to do, where it is not only a matter of writing.
    remedy: Option<String>,
}

impl From<String> for Wrong {
    fn from(message: String) -> Wrong {
        Wrong { message, remedy: None }
    }
}

impl Wrong {
    fn problem(self, place: Place, otherwise: &str) -> Problem {
        Problem::new("override", place, self.message, self.remedy.unwrap_or_else(|| otherwise.to_owned()))
    }
}

fn apply_one(argument: &str, root: &mut Value) -> Result<String, Wrong> {
    let (path, value) = split(argument)?;
    let value = yaml::scalar(value).map_err(|error| format!("the value is not YAML: {error}"))?;
    set(&path, value, root)
}

fn set(path: &[String], value: Value, root: &mut Value) -> Result<String, Wrong> {
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
fn child<'a>(node: &'a mut Value, part: &str) -> Result<&'a mut Value, Wrong> {
    match node {
        Value::Array(items) => {
            let length = items.len();
            let index: Option<usize> = part.parse().ok();
            let item = index.and_then(|index| items.get_mut(index));
            let message = || format!("`{part}` is not an item of the list, whose items count from 0");
            item.ok_or_else(|| Wrong { message: message(), remedy: Some(items_there_are(length)) })
        }
        Value::Object(map) => Ok(map.entry(part).or_insert(Value::Null)),
        Value::Null => {
            *node = Value::Object(Map::new());
            child(node, part)
        }
        other => Err(format!("`{part}` cannot be set below {other}").into()),
    }
}

fn items_there_are(length: usize) -> String {
    match length {
        0 => "the list is empty: set all of it, [item, item]".to_owned(),
        1 => "the list has 1 item, which is 0; to have more, set all of it".to_owned(),
        length => format!("the list has {length} items, 0 to {}; to have more, set all of it", length - 1),
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

    #[test]
    fn an_item_that_a_list_does_not_have_is_told_with_those_that_it_has() {
        let (mut yaml, value, _) = Yaml::parse("p.yaml", "a: [x, y, z]\nb: [x]\nc: []\n");
        let mut value = value.unwrap();
        let arguments = ["a.3=1", "a.x=1", "b.1=1", "c.0=1"].map(str::to_owned);
        let problems = apply(&arguments, &mut yaml, &mut value);
        let remedies: Vec<&str> = problems.iter().map(|problem| problem.remedy.as_str()).collect();
        let three = "the list has 3 items, 0 to 2; to have more, set all of it";
        let one = "the list has 1 item, which is 0; to have more, set all of it";
        assert_eq!(remedies, [three, three, one, "the list is empty: set all of it, [item, item]"]);
        assert!(problems[0].message.contains("`3` is not an item of the list"), "{}", problems[0].message);
        let sets = [("a.3".to_owned(), json!(1))];
        assert_eq!(set_all(&sets, &mut yaml, &mut value)[0].remedy, three);
    }
}
