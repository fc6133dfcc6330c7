//! Running a sweep: every universe up to date, then what they say together, stored and shown.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::Instant;

use stages::contract::Supply;
use stages::sweep::{Choice, Fate, Universe};

use super::node::{Node, screened, tables};
use super::universes::{Identity, Multiverse};
use crate::config::Plan;
use crate::engine::decide::{Verdict, decide};
use crate::engine::event::{Event, Listener};
use crate::engine::execute::{Flown, Request, fly};
use crate::engine::flight::Tower;
use crate::engine::locked;
use crate::engine::perform::{contents, perform};
use crate::engine::plan::Graph;
use crate::engine::recipe::Recipe;
use crate::engine::supply::Stored;
use crate::failure::Failure;
use crate::store::history::{Diary, Outcome, StageRun};
use crate::store::lock::Lock;
use crate::store::lockfile::Lockfile;
use crate::store::{Digest, Entry, Store, artifact};

const NAME: &str = stages::sweep::NAME;

/// What a sweep did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Told {
    pub universes: usize,
    pub screened: usize,
    pub same: usize,
    pub refused: usize,
    pub failed: usize,
    /// Stages that ran, and that were in the cache.
    pub ran: usize,
    pub cached: usize,
}

/// A sweep under way.
struct Sweep<'a> {
    multiverse: &'a Multiverse,
    store: &'a Store,
    listener: &'a dyn Listener,
    jobs: usize,
    on_work: &'a (dyn Fn() + Sync),
    /// The first universe with each identity and with each screen.
    known: BTreeMap<Digest, usize>,
    /// What the universes used, each entry once.
    used: BTreeMap<(String, Option<String>), StageRun>,
    told: Told,
}

/// Brings the sweep up to date and shows its result, where that is what the lock file says; none is told where it was
/// in the cache.
pub fn run(
    plan: &Plan,
    multiverse: &Multiverse,
    identities: &[Identity],
    request: &Request,
    listener: &dyn Listener,
    _lock: &Lock,
    on_work: &(dyn Fn(&Path) + Sync),
) -> Result<Option<Told>, Failure> {
    let (jobs, locked) = (request.jobs, request.locked.as_deref());
    let store = Store::new(&plan.folders.outputs);
    let recipe = multiverse.recipe(plan, identities);
    let (entry, reasons, damaged) = match decide(&recipe, &tables(), &store, &plan.yaml, false)? {
        Verdict::Cached { entry, switched, .. } => {
            let key = entry.key.to_string();
            listener.hear(Event::Cached { stage: NAME, key, switched });
            return show(&store, &entry, locked).map(|()| None);
        }
        Verdict::Run { entry, reasons, damaged } => (entry, reasons, damaged),
    };
    let diary = Diary::open(&store);
    let opened = || on_work(&diary.folder());
    opened();
    let tower = Tower { plan, store: &store, listener, jobs, locked: None, on_work: &opened };
    tower.clear(NAME, &entry, &damaged)?;
    listener.hear(Event::Running { stage: NAME, reasons: reasons.clone() });
    let mut sweep = Sweep::new(&tower, multiverse, identities.len())?;
    let start = Instant::now();
    let made = sweep.all(identities).and_then(|universes| sweep.gather(plan, &recipe, &entry, universes, start));
    let own = StageRun { reasons, seconds: start.elapsed().as_secs_f64(), ..ending(&made, &entry) };
    let overrides = plan.yaml.overrides.values().cloned().collect();
    let used = std::mem::take(&mut sweep.used).into_values().collect();
    let written = diary.write_with(overrides, vec![own], used, made.as_ref().err());
    made.and(written)?;
    show(&store, &entry, locked).map(|()| Some(sweep.told))
}

/// How the sweep ended, for the history.
fn ending(made: &Result<(), Failure>, entry: &Entry) -> StageRun {
    match made {
        Ok(()) => StageRun { key: Some(entry.key.to_string()), ..StageRun::new(NAME, Outcome::Ran) },
        Err(failure) => StageRun { error: Some(failure.brief()), ..StageRun::new(NAME, Outcome::Failed) },
    }
}

fn show(store: &Store, entry: &Entry, locked: Option<&Lockfile>) -> Result<(), Failure> {
    if let (Some(lock), Some(record)) = (locked, entry.record()) {
        locked::swept(&record, lock)?;
    }
    store.show(&[entry]).map(|_| ())
}

impl<'a> Sweep<'a> {
    fn new(tower: &Tower<'a>, multiverse: &'a Multiverse, universes: usize) -> Result<Self, Failure> {
        Ok(Sweep {
            multiverse,
            store: tower.store,
            listener: tower.listener,
            jobs: tower.jobs,
            on_work: tower.on_work,
            known: BTreeMap::new(),
            used: BTreeMap::new(),
            told: Told { universes, ..Told::default() },
        })
    }

