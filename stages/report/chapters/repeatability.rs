//! What normalization did to the measurements: step by step, to pooled QC over the injections, and to all samples.

use std::collections::{BTreeMap, BTreeSet};

use minijinja::{Value, context};

use super::injections;
use crate::normalize::schema::{QualityRow, ScoreRow};
use crate::report::figures::{Figure, components, repeatability};
use crate::report::study::Study;
use crate::report::view::{Draft, View, count, named, sorted};
use crate::report::words;
use crate::statistics::descriptive;

/// Rows of the table of decisions on the page.
const ROWS: usize = 40;
/// As many analytes as quality control's figure shows one by one.
const FEW: usize = 25;

pub fn chapter(study: &Study, draft: &mut Draft) -> Value {
    let quality = study.inputs.quality.rows();
    let (before, after) = ends(&quality);
    let pooled = study.inputs.scores.column::<String>("type").iter().any(|kind| kind == "pooled_qc");
    let scores = study.inputs.scores.rows();
    let (samples, samples_note) = samples(study, &scores);
    let drift = injections::figures(study, draft);
    // Unchanged, a few analytes are all in the figure of quality control already.
    let telling = !quality.is_empty() && (before != after || before.len() > FEW);
    let histogram = if telling { repeatability::histogram(study, &before, &after, unseen(&quality)) } else { None };
    context! {
        summary => summary(&quality, &before, &after),
        steps => steps(&quality, pooled).shown(),
        histogram => draft.show(histogram),
        components => samples.into_iter().filter_map(|figure| draft.show(Some(figure))).collect::<Vec<Value>>(),
        components_note => samples_note,
        drift_note => injections::note(study, &quality, pooled, drift.is_empty()),
        drift => drift,
        decided => decided(study, &quality).shown(),
    }
}

/// The RSD of each analyte before its first step and after its last; of one that was left, or that no step touched, the
/// same. Dropped analytes have none afterwards. Without a step, what quality control measured is not repeated here.
///
/// METHOD: once a curve was drawn through the pooled QC samples, these lie too close to tell anything: what was found of
/// samples that the curve did not see stands for every step that follows.
fn ends(quality: &[QualityRow]) -> (Vec<f64>, Vec<f64>) {
    let mut analytes: BTreeMap<&str, (Option<f64>, Option<f64>)> = BTreeMap::new();
    let mut curved: BTreeSet<&str> = BTreeSet::new();
    for row in quality.iter().filter(|row| row.qc_rsd_before.is_some() || row.decision == "dropped") {
        let known = analytes.entry(&row.analyte).or_insert((row.qc_rsd_before, None));
        match row.decision.as_str() {
            "dropped" => known.1 = None,
            _ if curved.contains(row.analyte.as_str()) => {}
            "left" => known.1 = row.qc_rsd_before,
            _ => known.1 = row.qc_rsd_after,
        }
        if by_curve(row) && row.decision == "done" {
            curved.insert(&row.analyte);
        }
    }
    let known = analytes.values().filter(|(before, _)| before.is_some());
    let (before, after): (Vec<_>, Vec<_>) = known.copied().unzip();
    (before.into_iter().flatten().collect(), after.into_iter().flatten().collect())
}

/// Whether a row is of a drift correction by curves through the pooled QC samples.
fn by_curve(row: &QualityRow) -> bool {
    row.step == "drift" && matches!(row.method.as_str(), "qc_rsc" | "loess")
}

/// Whether a curve was taken out of some analyte.
fn unseen(quality: &[QualityRow]) -> bool {
    quality.iter().any(|row| by_curve(row) && row.decision == "done")
}

fn summary(quality: &[QualityRow], before: &[f64], after: &[f64]) -> Vec<String> {
    if quality.is_empty() {
        return Vec::new();
    }
    let mut sentences: Vec<String> = went(before, after).into_iter().collect();
    if before != after && unseen(quality) {
        sentences
            .push("Where drift was corrected, that is of pooled QC samples that the curve did not see.".to_owned());
    }
    let of = |decision: &str| {
        quality.iter().filter(|row| row.decision == decision).map(|row| &row.analyte).collect::<BTreeSet<_>>().len()
    };
    let dropped = of("dropped");
    if dropped > 0 {
        sentences.push(format!("Normalization dropped {}.", words::count(dropped, "analyte", "analytes")));
    }
    sentences
}

/// How the median RSD went from before the first step to after the last.
fn went(before: &[f64], after: &[f64]) -> Option<String> {
    let (first, last) = (descriptive::median(before)?, descriptive::median(after)?);
    let (first, last) = (words::percent(Some(first)), words::percent(Some(last)));
    let all = words::count(before.len(), "analyte", "analytes");
    Some(if before == after {
        format!(
            "No step changed how repeatable the pooled QC samples are: their median robust RSD is {first} over {all}."
        )
    } else if before.len() == after.len() {
        format!("The median robust RSD of the pooled QC samples went from {first} to {last} over {all}.")
    } else {
        let left = after.len();
        format!("The median robust RSD of the pooled QC samples went from {first} over {all} to {last} over {left}.")
    })
}

