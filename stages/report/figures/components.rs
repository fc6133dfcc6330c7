//! Where the samples lie on the first two principal components, pooled QC in front.

use std::collections::BTreeSet;

use kuva::plot::ScatterPlot;
use kuva::plot::scatter::MarkerShape;
use kuva::render::plots::Plot;

use super::Figure;
use super::canvas::{BLUE, Canvas, GREEN, PALE, PLUM, WARM, padded};
use super::keys::{Key, Mark};
use crate::normalize::schema::ScoreRow;
use crate::report::study::Study;
use crate::report::words;

/// The most points of one figure.
const MOST: usize = 2000;
/// How batches are told apart.
const LOOKS: [(MarkerShape, &str); 4] = [
    (MarkerShape::Circle, BLUE),
    (MarkerShape::Triangle, GREEN),
    (MarkerShape::Square, PLUM),
    (MarkerShape::TriangleDown, PALE),
];

/// The samples in one state, `measured` or `normalized`; without study samples where single people are not shown, and
/// none where no sample is left to draw.
pub fn draw(study: &Study, rows: &[ScoreRow], state: &str) -> Option<Figure> {
    let here = rows.iter().filter(|row| row.state == state && row.pc1.is_some());
    let (people, pooled): (Vec<&ScoreRow>, Vec<&ScoreRow>) = here.partition(|row| row.r#type == "study");
    let people = if study.guard.points { people } else { Vec::new() };
    let step = (people.len() + pooled.len()).div_ceil(MOST).max(1);
    let some = |rows: Vec<&'_ ScoreRow>| -> Vec<ScoreRow> { rows.into_iter().step_by(step).cloned().collect() };
    let (people, pooled) = (some(people), some(pooled));
    let first = people.first().or(pooled.first())?;
    let batches = batches(people.iter().chain(&pooled));
    let (plots, keys) = (plots(&people, &pooled, &batches), keys(&people, &pooled, &batches));
    let after = state == "normalized";
    let axis = |n: usize, share: Option<f64>| match share {
        Some(share) => format!("component {n} ({:.0} % of the variance)", 100.0 * share),
        None => format!("component {n}"),
    };
    let all = || people.iter().chain(&pooled);
    let canvas = Canvas {
        name: if after { "components-after" } else { "components-before" },
        title: if after { "Samples after normalization" } else { "Samples as measured" },
        subtitle: "principal components of log, unit-variance values",
        caption: &caption(study, state, step, &batches, !pooled.is_empty()),
        x_label: &axis(1, first.explained_1),
        y_label: &axis(2, first.explained_2),
        x: padded(all().filter_map(|row| row.pc1), 0.06),
        y: padded(all().map(|row| row.pc2.unwrap_or(0.0)), 0.06),
        height: 330.0,
        keys,
        synthetic: study.synthetic(),
        ..Canvas::default()
    };
    Some(canvas.draw(plots))
}

/// The batches that the figure tells apart; none where there is one, or more than there are looks.
fn batches<'a>(rows: impl Iterator<Item = &'a ScoreRow>) -> Batches {
    let names: BTreeSet<String> = rows.filter_map(|row| row.batch.clone()).collect();
    let known = names.len();
    Batches { names: if (2..=LOOKS.len()).contains(&known) { names.into_iter().collect() } else { Vec::new() }, known }
}

struct Batches {
    names: Vec<String>,
    known: usize,
}

impl Batches {
    fn look(&self, row: &ScoreRow) -> usize {
        row.batch.as_ref().and_then(|batch| self.names.iter().position(|name| name == batch)).unwrap_or(0)
    }
}

fn plots(people: &[ScoreRow], pooled: &[ScoreRow], batches: &Batches) -> Vec<Plot> {
    let dots = |rows: &[ScoreRow], look: usize, color: &str, size: f64, opacity: f64| -> Plot {
        let mine = rows.iter().filter(|row| batches.look(row) == look);
        let points: Vec<(f64, f64)> = mine.filter_map(|row| Some((row.pc1?, row.pc2.unwrap_or(0.0)))).collect();
        let plot = ScatterPlot::new().with_data(points).with_color(color).with_size(size);
        plot.with_marker(LOOKS[look].0).with_marker_opacity(opacity).into()
    };
    let looks = || 0..batches.names.len().max(1);
    let behind = looks().map(|look| dots(people, look, LOOKS[look].1, 3.6, 0.65));
    behind.chain(looks().map(|look| dots(pooled, look, WARM, 5.0, 0.95))).collect()
}

fn keys(people: &[ScoreRow], pooled: &[ScoreRow], batches: &Batches) -> Vec<Key> {
    let key = |shape: MarkerShape, color: &'static str, text: String| Key { mark: Mark::Shape(shape), color, text };
    let mut keys = Vec::new();
    if !people.is_empty() && batches.names.is_empty() {
        keys.push(key(MarkerShape::Circle, BLUE, "study samples".into()));
    }
    for (name, (shape, color)) in batches.names.iter().zip(LOOKS) {
        let name = words::short(&words::spaced(name), 22);
        keys.push(key(shape, if people.is_empty() { WARM } else { color }, name));
    }
    let told_by_batch = people.is_empty() && !batches.names.is_empty();
    if !pooled.is_empty() && !told_by_batch {
        keys.push(key(MarkerShape::Circle, WARM, "pooled QC".into()));
    }
    keys
}

fn caption(study: &Study, state: &str, step: usize, batches: &Batches, pooled: bool) -> String {
    let when = if state == "normalized" { "after normalization, before any transformation" } else { "as measured" };
    let mut text = format!(
        "The samples on the first two principal components, {when}: each analyte on the log scale where \
        it has no value of zero or less, with unit variance."
    );
    if pooled {
        text.push_str(
            " Orange: pooled QC, which are one and the same material: the closer they lie together, the better.",
        );
    }
    match batches.names.len() {
        0 if batches.known > 1 => text.push_str(&format!(" Its {} batches are not told apart.", batches.known)),
        0 => {}
        _ => text.push_str(" The shape is the batch."),
    }
    if !study.guard.points {
        text.push_str(" Samples of single people are not shown.");
    }
    if step > 1 {
        text.push_str(&format!(" One of every {step} samples is drawn, in the order of their names."));
    }
    text
}
