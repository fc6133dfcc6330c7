//! The section of the samples: whose and when, by whatever headers and words the file has.

use std::collections::BTreeSet;

use super::column::Column;
use super::look::{Table, is_missing};
use super::order::merged;
use super::page::{Page, list, word};
use super::roles::{Chosen, Roles};
use super::tables::{Found, head, header};

/// Writes the section.
pub fn write(chosen: &Chosen<'_>, roles: &Roles<'_>, page: &mut Page, found: &mut Found) {
    let table = chosen.table;
    head("samples", chosen, page);
    if let Some(study) = roles.study {
        page.guess(3, format!("study: {}", word(&study.file)), "the study's file says whose the assay's samples are");
    }
    let owners = table.participant().or(roles.study.and_then(Table::participant));
    header("sample", table.sample(), "sample_id", page);
    header("participant", owners, "participant_id", page);
    let timepoint = table.timepoint().or(roles.study.and_then(Table::timepoint));
    let kind = table.kind();
    let mut known = vec![("timepoint", timepoint), ("type", kind)];
    known.extend(FACTS.iter().map(|(name, words)| (*name, called(table, words))));
    headers(&known, page);
    if let Some(kind) = kind {
        types(kind, page, found);
    }
    missing(table, &[timepoint, owners], page);
    // A timepoint of a sample that is nobody's is no timepoint of the study.
    let sequences = owners.zip(timepoint).map(|(owners, timepoint)| timepoint.sequences(owners));
    found.timepoints = merged(sequences.unwrap_or_default());
    page.line(3, "timepoints:");
    if found.timepoints.is_empty() {
        page.todo(4, "when samples were drawn: no column says it");
        page.line(4, "baseline: {}");
        found.timepoints = vec!["baseline".to_owned()];
        return;
    }
    open(table, kind, timepoint, page);
    for name in &found.timepoints {
        page.guess(4, format!("{}: {{}}", word(name)), "a value of the timepoints' column");
    }
}

/// What samples' columns are often called, by the name that the configuration has for them.
const FACTS: [(&str, &[&str]); 8] = [
    ("batch", &["batch", "plate", "analyticalbatch"]),
    ("injection_order", &["injectionorder", "runorder", "order"]),
    ("hours_after_infusion", &["hoursafterinfusion", "hafterinfusion"]),
    ("day", &["day", "studyday"]),
    ("replicate", &["replicate"]),
    ("dilution", &["dilution"]),
    ("fasting_hours", &["fastinghours", "fastingh", "fasting"]),
    ("time_of_day", &["timeofday", "drawnat", "collectiontime"]),
];

fn called<'a>(table: &'a Table, words: &[&str]) -> Option<&'a Column> {
    words.iter().find_map(|word| table.columns.iter().find(|column| column.plain() == *word))
}

/// Says how many samples of participants no column gives a timepoint.
fn open(table: &Table, kind: Option<&Column>, timepoint: Option<&Column>, page: &mut Page) {
    let (Some(owners), Some(timepoint)) = (table.participant(), timepoint) else { return };
    let cells = owners.cells.iter().zip(&timepoint.cells).enumerate();
    let of_study = |row: usize| kind.is_none_or(|kind| type_of(&kind.cells[row]) == "study");
    let without = cells.filter(|(row, (owner, time))| !is_missing(owner) && is_missing(time) && of_study(*row)).count();
    if without > 0 {
        let say = format!(
            "{without} samples have no timepoint; a window gives them one: `week_1: {{day: [5, 9]}}`, or `visit` and `within_days`"
        );
        page.todo(4, say);
    }
}

/// The headers that are not called as their columns are.
fn headers(columns: &[(&str, Option<&Column>)], page: &mut Page) {
    let other =
        columns.iter().filter_map(|(name, column)| Some((*name, column.filter(|column| column.header != *name)?)));
    let pairs: Vec<String> = other.map(|(name, column)| format!("{name}: {}", word(&column.header))).collect();
    if !pairs.is_empty() {
        page.guess(3, format!("headers: {{{}}}", pairs.join(", ")), "the headers' names and their values");
    }
}

/// The words for types of samples, where they are not the types' own names.
fn types(column: &Column, page: &mut Page, found: &mut Found) {
    let mut other = Vec::new();
    for word_of_type in column.distinct() {
        let kind = type_of(word_of_type);
        found.has_pooled_qc |= kind == "pooled_qc";
        if word_of_type != kind {
            other.push(format!("{}: {kind}", word(word_of_type)));
        }
    }
    if !other.is_empty() {
        page.guess(3, format!("types: {{{}}}", other.join(", ")), "what the words sound like");
    }
}

/// The type that a laboratory's word sounds like.
fn type_of(word: &str) -> &'static str {
    let lower = word.to_lowercase();
    let has = |parts: &[&str]| parts.iter().any(|part| lower.contains(part));
    match () {
        () if has(&["blank", "solvent"]) => "blank",
        () if has(&["dilut", "dil.", "dilseries"]) => "dilution",
        () if has(&["nist", "sst", "reference", "standard"]) => "reference",
        () if has(&["qc", "pool"]) => "pooled_qc",
        () => "study",
    }
}

/// The unusual words for "no value" in columns that must have one in every study sample.
fn missing(table: &Table, columns: &[Option<&Column>], page: &mut Page) {
    let said = table.settings.iter().any(|(key, _, _)| *key == "missing");
    let cells = columns.iter().copied().flatten().flat_map(|column| column.cells.iter().map(String::as_str));
    let codes: BTreeSet<&str> = cells.filter(|cell| is_missing(cell) && !matches!(*cell, "" | "NA" | "NaN")).collect();
    if !said && !codes.is_empty() {
        page.guess(3, format!("missing: {}", list(codes)), "samples of nobody have it instead of a value");
    }
}
