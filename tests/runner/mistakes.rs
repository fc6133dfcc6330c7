//! Mistakes on the command line and in the place of files: each with its code and a remedy that is one.

use std::process::Stdio;
use std::time::{Duration, Instant};

use super::once;
use crate::common::{Said, Study};
use crate::recovery::tiny::tiny;

/// Runs the program, and ends the test where it waits for something that does not come.
#[track_caller]
fn in_time(study: &Study, arguments: &[&str]) -> Said {
    let mut command = study.command(arguments);
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let start = Instant::now();
    while child.try_wait().unwrap().is_none() {
        if start.elapsed() > Duration::from_secs(60) {
            child.kill().unwrap();
            panic!("{arguments:?} does not end");
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    Said::new(child.wait_with_output().unwrap())
}

fn pipe(study: &Study, at: &str) {
    assert!(std::process::Command::new("mkfifo").arg(study.path(at)).status().unwrap().success());
}

#[track_caller]
fn refused(said: &Said, words: &[&str]) {
    assert_eq!(said.code, Some(2), "{}{}", said.out, said.err);
    for words in words {
        assert!(said.err.contains(words), "no {words} in\n{}", said.err);
    }
    assert!(said.err.contains("help: ") && !said.err.contains("unchanged"), "{}", said.err);
}

#[test]
fn a_pipe_or_a_folder_in_the_place_of_a_file_is_named_and_nobody_waits_for_it() {
    let study = tiny();
    study.run(&["run"]).fine();
    std::fs::remove_file(study.path("data/participants.csv")).unwrap();
    pipe(&study, "data/participants.csv");
    pipe(&study, "pipe");
    for command in ["check", "status", "run"] {
        let said = in_time(&study, &[command]);
        refused(&said, &["`participants.csv` is a named pipe, not a file", "(stages.ingest.participants.file)"]);
        refused(&in_time(&study, &[command, "--pipeline", "pipe"]), &["pipe is a named pipe, not a file"]);
    }
    std::fs::remove_file(study.path("data/participants.csv")).unwrap();
    std::fs::create_dir(study.path("data/participants.csv")).unwrap();
    let said = study.run(&["check"]);
    refused(&said, &["`participants.csv` is a folder, not a file", "name a file in it", "1 problem"]);
    std::fs::remove_dir(study.path("data/participants.csv")).unwrap();
    std::os::unix::fs::symlink("/dev/null", study.path("data/participants.csv")).unwrap();
    let said = study.run(&["check", "--allow-outside"]);
    refused(&said, &["`participants.csv` is a device, not a file"]);
}

#[test]
fn a_pipe_in_the_place_of_a_cached_table_is_damage() {
    let study = tiny();
    study.run(&["run"]).fine();
    let before = study.shown();
    let table = study.path("outputs/ingest/participants.parquet").canonicalize().unwrap();
    std::fs::remove_file(&table).unwrap();
    assert!(std::process::Command::new("mkfifo").arg(&table).status().unwrap().success());
    let said = in_time(&study, &["verify"]);
    assert_eq!((said.code, said.out.contains("participants.parquet was altered")), (Some(10), true), "{}", said.out);
    in_time(&study, &["run"]).fine();
    crate::common::assert_same(&study.shown(), &before);
}

#[test]
fn a_configuration_or_a_folder_that_is_none_is_said_to_be_none() {
    let study = tiny();
    let said = study.run(&["check", "--pipeline", "data"]);
    refused(&said, &["data is a folder, not a file", "name the file: --pipeline data/pipeline.yaml"]);
    refused(&study.run(&["run", "--pipeline", "pipeline.yaml/x"]), &["there is no pipeline.yaml/x here"]);
    refused(&study.run(&["init", "nosuch", "--output", "new.yaml"]), &["there is no folder nosuch"]);
    refused(&study.run(&["init", "pipeline.yaml", "--output", "new.yaml"]), &["pipeline.yaml is not a folder"]);
    refused(&study.run(&["init", "data", "--output", "nosuch/new.yaml"]), &["there is no folder nosuch"]);
    assert!(!study.path("new.yaml").exists());
}

#[test]
fn an_item_past_the_end_of_a_list_is_told_with_those_that_there_are() {
    let study = Study::of_the_repository();
    let said = study.run(&["check", "-S", "stages.normalize.steps.90.transform.method=log2"]);
    refused(&said, &["`90` is not an item of the list", "help: the list has ", " items, 0 to "]);
    assert!(!said.err.contains("path.to.setting"), "{}", said.err);
}

#[test]
fn a_command_is_not_taken_for_a_stage_nor_offered_as_one() {
    let study = tiny();
    for (arguments, name) in [
        (&["explain", "sweep"][..], "sweep"),
        (&["run", "sweep"], "sweep"),
        (&["run", "status"], "status"),
        (&["run", "--from", "sweep"], "sweep"),
        (&["run", "--force=sweep"], "sweep"),
    ] {
        let said = study.run(arguments);
        refused(
            &said,
            &[&format!("`{name}` is a command and not a stage"), "help: the stages are ingest, qc, normalize"],
        );
    }
    refused(&study.run(&["run", "sweeep"]), &["there is no stage or command `sweeep`", "did you mean `sweep`?"]);
}

#[test]
fn a_log_of_no_runs_is_refused_on_the_command_line() {
    let study = once();
    let said = study.run(&["log", "--number", "0"]);
    assert_eq!(said.code, Some(2), "{}{}", said.out, said.err);
    assert!(said.err.contains("0 is not in 1.."), "{}", said.err);
    assert!(study.run(&["log", "-n", "1"]).fine().out.contains("finished: 7 ran"));
}
