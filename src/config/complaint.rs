//! What serde says of a value, taken apart: which node, and what kind of complaint.

use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_path_to_error::Segment;

use super::tree;

/// One error of reading, by what can be done about it.
#[derive(Debug, Clone, PartialEq)]
pub enum Complaint {
    UnknownKey { name: String, known: Vec<String> },
    UnknownValue { name: String, known: Vec<String> },
    MissingKey(String),
    Other(String),
}

/// An error and the node it is about, as the values stand now.
#[derive(Debug, Clone, PartialEq)]
pub struct Failure {
    pub path: Vec<String>,
    pub complaint: Complaint,
}

/// Reads the values; an error comes with its path.
pub fn failure<T: DeserializeOwned>(root: &Value) -> Result<T, Failure> {
    serde_path_to_error::deserialize::<_, T>(root).map_err(|error| {
        let path = nodes(root, error.path());
        Failure { path, complaint: Complaint::parse(&error.inner().to_string()) }
    })
}

/// The path as keys and indices of the values; an enum's variant counts where it is a key.
fn nodes(root: &Value, path: &serde_path_to_error::Path) -> Vec<String> {
    let mut nodes: Vec<String> = Vec::new();
    for segment in path.iter() {
        let next = match segment {
            Segment::Seq { index } => index.to_string(),
            Segment::Map { key } => key.clone(),
            Segment::Enum { variant } => variant.clone(),
            Segment::Unknown => break,
        };
        let there = tree::at(root, &nodes).is_some_and(|node| tree::child(node, &next).is_some());
        if there {
            nodes.push(next);
        }
    }
    nodes
}

impl Complaint {
    /// Takes serde's sentence apart: "unknown field `x`, expected one of `a`, `b`".
    pub fn parse(message: &str) -> Complaint {
        let named = |prefix: &str| -> Option<(String, Vec<String>)> {
            let rest = message.strip_prefix(prefix)?.strip_prefix(" `")?;
            let (name, rest) = rest.split_once("`, ").or_else(|| Some((rest.strip_suffix('`')?, "")))?;
            Some((name.to_owned(), rest.split('`').skip(1).step_by(2).map(str::to_owned).collect()))
        };
        if let Some((name, known)) = named("unknown field") {
            return Complaint::UnknownKey { name, known };
        }
        if let Some((name, known)) = named("unknown variant") {
            return Complaint::UnknownValue { name, known };
        }
        match named("missing field") {
            Some((name, _)) => Complaint::MissingKey(name),
            None => Complaint::Other(message.to_owned()),
        }
    }
}

/// Keys that say what kind of thing a map is; taking one away is never the answer to another key's bad value.
const TAGS: [&str; 2] = ["kind", "method"];
/// A collection with more children is not searched.
const CHILDREN: usize = 64;

/// The node below `path` that a complaint about `path` is really about.
///
/// A tagged enum is read through a buffer that forgets paths, so its errors name the whole map. The child without
/// which the complaint is gone is the one to show.
pub fn culprit<T: DeserializeOwned>(root: &Value, mut path: Vec<String>) -> Vec<String> {
    let Err(first) = failure::<T>(root) else { return path };
    while let Some(child) = guilty_child::<T>(root, &path, &first) {
        path.push(child);
    }
    path
}

fn guilty_child<T: DeserializeOwned>(root: &Value, path: &[String], first: &Failure) -> Option<String> {
    let node = tree::at(root, path)?;
    // A list of the wrong length is to be shown whole: none of its items is the guilty one.
    if node.is_array() && matches!(&first.complaint, Complaint::Other(why) if why.starts_with("invalid length")) {
        return None;
    }
    let children = tree::children(node);
    if children.len() > CHILDREN {
        return None;
    }
    let mut second_best = None;
    for child in children {
        let mut trial = root.clone();
        let below: Vec<String> = path.iter().chain([&child]).cloned().collect();
        let value = tree::remove(&mut trial, &below)?;
        match failure::<T>(&trial).err() {
            Some(failure) if failure == *first => {}
            Some(Failure { path: at, complaint: Complaint::MissingKey(key) }) if at == first.path => {
                let mentioned = matches!(&first.complaint, Complaint::Other(m) if m.contains(&tree::brief(&value)));
                let tag = TAGS.contains(&child.as_str());
                if key == child && !tag && (mentioned || second_best.is_none()) {
                    second_best = Some(child);
                }
            }
            Some(Failure { path: at, complaint: Complaint::Other(message) })
                if at == first.path && message.starts_with("invalid length") => {}
            _ if node.is_array() || !TAGS.contains(&child.as_str()) => return Some(child),
            _ => {}
        }
    }
    second_best
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_of_serde_are_taken_apart() {
        let unknown = Complaint::parse("unknown field `a`, expected one of `b`, `c`");
        assert_eq!(unknown, Complaint::UnknownKey { name: "a".into(), known: vec!["b".into(), "c".into()] });
        let none = Complaint::parse("unknown field `a`, there are no fields");
        assert_eq!(none, Complaint::UnknownKey { name: "a".into(), known: vec![] });
        assert_eq!(Complaint::parse("missing field `file`"), Complaint::MissingKey("file".into()));
        assert!(matches!(Complaint::parse("1.5 is not a fraction from 0 to 1"), Complaint::Other(_)));
    }
}
