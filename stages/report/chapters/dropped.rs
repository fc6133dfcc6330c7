//! The analytes that steps of normalization dropped, for the flow of the study.

use crate::report::study::Study;
use crate::report::words;

/// A step that dropped analytes.
pub struct Step {
    pub title: String,
    pub before: i64,
    pub after: i64,
    pub names: Vec<String>,
    /// What it did, in words.
    pub detail: String,
}

/// Every step that dropped something, in order; the count begins with the analytes that passed quality control.
pub fn steps(study: &Study) -> Vec<Step> {
    let quality = study.inputs.quality.rows();
    let notes = study.inputs.steps.rows();
    let passed = study.flow.iter().rev().find(|row| row.what == "analytes").map(|row| row.after);
    let lost = quality.iter().filter(|row| row.decision == "dropped").count() as i64;
    let mut before = passed.unwrap_or(lost);
    let mut steps = Vec::new();
    for rows in quality.chunk_by(|a, b| a.position == b.position) {
        let names = rows.iter().filter(|row| row.decision == "dropped").map(|row| study.name(&row.analyte));
        let names: Vec<String> = names.collect();
        if names.is_empty() {
            continue;
        }
        let note = notes.iter().find(|note| note.position == rows[0].position);
        let after = before - names.len() as i64;
        let detail = note.map_or(String::new(), |note| study.readable(&note.detail));
        steps.push(Step { title: format!("normalize: {}", words::term(&rows[0].step)), before, after, names, detail });
        before = after;
    }
    steps
}
