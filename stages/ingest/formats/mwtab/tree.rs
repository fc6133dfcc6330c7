//! JSON as it stands in the file: keys in their order, repeated keys kept, each map with the line on which it begins.
//!
//! serde_json's own values keep the last of several equal keys and say nothing, so that of two samples of one name one
//! would vanish.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};

use crate::ingest::decode::Fault;

/// A value of JSON; numbers and true or false are text.
#[derive(Debug, Clone, PartialEq)]
pub enum Tree {
    Text(String),
    List(Vec<Tree>),
    Map(u64, Vec<(String, Tree)>),
}

impl Tree {
    /// Reads a text.
    ///
    /// # Errors
    /// What is no JSON, with its line.
    pub fn parse(text: &str) -> Result<Tree, Fault> {
        let mut tree: Tree = serde_json::from_str(text).map_err(|error| {
            let message = format!("the file is no JSON: {error}");
            Fault::new(
                "bad_json",
                Some((error.line() as u64).max(1)),
                message,
                "fetch the file again, or correct it there",
            )
        })?;
        tree.number(&mut lines_of_maps(text).into_iter());
        Ok(tree)
    }

    /// Gives the maps their lines, which come in the order in which the maps begin.
    fn number(&mut self, lines: &mut impl Iterator<Item = u64>) {
        match self {
            Tree::Text(_) => {}
            Tree::List(items) => items.iter_mut().for_each(|item| item.number(lines)),
            Tree::Map(line, entries) => {
                *line = lines.next().unwrap_or(1);
                entries.iter_mut().for_each(|(_, value)| value.number(lines));
            }
        }
    }

    pub fn map(&self) -> Option<&[(String, Tree)]> {
        if let Tree::Map(_, entries) = self { Some(entries) } else { None }
    }

    pub fn list(&self) -> Option<&[Tree]> {
        if let Tree::List(items) = self { Some(items) } else { None }
    }

    pub fn text(&self) -> Option<&str> {
        if let Tree::Text(text) = self { Some(text) } else { None }
    }

    pub fn line(&self) -> u64 {
        if let Tree::Map(line, _) = self { *line } else { 1 }
    }

    /// The first value of a key.
    pub fn get(&self, key: &str) -> Option<&Tree> {
        self.map()?.iter().find(|(known, _)| known == key).map(|(_, value)| value)
    }
}

/// The lines on which the maps of a sound JSON text begin, in their order.
fn lines_of_maps(text: &str) -> Vec<u64> {
    let (mut line, mut quoted, mut escaped) = (1, false, false);
    let mut found = Vec::new();
    for byte in text.bytes() {
        match byte {
            b'\n' => line += 1,
            _ if escaped => escaped = false,
            b'\\' => escaped = quoted,
            b'"' => quoted = !quoted,
            b'{' if !quoted => found.push(line),
            _ => {}
        }
    }
    found
}

impl<'de> Deserialize<'de> for Tree {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(Anything)
    }
}

struct Anything;

impl<'de> Visitor<'de> for Anything {
    type Value = Tree;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }
    fn visit_unit<E: Error>(self) -> Result<Tree, E> {
        Ok(Tree::Text(String::new()))
    }
    fn visit_bool<E: Error>(self, flag: bool) -> Result<Tree, E> {
        Ok(Tree::Text(flag.to_string()))
    }
    fn visit_u64<E: Error>(self, whole: u64) -> Result<Tree, E> {
        Ok(Tree::Text(whole.to_string()))
    }
    fn visit_i64<E: Error>(self, whole: i64) -> Result<Tree, E> {
        Ok(Tree::Text(whole.to_string()))
    }
    fn visit_f64<E: Error>(self, real: f64) -> Result<Tree, E> {
        Ok(Tree::Text(format!("{real:?}")))
    }
    fn visit_str<E: Error>(self, text: &str) -> Result<Tree, E> {
        Ok(Tree::Text(text.to_owned()))
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Tree, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(Tree::List(list))
    }
    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Tree, A::Error> {
        let mut map = Vec::new();
        while let Some(entry) = entries.next_entry()? {
            map.push(entry);
        }
        Ok(Tree::Map(0, map))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repeated_keys_stay_and_maps_know_their_lines() {
        let tree = Tree::parse("{\n \"a}{\\\"\": [\n {\"x\": 1, \"x\": null}, 2.5e3,\n {\"y\": true}]}").unwrap();
        let list = tree.get("a}{\"").unwrap().list().unwrap();
        assert_eq!(tree.line(), 1);
        assert_eq!((list[0].line(), list[0].map().unwrap().len()), (3, 2));
        assert_eq!((list[1].text(), list[2].line()), (Some("2500.0"), 4));
        assert_eq!(Tree::parse("{\n\"a\": }").unwrap_err().line, Some(2));
    }
}
