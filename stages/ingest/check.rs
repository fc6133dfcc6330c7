//! Checks the settings against each other, before any file is read.

use std::collections::BTreeSet;

use super::file::{Decimal, Format, Reading, Thousands};
use super::measurement::Zeros;
use super::params::{Assessments, Column, Layout, Metabolites, Params, Participants, Samples, Values};
use super::scale::Scale;
use super::schema;
use super::shape::Across;
use crate::contract::schema::Schema;
use crate::contract::{Place, Problem, Vocabulary, suggest};

/// Names that a participant variable may not have: the key of every table, and the covariates made of the ratings and of
/// the metabolite's own level.
const RESERVED: [&str; 3] = ["participant_id", "baseline_score", "baseline_level"];

/// Everything that is wrong with the settings.
pub fn check(params: &Params, names: &Vocabulary) -> Vec<Problem> {
    let mut problems: Vec<Problem> = params.readings().iter().flat_map(file).collect();
    problems.extend(participants(&params.participants));
    problems.extend(params.assessments.iter().flat_map(assessments));
    problems.extend(params.samples.iter().flat_map(|settings| samples(settings, names)));
    problems.extend(params.metabolites.iter().flat_map(|metabolites| owners(metabolites, params)));
    problems.extend(params.metabolites.iter().flat_map(wide_only));
    problems.extend(exchange(params));
    problems.extend(params.metabolites.iter().flat_map(cells));
    problems
}

fn file(reading: &Reading<'_>) -> Vec<Problem> {
    let place = |key| Place::setting(reading.setting(key));
    let mut problems = Vec::new();
    if reading.file.trim().is_empty() {
        problems.push(Problem::new("missing_setting", place("file"), "the file has no name", "name it"));
        return problems;
    }
    if reading.format.is_none() && Format::of(reading.file).is_none() {
        let message = format!("the extension of `{}` does not say what kind of file it is", reading.file);
        let remedy = match reading.file.to_lowercase() {
            old if old.ends_with(".xls") || old.ends_with(".xlsb") => "save it as .xlsx",
            _ => "say it: `format: csv` or `format: tsv`",
        };
        problems.push(Problem::new("unknown_format", place("file"), message, remedy));
    }
    problems.extend(unfitting(reading));
    problems.extend(facts_above(reading));
    problems
}

/// Rows above the header hold facts of samples, which stand in columns.
fn facts_above(reading: &Reading<'_>) -> Option<Problem> {
    let in_columns = reading.shape.turned != (reading.role == "panel");
    (reading.shape.above > 0 && !in_columns).then(|| {
        let message = "`facts_above` counts rows of the samples' facts, and here no sample has a column";
        let remedy = match reading.role {
            "panel" => "leave it or `analytes: columns` out",
            "metabolites" => "say `layout: wide` and `samples: columns`, or leave it out",
            _ => "say `samples: columns`, or leave it out",
        };
        Problem::new("contradicting_setting", Place::setting(reading.setting("facts_above")), message, remedy)
    })
}

