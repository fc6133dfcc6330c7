//! Entities with references to each other: the flat form of JSON-LD that RO-Crate asks for.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

/// Entities in the order in which they were first added, each once.
#[derive(Debug, Default)]
pub struct Graph {
    places: BTreeMap<String, usize>,
    entities: Vec<Map<String, Value>>,
}

impl Graph {
    /// Adds an entity, which has an `@id`; one that is there already stays as it is. A reference to it.
    pub fn add(&mut self, entity: Value) -> Value {
        let Value::Object(entity) = entity else { return Value::Null };
        let id = entity.get("@id").and_then(Value::as_str).unwrap_or_default().to_owned();
        if !self.places.contains_key(&id) {
            self.places.insert(id.clone(), self.entities.len());
            self.entities.push(entity);
        }
        reference(&id)
    }

    /// Appends to a list of an entity what is not in it.
    pub fn append(&mut self, id: &str, property: &str, value: Value) {
        let Some(entity) = self.places.get(id).and_then(|place| self.entities.get_mut(*place)) else { return };
        let list = entity.entry(property).or_insert_with(|| json!([]));
        if let Value::Array(list) = list
            && !list.contains(&value)
        {
            list.push(value);
        }
    }

    /// The document, with lists of one written as that one and empty lists left out.
    pub fn document(self) -> Value {
        let plain = |(key, value): (String, Value)| match value {
            Value::Array(list) if list.is_empty() => None,
            Value::Array(mut list) if list.len() == 1 => list.pop().map(|only| (key, only)),
            value => Some((key, value)),
        };
        let entity = |entity: Map<String, Value>| entity.into_iter().filter_map(plain).collect::<Map<_, _>>();
        let graph: Vec<_> = self.entities.into_iter().map(entity).collect();
        let terms = json!({"sha256": "https://w3id.org/ro/terms/workflow-run#sha256"});
        json!({"@context": ["https://w3id.org/ro/crate/1.1/context", terms], "@graph": graph})
    }
}

/// A reference to an entity.
pub fn reference(id: &str) -> Value {
    json!({ "@id": id })
}

/// An identifier within the document, or a path, of words that may hold anything: all but letters, digits and `/._-` is
/// percent-encoded (RFC 3986).
pub fn encoded(words: &str) -> String {
    let mut text = String::with_capacity(words.len());
    for byte in words.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'.' | b'_' | b'-' => text.push(char::from(byte)),
            _ => text.push_str(&format!("%{byte:02X}")),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entity_is_there_once_and_lists_of_one_are_no_lists() {
        let mut graph = Graph::default();
        assert_eq!(graph.add(json!({"@id": "#a", "name": "first"})), reference("#a"));
        graph.add(json!({"@id": "#a", "name": "second", "other": []}));
        graph.append("#a", "list", json!(1));
        graph.append("#a", "list", json!(1));
        let document = graph.document();
        assert_eq!(document["@graph"], json!([{"@id": "#a", "name": "first", "list": 1}]));
    }

    #[test]
    fn names_that_hold_anything_become_identifiers() {
        assert_eq!(encoded("madrs, β (1).csv"), "madrs%2C%20%CE%B2%20%281%29.csv");
        assert_eq!(encoded("qc/a-b_c.parquet"), "qc/a-b_c.parquet");
    }
}
