//! What ran, why and how long: `runs/<id>/run.json`, with the log beside it. Written only when something ran.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::time::{Duration, Instant, SystemTime};

use serde::{Deserialize, Serialize};

use super::files;
use super::layout::Store;
use super::moment::{moment, stamp, utc};
use super::regular;
use super::target::target;
use crate::engine::reason::Reason;
use crate::failure::Failure;

/// The version of run.json's form: fields may be added under one number. 0: written before the form had a number.
pub const FORMAT: u32 = 1;
pub const FILE: &str = "run.json";
pub const LOG: &str = "log.txt";

/// How a stage ended in one run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    Ran,
    Cached,
    /// Copied from another study's cache.
    Fetched,
    Failed,
    Skipped,
}

/// One stage of a run.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct StageRun {
    pub stage: String,
    pub outcome: Outcome,
    pub reasons: Vec<Reason>,
    pub key: Option<String>,
    /// When it began to run, where it ran.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub started: Option<String>,
    pub seconds: f64,
    /// It was in the cache, and `outputs/` showed something else or nothing.
    #[serde(default)]
    pub switched: bool,
    /// Read as it was, and not asked for: what `--only` ran on, and the sweep's tables.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub lent: bool,
    /// The cache that its result was copied from, as the configuration names it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// What a failed stage said, on one line.
    #[serde(default)]
    pub error: Option<String>,
}

impl StageRun {
    pub fn new(stage: &str, outcome: Outcome) -> StageRun {
        let stage = stage.to_owned();
        let (reasons, key, started, from, error) = (Vec::new(), None, None, None, None);
        let (switched, lent) = (false, false);
        StageRun { stage, outcome, reasons, key, started, seconds: 0.0, switched, lent, from, error }
    }
}

/// One run.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Run {
    #[serde(default)]
    pub format: u32,
    pub id: String,
    pub started: String,
    pub seconds: f64,
    pub program: String,
    pub target: String,
    /// The words of the command line after the program's name.
    #[serde(default)]
    pub command: Vec<String>,
    pub overrides: Vec<String>,
    pub succeeded: bool,
    /// Why it did not succeed, on one line.
    #[serde(default)]
    pub error: Option<String>,
    /// The largest resident memory of the process so far, where the system tells.
    pub peak_memory_kib: Option<u64>,
    pub stages: Vec<StageRun>,
    /// What the universes of a sweep used, each result once.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub universes: Vec<StageRun>,
}

/// A run that is under way; it gets its id, and a folder, only when there is something to tell.
#[derive(Debug)]
pub struct Diary<'a> {
    store: &'a Store,
    started: SystemTime,
    clock: Instant,
    id: OnceLock<String>,
}

impl<'a> Diary<'a> {
    pub fn open(store: &'a Store) -> Diary<'a> {
        Diary { store, started: SystemTime::now(), clock: Instant::now(), id: OnceLock::new() }
    }

    fn id(&self) -> &str {
        self.id.get_or_init(|| next_id(self.started, ids(self.store).last().map(String::as_str)))
    }

    pub fn folder(&self) -> PathBuf {
        self.store.runs().join(self.id())
    }

    /// Writes run.json; the log beside it is the listener's.
    pub fn write(
        &self,
        overrides: Vec<String>,
        stages: Vec<StageRun>,
        failure: Option<&Failure>,
    ) -> Result<(), Failure> {
        self.write_with(overrides, stages, Vec::new(), failure)
    }

    /// Writes run.json of a run that used the results of other universes as well.
    pub fn write_with(
        &self,
        overrides: Vec<String>,
        stages: Vec<StageRun>,
        universes: Vec<StageRun>,
        failure: Option<&Failure>,
    ) -> Result<(), Failure> {
        let run = Run {
            format: FORMAT,
            id: self.id().to_owned(),
            started: utc(self.started),
            seconds: self.clock.elapsed().as_secs_f64(),
            program: env!("CARGO_PKG_VERSION").to_owned(),
            target: target(),
            command: std::env::args_os().skip(1).map(|word| word.to_string_lossy().into_owned()).collect(),
            overrides,
            succeeded: failure.is_none(),
            error: failure.map(Failure::brief),
            peak_memory_kib: peak_memory(),
            stages,
            universes,
        };
        files::create_folder(&self.folder())?;
        let text = serde_json::to_vec_pretty(&run).expect("a run is maps with text keys");
        files::replace(&self.folder().join(FILE), &text)
    }
}

/// A run in the history: what run.json says, if there is one that this version can read.
#[derive(Debug)]
pub struct Told {
    pub id: String,
    pub folder: PathBuf,
    pub run: Option<Run>,
}

/// The ids of every run, oldest first.
pub fn ids(store: &Store) -> Vec<String> {
    let folders = std::fs::read_dir(store.runs()).into_iter().flatten().flatten();
    let mut ids: Vec<String> = folders.filter_map(|folder| folder.file_name().into_string().ok()).collect();
    ids.sort();
    ids
}

/// Reads one run.
pub fn read(store: &Store, id: &str) -> Told {
    let folder = store.runs().join(id);
    let run = regular::read(&folder.join(FILE)).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok());
    Told { id: id.to_owned(), folder, run }
}

/// An id after every earlier one, also when the clock was set back: by time to the millisecond, then the process.
fn next_id(now: SystemTime, last: Option<&str>) -> String {
    let process = std::process::id();
    let id = format!("{}-{process}", stamp(now));
    let Some(last) = last.filter(|last| *last >= id.as_str()) else { return id };
    let after = moment(last).map(|last| last + Duration::from_millis(1));
    // An id that is no moment is someone else's; what follows it sorts after it.
    after
        .map(|after| format!("{}-{process}", stamp(after)))
        .filter(|id| id.as_str() > last)
        .unwrap_or_else(|| format!("{last}-{process}"))
}

fn peak_memory() -> Option<u64> {
    let status = std::fs::read_to_string(Path::new("/proc/self/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::UNIX_EPOCH;

    #[test]
    fn a_run_comes_after_every_earlier_one_also_when_the_clock_was_set_back() {
        let at = |seconds| UNIX_EPOCH + Duration::from_secs(seconds);
        let mut last = next_id(at(1_752_568_245), None);
        for now in [1_752_568_245, 1_752_568_000, 0, 1_752_568_246, 5] {
            let id = next_id(at(now), Some(&last));
            assert!(id > last, "{id} after {last}");
            last = id;
        }
        for odd in ["zzz", "20250715T083045Z-99999", "99999999T999999Z-1"] {
            assert!(next_id(at(1_752_568_245), Some(odd)).as_str() > odd, "{odd}");
        }
    }

    #[test]
    fn what_an_earlier_version_told_can_still_be_read() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::new(folder.path());
        std::fs::create_dir_all(store.runs().join("20250715T083045Z-1")).unwrap();
        let text = r#"{
            "id": "20250715T083045Z-1", "started": "2025-07-15T08:30:45Z", "seconds": 0.5, "program": "0.1.0",
            "target": "x86_64 linux", "overrides": [], "succeeded": true, "peak_memory_kib": null,
            "stages": [{"stage": "qc", "outcome": "ran", "reasons": [{"reason": "never_run"}], "key": null, "seconds": 0.1}]
        }"#;
        std::fs::write(store.runs().join("20250715T083045Z-1").join(FILE), text).unwrap();
        let run = read(&store, &ids(&store)[0]).run.unwrap();
        assert_eq!((run.format, run.stages[0].outcome, run.stages[0].switched), (0, Outcome::Ran, false));
    }
}
