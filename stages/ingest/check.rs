//! Checks the settings against each other, before any file is read.

use std::collections::BTreeSet;

use super::file::{Format, Reading};
use super::params::{Assessments, Column, Metabolites, Params, Participants};
use super::scale::Scale;
use crate::contract::{Place, Problem};

/// Names that a participant variable may not have: the key of every table, and the covariates made of the ratings and of
/// the metabolite's own level.
const RESERVED: [&str; 3] = ["participant_id", "baseline_score", "baseline_level"];

/// Everything that is wrong with the settings.
pub fn check(params: &Params) -> Vec<Problem> {
    let mut problems: Vec<Problem> = params.readings().iter().flat_map(file).collect();
    problems.extend(participants(&params.participants));
    problems.extend(params.assessments.iter().flat_map(assessments));
    if let Some(samples) = &params.samples
        && samples.timepoints.is_empty()
    {
        let place = Place::setting(samples.reading().setting("timepoints"));
        let message = "no timepoint is declared, and every study sample is drawn at one";
        let remedy = "name them, for example `timepoints: {baseline: {}, post_infusion_1: {}}`";
        problems.push(Problem::new("missing_setting", place, message, remedy));
    }
    problems.extend(params.metabolites.iter().flat_map(|metabolites| owners(metabolites, params)));
    problems
}

fn file(reading: &Reading<'_>) -> Vec<Problem> {
    let place = |key| Place::setting(reading.setting(key));
    let mut problems = Vec::new();
    if reading.file.trim().is_empty() {
        problems.push(Problem::new("missing_setting", place("file"), "the file has no name", "name it"));
        return problems;
    }
    let key = if reading.format.is_some() { "format" } else { "file" };
    match reading.format.or_else(|| Format::of(reading.file)) {
        Some(Format::Csv | Format::Tsv) => {}
        Some(other) => {
            let message = format!("`{}` is part of the contract and not built yet", other.word());
            problems.push(Problem::new("not_built", place(key), message, "save the table as .csv or .tsv"));
        }
        None => {
            let message = format!("the extension of `{}` does not say what kind of file it is", reading.file);
            problems.push(Problem::new(
                "unknown_format",
                place("file"),
                message,
                "say it: `format: csv` or `format: tsv`",
            ));
        }
    }
    if reading.sheet.is_some() {
        let message = "`sheet` is part of the contract and not built yet";
        problems.push(Problem::new("not_built", place("sheet"), message, "save the sheet as a .csv file of its own"));
    }
    problems
}

fn participants(participants: &Participants) -> Vec<Problem> {
    let place = |name: &str, key: &str| Place::setting(participants.reading().setting(&format!("columns.{name}{key}")));
    let mut problems = Vec::new();
    for (name, column) in &participants.columns {
        if RESERVED.contains(&name.as_str()) || name.trim().is_empty() {
            let message = format!("`{name}` cannot be the name of a variable: it has a meaning of its own");
            let remedy = format!("give it another name, with `column: {name}` for its header");
            problems.push(Problem::new("reserved_name", place(name, ""), message, remedy));
        }
        let Column::Category { levels, .. } = column else {
            continue;
        };
        if levels.is_empty() {
            let remedy = "name them, the reference first, for example `levels: [female, male]`";
            problems.push(Problem::new(
                "missing_setting",
                place(name, ".levels"),
                "the category has no levels",
                remedy,
            ));
        }
        for level in repeated(levels) {
            let message = format!("the level `{level}` is named twice");
            problems.push(Problem::new("duplicate_level", place(name, ".levels"), message, "name it once"));
        }
    }
    problems
}

fn assessments(assessments: &Assessments) -> Vec<Problem> {
    let place = || Place::setting(assessments.reading().setting("visits"));
    let mut problems = Scale::of(assessments).err().unwrap_or_default();
    if assessments.visits.is_empty() {
        let remedy = "name them in their order, for example `visits: [baseline, week_4]`";
        problems.push(Problem::new("missing_setting", place(), "no visit is declared", remedy));
    }
    for (at, visit) in assessments.visits.iter().enumerate() {
        let place = || Place::setting(assessments.reading().setting(&format!("visits.{at}")));
        if visit.trim().is_empty() {
            problems.push(Problem::new("empty_name", place(), "a visit has no name", "name it, or take it out"));
        } else if assessments.visits[..at].contains(visit) {
            let message = format!("the visit `{visit}` is named twice");
            problems.push(Problem::new("duplicate_visit", place(), message, "name it once"));
        }
    }
    problems
}

/// Abundances are of samples or of participants: of one of the two, and not of both.
fn owners(metabolites: &Metabolites, params: &Params) -> Vec<Problem> {
    let reading = metabolites.reading();
    match (&metabolites.participant, &params.samples) {
        (None, None) => {
            let message = "abundances by sample need a samples' file, which is not declared";
            let remedy = "declare `stages.ingest.samples`, or, for one sample a participant, `participant:` with the header of the ids";
            vec![Problem::new("missing_setting", Place::setting(reading.setting("file")), message, remedy)]
        }
        (Some(_), Some(_)) => {
            let message =
                "`participant` says that there is one sample a participant, and a samples' file is declared too";
            let remedy = "leave one of the two out";
            vec![Problem::new("contradicting_setting", Place::setting(reading.setting("participant")), message, remedy)]
        }
        _ => Vec::new(),
    }
}

fn repeated(names: &[String]) -> BTreeSet<&str> {
    let mut seen = BTreeSet::new();
    names.iter().map(String::as_str).filter(|name| !seen.insert(*name)).collect()
}
