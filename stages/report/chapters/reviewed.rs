//! Quality control beyond one number per analyte: decisions by hand, batches, replicates and control charts.

use minijinja::{Value, context};

use crate::qc::schema::{AnalyteQualityRow, BatchQualityRow, DecisionRow};
use crate::report::study::Study;
use crate::report::view::{Shown, View, count, named, people, sorted};
use crate::report::words;

/// Rows of each table on the page.
const ROWS: usize = 40;

pub fn chapter(study: &Study) -> Value {
    let decisions = study.inputs.decisions.rows();
    context! {
        overrides => overrides(study, &decisions).shown(),
        overridden => overridden(study, &decisions),
        more => more(study).shown(),
        batches => batches(study).shown(),
        replicates => replicates(study).shown(),
        charts => charts(study).shown(),
    }
}

/// How many decisions were made by hand, also where the people they are about are not shown.
fn overridden(study: &Study, decisions: &[DecisionRow]) -> String {
    let of = |what: &str| {
        let rows = decisions.iter().filter(|row| row.what == what && row.r#override.is_some());
        (rows.count() as i64, what.to_owned())
    };
    let counts: Vec<String> = ["analyte", "sample", "assessment"]
        .into_iter()
        .map(of)
        .filter(|(n, _)| *n > 0)
        .map(|(n, what)| {
            let shown = if what == "analyte" { n.to_string() } else { study.guard.count(n).text() };
            format!("{shown} {what}{}", if n == 1 { "" } else { "s" })
        })
        .collect();
    match counts.is_empty() {
        true => String::new(),
        false => format!("Decided by hand, each with a reason: {}.", words::list(&counts)),
    }
}

/// What was decided by hand and why; nothing of single people where these are not shown.
fn overrides(study: &Study, decisions: &[DecisionRow]) -> View {
    let head = ["What", "Name", "By rule", "Rule and value", "By hand", "Why"];
    let mut table = View::new("Decisions by hand", &head).csv("decisions");
    let shown = |row: &&DecisionRow| row.r#override.is_some() && (row.what == "analyte" || study.guard.points);
    for row in decisions.iter().filter(shown) {
        let name = if row.what == "analyte" { named(study.name(&row.name)) } else { named(row.name.clone()) };
        let cells: Vec<Shown> = vec![
            row.what.clone().into(),
            name,
            row.by_rule.clone().into(),
            study.readable(&row.reason).into(),
            row.r#override.clone().unwrap_or_default().into(),
            study.readable(row.override_reason.as_deref().unwrap_or_default()).into(),
        ];
        table.row("", cells);
    }
    table.first(ROWS, "by kind and name")
}

fn percent(value: Option<f64>) -> Shown {
    sorted(words::percent(value), value)
}

/// A percentage and where it is.
fn percent_at(value: Option<f64>, place: Option<&String>) -> Shown {
    let text = match (value, place) {
        (Some(_), Some(place)) => format!("{} ({place})", words::percent(value)),
        _ => words::percent(value),
    };
    sorted(words::short(&text, 40), value)
}

fn more(study: &Study) -> View {
    let head = [
        "Analyte",
        "#Found in QC",
        "#Best group",
        "#Missing, worst batch",
        "#RSD, worst batch",
        "#Blank share",
        "#Dilution R²",
        "#Carry-over",
        "#Drift",
    ];
    let mut table = View::new("Detection, batches, blanks and linearity", &head).csv("analyte_quality");
    for row in &study.analyte_quality {
        let cells = vec![
            named(study.name(&row.analyte)),
            percent(row.detection_qc),
            percent_at(row.detection_best_group, row.detection_best_group_name.as_ref()),
            percent_at(row.worst_batch_missing, row.worst_batch_missing_name.as_ref()),
            percent_at(row.worst_batch_rsd, row.worst_batch_rsd_name.as_ref()),
            percent(row.blank_share),
            sorted(words::fixed(row.dilution_r2, 3), row.dilution_r2),
            percent(row.carry_over),
            percent(row.drift),
        ];
        table.row(if row.decision == "keep" { "" } else { "hit" }, cells);
    }
    table.first(ROWS, "by name")
}

fn batches(study: &Study) -> View {
    let head =
        ["Batch", "Analyte", "#n", "#Missing", "#Median", "#QC n", "#QC median", "#QC RSD", "#Drift within the batch"];
    let mut table = View::new("Each batch, the largest RSD first", &head).csv("batch_quality");
    let mut rows: Vec<BatchQualityRow> = study.inputs.batch_quality.rows();
    // Without an RSD last; equal ones by name, as the table is ordered.
    rows.sort_by(|a, b| b.qc_rsd.unwrap_or(-1.0).total_cmp(&a.qc_rsd.unwrap_or(-1.0)));
    for row in rows {
        let n = study.guard.count(row.n);
        let known = |value: Option<f64>| value.filter(|_| n.is_shown());
        let cells = vec![
            row.batch.clone().into(),
            named(study.name(&row.analyte)),
            people(n),
            percent(known(row.missing_fraction)),
            known(row.study_median).into(),
            count(row.qc_n),
            row.qc_median.into(),
            percent(row.qc_rsd),
            percent(row.drift),
        ];
        table.row("", cells);
    }
    table.first(ROWS, "by RSD")
}

fn replicates(study: &Study) -> View {
    let mut table =
        View::new("Agreement of replicates", &["Analyte", "#Groups", "#RSD within groups"]).csv("analyte_quality");
    let mut rows: Vec<&AnalyteQualityRow> =
        study.analyte_quality.iter().filter(|row| row.replicate_rsd.is_some()).collect();
    rows.sort_by(|a, b| b.replicate_rsd.unwrap_or(-1.0).total_cmp(&a.replicate_rsd.unwrap_or(-1.0)));
    for row in rows {
        let groups = study.guard.count(row.replicate_groups);
        table.row("", vec![named(study.name(&row.analyte)), people(groups), percent(row.replicate_rsd)]);
    }
    table.first(ROWS, "by RSD")
}

/// How often the pooled QC samples of an analyte break each of Westgard's rules.
fn charts(study: &Study) -> View {
    let head = ["Analyte", "#QC n", "#Mean", "#SD", "#1_3s", "#2_2s", "#R_4s", "#4_1s", "#10_x"];
    let mut table = View::new("Levey-Jennings charts: values that break Westgard’s rules", &head).csv("control_chart");
    for row in study.analyte_quality.iter().filter(|row| row.chart_n.is_some()) {
        let broken = [row.chart_1_3s, row.chart_2_2s, row.chart_r_4s, row.chart_4_1s, row.chart_10_x];
        let mut cells = vec![
            named(study.name(&row.analyte)),
            count(row.chart_n.unwrap_or_default()),
            row.chart_mean.into(),
            row.chart_sd.into(),
        ];
        cells.extend(broken.map(|times| count(times.unwrap_or_default())));
        let any = broken.iter().any(|times| times.is_some_and(|times| times > 0));
        table.row(if any { "hit" } else { "" }, cells);
    }
    table.first(ROWS, "by name")
}
