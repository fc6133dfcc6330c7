//! From failed rules to a decision: keep, exclude or flag, with its reason; or a problem that stops the run.

use std::collections::BTreeSet;

use super::params::OnFail;
use crate::contract::{Finding, Place, Problem, StageContext};

/// One rule that something failed.
#[derive(Debug, Clone, PartialEq)]
pub struct Failure {
    /// The rule below the stage, for example `analytes.max_missing`.
    pub rule: &'static str,
    /// The value and the limit in words.
    pub message: String,
    pub on_fail: OnFail,
}

impl Failure {
    /// The rule's own name.
    pub fn name(&self) -> &'static str {
        self.rule.rsplit('.').next().unwrap_or(self.rule)
    }
}

/// What was decided about one analyte, sample or assessment.
#[derive(Debug, Clone, PartialEq)]
pub struct Verdict {
    pub name: String,
    pub failures: Vec<Failure>,
    pub overridden: bool,
}

impl Verdict {
    pub fn new(name: &str, failures: Vec<Failure>, kept: &BTreeSet<&str>) -> Self {
        let overridden = !failures.is_empty() && kept.contains(name);
        Verdict { name: name.to_owned(), failures, overridden }
    }

    /// The first rule that leaves it out; none where it stays.
    pub fn excluded_by(&self) -> Option<&Failure> {
        self.failures.iter().find(|failure| failure.on_fail == OnFail::Exclude && !self.overridden)
    }

    pub fn is_excluded(&self) -> bool {
        self.excluded_by().is_some()
    }

    /// keep, exclude or flag.
    pub fn decision(&self) -> &'static str {
        match (self.overridden || self.failures.is_empty(), self.is_excluded()) {
            (true, _) => "keep",
            (_, true) => "exclude",
            (_, false) => "flag",
        }
    }

    /// Each rule that failed with its value and its limit; empty where none did.
    pub fn reason(&self) -> String {
        let failed: Vec<String> =
            self.failures.iter().map(|failure| format!("{}: {}", failure.name(), failure.message)).collect();
        let failed = failed.join("; ");
        if self.overridden { format!("kept by name: {failed}") } else { failed }
    }

    /// A problem for every failed rule that stops the run; `what` is the noun, `source` the file's role and column
    /// where the fault is in one cell.
    pub fn problems<'a>(
        &'a self,
        what: &'a str,
        source: Option<(&'static str, &'a str)>,
    ) -> impl Iterator<Item = Problem> + 'a {
        let stops = self.failures.iter().filter(|failure| failure.on_fail == OnFail::Stop && !self.overridden);
        stops.map(move |failure| {
            let rule = format!("stages.qc.{}", failure.rule);
            let remedy = format!("correct the data, or set `{rule}.on_fail` to exclude or flag");
            let place = match source {
                Some((role, column)) => Place::Source { role, column: column.to_owned() },
                None => Place::setting(rule),
            };
            Problem::new("qc_rule", place, format!("{what} `{}`: {}", self.name, failure.message), remedy)
        })
    }

    /// Records what was flagged, left out or overridden.
    pub fn report(&self, what: &str, context: &mut StageContext<'_>) {
        let (code, verb) = match self.decision() {
            "exclude" => ("qc_excluded", "was left out"),
            "flag" => ("qc_flagged", "stays, and is flagged"),
            _ if self.overridden => ("qc_override", "stays"),
            _ => return,
        };
        let message = format!("{what} {verb}: {}", self.reason());
        context.find(match code {
            "qc_excluded" => Finding::note(code, &self.name, message),
            _ => Finding::warning(code, &self.name, message),
        });
    }
}
