//! Everything made once more, apart from the cache, and held against what is stored.

use std::collections::BTreeSet;
use std::path::Path;

use serde::Serialize;

use super::event::{Event, Listener};
use super::execute::{Request, execute};
use super::status::Standing;
use super::sweep::{self, Multiverse};
use crate::config::Plan;
use crate::failure::Failure;
use crate::store::compare::{Likeness, compare};
use crate::store::lock::Lock;
use crate::store::shared::Shared;
use crate::store::target::target;
use crate::store::{Entry, Record, Store, regular};

/// One file that was made again.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Remade {
    pub stage: &'static str,
    pub file: String,
    pub likeness: Likeness,
}

/// Runs every stage in `scratch`, and the sweep's universes where they are given, and compares each file with the stored
/// one. `standings` must all be whole.
pub fn rerun(
    mut plan: Plan,
    multiverse: Option<&Multiverse>,
    standings: &[Standing],
    scratch: &Path,
    jobs: usize,
    listener: &dyn Listener,
) -> Result<Vec<Remade>, Failure> {
    // The lock file lies beside the configuration: this run has both elsewhere.
    plan.pipeline = scratch.join("pipeline.yaml");
    plan.folders.outputs = scratch.join("outputs");
    // What is copied was not made again.
    plan.shared = Shared::default();
    let store = Store::new(&plan.folders.outputs);
    let lock = Lock::take(&store, false)?;
    let listener = &Work(listener);
    let targets: BTreeSet<usize> = (0..plan.stages.len()).collect();
    let request = Request { targets, jobs, ..Request::default() };
    if let Some(multiverse) = multiverse {
        let identities = multiverse.identities()?;
        sweep::run(&plan, multiverse, &identities, &request, listener, &lock, &|_| ())?;
        // The report is made again of what was made again.
        sweep::lend(&mut plan, multiverse, &identities)?;
    }
    execute(&plan, &store, &request, listener, &lock, &|_| ())?;
    // One stage of another instruction set hands its last digits on to all that follow.
    let same_instructions =
        standings.iter().filter_map(|standing| standing.stored.as_ref()).all(|stored| stored.record.target == target());
    let mut remade = Vec::new();
    for standing in standings {
        let again = store.current(standing.stage).and_then(|entry| Some((entry.record()?, entry)));
        if let (Some(stored), Some((record, entry))) = (&standing.stored, again) {
            let (stored, again) = ((&*stored.record, &stored.entry), (&record, &entry));
            remade.extend(compare_stage(standing.stage, stored, again, same_instructions)?);
        }
    }
    Ok(remade)
}

fn compare_stage(
    stage: &'static str,
    stored: (&Record, &Entry),
    again: (&Record, &Entry),
    same_instructions: bool,
) -> Result<Vec<Remade>, Failure> {
    let names = |record: &Record| record.outputs.iter().map(|output| output.path.clone()).collect::<BTreeSet<_>>();
    let (before, now) = (names(stored.0), names(again.0));
    let mut remade = Vec::new();
    for file in before.union(&now) {
        let only = |what: &str| Likeness::Differs { what: what.to_owned() };
        let likeness = match (before.contains(file), now.contains(file)) {
            (true, true) => compare(file, read(stored.1, file)?, read(again.1, file)?, same_instructions),
            (true, false) => only("it was not made again"),
            _ => only("it is new"),
        };
        remade.push(Remade { stage, file: file.clone(), likeness });
    }
    Ok(remade)
}

fn read(entry: &Entry, file: &str) -> Result<Vec<u8>, Failure> {
    let path = entry.folder.join(file);
    regular::read(&path).map_err(|error| Failure::io("read", &path, error))
}

/// Passes on what tells how far the work is; why a stage runs, and from where it is shown, is no news here.
struct Work<'a>(&'a dyn Listener);

impl Listener for Work<'_> {
    fn hear(&self, event: Event) {
        match event {
            Event::Bar { .. } | Event::Advance { .. } | Event::Done { .. } | Event::Failed { .. } => self.0.hear(event),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::event::Deaf;
    use crate::engine::status::survey;
    use crate::engine::toy::Study;

    fn again(study: &Study) -> Vec<Remade> {
        let (plan, store) = (study.plan(), study.store());
        let standings = survey(&plan, &store, &(0..4).collect(), &BTreeSet::new()).unwrap();
        rerun(plan, None, &standings, &study.folder.path().join("scratch"), 1, &Deaf).unwrap()
    }

    #[test]
    fn what_is_made_again_is_held_against_what_is_stored() {
        let mut study = Study::new();
        study.run(|_| ()).unwrap();
        let lock = std::fs::read(study.folder.path().join("pipeline.lock")).unwrap();
        let files = again(&study);
        assert_eq!(files.len(), 8, "a table and the findings of each stage");
        assert!(files.iter().all(|file| file.likeness == Likeness::Same), "{files:?}");
        assert_eq!(std::fs::read(study.folder.path().join("pipeline.lock")).unwrap(), lock);
        std::fs::remove_dir_all(study.folder.path().join("scratch")).unwrap();
        study.stages[0].work = |_, _| vec![5];
        let files = again(&study);
        let other: Vec<&str> = files.iter().filter(|f| !f.likeness.is_fine()).map(|f| f.stage).collect();
        assert_eq!(other, ["numbers", "double", "parity", "sum"], "a stage that does not make the same again is named");
    }
}
