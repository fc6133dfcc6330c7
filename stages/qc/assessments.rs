//! Judges assessments: a total is the sum of its items.

use super::judge::{ByHand, Failure, Verdict};
use super::params::AssessmentRules;
use crate::ingest::schema::AssessmentRow;
use crate::statistics::descriptive::show;

/// An assessment's name: the participant and the visit; a participant's name with a space is quoted.
pub fn name(row: &AssessmentRow) -> String {
    let id = &row.participant_id;
    match id.contains(' ') || id.starts_with('"') {
        true => format!("\"{}\" {}", id.replace('"', "\"\""), row.visit),
        false => format!("{id} {}", row.visit),
    }
}

/// Judges every assessment, in the order of the rows.
pub fn judge(rules: &AssessmentRules, rows: &[AssessmentRow], by_hand: &ByHand<'_>) -> Vec<Verdict> {
    rows.iter().map(|row| Verdict::new(&name(row), mismatch(rules, row).into_iter().collect(), by_hand)).collect()
}

fn mismatch(rules: &AssessmentRules, row: &AssessmentRow) -> Option<Failure> {
    let rule = rules.total_matches_items?;
    let (total, items) = (row.total?, row.items_total?);
    (total != items).then(|| Failure {
        rule: "assessments.total_matches_items",
        value: Some(total),
        message: format!("the total {} is not the sum of its items, {}", show(total), show(items)),
        on_fail: rule.on_fail.unwrap_or_default(),
    })
}
