//! Checks the settings, and the names that are kept against the data.

use std::collections::BTreeSet;

use super::Params;
use super::arrange::Bench;
use crate::contract::{Place, Problem, Vocabulary};

/// Every problem of the settings.
pub fn check(params: &Params) -> Vec<Problem> {
    let decisions = params.decisions.iter().map(|_| {
        Problem::new(
            "not_built",
            Place::setting("stages.qc.decisions"),
            "`decisions` is part of the contract and not built yet",
            "write `decisions: null` and name what must stay under `keep`",
        )
    });
    decisions.collect()
}

/// A problem for every name under `keep` that is no analyte, sample or assessment of the data.
pub fn unknown_names(params: &Params, bench: &Bench, assessments: &BTreeSet<String>) -> Vec<Problem> {
    let samples = bench.study.iter().map(|&row| bench.samples[row].sample_id.as_str());
    let known: BTreeSet<&str> = bench.analytes().iter().map(String::as_str).chain(samples).collect();
    let named = params.keep.iter().enumerate().filter(|(_, name)| !assessments.contains(*name));
    let problem = |(place, name): (usize, &String)| {
        let path = format!("stages.qc.keep[{place}]");
        Vocabulary::unknown("unknown_keep", "analyte or study sample", name, known.iter().copied(), path)
    };
    named.filter_map(problem).collect()
}
