//! A smoothing spline through the pooled QC samples of one batch.

use super::super::qc_rsc::Smoothing;
use super::nested::{Beyond, Nested, Unseen};
use super::plan::spread;
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
    /// The distances at each λ, among not too many points.
    distances: Vec<Distances>,
    /// How each point is predicted by all others at each λ.
    unseen: Vec<Unseen>,
}

impl SplinePlan {
    pub fn new(x: &[f64], smoothing: Smoothing) -> Result<SplinePlan, String> {
        let knots = knots(x)?;
        let fixed = fixed(smoothing, &knots)?;
        let (lambdas, distances, unseen) = Default::default();
        let mut plan = SplinePlan { smoothing, x: x.to_vec(), knots, fixed, lambdas, distances, unseen };
        if plan.fixed.is_none() && x.len() <= NESTED {
            plan.prepare();
        }
        Ok(plan)
    }

    /// What choosing λ for each point that is left out needs.
    fn prepare(&mut self) {
        self.lambdas = self.knots.lambdas();
        self.distances = self.lambdas.iter().map(|l| self.knots.smoother(*l).distances(&self.knots)).collect();
        let held = self.ends(&[]);
        let unseen = |distances: &Distances| {
            let mut unseen = Unseen { held: held.clone(), ..Unseen::default() };
            distances.left_out(&[], &mut unseen.left_out);
            unseen
        };
        self.unseen = self.distances.iter().map(unseen).collect();
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
            None if self.distances.is_empty() => (knots.searched(&points), None),
            None => self.searched_among_few(knots, &points, y),
        };
        let curve = smoother.curve(knots, &points);
        let held = nested.unwrap_or_else(|| spread(&smoother.held_out(knots, &points), &there, y.len()));
        let finite = curve.values().iter().chain(there.iter().map(|&i| &held[i])).all(|value| value.is_finite());
        Ok(finite.then_some((curve, held)))
    }

    /// The best smoother of all points, and what is predicted at each of them by the best of the others.
    fn searched_among_few(&self, knots: &Knots, points: &Points, y: &[f64]) -> (Smoother, Option<Vec<f64>>) {
        let absent: Vec<usize> = (0..y.len()).filter(|&i| y[i].is_nan()).collect();
        let filled: Vec<f64> = y.iter().map(|y| if y.is_nan() { 0.0 } else { *y }).collect();
        let mut work = Unseen { held: self.ends(&absent), ..Unseen::default() };
        let mut nested = Nested::new(&filled);
        // METHOD: for judging, λ in steps of ten, from infinity down.
        let mut score = |(k, distances): (usize, &Distances)| {
            let unseen = if absent.is_empty() {
                &self.unseen[k]
            } else {
                distances.left_out(&absent, &mut work.left_out);
                &work
            };
            if k % 2 == self.lambdas.len() % 2 { nested.look(unseen) } else { nested.offer(unseen) }
        };
        let mut scores: Vec<f64> = self.distances.iter().enumerate().rev().map(&mut score).collect();
        scores.reverse();
        let scale = knots.lambda_from(&self.knots);
        let lambdas: Vec<f64> = self.lambdas.iter().map(|lambda| lambda * scale).collect();
        (knots.cross_validated(&lambdas, &scores, points), nested.predictions())
    }

    /// The first and the last point that is there, each with its neighbour, unless that stands at the same place.
    fn ends(&self, absent: &[usize]) -> Vec<Beyond> {
        let mut there: Vec<usize> = (0..self.x.len()).filter(|i| !absent.contains(i)).collect();
        there.sort_by(|a, b| self.x[*a].total_cmp(&self.x[*b]));
        match there.as_slice() {
            [first, second, .., before, last] => [(*first, *second), (*last, *before)]
                .into_iter()
                .filter(|(point, next)| self.x[*point] != self.x[*next])
                .map(|(point, next)| Beyond::Next { point, next })
                .collect(),
            _ => Vec::new(),
        }
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
