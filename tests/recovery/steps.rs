//! Every change that a run makes to its folder, gone wrong once: killed before it, refused by the disk, out of room.
//!
//! `interpose.c` stands between the program and the C library and counts the changes over all threads, so that the N-th
//! is the same step at every N; the enumeration ends with the run that has no N-th.

use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::tiny::{Files, changed, copy, differing, leftovers, new_stages};
use crate::common::{Study, assert_same, repository};

/// The interposer, compiled once; none where it cannot be, which is said aloud.
fn interposer() -> Option<&'static PathBuf> {
    static BUILT: OnceLock<Option<PathBuf>> = OnceLock::new();
    let build = || {
        let folder = std::env::temp_dir().join(format!("ketascreen-interpose-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let library = folder.join("interpose.so");
        let source = repository().join("tests/recovery/interpose.c");
        let mut compiler = Command::new("cc");
        compiler.args(["-shared", "-fPIC", "-O1", "-o"]).arg(&library).arg(source).arg("-ldl");
        let built = cfg!(target_os = "linux") && compiler.status().is_ok_and(|status| status.success());
        built.then_some(library)
    };
    let library = BUILT.get_or_init(build).as_ref();
    if library.is_none() {
        eprintln!("SKIPPED: faults at every step need Linux and a C compiler, `cc`");
    }
    library
}

/// Runs the study with its `at`-th change gone wrong; how it ended (none: killed), and how many changes there were.
fn run(study: &Study, library: &PathBuf, kind: &str, at: usize) -> (Option<i32>, usize) {
    let (root, count) = (study.path("").canonicalize().unwrap(), tempfile::NamedTempFile::new().unwrap());
    let mut command = study.command(&["run"]);
    command.env("LD_PRELOAD", library).env("FAULT_ROOT", root).env("FAULT_KIND", kind);
    command.env("FAULT_AT", at.to_string()).env("FAULT_COUNT", count.path());
    let quiet = Stdio::null;
    let ended = command.stdin(quiet()).stdout(quiet()).stderr(quiet()).status().unwrap();
    let made = std::fs::read_to_string(count.path()).unwrap().trim().parse().unwrap_or(0);
    (ended.code(), made)
}

/// One step gone wrong: nothing half-written is shown, and the next plain run finishes. Whether `outputs/` was mixed.
fn one(kind: &str, at: usize, library: &PathBuf, (study, before, after): &(Study, Files, Files)) -> bool {
    let study = copy(study);
    let (code, _) = run(&study, library, kind, at);
    let shown = study.shown();
    let new = new_stages(&shown, before, after);
    match (kind, code) {
        ("kill", code) => assert_eq!(code, None, "killed at {at}"),
        (_, Some(0)) => assert_same(&shown, after),
        // Whoever is still running removes what is half-written; the removal itself may be what failed.
        (_, code) => {
            assert_eq!(code, Some(74), "{kind} at {at}");
            assert!(kind == "eio" || leftovers(&study) == 0, "{kind} at {at} leaves something half-written");
        }
    }
    study.run(&["run"]).fine();
    assert_same(&study.shown(), after);
    assert_eq!(leftovers(&study), 0, "{kind} at {at}");
    study.run(&["status", "--exit-code"]).fine();
    new > 0 && new < differing(before, after)
}

fn every_step(kind: &str) {
    let Some(library) = interposer() else { return };
    let study = changed();
    let (code, steps) = run(&copy(&study.0), library, kind, 0);
    assert_eq!(code, Some(0));
    assert!(steps > 100, "the interposer saw {steps} changes");
    let (next, mixed) = (AtomicUsize::new(1), AtomicUsize::new(0));
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                loop {
                    let at = next.fetch_add(1, Ordering::SeqCst);
                    // Threads take turns in another order each time: some steps near the end may be fewer.
                    if at + 8 > steps {
                        break;
                    }
                    mixed.fetch_add(usize::from(one(kind, at, library, &study)), Ordering::SeqCst);
                }
            });
        }
    });
    let mixed = mixed.into_inner();
    eprintln!("{kind}: {steps} steps, {mixed} of them between the links of two stages");
    assert!(
        mixed <= 3 * differing(&study.1, &study.2),
        "links are flipped one after another, and nothing between them"
    );
}

#[test]
fn killed_at_every_step() {
    every_step("kill");
}

#[test]
fn refused_by_the_disk_at_every_step() {
    every_step("eio");
}

#[test]
fn out_of_room_from_every_step_on() {
    every_step("enospc");
}
