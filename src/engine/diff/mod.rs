//! Two runs side by side: what they were made of, what they made, and which results moved.
//!
//! A run's own file names its stages' keys; everything else comes from the entries. An entry that was collected can be
//! compared with nothing, and is named.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::Value;

use super::pair::Pair;
use crate::failure::Failure;
use crate::store::history::{Outcome, Run, StageRun};
use crate::store::record::Output;
use crate::store::{Digest, Entry, Record, Store, parquet, regular};

pub mod associations;

use associations::Associations;

/// What one run made, stage by stage.
#[derive(Debug)]
pub struct Side {
    /// The id of the run, or `now`.
    pub name: String,
    pub stages: BTreeMap<String, Made>,
}

/// What became of one stage's result.
#[derive(Debug)]
pub enum Made {
    Stored {
        entry: Entry,
        record: Box<Record>,
    },
    /// It was made or used, and is no longer in the cache.
    Collected {
        key: String,
    },
}

impl Side {
    /// What a run used and made, as far as it came.
    pub fn of_run(store: &Store, run: &Run) -> Side {
        let made = |key: &str, stage: &str| {
            let entry = Digest::parse(key).map(|key| store.entry(stage, &key));
            match entry.and_then(|entry| Some((entry.record()?, entry))) {
                Some((record, entry)) => Made::Stored { entry, record: Box::new(record) },
                None => Made::Collected { key: key.to_owned() },
            }
        };
        let is_done = |stage: &&StageRun| matches!(stage.outcome, Outcome::Ran | Outcome::Cached | Outcome::Fetched);
        let done = run.stages.iter().filter(is_done);
        let keyed = done.filter_map(|stage| Some((stage, stage.key.as_ref()?)));
        let stages = keyed.map(|(stage, key)| (stage.stage.clone(), made(key, &stage.stage))).collect();
        Side { name: run.id.clone(), stages }
    }

    /// What `outputs/` shows.
    pub fn now(store: &Store, stages: &[&str]) -> Side {
        let made = |stage: &&str| {
            let entry = store.current(stage)?;
            let record = entry.record().map(Box::new);
            let key = entry.key.to_string();
            Some(((*stage).to_owned(), record.map_or(Made::Collected { key }, |record| Made::Stored { entry, record })))
        };
        Side { name: "now".to_owned(), stages: stages.iter().filter_map(made).collect() }
    }

    /// Whether it is the run of a sweep's universes, which shows nothing but the sweep's own result.
    pub fn is_a_sweep_alone(&self) -> bool {
        self.stages.len() == 1 && self.stages.contains_key(stages::sweep::NAME)
    }

    fn record(&self, stage: &str) -> Option<&Record> {
        match self.stages.get(stage)? {
            Made::Stored { record, .. } => Some(record),
            Made::Collected { .. } => None,
        }
    }
}

/// One file that is not the same on both sides; rows of tables.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FilePair {
    pub file: String,
    pub old: Option<Digest>,
    pub new: Option<Digest>,
    pub old_rows: Option<usize>,
    pub new_rows: Option<usize>,
}

/// One stage on both sides.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct StagePair {
    pub stage: String,
    /// Why there is nothing to compare.
    pub unknown: Option<String>,
    pub same_files: usize,
    pub files: Vec<FilePair>,
}

/// Everything that differs between two runs.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Difference {
    pub settings: Vec<Pair>,
    /// Files of the study, by their digests.
    pub inputs: Vec<Pair>,
    /// The program, the machine, and each stage's method.
    pub versions: Vec<Pair>,
    pub stages: Vec<StagePair>,
    pub associations: Option<Associations>,
}

