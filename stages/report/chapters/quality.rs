//! Quality control: each analyte, each sample, and what normalization did.

use minijinja::{Value, context};

use super::{repeatability, spaced};
use crate::report::figures::quality;
use crate::report::study::Study;
use crate::report::view::{Draft, View, count, named, p, sorted};
use crate::report::words;

/// Rows of each table on the page.
const ROWS: usize = 80;

pub fn chapter(study: &Study, draft: &mut Draft) -> Value {
    let (samples, steps) = (samples(study), steps(study));
    context! {
        rsd => draft.show(quality::rsd(study)),
        outliers => draft.show(quality::outliers(study)),
        pooled => study.analyte_quality.iter().any(|row| row.qc_rsd.is_some()),
        failed => failed(study).shown(),
        analytes => analytes(study).shown(),
        samples => samples.shown(),
        undone => steps.note.clone(),
        steps => steps.shown(),
        sample_summary => sample_summary(study),
        repeatability => repeatability::chapter(study, draft),
    }
}

fn analytes(study: &Study) -> View {
    let head = [
        "Analyte",
        "#n",
        "#Missing",
        "#Below LOD",
        "#RSD",
        "#Robust RSD",
        "#D-ratio",
        "#Blank ratio",
        "#Drift p",
        "Decision",
        "Reason",
    ];
    // A column that nothing was judged or measured by is not shown.
    let mut table = View::new("Each analyte’s measurement", &head).csv("analyte_quality");
    let mut rows: Vec<_> = study.analyte_quality.iter().collect();
    rows.sort_by_key(|row| row.decision == "keep");
    for row in rows {
        let cells = vec![
            named(study.name(&row.analyte)),
            count(row.n),
            sorted(words::percent(row.missing_fraction), row.missing_fraction),
            count(row.below_lod),
            sorted(words::percent(row.qc_rsd), row.qc_rsd),
            sorted(words::percent(row.qc_rsd_robust), row.qc_rsd_robust),
            sorted(words::fixed(row.d_ratio, 2), row.d_ratio),
            row.blank_ratio.into(),
            p(row.drift_p),
            row.decision.clone().into(),
            study.readable(&row.reason).into(),
        ];
        table.row(if row.decision == "keep" { "" } else { "hit" }, cells);
    }
    table.first(ROWS, "excluded and flagged first")
}

/// The analytes that failed a rule, with what they failed; the numbers stand in the table of all.
fn failed(study: &Study) -> View {
    let mut table = View::new("Analytes that failed a rule", &["Analyte", "Decision", "Reason"]).csv("analyte_quality");
    let mut rows: Vec<_> = study.analyte_quality.iter().filter(|row| row.decision != "keep").collect();
    rows.sort_by_key(|row| row.decision != "exclude");
    for row in rows {
        let cells =
            vec![named(study.name(&row.analyte)), row.decision.clone().into(), study.readable(&row.reason).into()];
        table.row("", cells);
    }
    table.first(ROWS, "excluded first")
}

/// How many samples were judged and what became of them; a replicate that became part of another was not judged.
fn sample_summary(study: &Study) -> String {
    let of = |decision: &str| study.sample_quality.iter().filter(|row| row.decision == decision).count();
    let (combined, excluded, flagged) = (of("combined"), of("exclude"), of("flag"));
    let judged = study.sample_quality.len() - combined;
    if judged == 0 {
        return String::new();
    }
    let text = |n: usize| study.guard.count(n as i64).text();
    let mut said = format!(
        "Of {} judged, {} were excluded and {} flagged.",
        words::count(judged, "sample", "samples"),
        text(excluded),
        text(flagged)
    );
    if combined > 0 {
        said.push_str(&format!(" Replicates that became part of another sample: {}.", text(combined)));
    }
    said
}

/// The samples that failed a rule; nobody where single people are not shown.
fn samples(study: &Study) -> View {
    let head = ["Sample", "Participant", "Timepoint", "#Missing", "#Distance / limit", "Decision", "Reason"];
    let mut table = View::new("Samples that failed a rule", &head).csv("sample_quality");
    let passed = |decision: &str| matches!(decision, "keep" | "combined");
    let failed = study.sample_quality.iter().filter(|row| study.guard.points && !passed(&row.decision));
    for row in failed {
        let ratio = row.outlier_statistic.zip(row.outlier_limit).map(|(statistic, limit)| statistic / limit);
        let cells = vec![
            row.sample_id.clone().into(),
            row.participant_id.clone().unwrap_or_default().into(),
            spaced(row.timepoint.as_deref().unwrap_or_default()).into(),
            sorted(words::percent(row.missing_fraction), row.missing_fraction),
            ratio.filter(|ratio| ratio.is_finite()).into(),
            row.decision.clone().into(),
            study.readable(&row.reason).into(),
        ];
        table.row("", cells);
    }
    table.first(ROWS, "by name")
}

fn steps(study: &Study) -> View {
    let mut table =
        View::new("Normalization, step by step", &["Step", "Method", "#Values changed", "Detail"]).csv("steps");
    let (idle, active): (Vec<_>, Vec<_>) = study.inputs.steps.rows().into_iter().partition(|row| row.method == "none");
    for row in active {
        let cells = vec![
            words::term(&row.step).into(),
            words::term(&row.method).into(),
            sorted(row.values_changed.to_string(), Some(row.values_changed as f64)),
            study.readable(&row.detail).into(),
        ];
        table.row("", cells);
    }
    let idle: Vec<String> = idle.iter().map(|row| words::term(&row.step)).collect();
    let note = if idle.is_empty() { String::new() } else { format!("Named and left undone: {}.", words::list(&idle)) };
    table.note(note).first(ROWS, "in order")
}
