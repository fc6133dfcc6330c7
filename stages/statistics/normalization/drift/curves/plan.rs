//! The curve of one analyte in one batch: what its points' places say beforehand, and the drawing.

use super::super::qc_rsc::Smoothing;
use super::local::{Laid, LocalCurve, LocalPlan};
use super::spline::SplinePlan;
use crate::statistics::smoothing_spline;

/// How the curve is drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in super::super) enum Method {
    Spline(Smoothing),
    Local { degree: usize, span: Option<f64> },
}

/// What a curve needs of the places of its points.
#[derive(Debug, Clone)]
pub(in super::super) enum Plan {
    Spline(Box<SplinePlan>),
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
            Method::Spline(smoothing) => SplinePlan::new(order, smoothing).map(Box::new).map(Plan::Spline),
            Method::Local { degree, span } => LocalPlan::new(order, degree, span).map(Plan::Local),
        }
    }
}

impl Plan {
    /// The curve of the points, and what the others' curves predict at each of them; y is NaN where there is no point.
    ///
    /// None where the curve cannot be drawn, or why there can be none.
    pub(super) fn draw(&self, y: &[f64]) -> Result<Option<(Curve, Vec<f64>)>, String> {
        match self {
            Plan::Spline(plan) => Ok(plan.draw(y)?.map(|(curve, held)| (Curve::Spline(curve), held))),
            Plan::Local(plan) => Ok(plan.draw(y)?.map(|(curve, held)| (Curve::Local(curve), held))),
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

/// Values of the points that are there, at their places among all `n`; NaN elsewhere.
pub(super) fn spread(values: &[f64], there: &[usize], n: usize) -> Vec<f64> {
    let mut all = vec![f64::NAN; n];
    there.iter().zip(values).for_each(|(&i, value)| all[i] = *value);
    all
}
