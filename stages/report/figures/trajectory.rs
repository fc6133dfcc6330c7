//! The course of the totals over the visits: the mean with its standard deviation, and each person where allowed.

use std::collections::BTreeMap;

use kuva::plot::LinePlot;
use kuva::render::plots::Plot;

use super::Figure;
use super::canvas::{BLUE, Canvas, PALE, padded};
use crate::report::study::Study;
use crate::report::words;

/// The course over the visits; none with fewer than two visits that have a mean.
pub fn draw(study: &Study) -> Option<Figure> {
    let small = study.guard.min_cell();
    let shown: Vec<_> = study.trajectory.iter().filter(|row| row.mean.is_some() && row.n >= small).collect();
    if shown.len() < 2 {
        return None;
    }
    let columns: Vec<String> = study.trajectory.iter().map(|row| words::spaced(&row.visit)).collect();
    let place: BTreeMap<i64, f64> =
        study.trajectory.iter().enumerate().map(|(at, row)| (row.visit_index, at as f64 + 1.0)).collect();
    let at = |index: i64| place.get(&index).copied();
    let people = if study.guard.points { people(study, &place) } else { Vec::new() };
    let mean: Vec<(f64, f64)> = shown.iter().filter_map(|row| Some((at(row.visit_index)?, row.mean?))).collect();
    let spread: Vec<f64> = shown.iter().map(|row| row.sd.unwrap_or(0.0)).collect();
    let values = mean.iter().zip(&spread).flat_map(|(p, sd)| [p.1 - sd, p.1 + sd]);
    let (low, high) = padded(values.chain(people.iter().flatten().map(|p| p.1)), 0.06);
    let each = people.iter().map(|line| {
        let line = LinePlot::new().with_data(line.iter().copied()).with_color(PALE).with_stroke_width(0.55);
        Plot::from(line)
    });
    let line = LinePlot::new().with_data(mean).with_y_err(spread).with_color(BLUE).with_stroke_width(2.6);
    let plots: Vec<Plot> = each.chain([line.into()]).collect();
    let instrument = study.instrument();
    let subtitle = if people.is_empty() { "mean ± SD" } else { "mean ± SD, and each person as a thin line" };
    let first = shown.first().map_or("", |row| row.visit.as_str());
    let last = shown.last().map_or("", |row| row.visit.as_str());
    let caption = format!(
        "Course of the {instrument} total from {} to {}: the thick line is the mean of the people seen at each visit, \
         the bars one standard deviation to each side.",
        words::spaced(first),
        words::spaced(last)
    );
    let canvas = Canvas {
        name: "trajectory",
        title: &format!("{instrument} total over the visits"),
        subtitle,
        caption: &caption,
        y_label: &format!("{instrument} total"),
        x: (0.5, columns.len() as f64 + 0.5),
        y: (if low < 0.0 { 0.0 } else { low }, high),
        columns,
        height: 350.0,
        synthetic: study.synthetic(),
        ..Canvas::default()
    };
    Some(canvas.draw(plots))
}

/// Each person's totals in the order of the visits.
fn people(study: &Study, place: &BTreeMap<i64, f64>) -> Vec<Vec<(f64, f64)>> {
    let mut lines: BTreeMap<String, Vec<(f64, f64)>> = BTreeMap::new();
    for row in study.inputs.assessments.rows() {
        if let (Some(x), Some(total)) = (place.get(&row.visit_index), row.total) {
            lines.entry(row.participant_id).or_default().push((*x, total));
        }
    }
    let sorted = lines.into_values().map(|mut line| {
        line.sort_by(|a, b| a.0.total_cmp(&b.0));
        line
    });
    sorted.collect()
}
