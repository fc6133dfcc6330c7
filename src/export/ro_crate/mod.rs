//! The current results as a Workflow Run RO-Crate (RO-Crate 1.1; Provenance Run Crate 0.5): what was run, on what, with
//! which settings, and what came out, each file by its SHA-256.
//!
//! The configuration is the workflow, each stage a step and a tool, each run of a stage an action. Files of the study and
//! results are described; they are in the crate only where they were asked for, since they hold participants.

mod graph;
mod stage;
mod study;

use std::path::{Component, Path};

use serde_json::Value;

use crate::config::Plan;
use crate::config::sources::Source;
use crate::engine::own;
use crate::engine::status::Standing;
use crate::store::history::Run;
use crate::store::{Digest, lockfile};

/// The file that makes a folder a crate.
pub const METADATA: &str = "ro-crate-metadata.json";

/// What a crate tells of.
pub struct Told<'a> {
    pub plan: &'a Plan,
    /// Every stage, with its stored result.
    pub standings: &'a [Standing],
    /// The runs that are on record, the earliest first.
    pub runs: &'a [Run],
    /// What is in the crate beside the configuration and the lock file.
    pub with: Contents,
}

/// What is copied into the crate.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Contents {
    pub results: bool,
    pub data: bool,
}

/// One file that the crate holds or describes.
#[derive(Debug, Clone, PartialEq)]
pub struct Payload {
    /// Its path in the crate, with `/`.
    pub path: String,
    pub sha256: Digest,
    pub bytes: u64,
}

/// The crate's metadata; `configuration` and `lock` are files of the crate.
pub fn metadata(told: &Told<'_>, configuration: &Payload, lock: &Payload) -> Value {
    let mut graph = graph::Graph::default();
    study::describe(&mut graph, told, configuration, lock);
    graph.document()
}

/// Where a stage's file is in a crate that holds results.
pub fn result_path(stage: &str, file: &str) -> String {
    format!("results/{stage}/{file}")
}

/// Where a file of the study is in a crate that holds data: where it is in the study, so that the crate can be run. What
/// has no such place, or one that the crate needs itself, is told apart by what is in it.
pub fn data_path(plan: &Plan, source: &Source) -> String {
    let folders = &plan.folders;
    let base = if source.role == own::FILE { &folders.root } else { &folders.data };
    let whole = base.join(&source.name);
    let below = whole.strip_prefix(&folders.root).ok().and_then(plain);
    let name = whole.file_name().unwrap_or_default().to_string_lossy();
    let apart = || format!("outside/{}/{name}", &source.digest.as_str()[..12]);
    let lock = lockfile::path(&plan.pipeline);
    let lock = lock.file_name().unwrap_or_default().to_string_lossy();
    // Without case: not every file system knows it.
    let taken = [METADATA, &lock, "results", "outside"].map(str::to_lowercase);
    let free = |path: &String| !path.split('/').next().is_some_and(|first| taken.contains(&first.to_lowercase()));
    below.filter(free).unwrap_or_else(apart)
}

/// A path of plain names, with `/`.
fn plain(path: &Path) -> Option<String> {
    let parts = path.components().filter(|part| *part != Component::CurDir);
    let name = |part: Component<'_>| match part {
        Component::Normal(name) => name.to_str().map(str::to_owned),
        _ => None,
    };
    Some(parts.map(name).collect::<Option<Vec<_>>>()?.join("/"))
}
