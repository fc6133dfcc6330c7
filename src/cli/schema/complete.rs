//! What the settings' own words say, said wherever an editor shows it.
//!
//! A doc comment stands once in the source: at a variant, a type, a field. An editor shows what stands at the property
//! it is at, so what is said of a variant is said at the property that names it, and what is said of a type at a
//! property that has nothing of its own to say. A default is said in words too, where the words do not say it.

use serde_json::{Map, Value};

/// The schema with these words in place.
pub fn complete(mut schema: Value) -> Value {
    let definitions = schema["$defs"].clone();
    visit(&mut schema, &definitions);
    schema
}

fn visit(schema: &mut Value, definitions: &Value) {
    match schema {
        Value::Object(map) => {
            object(map, definitions);
            map.iter_mut().filter(|(key, _)| *key != "default").for_each(|(_, below)| visit(below, definitions));
        }
        Value::Array(items) => items.iter_mut().for_each(|below| visit(below, definitions)),
        _ => {}
    }
}

/// The properties of one map of settings.
fn object(map: &mut Map<String, Value>, definitions: &Value) {
    let variant = map.get("description").cloned();
    let required = map.get("required").and_then(Value::as_array).cloned().unwrap_or_default();
    let Some(properties) = map.get_mut("properties").and_then(Value::as_object_mut) else { return };
    let alone = properties.len() == 1;
    for (name, property) in properties.iter_mut() {
        let needed = required.iter().any(|required| required == name);
        let names_the_variant = property.get("const").is_some() || (needed && alone);
        let Some(property) = property.as_object_mut() else { continue };
        if !property.contains_key("description") {
            let of_variant = variant.clone().filter(|_| names_the_variant);
            let said = of_variant.or_else(|| of_type(property, definitions));
            said.map(|said| property.insert("description".to_owned(), said));
        }
        reachable(property, definitions);
        if !needed {
            say_default(property);
        }
    }
}

/// The definition that a property refers to, alone or beside null.
fn definition<'a>(property: &Map<String, Value>, definitions: &'a Value) -> Option<&'a Value> {
    let reference = |schema: &Value| Some(schema["$ref"].as_str()?.strip_prefix("#/$defs/")?.to_owned());
    let either = property.get("anyOf").and_then(Value::as_array).and_then(|either| either.iter().find_map(reference));
    let name = property.get("$ref").and_then(|_| reference(&Value::Object(property.clone()))).or(either)?;
    definitions.get(name)
}

fn of_type(property: &Map<String, Value>, definitions: &Value) -> Option<Value> {
    definition(property, definitions)?.get("description").cloned()
}

/// Takes out of a default what cannot be written: what the program itself fills in.
fn reachable(property: &mut Map<String, Value>, definitions: &Value) {
    let known = definition(property, definitions).and_then(|target| target["properties"].as_object());
    let default = property.get_mut("default").and_then(Value::as_object_mut);
    if let (Some(known), Some(default)) = (known, default) {
        default.retain(|key, _| known.contains_key(key));
    }
}

/// Ends the description with the default, if it says nothing of it and the default can be said in a word.
fn say_default(property: &mut Map<String, Value>) {
    let default = property.get("default").map_or(Some("none".to_owned()), in_a_word);
    let Some(Value::String(said)) = property.get_mut("description") else { return };
    if let Some(default) = default.filter(|_| !said.to_lowercase().contains("default")) {
        said.push_str(&format!(" Default: {default}."));
    }
}

fn in_a_word(default: &Value) -> Option<String> {
    match default {
        Value::Null => Some("none".to_owned()),
        Value::String(text) => Some(if text.is_empty() { "none".to_owned() } else { text.clone() }),
        Value::Array(items) if items.is_empty() => Some("none".to_owned()),
        Value::Object(map) if map.is_empty() => Some("none".to_owned()),
        Value::Array(_) | Value::Object(_) => None,
        number => Some(number.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_property_says_what_its_variant_or_its_type_says_and_its_default() {
        let schema = json!({
            "oneOf": [
                {"description": "Logarithm.", "required": ["method"], "properties": {
                    "method": {"const": "log2"},
                    "base": {"$ref": "#/$defs/Base", "default": 2},
                    "own": {"description": "Its own words; default 1.", "default": 1},
                }},
                {"description": "A filter.", "required": ["filter"], "properties": {
                    "filter": {"anyOf": [{"$ref": "#/$defs/Filter"}, {"type": "null"}]},
                }},
                {"description": "Two.", "required": ["rules"], "properties": {
                    "other": {"description": "Another."},
                    "rules": {"$ref": "#/$defs/Filter", "default": {"limit": null, "filled_in": 1}},
                }},
            ],
            "$defs": {
                "Base": {"description": "A base."},
                "Filter": {"description": "Rules.", "properties": {"limit": {"description": "A limit.", "default": null}}},
            },
        });
        let said = complete(schema);
        let at = |path: &str| said.pointer(path).cloned().unwrap_or_default();
        assert_eq!(at("/oneOf/0/properties/method/description"), "Logarithm.");
        assert_eq!(at("/oneOf/0/properties/base/description"), "A base. Default: 2.");
        assert_eq!(at("/oneOf/0/properties/own/description"), "Its own words; default 1.");
        assert_eq!(at("/oneOf/1/properties/filter/description"), "A filter.");
        assert_eq!(at("/oneOf/2/properties/rules/description"), "Rules.");
        assert_eq!(at("/oneOf/2/properties/rules/default"), json!({"limit": null}));
        assert_eq!(at("/$defs/Filter/properties/limit/description"), "A limit. Default: none.");
    }
}
