//! What was observed against what a model that had not seen the person predicts.

use kuva::plot::{LinePlot, ScatterPlot};

use super::Figure;
use super::canvas::{BLUE, Canvas, PALE, padded};
use crate::predict::schema::{PerformanceRow, PredictionRow};
use crate::report::chapters::prediction::features;
use crate::report::study::Study;
use crate::report::words;

/// Observed against predicted for one set of features; none where single people are not shown.
pub fn draw(study: &Study, name: &str, row: &PerformanceRow, people: &[&PredictionRow]) -> Option<Figure> {
    if !study.guard.points || people.len() < 3 {
        return None;
    }
    let points: Vec<(f64, f64)> = people.iter().map(|person| (person.predicted, person.observed)).collect();
    let range = padded(points.iter().flat_map(|point| [point.0, point.1]), 0.05);
    let identity = LinePlot::new().with_data([(range.0, range.0), (range.1, range.1)]).with_color(PALE).with_dashed();
    let dots = ScatterPlot::new().with_data(points).with_color(BLUE).with_size(4.2).with_marker_opacity(0.85);
    let outcome = words::spaced(&row.outcome);
    let features = features(&row.features);
    let q2 = words::fixed(row.q2, 2);
    let caption = format!(
        "{outcome}: each person's observed value against the prediction of a model fitted to the others ({features}, \
         {}). On the dashed line a prediction is exact. Q² = {q2}.",
        words::spaced(&row.learner)
    );
    let canvas = Canvas {
        name,
        title: &format!("{outcome} in people not seen"),
        subtitle: &format!("from {features}; Q² = {q2}; dashed: exact"),
        caption: &caption,
        x_label: "predicted, by a model of the others",
        y_label: "observed",
        x: range,
        y: range,
        height: 360.0,
        synthetic: study.synthetic(),
        ..Canvas::default()
    };
    Some(canvas.draw(vec![identity.with_stroke_width(1.2).into(), dots.into()]))
}
