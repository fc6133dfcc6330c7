//! How many reached each yes-or-no endpoint, with Wilson's limits.

use kuva::plot::ForestPlot;

use super::Figure;
use super::canvas::{BLUE, Canvas};
use crate::report::study::Study;
use crate::report::words;

/// A row per endpoint whose rate may be shown; none where there is none.
pub fn draw(study: &Study) -> Option<Figure> {
    let shown = study.rates.iter().filter(|row| {
        let (events, n) = study.guard.rate(row);
        events.is_shown() && n.is_shown()
    });
    let mut plot = ForestPlot::new().with_color(BLUE).with_show_null_line(false).with_whisker_width(2.0);
    let mut rows = Vec::new();
    for row in shown {
        if let (Some(rate), Some(low), Some(high)) = (row.rate, row.wilson_low, row.wilson_high) {
            plot = plot.with_row(row.endpoint.clone(), rate, low, high);
            rows.push(words::spaced(&row.endpoint));
        }
    }
    let n = rows.len();
    (n > 0).then(|| {
        Canvas {
            name: "rates",
            title: "Response and remission",
            subtitle: "share of people, with 95 % limits (Wilson)",
            caption: "The share of people who reached each yes-or-no endpoint, with Wilson's 95 % limits.",
            x_label: "share of people",
            x: (0.0, 1.0),
            y: (0.4, n as f64 + 0.6),
            rows,
            height: 70.0 + 32.0 * n as f64,
            percent: true,
            synthetic: study.synthetic(),
            ..Canvas::default()
        }
        .draw(vec![plot.into()])
    })
}
