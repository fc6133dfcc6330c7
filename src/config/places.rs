//! Where every setting stands in the text, and which keys stand there twice.
//!
//! Walks the events of a second, position-keeping parser. Nothing is interpreted here, except that a number which is
//! not finite is refused, since the data model that follows could not hold it.

use std::collections::BTreeMap;

use saphyr_parser::{Event, Parser, ScalarStyle, Span};
use stages::contract::{Place, Problem};

use super::tree::join;
use super::yaml::{Spot, syntax};

/// What a walk over the text found.
#[derive(Debug, Default)]
pub struct Found {
    /// Dotted path to place; list items count from 0.
    pub places: BTreeMap<String, Spot>,
    /// Duplicate keys and numbers that are not finite.
    pub problems: Vec<Problem>,
    /// The first place that is not YAML.
    pub syntax: Option<Problem>,
}

/// A collection that is being read.
enum Frame {
    Map {
        path: String,
        key: Option<String>,
        seen: BTreeMap<String, usize>,
    },
    List {
        path: String,
        next: usize,
    },
    /// A collection used as a key; the value reader refuses it.
    KeyCollection,
}

/// Finds the place of every setting.
pub fn find(name: &str, text: &str) -> Found {
    let mut walk = Walk { name, frames: Vec::new(), found: Found::default() };
    for event in Parser::new_from_str(text) {
        match event {
            Ok((event, span)) => walk.event(&event, span),
            Err(error) => {
                let line = error.marker().line() as u64;
                walk.found.syntax = Some(syntax(name, Some(line), error.info()));
                break;
            }
        }
    }
    walk.found
}

struct Walk<'a> {
    name: &'a str,
    frames: Vec<Frame>,
    found: Found,
}

impl Walk<'_> {
    fn event(&mut self, event: &Event<'_>, span: Span) {
        let spot = Spot { line: span.start.line(), column: span.start.col() + 1 };
        match event {
            Event::Scalar(text, style, ..) => {
                if *style == ScalarStyle::Plain {
                    self.refuse_not_finite(text, spot);
                }
                self.node(Some(text), spot);
            }
            Event::Alias(_) => drop(self.node(None, spot)),
            Event::MappingStart(..) => {
                let path = self.node(None, spot);
                self.frames.push(match path {
                    Some(path) => Frame::Map { path, key: None, seen: BTreeMap::new() },
                    None => Frame::KeyCollection,
                });
            }
            Event::SequenceStart(..) => {
                let path = self.node(None, spot);
                self.frames.push(path.map_or(Frame::KeyCollection, |path| Frame::List { path, next: 0 }));
            }
            Event::MappingEnd | Event::SequenceEnd => drop(self.frames.pop()),
            _ => {}
        }
    }

    /// Registers a node as the key or the value that is due; the path of a value.
    fn node(&mut self, scalar: Option<&str>, spot: Spot) -> Option<String> {
        match self.frames.last_mut() {
            None => Some(String::new()),
            Some(Frame::KeyCollection) => None,
            Some(Frame::List { path, next }) => {
                let path = join(path, &next.to_string());
                *next += 1;
                self.found.places.insert(path.clone(), spot);
                Some(path)
            }
            Some(Frame::Map { path, key, seen }) => match key.take() {
                Some(key) => Some(join(path, &key)),
                None => {
                    let name = scalar.unwrap_or("?").to_owned();
                    let path = join(path, &name);
                    *key = Some(name.clone());
                    if let Some(first) = seen.insert(name.clone(), spot.line) {
                        self.found.problems.push(duplicate(self.name, &name, &path, first, spot.line));
                    }
                    self.found.places.insert(path, spot);
                    None
                }
            },
        }
    }

    fn refuse_not_finite(&mut self, text: &str, spot: Spot) {
        let plain = text.trim_start_matches(['+', '-']).to_ascii_lowercase();
        if plain == ".inf" || plain == ".nan" {
            let message = format!("`{text}` is not a finite number");
            self.found.problems.push(Problem::new(
                "not_finite",
                at(self.name, spot.line),
                message,
                "give a finite number, or leave the setting out",
            ));
        }
    }
}

fn duplicate(file: &str, key: &str, path: &str, first: usize, second: usize) -> Problem {
    let message = format!("`{key}` is given twice ({path}), in lines {first} and {second}");
    Problem::new("duplicate_key", at(file, second), message, "keep one of the two")
}

fn at(file: &str, line: usize) -> Place {
    Place::File { name: file.to_owned(), line: Some(line as u64), column: None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_duplicate_key_is_found_with_both_lines() {
        let text = "a: 1\nb:\n  - {c: 1, c: 2}\n  - x\na: 3\n";
        let found = find("p.yaml", text);
        let messages: Vec<_> = found.problems.iter().map(|p| p.message.as_str()).collect();
        assert_eq!(
            messages,
            ["`c` is given twice (b.0.c), in lines 3 and 3", "`a` is given twice (a), in lines 1 and 5"]
        );
        assert_eq!(found.places["b.1"], Spot { line: 4, column: 5 });
    }

    #[test]
    fn a_number_that_is_not_finite_is_refused_and_a_quoted_one_is_text() {
        assert_eq!(find("p.yaml", "a: -.inf\nb: .NaN\nc: '.nan'\n").problems.len(), 2);
    }
}
