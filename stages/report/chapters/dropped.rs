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
    let idle = idle_standards(study);
    let mut before = passed.unwrap_or(lost + idle.len() as i64);
    let mut steps = Vec::new();
    if !idle.is_empty() {
        let after = before - idle.len() as i64;
        let detail = "internal standards that no step divides by".to_owned();
        steps.push(Step { title: "normalize: standards".to_owned(), before, after, names: idle, detail });
        before = after;
    }
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

/// The internal standards that passed quality control and that no step divided by, where normalization says so.
fn idle_standards(study: &Study) -> Vec<String> {
    let codes = study.inputs.normalize_findings.column::<String>("code");
    if !codes.iter().any(|code| code == "standards_left_out") {
        return Vec::new();
    }
    let standards = study.analyte_quality.iter().filter(|row| row.role.is_some() && row.decision != "exclude");
    standards.map(|row| study.name(&row.analyte)).collect()
}
