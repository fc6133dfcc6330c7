//! The participant flow: what was there before and after each step.

use std::collections::{BTreeMap, BTreeSet};

use super::judge::Verdict;
use super::overrides::Word;
use super::params::OnFail;
use super::schema::FlowRow;
use crate::ingest::schema::{AssessmentRow, SampleRow};

/// A rule that is on: its name, what happens beyond it, and its limit in words.
pub struct RuleInForce {
    pub name: &'static str,
    pub on_fail: OnFail,
    pub words: String,
}

/// The flow, step by step.
#[derive(Default)]
pub struct Flow {
    rows: Vec<FlowRow>,
}

impl Flow {
    pub fn into_rows(self) -> Vec<FlowRow> {
        self.rows
    }

    /// Adds one step; what is left out follows from the names.
    pub fn step(&mut self, step: &str, what: &str, before: usize, excluded: &[String], reason: String) {
        self.rows.push(FlowRow {
            step: step.to_owned(),
            what: what.to_owned(),
            position: self.rows.len() as i64 + 1,
            before: before as i64,
            after: (before - excluded.len().min(before)) as i64,
            excluded: serde_json::Value::from(excluded.to_vec()).to_string(),
            reason,
        });
    }

    /// Adds what people decided by hand; it comes first, since what they left out takes no part in what follows.
    fn by_hand(&mut self, what: &str, verdicts: &[&Verdict]) -> usize {
        let with = |word: Word| -> Vec<String> {
            let decided = verdicts.iter().filter(|v| v.by_hand.as_ref().is_some_and(|by_hand| by_hand.word == word));
            decided.map(|verdict| verdict.name.clone()).collect()
        };
        let (excluded, kept, flagged) = (with(Word::Exclude), with(Word::Keep), with(Word::Flag));
        if excluded.is_empty() && kept.is_empty() && flagged.is_empty() {
            return verdicts.len();
        }
        let stayed: Vec<String> = kept.into_iter().chain(flagged).collect();
        let left_out = (!excluded.is_empty()).then(|| "left out".to_owned());
        let stayed = (!stayed.is_empty()).then(|| format!("stayed by hand: {}", stayed.join(", ")));
        let what_was: Vec<String> = left_out.into_iter().chain(stayed).collect();
        let reason = format!("decided by hand, each with its reason: {}", what_was.join("; "));
        self.step("decisions", what, verdicts.len(), &excluded, reason);
        verdicts.len() - excluded.len()
    }

    /// Adds what was decided by hand and then a step per rule; returns how many remain.
    pub fn judged(&mut self, what: &str, rules: &[&RuleInForce], verdicts: &[&Verdict]) -> usize {
        let left = self.by_hand(what, verdicts);
        self.rules(what, left, rules, verdicts)
    }

    /// Adds a step per rule: each name is left out by the first rule that it fails. Returns how many remain.
    fn rules(&mut self, what: &str, before: usize, rules: &[&RuleInForce], verdicts: &[&Verdict]) -> usize {
        let mut left = before;
        for rule in rules {
            let by_rule =
                |verdict: &&&Verdict| verdict.excluded_by().is_some_and(|failure| failure.name() == rule.name);
            let excluded: Vec<String> = verdicts.iter().filter(by_rule).map(|verdict| verdict.name.clone()).collect();
            self.step(rule.name, what, left, &excluded, reason(rule, verdicts));
            left -= excluded.len().min(left);
        }
        left
    }

    /// Adds who has a kept sample at each timepoint and, where there are several, at all of them.
    pub fn timepoints(&mut self, participants: &[String], kept: &[&SampleRow]) {
        let mut at: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for sample in kept {
            if let (Some(participant), Some(timepoint)) = (&sample.participant_id, &sample.timepoint) {
                at.entry(timepoint).or_default().insert(participant);
            }
        }
        let without =
            |has: &dyn Fn(&str) -> bool| participants.iter().filter(|id| !has(id)).cloned().collect::<Vec<_>>();
        for (timepoint, present) in &at {
            let absent = without(&|id| present.contains(id));
            let reason = format!("participants with a kept sample at {timepoint}");
            self.step(&format!("sample at {timepoint}"), "participants", participants.len(), &absent, reason);
        }
        if at.len() > 1 {
            let absent = without(&|id| at.values().all(|present| present.contains(id)));
            let reason = "participants with a kept sample at every timepoint".to_owned();
            self.step("samples at every timepoint", "participants", participants.len(), &absent, reason);
        }
    }

    /// Adds who has a total at each visit, in the order of the visits.
    pub fn visits(&mut self, participants: &[String], kept: &[&AssessmentRow]) {
        let mut at: BTreeMap<(i64, &str), BTreeSet<&str>> = BTreeMap::new();
        for row in kept {
            let present = at.entry((row.visit_index, &row.visit)).or_default();
            if row.total.is_some() {
                present.insert(&row.participant_id);
            }
        }
        let absent: Vec<String> = at
            .iter()
            .flat_map(|((_, visit), present)| {
                let absent = participants.iter().filter(|id| !present.contains(id.as_str()));
                absent.map(move |id| format!("{id} {visit}"))
            })
            .collect();
        if !at.is_empty() {
            let reason = "planned visits of all participants, and those with a total".to_owned();
            self.step("with a total", "visits", participants.len() * at.len(), &absent, reason);
        }
        for ((_, visit), present) in &at {
            let absent: Vec<String> =
                participants.iter().filter(|id| !present.contains(id.as_str())).cloned().collect();
            let reason = format!("participants with a total at {visit}");
            self.step(&format!("total at {visit}"), "participants", participants.len(), &absent, reason);
        }
    }
}

fn reason(rule: &RuleInForce, verdicts: &[&Verdict]) -> String {
    let failed = verdicts.iter().filter(|verdict| verdict.failures.iter().any(|failure| failure.name() == rule.name));
    let stayed: Vec<&str> =
        failed.filter(|verdict| !verdict.is_excluded()).map(|verdict| verdict.name.as_str()).collect();
    let what = match rule.on_fail {
        OnFail::Exclude => "left out",
        OnFail::Flag => "flagged",
        OnFail::Stop => "the run stops",
    };
    let also = if stayed.is_empty() { String::new() } else { format!("; failed and stayed: {}", stayed.join(", ")) };
    format!("{}: {what}{also}", rule.words)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::qc::overrides::Override;

    #[test]
    fn what_stays_by_hand_is_said_as_that() {
        let decided = |name: &str, word| Verdict {
            name: name.to_owned(),
            failures: Vec::new(),
            kept_by_name: false,
            by_hand: Some(Override { word, reason: "seen".to_owned(), before: String::new(), line: 2 }),
        };
        let (kept, left_out) = (decided("=A, 1", Word::Keep), decided("β/2", Word::Exclude));
        let reason = |verdicts: &[&Verdict]| {
            let mut flow = Flow::default();
            flow.by_hand("analytes", verdicts);
            flow.into_rows().remove(0).reason
        };
        assert_eq!(reason(&[&kept]), "decided by hand, each with its reason: stayed by hand: =A, 1");
        assert_eq!(
            reason(&[&kept, &left_out]),
            "decided by hand, each with its reason: left out; stayed by hand: =A, 1"
        );
    }
}
