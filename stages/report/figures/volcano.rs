//! Every test of one model and outcome: how large against how surprising.

use kuva::plot::VolcanoPlot;
use kuva::plot::volcano::LabelStyle;

use super::Figure;
use super::canvas::{BLUE, Canvas, PALE, padded, plain};
use crate::report::study::Study;
use crate::report::words;
use crate::screen::schema::AssociationRow;

/// Names written beside their points.
const NAMED: usize = 5;
/// Below this a p-value is drawn at the edge.
const SMALLEST: f64 = 1e-12;

/// The volcano of these rows, which are of one model and outcome; none with fewer than two tests.
pub fn draw(study: &Study, name: &str, rows: &[&AssociationRow]) -> Option<Figure> {
    let point = |row: &&&AssociationRow| Some((study.name(&row.analyte), row.estimate_standardized?, row.p_value?));
    let points: Vec<(String, f64, f64)> = rows.iter().filter_map(|row| point(&row)).collect();
    let first = rows.first()?;
    if points.len() < 2 {
        return None;
    }
    let alpha = 1.0 - first.confidence;
    let height = |p: f64| -libm::log10(p.max(SMALLEST));
    let largest = points.iter().map(|point| point.1.abs()).fold(0.1, f64::max);
    let (_, top) = padded(points.iter().map(|point| height(point.2)).chain([0.0, height(alpha)]), 0.12);
    let named = points.iter().map(|(name, size, p)| (plain(&words::short(name, 22)), *size, *p));
    let volcano = VolcanoPlot::new()
        .with_points(named)
        .with_fc_cutoff(0.0)
        .with_p_cutoff(alpha)
        .with_pvalue_floor(SMALLEST)
        .with_color_up(BLUE)
        .with_color_down(BLUE)
        .with_color_ns(PALE)
        .with_point_size(4.5)
        .with_label_top(NAMED)
        .with_label_style(LabelStyle::Nudge);
    let outcome = words::outcome_within(first);
    let caption = format!(
        "Every metabolite tested against {outcome} under the model “{}”: to the right, more of the metabolite goes with \
         more of the outcome; the higher, the smaller the unadjusted p. The dashed line is p = {}.",
        words::spaced(&first.model),
        words::level(alpha)
    );
    let canvas = Canvas {
        name,
        title: &outcome,
        subtitle: &format!("model {}, unadjusted p; dashed: p = {}", words::spaced(&first.model), words::level(alpha)),
        caption: &caption,
        x_label: "SD of outcome per SD of predictor",
        y_label: "−log₁₀ p",
        x: (-1.65 * largest, 1.65 * largest),
        y: (0.0, top),
        height: 330.0,
        synthetic: study.synthetic(),
        ..Canvas::default()
    };
    Some(canvas.draw(vec![volcano.into()]))
}
