//! pipeline.lock: what the current results are made of, to be committed beside pipeline.yaml.
//!
//! Sorted, without times or absolute paths, and rewritten only when its bytes differ.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::{Value, json};

use super::digest::Digest;
use super::files;
use super::record::Record;
use super::regular;
use crate::failure::Failure;

/// The version of the lock file's form.
const FORMAT: u32 = 1;

/// A lock file that was read.
#[derive(Debug, Clone, Deserialize)]
pub struct Lockfile {
    format: u32,
    pub stages: BTreeMap<String, LockedStage>,
    /// The machine it was written on, as far as bits depend on it.
    pub target: Option<String>,
    /// The file's name, for messages.
    #[serde(skip)]
    pub name: String,
}

/// What one stage was made of and what it made.
#[derive(Debug, Clone, Deserialize)]
pub struct LockedStage {
    pub method_version: u32,
    pub seed: Option<u64>,
    pub settings: BTreeMap<String, Value>,
    pub inputs: BTreeMap<String, Digest>,
    pub outputs: BTreeMap<String, Digest>,
}

/// Reads a lock file.
pub fn read(path: &Path) -> Result<Lockfile, Failure> {
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let unusable = |message: String| Failure::Usage {
        message,
        remedy: "`ketascreen run` without --locked writes it; commit it beside the configuration".to_owned(),
    };
    let bytes = regular::read(path).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => unusable(format!("there is no {name} to hold this run to")),
        _ => Failure::io("read", path, error),
    })?;
    let lock: Lockfile =
        serde_json::from_slice(&bytes).map_err(|error| unusable(format!("{name} cannot be read: {error}")))?;
    if lock.format != FORMAT {
        return Err(unusable(format!("{name} has format {}, and this program reads {FORMAT}", lock.format)));
    }
    Ok(Lockfile { name, ..lock })
}

/// The lock file beside a configuration: `study.yaml` has `study.lock`.
pub fn path(pipeline: &Path) -> PathBuf {
    pipeline.with_extension("lock")
}

/// Writes the lock file if it would differ; whether it did.
pub fn write(path: &Path, records: &[Record], overrides: &BTreeMap<String, String>) -> Result<bool, Failure> {
    let text = text(records, overrides);
    if regular::read(path).is_ok_and(|known| known == text.as_bytes()) {
        return Ok(false);
    }
    files::replace(path, text.as_bytes())?;
    Ok(true)
}

fn text(records: &[Record], overrides: &BTreeMap<String, String>) -> String {
    let stage = |record: &Record| {
        let outputs: BTreeMap<&str, &str> =
            record.outputs.iter().map(|output| (output.path.as_str(), output.sha256.as_str())).collect();
        let value = json!({
            "key": record.key, "method_version": record.method_version, "seed": record.seed,
            "settings": record.settings, "inputs": record.inputs, "outputs": outputs,
        });
        (record.stage.clone(), value)
    };
    let stages: BTreeMap<String, Value> = records.iter().map(stage).collect();
    // Where results are looked for decides none of them.
    let decides = |path: &str| path != "cache" && !path.starts_with("cache.");
    let overrides: Vec<&String> = overrides.iter().filter(|(path, _)| decides(path)).map(|(_, text)| text).collect();
    let target = records.first().map(|record| record.target.as_str());
    let lock = json!({"format": FORMAT, "overrides": overrides, "stages": stages, "target": target});
    let text = serde_json::to_string_pretty(&lock).expect("maps with text keys and finite numbers");
    format!("{text}\n")
}
