//! The same association under every model, by the bootstrap, and with each person left out in turn.

use kuva::plot::ForestPlot;

use super::Figure;
use super::canvas::{BLUE, Canvas, PALE, WARM, padded};
use crate::report::question::Case;
use crate::report::study::Study;
use crate::report::words;
use crate::screen::schema::AssociationRow;

/// One row of the forest; a limit that is missing is infinite.
struct Row {
    label: String,
    estimate: f64,
    low: Option<f64>,
    high: Option<f64>,
    color: &'static str,
}

/// A row per model with the unit of the leading one, its bootstrap limits, and the leave-one-out range; none with one.
pub fn draw(study: &Study, name: &str, case: &Case) -> Option<Figure> {
    let rows = rows(case);
    let lead = case.lead;
    if rows.len() < 2 {
        return None;
    }
    let finite = rows.iter().flat_map(|row| [Some(row.estimate), row.low, row.high]).flatten();
    let x = padded(finite.chain([0.0]), 0.05);
    let mut plot = ForestPlot::new().with_whisker_width(2.0).with_marker_size(5.0);
    for row in &rows {
        let (low, high) = (row.low.unwrap_or(x.0), row.high.unwrap_or(x.1));
        plot = plot.with_colored_row(row.label.clone(), row.estimate, low, high, row.color);
    }
    let (analyte, outcome) = (study.name(&lead.analyte), words::outcome_within(lead));
    let caption = caption(study, case, &rows);
    let n = rows.len();
    let canvas = Canvas {
        name,
        title: &format!("{analyte} and {outcome}"),
        subtitle: "the estimate and its limits, of each kind",
        caption: &caption,
        x_label: &study.effect(lead),
        x,
        y: (0.4, n as f64 + 0.6),
        rows: rows.into_iter().map(|row| row.label).collect(),
        height: 74.0 + 28.0 * n as f64,
        synthetic: study.synthetic(),
        ..Canvas::default()
    };
    Some(canvas.draw(vec![plot.into()]))
}

fn caption(study: &Study, case: &Case, rows: &[Row]) -> String {
    let lead = case.lead;
    let edge = if rows.iter().any(|row| row.low.is_none() || row.high.is_none()) {
        " A line that reaches the edge has no limit on that side."
    } else {
        ""
    };
    format!(
        "{} and {}: the estimate ({}) with its {:.0}\u{a0}% limits, under each model whose estimate has this unit. The \
         rows in grey are the bootstrap’s limits, where they differ from one model to the next, and the range of the \
         estimate when each person in turn is left out of the model “{}”.{edge}",
        study.name(&lead.analyte),
        words::spaced(&lead.outcome),
        study.effect(lead),
        100.0 * lead.confidence,
        words::spaced(&lead.model)
    )
}

fn rows(case: &Case) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    let mut seen: Vec<(f64, f64)> = Vec::new();
    for row in case.alike.iter().filter(|row| case.shares_unit(row) && row.p_value.is_some()) {
        let Some(estimate) = row.estimate else { continue };
        let color = if row.model == case.lead.model { WARM } else { BLUE };
        let label = words::spaced(&row.model);
        rows.push(Row { label, estimate, low: row.conf_low, high: row.conf_high, color });
        if let Some(limits) = row.boot_low.zip(row.boot_high).filter(|limits| !seen.contains(limits)) {
            seen.push(limits);
            rows.push(bootstrap(row, estimate, limits));
        }
    }
    let lead = case.lead;
    if let (Some(estimate), low @ Some(_), high @ Some(_)) = (lead.estimate, lead.loo_min, lead.loo_max) {
        rows.push(Row { label: "one left out, range".into(), estimate, low, high, color: PALE });
    }
    rows
}

fn bootstrap(row: &AssociationRow, estimate: f64, (low, high): (f64, f64)) -> Row {
    let label = format!("{}: bootstrap", words::short(&words::spaced(&row.model), 13));
    Row { label, estimate, low: Some(low), high: Some(high), color: PALE }
}
