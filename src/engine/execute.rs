//! A whole run: every stage that is asked for, in order, independent ones side by side.
//!
//! Results are stored as they are made, so a run that stops loses nothing; the links, the lock file and the history
//! follow only when everything asked for is up to date, so `outputs/` always shows one consistent run.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::mpsc;
use std::time::Instant;

use super::event::{Event, Listener};
use super::flight::{Landing, Tower};
use super::plan::Graph;
use super::supply::{Shelf, Stored};
use crate::config::Plan;
use crate::failure::Failure;
use crate::store::history::{Run, StageRun};
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
    if worked {
        run.write(store, start.elapsed())?;
    }
    finished?;
    let named = |outcome: &str| -> Vec<&'static str> {
        let is =
            |index: &&usize| run.stages.iter().any(|s| s.stage == plan.stages[**index].name() && s.outcome == outcome);
        wanted.iter().filter(is).map(|index| plan.stages[*index].name()).collect()
    };
    let report = store.link("report").join("report.html");
    let report = report.exists().then(|| report.display().to_string());
    let seconds = start.elapsed().as_secs_f64();
    listener.hear(Event::Finished { ran: named("ran"), cached: named("cached"), seconds, report });
    Ok(())
}

/// Which stages have landed and which may start.
struct Board<'a> {
    graph: &'a Graph,
    request: &'a Request,
    wanted: &'a BTreeSet<usize>,
    shelf: Shelf,
    landed: BTreeMap<usize, StageRun>,
    failures: Vec<Failure>,
}

