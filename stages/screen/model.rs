//! The settings of one model: outcomes, predictor, covariates, and how it is fitted and tested.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::contract::{Place, Problem, Vocabulary};
use crate::statistics::covariance::Covariance;
use crate::statistics::inference::Inference;
use crate::study::check_covariates;

/// One model: each outcome on each metabolite, with the same covariates.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Model {
    /// Endpoints of `stages.outcomes`.
    pub outcomes: Vec<String>,
    /// What of the metabolite enters: `{change: MEASURE}` or `{level: TIMEPOINT}`.
    pub predictor: Predictor,
    /// Declared participant columns, or baseline_score; default none.
    #[serde(default)]
    pub covariates: Vec<String>,
    /// The distribution of the outcome; default gaussian.
    #[serde(default)]
    pub family: Family,
    /// The link; default the family's own.
    #[serde(default)]
    pub link: Option<Link>,
    /// How standard errors are made; default model.
    #[serde(default)]
    pub covariance: CovarianceSetting,
    /// The reference distribution; default t.
    #[serde(default)]
    pub inference: Inference,
    /// How a separated yes-or-no outcome is answered.
    #[serde(default)]
    pub on_separation: Option<OnSeparation>,
    /// The estimator of every row, where it is not the family's own.
    #[serde(default)]
    pub estimator: Option<Estimator>,
}

/// What of a metabolite enters a model.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Predictor {
    /// The change between two timepoints, by one of normalize's measures.
    Change(String),
    /// The value at one timepoint, on normalize's final scale.
    Level(String),
}

impl Predictor {
    /// The predictor as the tables name it.
    pub fn label(&self) -> String {
        match self {
            Predictor::Change(measure) => format!("change: {measure}"),
            Predictor::Level(timepoint) => format!("level: {timepoint}"),
        }
    }
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Family {
    #[default]
    Gaussian,
    Binomial,
    Poisson,
    NegativeBinomial,
    Gamma,
    Tweedie,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Link {
    Identity,
    Log,
    Logit,
    Probit,
    Cloglog,
    Inverse,
}

/// The covariance of the coefficients: `model`, `hc0` … `hc3`, or `{cluster: COLUMN}`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CovarianceSetting {
    #[default]
    Model,
    Hc0,
    Hc1,
    Hc2,
    Hc3,
    /// Robust to dependence within the levels of a column.
    Cluster(String),
}

impl CovarianceSetting {
    /// The estimator, where it is one that is built.
    pub fn estimator(&self) -> Option<Covariance> {
        Some(match self {
            CovarianceSetting::Model => Covariance::Model,
            CovarianceSetting::Hc0 => Covariance::Hc0,
            CovarianceSetting::Hc1 => Covariance::Hc1,
            CovarianceSetting::Hc2 => Covariance::Hc2,
            CovarianceSetting::Hc3 => Covariance::Hc3,
            CovarianceSetting::Cluster(_) => return None,
        })
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum OnSeparation {
    Firth,
    Report,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Estimator {
    Firth,
}

impl Model {
    /// Every problem of this model, against the names the study defines.
    pub fn check(&self, path: &str, names: &Vocabulary, problems: &mut Vec<Problem>) {
        if self.outcomes.is_empty() {
            let message = "a model without outcomes tests nothing";
            problems.push(Problem::new(
                "no_outcome",
                Place::setting(format!("{path}.outcomes")),
                message,
                "name at least one endpoint",
            ));
        }
        for (i, outcome) in self.outcomes.iter().enumerate() {
            problems.extend(names.check_endpoint(outcome, format!("{path}.outcomes.{i}")));
        }
        problems.extend(match &self.predictor {
            Predictor::Change(measure) => names.check_measure(measure, format!("{path}.predictor.change")),
            Predictor::Level(timepoint) => names.check_timepoint(timepoint, format!("{path}.predictor.level")),
        });
        problems.extend(check_covariates(&self.covariates, &self.outcomes, path, names));
        self.check_built(path, problems);
    }

    fn check_built(&self, path: &str, problems: &mut Vec<Problem>) {
        if self.family != Family::Gaussian {
            problems.push(Problem::not_built(format!("{path}.family"), "a family other than `gaussian`"));
        }
        if self.link.is_some_and(|link| link != Link::Identity) {
            problems.push(Problem::not_built(format!("{path}.link"), "a link other than `identity`"));
        }
        if self.covariance.estimator().is_none() {
            problems.push(Problem::not_built(format!("{path}.covariance"), "`cluster`"));
        }
        if self.on_separation.is_some() {
            problems.push(Problem::not_built(format!("{path}.on_separation"), "an answer to separation"));
        }
        if self.estimator.is_some() {
            problems.push(Problem::not_built(format!("{path}.estimator"), "`firth`"));
        }
    }
}
