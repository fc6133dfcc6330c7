//! The course of the totals over the visits: description, and the paired change from the first visit.

use super::CONFIDENCE;
use super::schema::TrajectoryRow;
use super::totals::Totals;
use super::visits::Visits;
use crate::statistics::{descriptive, tails};

/// A row per visit.
pub fn describe(visits: &Visits, totals: &Totals) -> Vec<TrajectoryRow> {
    let asked = || totals.visits.iter().filter(|(_, visit)| visits.contains(visit));
    let first = asked().next().map(|(place, _)| *place);
    asked().map(|(place, visit)| of_visit(*place, visit, first, totals)).collect()
}

fn of_visit(place: i64, visit: &str, first: Option<i64>, totals: &Totals) -> TrajectoryRow {
    let values = totals.column(place);
    let later = first.filter(|first| *first != place);
    let change = later.and_then(|first| PairedChange::of(&totals.changes(first, place)));
    TrajectoryRow {
        visit: visit.to_owned(),
        visit_index: place,
        n: values.len() as i64,
        mean: descriptive::mean(&values),
        sd: descriptive::sd(&values),
        median: descriptive::median(&values),
        q1: descriptive::quantile(&values, 0.25),
        q3: descriptive::quantile(&values, 0.75),
        model_mean: None,
        model_std_error: None,
        model_df: None,
        model_low: None,
        model_high: None,
        change: change.map(|change| change.mean),
        change_std_error: change.and_then(|change| change.error).map(|error| error.std_error),
        change_df: change.and_then(|change| change.error).map(|error| error.df),
        change_low: change.and_then(|change| Some(change.mean - change.error?.half_width)),
        change_high: change.and_then(|change| Some(change.mean + change.error?.half_width)),
        change_p: change.and_then(|change| change.error?.p_value),
    }
}

/// The mean of paired differences, with its t limits.
#[derive(Debug, Clone, Copy, PartialEq)]
struct PairedChange {
    mean: f64,
    error: Option<ChangeError>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
struct ChangeError {
    std_error: f64,
    df: f64,
    half_width: f64,
    /// None where all differences are equal: there is no t.
    p_value: Option<f64>,
}

impl PairedChange {
    /// `mean ± t(df) sd/√n` with `df = n - 1`; p of `mean √n / sd`, two-sided.
    fn of(differences: &[f64]) -> Option<Self> {
        let mean = descriptive::mean(differences)?;
        let error = descriptive::sd(differences).map(|sd| {
            let n = differences.len() as f64;
            let (std_error, df) = (sd / n.sqrt(), n - 1.0);
            let half_width = std_error * tails::t_quantile(1.0 - (1.0 - CONFIDENCE) / 2.0, df);
            let p_value = (std_error > 0.0).then(|| 2.0 * tails::t_sf((mean / std_error).abs(), df));
            ChangeError { std_error, df, half_width, p_value }
        });
        Some(PairedChange { mean, error })
    }
}
