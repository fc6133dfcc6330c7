//! Lists where settings are a map: serde would fill a struct from a list by position, which nobody means.

use serde_json::{Map, Value};
use stages::contract::{Place, Problem};

use super::tree;

/// A problem for every list that was written where the settings, as they were understood, are a map.
pub fn lists_for_maps(written: &Value, understood: &Value) -> Vec<Problem> {
    let mut problems = Vec::new();
    walk(String::new(), written, understood, &mut problems);
    problems
}

fn walk(path: String, written: &Value, understood: &Value, problems: &mut Vec<Problem>) {
    let below = |part: &str| tree::join(&path, part);
    match (written, understood) {
        // One thing, or a list of them: a list of one.
        (Value::Array(list), Value::Object(map)) if one_of(list, map) => {
            walk(below("0"), &list[0], understood, problems);
        }
        (Value::Array(_), Value::Object(map)) => {
            let message = format!("{} is a list, and a map of settings is needed", tree::brief(written));
            let keys: Vec<&str> = map.keys().take(3).map(String::as_str).collect();
            let remedy = format!("name each setting: {}, …", keys.join(", "));
            problems.push(Problem::new("invalid_value", Place::setting(path), message, remedy));
        }
        (Value::Object(written), Value::Object(understood)) => {
            let both = written.iter().filter_map(|(key, value)| Some((key, value, understood.get(key)?)));
            both.for_each(|(key, value, understood)| walk(below(key), value, understood, problems));
        }
        (Value::Array(written), Value::Array(understood)) => {
            let both = written.iter().zip(understood).enumerate();
            both.for_each(|(index, (value, understood))| walk(below(&index.to_string()), value, understood, problems));
        }
        _ => {}
    }
}

/// Whether a list holds one map, of nothing but these settings.
fn one_of(list: &[Value], settings: &Map<String, Value>) -> bool {
    let [Value::Object(only)] = list else { return false };
    !only.is_empty() && only.keys().all(|key| settings.contains_key(key))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_list_is_refused_where_a_map_is_meant_and_nowhere_else() {
        let written = json!({"qc": {"samples": [0.3], "keep": ["x"]}, "steps": [{"a": [1]}]});
        let understood = json!({"qc": {"samples": {"max_missing": 0.3}, "keep": ["x"]}, "steps": [{"a": {"b": 1}}]});
        let problems = lists_for_maps(&written, &understood);
        let places: Vec<&Place> = problems.iter().map(|problem| &problem.place).collect();
        assert_eq!(places, [&Place::setting("qc.samples"), &Place::setting("steps.0.a")]);
        assert_eq!(problems[0].remedy, "name each setting: max_missing, …");
        let one = json!({"change": [{"from": "a", "to": [{"b": 1}]}]});
        let understood = json!({"change": {"from": "a", "to": {"c": 1}, "name": null}});
        let problems = lists_for_maps(&one, &understood);
        assert_eq!(problems.iter().map(|problem| &problem.place).collect::<Vec<_>>(), [&Place::setting("change.0.to")]);
    }
}
