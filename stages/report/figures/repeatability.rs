//! How repeatable the analytes are before and after normalization, as histograms of the robust RSD of pooled QC.

use kuva::plot::Histogram;
use kuva::plot::annotations::ReferenceLine;
use kuva::render::plots::Plot;

use super::Figure;
use super::canvas::{BLUE, Canvas, PALE, quiet};
use super::keys::{Key, Mark};
use crate::report::study::Study;
use crate::report::words;

/// Whatever is above stands in the last bin.
const HIGHEST: f64 = 0.6;

/// Histograms of the RSDs before and after; none where none is known before.
///
/// `unseen` is whether some of those after are of pooled QC samples that a curve of drift did not see.
pub fn histogram(study: &Study, before: &[f64], after: &[f64], unseen: bool) -> Option<Figure> {
    if before.is_empty() {
        return None;
    }
    let limit = study.setting("stages.qc.analytes.max_qc_rsd").and_then(serde_json::Value::as_f64);
    let largest = before.iter().chain(after).chain(&limit).copied().fold(0.0, f64::max);
    let width = if largest > 0.3 { 0.05 } else { 0.025 };
    let bins = ((largest.min(HIGHEST) / width + 1e-9).floor() as usize + 1).max(6);
    let changed = before != after;
    let (old, new) = (counts(before, width, bins), counts(after, width, bins));
    let half = |part: f64, counts: &[f64], color: &str| bars(counts, width, (part, part + 0.42), color);
    let plots: Vec<Plot> = match changed {
        true => vec![half(0.06, &old, PALE), half(0.52, &new, BLUE)],
        false => vec![bars(&old, width, (0.06, 0.94), BLUE)],
    };
    let top = old.iter().chain(&new).copied().fold(1.0, f64::max);
    let under = |values: &[f64], limit: f64| values.iter().filter(|value| **value < limit).count();
    let counted = |limit: f64| match changed {
        true => format!("under {:.0}\u{a0}%: {} → {}", 100.0 * limit, under(before, limit), under(after, limit)),
        false => format!("under {:.0}\u{a0}%: {}", 100.0 * limit, under(before, limit)),
    };
    let all = before.len();
    let canvas = Canvas {
        name: "repeatability",
        title: "How repeatable the analytes are",
        subtitle: &format!("of {all} analytes, {}; {}", counted(0.2), counted(0.3)),
        caption: &caption(changed && unseen, changed, (all, after.len()), limit, largest > bins as f64 * width),
        x_label: "robust RSD of pooled QC, %",
        y_label: "analytes",
        x: (0.0, 100.0 * width * bins as f64),
        y: (0.0, 1.08 * top),
        height: 290.0,
        lines: limit.map(|limit| quiet(ReferenceLine::vertical(100.0 * limit))).into_iter().collect(),
        keys: if changed { keys() } else { Vec::new() },
        synthetic: study.synthetic(),
        ..Canvas::default()
    };
    Some(canvas.draw(plots))
}

fn counts(values: &[f64], width: f64, bins: usize) -> Vec<f64> {
    let mut counts = vec![0.0; bins];
    for value in values.iter().filter(|value| **value >= 0.0) {
        counts[((value / width) as usize).min(bins - 1)] += 1.0;
    }
    counts
}

/// Bars over a part of each bin, on an axis in percent.
fn bars(counts: &[f64], width: f64, (from, to): (f64, f64), color: &str) -> Plot {
    let width = 100.0 * width;
    let edges = (0..counts.len()).flat_map(|bin| [(bin as f64 + from) * width, (bin as f64 + to) * width]);
    let heights = counts.iter().flat_map(|count| [*count, 0.0]);
    Histogram::from_bins(edges.collect(), heights.collect()).with_color(color).into()
}

fn keys() -> Vec<Key> {
    let key = |color: &'static str, text: &str| Key { mark: Mark::Bar, color, text: text.into() };
    vec![key(PALE, "as measured"), key(BLUE, "normalized")]
}

fn caption(unseen: bool, changed: bool, (before, after): (usize, usize), limit: Option<f64>, beyond: bool) -> String {
    let mut text =
        "Robust relative standard deviation (1.4826·MAD/median) of each analyte over the pooled QC samples".to_owned();
    text.push_str(if changed {
        ", before the first step and after the last one that works on measured values."
    } else {
        "."
    });
    if changed && after < before {
        let lost = words::count(before - after, "analyte has", "analytes have");
        text.push_str(&format!(" {lost} none afterwards."));
    }
    if unseen {
        text.push_str(" Where drift was corrected: of samples that the curve did not see.");
    }
    if let Some(limit) = limit {
        text.push_str(&format!(" The dashed line is quality control’s limit, {:.0}\u{a0}%.", 100.0 * limit));
    }
    if beyond {
        text.push_str(" The last bar holds all that lie beyond.");
    }
    text
}
