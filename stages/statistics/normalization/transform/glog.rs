//! The generalized logarithm: `ln(y + √(y² + λ))`, a logarithm for large values and a line near zero.

use std::borrow::Cow;

use rayon::prelude::*;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

use crate::contract::quantity::Positive;
use crate::statistics::descriptive::{self, show};
use crate::statistics::minimum;
use crate::statistics::normalization::{Remark, State, StepError};

/// Where λ comes from.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[serde(untagged, expecting = "lambda is `estimated` or a number above 0")]
pub enum Lambda {
    #[default]
    #[serde(with = "estimated")]
    Estimated,
    Number(Positive),
}

/// The word, since a unit variant without a tag would be null.
mod estimated {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub fn serialize<S: Serializer>(serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str("estimated")
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<(), D::Error> {
        let word = String::deserialize(deserializer)?;
        if word == "estimated" { Ok(()) } else { Err(D::Error::custom("lambda is `estimated` or a number above 0")) }
    }
}

impl JsonSchema for Lambda {
    fn schema_name() -> Cow<'static, str> {
        "Lambda".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"description": "λ of the generalized logarithm.", "anyOf": [
            {"const": "estimated", "description": "From the pooled QC samples, by maximum likelihood."},
            {"type": "number", "exclusiveMinimum": 0, "description": "In squared units of the values."}
        ]})
    }
}

/// The transformation with its λ.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Glog {
    lambda: f64,
    /// What it was estimated from; none where it was given.
    source: Option<Source>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
struct Source {
    analytes: usize,
    values: usize,
    at_the_edge: bool,
}

impl Glog {
    /// Takes λ as given, or estimates it from the pooled QC samples.
    ///
    /// # Errors
    /// Fewer than two pooled QC samples with values of one analyte.
    pub(super) fn fit(place: usize, state: &State<'_>, qc: &[usize], lambda: Lambda) -> Result<Glog, StepError> {
        if let Lambda::Number(lambda) = lambda {
            return Ok(Glog { lambda: lambda.get(), source: None });
        }
        let groups: Vec<Vec<f64>> = state.analytes().into_iter().map(|analyte| state.present(analyte, qc)).collect();
        estimate(&groups).ok_or_else(|| refused(place, &groups))
    }

    /// `ln(y + √(y² + λ))`; for negative values `ln λ - ln(√(y² + λ) - y)`, which loses no digits.
    pub fn of(self, value: f64) -> f64 {
        let root = libm::hypot(value, self.lambda.sqrt());
        let log = if value >= 0.0 { libm::log(value + root) } else { libm::log(self.lambda) - libm::log(root - value) };
        if log.is_finite() { log } else { f64::NAN }
    }

    pub fn lambda(self) -> f64 {
        self.lambda
    }

    pub(super) fn detail(self, changed: usize) -> String {
        let source = match self.source {
            None => "as given".to_owned(),
            Some(source) => {
                format!("estimated from {} pooled QC values of {} analytes", source.values, source.analytes)
            }
        };
        format!("glog of {changed} values; λ = {} {source}", show(self.lambda))
    }

    pub(super) fn remark(self) -> Option<Remark> {
        self.source.filter(|source| source.at_the_edge).map(|_| Remark {
            code: "lambda_at_the_edge",
            subject: "glog".to_owned(),
            message: format!("the likelihood still rises at λ = {}, the edge of the search", show(self.lambda)),
            hint: "the noise of pooled QC is all proportional (take a logarithm) or all constant (take none)",
        })
    }
}

/// Why λ could not be estimated: nothing is repeated, or the values are too large or too small to be squared.
fn refused(place: usize, groups: &[Vec<f64>]) -> StepError {
    let differ = |group: &Vec<f64>| group.iter().any(|value| Some(value) != group.first());
    let (code, message, remedy) = match groups.iter().any(differ) {
        false => (
            "no_pooled_qc",
            "λ is estimated from repeated pooled QC samples, and no analyte has two different values in them",
            "give samples of type pooled_qc, or write `lambda: NUMBER`, or use vsn",
        ),
        true => (
            "extreme_values",
            "λ is estimated from the squares of pooled QC values, and these are too large or too small to be squared",
            "correct the unit of the values, or write `lambda: NUMBER`",
        ),
    };
    StepError { step: place, setting: "transform.lambda", code, message: message.to_owned(), remedy: remedy.to_owned() }
}

/// Points of the first search, equally spaced in ln λ.
const GRID: usize = 161;

