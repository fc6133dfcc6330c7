//! Which stages fly, which wait and which never will.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::mpsc;

use super::event::Event;
use super::execute::Request;
use super::flight::{Landing, Tower};
use super::plan::Graph;
use super::supply::Shelf;
use crate::failure::Failure;
use crate::store::history::{Outcome, StageRun};

/// Which stages have landed and which may start.
pub struct Board<'a> {
    pub graph: &'a Graph,
    pub request: &'a Request,
    pub wanted: &'a BTreeSet<usize>,
    pub shelf: Shelf,
    pub landed: BTreeMap<usize, StageRun>,
    pub failures: Vec<Failure>,
}

impl Board<'_> {
    /// Flies every stage that can be flown; afterwards each wanted one has landed, or was never reached.
    pub fn fly_all(&mut self, tower: &Tower<'_>) {
        std::thread::scope(|scope| {
            let (sender, landings) = mpsc::channel();
            let mut flying: BTreeSet<usize> = BTreeSet::new();
            loop {
                self.skip_hopeless(tower);
                for index in self.ready(&flying) {
                    if flying.len() >= self.request.jobs.max(1) {
                        break;
                    }
                    flying.insert(index);
                    let (sender, shelf) = (sender.clone(), self.shelf.clone());
                    let forced = self.request.force.contains(&index);
                    // The receiver outlives every thread of this scope.
                    scope.spawn(move || drop(sender.send(tower.fly(index, &shelf, forced))));
                }
                if flying.is_empty() {
                    break;
                }
                let Ok(landing) = landings.recv() else { break };
                flying.remove(&landing.index);
                self.land(tower, landing);
            }
        });
    }

    /// Stages that have all they read. After a failure nothing new starts, unless told to keep going.
    fn ready(&self, flying: &BTreeSet<usize>) -> Vec<usize> {
        if !self.failures.is_empty() && !self.request.keep_going {
            return Vec::new();
        }
        let waiting = |index: &&usize| !self.landed.contains_key(index) && !flying.contains(index);
        let done = |index: &usize| !self.wanted.contains(index) || self.succeeded(*index);
        let ready = |index: &&usize| self.graph.upstream[**index].iter().all(done);
        self.wanted.iter().filter(waiting).filter(ready).copied().collect()
    }

    fn succeeded(&self, index: usize) -> bool {
        let done = |stage: &StageRun| matches!(stage.outcome, Outcome::Ran | Outcome::Cached | Outcome::Fetched);
        self.landed.get(&index).is_some_and(done)
    }

    fn skip_hopeless(&mut self, tower: &Tower<'_>) {
        let stages = &tower.plan.stages;
        for &index in self.wanted {
            let failed = |up: &&usize| {
                self.landed.get(*up).is_some_and(|s| matches!(s.outcome, Outcome::Failed | Outcome::Skipped))
            };
            let cause = self.graph.upstream[index].iter().find(failed);
            if let (Some(&cause), false) = (cause, self.landed.contains_key(&index)) {
                let stage = stages[index].name();
                tower.listener.hear(Event::Skipped { stage, because: stages[cause].name() });
                let skipped = StageRun::new(stage, Outcome::Skipped);
                self.landed.insert(index, skipped);
            }
        }
    }

    fn land(&mut self, tower: &Tower<'_>, landing: Landing) {
        self.landed.insert(landing.index, landing.history);
        match landing.result {
            Ok(stored) => drop(self.shelf.insert(tower.plan.stages[landing.index].name(), stored)),
            Err(failure) => self.failures.push(failure),
        }
    }
}
