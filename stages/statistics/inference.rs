//! From an estimate and its standard error to a statistic, a p-value and limits.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::tails;

/// How an estimate is tested against zero.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Inference {
    /// The normal distribution, for p and limits alike: too narrow in small samples, and what many papers print.
    Wald,
    /// Student's t with the residual degrees of freedom, for p and limits alike.
    #[default]
    T,
    /// The likelihood ratio, with profile-likelihood limits.
    LikelihoodRatio,
    /// Rao's score test, with the limits at which it is not rejected.
    Score,
    /// Student's t with variances moderated across analytes (limma), of analyte ~ outcome + covariates.
    Moderated,
}

impl Inference {
    pub fn name(self) -> &'static str {
        match self {
            Inference::Wald => "wald",
            Inference::T => "t",
            Inference::LikelihoodRatio => "likelihood_ratio",
            Inference::Score => "score",
            Inference::Moderated => "moderated",
        }
    }

    /// The distribution that a statistic is compared with, with `df` degrees of freedom where it is t.
    pub fn reference(self, df: f64) -> Reference {
        match self {
            Inference::T | Inference::Moderated => Reference::T(df),
            Inference::Wald | Inference::LikelihoodRatio | Inference::Score => Reference::Normal,
        }
    }
}

/// The distribution of estimate / standard error under the null hypothesis.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Reference {
    Normal,
    /// Student's t with these degrees of freedom.
    T(f64),
}

impl Reference {
    /// The two-sided p-value of a statistic.
    pub fn p_value(self, statistic: f64) -> f64 {
        match self {
            Reference::Normal => tails::normal_two_sided(statistic),
            Reference::T(df) => tails::t_two_sided(statistic, df),
        }
    }

    /// The half-width of the limits, in standard errors.
    pub fn critical(self, confidence: f64) -> f64 {
        let p = 0.5 * (1.0 + confidence);
        match self {
            Reference::Normal => tails::normal_quantile(p),
            Reference::T(df) => tails::t_quantile(p, df),
        }
    }

    /// The degrees of freedom of a t reference.
    pub fn df(self) -> Option<f64> {
        match self {
            Reference::Normal => None,
            Reference::T(df) => Some(df),
        }
    }
}

/// A test of one coefficient against zero.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Test {
    pub estimate: f64,
    pub std_error: f64,
    pub statistic: f64,
    pub p_value: f64,
    pub conf_low: f64,
    pub conf_high: f64,
}

/// Tests an estimate against zero, two-sided; none where its error is not a positive number.
pub fn test(estimate: f64, std_error: f64, reference: Reference, confidence: f64) -> Option<Test> {
    if !(std_error > 0.0 && std_error.is_finite()) {
        return None;
    }
    let statistic = estimate / std_error;
    let margin = reference.critical(confidence) * std_error;
    Some(Test {
        estimate,
        std_error,
        statistic,
        p_value: reference.p_value(statistic),
        conf_low: estimate - margin,
        conf_high: estimate + margin,
    })
}
