//! What `outputs/` shows: of one run at any moment, taken over from earlier versions, and left alone where it is someone's.

use std::fs;

use super::tiny::{Files, changed, copy, lay_out_as_before, participants};
use crate::common::{PROGRAM, STAGES, Study, assert_same};

/// Every link below the outputs folder, with what it leads to.
fn links(study: &Study) -> Vec<(String, String)> {
    let text = |path: std::path::PathBuf| path.to_string_lossy().into_owned();
    let outputs = fs::read_dir(study.path("outputs")).unwrap().map(|found| found.unwrap().path());
    let paths = outputs.chain([study.path("outputs/.cache/shown")]).filter(|path| path.is_symlink());
    let mut links: Vec<_> = paths.map(|path| (text(path.clone()), text(fs::read_link(&path).unwrap()))).collect();
    links.sort();
    links
}

#[test]
fn a_folder_laid_out_by_an_earlier_version_is_read_as_it_is_and_taken_over_without_running_anything() {
    let (study, _, after) = changed();
    study.run(&["run"]).fine();
    let new = links(&study);
    lay_out_as_before(&study);
    let old = links(&study);
    assert_ne!(new, old);
    for command in [&["status", "--exit-code"][..], &["verify"], &["diff", "last"], &["explain", "qc"], &["run", "-n"]]
    {
        study.run(command).fine();
        assert!(!study.run(command).out.contains("outdated"));
    }
    assert_eq!(links(&study), old, "readers write nothing");
    let said = study.run(&["run", "ingest"]).fine();
    assert!(said.err.contains("0 ran, 1 cached"), "{}", said.err);
    assert_eq!(
        links(&study).iter().filter(|link| !old.contains(link)).count(),
        STAGES.len() + 1,
        "all of them at once"
    );
    assert_same(&study.shown(), &after);
    study.run(&["gc", "--keep-runs", "0"]).fine();
    study.run(&["status", "--exit-code"]).fine();
    assert_same(&study.shown(), &after);
    assert_eq!(fs::read_dir(study.path("outputs/.cache/shows")).unwrap().count(), 1);
}

#[test]
fn whoever_reads_while_results_change_always_finds_them_whole() {
    let (study, before, after) = changed();
    let study = copy(&study);
    lay_out_as_before(&study);
    let files = ["ingest/participants.parquet", "report/report.html", "qc/record.json"];
    let done = std::sync::atomic::AtomicBool::new(false);
    let order = std::sync::atomic::Ordering::SeqCst;
    std::thread::scope(|scope| {
        let reader = scope.spawn(|| {
            let mut seen = [0, 0];
            while !done.load(order) {
                for file in files {
                    let bytes =
                        fs::read(study.path("outputs").join(file)).unwrap_or_else(|error| panic!("{file}: {error}"));
                    if file.ends_with("record.json") {
                        continue;
                    }
                    let which = [&before, &after].iter().position(|files| files[file] == bytes);
                    seen[which.unwrap_or_else(|| panic!("{file} is of neither run"))] += 1;
                }
            }
            seen
        });
        for age in [77, 40].into_iter().cycle().take(30) {
            study.write("data/next.csv", &participants(age));
            fs::rename(study.path("data/next.csv"), study.path("data/participants.csv")).unwrap();
            study.run(&["run"]).fine();
        }
        done.store(true, order);
        let seen = reader.join().unwrap();
        assert!(seen.iter().all(|n| *n > 0), "{seen:?}");
    });
}

#[test]
fn a_partial_run_a_forced_one_and_one_after_a_link_is_gone_leave_every_other_stage_as_it_was() {
    let (study, before, after) = changed();
    let of = |files: &Files, stage: &str| -> Vec<(String, Vec<u8>)> {
        let own = files.iter().filter(|(path, _)| path.split('/').next() == Some(stage));
        own.map(|(path, bytes)| (path.clone(), bytes.clone())).collect()
    };
    let shown = |new: &[&str]| {
        let now = study.shown();
        for stage in STAGES {
            let expected = if new.contains(&stage) { &after } else { &before };
            assert!(of(&now, stage) == of(expected, stage), "{stage}, with {new:?} new");
        }
    };
    study.run(&["run", "ingest"]).fine();
    shown(&["ingest"]);
    study.run(&["run", "qc", "--force"]).fine();
    shown(&["ingest", "qc"]);
    fs::remove_file(study.path("outputs/screen")).unwrap();
    study.run(&["run", "outcomes"]).fine();
    assert!(!study.path("outputs/screen").is_symlink(), "what was deleted and not asked for stays away");
    study.run(&["run"]).fine();
    shown(&STAGES);
    // Another's folder and another's file in a link's place stop the showing of everything, and stay.
    study.write("data/participants.csv", &participants(40));
    for make in [fs::create_dir as fn(std::path::PathBuf) -> _, |path| fs::write(path, "mine")] {
        fs::remove_file(study.path("outputs/report")).unwrap();
        make(study.path("outputs/report")).unwrap();
        let said = study.run(&["run"]);
        assert_eq!(said.code, Some(74));
        assert!(
            said.err.contains("move it away") && said.err.contains("earlier outputs are unchanged"),
            "{}",
            said.err
        );
        assert!(of(&study.shown(), "ingest") == of(&after, "ingest"));
        let mine = study.path("outputs/report");
        if mine.is_dir() {
            fs::remove_dir(&mine).unwrap()
        } else {
            assert_eq!(fs::read(&mine).unwrap(), b"mine")
        }
        let _ = fs::remove_file(&mine);
        std::os::unix::fs::symlink("nowhere", &mine).unwrap();
    }
    study.run(&["run"]).fine();
    shown(&[]);
}

#[test]
fn a_damaged_result_stays_where_it_is_shown_until_another_can_be_shown() {
    let (study, _, after) = changed();
    study.run(&["run"]).fine();
    fs::remove_file(study.path("outputs/qc/flow.parquet")).unwrap();
    study.write("data/participants.csv", "id,age\nP00,nonsense\n");
    assert_eq!(study.run(&["run"]).code, Some(2));
    study.write("data/participants.csv", &participants(77));
    // The stage after the damaged one fails for want of room for one file: the shell's limit stands for the disk.
    let script = format!("ulimit -f 16; trap '' XFSZ; exec {PROGRAM} run --force");
    let mut shell = std::process::Command::new("bash");
    let output = shell.current_dir(study.path("")).args(["-c", &script]).output().unwrap();
    assert_eq!(output.status.code(), Some(74), "{}", String::from_utf8_lossy(&output.stderr));
    let mut shown = study.shown();
    assert!(shown.insert("qc/flow.parquet".to_owned(), after["qc/flow.parquet"].clone()).is_none());
    assert_same(&shown, &after);
    study.run(&["gc", "--keep-runs", "0", "--aside"]).fine();
    assert!(study.path("outputs/qc/decisions.csv").exists(), "what is shown is not collected");
    study.run(&["run"]).fine();
    assert_same(&study.shown(), &after);
    study.run(&["gc", "--keep-runs", "0", "--aside"]).fine();
    assert!(!study.path("outputs/.cache/aside").exists());
    assert_same(&study.shown(), &after);
}