/// A row per step that works on measured values, or that dropped an analyte.
fn steps(quality: &[QualityRow], pooled: bool) -> View {
    let head =
        ["Step", "Method", "#Done", "#Left", "#Dropped", "#Untouched", "#Median RSD before", "#Median RSD after"];
    let mut table = View::new("What each step did to repeatability", &head).csv("quality");
    for rows in quality.chunk_by(|a, b| a.position == b.position) {
        let of = |decision: &str| count(rows.iter().filter(|row| row.decision == decision).count() as i64);
        let both = rows.iter().filter_map(|row| row.qc_rsd_before.zip(row.qc_rsd_after));
        let (before, after): (Vec<f64>, Vec<f64>) = both.unzip();
        let (before, after) = (descriptive::median(&before), descriptive::median(&after));
        let (step, method) = (words::term(&rows[0].step), words::term(&rows[0].method));
        let cells = vec![
            step.into(),
            method.into(),
            of("done"),
            of("left"),
            of("dropped"),
            of("none"),
            sorted(words::percent(before), before),
            sorted(words::percent(after), after),
        ];
        table.row("", cells);
    }
    let mut note = String::new();
    if pooled {
        note.push_str(
            "RSD: robust, of the pooled QC samples; medians over the analytes that have one before and after the step.",
        );
    }
    if pooled && quality.iter().any(|row| row.step == "drift") {
        note.push_str(" After a drift correction it is of samples that its curve did not see; of a later step, of samples that it saw.");
    }
    table.note(note)
}

/// The analytes that a step left as they were or dropped, with the reason.
fn decided(study: &Study, quality: &[QualityRow]) -> View {
    let head =
        ["Analyte", "Step", "Decision", "#RSD before", "#RSD after", "#D-ratio before", "#D-ratio after", "Reason"];
    let mut table = View::new("Analytes that a step dropped or left as they were", &head).csv("quality");
    let mut rows: Vec<&QualityRow> =
        quality.iter().filter(|row| matches!(row.decision.as_str(), "left" | "dropped")).collect();
    rows.sort_by_key(|row| row.decision != "dropped");
    for row in rows {
        let cells = vec![
            named(study.name(&row.analyte)),
            words::term(&row.step).into(),
            row.decision.clone().into(),
            sorted(words::percent(row.qc_rsd_before), row.qc_rsd_before),
            sorted(words::percent(row.qc_rsd_after), row.qc_rsd_after),
            sorted(words::fixed(row.d_ratio_before, 2), row.d_ratio_before),
            sorted(words::fixed(row.d_ratio_after, 2), row.d_ratio_after),
            study.readable(&row.reason).into(),
        ];
        table.row(if row.decision == "dropped" { "hit" } else { "" }, cells);
    }
    table.first(ROWS, "dropped ones first")
}

/// The samples before and after, once where both pictures would be the same, and what to say of it.
fn samples(study: &Study, rows: &[ScoreRow]) -> (Vec<Figure>, String) {
    let before = components::draw(study, rows, "measured");
    if before.is_none() {
        let hidden = !rows.is_empty() && !study.guard.points;
        let text =
            "Samples of single people are not shown and there is no pooled QC, so no picture of the samples is drawn.";
        return (Vec::new(), if hidden { text.into() } else { String::new() });
    }
    if unmoved(rows) {
        let text = "After normalization the samples lie where they lay before, or nearly so: they are drawn once.";
        return (before.into_iter().collect(), text.into());
    }
    (before.into_iter().chain(components::draw(study, rows, "normalized")).collect(), String::new())
}

/// Whether the samples moved by less than a tenth of their spread on both components; a change of sign moves nothing.
fn unmoved(rows: &[ScoreRow]) -> bool {
    let state = |state: &str| rows.iter().filter(|row| row.state == state).collect::<Vec<_>>();
    let (before, after) = (state("measured"), state("normalized"));
    let still = |of: fn(&ScoreRow) -> Option<f64>| {
        let (mut spread, mut same, mut turned) = (0.0, 0.0, 0.0);
        for (before, after) in before.iter().zip(&after) {
            let (a, b) = (of(before).unwrap_or(0.0), of(after).unwrap_or(0.0));
            (spread, same, turned) = (spread + a * a, same + (a - b) * (a - b), turned + (a + b) * (a + b));
        }
        f64::min(same, turned) <= 0.01 * spread
    };
    still(|row| row.pc1) && still(|row| row.pc2)
}
