//! The area under an analyte's curve within a participant, by the trapezoidal rule.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What of the area is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum AreaMeasure {
    /// The area under the curve, in the values' unit times that of time.
    Area,
    /// The area above the first value; what lies below it counts negative (Matthews 1990, 10.1136/bmj.300.6719.230).
    IncrementalArea,
    /// The area divided by the time it spans: the mean over time.
    TimeAverage,
}

impl AreaMeasure {
    pub const ALL: [AreaMeasure; 3] = [AreaMeasure::Area, AreaMeasure::IncrementalArea, AreaMeasure::TimeAverage];

    /// The name, as settings and tables write it.
    pub fn word(self) -> &'static str {
        match self {
            AreaMeasure::Area => "area",
            AreaMeasure::IncrementalArea => "incremental_area",
            AreaMeasure::TimeAverage => "time_average",
        }
    }

    /// The measure for the methods section.
    pub fn phrase(self) -> &'static str {
        match self {
            AreaMeasure::Area => "the area under the curve",
            AreaMeasure::IncrementalArea => "the area above the first value, what lies below it counted negative",
            AreaMeasure::TimeAverage => "the area divided by the time it spans",
        }
    }

    /// The measure of a curve: `Σ (t[i+1] − t[i]) (x[i] + x[i+1]) / 2`, less `x[0] (t[n] − t[0])` for the incremental
    /// area, over `t[n] − t[0]` for the average. None with fewer than two points or times that do not grow.
    ///
    /// `curve` is pairs of time and value, in order. Source: Matthews 1990, 10.1136/bmj.300.6719.230.
    pub fn of(self, curve: &[(f64, f64)]) -> Option<f64> {
        let ((start, first), (end, _)) = (*curve.first()?, *curve.last()?);
        let grows = curve.len() > 1 && curve.windows(2).all(|pair| pair[0].0 < pair[1].0);
        let pieces = curve.windows(2).map(|pair| (pair[1].0 - pair[0].0) * (pair[0].1 + pair[1].1) / 2.0);
        let area: f64 = pieces.sum();
        let measure = match self {
            AreaMeasure::Area => area,
            AreaMeasure::IncrementalArea => area - first * (end - start),
            AreaMeasure::TimeAverage => area / (end - start),
        };
        (grows && measure.is_finite()).then_some(measure)
    }
}

#[cfg(test)]
mod tests {
    use super::AreaMeasure::*;

    const CURVE: [(f64, f64); 3] = [(0.0, 2.0), (2.0, 6.0), (5.0, 4.0)];

    #[test]
    fn the_trapezoids_of_three_points_by_hand() {
        assert_eq!([Area, IncrementalArea, TimeAverage].map(|m| m.of(&CURVE)), [Some(23.0), Some(13.0), Some(4.6)]);
    }

    #[test]
    fn a_straight_line_needs_no_inner_point_and_a_shift_moves_only_what_it_should() {
        let line = |ts: &[f64]| ts.iter().map(|t| (*t, 1.0 + 3.0 * t)).collect::<Vec<_>>();
        for measure in [Area, IncrementalArea, TimeAverage] {
            let (few, many) =
                (measure.of(&line(&[0.0, 4.0])).unwrap(), measure.of(&line(&[0.0, 0.5, 3.0, 4.0])).unwrap());
            assert!((few - many).abs() < 1e-12);
            let shifted = CURVE.map(|(t, x)| (t + 7.0, x + 10.0));
            let by = match measure {
                Area => 50.0,
                IncrementalArea => 0.0,
                TimeAverage => 10.0,
            };
            assert!((measure.of(&shifted).unwrap() - measure.of(&CURVE).unwrap() - by).abs() < 1e-12);
        }
    }

    #[test]
    fn one_point_or_time_that_stands_still_has_no_area() {
        for curve in [&CURVE[..1], &[(1.0, 2.0), (1.0, 3.0)][..], &[(1.0, 2.0), (0.0, 3.0)][..], &[][..]] {
            assert_eq!(Area.of(curve), None);
        }
    }
}
