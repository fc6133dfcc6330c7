//! Judges assessments: a total is the sum of its items.

use std::collections::BTreeSet;

use super::judge::{Failure, Verdict};
use super::params::AssessmentRules;
use crate::ingest::schema::AssessmentRow;
use crate::statistics::descriptive::show;

/// Judges every assessment, in the order of the rows; its name is the participant and the visit.
pub fn judge(rules: &AssessmentRules, rows: &[AssessmentRow], kept: &BTreeSet<&str>) -> Vec<Verdict> {
    let name = |row: &AssessmentRow| format!("{} {}", row.participant_id, row.visit);
    rows.iter().map(|row| Verdict::new(&name(row), mismatch(rules, row).into_iter().collect(), kept)).collect()
}

fn mismatch(rules: &AssessmentRules, row: &AssessmentRow) -> Option<Failure> {
    let rule = rules.total_matches_items?;
    let (total, items) = (row.total?, row.items_total?);
    (total != items).then(|| Failure {
        rule: "assessments.total_matches_items",
        message: format!("the total {} is not the sum of its items, {}", show(total), show(items)),
        on_fail: rule.on_fail.unwrap_or_default(),
    })
}
