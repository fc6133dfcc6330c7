//! Standard output that cannot be written: the work is done, one line says so, and the code is 74.

use std::fs::File;
use std::process::Stdio;

use super::once;
use crate::common::{STAGES, Said, Study};

/// Runs the program with its standard output on a full device; none where the system has none.
fn on_a_full_disk(study: &Study, arguments: &[&str]) -> Option<Said> {
    let full = File::options().write(true).open("/dev/full").ok()?;
    Some(Said::new(study.command(arguments).stdin(Stdio::null()).stdout(full).output().unwrap()))
}

#[test]
fn what_cannot_be_printed_ends_with_74_and_one_line() {
    let study = once();
    for arguments in [
        &["schema"][..],
        &["completions", "bash"],
        &["graph"],
        &["status"],
        &["status", "--json"],
        &["explain", "qc"],
        &["verify", "--json"],
        &["log", "--json"],
        &["gc", "--keep-runs", "9", "-n"],
        &["check"],
        &["man", "--out", "man"],
        &["--help"],
        &["--version"],
    ] {
        let Some(said) = on_a_full_disk(&study, arguments) else {
            eprintln!("SKIPPED: there is no /dev/full here");
            return;
        };
        assert_eq!(said.code, Some(74), "{arguments:?}: {}", said.err);
        let lines: Vec<&str> = said.err.lines().collect();
        assert_eq!(lines.len(), 1, "{arguments:?}: {}", said.err);
        assert!(lines[0].starts_with("error: cannot write to standard output: No space left"), "{}", said.err);
    }
    assert!(study.path("man/ketascreen.1").exists(), "the pages are written, whoever hears of it");
}

#[test]
fn a_run_whose_events_cannot_be_written_is_finished_all_the_same() {
    let (study, other) = (Study::of_the_repository(), once());
    let Some(said) = on_a_full_disk(&study, &["run", "--json"]) else {
        eprintln!("SKIPPED: there is no /dev/full here");
        return;
    };
    assert_eq!((said.code, said.err.lines().count()), (Some(74), 1), "{}", said.err);
    crate::common::assert_same(&study.shown(), &other.shown());
    let second = study.run(&["run", "--json"]).fine();
    assert_eq!(second.stages_with("cached"), STAGES);
    // What failed otherwise says that as well.
    let said = on_a_full_disk(&study, &["run", "nosuch", "--json"]).unwrap();
    assert_eq!(said.code, Some(74));
    assert!(said.err.contains("no stage or command `nosuch`") && said.err.contains("standard output"), "{}", said.err);
}

#[test]
fn a_reader_that_went_away_is_no_failure() {
    let study = once();
    for arguments in [&["status", "--json"][..], &["run", "--json"], &["--help"]] {
        let mut child = study.command(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let said = Said::new(child.wait_with_output().unwrap());
        assert_eq!((said.code, said.err.contains("standard output")), (Some(0), false), "{arguments:?}: {}", said.err);
    }
}
