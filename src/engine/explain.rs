//! A stage's key part by part: what the shown result was made of against what a run would read now.
//!
//! Pure: no file, no clock. The verdict on the whole stage is [`decide`](super::decide)'s.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::Value;

use super::pair::Pair;
use super::reason::shown;
use super::recipe::Recipe;
use crate::store::{Digest, Record};

/// What is no part of any key.
pub const NEVER_COUNTS: [&str; 7] = [
    "the number of threads (-j)",
    "what is printed and logged",
    "paths and the name of the study's folder",
    "the clock and modification times",
    "comments and white space",
    "the order of keys",
    "a default written out",
];

/// The kind of a part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    MethodVersion,
    Seed,
    Setting,
    Input,
}

/// How a part stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    Same,
    Changed,
    /// There is nothing to compare with: no result is shown, or it did not have this part.
    New,
    /// The shown result had it, and a run would not.
    Gone,
    /// Not known before the stage that makes it has run.
    Waits,
}

/// One part of a key.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Part {
    pub part: Kind,
    pub name: String,
    pub verdict: Change,
    pub old: Option<Value>,
    pub new: Option<Value>,
    /// Where it comes from: `pipeline.yaml:41`, `-S`, `default`, `made by qc`, `file of the study`.
    pub origin: String,
}

impl Part {
    fn new(part: Kind, name: &str, old: Option<Value>, new: Option<Value>, origin: String) -> Part {
        let verdict = match (&old, &new) {
            (Some(old), Some(new)) if old == new => Change::Same,
            (Some(_), Some(_)) => Change::Changed,
            (None, _) => Change::New,
            (Some(_), None) => Change::Gone,
        };
        Part { part, name: name.to_owned(), verdict, old, new, origin }
    }

    /// Whether this part alone makes another key.
    pub fn differs(&self) -> bool {
        !matches!(self.verdict, Change::Same | Change::Waits)
    }

    /// `name old -> new`, whatever of it there is.
    pub fn both(&self) -> String {
        format!("{} {}", self.name, Pair::new(&self.name, self.old.as_ref(), self.new.as_ref()).words())
    }

    /// `name old -> new`, or `name value` where there is one value.
    pub fn words(&self) -> String {
        let pair = Pair::new(&self.name, self.old.as_ref(), self.new.as_ref());
        let (old, new) = (shown(self.old.as_ref()), shown(self.new.as_ref()));
        match self.verdict {
            Change::Same | Change::New => format!("{} {new}", self.name),
            Change::Changed => format!("{} {}", self.name, pair.words()),
            Change::Gone => format!("{} {old}", self.name),
            Change::Waits => self.name.clone(),
        }
    }
}

/// Every part of the key, in the order in which they enter it. `slots` are all tables that the stage reads, whether
/// their digests are known yet or not; `line` tells where a setting stands.
pub fn parts(recipe: &Recipe, record: Option<&Record>, slots: &[String], line: impl Fn(&str) -> String) -> Vec<Part> {
    let version = record.map(|record| record.method_version.into());
    let mut parts =
        vec![Part::new(Kind::MethodVersion, "method version", version, Some(recipe.version.into()), String::new())];
    parts.extend(settings(recipe, record, &line));
    let seed = record.and_then(|record| record.seed);
    if seed.or(recipe.seed).is_some() {
        let (old, new) = (seed.map(Value::from), recipe.seed.map(Value::from));
        parts.push(Part::new(Kind::Seed, "study.seed", old, new, line("study.seed")));
    }
    parts.extend(inputs(recipe, record, slots));
    parts
}

fn settings(recipe: &Recipe, record: Option<&Record>, line: impl Fn(&str) -> String) -> Vec<Part> {
    let now = recipe.flat_settings();
    let none = BTreeMap::new();
    let before = record.map_or(&none, |record| &record.settings);
    // The report holds versions and digests among its settings: they are written nowhere.
    let setting = |key: &str| ["stages.", "study.", "sweep."].iter().any(|section| key.starts_with(section));
    let origin = |key: &str| if setting(key) { line(key) } else { String::new() };
    let part = |pair: Pair| {
        let origin = origin(pair.place());
        Part::new(Kind::Setting, &pair.name, pair.old, pair.new, origin)
    };
    let keys: BTreeSet<&String> = now.keys().chain(before.keys()).collect();
    keys.into_iter().flat_map(|key| Pair::new(key, before.get(key), now.get(key)).parts()).map(part).collect()
}

