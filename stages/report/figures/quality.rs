//! How well each analyte was measured, and how far each sample lies from the others.

use kuva::plot::annotations::ReferenceLine;
use kuva::plot::{ForestPlot, ScatterPlot};
use kuva::render::plots::Plot;

use super::Figure;
use super::canvas::{BLUE, Canvas, WARM, padded, quiet};
use crate::qc::schema::SampleQualityRow;
use crate::report::study::Study;

const MOST: usize = 25;

/// The RSD of each analyte in the pooled QC samples, the largest first; none without pooled QC.
pub fn rsd(study: &Study) -> Option<Figure> {
    let known = study.analyte_quality.iter().filter_map(|row| row.qc_rsd.map(|rsd| (rsd, row)));
    let mut known: Vec<_> = known.collect();
    known.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.analyte.cmp(&b.1.analyte)));
    let all = known.len();
    known.truncate(MOST);
    let (largest, _) = known.first()?;
    let limit = study.setting("stages.qc.analytes.max_qc_rsd").and_then(serde_json::Value::as_f64);
    let mut plot = ForestPlot::new().with_show_null_line(false).with_whisker_width(2.0).with_marker_size(4.5);
    for (rsd, row) in &known {
        let color = if row.decision == "keep" { BLUE } else { WARM };
        plot = plot.with_colored_row(row.analyte.clone(), *rsd, 0.0, *rsd, color);
    }
    let part = if all > MOST { format!(", the {MOST} largest of {all}") } else { String::new() };
    let caption = format!(
        "Relative standard deviation of each analyte over the pooled QC samples{part}. Orange: excluded or flagged.{}",
        limit.map_or(String::new(), |limit| format!(" The dashed line is the limit, {:.0}\u{a0}%.", 100.0 * limit))
    );
    let n = known.len();
    let canvas = Canvas {
        name: "qc-rsd",
        title: "How repeatable each measurement is",
        subtitle: &format!("RSD over the pooled QC samples{part}"),
        caption: &caption,
        x_label: "RSD",
        x: (0.0, 1.08 * limit.unwrap_or(0.0).max(*largest).max(1e-6)),
        y: (0.4, n as f64 + 0.6),
        rows: known.iter().map(|(_, row)| study.name(&row.analyte)).collect(),
        height: 70.0 + 24.0 * n as f64,
        lines: limit.map(|limit| quiet(ReferenceLine::vertical(limit))).into_iter().collect(),
        percent: true,
        synthetic: study.synthetic(),
        ..Canvas::default()
    };
    Some(canvas.draw(vec![plot.into()]))
}

/// Each sample's two robust distances, as shares of their limits; none where single people are not shown.
pub fn outliers(study: &Study) -> Option<Figure> {
    if !study.guard.points {
        return None;
    }
    let ratio = |value: Option<f64>, limit: Option<f64>| Some(value? / limit.filter(|limit| *limit > 0.0)?);
    let place = |row: &SampleQualityRow| {
        let within = ratio(row.outlier_statistic, row.outlier_limit)?;
        Some((within, ratio(row.orthogonal_distance, row.orthogonal_limit).unwrap_or(0.0), row.decision == "keep"))
    };
    let places: Vec<(f64, f64, bool)> = study.sample_quality.iter().filter_map(place).collect();
    if places.is_empty() {
        return None;
    }
    let dots = |kept: bool, color: &str| -> Plot {
        let points = places.iter().filter(|place| place.2 == kept).map(|place| (place.0, place.1));
        let points: Vec<(f64, f64)> = points.collect();
        ScatterPlot::new().with_data(points).with_color(color).with_size(4.0).with_marker_opacity(0.8).into()
    };
    let (_, right) = padded(places.iter().map(|place| place.0).chain([0.0, 1.1]), 0.06);
    let (_, top) = padded(places.iter().map(|place| place.1).chain([0.0, 1.1]), 0.06);
    let canvas = Canvas {
        name: "sample-outliers",
        title: "How far each sample lies from the others",
        subtitle: "robust distances as shares of their limits (dashed)",
        caption: "Each study sample's robust distance within the plane of the components and away from it, each as a share \
                  of its limit. Beyond a dashed line a sample is unusual. Orange: excluded or flagged, for any reason.",
        x_label: "distance within the components / limit",
        y_label: "distance from them / limit",
        x: (0.0, right),
        y: (0.0, top),
        lines: vec![quiet(ReferenceLine::vertical(1.0)), quiet(ReferenceLine::horizontal(1.0))],
        height: 320.0,
        synthetic: study.synthetic(),
        ..Canvas::default()
    };
    Some(canvas.draw(vec![dots(true, BLUE), dots(false, WARM)]))
}
