//! Mistakes on the command line: each with its code and a remedy that is one.

use super::once;
use crate::common::{Said, Study};
use crate::recovery::tiny::tiny;

#[track_caller]
fn refused(said: &Said, words: &[&str]) {
    assert_eq!(said.code, Some(2), "{}{}", said.out, said.err);
    for words in words {
        assert!(said.err.contains(words), "no {words} in\n{}", said.err);
    }
    assert!(said.err.contains("help: ") && !said.err.contains("unchanged"), "{}", said.err);
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