    /// Every universe in its order, and what became of it.
    fn all(&mut self, identities: &[Identity]) -> Result<Vec<Universe>, Failure> {
        let multiverse = self.multiverse;
        self.listener.hear(Event::Bar { stage: NAME, label: "universes".to_owned(), total: identities.len() as u64 });
        let mut universes = Vec::with_capacity(identities.len());
        for (choice, identity) in multiverse.choices.iter().zip(identities) {
            let is_configured = identity.as_ref().is_ok_and(|digest| *digest == multiverse.configured);
            let fate = self.one(choice, identity)?;
            self.count(choice, &fate);
            universes.push(Universe { choice: choice.clone(), is_configured, fate });
            self.listener.hear(Event::Advance { stage: NAME, parts: 1 });
        }
        Ok(universes)
    }

    fn count(&mut self, choice: &Choice, fate: &Fate) {
        let (count, status, reason) = match fate {
            Fate::Screened(_) => (&mut self.told.screened, "ok", String::new()),
            Fate::Same(earlier) => (&mut self.told.same, "same", format!("as universe {earlier}")),
            Fate::Refused(why) => (&mut self.told.refused, "refused", why.clone()),
            Fate::Failed(why) => (&mut self.told.failed, "failed", why.clone()),
        };
        *count += 1;
        let (universe, name) = (choice.number, choice.name.clone());
        self.listener.hear(Event::Universe { universe, name, status, reason });
    }

    /// One universe through the cache.
    fn one(&mut self, choice: &Choice, identity: &Identity) -> Result<Fate, Failure> {
        let identity = match identity {
            Ok(identity) => identity,
            Err(why) => return Ok(Fate::Refused(why.clone())),
        };
        if let Some(earlier) = self.known.get(identity) {
            return Ok(Fate::Same(*earlier));
        }
        self.known.insert(identity.clone(), choice.number);
        let plan = self.multiverse.plan(choice).ok().filter(|plan| self.multiverse.identity(plan) == *identity);
        // The same text and the same bytes were resolved a moment ago.
        let other = || Failure::stage("runner", "sweep", format!("universe {} is another now", choice.number));
        let plan = plan.ok_or_else(other)?;
        let Flown { shelf, stages, failures } = self.fly(&plan)?;
        self.remember(stages);
        if let Some(why) = failed(failures)? {
            return Ok(Fate::Failed(why));
        }
        let key = shelf.get(super::universes::SCREEN).map(|stored: &Stored| stored.entry.key.clone());
        if let Some(earlier) = key.as_ref().and_then(|key| self.known.get(key)) {
            return Ok(Fate::Same(*earlier));
        }
        self.known.extend(key.map(|key| (key, choice.number)));
        screened(&plan, &shelf, &self.multiverse.params.curve).map(Fate::Screened)
    }

    fn fly(&self, plan: &Plan) -> Result<Flown, Failure> {
        let quiet = Quiet(self.listener);
        let (store, jobs, on_work) = (self.store, self.jobs, self.on_work);
        // A universe may name other columns of the user's own stages: what waits on what is its own affair.
        let graph = Graph::new(&plan.stages).map_err(|text| Failure::stage("runner", "slots", text))?;
        let screen = super::universes::screen(plan)?;
        let wanted = graph.with_needs(&BTreeSet::from([screen]));
        let tower = Tower { plan, store, listener: &quiet, jobs, locked: None, on_work };
        let targets = BTreeSet::from([screen]);
        let request = Request { targets, jobs, ..Request::default() };
        fly(&tower, &graph, &request, &wanted)
    }

    fn remember(&mut self, stages: Vec<StageRun>) {
        for stage in stages {
            match stage.outcome {
                Outcome::Ran => self.told.ran += 1,
                // What was copied did not run.
                Outcome::Cached | Outcome::Fetched => self.told.cached += 1,
                Outcome::Failed | Outcome::Skipped => {}
            }
            self.used.entry((stage.stage.clone(), stage.key.clone())).or_insert(stage);
        }
    }

    /// Makes the sweep's own tables and stores them.
    fn gather(
        &self,
        plan: &Plan,
        recipe: &Recipe,
        entry: &Entry,
        universes: Vec<Universe>,
        start: Instant,
    ) -> Result<(), Failure> {
        let node = Node { params: self.multiverse.params.clone(), universes };
        let made = perform(&node, Supply::default(), plan, self.listener)?;
        artifact::store(self.store, entry, recipe, contents(NAME, made.artifacts)?)?;
        let (key, seconds) = (entry.key.to_string(), start.elapsed().as_secs_f64());
        self.listener.hear(Event::Done { stage: NAME, key, seconds, findings: made.findings });
        Ok(())
    }
}

/// Why a universe failed; a disk that fails is no property of a universe, and ends the sweep.
fn failed(failures: Vec<Failure>) -> Result<Option<String>, Failure> {
    if failures.is_empty() {
        return Ok(None);
    }
    let failure = Failure::several(failures);
    if failure.code() == crate::failure::IO {
        return Err(failure);
    }
    Ok(Some(match failure.problems().as_slice() {
        [] => failure.brief(),
        problems => super::universes::reason(&problems.iter().map(|problem| (*problem).clone()).collect::<Vec<_>>()),
    }))
}

/// Passes on what concerns the cache; what each stage of each universe does would be too much to read.
struct Quiet<'a>(&'a dyn Listener);

impl Listener for Quiet<'_> {
    fn hear(&self, event: Event) {
        if matches!(event, Event::SetAside { .. } | Event::Remark { .. }) {
            self.0.hear(event);
        }
    }
}
