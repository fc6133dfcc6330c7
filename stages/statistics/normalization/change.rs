//! The change of an analyte within a participant, between an earlier and a later sample.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Normalized;
use crate::statistics::descriptive;
use crate::statistics::grid::Grid;

/// How a change is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    /// `100 (to - from) / from`, before the first transform, scale or vsn step.
    Percent,
    /// `to / from`, before the first transform, scale or vsn step.
    Ratio,
    /// `log2(to / from)`, before the first transform, scale or vsn step.
    Log2Ratio,
    /// `ln(to / from)`, before the first transform, scale or vsn step.
    LnRatio,
    /// `to - from`, on the final scale.
    Difference,
    /// The residual of `to` regressed on `from` (least squares with intercept, over participants), on the final scale.
    Residualized,
}

impl Measure {
    pub const ALL: [Measure; 6] = [
        Measure::Percent,
        Measure::Ratio,
        Measure::Log2Ratio,
        Measure::LnRatio,
        Measure::Difference,
        Measure::Residualized,
    ];

    /// The name, as settings and tables write it.
    pub fn word(self) -> &'static str {
        match self {
            Measure::Percent => "percent",
            Measure::Ratio => "ratio",
            Measure::Log2Ratio => "log2_ratio",
            Measure::LnRatio => "ln_ratio",
            Measure::Difference => "difference",
            Measure::Residualized => "residualized",
        }
    }

    /// Whether the measure compares sizes, so that both values must be on a scale measured from zero.
    pub fn is_relative(self) -> bool {
        !matches!(self, Measure::Difference | Measure::Residualized)
    }

    /// The values that the measure compares.
    pub fn grid(self, normalized: &Normalized) -> &Grid {
        if self.is_relative() { &normalized.before_transform } else { &normalized.scaled }
    }

    /// The formula, for the methods section.
    pub fn formula(self) -> &'static str {
        match self {
            Measure::Percent => "percent change, 100 (to - from) / from",
            Measure::Ratio => "ratio, to / from",
            Measure::Log2Ratio => "log2 ratio, log2(to / from)",
            Measure::LnRatio => "log ratio, ln(to / from)",
            Measure::Difference => "difference, to - from",
            Measure::Residualized => {
                "residualized change, the residual of to regressed on from by least squares with an intercept"
            }
        }
    }
}

/// The rows of one participant's earlier and later samples; of several, the mean of the values that are there counts.
pub type Occasions = (Vec<usize>, Vec<usize>);

/// A measure of change with what it learned: for `residualized`, a line per analyte.
#[derive(Debug, Clone, PartialEq)]
pub struct ChangeFit {
    pub measure: Measure,
    lines: Vec<Option<Line>>,
}

/// `to = intercept + slope · from`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Line {
    pub intercept: f64,
    pub slope: f64,
}

impl ChangeFit {
    /// Learns the measure from the training participants' rows.
    pub fn fit(measure: Measure, normalized: &Normalized, pairs: &[Occasions]) -> ChangeFit {
        let grid = measure.grid(normalized);
        let analytes = if measure == Measure::Residualized { grid.analytes.len() } else { 0 };
        let values = |analyte| pairs.iter().filter_map(move |pair| both(grid, pair, analyte));
        let lines = (0..analytes).map(|analyte| Line::fit(&values(analyte).collect::<Vec<_>>())).collect();
        ChangeFit { measure, lines }
    }

    /// The change of one analyte between two occasions; none where a value is missing or the measure undefined.
    pub fn value(&self, normalized: &Normalized, pair: &Occasions, analyte: usize) -> Option<f64> {
        let (from, to) = both(self.measure.grid(normalized), pair, analyte)?;
        // METHOD: percent and ratios compare sizes: from zero or from a negative value they are undefined, and a
        // negative later value has no size. The logarithm of a ratio needs both to be positive.
        let sizes = from > 0.0 && to >= 0.0;
        let change = match self.measure {
            Measure::Difference => Some(to - from),
            Measure::Residualized => {
                let line = self.lines.get(analyte).copied().flatten()?;
                Some(to - (line.intercept + line.slope * from))
            }
            Measure::Percent => sizes.then(|| 100.0 * (to - from) / from),
            Measure::Ratio => sizes.then(|| to / from),
            Measure::Log2Ratio => (sizes && to > 0.0).then(|| log_of_ratio(to, from, libm::log2)),
            Measure::LnRatio => (sizes && to > 0.0).then(|| log_of_ratio(to, from, libm::log)),
        };
        change.filter(|change| change.is_finite())
    }

    /// The line of one analyte, where the measure learned one.
    pub fn line(&self, analyte: usize) -> Option<Line> {
        self.lines.get(analyte).copied().flatten()
    }
}

impl Line {
    /// Least squares with an intercept; none with fewer than three pairs or without variation in `from`.
    fn fit(pairs: &[(f64, f64)]) -> Option<Line> {
        let (from, to): (Vec<f64>, Vec<f64>) = pairs.iter().copied().unzip();
        if pairs.len() < 3 || !descriptive::is_more_than_rounding(descriptive::sd(&from)?, &from) {
            return None;
        }
        let (mean_from, mean_to) = (descriptive::mean(&from)?, descriptive::mean(&to)?);
        let cross: f64 = pairs.iter().map(|(x, y)| (x - mean_from) * (y - mean_to)).sum();
        let square: f64 = from.iter().map(|x| (x - mean_from) * (x - mean_from)).sum();
        let slope = cross / square;
        slope.is_finite().then_some(Line { intercept: mean_to - slope * mean_from, slope })
    }
}

/// The logarithm of a ratio, also of one that is no double.
fn log_of_ratio(to: f64, from: f64, log: fn(f64) -> f64) -> f64 {
    let ratio = to / from;
    if ratio.is_normal() { log(ratio) } else { log(to) - log(from) }
}

/// One present value of a grid.
pub fn cell(grid: &Grid, row: usize, analyte: usize) -> Option<f64> {
    let inside = row < grid.samples.len() && analyte < grid.analytes.len();
    Some(if inside { grid.get(row, analyte) } else { f64::NAN }).filter(|value| value.is_finite())
}

/// The mean of the present values of some rows.
///
/// METHOD: of several occasions, the arithmetic mean of the values that are there, on the scale that the measure uses.
pub fn mean_cell(grid: &Grid, rows: &[usize], analyte: usize) -> Option<f64> {
    let present: Vec<f64> = rows.iter().filter_map(|&row| cell(grid, row, analyte)).collect();
    descriptive::mean(&present)
}

fn both(grid: &Grid, (from, to): &Occasions, analyte: usize) -> Option<(f64, f64)> {
    Some((mean_cell(grid, from, analyte)?, mean_cell(grid, to, analyte)?))
}
