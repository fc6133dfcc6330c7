//! The names that a study's configuration defines, so that every other mention of a name can be checked against them
//! before any work starts.
//!
//! Stages add what they define (`Stage::define`), in registry order, and then check what they mention (`Stage::check`).

use std::collections::{BTreeMap, BTreeSet};

use super::problem::{Place, Problem};
use super::suggest;

/// What a participant column holds.
#[derive(Debug, Clone, PartialEq)]
pub enum Variable {
    Number,
    Count,
    Binary,
    /// The levels, the reference first.
    Category(Vec<String>),
}

/// What a model must know of an endpoint before any data is read.
#[derive(Debug, Clone, PartialEq)]
pub struct EndpointFacts {
    /// The kind's name: percent_improvement, difference, at_most, improvement_at_least, column.
    pub kind: String,
    /// Whether it is yes or no.
    pub binary: bool,
    /// The visit whose total is `baseline_score`; none for a participant column.
    pub baseline_visit: Option<String>,
}

/// Everything that has a name in one study.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Vocabulary {
    /// Declared columns of the participants' table.
    pub variables: BTreeMap<String, Variable>,
    /// Visits in their order.
    pub visits: Vec<String>,
    /// Whether an assessments table is declared.
    pub has_assessments: bool,
    /// Timepoints at which metabolites are measured.
    pub timepoints: Vec<String>,
    /// Declared columns of the samples' table: numbers that steps may divide by or protect.
    pub sample_columns: BTreeSet<String>,
    /// Whether the abundances were transformed before they were read: they are no sizes, measured from zero.
    pub transformed: bool,
    /// Measures of change that normalize computes, each with its contrasts.
    pub measures: BTreeMap<String, Vec<String>>,
    /// Endpoints by name.
    pub endpoints: BTreeMap<String, EndpointFacts>,
    /// Models of the screen by name, each with its outcomes.
    pub models: BTreeMap<String, Vec<String>>,
}

impl Vocabulary {
    /// A problem unless `name` is one of `known`; `what` is the noun ("visit", "endpoint").
    pub fn unknown<'a>(
        code: &'static str,
        what: &str,
        name: &str,
        known: impl IntoIterator<Item = &'a str> + Clone,
        path: impl Into<String>,
    ) -> Option<Problem> {
        if known.clone().into_iter().any(|candidate| candidate == name) {
            return None;
        }
        let remedy = suggest::remedy(name, known);
        Some(Problem::new(code, Place::setting(path), format!("unknown {what} `{name}`"), remedy))
    }

    pub fn check_visit(&self, name: &str, path: impl Into<String>) -> Option<Problem> {
        Self::unknown("unknown_visit", "visit", name, self.visits.iter().map(String::as_str), path)
    }

    pub fn check_timepoint(&self, name: &str, path: impl Into<String>) -> Option<Problem> {
        Self::unknown("unknown_timepoint", "timepoint", name, self.timepoints.iter().map(String::as_str), path)
    }

    pub fn check_endpoint(&self, name: &str, path: impl Into<String>) -> Option<Problem> {
        Self::unknown("unknown_outcome", "outcome", name, self.endpoints.keys().map(String::as_str), path)
    }

    /// A problem unless exactly one change has the measure, or the named contrast has it.
    pub fn check_change(&self, measure: &str, contrast: Option<&str>, path: &str) -> Option<Problem> {
        let known = self.measures.keys().map(String::as_str);
        let unknown = Self::unknown("unknown_measure", "measure of change", measure, known, format!("{path}.change"));
        let contrasts = self.measures.get(measure).map(Vec::as_slice).unwrap_or_default();
        match contrast {
            _ if unknown.is_some() => unknown,
            Some(name) => {
                let known = contrasts.iter().map(String::as_str);
                Self::unknown("unknown_contrast", "contrast", name, known, format!("{path}.contrast"))
            }
            None if contrasts.len() > 1 => Some(Problem::new(
                "ambiguous_contrast",
                Place::setting(format!("{path}.change")),
                format!("{} changes have the measure `{measure}`: {}", contrasts.len(), contrasts.join(", ")),
                format!("say which, `{{change: {measure}, contrast: {}}}`", contrasts[0]),
            )),
            None => None,
        }
    }
}
