//! Local regression through the pooled QC samples of one batch.

use std::array::from_fn;

use rayon::prelude::*;

use super::nested::{Nested, Unseen};
use super::plan::spread;
use crate::statistics::lanes::{Lanes, WIDTH};
use crate::statistics::local_regression::{neighbours, weights};
use crate::statistics::product::dot;
use crate::statistics::smoothing_spline::abreast;

/// How many spans cross-validation compares at most.
const SPANS: usize = 20;

/// What local curves through points at the same places share.
#[derive(Debug, Clone, PartialEq)]
pub(in super::super) struct LocalPlan {
    x: Vec<f64>,
    degree: usize,
    span: Option<f64>,
    /// The numbers of neighbours that may be chosen, from many to few.
    choices: Vec<usize>,
    /// How they predict each point from the others, eight by eight.
    unseen: Vec<LeftOut>,
}

/// The weights that predict each point from all others, row by row, and those that predict it at the others' end where it
/// lies beyond.
#[derive(Debug, Clone, PartialEq)]
struct LeftOut<T = Lanes> {
    weights: Vec<T>,
    held: Vec<(usize, Vec<T>)>,
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
        let choice = |span| Some((neighbours(n, span), left_out(x, degree, span)?));
        let (choices, unseen): (Vec<usize>, Vec<LeftOut<f64>>) =
            spans.into_par_iter().rev().filter_map(choice).collect();
        if choices.is_empty() {
            let what = span.map_or(String::new(), |span| format!(" with a span of {span}"));
            return Err(format!("{n} pooled QC samples are too few for a local curve of degree {degree}{what}"));
        }
        let unseen = unseen.chunks(WIDTH).map(side_by_side).collect();
        Ok(LocalPlan { x: x.to_vec(), degree, span, choices, unseen })
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
        for (choices, unseen) in self.choices.chunks(WIDTH).zip(&self.unseen) {
            for (q, score) in choices.iter().zip(nested.offer(unseen, choices.len())) {
                if score.is_finite() && best.is_none_or(|(least, _)| score < least) {
                    best = Some((score, *q));
                }
            }
        }
        let (_, q) = best?;
        let curve = LocalCurve { x: self.x.clone(), y: y.to_vec(), degree: self.degree, q };
        Some((curve, nested.predictions()?))
    }

    /// The weights of every choice at some places.
    pub fn lay(&self, places: &[f64]) -> Laid {
        let of = |q: &usize| {
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
fn left_out(x: &[f64], degree: usize, span: f64) -> Option<LeftOut<f64>> {
    let (n, q) = (x.len(), neighbours(x.len() - 1, span));
    let rows: Vec<Vec<f64>> = (0..n).map(|i| weights(x, Some(i), x[i], q, degree)).collect::<Option<_>>()?;
    let end = |i: usize| {
        let others = x.iter().enumerate().filter(|(j, _)| *j != i).map(|(_, x)| *x);
        let (low, high) = others.fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), x| (l.min(x), h.max(x)));
        Some(x[i].clamp(low, high)).filter(|end| *end != x[i]).map(|end| (i, end))
    };
    let held = |(i, end): (usize, f64)| Some((i, weights(x, Some(i), end, q, degree)?));
    let held = (0..n).filter_map(end).map(held).collect::<Option<_>>()?;
    Some(LeftOut { weights: rows.concat(), held })
}

/// Up to eight choices, one per lane.
fn side_by_side(choices: &[LeftOut<f64>]) -> LeftOut {
    let join = |of: &dyn Fn(&LeftOut<f64>) -> &Vec<f64>| {
        (0..of(&choices[0]).len()).map(|at| abreast(choices, |choice| of(choice)[at])).collect::<Vec<Lanes>>()
    };
    // Which points lie beyond the others depends on the places alone.
    let held = choices[0].held.iter().enumerate().map(|(at, (i, _))| (*i, join(&|choice| &choice.held[at].1)));
    LeftOut { held: held.collect(), weights: join(&|choice| &choice.weights) }
}

impl Unseen for LeftOut {
    #[inline(always)]
    fn above(&self, y: &[f64], into: &mut [Lanes]) {
        for ((weights, y_i), above) in self.weights.chunks_exact(y.len()).zip(y).zip(into) {
            *above = dots(weights, y).map(|predicted| y_i - predicted);
        }
    }

    #[inline(always)]
    fn weights(&self, i: usize, j: usize, n: usize) -> (Lanes, Lanes) {
        (self.weights[i * n + j], self.weights[j * n + i])
    }

    /// By the weights for the others' end.
    fn held(&self, i: usize, y: &[f64], _: &[Lanes], lane: usize) -> Option<f64> {
        let (_, weights) = self.held.iter().find(|(point, _)| *point == i)?;
        Some(dots(weights, y)[lane])
    }
}

/// `Σ aᵢ bᵢ` from left to right, in each lane.
#[inline(always)]
fn dots(a: &[Lanes], b: &[f64]) -> Lanes {
    let add = |sum: Lanes, (a, b): (&Lanes, &f64)| from_fn(|lane| sum[lane] + a[lane] * b);
    a.iter().zip(b).fold([-0.0; WIDTH], add)
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
