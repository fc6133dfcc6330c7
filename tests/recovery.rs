//! What happens when something goes wrong halfway: kills, damage, a second writer.
//!
//! Which fault has which test: the table in docs/faults.md.

use std::fs;
use std::time::{Duration, Instant};

use crate::common::{STAGES, Study, assert_same};

#[cfg(unix)]
mod places;
#[cfg(unix)]
mod processes;
#[cfg(unix)]
mod shown;
#[cfg(unix)]
mod steps;
pub mod tiny;
#[cfg(unix)]
mod watch;

#[test]
fn after_twenty_kills_at_random_moments_a_plain_run_finishes_with_the_same_bytes() {
    let whole = Study::of_the_repository();
    let start = Instant::now();
    whole.run(&["run"]).fine();
    let full = start.elapsed();
    let study = Study::of_the_repository();
    let mut state: u64 = 20250715;
    for n in 0..20 {
        // A linear congruential generator (Knuth's MMIX constants): moments differ, and are the same in every run.
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let share = (state >> 11) as f64 / (1u64 << 53) as f64;
        let arguments: &[&str] = if n % 3 == 2 { &["run", "--force"] } else { &["run"] };
        let mut child = study.start(arguments);
        std::thread::sleep(Duration::from_secs_f64(full.as_secs_f64() * share));
        child.kill().unwrap();
        child.wait().unwrap();
    }
    study.run(&["run"]).fine();
    assert_same(&study.shown(), &whole.shown());
    let read = |study: &Study| fs::read(study.path("pipeline.lock")).unwrap();
    assert_eq!(read(&study), read(&whole));
    let left = fs::read_dir(study.path("outputs/.cache/tmp")).map_or(0, Iterator::count);
    assert_eq!(left, 0, "the run that held the lock cleaned up");
}

#[test]
fn an_altered_artifact_is_named_and_made_again_and_a_missing_one_too() {
    let study = Study::of_the_repository();
    study.run(&["run"]).fine();
    let before = study.shown();
    let altered = study.path("outputs/qc/abundances.parquet");
    let mut bytes = fs::read(&altered).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::remove_file(&altered).unwrap();
    fs::write(&altered, bytes).unwrap();
    fs::remove_file(study.path("outputs/screen/fits.parquet")).unwrap();
    let status = study.run(&["status"]).fine();
    assert!(status.out.contains("qc/abundances.parquet was altered"), "{}", status.out);
    let said = study.run(&["run"]).fine();
    assert!(said.err.contains("qc/abundances.parquet"), "{}", said.err);
    assert!(said.err.contains("screen/fits.parquet is missing"), "{}", said.err);
    assert!(said.err.contains("2 ran, 5 cached"), "{}", said.err);
    assert_same(&study.shown(), &before);
    assert_eq!(fs::read_dir(study.path("outputs/.cache/aside")).unwrap().count(), 2);
}

#[test]
fn a_second_writer_is_turned_away_and_a_reader_is_not() {
    let study = Study::of_the_repository();
    study.run(&["run"]).fine();
    let lock = fs::File::options().write(true).open(study.path("outputs/.cache/lock")).unwrap();
    lock.lock().unwrap();
    let said = study.run(&["run"]);
    assert_eq!(said.code, Some(75));
    assert!(said.err.contains("another run is writing here: process "), "{}", said.err);
    study.run(&["status"]).fine();
    let mut waiting = study.start(&["run", "--wait-lock"]);
    std::thread::sleep(Duration::from_millis(200));
    assert!(waiting.try_wait().unwrap().is_none());
    lock.unlock().unwrap();
    assert!(waiting.wait().unwrap().success());
}

#[test]
fn bad_data_stops_the_run_and_leaves_the_earlier_outputs() {
    let study = Study::of_the_repository();
    study.run(&["run"]).fine();
    let before = study.shown();
    let lock = fs::read(study.path("pipeline.lock")).unwrap();
    let table = study.path("data/metabolites.csv");
    let text = fs::read_to_string(&table).unwrap();
    let broken: String = text
        .lines()
        .enumerate()
        .map(|(n, line)| if n == 5 { format!("{line},,,\"\n") } else { format!("{line}\n") })
        .collect();
    fs::write(&table, broken).unwrap();
    let said = study.run(&["run"]);
    assert_eq!(said.code, Some(2), "{}", said.err);
    assert!(said.err.contains("metabolites.csv"), "{}", said.err);
    assert_same(&study.shown(), &before);
    assert_eq!(fs::read(study.path("pipeline.lock")).unwrap(), lock);
    fs::write(&table, text).unwrap();
    assert!(study.reruns().is_empty());
}

#[cfg(unix)]
#[test]
fn a_disk_that_takes_no_more_ends_with_74_and_leaves_what_was_there() {
    let study = Study::of_the_repository();
    study.run(&["run"]).fine();
    let before = study.shown();
    // No writing beyond 2 KiB per file: the shell's own limit stands for a full disk.
    let script = format!("ulimit -f 4; trap '' XFSZ; exec {} run --force", crate::common::PROGRAM);
    let mut shell = std::process::Command::new("bash");
    let output = shell.current_dir(study.path("")).args(["-c", &script]).output().unwrap();
    let err = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(74), "{err}");
    assert_same(&study.shown(), &before);
    assert_eq!(fs::read_dir(study.path("outputs/.cache/tmp")).map_or(0, Iterator::count), 0);
    assert!(study.reruns().is_empty());
}

#[cfg(unix)]
#[test]
fn an_interrupt_ends_with_130_and_termination_with_143() {
    let study = Study::of_the_repository();
    for (signal, code) in [("-INT", 130), ("-TERM", 143)] {
        let child = study.start(&["run", "--force", "-S", "stages.predict.validation.permutations=99999"]);
        std::thread::sleep(Duration::from_millis(300));
        let sent = std::process::Command::new("kill").args([signal, &child.id().to_string()]).status().unwrap();
        assert!(sent.success(), "the run was still going");
        let mut child = child;
        assert_eq!(child.wait().unwrap().code(), Some(code));
    }
    assert!(study.reruns().iter().all(|stage| STAGES.contains(&stage.as_str())));
}
