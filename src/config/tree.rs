//! Nodes of a value tree by path: look up, list, remove.

use std::collections::BTreeSet;

use serde_json::Value;

/// Characters of a short line.
const SHORT: usize = 60;

/// The child of a map or a list.
pub fn child<'a>(node: &'a Value, part: &str) -> Option<&'a Value> {
    match node {
        Value::Object(map) => map.get(part),
        Value::Array(items) => items.get(part.parse::<usize>().ok()?),
        _ => None,
    }
}

/// The node at a path.
pub fn at<'a>(root: &'a Value, path: &[String]) -> Option<&'a Value> {
    path.iter().try_fold(root, |node, part| child(node, part))
}

/// The names or indices of a node's children.
pub fn children(node: &Value) -> Vec<String> {
    match node {
        Value::Object(map) => map.keys().cloned().collect(),
        Value::Array(items) => (0..items.len()).map(|index| index.to_string()).collect(),
        _ => Vec::new(),
    }
}

/// Takes the node at a path out.
pub fn remove(root: &mut Value, path: &[String]) -> Option<Value> {
    let (last, parents) = path.split_last()?;
    let parent = parents.iter().try_fold(root, |node, part| match node {
        Value::Object(map) => map.get_mut(part),
        Value::Array(items) => items.get_mut(part.parse::<usize>().ok()?),
        _ => None,
    })?;
    match parent {
        Value::Object(map) => map.remove(last),
        Value::Array(items) => {
            let index = last.parse::<usize>().ok().filter(|index| *index < items.len())?;
            Some(items.remove(index))
        }
        _ => None,
    }
}

/// Every key and every text of a node, for what a removed node may have defined.
pub fn names(node: &Value, names: &mut BTreeSet<String>) {
    match node {
        Value::String(text) => drop(names.insert(text.clone())),
        Value::Array(items) => items.iter().for_each(|item| self::names(item, names)),
        Value::Object(map) => map.iter().for_each(|(key, value)| {
            names.insert(key.clone());
            self::names(value, names);
        }),
        _ => {}
    }
}

/// A value on one short line.
pub fn brief(value: &Value) -> String {
    at_most(&value.to_string())
}

/// A text as it is where it is short, else its beginning.
pub fn at_most(text: &str) -> String {
    if is_short(text) { text.to_owned() } else { text.chars().take(SHORT - 1).chain(['…']).collect() }
}

pub fn is_short(text: &str) -> bool {
    text.chars().count() <= SHORT
}

pub fn join(path: &str, key: &str) -> String {
    if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") }
}
