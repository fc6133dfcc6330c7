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
    headers(&[("timepoint", timepoint), ("type", kind), ("injection_order", order(table))], page);
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
    for name in &found.timepoints {
        page.guess(4, format!("{}: {{}}", word(name)), "a value of the timepoints' column");
    }
}

fn order(table: &Table) -> Option<&Column> {
    table.columns.iter().find(|column| ["injectionorder", "runorder"].contains(&column.plain().as_str()))
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
        let lower = word_of_type.to_lowercase();
        let has = |parts: &[&str]| parts.iter().any(|part| lower.contains(part));
        let kind = match () {
            () if has(&["blank", "solvent"]) => "blank",
            () if has(&["dilut"]) => "dilution",
            () if has(&["nist", "sst", "reference", "standard"]) => "reference",
            () if has(&["qc", "pool"]) => "pooled_qc",
            () => "study",
        };
        found.has_pooled_qc |= kind == "pooled_qc";
        if word_of_type != kind {
            other.push(format!("{}: {kind}", word(word_of_type)));
        }
    }
    if !other.is_empty() {
        page.guess(3, format!("types: {{{}}}", other.join(", ")), "what the words sound like");
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
