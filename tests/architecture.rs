//! The house keeps its shape: this test reads the source.

use std::fs;
use std::path::{Path, PathBuf};

use crate::common::repository;

/// Folders under stages/ that are not stages.
const NOT_STAGES: [&str; 3] = ["contract", "statistics", "cohort"];
/// Rooms that are not stages of a run, and keep the rules of stages: the runner brings them in itself.
const BESIDE: [&str; 1] = ["sweep"];
/// Words that have no business in the science.
const FOREIGN: [&str; 10] = [
    "clap::",
    "indicatif",
    "std::env",
    "std::fs",
    "SystemTime",
    "Instant::now",
    "println!",
    "eprintln!",
    "std::process",
    "miette",
];

struct Line {
    file: PathBuf,
    number: usize,
    text: String,
}

impl Line {
    fn shown(&self, why: &str) -> String {
        let file = self.file.strip_prefix(repository()).unwrap_or(&self.file);
        format!("{}:{}: {why}: {}", file.display(), self.number, self.text.trim())
    }
}

/// The lines of code below a folder: no comments, no `tests.rs`, and nothing after a file's tests begin.
fn code(folder: &Path) -> Vec<Line> {
    let mut lines = Vec::new();
    for file in sources(folder) {
        let text = fs::read_to_string(&file).unwrap();
        let code = text.lines().take_while(|line| line.trim() != "#[cfg(test)]").enumerate();
        let is_code = |(_, line): &(usize, &str)| !line.trim_start().starts_with("//");
        lines.extend(code.filter(is_code).map(|(n, text)| Line {
            file: file.clone(),
            number: n + 1,
            text: text.into(),
        }));
    }
    lines
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") && !path.ends_with("tests.rs") {
            files.push(path);
        }
    }
    files.sort();
    files
}

fn stage_names() -> Vec<String> {
    let folders = fs::read_dir(repository().join("stages")).unwrap().map(|entry| entry.unwrap());
    let named = folders.filter(|entry| entry.path().is_dir()).map(|entry| entry.file_name().into_string().unwrap());
    let mut names: Vec<String> = named.filter(|name| !NOT_STAGES.contains(&name.as_str())).collect();
    names.sort();
    names
}

#[track_caller]
fn assert_none(broken: Vec<String>) {
    assert!(broken.is_empty(), "\n{}", broken.join("\n"));
}

#[test]
fn a_stage_imports_another_stage_only_through_its_schema() {
    let stages = stage_names();
    let mut broken = Vec::new();
    for own in &stages {
        for line in code(&repository().join("stages").join(own)) {
            for other in stages.iter().filter(|other| *other != own) {
                let path = format!("crate::{other}");
                let uses: Vec<&str> = line.text.split(&path).skip(1).collect();
                let allowed = |rest: &&str| {
                    rest.starts_with("::schema") || rest.starts_with(|c: char| c.is_alphanumeric() || c == '_')
                };
                if !uses.iter().all(allowed) {
                    broken.push(line.shown("only another stage's schema may be imported"));
                }
            }
        }
    }
    assert_none(broken);
}

#[test]
fn the_mathematics_knows_no_data_frame_and_no_stage() {
    let stages = stage_names();
    let knows = |line: &Line| {
        line.text.contains("polars") || stages.iter().any(|stage| line.text.contains(&format!("crate::{stage}::")))
    };
    let lines = code(&repository().join("stages/statistics")).into_iter();
    assert_none(lines.filter(knows).map(|line| line.shown("statistics/ holds mathematics only")).collect());
}

#[test]
fn the_science_names_no_terminal_no_file_and_no_clock() {
    let mut broken = Vec::new();
    for line in code(&repository().join("stages")) {
        let foreign = FOREIGN.iter().find(|word| line.text.contains(**word));
        broken.extend(foreign.map(|word| line.shown(&format!("`{word}` belongs to the runner"))));
    }
    assert_none(broken);
}

#[test]
fn every_stage_has_its_line_in_the_registry_and_its_field_in_the_configuration() {
    let registry = fs::read_to_string(repository().join("src/engine/registry.rs")).unwrap();
    let file = fs::read_to_string(repository().join("src/config/stages.rs")).unwrap();
    let list = file.lines().find_map(|line| line.strip_prefix("stages!(")).expect("the list of stages");
    let list = format!(" {}", list.replace([',', ')', ';'], " "));
    let library = fs::read_to_string(repository().join("stages/lib.rs")).unwrap();
    let mut broken = Vec::new();
    for stage in stage_names().into_iter().filter(|stage| !BESIDE.contains(&stage.as_str())) {
        for (text, wanted, place) in [
            (&registry, format!("with::<stages::{stage}::"), "src/engine/registry.rs"),
            (&list, format!(" {stage} "), "the list in src/config/stages.rs"),
            (&library, format!("pub mod {stage};"), "stages/lib.rs"),
        ] {
            if !text.contains(&wanted) {
                broken.push(format!("{place}: `{wanted}` is missing"));
            }
        }
    }
    assert_none(broken);
}

#[test]
fn one_file_names_serde_yaml() {
    let named = code(&repository().join("src")).into_iter().filter(|line| line.text.contains("serde_yaml"));
    let elsewhere = named.filter(|line| !line.file.ends_with("config/yaml.rs"));
    assert_none(elsewhere.map(|line| line.shown("only src/config/yaml.rs reads YAML")).collect());
}
