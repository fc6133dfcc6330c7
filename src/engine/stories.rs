//! Stories of whole runs, told with the toy analysis.

use crate::engine::event::Event;
use crate::engine::execute::Request;
use crate::engine::toy::Study;
use crate::failure;
use crate::store::history;
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
    let named = |event: &Event| matches!(event, Event::SetAside { files, .. } if *files == ["double/values.parquet"]);
    assert!(heard.iter().any(named));
}

#[test]
fn one_stage_alone_runs_on_what_is_cached_and_force_runs_what_is_whole() {
    let mut study = Study::new();
    let only = |index: usize| {
        move |request: &mut Request| {
            request.targets = BTreeSet::from([index]);
            request.only = true;
        }
    };
    assert_eq!(study.run(only(1)).unwrap_err().code(), failure::INPUT);
    study.run(|_| ()).unwrap();
    study.input = vec![7];
    study.stages[1].settings = json!({"fail": null, "factor": 5});
    assert_eq!(study.run(only(1)).unwrap(), ["double"], "numbers stays as it was");
    let told = history::read(&study.store(), history::ids(&study.store()).last().unwrap()).run.unwrap();
    let used: Vec<&str> = told.stages.iter().filter(|s| s.key.is_some()).map(|s| s.stage.as_str()).collect();
    assert_eq!(used, ["numbers", "double"], "what it ran on is told as well");
    assert_eq!(
        study.run(|request| request.force = BTreeSet::from([3])).unwrap(),
        ["numbers", "double", "parity", "sum"]
    );
    assert_eq!(study.run(|request| request.force = BTreeSet::from([3])).unwrap(), ["sum"]);
    let targets = |request: &mut Request| request.targets = BTreeSet::from([2]);
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
