//! A study that runs in some hundredths of a second: twelve participants, no metabolites.

use std::collections::BTreeMap;
use std::process::Command;

use crate::common::{STAGES, Study};

pub type Files = BTreeMap<String, Vec<u8>>;

pub const PIPELINE: &str = "
study: {title: synthetic, seed: 1, synthetic: true}
stages:
  ingest:
    participants: {file: participants.csv, id: id, columns: {age: {kind: number, unit: years, range: [18, 90]}}}
  report: {formats: [html]}
";

/// The table of participants; another `age` of the first makes every stage's result another.
pub fn participants(age: u32) -> String {
    let row = |n: u32| format!("P{n:02},{}\n", if n == 0 { age } else { 30 + n });
    format!("id,age\n{}", (0..12).map(row).collect::<String>())
}

/// The study in a fresh folder.
pub fn tiny() -> Study {
    let study = Study::empty();
    std::fs::create_dir(study.path("data")).unwrap();
    study.write("pipeline.yaml", PIPELINE);
    study.write("data/participants.csv", &participants(40));
    study
}

/// The same files, links and times in another folder.
pub fn copy(study: &Study) -> Study {
    let copy = Study::in_memory();
    let copied = Command::new("cp").arg("-a").arg(study.path(".")).arg(copy.path(".")).status().unwrap();
    assert!(copied.success());
    copy
}

/// The same files in another folder with every link followed, as many programs copy.
#[cfg(unix)]
pub fn copy_followed(study: &Study) -> Study {
    let copy = Study::in_memory();
    let copied = Command::new("cp").arg("-rL").arg(study.path(".")).arg(copy.path(".")).status().unwrap();
    assert!(copied.success() && !copy.path("outputs/ingest").is_symlink());
    copy
}

/// A study that ran and whose table then changed, with what it showed and what it is to show.
pub fn changed() -> (Study, Files, Files) {
    let study = tiny();
    study.run(&["run"]).fine();
    let before = study.shown();
    study.write("data/participants.csv", &participants(77));
    let done = copy(&study);
    done.run(&["run"]).fine();
    let after = done.shown();
    assert!(before.contains_key("report/report.html") && before != after);
    (study, before, after)
}

/// How many stages show the new result. Each must show the earlier one whole or the new one whole.
#[track_caller]
pub fn new_stages(shown: &Files, before: &Files, after: &Files) -> usize {
    let of = |files: &Files, stage: &str| -> Files {
        let own = files.iter().filter(|(path, _)| path.split('/').next() == Some(stage));
        own.map(|(path, bytes)| (path.clone(), bytes.clone())).collect()
    };
    let is_new = |stage: &&&str| {
        let (shown, before, after) = (of(shown, stage), of(before, stage), of(after, stage));
        assert!(shown == before || shown == after, "{stage} shows neither the earlier result whole nor the new one");
        shown == after && before != after
    };
    STAGES.iter().filter(is_new).count()
}

/// How many stages differ between two results.
pub fn differing(before: &Files, after: &Files) -> usize {
    new_stages(after, before, after)
}

/// Lays the results out as versions of the program did whose links led to the entries themselves.
#[cfg(unix)]
pub fn lay_out_as_before(study: &Study) {
    for stage in STAGES {
        let entry = study.path("outputs").join(stage).canonicalize().unwrap();
        let target = format!(".cache/entries/{stage}/{}", entry.file_name().unwrap().to_str().unwrap());
        std::fs::remove_file(study.path("outputs").join(stage)).unwrap();
        std::os::unix::fs::symlink(target, study.path("outputs").join(stage)).unwrap();
    }
    std::fs::remove_file(study.path("outputs/.cache/shown")).unwrap();
    std::fs::remove_dir_all(study.path("outputs/.cache/shows")).unwrap();
}

/// What a run left half-written.
pub fn leftovers(study: &Study) -> usize {
    let beside = std::fs::read_dir(study.path(".")).unwrap().flatten();
    let beside = beside.filter(|entry| entry.file_name().to_string_lossy().ends_with(".tmp")).count();
    std::fs::read_dir(study.path("outputs/.cache/tmp")).map_or(0, Iterator::count) + beside
}
