//! From an estimate and its standard error to a statistic, a p-value and limits.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::tails;

/// The reference distribution of estimate / standard error.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Inference {
    /// The normal distribution, for p and limits alike: too narrow in small samples, and what many papers print.
    Wald,
    /// Student's t with the residual degrees of freedom, for p and limits alike.
    #[default]
    T,
}

impl Inference {
    pub fn name(self) -> &'static str {
        match self {
            Inference::Wald => "wald",
            Inference::T => "t",
        }
    }

    /// The two-sided p-value of a statistic.
    pub fn p_value(self, statistic: f64, df: f64) -> f64 {
        match self {
            Inference::Wald => tails::normal_two_sided(statistic),
            Inference::T => tails::t_two_sided(statistic, df),
        }
    }

    /// The half-width of the limits, in standard errors.
    pub fn critical(self, confidence: f64, df: f64) -> f64 {
        let p = 0.5 * (1.0 + confidence);
        match self {
            Inference::Wald => tails::normal_quantile(p),
            Inference::T => tails::t_quantile(p, df),
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
pub fn test(estimate: f64, std_error: f64, df: f64, inference: Inference, confidence: f64) -> Option<Test> {
    if !(std_error > 0.0 && std_error.is_finite()) {
        return None;
    }
    let statistic = estimate / std_error;
    let margin = inference.critical(confidence, df) * std_error;
    Some(Test {
        estimate,
        std_error,
        statistic,
        p_value: inference.p_value(statistic, df),
        conf_low: estimate - margin,
        conf_high: estimate + margin,
    })
}
