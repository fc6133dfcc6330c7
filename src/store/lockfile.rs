//! pipeline.lock: what the current results are made of, to be committed beside pipeline.yaml.
//!
//! Sorted, without times or absolute paths, and rewritten only when its bytes differ.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::files;
use super::record::Record;
use crate::failure::Failure;

/// The lock file beside a configuration: `study.yaml` has `study.lock`.
pub fn path(pipeline: &Path) -> PathBuf {
    pipeline.with_extension("lock")
}

/// Writes the lock file if it would differ; whether it did.
pub fn write(path: &Path, records: &[Record], overrides: &BTreeMap<String, String>) -> Result<bool, Failure> {
    let text = text(records, overrides);
    if std::fs::read(path).is_ok_and(|known| known == text.as_bytes()) {
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
    let overrides: Vec<&String> = overrides.values().collect();
    let target = records.first().map(|record| record.target.as_str());
    let lock = json!({"format": 1, "overrides": overrides, "stages": stages, "target": target});
    let text = serde_json::to_string_pretty(&lock).expect("maps with text keys and finite numbers");
    format!("{text}\n")
}