impl Board<'_> {
    fn fly_all(&mut self, tower: &Tower<'_>) {
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
        self.landed.get(&index).is_some_and(|stage| matches!(stage.outcome, "ran" | "cached"))
    }

    fn skip_hopeless(&mut self, tower: &Tower<'_>) {
        let stages = &tower.plan.stages;
        for &index in self.wanted {
            let failed = |up: &&usize| self.landed.get(*up).is_some_and(|s| matches!(s.outcome, "failed" | "skipped"));
            let cause = self.graph.upstream[index].iter().find(failed);
            if let (Some(&cause), false) = (cause, self.landed.contains_key(&index)) {
                let stage = stages[index].name();
                tower.listener.hear(Event::Skipped { stage, because: stages[cause].name() });
                let skipped = StageRun {
                    stage: stage.to_owned(),
                    outcome: "skipped",
                    reasons: Vec::new(),
                    key: None,
                    seconds: 0.0,
                };
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

/// For `--only`: what the other stages' links show, whole.
fn shelved(plan: &Plan, store: &Store, graph: &Graph, wanted: &BTreeSet<usize>) -> Result<Shelf, Failure> {
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

#[cfg(test)]
mod tests {
    use crate::engine::event::Event;
    use crate::engine::toy::Study;
    use crate::failure;
    use serde_json::json;
    use std::collections::BTreeSet;

    #[test]
    fn a_stage_runs_when_what_it_reads_changed_and_the_same_bytes_stop_the_wave() {
        let mut study = Study::new();
        assert_eq!(study.run(|_| ()).unwrap(), ["numbers", "double", "parity", "sum"]);
        assert!(study.run(|_| ()).unwrap().is_empty());
        study.input = vec![3, 2, 3];
        assert_eq!(study.run(|_| ()).unwrap(), ["numbers", "double", "parity", "sum"]);
        study.stages[1].settings = json!({"fail": null, "factor": 2});
        assert_eq!(study.run(|_| ()).unwrap(), ["double"], "it made the same bytes, so sum has nothing to do");
        study.stages[1].settings = json!({"fail": null, "factor": 3});
        assert_eq!(study.run(|_| ()).unwrap(), ["double", "sum"]);
        study.stages[1].settings = json!({"fail": null});
        assert!(study.run(|_| ()).unwrap().is_empty(), "yesterday's settings are a hit");
    }

    #[test]
    fn a_failed_run_leaves_the_links_alone_and_a_panic_is_a_failed_stage() {
        let mut study = Study::new();
        study.run(|_| ()).unwrap();
        let shown = |study: &Study| ["numbers", "double", "parity", "sum"].map(|stage| study.store().current(stage));
        let before = shown(&study);
        study.input = vec![9];
        for (how, words) in [("panic", "the toy broke"), ("refuse", "the toy refused")] {
            study.stages[2].settings = json!({ "fail": how });
            let failure = study.run(|_| ()).unwrap_err();
            assert_eq!(failure.code(), failure::STAGE);
            assert!(failure.brief().contains(words), "{}", failure.brief());
            assert_eq!(shown(&study), before);
        }
        study.stages[2].settings = json!({"fail": null});
        study.run(|_| ()).unwrap();
        assert_ne!(shown(&study), before);
    }

    #[test]
    fn an_altered_artifact_is_named_set_aside_and_made_again() {
        let study = Study::new();
        study.run(|_| ()).unwrap();
        let entry = study.store().current("double").unwrap();
        let file = entry.folder.join("values.parquet");
        let whole = std::fs::read(&file).unwrap();
        std::fs::remove_file(&file).unwrap();
        std::fs::write(&file, "not what it was").unwrap();
        assert_eq!(study.run(|_| ()).unwrap(), ["double"], "the same bytes again, so sum is still whole");
        assert_eq!(std::fs::read(&file).unwrap(), whole);
        let heard = study.heard.lock().unwrap();
        let named =
            |event: &Event| matches!(event, Event::SetAside { files, .. } if *files == ["double/values.parquet"]);
        assert!(heard.iter().any(named));
    }

    #[test]
    fn one_stage_alone_runs_on_what_is_cached_and_force_runs_what_is_whole() {
        let mut study = Study::new();
        let only = |index: usize| {
            move |request: &mut super::Request| {
                request.targets = BTreeSet::from([index]);
                request.only = true;
            }
        };
        assert_eq!(study.run(only(1)).unwrap_err().code(), failure::INPUT);
        study.run(|_| ()).unwrap();
        study.input = vec![7];
        study.stages[1].settings = json!({"fail": null, "factor": 5});
        assert_eq!(study.run(only(1)).unwrap(), ["double"], "numbers stays as it was");
        assert_eq!(
            study.run(|request| request.force = BTreeSet::from([3])).unwrap(),
            ["numbers", "double", "parity", "sum"]
        );
        assert_eq!(study.run(|request| request.force = BTreeSet::from([3])).unwrap(), ["sum"]);
        let targets = |request: &mut super::Request| request.targets = BTreeSet::from([2]);
        study.input = vec![8];
        assert_eq!(study.run(targets).unwrap(), ["numbers", "parity"]);
    }

    #[test]
    fn keep_going_finishes_what_does_not_wait_on_the_failure() {
        let mut study = Study::new();
        study.stages[2].settings = json!({"fail": "refuse"});
        assert!(study.run(|request| (request.keep_going, request.jobs) = (true, 1)).is_err());
        assert_eq!(study.counts().into_values().collect::<Vec<_>>(), [1, 1, 1, 0]);
        study.stages[2].settings = json!({"fail": null});
        assert_eq!(study.run(|_| ()).unwrap(), ["parity", "sum"], "nothing that was made is lost");
    }

    #[test]
    fn the_lock_file_is_written_by_full_runs_and_only_when_it_differs() {
        let study = Study::new();
        let lock = study.folder.path().join("pipeline.lock");
        study.run(|request| request.targets = BTreeSet::from([0])).unwrap();
        assert!(!lock.exists());
        study.run(|_| ()).unwrap();
        let written = std::fs::metadata(&lock).unwrap().modified().unwrap();
        let runs = std::fs::read_dir(study.store().runs()).unwrap().count();
        study.run(|_| ()).unwrap();
        assert_eq!(std::fs::metadata(&lock).unwrap().modified().unwrap(), written);
        assert_eq!(std::fs::read_dir(study.store().runs()).unwrap().count(), runs, "nothing ran, nothing is told");
        let text = std::fs::read_to_string(&lock).unwrap();
        assert!(!text.contains(study.folder.path().to_str().unwrap()));
    }
}
