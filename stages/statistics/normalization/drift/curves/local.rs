//! Local regression through the pooled QC samples of one batch.

use rayon::prelude::*;

use super::nested::{Beyond, Nested, Unseen};
use super::plan::spread;
use crate::statistics::local_regression::{neighbours, weights};
use crate::statistics::product::dot;
use crate::statistics::smoothing_spline::LeftOut;

/// How many spans cross-validation compares at most.
const SPANS: usize = 20;

/// What local curves through points at the same places share.
#[derive(Debug, Clone, PartialEq)]
pub(in super::super) struct LocalPlan {
    x: Vec<f64>,
    degree: usize,
    span: Option<f64>,
    /// The numbers of neighbours that may be chosen, with how they predict each point from the others.
    choices: Vec<(usize, Unseen)>,
}

/// A local curve by its points.
#[derive(Debug, Clone, PartialEq)]
pub(in super::super) struct LocalCurve {
    x: Vec<f64>,
    y: Vec<f64>,
    degree: usize,
    q: usize,
}

/// The weights of every choice at some places, for curves through all points of a plan.
#[derive(Debug, Clone, PartialEq)]
pub(in super::super) struct Laid {
    points: usize,
    /// Neighbours, and by place the first point with a weight and the weights from there on.
    by_choice: Vec<(usize, Vec<Row>)>,
}

/// The first point with a weight, and the weights from there on.
type Row = (usize, Vec<f64>);

impl LocalPlan {
    /// Prepares every span that may be chosen; or says why none can be.
    ///
    /// METHOD: cross-validation compares the spans k/n, k from degree + 3 to n: all of them, or 20 evenly spaced where
    /// there are more. A point is left out as if it had never been measured: the same span of one point fewer. A span
    /// at which fewer points have a weight than the polynomial has coefficients is none to choose.
    pub fn new(x: &[f64], degree: usize, span: Option<f64>) -> Result<LocalPlan, String> {
        let n = x.len();
        let spans: Vec<f64> = match span {
            Some(span) => vec![span],
            None => candidates(degree + 3, n).into_iter().map(|k| k as f64 / n as f64).collect(),
        };
        let choices: Vec<(usize, Unseen)> =
            spans.into_par_iter().filter_map(|span| Some((neighbours(n, span), unseen(x, degree, span)?))).collect();
        if choices.is_empty() {
            let what = span.map_or(String::new(), |span| format!(" with a span of {span}"));
            return Err(format!("{n} pooled QC samples are too few for a local curve of degree {degree}{what}"));
        }
        Ok(LocalPlan { x: x.to_vec(), degree, span, choices })
    }

    /// The curve of the span that predicts left-out points best, and what is predicted at each point by a curve that
    /// owes it nothing; y is NaN where there is no point.
    pub fn draw(&self, y: &[f64]) -> Result<Option<(LocalCurve, Vec<f64>)>, String> {
        let there: Vec<usize> = (0..y.len()).filter(|&i| !y[i].is_nan()).collect();
        if there.len() == y.len() {
            return Ok(self.draw_all(y));
        }
        let pick = |from: &[f64]| there.iter().map(|&i| from[i]).collect::<Vec<f64>>();
        let plan = LocalPlan::new(&pick(&self.x), self.degree, self.span)?;
        Ok(plan.draw_all(&pick(y)).map(|(curve, held)| (curve, spread(&held, &there, y.len()))))
    }

    fn draw_all(&self, y: &[f64]) -> Option<(LocalCurve, Vec<f64>)> {
        let mut nested = Nested::new(y);
        let mut best: Option<(f64, usize)> = None;
        for (q, unseen) in self.choices.iter().rev() {
            let score = nested.offer(unseen);
            if score.is_finite() && best.is_none_or(|(least, _)| score < least) {
                best = Some((score, *q));
            }
        }
        let (_, q) = best?;
        let curve = LocalCurve { x: self.x.clone(), y: y.to_vec(), degree: self.degree, q };
        Some((curve, nested.predictions()?))
    }

    /// The weights of every choice at some places.
    pub fn lay(&self, places: &[f64]) -> Laid {
        let of = |(q, _): &(usize, Unseen)| {
            let at = |place: &f64| trim(at(&self.x, *place, *q, self.degree));
            (*q, places.par_iter().map(at).collect())
        };
        Laid { points: self.x.len(), by_choice: self.choices.iter().map(of).collect() }
    }
}

/// At most `SPANS` numbers from `first` to `last`, both included.
fn candidates(first: usize, last: usize) -> Vec<usize> {
    if first > last {
        return Vec::new();
    }
    let steps = (last - first).min(SPANS - 1);
    let step = |k: usize| first + ((last - first) * k + steps / 2) / steps.max(1);
    (0..=steps).map(step).collect()
}

/// The weights that predict each point from the others with the same span; none where they determine no curve.
fn unseen(x: &[f64], degree: usize, span: f64) -> Option<Unseen> {
    let (n, q) = (x.len(), neighbours(x.len() - 1, span));
    let left_out: Vec<Vec<f64>> = (0..n).map(|i| weights(x, Some(i), x[i], q, degree)).collect::<Option<_>>()?;
    let end = |i: usize| {
        let others = x.iter().enumerate().filter(|(j, _)| *j != i).map(|(_, x)| *x);
        let (low, high) = others.fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), x| (l.min(x), h.max(x)));
        Some(x[i].clamp(low, high)).filter(|end| *end != x[i]).map(|end| (i, end))
    };
    let held =
        |(i, end): (usize, f64)| Some(Beyond::Weights { point: i, weights: weights(x, Some(i), end, q, degree)? });
    let held = (0..n).filter_map(end).map(held).collect::<Option<_>>()?;
    Some(Unseen { left_out: LeftOut::by_weights(left_out.concat()), held })
}

impl LocalCurve {
    /// The curve at some places; `laid` holds their weights where the curve goes through all points of its plan.
    pub fn at(&self, places: &[f64], laid: Option<&Laid>) -> Vec<f64> {
        let known = laid.filter(|laid| laid.points == self.x.len());
        match known.and_then(|laid| laid.by_choice.iter().find(|(q, _)| *q == self.q)) {
            Some((_, rows)) => rows.iter().map(|(first, weights)| dot(weights, &self.y[*first..])).collect(),
            None => {
                let at = |place: &f64| dot(&at(&self.x, *place, self.q, self.degree), &self.y);
                places.iter().map(at).collect()
            }
        }
    }
}

/// The weights at a place within the points, or at their end where it lies beyond; missing where there are none.
fn at(x: &[f64], place: f64, q: usize, degree: usize) -> Vec<f64> {
    let (low, high) = crate::statistics::descriptive::extremes(x).unwrap_or((place, place));
    weights(x, None, place.clamp(low, high), q, degree).unwrap_or_else(|| vec![f64::NAN; x.len()])
}

/// The weights from the first to the last that is not zero.
fn trim(weights: Vec<f64>) -> Row {
    let first = weights.iter().position(|weight| *weight != 0.0).unwrap_or(0);
    let last = weights.iter().rposition(|weight| *weight != 0.0).unwrap_or(0);
    (first, weights[first..=last.max(first)].to_vec())
}
