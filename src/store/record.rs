//! What an entry was made of and what it holds; written last, so an entry with a record is complete.

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::Path;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::artifact;
use super::digest::Digest;
use super::target::target;
use crate::config::about;
use crate::engine::recipe::{Parts, Recipe};

/// The version of the record's own form. A record of another version is unknown, never a hit.
pub const FORMAT: u32 = 1;
pub const FILE: &str = "record.json";

/// One file of an entry.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Output {
    /// The path below the entry, with `/`.
    pub path: String,
    pub sha256: Digest,
    pub bytes: u64,
}

/// What an entry was made of and what it holds. No clock, no absolute path.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Record {
    pub format: u32,
    pub stage: String,
    pub key: Digest,
    pub method_version: u32,
    /// The program that made it.
    pub program: String,
    /// The machine, as far as bits depend on it.
    pub target: String,
    pub seed: Option<u64>,
    /// Resolved settings by dotted path.
    pub settings: BTreeMap<String, Value>,
    /// The same as the stage held them, which the key is made of: one line of JSON, read only where it is asked for. A
    /// record of an earlier version is without.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resolved: Option<String>,
    /// Digests of what was read.
    pub inputs: BTreeMap<String, Digest>,
    /// What was made, in order of path.
    pub outputs: Vec<Output>,
}

impl Record {
    pub fn of(recipe: &Recipe, mut outputs: Vec<Output>) -> Record {
        outputs.sort_by(|a, b| a.path.cmp(&b.path));
        Record {
            format: FORMAT,
            stage: recipe.stage.to_owned(),
            key: recipe.key(),
            method_version: recipe.version,
            program: env!("CARGO_PKG_VERSION").to_owned(),
            target: target(),
            seed: recipe.seed,
            settings: recipe.flat_settings(),
            resolved: Some(recipe.settings.to_string()),
            inputs: recipe.inputs.clone(),
            outputs,
        }
    }

    /// Reads an entry's record; none where there is none that this version understands.
    pub fn read(folder: &Path) -> std::io::Result<Option<Record>> {
        let path = folder.join(FILE);
        // Whoever reads a pipe waits for a writer.
        match std::fs::metadata(&path).map(|found| found.is_file()) {
            Ok(true) => std::fs::read(&path).map(|bytes| Record::parse(&bytes)),
            Ok(false) => Ok(None),
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Whether the key follows from what the record says, as far as it says all of it, and its files are files of an entry.
    pub fn holds(&self) -> bool {
        let follows = self.resolved.as_ref().is_none_or(|line| {
            let Ok(settings) = &serde_json::from_str(line) else { return false };
            let (stage, version, seed, inputs) = (&*self.stage, self.method_version, self.seed, &self.inputs);
            let key = Parts { stage, version, seed, settings, inputs }.key();
            key == self.key && about::recorded(stage, settings) == self.settings
        });
        follows && artifact::unstorable(self.outputs.iter().map(|output| output.path.as_str())).is_none()
    }

    /// A record of a form that this version understands.
    pub fn parse(bytes: &[u8]) -> Option<Record> {
        serde_json::from_slice(bytes).ok().filter(|record: &Record| record.format == FORMAT)
    }

    /// What is written of it.
    pub fn bytes(&self) -> Vec<u8> {
        let mut text = serde_json::to_vec_pretty(self).expect("a record is maps with text keys");
        text.push(b'\n');
        text
    }

    /// The digest of one table.
    pub fn table(&self, name: &str) -> Option<&Output> {
        self.outputs.iter().find(|output| output.path.strip_suffix(".parquet") == Some(name))
    }
}
