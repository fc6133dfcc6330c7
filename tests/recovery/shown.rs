//! What `outputs/` shows: of one run at any moment, taken over from earlier versions, and left alone where it is someone's.

use std::fs;
use std::path::{Path, PathBuf};

use super::tiny::{Files, changed, copy, copy_followed, lay_out_as_before, participants, tiny};
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

#[test]
fn a_study_copied_with_its_links_followed_is_read_as_it_is_and_taken_over_by_a_run() {
    let (study, before, after) = changed();
    let copied = copy_followed(&study);
    copied.write("data/participants.csv", &participants(40));
    for command in [&["status", "--exit-code"][..], &["verify"], &["diff", "last"], &["explain", "qc"]] {
        copied.run(command).fine();
    }
    let said = copied.run(&["gc", "--keep-runs", "0", "-n"]).fine();
    assert!(!said.out.contains("would remove"), "{}", said.out);
    copied.run(&["gc", "--keep-runs", "0"]).fine();
    assert_same(&copied.shown(), &before);
    // One stage alone leaves the others as they are.
    let said = copied.run(&["run", "ingest"]).fine();
    assert!(said.err.contains("0 ran, 1 cached"), "{}", said.err);
    assert!(copied.path("outputs/ingest").is_symlink() && !copied.path("outputs/qc").is_symlink());
    assert_same(&copied.shown(), &before);
    let said = copied.run(&["run"]).fine();
    assert!(said.err.contains(&format!("0 ran, {} cached", STAGES.len())), "{}", said.err);
    assert!(STAGES.iter().all(|stage| copied.path("outputs").join(stage).is_symlink()));
    assert_same(&copied.shown(), &before);
    copied.run(&["gc", "--keep-runs", "0", "--aside"]).fine();
    assert!(!copied.path("outputs/.cache/aside").exists());
    assert_same(&copied.shown(), &before);
    // The same where there is something to run.
    let copied = copy_followed(&study);
    copied.run(&["run"]).fine();
    assert_same(&copied.shown(), &after);
    copied.run(&["status", "--exit-code"]).fine();
    assert_eq!(links(&copied).len(), STAGES.len() + 1);
    // Only what lies below .cache was copied so.
    for part in ["shown", "shows"] {
        let copied = copy(&study);
        let (from, to) = (copied.path("outputs/.cache").join(part), copied.path("followed"));
        let followed = std::process::Command::new("cp").arg("-rL").args([&from, &to]).status().unwrap();
        assert!(followed.success());
        match part {
            "shown" => fs::remove_file(&from).unwrap(),
            _ => fs::remove_dir_all(&from).unwrap(),
        }
        fs::rename(&to, &from).unwrap();
        assert_same(&copied.shown(), &before);
        let said = copied.run(&["gc", "--keep-runs", "0", "-n"]).fine();
        assert!(!said.out.contains("would remove"), "{part}: {}", said.out);
        copied.run(&["gc", "--keep-runs", "0"]).fine();
        assert_same(&copied.shown(), &before);
        copied.run(&["run", "ingest"]).fine();
        assert!(of_stage(&copied.shown(), "ingest") == of_stage(&after, "ingest"), "{part}");
        assert!(of_stage(&copied.shown(), "report") == of_stage(&before, "report"), "{part}");
        copied.run(&["run"]).fine();
        assert_same(&copied.shown(), &after);
        assert_eq!(links(&copied).len(), STAGES.len() + 1);
    }
}

fn of_stage(files: &Files, stage: &str) -> Files {
    let own = files.iter().filter(|(path, _)| path.split('/').next() == Some(stage));
    own.map(|(path, bytes)| (path.clone(), bytes.clone())).collect()
}

#[test]
fn what_is_anothers_in_a_copied_study_is_left_and_all_of_it_is_named_at_once() {
    let (study, before, after) = changed();
    let copied = copy_followed(&study);
    copied.write("outputs/ingest/mine.txt", "mine");
    fs::remove_file(copied.path("outputs/qc/flow.parquet")).unwrap();
    copied.write("outputs/qc/flow.parquet", "altered");
    fs::remove_dir_all(copied.path("outputs/report")).unwrap();
    copied.write("outputs/report", "mine");
    copied.write("outputs/.cache/shown/mine.txt", "mine");
    fs::remove_file(copied.path("outputs/screen/record.json")).unwrap();
    let entries = || walk(&copied.path("outputs/.cache/entries"));
    let kept = entries();
    copied.run(&["gc", "--keep-runs", "0"]).fine();
    let report = |path: &PathBuf| path.components().any(|part| part.as_os_str() == "report");
    let others = |files: &[PathBuf]| files.iter().filter(|path| !report(path)).cloned().collect::<Vec<_>>();
    assert_eq!(others(&entries()), others(&kept), "what may be shown is not collected");
    let said = copied.run(&["run"]);
    assert_eq!(said.code, Some(74));
    let (message, rest) = said.err.split_once("\nhelp: ").unwrap();
    insta::assert_snapshot!(message.lines().last().unwrap(), @"error: cannot replace outputs/ingest (mine.txt is none of its files), outputs/qc (flow.parquet was altered), outputs/screen (no record of screen in it), outputs/report (a file), outputs/.cache/shown (mine.txt is no result): they are not links of this program; move them away");
    assert!(rest.starts_with("earlier outputs are unchanged"), "{}", said.err);
    assert_eq!(said.err.matches("error: ").count(), 1, "{}", said.err);
    assert!(copied.path("outputs/predict").is_dir() && !copied.path("outputs/predict").is_symlink());
    assert!(of_stage(&copied.shown(), "predict") == of_stage(&before, "predict"));
    for path in ["ingest/mine.txt", "report", ".cache/shown/mine.txt"] {
        assert_eq!(fs::read_to_string(copied.path("outputs").join(path)).unwrap(), "mine", "{path}");
    }
    fs::create_dir(copied.path("away")).unwrap();
    for (n, path) in ["ingest", "qc", "screen", "report", ".cache/shown"].into_iter().enumerate() {
        fs::rename(copied.path("outputs").join(path), copied.path("away").join(n.to_string())).unwrap();
    }
    copied.run(&["run"]).fine();
    assert_same(&copied.shown(), &after);
}

/// Every file below a folder.
fn walk(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(walk(&path)) } else { found.push(path) }
    }
    found.sort();
    found
}

#[test]
fn what_does_not_show_its_result_is_damage_to_verify() {
    let study = tiny();
    study.run(&["run"]).fine();
    std::fs::remove_file(study.path("outputs/qc")).unwrap();
    let said = study.run(&["verify"]);
    assert!(said.code == Some(10) && said.out.contains("qc         damaged  outputs/qc is gone"), "{}", said.out);
    study.run(&["run"]).fine();
    study.run(&["verify"]).fine();
    let copied = Study::empty();
    let done =
        std::process::Command::new("cp").arg("-rL").arg(study.path(".")).arg(copied.path("copy")).status().unwrap();
    assert!(done.success());
    let run = |arguments: &[&str]| copied.run(&[arguments, &["--pipeline", "copy/pipeline.yaml"]].concat());
    run(&["verify"]).fine();
    std::fs::write(copied.path("copy/outputs/qc/mine.txt"), "mine").unwrap();
    let said = run(&["verify"]);
    let words = "outputs/qc is no link and no whole result: mine.txt is none of its files";
    assert!(said.code == Some(10) && said.out.contains(words) && !said.out.contains("every byte"), "{}", said.out);
    let told: serde_json::Value = serde_json::from_str(&run(&["verify", "--json"]).out).unwrap();
    assert!(told["astray"]["qc"].is_string(), "{told}");
}
