//! The estimates of one model and outcome with their limits, a row per metabolite.

use kuva::plot::ForestPlot;

use super::Figure;
use super::canvas::{BLUE, Canvas, PALE, WARM, padded};
use crate::report::study::Study;
use crate::report::words;
use crate::screen::schema::AssociationRow;

/// The most rows a reader can take in.
pub const MOST: usize = 25;

/// The forest of these rows, which are of one model, outcome and predictor; the smallest p at the top.
pub fn draw(study: &Study, name: &str, rows: &[&AssociationRow]) -> Option<Figure> {
    let mut tested: Vec<&&AssociationRow> =
        rows.iter().filter(|row| row.p_value.is_some() && row.estimate.is_some()).collect();
    tested
        .sort_by(|a, b| a.p_value.unwrap_or(1.0).total_cmp(&b.p_value.unwrap_or(1.0)).then(a.analyte.cmp(&b.analyte)));
    let all = tested.len();
    tested.truncate(MOST);
    let first = tested.first()?;
    let ends = tested.iter().flat_map(|row| [row.estimate, row.conf_low, row.conf_high]).flatten();
    let x = padded(ends.chain([0.0]), 0.05);
    let mut plot = ForestPlot::new().with_whisker_width(1.8).with_marker_size(4.5);
    let mut labels = Vec::new();
    for row in &tested {
        // A limit that is missing beside a p-value is infinite: its line goes to the edge.
        let (estimate, low, high) = (row.estimate?, row.conf_low.unwrap_or(x.0), row.conf_high.unwrap_or(x.1));
        let clear = row.conf_low.is_some_and(|low| low > 0.0) || row.conf_high.is_some_and(|high| high < 0.0);
        let color = if study.highlight.contains(&row.analyte) {
            WARM
        } else if clear {
            BLUE
        } else {
            PALE
        };
        labels.push(study.name(&row.analyte));
        plot = plot.with_colored_row(row.analyte.clone(), estimate, low, high, color);
    }
    let outcome = words::outcome_within(first);
    let level = 100.0 * first.confidence;
    let part = if all > MOST { format!(", the {MOST} smallest p of {all}") } else { String::new() };
    let model = words::spaced(&first.model);
    let subtitle = format!("model {model}, {level:.0}\u{a0}% limits, n\u{a0}=\u{a0}{}{part}", people(study, &tested));
    let caption = format!(
        "Estimates for {outcome}, in {}, with {level:.0}\u{a0}% limits ({}), under the model “{model}”{part}; the \
         predictor is {}. Limits that cross zero are grey; what is followed below is orange.",
        study.effect(first),
        words::term(&first.inference),
        words::predictor(&first.predictor)
    );
    let n = labels.len();
    let canvas = Canvas {
        name,
        title: &outcome,
        subtitle: &subtitle,
        caption: &caption,
        x_label: &study.effect(first),
        x,
        y: (0.4, n as f64 + 0.6),
        rows: labels,
        height: 70.0 + 24.0 * n as f64,
        synthetic: study.synthetic(),
        ..Canvas::default()
    };
    Some(canvas.draw(vec![plot.into()]))
}

/// How many people the tests have: one number, or its range.
fn people(study: &Study, rows: &[&&AssociationRow]) -> String {
    let low = rows.iter().map(|row| row.n).min().unwrap_or(0);
    let high = rows.iter().map(|row| row.n).max().unwrap_or(0);
    let (low, high) = (study.guard.count(low).text(), study.guard.count(high).text());
    if low == high { low } else { format!("{low} to {high}") }
}
