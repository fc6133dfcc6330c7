//! One metabolite against one outcome: the people, the line through them, and the band of its mean.

use kuva::plot::{BandPlot, LinePlot, ScatterPlot};
use kuva::render::plots::Plot;

use super::Figure;
use super::canvas::{BLUE, Canvas, WARM, padded};
use super::line_fit::LineFit;
use crate::report::study::Study;
use crate::report::words;
use crate::screen::schema::{AssociationRow, InfluenceRow};
use crate::statistics::descriptive;

/// The scatter of one association; none for a model with covariates or several terms, another family, or too few people.
pub fn draw(study: &Study, name: &str, row: &AssociationRow, people: &[&InfluenceRow]) -> Option<Figure> {
    if !is_line(study, row) || (people.len() as i64) < study.guard.min_cell().max(3) {
        return None;
    }
    let points: Vec<(f64, f64)> = people.iter().map(|person| (person.predictor_value, person.outcome_value)).collect();
    let fit = LineFit::new(&points, row.confidence)?;
    let (low, high) = span(&points, study.guard.points);
    let steps: Vec<f64> = (0..=60).map(|step| low + (high - low) * f64::from(step) / 60.0).collect();
    let limits: Vec<(f64, f64)> = steps.iter().map(|x| fit.limits(*x)).collect();
    let band = BandPlot::new(steps.clone(), limits.iter().map(|l| l.0), limits.iter().map(|l| l.1));
    let line =
        LinePlot::new().with_data(steps.iter().map(|x| (*x, fit.at(*x)))).with_color(BLUE).with_stroke_width(2.2);
    let mut plots: Vec<Plot> = vec![band.with_color(BLUE).with_opacity(0.14).into(), line.into()];
    let mut heights: Vec<f64> = limits.iter().flat_map(|l| [l.0, l.1]).collect();
    if study.guard.points {
        let dots = ScatterPlot::new().with_data(points.iter().copied()).with_color(WARM).with_size(4.2);
        plots.push(dots.with_marker_opacity(0.85).into());
        heights.extend(points.iter().map(|point| point.1));
    }
    let (analyte, outcome) = (study.name(&row.analyte), words::spaced(&row.outcome));
    let level = 100.0 * row.confidence;
    let hidden = if study.guard.points { "" } else { " Single people are not shown; the line spans their middle." };
    let caption = format!(
        "{analyte}, {}, and {}, n\u{a0}=\u{a0}{}: the least-squares line with the pointwise {level:.0}\u{a0}% limits of its mean, \
         from Student's t with the model's covariance (the drawing's own fit of these points).{hidden}",
        words::predictor(&row.predictor),
        words::outcome_within(row),
        study.guard.count(row.n).text()
    );
    let canvas = Canvas {
        name,
        title: &format!("{analyte} and {}", words::outcome_within(row)),
        subtitle: &format!(
            "n = {}, line with {level:.0}\u{a0}% limits of the mean (t)",
            study.guard.count(row.n).text()
        ),
        caption: &caption,
        x_label: &format!("{}, {}", words::short(&analyte, 30), words::predictor(&row.predictor)),
        y_label: &outcome,
        x: padded([low, high], 0.03),
        y: padded(heights, 0.06),
        height: 330.0,
        synthetic: study.synthetic(),
        ..Canvas::default()
    };
    Some(canvas.draw(plots))
}

/// Whether the model is the straight line of the outcome on this predictor alone.
fn is_line(study: &Study, row: &AssociationRow) -> bool {
    let linear = row.family == "gaussian" && matches!(row.link.as_str(), "identity" | "");
    let mut others = study.associations.iter().filter(|other| {
        (&other.model, &other.outcome, &other.analyte, &other.stratum)
            == (&row.model, &row.outcome, &row.analyte, &row.stratum)
    });
    let alone = others.all(|other| other.predictor == row.predictor);
    linear && alone && row.response != "analyte" && words::json_list(&row.covariates).is_empty()
}

/// All of the predictor's range, or, where nobody is shown, one standard deviation to each side of its mean.
fn span(points: &[(f64, f64)], everyone: bool) -> (f64, f64) {
    let x: Vec<f64> = points.iter().map(|point| point.0).collect();
    let around = || Some((descriptive::mean(&x)?, descriptive::sd(&x)?)).map(|(mean, sd)| (mean - sd, mean + sd));
    let span = if everyone { descriptive::extremes(&x) } else { around() };
    span.unwrap_or((f64::NAN, f64::NAN))
}
