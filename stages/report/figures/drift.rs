//! One analyte in the pooled QC samples over the injections: as measured with the drift that was found, and normalized.

use kuva::plot::annotations::ReferenceLine;
use kuva::plot::{LinePlot, ScatterPlot};
use kuva::render::plots::Plot;

use super::Figure;
use super::canvas::{BLUE, Canvas, PALE, WARM, padded, quiet};
use super::keys::{Key, Mark};
use crate::normalize::schema::PooledQcRow;
use crate::report::study::Study;
use crate::statistics::descriptive;
use kuva::plot::scatter::MarkerShape;

/// The most points of one figure.
const MOST: usize = 1500;

/// One pooled QC sample, each value as a share of its own median.
#[derive(Debug, Clone, Copy)]
struct Point {
    x: f64,
    measured: Option<f64>,
    curve: Option<f64>,
    normalized: Option<f64>,
}

/// The rows of one analyte; none without an order of injection or without a positive median.
///
/// `first` is whether the drift was taken out of the values as they were measured, so that the curve is in their unit.
pub fn draw(study: &Study, name: &str, rows: &[PooledQcRow], first: bool) -> Option<Figure> {
    let (places, borders, in_order) = places(rows)?;
    let points = shares(rows, &places, first)?;
    let step = points.len().div_ceil(MOST).max(1);
    let points: Vec<Point> = points.into_iter().step_by(step).collect();
    let changed = points.iter().any(|point| point.measured != point.normalized);
    let curved = points.iter().any(|point| point.curve.is_some());
    let analyte = study.name(&rows.first()?.analyte);
    let caption = caption(&analyte, changed, curved, !borders.is_empty(), step);
    let heights = points.iter().flat_map(|point| [point.measured, point.curve, point.normalized]).flatten();
    let canvas = Canvas {
        name,
        title: &format!("{analyte} in pooled QC"),
        subtitle: "each value as a share of their median",
        caption: &caption,
        x_label: if in_order { "order of injection" } else { "pooled QC, batch after batch" },
        y_label: "share of the median",
        x: padded(points.iter().map(|point| point.x), 0.03),
        y: padded(heights, 0.08),
        height: 270.0,
        lines: borders.iter().map(|x| quiet(ReferenceLine::vertical(*x))).collect(),
        keys: keys(changed, curved),
        percent: true,
        synthetic: study.synthetic(),
        ..Canvas::default()
    };
    Some(canvas.draw(plots(&points, changed, &borders)))
}

/// Where each row stands, the borders between batches, and whether that is the order of injection.
///
/// Where the count begins anew in each batch, the samples are counted through, batch after batch.
fn places(rows: &[PooledQcRow]) -> Option<(Vec<f64>, Vec<f64>, bool)> {
    let orders: Vec<i64> = rows.iter().map(|row| row.injection_order).collect::<Option<_>>()?;
    let mut sorted: Vec<usize> = (0..rows.len()).collect();
    sorted.sort_by_key(|&row| (orders[row], rows[row].batch.clone()));
    let batches = |sorted: &[usize]| sorted.windows(2).filter(|w| rows[w[0]].batch != rows[w[1]].batch).count() + 1;
    let distinct: std::collections::BTreeSet<_> = rows.iter().map(|row| &row.batch).collect();
    let in_order = batches(&sorted) == distinct.len();
    if !in_order {
        sorted.sort_by_key(|&row| (rows[row].batch.clone(), orders[row]));
    }
    let mut places = vec![0.0; rows.len()];
    for (at, &row) in sorted.iter().enumerate() {
        places[row] = if in_order { orders[row] as f64 } else { at as f64 + 1.0 };
    }
    let turns = sorted.windows(2).filter(|w| rows[w[0]].batch != rows[w[1]].batch);
    let borders = turns.map(|w| (places[w[0]] + places[w[1]]) / 2.0).collect();
    Some((places, borders, in_order))
}

fn shares(rows: &[PooledQcRow], places: &[f64], first: bool) -> Option<Vec<Point>> {
    let middle = |of: fn(&PooledQcRow) -> Option<f64>| {
        let values: Vec<f64> = rows.iter().filter_map(of).collect();
        descriptive::median(&values).filter(|median| *median > 0.0)
    };
    let measured = middle(|row| row.measured)?;
    let normalized = middle(|row| row.normalized);
    // A curve that was found after another step is in the unit of that step's values.
    let curve = if first { Some(measured) } else { middle(|row| row.curve) };
    let share = |value: Option<f64>, whole: Option<f64>| Some(value? / whole?);
    let point = |(row, x): (&PooledQcRow, &f64)| Point {
        x: *x,
        measured: share(row.measured, Some(measured)),
        curve: share(row.curve, curve),
        normalized: share(row.normalized, normalized),
    };
    let mut points: Vec<Point> = rows.iter().zip(places).map(point).collect();
    points.sort_by(|a, b| a.x.total_cmp(&b.x));
    Some(points)
}

fn plots(points: &[Point], changed: bool, borders: &[f64]) -> Vec<Plot> {
    let dots = |of: fn(&Point) -> Option<f64>, color: &str, shape: MarkerShape, opacity: f64| -> Plot {
        let data: Vec<(f64, f64)> = points.iter().filter_map(|point| Some((point.x, of(point)?))).collect();
        let plot = ScatterPlot::new().with_data(data).with_color(color).with_size(4.2);
        plot.with_marker(shape).with_marker_opacity(opacity).into()
    };
    // The curve of one batch does not go on into the next.
    let batch = |x: f64| borders.iter().filter(|border| **border < x).count();
    let curves = points.chunk_by(|a, b| batch(a.x) == batch(b.x)).map(|part| -> Plot {
        let data: Vec<(f64, f64)> = part.iter().filter_map(|point| Some((point.x, point.curve?))).collect();
        LinePlot::new().with_data(data).with_color(WARM).with_stroke_width(2.0).into()
    });
    let mut plots: Vec<Plot> = curves.collect();
    plots.push(dots(|point| point.measured, if changed { PALE } else { BLUE }, MarkerShape::Circle, 0.9));
    if changed {
        plots.push(dots(|point| point.normalized, BLUE, MarkerShape::Diamond, 0.9));
    }
    plots
}

fn keys(changed: bool, curved: bool) -> Vec<Key> {
    let key = |mark: Mark, color: &'static str, text: &str| Key { mark, color, text: text.into() };
    let mut keys = vec![key(Mark::Shape(MarkerShape::Circle), if changed { PALE } else { BLUE }, "as measured")];
    if curved {
        keys.push(key(Mark::Line, WARM, "drift that was found"));
    }
    if changed {
        keys.push(key(Mark::Shape(MarkerShape::Diamond), BLUE, "normalized"));
    }
    keys
}

fn caption(analyte: &str, changed: bool, curved: bool, batches: bool, step: usize) -> String {
    let mut text = format!("{analyte} in each pooled QC sample over the injections, as a share of their median");
    text.push_str(match (curved, changed) {
        (true, _) => {
            ": as measured (grey), the drift that was found (line), and after normalization (blue), which lies closer \
             than a sample would that the line did not see."
        }
        (false, true) => ": as measured (grey) and after normalization (blue). No drift was taken out of it.",
        (false, false) => ". No step changed it.",
    });
    if batches {
        text.push_str(" Dashed lines stand between batches.");
    }
    if step > 1 {
        text.push_str(&format!(" One of every {step} samples is drawn."));
    }
    text
}
