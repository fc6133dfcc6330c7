//! The same association under every model, and with each person left out in turn.

use kuva::plot::ForestPlot;

use super::Figure;
use super::canvas::{BLUE, Canvas, PALE, WARM, padded};
use crate::report::study::Study;
use crate::report::words;
use crate::screen::schema::AssociationRow;

/// A row per model, all in one unit, and the leave-one-out range of the leading model; none with one row.
pub fn draw(study: &Study, name: &str, rows: &[&AssociationRow]) -> Option<Figure> {
    let lead = rows.iter().find(|row| Some(&row.model) == study.primary.as_ref())?;
    let alike = rows.iter().filter(|row| row.family == lead.family && row.predictor == lead.predictor);
    let mut plot = ForestPlot::new().with_whisker_width(2.0).with_marker_size(5.0);
    let (mut labels, mut bounds) = (Vec::new(), vec![0.0]);
    let mut add = |label: String, estimate: f64, low: f64, high: f64, color: &str| {
        let unfinished = std::mem::take(&mut plot);
        plot = unfinished.with_colored_row(label.clone(), estimate, low, high, color);
        labels.push(label);
        bounds.extend([low, high]);
    };
    for row in alike {
        if let (Some(estimate), Some(low), Some(high)) = (row.estimate, row.conf_low, row.conf_high) {
            add(words::spaced(&row.model), estimate, low, high, if row.model == lead.model { WARM } else { BLUE });
        }
    }
    if let (Some(estimate), Some(low), Some(high)) = (lead.estimate, lead.loo_min, lead.loo_max) {
        add("leave one out".into(), estimate, low, high, PALE);
    }
    if labels.len() < 2 {
        return None;
    }
    let (analyte, outcome) = (study.name(&lead.analyte), words::spaced(&lead.outcome));
    let caption = format!(
        "{analyte} and {outcome}: the estimate ({}) with its {:.0}\u{a0}% limits, under each model of the same predictor. The grey \
         row is the range of the estimate when each person in turn is left out of the model “{}”.",
        study.effect(lead),
        100.0 * lead.confidence,
        words::spaced(&lead.model)
    );
    let n = labels.len();
    let canvas = Canvas {
        name,
        title: &format!("{analyte} and {outcome}"),
        subtitle: "the same association under each model",
        caption: &caption,
        x_label: &study.effect(lead),
        x: padded(bounds, 0.05),
        y: (0.4, n as f64 + 0.6),
        rows: labels,
        height: 74.0 + 28.0 * n as f64,
        synthetic: study.synthetic(),
        ..Canvas::default()
    };
    Some(canvas.draw(vec![plot.into()]))
}