/// Compares two runs; `stages` gives the order.
pub fn difference(old: &Side, new: &Side, stages: &[&str]) -> Result<Difference, Failure> {
    let known = stages.iter().filter_map(|stage| Some((*stage, old.record(stage)?, new.record(stage)?)));
    let known: Vec<(&str, &Record, &Record)> = known.collect();
    let named = |stage: &&&str| old.stages.contains_key(**stage) || new.stages.contains_key(**stage);
    let pairs: Result<Vec<StagePair>, Failure> =
        stages.iter().filter(named).map(|stage| stage_pair(stage, old, new)).collect();
    Ok(Difference {
        settings: pairs_of(&known, |record| {
            let own = |(path, value): (&String, &Value)| {
                let setting = ["stages.", "study.", "sweep."].iter().any(|section| path.starts_with(section));
                setting.then(|| (path.clone(), value.clone()))
            };
            let seed = record.seed.map(|seed| ("study.seed".to_owned(), seed.into()));
            record.settings.iter().filter_map(own).chain(seed).collect()
        }),
        inputs: pairs_of(&known, |record| {
            let files = record.inputs.iter().filter(|(slot, _)| slot.ends_with(')'));
            files.map(|(slot, digest)| (slot.clone(), digest.as_str().into())).collect()
        }),
        versions: pairs_of(&known, |record| {
            let method = (format!("method version of {}", record.stage), record.method_version.into());
            let program = ("program".to_owned(), record.program.as_str().into());
            BTreeMap::from([method, program, ("machine".to_owned(), record.target.as_str().into())])
        }),
        stages: pairs?,
        associations: moved(old, new)?,
    })
}

/// What differs of the named values of all stages, each name once.
fn pairs_of(known: &[(&str, &Record, &Record)], values: impl Fn(&Record) -> BTreeMap<String, Value>) -> Vec<Pair> {
    let mut pairs: BTreeMap<String, Pair> = BTreeMap::new();
    for (_, old, new) in known {
        let (old, new) = (values(old), values(new));
        for name in old.keys().chain(new.keys()).filter(|name| old.get(*name) != new.get(*name)) {
            pairs.insert(name.clone(), Pair::new(name, old.get(name), new.get(name)));
        }
    }
    pairs.into_values().flat_map(Pair::parts).collect()
}

fn stage_pair(stage: &str, old: &Side, new: &Side) -> Result<StagePair, Failure> {
    let mut pair = StagePair { stage: stage.to_owned(), unknown: None, same_files: 0, files: Vec::new() };
    let why = |side: &Side| match side.stages.get(stage) {
        None => Some(format!("not made in {}", side.name)),
        Some(Made::Collected { key }) => Some(format!("the result of {} ({}) was collected", side.name, short(key))),
        Some(Made::Stored { .. }) => None,
    };
    let (Some(Made::Stored { entry: a, record: before }), Some(Made::Stored { entry: b, record: now })) =
        (old.stages.get(stage), new.stages.get(stage))
    else {
        pair.unknown = Some(why(old).into_iter().chain(why(new)).collect::<Vec<_>>().join("; "));
        return Ok(pair);
    };
    let find = |record: &Record, path: &str| record.outputs.iter().find(|output| output.path == path).cloned();
    let paths: BTreeSet<&str> = before.outputs.iter().chain(&now.outputs).map(|output| output.path.as_str()).collect();
    for path in paths {
        let (x, y) = (find(before, path), find(now, path));
        let digest = |output: &Option<Output>| output.as_ref().map(|output| output.sha256.clone());
        if digest(&x) == digest(&y) {
            pair.same_files += 1;
            continue;
        }
        let (old_rows, new_rows) = (rows(a, x.as_ref())?, rows(b, y.as_ref())?);
        pair.files.push(FilePair { file: path.to_owned(), old: digest(&x), new: digest(&y), old_rows, new_rows });
    }
    Ok(pair)
}

fn short(key: &str) -> &str {
    key.get(..8).unwrap_or(key)
}

fn rows(entry: &Entry, output: Option<&Output>) -> Result<Option<usize>, Failure> {
    let Some(output) = output.filter(|output| output.path.ends_with(".parquet")) else { return Ok(None) };
    Ok(parquet::rows(read(entry, &output.path)?).ok())
}

fn read(entry: &Entry, path: &str) -> Result<Vec<u8>, Failure> {
    let path = entry.folder.join(path);
    regular::read(&path).map_err(|error| Failure::io("read", &path, error))
}

/// The screen's associations of both sides, where both are in the cache.
fn moved(old: &Side, new: &Side) -> Result<Option<Associations>, Failure> {
    let frame = |side: &Side| match side.stages.get("screen") {
        Some(Made::Stored { entry, record }) if record.table("associations").is_some() => {
            let path = "associations.parquet";
            let decoded = parquet::decode(read(entry, path)?);
            let bad = |error| Failure::io("read", &entry.folder.join(path), std::io::Error::other(error));
            decoded.map(|(frame, _)| Some(frame)).map_err(bad)
        }
        _ => Ok(None),
    };
    Ok(match (frame(old)?, frame(new)?) {
        (Some(old), Some(new)) => Some(associations::compare(&old, &new)),
        _ => None,
    })
}
