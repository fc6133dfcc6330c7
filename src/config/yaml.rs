//! Text to values: the only file that names serde_yaml.
//!
//! A value is read as JSON's data model (maps with text keys, lists, scalars); YAML's tags and merge keys are not part
//! of the configuration's language. Where a value stands in the text comes from [`places`](super::places), since
//! serde_yaml forgets it.

use std::collections::BTreeMap;

use serde_json::Value;
use stages::contract::{Place, Problem};

use super::places;

/// A line and a column, both from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Spot {
    pub line: usize,
    pub column: usize,
}

/// Where a setting was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin<'a> {
    /// In the file: at the setting itself or at its nearest ancestor.
    File(Spot),
    /// On the command line, by this argument.
    Override(&'a str),
    /// Nowhere: the file says nothing near it.
    Default,
}

/// A configuration file as text, with the place of every setting.
#[derive(Debug, Clone, Default)]
pub struct Yaml {
    /// The file's name as the user gave it.
    pub name: String,
    pub text: String,
    pub places: BTreeMap<String, Spot>,
    /// Settings given by `-S`, by dotted path, with the argument as written.
    pub overrides: BTreeMap<String, String>,
}

impl Yaml {
    /// Reads the text; the value is missing where the text is not YAML.
    pub fn parse(name: &str, text: &str) -> (Yaml, Option<Value>, Vec<Problem>) {
        let mut yaml = Yaml { name: name.to_owned(), text: text.to_owned(), ..Yaml::default() };
        let found = places::find(name, text);
        yaml.places = found.places;
        if let Some(problem) = found.syntax {
            return (yaml, None, vec![problem]);
        }
        match serde_yaml::from_str(text) {
            Ok(value) => (yaml, Some(value), found.problems),
            Err(error) => {
                let line = error.location().map(|at| at.line() as u64);
                let mut problems = found.problems;
                problems.push(syntax(name, line, &error.to_string()));
                (yaml, None, problems)
            }
        }
    }

    /// Where a setting was given, falling back to its nearest ancestor.
    ///
    /// List items may be written `visits.0` or `visits[0]`.
    pub fn origin(&self, path: &str) -> Origin<'_> {
        let written = path.replace('[', ".").replace(']', "");
        let path = if self.places.contains_key(path) { path } else { &written };
        if let (false, Some(argument)) = (self.places.contains_key(path), self.override_below(path)) {
            return Origin::Override(argument);
        }
        // What an override sets has nothing of the file in it.
        let overridden = ancestors(path).find_map(|path| self.overrides.get(path));
        let written = || ancestors(path).find_map(|path| self.places.get(path)).map(|spot| Origin::File(*spot));
        overridden.map(|argument| Origin::Override(argument)).or_else(written).unwrap_or(Origin::Default)
    }

    /// The override that made a section which the file does not have.
    fn override_below(&self, path: &str) -> Option<&str> {
        let below = |key: &&String| key.strip_prefix(path).is_some_and(|rest| rest.starts_with('.'));
        self.overrides.keys().find(below).map(|key| self.overrides[key].as_str())
    }

    /// The origin in words: `pipeline.yaml:41`, or `-S`; empty where the setting was not given.
    pub fn origin_text(&self, path: &str) -> String {
        match self.origin(path) {
            Origin::File(spot) => format!("{}:{}", self.name, spot.line),
            Origin::Override(_) => "-S".to_owned(),
            Origin::Default => String::new(),
        }
    }

    /// The origin in words, `default` where the setting itself was not given: nowhere, or only the section around it.
    pub fn written(&self, path: &str) -> String {
        let given = |path: &&str| self.overrides.contains_key(*path) || self.places.contains_key(*path);
        let section = |path: &str| {
            let below = format!("{path}.");
            self.places.range(below.clone()..).next().is_some_and(|(key, _)| key.starts_with(&below))
        };
        match ancestors(path).find(given) {
            _ if ancestors(path).any(|path| self.overrides.contains_key(path)) => Some("-S".to_owned()),
            Some(around) if around != path && !self.overrides.contains_key(around) && section(around) => None,
            _ => Some(self.origin_text(path)).filter(|text| !text.is_empty()),
        }
        .unwrap_or_else(|| "default".to_owned())
    }

    /// One line of the text, counted from 1.
    pub fn line(&self, number: usize) -> Option<&str> {
        self.text.lines().nth(number.checked_sub(1)?)
    }
}

/// A path and its ancestors, nearest first.
fn ancestors(path: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(path), |path| path.rfind('.').map(|dot| &path[..dot]))
}

/// Reads the value of an override, written as YAML.
pub fn scalar(text: &str) -> Result<Value, String> {
    serde_yaml::from_str(text).map_err(|error| error.to_string())
}

/// The problem of a text that is not YAML.
pub fn syntax(name: &str, line: Option<u64>, message: &str) -> Problem {
    let place = Place::File { name: name.to_owned(), line, column: None };
    let remedy = match (message, line) {
        (message, _) if message.contains("invalid type: enum") => "leave the tag (`!…`) out",
        (message, _) if message.contains("number out of range") => "give a number that fits: up to 2^64 - 1",
        (message, _) if message.contains("more than one document") => "keep one document: remove the line `---`",
        (message, _) if message.contains("tabs disallowed") => "indent with spaces, not with a tab",
        (message, _) if message.contains("comment intercepting") => "is there a colon and a space after the key?",
        (_, Some(_)) => "correct the line, or the one before it",
        (_, None) => "write the settings without anchors (`&`, `*`) that multiply",
    };
    Problem::new("yaml_syntax", place, format!("not valid YAML: {message}"), remedy)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_setting_without_a_place_of_its_own_is_shown_at_its_ancestor() {
        let (yaml, value, problems) = Yaml::parse("pipeline.yaml", "a:\n  b: &x {c: 1}\n  d: *x\n");
        assert!(problems.is_empty());
        assert_eq!(value.unwrap()["a"]["d"]["c"], 1);
        assert_eq!(yaml.origin("a.b.c"), Origin::File(Spot { line: 2, column: 10 }));
        assert_eq!(yaml.origin("a.d.c"), Origin::File(Spot { line: 3, column: 3 }));
        assert_eq!(yaml.origin("z"), Origin::Default);
        assert_eq!(yaml.written("a.b.c"), "pipeline.yaml:2");
        assert_eq!(yaml.written("a.b.other"), "default", "the section is given, the setting is not");
        assert_eq!(yaml.written("a.d.c.max"), "pipeline.yaml:3", "a short form is given where its section stands");
        assert_eq!(yaml.written("z"), "default");
        let (yaml, ..) = Yaml::parse("pipeline.yaml", "visits:\n  - a\n  - b\n");
        assert_eq!(yaml.origin("visits[1]"), Origin::File(Spot { line: 3, column: 5 }));
    }

    #[test]
    fn a_text_that_is_not_yaml_names_its_line() {
        let (_, value, problems) = Yaml::parse("pipeline.yaml", "a: 1\nb: [1, 2\nc: 3\n");
        assert!(value.is_none());
        assert!(matches!(problems[0].place, Place::File { line: Some(2..=4), .. }), "{problems:?}");
    }
}
