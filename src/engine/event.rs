//! What happens during a run: the only channel outward.
//!
//! With `--json` every event is one line on standard output; its fields are part of the program's interface.

use serde::Serialize;

use super::reason::Reason;

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// The stage's result is in the cache, whole; `switched` when it was not the current one before.
    Cached { stage: &'static str, key: String, switched: bool },
    /// The stage's result was copied from another study's cache, which the configuration names as `from`.
    Fetched { stage: &'static str, key: String, from: String },
    /// The stage starts, for these reasons.
    Running { stage: &'static str, reasons: Vec<Reason> },
    /// A bar of `total` parts begins.
    Bar { stage: &'static str, label: String, total: u64 },
    /// The bar moves by `parts`.
    Advance { stage: &'static str, parts: u64 },
    /// The stage is done and stored.
    Done { stage: &'static str, key: String, seconds: f64, findings: usize },
    /// The stage failed; the error itself follows at the end of the run.
    Failed { stage: &'static str },
    /// The stage was not tried, since a stage it waits on failed.
    Skipped { stage: &'static str, because: &'static str },
    /// A cached entry was not what its record says, and was moved away.
    SetAside { stage: &'static str, files: Vec<String>, to: String },
    /// A universe of the sweep: ok, same (as an earlier one), refused (its settings) or failed (a stage stopped).
    Universe { universe: usize, name: String, status: &'static str, reason: String },
    /// Something worth a line that is neither an error nor a result.
    Remark { text: String },
    /// With `--watch`: nothing runs until one of so many files changes.
    Watching { files: usize },
    /// With `--watch`: these files changed, and a run follows.
    Changed { files: Vec<String> },
    /// The run is over and everything asked for is up to date.
    Finished {
        ran: Vec<&'static str>,
        fetched: Vec<&'static str>,
        cached: Vec<&'static str>,
        seconds: f64,
        report: Option<String>,
    },
}

/// Who listens; called from any thread.
pub trait Listener: Sync {
    fn hear(&self, event: Event);
}

/// Hears nothing: for checks and tests.
pub struct Deaf;

impl Listener for Deaf {
    fn hear(&self, _: Event) {}
}
