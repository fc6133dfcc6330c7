//! A whole run: every stage that is asked for, in order, independent ones side by side.
//!
//! Results are stored as they are made, so a run that stops loses nothing; the links, the lock file and the history
//! follow only when everything asked for is up to date, so `outputs/` always shows one consistent run.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;

use super::board::Board;
use super::event::{Event, Listener};
use super::flight::Tower;
use super::plan::Graph;
use super::supply::{Shelf, Stored};
use crate::config::Plan;
use crate::failure::Failure;
use crate::store::history::Run;
use crate::store::lock::Lock;
use crate::store::{Damage, Store, files, lockfile, verify};

/// What the user asked for.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// Indices of the stages; with what they need unless `only`.
    pub targets: BTreeSet<usize>,
    /// These stages alone, on what is cached.
    pub only: bool,
    pub force: BTreeSet<usize>,
    /// Stages side by side, and threads within them.
    pub jobs: usize,
    pub keep_going: bool,
}

/// Runs what is asked for; the lock proves that no one else writes.
pub fn execute(
    plan: &Plan,
    store: &Store,
    request: &Request,
    listener: &dyn Listener,
    _lock: &Lock,
    on_work: &(dyn Fn(&Run) + Sync),
) -> Result<(), Failure> {
    let start = Instant::now();
    let graph = Graph::new(&plan.stages).map_err(|text| Failure::stage("runner", "slots", text))?;
    let wanted = if request.only { request.targets.clone() } else { graph.with_needs(&request.targets) };
    let mut run = Run::start(plan.yaml.overrides.values().cloned().collect());
    let opened = || on_work(&run);
    let tower = Tower { plan, store, listener, jobs: request.jobs, on_work: &opened };
    let shelf = if request.only { shelved(plan, store, &graph, &wanted)? } else { Shelf::new() };
    let mut board =
        Board { graph: &graph, request, wanted: &wanted, shelf, landed: BTreeMap::new(), failures: Vec::new() };
    board.fly_all(&tower);
    let Board { shelf, landed, failures, .. } = board;
    run.succeeded = failures.is_empty();
    run.stages = landed.into_values().collect();
    let worked = run.stages.iter().any(|stage| stage.outcome != "cached");
    let finished =
        if run.succeeded { finish(plan, store, request, &wanted, &shelf) } else { Err(Failure::several(failures)) };
    let told = if worked { run.write(store, start.elapsed()) } else { Ok(()) };
    finished.and(told)?;
    let named = |outcome: &str| -> Vec<&'static str> {
        let is =
            |index: &&usize| run.stages.iter().any(|s| s.stage == plan.stages[**index].name() && s.outcome == outcome);
        wanted.iter().filter(is).map(|index| plan.stages[*index].name()).collect()
    };
    let report = store.link("report").join("report.html");
    let report = report.exists().then(|| report.strip_prefix(".").unwrap_or(&report).display().to_string());
    let seconds = start.elapsed().as_secs_f64();
    listener.hear(Event::Finished { ran: named("ran"), cached: named("cached"), seconds, report });
    Ok(())
}

/// For `--only`: what the other stages' links show, whole.
pub fn shelved(plan: &Plan, store: &Store, graph: &Graph, wanted: &BTreeSet<usize>) -> Result<Shelf, Failure> {
    let needed: BTreeSet<usize> = wanted.iter().flat_map(|index| graph.upstream[*index].clone()).collect();
    let mut shelf = Shelf::new();
    for index in needed.difference(wanted) {
        let stage = plan.stages[*index].name();
        let nothing =
            |why: String| Failure::Usage { message: why, remedy: format!("run `ketascreen run {stage}` first") };
        let entry = store.current(stage).ok_or_else(|| nothing(format!("{stage} has no results yet")))?;
        let (record, damaged) = verify(&entry)?;
        let files: Vec<String> = damaged.iter().map(|damage: &Damage| damage.reason().to_string()).collect();
        match record {
            Some(record) if damaged.is_empty() => drop(shelf.insert(stage, Stored { entry, record: record.into() })),
            _ => return Err(nothing(format!("the results of {stage} are damaged: {}", files.join(", ")))),
        }
    }
    Ok(shelf)
}

/// Flips the links and, after a full run, writes the lock file.
fn finish(
    plan: &Plan,
    store: &Store,
    request: &Request,
    wanted: &BTreeSet<usize>,
    shelf: &Shelf,
) -> Result<(), Failure> {
    let stored: Vec<&Stored> = wanted.iter().filter_map(|index| shelf.get(plan.stages[*index].name())).collect();
    let mut flipped = false;
    for stored in &stored {
        flipped |= store.show(&stored.entry)?;
    }
    if flipped {
        files::sync_folder(&store.outputs)?;
    }
    if stored.len() == plan.stages.len() && !request.only {
        let records: Vec<_> = stored.iter().map(|stored| stored.record.as_ref().clone()).collect();
        lockfile::write(&lockfile::path(&plan.pipeline), &records, &plan.yaml.overrides)?;
    }
    Ok(())
}