/// Estimates one λ by maximum likelihood from repeated measurements, a group per analyte.
///
/// With z = glog(y) normal about its analyte's mean with one variance, the profile likelihood falls with
/// `(N/2) ln Σ(z - z̄)² + Σ ln √(y² + λ)`: the sum of squares within analytes of z times the geometric mean of √(y² + λ)
/// (Durbin & Rocke 2003, 10.1093/bioinformatics/btg107; used on pooled QC by Parsons 2007, 10.1186/1471-2105-8-234).
/// METHOD: one geometric mean over all values, as the likelihood has it, not one per analyte.
/// The search runs over ln λ from (1e-6 of the smallest size)² to (1e3 of the largest)²: the best of a grid, the minimum
/// around it, and there the zero of the slope, since a summit is flat and its values tell λ to half of the digits only.
pub fn estimate(groups: &[Vec<f64>]) -> Option<Glog> {
    let groups: Vec<&Vec<f64>> =
        groups.iter().filter(|group| descriptive::sd(group).is_some_and(|sd| sd > 0.0)).collect();
    let sizes: Vec<f64> = groups.iter().flat_map(|group| group.iter().map(|y| y.abs())).filter(|y| *y > 0.0).collect();
    let (low, high) = descriptive::extremes(&sizes)?;
    let (from, to) = (2.0 * libm::log(low * 1e-6), 2.0 * libm::log(high * 1e3));
    let step = (to - from) / (GRID - 1) as f64;
    let place = |at: usize| from + step * at as f64;
    let scores: Vec<f64> = (0..GRID).into_par_iter().map(|at| score(&groups, place(at))).collect();
    let best = (0..GRID).min_by(|a, b| scores[*a].total_cmp(&scores[*b]))?;
    let at_the_edge = best == 0 || best == GRID - 1;
    let around = (place(best.saturating_sub(1)), place((best + 1).min(GRID - 1)));
    let (summit, _) = minimum::within(around.0, around.1, |log| score(&groups, log));
    let log = flat(|log| slope(&groups, log), summit, step);
    let source = Source { analytes: groups.len(), values: groups.iter().map(|group| group.len()).sum(), at_the_edge };
    Some(Glog { lambda: libm::exp(log), source: Some(source) })
        .filter(|glog| glog.lambda.is_finite() && glog.lambda > 0.0)
}

/// Minus the profile log-likelihood at ln λ.
fn score(groups: &[&Vec<f64>], log: f64) -> f64 {
    let glog = Glog { lambda: libm::exp(log), source: None };
    let root = glog.lambda.sqrt();
    let of = |group: &&Vec<f64>| {
        let z: Vec<f64> = group.iter().map(|y| glog.of(*y)).collect();
        let mean = z.iter().sum::<f64>() / z.len() as f64;
        let squares: f64 = z.iter().map(|z| (z - mean) * (z - mean)).sum();
        (squares, group.iter().map(|y| libm::log(libm::hypot(*y, root))).sum::<f64>(), z.len() as f64)
    };
    let parts = groups.iter().map(of);
    let (squares, roots, count) = parts.fold((0.0, 0.0, 0.0), |a, b| (a.0 + b.0, a.1 + b.1, a.2 + b.2));
    0.5 * count * libm::log(squares) + roots
}

/// The derivative of [`score`] by ln λ: `N Σ(z - z̄)z' / Σ(z - z̄)² + Σ λ/(2(y² + λ))`, `z' = λ/(2 √(y² + λ)(y + √(y² + λ)))`.
fn slope(groups: &[&Vec<f64>], log: f64) -> f64 {
    let glog = Glog { lambda: libm::exp(log), source: None };
    let lambda = glog.lambda;
    let turn = |y: f64| {
        let root = libm::hypot(y, lambda.sqrt());
        if y >= 0.0 { lambda / (2.0 * root * (y + root)) } else { 0.5 - 0.5 * y / root }
    };
    let of = |group: &&Vec<f64>| {
        let z: Vec<f64> = group.iter().map(|y| glog.of(*y)).collect();
        let mean = z.iter().sum::<f64>() / z.len() as f64;
        let squares: f64 = z.iter().map(|z| (z - mean) * (z - mean)).sum();
        let turned: f64 = z.iter().zip(*group).map(|(z, y)| (z - mean) * turn(*y)).sum();
        (squares, turned, group.iter().map(|y| lambda / (2.0 * (y * y + lambda))).sum::<f64>(), z.len() as f64)
    };
    let parts = groups.iter().map(of);
    let add = |a: (f64, f64, f64, f64), b: (f64, f64, f64, f64)| (a.0 + b.0, a.1 + b.1, a.2 + b.2, a.3 + b.3);
    let (squares, turned, roots, count) = parts.fold((0.0, 0.0, 0.0, 0.0), add);
    count * turned / squares + roots
}

/// Where the slope is nil near a minimum, by bisection; the minimum itself where the slope does not change its sign within
/// `reach` of it.
fn flat(slope: impl Fn(f64) -> f64, minimum: f64, reach: f64) -> f64 {
    let mut width = 1e-7 * reach;
    while !(slope(minimum - width) < 0.0 && slope(minimum + width) > 0.0) {
        width *= 4.0;
        if width > reach {
            return minimum;
        }
    }
    let (mut low, mut high) = (minimum - width, minimum + width);
    loop {
        let middle = 0.5 * (low + high);
        if middle <= low || middle >= high {
            return middle;
        }
        if slope(middle) < 0.0 { low = middle } else { high = middle }
    }
}

/// The end of the methods sentence.
pub(super) fn sentence(lambda: Lambda) -> String {
    let source = match lambda {
        Lambda::Number(lambda) => format!("λ = {}", lambda.get()),
        Lambda::Estimated => {
            "λ estimated by maximum likelihood from the pooled QC samples, one for all analytes".to_owned()
        }
    };
    format!(
        "transformed by the generalized logarithm, ln(y + √(y² + λ)), with {source} (Durbin & Rocke 2003, \
         10.1093/bioinformatics/btg107; Parsons 2007, 10.1186/1471-2105-8-234)"
    )
}
