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
    // METHOD: items may be decimal numbers, whose sum is not exact in a computer; a billionth of the size is no difference.
    ((total - items).abs() > 1e-9 * total.abs().max(items.abs())).then(|| Failure {
        rule: "assessments.total_matches_items",
        value: Some(total),
        message: format!("the total {} is not the sum of its items, {}", show(total), show(items)),
        on_fail: rule.on_fail.unwrap_or_default(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sum_of_decimal_items_matches_its_total() {
        let rules: AssessmentRules =
            serde_json::from_value(serde_json::json!({"total_matches_items": {}})).unwrap_or_default();
        let row = |total, items| AssessmentRow {
            participant_id: "P/1".into(),
            instrument: "madrs".into(),
            visit: "day 1".into(),
            visit_index: 0,
            total: Some(total),
            items_total: Some(items),
            hours_after_infusion: None,
            day: None,
        };
        assert!(mismatch(&rules, &row(0.3, 0.1 + 0.2)).is_none());
        assert!(mismatch(&rules, &row(0.0, 0.0)).is_none());
        assert!(mismatch(&rules, &row(30.0, 30.0001)).is_some());
        assert!(mismatch(&rules, &row(0.0, 1.0)).is_some());
    }
}
