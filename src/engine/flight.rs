//! One stage from decision to stored result.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::{Arc, Once};
use std::time::{Instant, SystemTime};

use super::decide::{Verdict, decide};
use super::event::{Event, Listener};
use super::fetch::tables;
use super::locked;
use super::own::{self, Around};
use super::perform::{Made, contents, perform};
use super::recipe::Recipe;
use super::supply::{Shelf, Stored, digests, supply};
use crate::config::Plan;
use crate::failure::Failure;
use crate::panics;
use crate::store::artifact::{set_aside, store_with};
use crate::store::history::{Outcome, StageRun};
use crate::store::lockfile::Lockfile;
use crate::store::moment::utc;
use crate::store::{Damage, Entry, Store};

/// What every flight shares.
pub struct Tower<'a> {
    pub plan: &'a Plan,
    pub store: &'a Store,
    pub listener: &'a dyn Listener,
    pub jobs: usize,
    /// What each result must be.
    pub locked: Option<&'a Lockfile>,
    /// Called before anything runs, for example to open the log.
    pub on_work: &'a (dyn Fn() + Sync),
}

/// How one stage ended.
pub struct Landing {
    pub index: usize,
    pub result: Result<Stored, Failure>,
    pub history: StageRun,
}

impl Tower<'_> {
    /// Brings one stage up to date, whose inputs are all on the shelf.
    pub fn fly(&self, index: usize, shelf: &Shelf, forced: bool) -> Landing {
        let stage = &self.plan.stages[index];
        let start = Instant::now();
        let mut history = StageRun::new(stage.name(), Outcome::Cached);
        // A panic must land too, or whoever waits for this stage waits for ever.
        let brought = catch_unwind(AssertUnwindSafe(|| {
            let stored = self.bring(index, shelf, forced, &mut history)?;
            self.locked.map_or(Ok(()), |lock| locked::after(&stored.record, lock)).map(|()| stored)
        }));
        let result = brought.unwrap_or_else(|panic| Err(Failure::stage(stage.name(), "panic", panics::text(&*panic))));
        if let Err(failure) = &result {
            history.outcome = Outcome::Failed;
            history.error = Some(failure.brief());
            tracing::error!(stage = stage.name(), "{}", failure.brief());
            self.listener.hear(Event::Failed { stage: stage.name() });
        }
        history.seconds = start.elapsed().as_secs_f64();
        Landing { index, result, history }
    }

    fn bring(&self, index: usize, shelf: &Shelf, forced: bool, history: &mut StageRun) -> Result<Stored, Failure> {
        let stage = self.plan.stages[index].as_ref();
        let (inputs, _) = digests(stage, &self.plan.sources[index], shelf);
        let recipe = Recipe::new(stage, self.plan.seed, inputs);
        history.key = Some(recipe.key().to_string());
        match decide(&recipe, &tables(stage), self.store, &self.plan.yaml, forced)? {
            Verdict::Cached { entry, record, switched } => {
                tracing::info!(stage = stage.name(), key = entry.key.as_str(), "cached");
                let key = entry.key.to_string();
                history.switched = switched;
                self.listener.hear(Event::Cached { stage: stage.name(), key, switched });
                Ok(Stored { entry, record: Arc::new(record) })
            }
            Verdict::Run { entry, reasons, damaged } => {
                (self.on_work)();
                self.clear(stage.name(), &entry, &damaged)?;
                let fetched = if forced { None } else { self.fetch(stage, &recipe, &entry, history)? };
                if let Some(stored) = fetched {
                    return Ok(stored);
                }
                history.outcome = Outcome::Ran;
                history.started = Some(utc(SystemTime::now()));
                history.reasons = reasons.clone();
                for reason in &reasons {
                    tracing::info!(stage = stage.name(), "running: {reason}");
                }
                self.listener.hear(Event::Running { stage: stage.name(), reasons });
                self.run(index, &recipe, entry, shelf)
            }
        }
    }

    /// A damaged entry is named and moved away before its stage runs again; it is never served.
    pub fn clear(&self, stage: &'static str, entry: &Entry, damaged: &[Damage]) -> Result<(), Failure> {
        if damaged.is_empty() {
            return Ok(());
        }
        let to = set_aside(self.store, entry)?;
        let files: Vec<String> = damaged.iter().map(|damage| damage.name().to_owned()).collect();
        let to = to.strip_prefix(&self.store.outputs).unwrap_or(Path::new("")).display().to_string();
        tracing::warn!(stage, "set aside to {to}: {}", files.join(", "));
        self.listener.hear(Event::SetAside { stage, files, to });
        Ok(())
    }

    fn run(&self, index: usize, recipe: &Recipe, entry: Entry, shelf: &Shelf) -> Result<Stored, Failure> {
        let stage = self.plan.stages[index].as_ref();
        let start = Instant::now();
        start_threads(self.jobs);
        let made = self.make(index, shelf)?;
        let computed = start.elapsed().as_secs_f64();
        let files = contents(stage.name(), made.artifacts)?;
        let record = store_with(self.store, &entry, recipe, files, made.log.as_deref())?;
        let (key, seconds) = (entry.key.to_string(), start.elapsed().as_secs_f64());
        tracing::info!(stage = stage.name(), key, seconds, computed, findings = made.findings, "done");
        self.listener.hear(Event::Done { stage: stage.name(), key, seconds, findings: made.findings });
        self.give(&entry, &record);
        Ok(Stored { entry, record: Arc::new(record) })
    }
}

impl Tower<'_> {
    /// Runs one stage: a function of the program, or a command of the user's.
    fn make(&self, index: usize, shelf: &Shelf) -> Result<Made, Failure> {
        let stage = self.plan.stages[index].as_ref();
        let Tower { plan, store, listener, jobs, .. } = *self;
        match stage.own() {
            Some(command) => {
                own::run(command, &Around { plan, store, shelf, sources: &plan.sources[index], jobs, listener })
            }
            None => perform(stage, supply(stage, &plan.sources[index], shelf)?, plan, listener),
        }
    }
}

/// Starts the threads that stages share, once and only when something runs.
fn start_threads(jobs: usize) {
    static START: Once = Once::new();
    START.call_once(|| {
        // A pool that someone else started serves as well.
        let _ = rayon::ThreadPoolBuilder::new().num_threads(jobs).build_global();
    });
}
