//! What a run would do now, without doing it. Reads only.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde::Serialize;

use super::alone::shelved;
use super::decide::{Verdict, decide};
use super::fetch;
use super::plan::Graph;
use super::reason::Reason;
use super::recipe::Recipe;
use super::staleness;
use super::supply::{Shelf, Stored, digests};
use crate::config::Plan;
use crate::failure::Failure;
use crate::store::Store;

/// How a stage stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// In the cache, whole, and shown by its link.
    Cached,
    /// In the cache and whole; a run only has to show it.
    CachedNotShown,
    /// Whole in another study's cache, from which a run copies it.
    Shared,
    /// A run will run it.
    Outdated,
    /// It waits on a stage that a run will run, and is skipped if that one's output is unchanged.
    Maybe,
}

/// One stage's standing.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Standing {
    pub stage: &'static str,
    pub state: State,
    pub reasons: Vec<Reason>,
    pub waits_on: Vec<&'static str>,
    /// The cache that a run would copy the result from, as the configuration names it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// What the stage would read, as far as it is known.
    #[serde(skip)]
    pub recipe: Recipe,
    /// Its result, where that is in the cache and whole.
    #[serde(skip)]
    pub stored: Option<Stored>,
}

/// The standing of the given stages and of what they need, in order.
pub fn survey(
    plan: &Plan,
    store: &Store,
    targets: &BTreeSet<usize>,
    force: &BTreeSet<usize>,
) -> Result<Vec<Standing>, Failure> {
    let graph = Graph::new(&plan.stages).map_err(|text| Failure::stage("runner", "slots", text))?;
    standings(plan, store, &graph, graph.with_needs(targets), force, plan.beside.clone())
}

/// The standing of the given stages alone, on what the others show: what `--only` would do.
pub fn survey_alone(
    plan: &Plan,
    store: &Store,
    targets: &BTreeSet<usize>,
    force: &BTreeSet<usize>,
) -> Result<Vec<Standing>, Failure> {
    let graph = Graph::new(&plan.stages).map_err(|text| Failure::stage("runner", "slots", text))?;
    let shelf = shelved(plan, store, &graph, targets)?;
    standings(plan, store, &graph, targets.clone(), force, shelf)
}

fn standings(
    plan: &Plan,
    store: &Store,
    graph: &Graph,
    stages: BTreeSet<usize>,
    force: &BTreeSet<usize>,
    mut shelf: Shelf,
) -> Result<Vec<Standing>, Failure> {
    let mut standings = Vec::new();
    for index in stages {
        let up = graph.upstream[index].iter().map(|up| plan.stages[*up].name());
        let waits_on: Vec<&'static str> = up.filter(|stage| !shelf.contains_key(stage)).collect();
        let standing = if waits_on.is_empty() {
            known(plan, store, index, force.contains(&index), &mut shelf)?
        } else {
            waiting(plan, store, index, force.contains(&index), &shelf, waits_on)
        };
        standings.push(standing);
    }
    Ok(standings)
}

fn known(plan: &Plan, store: &Store, index: usize, forced: bool, shelf: &mut Shelf) -> Result<Standing, Failure> {
    let stage = plan.stages[index].as_ref();
    let (inputs, _) = digests(stage, &plan.sources[index], shelf);
    let recipe = Recipe::new(stage, plan.seed, inputs);
    let mut from = None;
    let (state, reasons, stored) = match decide(&recipe, &fetch::tables(stage), store, &plan.yaml, forced)? {
        Verdict::Cached { entry, record, switched } => {
            let stored = Stored { entry, record: Arc::new(record) };
            shelf.insert(stage.name(), stored.clone());
            (if switched { State::CachedNotShown } else { State::Cached }, Vec::new(), Some(stored))
        }
        Verdict::Run { reasons, .. } => match if forced { None } else { fetch::look(plan, stage, &recipe) } {
            Some((place, record)) => {
                let entry = store.entry(stage.name(), &recipe.key());
                shelf.insert(stage.name(), Stored { entry, record: Arc::new(record) });
                from = Some(place);
                (State::Shared, Vec::new(), None)
            }
            None => (State::Outdated, reasons, None),
        },
    };
    Ok(Standing { stage: stage.name(), state, reasons, waits_on: Vec::new(), from, recipe, stored })
}

/// A stage whose inputs are not all known: outdated if its own settings say so already.
fn waiting(
    plan: &Plan,
    store: &Store,
    index: usize,
    forced: bool,
    shelf: &Shelf,
    waits_on: Vec<&'static str>,
) -> Standing {
    let stage = plan.stages[index].as_ref();
    let (inputs, _) = digests(stage, &plan.sources[index], shelf);
    let recipe = Recipe::new(stage, plan.seed, inputs);
    let record = store.current(stage.name()).and_then(|entry| entry.record());
    let mut reasons = staleness::reasons(&recipe, record.as_ref(), false, |path| plan.yaml.origin_text(path));
    reasons.extend(forced.then_some(Reason::Forced));
    let state = if reasons.is_empty() { State::Maybe } else { State::Outdated };
    Standing { stage: stage.name(), state, reasons, waits_on, from: None, recipe, stored: None }
}

impl Standing {
    /// Whether a run would run the stage, or might.
    pub fn is_to_run(&self) -> bool {
        matches!(self.state, State::Outdated | State::Maybe)
    }
}

impl State {
    /// Whether `outputs/` shows what a run would.
    pub fn is_current(self) -> bool {
        self == State::Cached
    }
}