fn inputs(recipe: &Recipe, record: Option<&Record>, slots: &[String]) -> Vec<Part> {
    let none = BTreeMap::new();
    let before = record.map_or(&none, |record| &record.inputs);
    let value = |digest: Option<&Digest>| digest.map(|digest| Value::from(digest.as_str()));
    let part = |slot: &String| {
        let maker = slot.split_once('/').filter(|_| !slot.ends_with(')')).map(|(stage, _)| stage);
        let origin = maker.map_or("file of the study".to_owned(), |stage| format!("made by {stage}"));
        let (old, new) = (value(before.get(slot)), value(recipe.inputs.get(slot)));
        let waits = new.is_none() && slots.contains(slot);
        let part = Part::new(Kind::Input, slot, old, new, origin);
        if waits { Part { verdict: Change::Waits, ..part } } else { part }
    };
    recipe.inputs.keys().chain(before.keys()).chain(slots).collect::<BTreeSet<_>>().into_iter().map(part).collect()
}

/// An entry with another key, and the parts in which it differs.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Nearest {
    pub key: Digest,
    pub differs: Vec<Part>,
}

/// The cached entry that has the fewest other parts; of several the first. One with the same key is not another.
pub fn nearest(
    recipe: &Recipe,
    records: impl IntoIterator<Item = Record>,
    slots: &[String],
    line: impl Fn(&str) -> String,
) -> Option<Nearest> {
    let key = recipe.key();
    let others = records.into_iter().filter(|record| record.key != key);
    let compared = others.map(|record| {
        let parts = parts(recipe, Some(&record), slots, &line);
        Nearest { key: record.key, differs: parts.into_iter().filter(Part::differs).collect() }
    });
    compared.min_by_key(|nearest| nearest.differs.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn recipe(settings: Value, inputs: &[(&str, &[u8])]) -> Recipe {
        let inputs = inputs.iter().map(|(slot, bytes)| ((*slot).to_owned(), Digest::of(bytes))).collect();
        Recipe { stage: "qc", version: 2, seed: None, settings, inputs }
    }

    fn told(parts: &[Part]) -> String {
        let line = |part: &Part| format!("{:?}: {} [{}]", part.verdict, part.words(), part.origin);
        parts.iter().map(line).collect::<Vec<_>>().join("\n")
    }

    fn line(key: &str) -> String {
        if key.ends_with("keep") { String::new() } else { "pipeline.yaml:41".to_owned() }
    }

    #[test]
    fn every_part_has_its_old_and_its_new_value() {
        let before = recipe(json!({"max": 0.2, "old": 1}), &[("ingest/panel", b"1"), ("ingest/gone", b"1")]);
        let record = Record::of(&Recipe { version: 1, seed: Some(7), ..before }, Vec::new());
        let now = recipe(json!({"max": 0.3, "keep": []}), &[("ingest/panel", b"1"), ("a/b.csv (panel)", b"1")]);
        insta::assert_snapshot!(told(&parts(&now, Some(&record), &["ingest/samples".to_owned()], line)), @r"
        Changed: method version 1 -> 2 []
        New: stages.qc.keep [] []
        Changed: stages.qc.max 0.2 -> 0.3 [pipeline.yaml:41]
        Gone: stages.qc.old 1 [pipeline.yaml:41]
        Gone: study.seed 7 [pipeline.yaml:41]
        New: a/b.csv (panel) 6b86b273 [file of the study]
        Gone: ingest/gone 6b86b273 [made by ingest]
        Same: ingest/panel 6b86b273 [made by ingest]
        Waits: ingest/samples [made by ingest]
        ");
        assert!(parts(&now, None, &[], line).iter().all(|part| part.verdict == Change::New));
        let same = Record::of(&now, Vec::new());
        assert!(parts(&now, Some(&same), &[], line).iter().all(|part| part.verdict == Change::Same));
    }

    #[test]
    fn the_nearest_entry_has_the_fewest_other_parts_and_is_never_the_same_one() {
        let now = recipe(json!({"a": 1, "b": 2}), &[]);
        let record = |settings| Record::of(&recipe(settings, &[]), Vec::new());
        let far = record(json!({"a": 3, "b": 3}));
        let near = record(json!({"a": 1, "b": 3}));
        let found = nearest(&now, [far, near.clone(), Record::of(&now, Vec::new())], &[], line).unwrap();
        assert_eq!((found.key, found.differs.len()), (near.key, 1));
        assert_eq!(nearest(&now, [], &[], line), None);
    }
}
