//! The examples of docs/own-stages.md, run as they stand there.

use std::collections::BTreeMap;
use std::fs;

use stages::ingest::schema::Participants;
use stages::normalize::schema::Changes;

use super::uses::there_is;
use crate::common::{Study, repository};

/// The blocks of code of one section of the page: language and text.
fn blocks(section: &str) -> BTreeMap<String, String> {
    let page = fs::read_to_string(repository().join("docs/own-stages.md")).unwrap();
    let start = page.find(&format!("## {section}\n")).unwrap_or_else(|| panic!("a section {section}"));
    let text = page[start + 3..].split("\n## ").next().unwrap().to_owned();
    let mut blocks = BTreeMap::new();
    for part in text.split("```").skip(1).step_by(2) {
        let (language, code) = part.split_once('\n').unwrap();
        assert!(blocks.insert(language.to_owned(), code.to_owned()).is_none(), "one block of each language");
    }
    blocks
}

/// The default study with the stages of an example.
fn example(section: &str, language: &str, file: &str) -> Study {
    let blocks = blocks(section);
    let study = Study::of_the_repository();
    let own = blocks["yaml"].strip_prefix("stages:\n").expect("the example begins with `stages:`").to_owned();
    study.edit(|text| text.replacen("stages:\n", &format!("stages:\n{own}"), 1));
    study.write(file, &blocks[language]);
    study
}

fn rows(study: &Study, path: &str) -> Vec<BTreeMap<String, String>> {
    use polars::prelude::{ParquetReader, SerReader};
    let frame = ParquetReader::new(fs::File::open(study.path(path)).unwrap()).finish().unwrap();
    let cell = |name: &str, row: usize| crate::sheet::text(frame.column(name).unwrap().get(row).unwrap());
    let names: Vec<String> = frame.columns().iter().map(|column| column.name().to_string()).collect();
    (0..frame.height()).map(|row| names.iter().map(|name| (name.clone(), cell(name, row))).collect()).collect()
}

#[test]
fn the_example_in_r_runs_and_makes_the_table_it_says() {
    if !there_is("Rscript", &["-e", "1"]) {
        return;
    }
    let study = example("In R", "r", "extra.R");
    study.run(&["run", "my_step"]).fine();
    let mut expected: BTreeMap<String, f64> = BTreeMap::new();
    for row in study.table::<Changes>("normalize").rows().iter().filter(|row| row.measure == "percent") {
        let Some(value) = row.value else { continue };
        let largest = expected.entry(row.analyte.clone()).or_default();
        *largest = largest.max(value.abs());
    }
    let made = rows(&study, "outputs/my_step/table.parquet");
    let made: BTreeMap<String, f64> =
        made.iter().map(|row| (row["analyte"].clone(), row["largest"].parse().unwrap())).collect();
    assert_eq!(made.len(), expected.len());
    for (analyte, value) in expected {
        assert!((made[&analyte] - value).abs() <= 1e-12 * value, "{analyte}: {} {value}", made[&analyte]);
    }
}

#[test]
fn the_example_in_python_runs_and_its_column_is_screened() {
    if !there_is("python3", &["-c", "1"]) {
        return;
    }
    let study = example("In Python", "python", "depth.py");
    study.edit(|text| {
        text.replace("covariates: [age, sex, baseline_score]", "covariates: [age, decade, baseline_score]")
    });
    study.run(&["run", "screen"]).fine();
    let people = study.table::<Participants>("ingest").rows();
    let made = rows(&study, "outputs/depth/scores.parquet");
    assert_eq!(made.len(), people.len());
    let coefficients = rows(&study, "outputs/screen/coefficients.parquet");
    assert!(coefficients.iter().any(|row| row.values().any(|cell| cell == "decade")), "{:?}", coefficients.first());
}

/// The shortest form, on one line.
#[test]
fn a_stage_on_one_line_is_read_and_its_variables_can_be_overridden() {
    let study = Study::of_the_repository();
    let own = "stages:\n  my_step: {command: [Rscript, extra.R], inputs: {changes: normalize/changes}, outputs: {table: \
               my_table.parquet}, files: [extra.R], env: [LANG]}\n";
    study.edit(|text| text.replacen("stages:\n", own, 1));
    study.write("extra.R", "stop()");
    study.run(&["check"]).fine();
    study.run(&["check", "-S", "stages.my_step.timeout=2 h"]).fine();
    let said = study.run(&["check", "-S", "stages.my_step.timeout=never"]);
    assert_eq!((said.code, said.err.contains("-S stages.my_step.timeout=never")), (Some(2), true), "{}", said.err);
}

#[test]
fn the_page_says_every_variable_that_a_command_is_given() {
    let page = fs::read_to_string(repository().join("docs/own-stages.md")).unwrap();
    for name in [
        "PATH",
        "HOME",
        "TZ",
        "LC_ALL",
        "TMPDIR",
        "OMP_NUM_THREADS",
        "PYTHONHASHSEED",
        "KETASCREEN_STAGE",
        "KETASCREEN_SEED",
    ] {
        assert!(page.contains(name), "{name}");
    }
}