/// Settings that a file of this format has no use for: to leave them unheeded would be to read another table than was
/// meant.
fn unfitting(reading: &Reading<'_>) -> Vec<Problem> {
    let format = reading.format();
    let text_or_book = format.is_text() || format.is_workbook();
    let decimal_comma = reading.decimal == Decimal::Comma;
    let given = [
        ("sheet", reading.sheet.is_some(), format.is_workbook() || format == Format::Xpt),
        ("range", reading.range.is_some(), format.is_workbook()),
        ("delimiter", reading.delimiter.is_some(), format.is_text()),
        ("encoding", reading.encoding.is_some(), format.is_text() || format == Format::Xpt),
        ("decimal", decimal_comma, text_or_book),
        ("thousands", reading.thousands.is_some(), text_or_book),
        ("comment", reading.comment.is_some(), text_or_book),
        ("skip", reading.skip > 0, text_or_book),
        ("facts_above", reading.shape.above > 0, text_or_book),
    ];
    let problem = |key: &str| {
        let message = format!("`{key}` means nothing for {}", format.word());
        let place = Place::setting(reading.setting(key));
        Problem::new("contradicting_setting", place, message, "leave it out, or correct `format`")
    };
    let mut problems: Vec<Problem> =
        given.into_iter().filter(|(_, given, fits)| *given && !fits).map(|(key, _, _)| problem(key)).collect();
    let same = matches!(
        (reading.decimal, reading.thousands),
        (Decimal::Point, Some(Thousands::Point)) | (Decimal::Comma, Some(Thousands::Comma))
    );
    if same {
        let message = "the mark between thousands is the decimal mark too";
        let place = Place::setting(reading.setting("thousands"));
        problems.push(Problem::new("contradicting_setting", place, message, "correct `decimal` or `thousands`"));
    }
    if reading.comment == Some("") {
        let place = Place::setting(reading.setting("comment"));
        let message = "every line begins with nothing";
        problems.push(Problem::new("empty_name", place, message, "give what remarks begin with, such as `#`"));
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
    for (word, visit) in &assessments.visit_names {
        if !assessments.visits.contains(visit) {
            let place = Place::setting(assessments.reading().setting(&format!("visit_names.{word}")));
            let remedy = suggest::remedy(visit, assessments.visits.iter().map(String::as_str));
            problems.push(Problem::new("unknown_visit", place, format!("unknown visit `{visit}`"), remedy));
        }
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

/// Timepoints are there, their visits are known, and declared columns have names of their own.
fn samples(samples: &Samples, names: &Vocabulary) -> Vec<Problem> {
    let path = |key: &str| samples.reading().setting(key);
    let mut problems = Vec::new();
    if samples.timepoints.is_empty() {
        let message = "no timepoint is declared, and every study sample is drawn at one";
        let remedy = "name them, for example `timepoints: {baseline: {}, post_infusion_1: {}}`";
        problems.push(Problem::new("missing_setting", Place::setting(path("timepoints")), message, remedy));
    }
    for (name, timepoint) in &samples.timepoints {
        let here = |key: &str| path(&format!("timepoints.{name}.{key}"));
        problems.extend(timepoint.visit.iter().filter_map(|visit| names.check_visit(visit, here("visit"))));
        if timepoint.visit.is_some() && timepoint.day.is_some() {
            let message = "a timepoint has its days from a visit or from a window, not from both";
            let remedy = "leave `day` or `visit` out";
            problems.push(Problem::new("contradicting_setting", Place::setting(here("day")), message, remedy));
        }
        if timepoint.visit.is_none() && timepoint.within_days.is_some() {
            let message = "`within_days` counts from a visit, and none is named";
            let remedy = "name it, `visit: month_1`, or give the days themselves, `day: [23, 37]`";
            problems.push(Problem::new("missing_setting", Place::setting(here("within_days")), message, remedy));
        }
    }
    for name in samples.columns.keys() {
        if name.trim().is_empty() || schema::Samples::columns().iter().any(|column| column.name == name) {
            let message = format!("`{name}` cannot be the name of a column: it has a meaning of its own");
            let remedy = format!("give it another name, with `column: {name}` for its header");
            let place = Place::setting(path(&format!("columns.{name}")));
            problems.push(Problem::new("reserved_name", place, message, remedy));
        }
    }
    problems
}

/// Samples in columns, and rows and columns beside the abundances, belong to the wide layout.
fn wide_only(metabolites: &Metabolites) -> Vec<Problem> {
    let given = [("samples", metabolites.samples == Across::Columns), ("metadata", !metabolites.metadata.is_empty())];
    let given = given.into_iter().filter(|(_, given)| *given && metabolites.layout == Layout::Long);
    let problem = |(key, _): (&str, bool)| {
        let place = Place::setting(metabolites.reading().setting(key));
        let message = format!("`{key}` means nothing in a long file");
        Problem::new("contradicting_setting", place, message, "say `layout: wide`, or leave it out")
    };
    given.map(problem).collect()
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

/// The field's own formats have a layout of their own, and only an assay's file has a study's beside it.
fn exchange(params: &Params) -> Vec<Problem> {
    let mut problems = Vec::new();
    let wide = params.metabolites.as_ref().filter(|metabolites| metabolites.layout != Layout::Long);
    if let Some(reading) = wide.map(Metabolites::reading).filter(|reading| reading.format().is_exchange()) {
        let message = format!("a file of format `{}` has a layout of its own", reading.format().word());
        let place = Place::setting(reading.setting("layout"));
        problems.push(Problem::new("contradicting_setting", place, message, "leave `layout` out"));
    }
    let joined = params.samples.as_ref().filter(|samples| samples.study.is_some()).map(Samples::reading);
    if let Some(reading) = joined.filter(|reading| reading.format() != Format::Isatab) {
        let message = "`study` names the study's file of ISA-Tab, and the samples' file is of another format";
        let remedy = "say `format: isatab`, or leave `study` out";
        problems.push(Problem::new("contradicting_setting", Place::setting(reading.setting("study")), message, remedy));
    }
    problems
}

/// What is said of cells must fit the layout and the kind of values.
fn cells(metabolites: &Metabolites) -> Vec<Problem> {
    let setting = |key: &str| Place::setting(metabolites.reading().setting(key));
    let contradiction =
        |key, message: &str, remedy: &str| Problem::new("contradicting_setting", setting(key), message, remedy);
    let mut problems = Vec::new();
    if metabolites.layout == Layout::Wide && metabolites.flag_column.is_some() {
        let remedy = "give the end of the flag columns' names instead, for example `flag_suffix: _flag`";
        problems.push(contradiction("flag_column", "`flag_column` is of the long layout, and this is wide", remedy));
    }
    if metabolites.layout == Layout::Long && metabolites.flag_suffix.is_some() {
        let remedy = "name the column of the flags instead, for example `flag_column: flag`";
        problems.push(contradiction("flag_suffix", "`flag_suffix` is of the wide layout, and this is long", remedy));
    }
    if metabolites.flag_suffix.as_ref().is_some_and(String::is_empty) {
        let remedy = "write what follows the analyte's name, for example `_flag`";
        problems.push(Problem::new("empty_name", setting("flag_suffix"), "the suffix is empty", remedy));
    }
    if metabolites.values == Values::Transformed && metabolites.zeros != Zeros::Keep {
        let message = "a zero among transformed values is a value like any other";
        problems.push(contradiction("zeros", message, "leave `zeros` out, or say `values: raw`"));
    }
    for flag in metabolites.flags.keys().filter(|flag| flag.trim() != flag.as_str() || flag.is_empty()) {
        let message = format!("the flag `{flag}` is empty or has spaces around it, and is never found so");
        problems.push(Problem::new("empty_name", setting("flags"), message, "write it without them"));
    }
    problems
}

fn repeated(names: &[String]) -> BTreeSet<&str> {
    let mut seen = BTreeSet::new();
    names.iter().map(String::as_str).filter(|name| !seen.insert(*name)).collect()
}
