//! The curve of one analyte in one batch: what its points' places say beforehand, and the drawing.

use super::super::qc_rsc::Smoothing;
use super::local::{Laid, LocalCurve, LocalPlan};
use crate::statistics::smoothing_spline::{self, Knots, Smoother};

/// How the curve is drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in super::super) enum Method {
    Spline(Smoothing),
    Local { degree: usize, span: Option<f64> },
}

/// What a curve needs of the places of its points.
#[derive(Debug, Clone)]
pub(in super::super) enum Plan {
    Spline { knots: Knots, smoothers: Vec<Smoother> },
    Local(LocalPlan),
}

/// The curve of one batch.
#[derive(Debug, Clone, PartialEq)]
pub(in super::super) enum Curve {
    Spline(smoothing_spline::Curve),
    Local(LocalCurve),
}

impl Method {
    pub(super) fn word(self) -> &'static str {
        match self {
            Method::Spline(_) => "qc_rsc",
            Method::Local { .. } => "loess",
        }
    }

    /// What curves through points at these places share; or why there can be none.
    pub(super) fn plan(self, order: &[f64]) -> Result<Plan, String> {
        match self {
            Method::Spline(smoothing) => {
                let few = || "its pooled QC samples stand at fewer than three places of the injection order".to_owned();
                let knots = Knots::new(order).ok_or_else(few)?;
                let smoothers = match smoothing {
                    Smoothing::CrossValidated => knots.path(),
                    Smoothing::Lambda(lambda) => vec![knots.smoother(lambda.get())],
                    Smoothing::Df(df) => vec![knots.smoother_of_df(df.get()).ok_or_else(|| {
                        format!("{} pooled QC samples cannot carry {} degrees of freedom", knots.len(), df.get())
                    })?],
                };
                Ok(Plan::Spline { knots, smoothers })
            }
            Method::Local { degree, span } => LocalPlan::new(order, degree, span).map(Plan::Local),
        }
    }
}

impl Plan {
    /// The curve of the points, and what the others' curves predict at each of them; none where it cannot be drawn.
    pub(super) fn draw(&self, y: &[f64]) -> Option<(Curve, Vec<f64>)> {
        match self {
            Plan::Spline { knots, smoothers } => {
                let points = knots.points(y);
                let chosen;
                let smoother = match smoothers.as_slice() {
                    [one] => one,
                    path => {
                        chosen = knots.cross_validated(path, &points);
                        &chosen
                    }
                };
                let curve = smoother.curve(knots, &points);
                let held = smoother.held_out(knots, &points);
                let finite = curve.values().iter().chain(&held).all(|value| value.is_finite());
                finite.then_some((Curve::Spline(curve), held))
            }
            Plan::Local(plan) => plan.draw(y).map(|(curve, held)| (Curve::Local(curve), held)),
        }
    }
}

impl Curve {
    /// The curve at some places, held constant beyond its ends.
    pub(super) fn at(&self, places: &[f64], laid: Option<&Laid>) -> Vec<f64> {
        match self {
            Curve::Spline(curve) => places.iter().map(|place| curve.held(*place)).collect(),
            Curve::Local(curve) => curve.at(places, laid),
        }
    }
}
