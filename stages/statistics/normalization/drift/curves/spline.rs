//! A smoothing spline through the pooled QC samples of one batch.

use super::super::qc_rsc::Smoothing;
use super::nested::{Nested, Unseen};
use super::plan::spread;
use crate::statistics::lanes::{Lanes, WIDTH};
use crate::statistics::smoothing_spline::{Curve, Distances, Knots, Points, Smoother};

/// Up to how many pooled QC samples of a batch the smoothness is chosen anew for each that is left out.
const NESTED: usize = 100;

/// What smoothing splines through points at the same places share.
#[derive(Debug, Clone)]
pub(in super::super) struct SplinePlan {
    smoothing: Smoothing,
    x: Vec<f64>,
    knots: Knots,
    /// The smoother that the settings name, where cross-validation has no say.
    fixed: Option<Smoother>,
    /// Among which λ cross-validation chooses.
    lambdas: Vec<f64>,
    /// The same λ eight by eight, among not too many points.
    steps: Vec<Step>,
}

/// Up to eight λ, one per lane.
#[derive(Debug, Clone)]
struct Step {
    /// Where they stand among all λ.
    places: Vec<usize>,
    /// Whether a point that is left out may choose them.
    judges: bool,
    distances: Distances,
}

/// How each point is predicted by all others, with the neighbours of those that lie beyond these.
struct Others<'a> {
    distances: &'a Distances,
    ends: &'a [(usize, usize)],
}

impl SplinePlan {
    pub fn new(x: &[f64], smoothing: Smoothing) -> Result<SplinePlan, String> {
        let knots = knots(x)?;
        let fixed = fixed(smoothing, &knots)?;
        let (lambdas, steps) = Default::default();
        let mut plan = SplinePlan { smoothing, x: x.to_vec(), knots, fixed, lambdas, steps };
        if plan.fixed.is_none() && x.len() <= NESTED {
            plan.prepare();
        }
        Ok(plan)
    }

    /// What choosing λ for each point that is left out needs.
    ///
    /// METHOD: for judging, λ in steps of ten, from infinity down.
    fn prepare(&mut self) {
        self.lambdas = self.knots.lambdas();
        let falling = (0..self.lambdas.len()).rev();
        for (judges, first) in [(true, 0), (false, 1)] {
            for places in falling.clone().skip(first).step_by(2).collect::<Vec<usize>>().chunks(WIDTH) {
                let lambdas: Vec<f64> = places.iter().map(|&k| self.lambdas[k]).collect();
                self.steps.push(Step { places: places.to_vec(), judges, distances: self.knots.distances(&lambdas) });
            }
        }
    }

    /// The curve of the points, and what is predicted at each by one that owes it nothing; y is NaN where there is no
    /// point. None where the curve cannot be drawn.
    pub fn draw(&self, y: &[f64]) -> Result<Option<(Curve, Vec<f64>)>, String> {
        let there: Vec<usize> = (0..y.len()).filter(|&i| !y[i].is_nan()).collect();
        let own;
        let (knots, fixed) = if there.len() == y.len() {
            (&self.knots, self.fixed.clone())
        } else {
            own = knots(&there.iter().map(|&i| self.x[i]).collect::<Vec<f64>>())?;
            (&own, fixed(self.smoothing, &own)?)
        };
        let points = knots.points(&there.iter().map(|&i| y[i]).collect::<Vec<f64>>());
        let (smoother, nested) = match fixed {
            Some(smoother) => (smoother, None),
            // METHOD: one of more than 100 pooled QC samples has little say in λ, and is predicted at that of all.
            None if self.steps.is_empty() => (knots.searched(&points), None),
            None => self.searched_among_few(knots, &points, y, &there),
        };
        let curve = smoother.curve(knots, &points);
        let held = nested.unwrap_or_else(|| smoother.held_out(knots, &points));
        let finite = curve.values().iter().chain(&held).all(|value| value.is_finite());
        Ok(finite.then(|| (curve, spread(&held, &there, y.len()))))
    }

    /// The best smoother of the points `there`, and what is predicted at each of them by the best of the others.
    fn searched_among_few(
        &self,
        knots: &Knots,
        points: &Points,
        y: &[f64],
        there: &[usize],
    ) -> (Smoother, Option<Vec<f64>>) {
        let absent: Vec<usize> = (0..y.len()).filter(|&i| y[i].is_nan()).collect();
        let present: Vec<f64> = there.iter().map(|&i| y[i]).collect();
        let (mut work, mut nested) = (Distances::default(), Nested::new(&present));
        let ends = self.ends(there);
        let mut scores = vec![0.0; self.lambdas.len()];
        for step in &self.steps {
            let mut distances = &step.distances;
            if !absent.is_empty() {
                distances.without(there, &absent, &mut work);
                distances = &work;
            }
            let others = Others { distances, ends: &ends };
            let sums = if step.judges { nested.offer(&others, step.places.len()) } else { nested.look(&others) };
            step.places.iter().zip(sums).for_each(|(&place, sum)| scores[place] = sum);
        }
        let scale = knots.lambda_from(&self.knots);
        let lambdas: Vec<f64> = self.lambdas.iter().map(|lambda| lambda * scale).collect();
        (knots.cross_validated(&lambdas, &scores, points), nested.predictions())
    }

    /// The first and the last of the points `there`, each with its neighbour, unless that stands at the same place.
    fn ends(&self, there: &[usize]) -> Vec<(usize, usize)> {
        let x = |i: usize| self.x[there[i]];
        let mut order: Vec<usize> = (0..there.len()).collect();
        order.sort_by(|a, b| x(*a).total_cmp(&x(*b)));
        match order.as_slice() {
            [first, second, .., before, last] => [(*first, *second), (*last, *before)]
                .into_iter()
                .filter(|(point, next)| x(*point) != x(*next))
                .collect(),
            _ => Vec::new(),
        }
    }
}

impl Unseen for Others<'_> {
    #[inline(always)]
    fn above(&self, y: &[f64], into: &mut [Lanes]) {
        self.distances.above(y, into);
    }

    #[inline(always)]
    fn weights(&self, i: usize, j: usize, _: usize) -> (Lanes, Lanes) {
        self.distances.weights(i, j)
    }

    /// As the others' curve passes at the place of the neighbour.
    fn held(&self, i: usize, y: &[f64], above: &[Lanes], lane: usize) -> Option<f64> {
        let (_, next) = self.ends.iter().find(|(point, _)| *point == i)?;
        Some(self.distances.passes(y, above, i, *next, lane))
    }
}

/// The smoother that the settings name, where cross-validation has no say.
fn fixed(smoothing: Smoothing, knots: &Knots) -> Result<Option<Smoother>, String> {
    let refused = |df: f64| format!("{} pooled QC samples cannot carry {df} degrees of freedom", knots.len());
    match smoothing {
        Smoothing::CrossValidated => Ok(None),
        Smoothing::Lambda(lambda) => Ok(Some(knots.smoother(lambda.get()))),
        Smoothing::Df(df) => knots.smoother_of_df(df.get()).map(Some).ok_or_else(|| refused(df.get())),
    }
}

fn knots(x: &[f64]) -> Result<Knots, String> {
    let few = || "its pooled QC samples stand at fewer than three places of the injection order".to_owned();
    Knots::new(x).ok_or_else(few)
}
