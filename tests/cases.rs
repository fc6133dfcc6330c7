//! The stories under tests/cases: a small study each, run by the real program and held to what its folder expects.
//!
//! A case is a folder with a README.md (the story), a pipeline.yaml and the study's files, and either
//! - `expected/<stage>.<table>.csv`: the rows that the table must have, by whatever columns are listed, numbers to a
//!   relative 1e-9; `expected/<stage>.<table>.some.csv` lists rows among others, and `expected/findings.txt` a line
//!   `stage code subject` for each finding that must be there; or
//! - `expected/refused.txt`: what the program must say when it refuses, a line each, with exit code 2.
//!
//! `run.txt`, where there is one, holds the arguments instead of `run -q`. Numbers come from the script beside them
//! (`make.py`, `make.R`), never from ketascreen itself.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use polars::prelude::{DataFrame, ParquetReader, SerReader};

use crate::common::{Said, Study, repository};
use crate::sheet::{agree, text};

const TOLERANCE: f64 = 1e-9;

fn cases() -> Vec<PathBuf> {
    let folders = fs::read_dir(repository().join("tests/cases")).unwrap().map(|entry| entry.unwrap().path());
    // Python leaves a folder of its own beside story.py.
    let mut cases: Vec<PathBuf> = folders.filter(|path| path.is_dir() && !path.ends_with("__pycache__")).collect();
    cases.sort();
    cases
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let (path, target) = (entry.as_ref().unwrap().path(), to.join(entry.unwrap().file_name()));
        if path.is_dir() {
            copy(&path, &target);
        } else {
            fs::copy(&path, &target).unwrap();
        }
    }
}

fn run(case: &Path) -> (Study, Said) {
    let study = Study::empty();
    copy(case, &study.path("."));
    let written = fs::read_to_string(case.join("run.txt")).unwrap_or("run -q".into());
    let said = study.run(&written.split_whitespace().collect::<Vec<_>>());
    (study, said)
}

/// A table that the run made, each row as text by column.
fn made(study: &Study, stage: &str, table: &str) -> Vec<BTreeMap<String, String>> {
    let path = study.path(&format!("outputs/{stage}/{table}.parquet"));
    let file = fs::File::open(&path).unwrap_or_else(|why| panic!("{}: {why}", path.display()));
    let frame: DataFrame = ParquetReader::new(file).finish().unwrap();
    let row = |row: usize| {
        let cells = frame.columns().iter().map(|c| (c.name().to_string(), text(c.get(row).unwrap())));
        cells.collect()
    };
    (0..frame.height()).map(row).collect()
}

/// What of one expected table is not met.
fn differences(study: &Study, file: &Path) -> Vec<String> {
    let name = file.file_name().unwrap().to_string_lossy().into_owned();
    let parts: Vec<&str> = name.split('.').collect();
    let mut found = made(study, parts[0], parts[1]);
    let mut reader = csv::Reader::from_path(file).unwrap();
    let headers: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
    let mut wrong = Vec::new();
    let all = found.len();
    let mut listed = 0;
    for row in reader.records().map(Result::unwrap) {
        listed += 1;
        let meets = |cells: &BTreeMap<String, String>| {
            headers
                .iter()
                .zip(&row)
                .all(|(header, cell)| agree(cell, cells.get(header).map_or("(no such column)", |c| c), TOLERANCE))
        };
        match found.iter().position(meets) {
            Some(at) => drop(found.remove(at)),
            None => wrong.push(format!("{name}: no row is {}", row.iter().collect::<Vec<_>>().join(" | "))),
        }
    }
    if parts[2] != "some" && listed != all {
        wrong.push(format!("{name}: {all} rows instead of {listed}; the first other: {:?}", found.first()));
    }
    wrong
}

fn missing_findings(study: &Study, expected: &str) -> Vec<String> {
    let met = |line: &str| {
        let (stage, rest) = line.split_once(' ').unwrap();
        let (code, subject) = rest.split_once(' ').unwrap_or((rest, ""));
        made(study, stage, "findings").iter().any(|row| row["code"] == code && row["subject"] == subject)
    };
    let lines = expected.lines().filter(|line| !line.trim().is_empty() && !met(line));
    lines.map(|line| format!("no finding `{line}`")).collect()
}

fn unmet(case: &Path) -> Vec<String> {
    let (study, said) = run(case);
    let expected = case.join("expected");
    if let Ok(refused) = fs::read_to_string(expected.join("refused.txt")) {
        let mut wrong: Vec<String> =
            refused.lines().filter(|line| !said.err.contains(line)).map(str::to_owned).collect();
        if said.code != Some(2) || !wrong.is_empty() {
            wrong.push(format!("exit code {:?}, and it said:\n{}", said.code, said.err));
        }
        return wrong;
    }
    if said.code != Some(0) {
        return vec![format!("exit code {:?}: {}", said.code, said.err)];
    }
    let mut files: Vec<PathBuf> = fs::read_dir(&expected).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    assert!(!files.is_empty(), "{} expects nothing", case.display());
    let of = |file: &PathBuf| match file.ends_with("findings.txt") {
        true => missing_findings(&study, &fs::read_to_string(file).unwrap()),
        false => differences(&study, file),
    };
    files.iter().flat_map(of).collect()
}

#[test]
fn every_story_ends_as_its_folder_says() {
    let told = |case: &PathBuf| {
        let wrong = unmet(case);
        let name = case.file_name().unwrap().to_string_lossy().into_owned();
        (!wrong.is_empty()).then(|| format!("{name}\n  {}", wrong[..wrong.len().min(15)].join("\n  ")))
    };
    let only = std::env::var("KETASCREEN_CASE").ok();
    let chosen = |case: &&PathBuf| only.as_ref().is_none_or(|only| case.to_string_lossy().contains(only));
    let wrong: Vec<String> = cases().iter().filter(chosen).filter_map(told).collect();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn every_story_has_a_readme_and_says_in_it_that_its_data_are_invented() {
    for case in cases() {
        let text = fs::read_to_string(case.join("README.md")).unwrap_or_default();
        assert!(
            text.to_lowercase().contains("synthetic"),
            "{}: README.md says that the data are synthetic",
            case.display()
        );
    }
}
