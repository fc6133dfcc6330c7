//! From failed rules and decisions by hand to one decision: keep, exclude or flag, with its reason; or a problem that
//! stops the run.

use std::collections::{BTreeMap, BTreeSet};

use super::overrides::{Override, Word};
use super::params::OnFail;
use super::schema::DecisionRow;
use crate::contract::{Finding, Place, Problem, StageContext};

/// One rule that something failed.
#[derive(Debug, Clone, PartialEq)]
pub struct Failure {
    /// The rule below the stage, for example `analytes.max_missing`.
    pub rule: &'static str,
    /// What was measured, where it is a number.
    pub value: Option<f64>,
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

/// What people decided: names that are kept whatever a rule says, and the reviewed decisions of one kind of thing.
#[derive(Debug, Clone, Default)]
pub struct ByHand<'a> {
    pub kept: BTreeSet<&'a str>,
    pub overrides: BTreeMap<&'a str, &'a Override>,
}

impl ByHand<'_> {
    /// Whether a person left it out.
    pub fn excludes(&self, name: &str) -> bool {
        self.overrides.get(name).is_some_and(|by_hand| by_hand.word == Word::Exclude)
    }
}

/// What was decided about one analyte, sample or assessment.
#[derive(Debug, Clone, PartialEq)]
pub struct Verdict {
    pub name: String,
    pub failures: Vec<Failure>,
    /// It failed a rule and is named under `keep`.
    pub kept_by_name: bool,
    /// What a person decided, with the reason.
    pub by_hand: Option<Override>,
}

impl Verdict {
    pub fn new(name: &str, failures: Vec<Failure>, by_hand: &ByHand<'_>) -> Self {
        let kept_by_name = !failures.is_empty() && by_hand.kept.contains(name);
        let by_hand = by_hand.overrides.get(name).map(|found| (*found).clone());
        Verdict { name: name.to_owned(), failures, kept_by_name, by_hand }
    }

    fn stays_by_name_or_hand(&self) -> bool {
        self.kept_by_name || self.by_hand.is_some()
    }

    /// The first rule that leaves it out; none where it stays, or where a person left it out.
    pub fn excluded_by(&self) -> Option<&Failure> {
        let decides = |failure: &&Failure| failure.on_fail == OnFail::Exclude && !self.stays_by_name_or_hand();
        self.failures.iter().find(decides)
    }

    /// Whether a person left it out.
    pub fn is_excluded_by_hand(&self) -> bool {
        self.by_hand.as_ref().is_some_and(|by_hand| by_hand.word == Word::Exclude)
    }

    pub fn is_excluded(&self) -> bool {
        self.is_excluded_by_hand() || self.excluded_by().is_some()
    }

    /// What the rules say, whatever was decided by hand: keep, exclude or flag.
    pub fn by_rule(&self) -> &'static str {
        match self.kept_by_name || self.failures.is_empty() {
            true => "keep",
            false if self.failures.iter().any(|failure| failure.on_fail == OnFail::Exclude) => "exclude",
            false => "flag",
        }
    }

    /// keep, exclude or flag.
    pub fn decision(&self) -> &'static str {
        self.by_hand.as_ref().map_or_else(|| self.by_rule(), |by_hand| by_hand.word.text())
    }

    /// Each rule that failed with its value and its limit.
    pub fn failed(&self) -> String {
        let failed = self.failures.iter().map(|failure| format!("{}: {}", failure.name(), failure.message));
        failed.collect::<Vec<String>>().join("; ")
    }

    /// Each rule that failed with its value and its limit, and what a person decided and why; empty where nothing did.
    pub fn reason(&self) -> String {
        let failed = self.failed();
        match &self.by_hand {
            Some(by_hand) if failed.is_empty() => by_hand.sentence(),
            Some(by_hand) => format!("{} (by rule: {failed})", by_hand.sentence()),
            None if self.kept_by_name => format!("kept by name: {failed}"),
            None => failed,
        }
    }

    /// The row of the table of decisions.
    pub fn row(&self, what: &str) -> DecisionRow {
        let join = |cells: Vec<String>| cells.join("; ");
        let values = self.failures.iter().map(|failure| failure.value.map_or_else(String::new, |v| v.to_string()));
        DecisionRow {
            what: what.to_owned(),
            name: self.name.clone(),
            by_rule: self.by_rule().to_owned(),
            rule: join(self.failures.iter().map(|failure| failure.name().to_owned()).collect()),
            value: join(values.collect()),
            reason: if self.kept_by_name { format!("kept by name: {}", self.failed()) } else { self.failed() },
            r#override: self.by_hand.as_ref().map(|by_hand| by_hand.word.text().to_owned()),
            override_reason: self.by_hand.as_ref().map(|by_hand| by_hand.reason.clone()),
            decision: self.decision().to_owned(),
        }
    }

    /// A problem for every failed rule that stops the run; `what` is the noun, `source` the file's role and column
    /// where the fault is in one cell.
    pub fn problems<'a>(
        &'a self,
        what: &'a str,
        source: Option<(&'static str, &'a str)>,
    ) -> impl Iterator<Item = Problem> + 'a {
        let stops = |failure: &&Failure| failure.on_fail == OnFail::Stop && !self.stays_by_name_or_hand();
        self.failures.iter().filter(stops).map(move |failure| {
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
        let stays = self.stays_by_name_or_hand();
        let (code, verb) = match self.decision() {
            "exclude" if stays => ("qc_override", "was left out"),
            "exclude" => ("qc_excluded", "was left out"),
            "flag" if stays => ("qc_override", "stays, and is flagged"),
            "flag" => ("qc_flagged", "stays, and is flagged"),
            _ if stays => ("qc_override", "stays"),
            _ => return,
        };
        let message = format!("{what} {verb}: {}", self.reason());
        context.find(match code {
            "qc_excluded" => Finding::note(code, &self.name, message),
            _ => Finding::warning(code, &self.name, message),
        });
    }
}
