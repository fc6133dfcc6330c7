//! The end of a command: when its time is over, and when the program is told to leave.

use std::fs;
use std::process::Command;
use std::time::{Duration, Instant};

use super::{GOOD, leftovers, results, says, step, unharmed};
use crate::common::Study;

/// Two processes, which write their ids down and then wait.
const SLOW: &str = "sleep 300 & echo $! > \"$PLACE/child\"; echo $$ > \"$PLACE/own\"; echo waiting; wait\n";

fn slow(script: &str) -> Study {
    let study = step(GOOD);
    study.run(&["run"]).fine();
    fs::create_dir(study.path("place")).unwrap();
    study.write("step.sh", script);
    study.edit(|text| text.replace("{table: table.csv}\n", "{table: table.csv}\n    env: [PLACE]\n"));
    study
}

fn place(study: &Study) -> String {
    study.path("place").display().to_string()
}

/// Whether a process whose id was written down still runs; one that nobody has waited for yet does not.
fn lives(study: &Study, name: &str) -> bool {
    let id = fs::read_to_string(study.path("place").join(name)).unwrap();
    let state = Command::new("ps").args(["-o", "stat=", "-p", id.trim()]).output().unwrap();
    let state = String::from_utf8_lossy(&state.stdout).trim().to_owned();
    !state.is_empty() && !state.starts_with('Z')
}

#[track_caller]
fn both_are_gone(study: &Study) {
    let start = Instant::now();
    while start.elapsed() < Duration::from_secs(2) && (lives(study, "own") || lives(study, "child")) {
        std::thread::sleep(Duration::from_millis(20));
    }
    assert!(!lives(study, "own") && !lives(study, "child"), "a process of the command outlives the program");
}

#[test]
fn when_its_time_is_over_the_whole_group_is_ended() {
    let study = slow(SLOW);
    study.edit(|text| text.replace("    env: [PLACE]", "    env: [PLACE]\n    timeout: 1 s"));
    let before = results(&study);
    let start = Instant::now();
    let said = super::run_with(&study, &["run"], &[("PLACE", &place(&study))]);
    assert!(start.elapsed() < Duration::from_secs(20));
    assert_eq!(said.code, Some(20), "{}", said.err);
    says(&said.err, &["took longer than 1 s and was ended", "(stages.my_step.timeout)", "  | waiting\n"]);
    both_are_gone(&study);
    unharmed(&study, &before);
    assert_eq!(leftovers(&study), 0);
}

#[test]
fn a_command_that_will_not_end_is_made_to() {
    let study = slow(&format!("trap '' TERM\n{}", SLOW.replace("; wait", "; while :; do sleep 1; done")));
    study.edit(|text| text.replace("    env: [PLACE]", "    env: [PLACE]\n    timeout: 0.5 s"));
    let said = super::run_with(&study, &["run"], &[("PLACE", &place(&study))]);
    assert_eq!(said.code, Some(20), "{}", said.err);
    both_are_gone(&study);
}

#[test]
fn what_a_command_leaves_running_is_ended_with_it() {
    let study = slow(&format!("sleep 300 & echo $! > \"$PLACE/child\"; echo $$ > \"$PLACE/own\"\n{GOOD}"));
    super::run_with(&study, &["run"], &[("PLACE", &place(&study))]).fine();
    both_are_gone(&study);
}

#[test]
fn a_signal_ends_the_program_and_every_process_of_a_command_and_leaves_nothing_half_written() {
    for (name, code) in [("-INT", 130), ("-TERM", 143)] {
        let study = slow(SLOW);
        let before = results(&study);
        let mut child = study.command(&["run", "-q"]).env("PLACE", place(&study)).spawn().unwrap();
        while !study.path("place/own").exists() {
            assert!(child.try_wait().unwrap().is_none(), "the run ended before its command began");
            std::thread::sleep(Duration::from_millis(10));
        }
        assert!(Command::new("kill").args([name, &child.id().to_string()]).status().unwrap().success());
        assert_eq!(child.wait().unwrap().code(), Some(code));
        both_are_gone(&study);
        unharmed(&study, &before);
        assert_eq!(leftovers(&study), 0, "{name}");
        study.write("step.sh", GOOD);
        super::run_with(&study, &["run"], &[("PLACE", &place(&study))]).fine();
    }
}

#[test]
fn after_a_kill_the_next_run_tidies_up() {
    let study = slow(SLOW);
    let before = results(&study);
    let mut child = study.command(&["run", "-q"]).env("PLACE", place(&study)).spawn().unwrap();
    while !study.path("place/own").exists() {
        std::thread::sleep(Duration::from_millis(10));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    for name in ["own", "child"] {
        let id = fs::read_to_string(study.path("place").join(name)).unwrap();
        let _ = Command::new("kill").args(["-9", id.trim()]).status();
    }
    unharmed(&study, &before);
    study.write("step.sh", GOOD);
    super::run_with(&study, &["run"], &[("PLACE", &place(&study))]).fine();
    assert_eq!(leftovers(&study), 0);
}
