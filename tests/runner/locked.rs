//! `run --locked`, `run --from`, completions and manual pages.

use super::once;
use crate::common::{STAGES, Study, assert_same};

#[test]
fn a_locked_run_does_what_the_lock_file_says_and_nothing_else() {
    let study = once();
    let before = study.shown();
    std::fs::remove_dir_all(study.path("outputs")).unwrap();
    let lock = std::fs::read(study.path("pipeline.lock")).unwrap();
    study.run(&["run", "--locked"]).fine();
    assert_same(&study.shown(), &before);
    study.edit(|text| text.replace("confidence: 0.95", "confidence: 0.9"));
    let table = std::fs::read_to_string(study.path("data/madrs.csv")).unwrap();
    study.write("data/madrs.csv", &format!("{table}\n"));
    let said = study.run(&["run", "--locked"]);
    assert_eq!(said.code, Some(2));
    for words in [
        "stages.screen.confidence is 0.9, and pipeline.lock has 0.95\n --> pipeline.yaml:",
        "madrs.csv (assessments), which ingest reads, is ",
        "2 problems; nothing was run",
    ] {
        assert!(said.err.contains(words), "{words}\n{}", said.err);
    }
    assert_same(&study.shown(), &before);
    assert_eq!(std::fs::read(study.path("pipeline.lock")).unwrap(), lock);
}

#[test]
fn a_locked_run_names_the_file_that_came_out_other_than_locked() {
    let study = once();
    let before = study.shown();
    let text = std::fs::read_to_string(study.path("pipeline.lock")).unwrap();
    let mut lock: serde_json::Value = serde_json::from_str(&text).unwrap();
    lock["stages"]["qc"]["outputs"]["flow.parquet"] = "0".repeat(64).into();
    study.write("pipeline.lock", &lock.to_string());
    let said = study.run(&["run", "--locked"]);
    assert_eq!(said.code, Some(20), "{}", said.err);
    assert!(said.err.contains("qc: made other bytes than pipeline.lock has: flow.parquet"), "{}", said.err);
    assert_same(&study.shown(), &before);
    std::fs::remove_file(study.path("pipeline.lock")).unwrap();
    let said = study.run(&["run", "--locked"]);
    assert_eq!((said.code, said.err.contains("there is no pipeline.lock")), (Some(2), true), "{}", said.err);
    study.write("pipeline.lock", "{\"format\": 2, \"stages\": {}}");
    let said = study.run(&["run", "--locked"]);
    assert_eq!((said.code, said.err.contains("has format 2")), (Some(2), true), "{}", said.err);
}

#[test]
fn a_run_from_a_stage_runs_it_and_what_follows_on_what_is_cached_before() {
    let study = Study::of_the_repository();
    let said = study.run(&["run", "--from", "screen"]);
    assert_eq!((said.code, said.err.contains("which have no results yet")), (Some(2), true), "{}", said.err);
    study.run(&["run"]).fine();
    study.edit(|text| {
        text.replace("max_missing: 0.2", "max_missing: 0.25").replace("confidence: 0.95", "confidence: 0.9")
    });
    let said = study.run(&["run", "--from", "screen", "--json"]).fine();
    assert_eq!(said.stages_with("running"), ["screen", "report"]);
    assert!(said.out.contains("computed on results that are out of date: qc"), "{}", said.out);
    assert_eq!(study.run(&["run", "qc", "--from", "screen"]).code, Some(2));
    let said = study.run(&["run", "--from", "ingest", "--force", "--json"]).fine();
    assert_eq!(said.stages_with("running"), STAGES);
}

#[test]
fn shells_complete_every_command_and_each_has_a_manual_page() {
    let study = Study::empty();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = study.run(&["completions", shell]).fine().out;
        assert!(script.contains("keep-runs") && script.contains("explain"), "{shell}");
    }
    let said = study.run(&["man", "--out", "man"]).fine();
    assert!(said.out.lines().count() > 10);
    let page = std::fs::read_to_string(study.path("man/ketascreen-gc.1")).unwrap();
    assert!(page.contains("keep\\-runs"), "{page}");
    let page = std::fs::read_to_string(study.path("man/ketascreen.1")).unwrap();
    assert!(page.contains("Exit codes"), "{page}");
}
