//! The covariance of the coefficients: the model's own, or robust to unequal variances.

use faer::Mat;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::fit::Fit;

/// How the standard errors of a model are made.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Covariance {
    /// The model's: one error variance, `RSS/df · (XᵀX)⁻¹`.
    #[default]
    Model,
    /// White's sandwich, residuals as they are.
    Hc0,
    /// HC0 times n/(n − p).
    Hc1,
    /// Squared residuals divided by 1 − h.
    Hc2,
    /// Squared residuals divided by (1 − h)²: close to the jackknife, the choice for small samples.
    Hc3,
    /// By cluster, residuals as they are.
    Cr0,
    /// CR0 times G/(G − 1).
    Cr1,
    /// By cluster, residuals times (I − H)^−½ within it: HC2 where every cluster has one member.
    Cr2,
}

impl Covariance {
    pub fn name(self) -> &'static str {
        match self {
            Covariance::Model => "model",
            Covariance::Hc0 => "hc0",
            Covariance::Hc1 => "hc1",
            Covariance::Hc2 => "hc2",
            Covariance::Hc3 => "hc3",
            Covariance::Cr0 => "cr0",
            Covariance::Cr1 => "cr1",
            Covariance::Cr2 => "cr2",
        }
    }
}

/// A leverage of one: the observation's residual is zero whatever it is, so HC2 and HC3 are undefined.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("observation {observation} alone determines a coefficient (leverage 1)")]
pub struct Undefined {
    pub observation: usize,
}

/// What is left of one minus the leverage when an observation is fitted exactly, whatever its outcome.
const FREE: f64 = 1e-10;

/// The covariance matrix of the coefficients, p × p.
///
/// `A diag(ω) Aᵀ` with `A = (XᵀWX)⁻¹Xᵀ√W` and ω the squared working residuals weighted by the leverage h: HC0 `e²`, HC1
/// `e² n/(n−p)`, HC2 `e²/(1−h)`, HC3 `e²/(1−h)²`; for other families with the fit's own hat values, as R's sandwich does.
/// A covariance by cluster needs the clusters: [`cluster`](super::cluster). Source: MacKinnon and White 1985, 10.1016/0304-4076(85)90158-7;
/// Long and Ervin 2000, 10.1080/00031305.2000.10474549.
pub fn covariance(fit: &Fit, kind: Covariance) -> Result<Mat<f64>, Undefined> {
    let p = fit.coefficients.len();
    if kind == Covariance::Model {
        return Ok(Mat::from_fn(p, p, |i, j| fit.dispersion() * fit.gram_inverse[(i, j)]));
    }
    let weights = weights(&fit.working, &fit.leverage, fit.df_residual, kind)?;
    let a = &fit.pseudo_inverse;
    let element = |i: usize, j: usize| (0..fit.n()).map(|k| a[(i, k)] * weights[k] * a[(j, k)]).sum();
    Ok(Mat::from_fn(p, p, element))
}

/// The variance of one coefficient under residuals, leverages and influence that may be those of a fit with an
/// observation left out.
pub fn robust_variance(
    row: &[f64],
    residuals: &[f64],
    leverage: &[f64],
    df_residual: usize,
    kind: Covariance,
) -> Result<f64, Undefined> {
    let weights = weights(residuals, leverage, df_residual, kind)?;
    Ok(row.iter().zip(weights).map(|(a, weight)| a * a * weight).sum())
}

fn weights(residuals: &[f64], leverage: &[f64], df: usize, kind: Covariance) -> Result<Vec<f64>, Undefined> {
    let needs_leverage = matches!(kind, Covariance::Hc2 | Covariance::Hc3);
    if let Some(observation) = leverage.iter().position(|h| needs_leverage && 1.0 - h < FREE) {
        return Err(Undefined { observation });
    }
    let n = residuals.len() as f64;
    let weight = |e: &f64, h: &f64| match kind {
        Covariance::Model | Covariance::Hc0 | Covariance::Cr0 | Covariance::Cr1 | Covariance::Cr2 => e * e,
        Covariance::Hc1 => e * e * n / df as f64,
        Covariance::Hc2 => e * e / (1.0 - h),
        Covariance::Hc3 => e * e / ((1.0 - h) * (1.0 - h)),
    };
    Ok(residuals.iter().zip(leverage).map(|(e, h)| weight(e, h)).collect())
}
