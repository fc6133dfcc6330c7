//! A whole run: every stage that is asked for, in order, independent ones side by side.
//!
//! Results are stored as they are made, so a run that stops loses nothing; they are shown, all at one moment, only when
//! everything asked for is up to date, so `outputs/` always shows one consistent run. The lock file and the history follow.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::alone::shelved;
use super::board::Board;
use super::event::{Event, Listener};
use super::flight::Tower;
use super::locked;
use super::plan::Graph;
use super::supply::{Shelf, Stored};
use crate::config::Plan;
use crate::failure::{Failure, Left};
use crate::store::history::{Diary, Outcome, StageRun};
use crate::store::lock::Lock;
use crate::store::lockfile::Lockfile;
use crate::store::{Store, lockfile};

/// The stage whose page a run names at its end.
const REPORT: &str = "report";

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
    /// What the results must be made of, and be.
    pub locked: Option<Arc<Lockfile>>,
}

/// Runs what is asked for; the lock proves that no one else writes.
pub fn execute(
    plan: &Plan,
    store: &Store,
    request: &Request,
    listener: &dyn Listener,
    _lock: &Lock,
    on_work: &(dyn Fn(&Path) + Sync),
) -> Result<(), Failure> {
    let start = Instant::now();
    let graph = Graph::new(&plan.stages).map_err(|text| Failure::stage("runner", "slots", text))?;
    let wanted = if request.only { request.targets.clone() } else { graph.with_needs(&request.targets) };
    hold(plan, &wanted, request)?;
    plan.shared.away().into_iter().for_each(|text| listener.hear(Event::Remark { text }));
    let showed = store.shown().is_symlink();
    let diary = Diary::open(store);
    let opened = || on_work(&diary.folder());
    let locked = request.locked.as_deref();
    let tower = Tower { plan, store, listener, jobs: request.jobs, locked, on_work: &opened };
    let Flown { shelf, stages, failures } = fly(&tower, &graph, request, &wanted)?;
    let finished = match failures.is_empty() {
        true => finish(plan, store, request, &wanted, &shelf),
        false => Err(Failure::several(failures)),
    };
    let removed = showed && !store.shown().is_symlink();
    let finished = finished.map_err(|failure| if removed { failure.leaving(Left::Nothing) } else { failure });
    let end = finished.is_ok().then(|| finished_event(plan, store, &wanted, &stages, start.elapsed()));
    let worth_telling = stages.iter().any(|stage| stage.outcome != Outcome::Cached || stage.switched);
    let told = match worth_telling {
        true => diary
            .write(plan.yaml.overrides.values().cloned().collect(), stages, finished.as_ref().err())
            .map_err(|failure| failure.leaving(Left::Locked)),
        false => Ok(()),
    };
    finished.and(told)?;
    end.into_iter().for_each(|event| listener.hear(event));
    Ok(())
}

/// Refuses a plan that is not what the lock file says, where the run is held to one.
fn hold(plan: &Plan, wanted: &BTreeSet<usize>, request: &Request) -> Result<(), Failure> {
    let problems = request.locked.as_ref().map_or_else(Vec::new, |lock| locked::before(plan, wanted, lock));
    plan.refuse(problems)
}

/// How the stages ended.
pub struct Flown {
    pub shelf: Shelf,
    /// For the history, in order: what was wanted, and what it ran on.
    pub stages: Vec<StageRun>,
    pub failures: Vec<Failure>,
}

/// Brings what is wanted up to date; shows nothing.
pub fn fly(tower: &Tower<'_>, graph: &Graph, request: &Request, wanted: &BTreeSet<usize>) -> Result<Flown, Failure> {
    let (plan, store) = (tower.plan, tower.store);
    let shelf = if request.only { shelved(plan, store, graph, wanted)? } else { plan.beside.clone() };
    let lent: Vec<StageRun> = shelf.values().map(lent).collect();
    let mut board = Board { graph, request, wanted, shelf, landed: BTreeMap::new(), failures: Vec::new() };
    board.fly_all(tower);
    let Board { shelf, landed, failures, .. } = board;
    let mut stages: Vec<StageRun> = landed.into_values().chain(lent).collect();
    stages.sort_by_key(|told| plan.stages.iter().position(|stage| stage.name() == told.stage));
    Ok(Flown { shelf, stages, failures })
}

fn finished_event(
    plan: &Plan,
    store: &Store,
    wanted: &BTreeSet<usize>,
    stages: &[StageRun],
    elapsed: Duration,
) -> Event {
    let named = |outcome: Outcome| -> Vec<&'static str> {
        let names = wanted.iter().map(|index| plan.stages[*index].name());
        names.filter(|name| stages.iter().any(|s| s.stage == *name && s.outcome == outcome)).collect()
    };
    // Another run's report may be of other results.
    let report = wanted.iter().any(|index| plan.stages[*index].name() == REPORT).then(|| store.link(REPORT));
    let report = report.map(|folder| folder.join("report.html")).filter(|page| page.exists());
    let report = report.map(|page| page.strip_prefix(".").unwrap_or(&page).display().to_string());
    let (ran, fetched, cached) = (named(Outcome::Ran), named(Outcome::Fetched), named(Outcome::Cached));
    Event::Finished { ran, fetched, cached, seconds: elapsed.as_secs_f64(), report }
}

/// A result that was used as it is: the history knows it, so that a collection keeps it.
fn lent(stored: &Stored) -> StageRun {
    let key = Some(stored.entry.key.to_string());
    StageRun { key, lent: true, ..StageRun::new(&stored.entry.stage, Outcome::Cached) }
}

/// Shows no result of a stage that the configuration does not have any more.
fn hide_others(plan: &Plan, store: &Store) -> Result<(), Failure> {
    let known = |stage: &String| stage == stages::sweep::NAME || plan.stages.iter().any(|known| known.name() == stage);
    store.stages_with_entries().iter().filter(|stage| !known(stage)).try_for_each(|stage| store.hide(stage))
}

/// Shows the results, all at once, and, after a full run, writes the lock file.
fn finish(
    plan: &Plan,
    store: &Store,
    request: &Request,
    wanted: &BTreeSet<usize>,
    shelf: &Shelf,
) -> Result<(), Failure> {
    let stored: Vec<&Stored> = wanted.iter().filter_map(|index| shelf.get(plan.stages[*index].name())).collect();
    store.show(&stored.iter().map(|stored| &stored.entry).collect::<Vec<_>>())?;
    if stored.len() == plan.stages.len() && !request.only && request.locked.is_none() {
        let records: Vec<_> = stored.iter().map(|stored| stored.record.as_ref().clone()).collect();
        let written = lockfile::write(&lockfile::path(&plan.pipeline), &records, &plan.yaml.overrides);
        written.map_err(|failure| failure.leaving(Left::Shown))?;
        hide_others(plan, store).map_err(|failure| failure.leaving(Left::Locked))?;
    }
    Ok(())
}
