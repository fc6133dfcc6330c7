//! Every decision as a table, and as a file that a person edits and hands back.

use super::replicates::Group;
use super::schema::DecisionRow;
use super::spreadsheet;
use crate::contract::Document;

/// The columns of the file.
const HEADER: [&str; 8] = ["what", "name", "decision", "rule", "value", "reason", "override", "override_reason"];

/// The rows of samples that were not judged: pooled QC samples, blanks and others, and replicates that became part of
/// another sample.
pub fn unjudged(name: &str) -> DecisionRow {
    let word = || "keep".to_owned();
    DecisionRow {
        what: "sample".into(),
        name: name.into(),
        by_rule: word(),
        decision: word(),
        ..DecisionRow::default()
    }
}

/// The replicates that became part of the first of their group.
pub fn combined(groups: &[Group]) -> impl Iterator<Item = DecisionRow> {
    groups.iter().flat_map(|group| {
        group.iter().skip(1).map(|sample| DecisionRow {
            by_rule: "combined".into(),
            rule: "replicates".into(),
            reason: became_part(&group[0].sample_id, group.len()),
            decision: "combined".into(),
            ..unjudged(&sample.sample_id)
        })
    })
}

/// What became of a replicate, in words.
pub fn became_part(of: &str, replicates: usize) -> String {
    format!("became part of `{of}`, with {} replicates in all", replicates)
}

/// The file of decisions: analytes, samples and assessments; it holds what the rules say, and what a person decided.
pub fn document(rows: &[DecisionRow]) -> Document {
    let line = |row: &'_ DecisionRow| -> [String; 8] {
        [
            row.what.clone(),
            row.name.clone(),
            row.by_rule.clone(),
            row.rule.clone(),
            row.value.clone(),
            row.reason.clone(),
            row.r#override.clone().unwrap_or_default(),
            row.override_reason.clone().unwrap_or_default(),
        ]
    };
    let lines: Vec<[String; 8]> = rows.iter().map(line).collect();
    let cells = lines.iter().map(|line| line.each_ref().map(String::as_str));
    Document { path: "decisions.csv".into(), bytes: spreadsheet::write(HEADER, cells) }
}
