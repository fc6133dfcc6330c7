//! Checks the settings against each other and against the names of the study.

use std::collections::BTreeSet;

use super::{Params, order};
use crate::contract::{Place, Problem, Vocabulary};
use crate::statistics::normalization::sample::{PqnReference, SampleStep};
use crate::statistics::normalization::{AreaSettings, ChangeSettings, Step, drift};

/// Every problem of the settings.
pub fn check(params: &Params, names: &Vocabulary) -> Vec<Problem> {
    let mut problems: Vec<Problem> = order::check(params, names.transformed);
    problems.extend(params.steps.iter().enumerate().filter_map(out_of_range));
    for (place, step) in params.steps.iter().enumerate() {
        problems.extend(check_reference(place, step, names));
        problems.extend(check_protected(place, step, names));
    }
    for (place, change) in params.changes().iter().enumerate() {
        problems.extend(check_change(change, &path("change", place, params.changes().len()), names));
    }
    for (place, area) in params.areas().iter().enumerate() {
        problems.extend(check_area(area, &path("area", place, params.areas().len()), names));
    }
    problems.extend(same_contrast(params));
    problems
}

/// The timepoint whose samples a step refers to.
fn check_reference(place: usize, step: &Step, names: &Vocabulary) -> Option<Problem> {
    match step {
        Step::Sample(SampleStep::Pqn { reference: PqnReference::Timepoint(timepoint), .. }) => {
            names.check_timepoint(timepoint, format!("stages.normalize.steps.{place}.sample.reference.timepoint"))
        }
        _ => None,
    }
}

/// The covariates whose effect a correction of batches is to leave.
fn check_protected(place: usize, step: &Step, names: &Vocabulary) -> Vec<Problem> {
    let Step::Drift(drift) = step else { return Vec::new() };
    let known = || names.sample_columns.iter().map(String::as_str).chain([drift::TIMEPOINT]).collect::<Vec<&str>>();
    let unknown = |(at, name): (usize, &String)| {
        let path = format!("stages.normalize.steps.{place}.drift.protect.{at}");
        Vocabulary::unknown("unknown_covariate", "column of the samples", name, known(), path)
    };
    drift.protected().iter().enumerate().filter_map(unknown).collect()
}

/// Settings of a step that make no sense whatever the data are.
fn out_of_range((place, step): (usize, &Step)) -> Option<Problem> {
    let (setting, message, remedy) = match step {
        Step::Drift(drift) => drift.out_of_range()?,
        Step::Filter(filter) if filter.is_empty() => {
            let remedy = "give max_missing, max_qc_rsd or max_d_ratio, or leave the step out";
            ("filter", "the filter has no rule".to_owned(), remedy.to_owned())
        }
        _ => return None,
    };
    let place = Place::setting(format!("stages.normalize.steps.{place}.{setting}"));
    Some(Problem::new("out_of_range", place, message, remedy))
}

/// The dotted path of one change or area, as `OneOrMany` gives it.
pub(super) fn path(key: &str, place: usize, of: usize) -> String {
    let setting = format!("stages.normalize.{key}");
    if of == 1 { setting } else { format!("{setting}.{place}") }
}

fn check_change(change: &ChangeSettings, path: &str, names: &Vocabulary) -> Vec<Problem> {
    let mut problems: Vec<Problem> = Vec::new();
    for (key, timepoints) in [("from", &change.from), ("to", &change.to)] {
        let at = |(place, name): (usize, &String)| {
            names.check_timepoint(name, timepoints.path(&format!("{path}.{key}"), place))
        };
        problems.extend(timepoints.iter().enumerate().filter_map(at));
    }
    let to = change.to.as_slice();
    if let Some(both) = change.from.iter().find(|timepoint| to.contains(timepoint)) {
        let message = format!("`{both}` is both the earlier and the later timepoint");
        let remedy = "name two timepoints";
        problems.push(Problem::new("same_timepoint", Place::setting(format!("{path}.to")), message, remedy));
    }
    problems.extend(check_measures(change.measures.iter().map(|measure| measure.word()), path, "change", "percent"));
    problems
}

fn check_area(area: &AreaSettings, path: &str, names: &Vocabulary) -> Vec<Problem> {
    let mut problems: Vec<Problem> = Vec::new();
    let at = |(place, name): (usize, &String)| names.check_timepoint(name, format!("{path}.timepoints.{place}"));
    problems.extend(area.timepoints.iter().enumerate().filter_map(at));
    let distinct: BTreeSet<&String> = area.timepoints.iter().collect();
    if area.timepoints.len() < 2 || distinct.len() < area.timepoints.len() {
        let message = "an area needs at least two timepoints, each named once";
        let place = Place::setting(format!("{path}.timepoints"));
        problems.push(Problem::new("bad_timepoints", place, message, "name them in the order of time"));
    }
    if let Some(times) = &area.times
        && (times.len() != area.timepoints.len() || !times.windows(2).all(|pair| pair[0] < pair[1]))
    {
        let message =
            format!("{} times for {} timepoints, or times that do not grow", times.len(), area.timepoints.len());
        let place = Place::setting(format!("{path}.times"));
        problems.push(Problem::new("bad_times", place, message, "give each timepoint its time, in growing order"));
    }
    problems.extend(check_measures(area.measures.iter().map(|measure| measure.word()), path, "area", "area"));
    problems
}

fn check_measures(words: impl Iterator<Item = &'static str>, path: &str, key: &str, example: &str) -> Vec<Problem> {
    let place = || Place::setting(format!("{path}.measures"));
    let mut problems = Vec::new();
    let mut seen = BTreeSet::new();
    for word in words {
        if !seen.insert(word) {
            problems.push(Problem::new(
                "duplicate_measure",
                place(),
                format!("`{word}` is named twice"),
                "name it once",
            ));
        }
    }
    if seen.is_empty() {
        let message = format!("no measure of {key} is named");
        let remedy = format!("name at least one, for example {example}, or leave `{key}` out");
        problems.push(Problem::new("no_measure", place(), message, remedy));
    }
    problems
}

/// Two changes or areas of one name: their rows could not be told apart.
fn same_contrast(params: &Params) -> Vec<Problem> {
    let changes = params.changes().iter().map(|change| ("change", change.contrast()));
    let areas = params.areas().iter().map(|area| ("area", area.contrast()));
    let mut seen = BTreeSet::new();
    let repeated = changes.chain(areas).filter(|(_, contrast)| !seen.insert(contrast.clone()));
    let problem = |(key, contrast): (&str, String)| {
        let place = Place::setting(format!("stages.normalize.{key}"));
        let message = format!("two of them are called `{contrast}`");
        Problem::new(
            "duplicate_contrast",
            place,
            message,
            "give one a `name:` of its own, or put its measures together",
        )
    };
    repeated.map(problem).collect()
}
