//! Stages of the user's own, run by the real program: what reruns, what is refused, what goes wrong, what they are for.

mod faults;
mod pages;
mod refusals;
mod reruns;
mod signals;
mod uses;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use crate::common::{Said, Study};
use crate::recovery::tiny::{PIPELINE, participants};

/// A study of twelve participants with these lines below `stages:` and these files beside pipeline.yaml.
fn study(own: &str, files: &[(&str, &str)]) -> Study {
    let study = Study::empty();
    std::fs::create_dir(study.path("data")).unwrap();
    study.write("pipeline.yaml", &format!("{PIPELINE}{own}"));
    study.write("data/participants.csv", &participants(40));
    files.iter().for_each(|(file, text)| study.write(file, text));
    study
}

/// One stage `my_step` that runs a script of the shell on the participants and leaves table.csv.
fn step(script: &str) -> Study {
    study(STEP, &[("step.sh", script)])
}

const STEP: &str = "  my_step:
    command: [sh, step.sh]
    files: [step.sh]
    inputs: {people: {table: ingest/participants, format: csv}}
    outputs: {table: table.csv}
";

/// A script that makes the table.
const GOOD: &str = "echo working\ncut -d, -f1 inputs/people.csv > table.csv\n";

/// Runs the program with variables of the environment set.
fn run_with(study: &Study, arguments: &[&str], variables: &[(&str, &str)]) -> Said {
    let mut command = study.command(arguments);
    Said::new(command.envs(variables.iter().copied()).stdin(Stdio::null()).output().unwrap())
}

/// Every file below a folder that is there for good, links followed, by its path: what a failure must leave alone.
fn bytes_below(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut files = BTreeMap::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        match path.is_dir() {
            true => files.extend(bytes_below(&path)),
            false => drop(files.insert(path.clone(), std::fs::read(&path).unwrap())),
        }
    }
    files
}

/// The results: every cached entry and what the links show.
fn results(study: &Study) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut files = bytes_below(&study.path("outputs/.cache/entries"));
    for shown in std::fs::read_dir(study.path("outputs")).into_iter().flatten().flatten() {
        if shown.file_name() != ".cache" {
            files.extend(bytes_below(&shown.path()));
        }
    }
    files
}

/// Asserts that every result of before is as it was, and that there is none of `my_step` beside them.
#[track_caller]
fn unharmed(study: &Study, before: &BTreeMap<PathBuf, Vec<u8>>) {
    let now = results(study);
    let changed: Vec<&PathBuf> = before.keys().filter(|path| now.get(*path) != before.get(*path)).collect();
    assert!(changed.is_empty(), "{changed:?}");
    let own = |path: &&PathBuf| path.to_string_lossy().contains("/my_step/") && !before.contains_key(*path);
    let kept: Vec<&PathBuf> = now.keys().filter(own).collect();
    assert!(kept.is_empty(), "{kept:?}");
}

/// What a run left half-written.
fn leftovers(study: &Study) -> usize {
    std::fs::read_dir(study.path("outputs/.cache/tmp")).map_or(0, Iterator::count)
}

/// A file of the study as text.
fn text_of(study: &Study, table: &str) -> String {
    std::fs::read_to_string(study.path(table)).unwrap_or_else(|why| panic!("{table}: {why}"))
}

/// Asserts that the words are there.
#[track_caller]
fn says(text: &str, words: &[&str]) {
    for word in words {
        assert!(text.contains(word), "no {word} in\n{text}");
    }
}
