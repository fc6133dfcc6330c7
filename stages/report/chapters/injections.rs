//! The pooled QC samples over the order of injection, analyte by analyte.

use minijinja::Value;

use crate::normalize::schema::{PooledQcRow, QualityRow};
use crate::report::figures::{Figure, drift};
use crate::report::study::Study;
use crate::report::view::Draft;
use crate::statistics::descriptive;

/// The most analytes: where a drift was taken out, and where none was.
const DRAWN: usize = 6;
const DRAWN_WITHOUT: usize = 2;

/// Figures of the followed analytes, then of those whose drift was largest.
pub fn figures(study: &Study, draft: &mut Draft) -> Vec<Value> {
    let names: Vec<String> = study.inputs.pooled_qc.column("analyte");
    let curves: Vec<Option<f64>> = study.inputs.pooled_qc.column("curve");
    let spans = spans(&names, &curves);
    let drifted = spans.iter().any(|span| span.range > 0.0);
    let most = if drifted { DRAWN } else { DRAWN_WITHOUT };
    let followed = study.highlight.iter().filter_map(|name| spans.iter().find(|span| span.analyte == name));
    let mut chosen: Vec<&Span> = followed.take(most).collect();
    let mut others: Vec<&Span> = spans.iter().filter(|span| span.range > 0.0).collect();
    others.sort_by(|a, b| b.range.total_cmp(&a.range).then(a.analyte.cmp(b.analyte)));
    for other in others {
        if chosen.len() < most && chosen.iter().all(|span| span.analyte != other.analyte) {
            chosen.push(other);
        }
    }
    let first = drift_came_first(study);
    let figure = |(at, span): (usize, &&Span)| {
        let rows = rows(study, span);
        drift::draw(study, &format!("drift-{}", at + 1), &rows, first)
    };
    let figures: Vec<Figure> = chosen.iter().enumerate().filter_map(figure).collect();
    figures.into_iter().filter_map(|figure| draft.show(Some(figure))).collect()
}

/// The rows of one analyte and how far its drift went, as a share of its middle.
struct Span<'a> {
    analyte: &'a str,
    start: usize,
    end: usize,
    range: f64,
}

fn spans<'a>(names: &'a [String], curves: &[Option<f64>]) -> Vec<Span<'a>> {
    let mut spans = Vec::new();
    let mut start = 0;
    for group in names.chunk_by(|a, b| a == b) {
        let end = start + group.len();
        let known: Vec<f64> = curves[start..end].iter().flatten().copied().collect();
        let middle = descriptive::median(&known).filter(|middle| *middle > 0.0);
        let range =
            descriptive::extremes(&known).zip(middle).map_or(0.0, |((low, high), middle)| (high - low) / middle);
        spans.push(Span { analyte: &group[0], start, end, range });
        start = end;
    }
    spans
}

fn rows(study: &Study, span: &Span<'_>) -> Vec<PooledQcRow> {
    let table = study.inputs.pooled_qc.filter(|row| (span.start..span.end).contains(&row));
    table.map(|table| table.rows()).unwrap_or_default()
}

/// Whether no other step that changes values came before the correction of drift.
fn drift_came_first(study: &Study) -> bool {
    let mut steps = study.inputs.steps.rows();
    steps.sort_by_key(|row| row.position);
    let mut at_work = steps.iter().filter(|row| row.method != "none" && !matches!(&*row.step, "below_lod" | "filter"));
    at_work.next().is_none_or(|row| row.step == "drift")
}

/// What to say beside the figures, or instead of them.
pub fn note(study: &Study, quality: &[QualityRow], pooled: bool, undrawn: bool) -> String {
    if !pooled {
        return String::new();
    }
    let corrected = quality.iter().any(|row| row.step == "drift");
    if undrawn && study.inputs.pooled_qc.column::<Option<i64>>("injection_order").iter().any(Option::is_none) {
        return "The order of injection of the pooled QC samples is not known, so drift cannot be drawn.".into();
    }
    match (corrected, undrawn) {
        (true, _) | (false, true) => String::new(),
        (false, false) => {
            "No drift over the injections was corrected. The pooled QC samples show what there was of it.".into()
        }
    }
}
