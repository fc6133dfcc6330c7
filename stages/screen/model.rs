//! The settings of one model: outcomes, predictor, covariates, and how it is fitted and tested.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::contract::quantity::Positive;
use crate::contract::{OneOrMany, Predictor};
use crate::statistics::covariance::Covariance;
use crate::statistics::family::Family;
use crate::statistics::inference::Inference;
use crate::statistics::link::Link;

pub use super::covariate::Covariate;

/// One model: each outcome on each metabolite, with the same covariates.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Model {
    /// Endpoints of `stages.outcomes`.
    pub outcomes: Vec<String>,
    /// What of the metabolite enters: `{change: MEASURE}` or `{level: TIMEPOINT}`, or a list of such, each tested beside
    /// the others.
    pub predictor: OneOrMany<Predictor>,
    /// Covariates whose product with the metabolite is tested as well; they are also among `covariates`. Default none.
    #[serde(default)]
    pub interactions: Vec<String>,
    /// Declared participant columns, baseline_score (the total at the outcome's first visit) or baseline_level (the
    /// metabolite before the change); a number may be `{spline: COLUMN, df: 3}` or `{category: COLUMN}`. Default none.
    #[serde(default)]
    pub covariates: Vec<Covariate>,
    /// A category or yes-or-no column; the model is fitted within each of its levels. Default none.
    #[serde(default)]
    pub strata: Option<String>,
    /// The distribution of the outcome; default gaussian.
    #[serde(default)]
    pub family: FamilyName,
    /// The link; default the family's own (identity, logit, log, or inverse for gamma).
    #[serde(default)]
    pub link: Option<Link>,
    /// The variance's power of the mean, more than 1 and at most 3; for tweedie, which needs it, and no other. Default: none.
    #[serde(default)]
    pub power: Option<Positive>,
    /// How standard errors are made; default model.
    #[serde(default)]
    pub covariance: CovarianceSetting,
    /// The degrees of freedom of Student's t: residual, or satterthwaite (Bell and McCaffrey's). Default residual;
    /// satterthwaite with clusters.
    #[serde(default)]
    pub df: Option<Df>,
    /// The reference distribution; default t.
    #[serde(default)]
    pub inference: Inference,
    /// Whether moderated inference guards against outlying variances; default no.
    #[serde(default)]
    pub robust: bool,
    /// How a separated outcome is answered; default report: a row with status separation and no numbers.
    #[serde(default)]
    pub on_separation: OnSeparation,
    /// The estimator of every row; default ml.
    #[serde(default)]
    pub estimator: Estimator,
    /// The smallest effect of interest, in the estimate's units: tests whether the estimate is smaller. Default none.
    #[serde(default)]
    pub equivalence: Option<Equivalence>,
}

/// The distribution of the outcome.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum FamilyName {
    /// A number with normal errors of one variance.
    #[default]
    Gaussian,
    /// Yes or no: logistic regression.
    Binomial,
    /// A count whose variance is its mean.
    Poisson,
    /// A count whose variance is its mean and more: μ + μ²/θ, with θ estimated.
    NegativeBinomial,
    /// A number above 0 whose spread grows with its mean.
    Gamma,
    /// A number of at least 0, zeros among them, whose variance goes with the mean to the power `power`.
    Tweedie,
}

/// The covariance of the coefficients: `model`, `hc0` … `hc3`, or `{cluster: COLUMN}` (CR2).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CovarianceSetting {
    /// The model's own: one variance for all.
    #[default]
    Model,
    /// Robust to unequal variances (White 1980), without a correction for few observations.
    Hc0,
    /// HC0 times n/(n − p).
    Hc1,
    /// Each squared residual divided by 1 − its leverage.
    Hc2,
    /// Each squared residual divided by (1 − its leverage)².
    Hc3,
    /// Robust to dependence within the levels of a column: CR2, the clusters' HC2.
    Cluster(String),
    /// The same without a correction for few clusters.
    ClusterCr0(String),
    /// CR0 times G/(G − 1), with G clusters.
    ClusterCr1(String),
}

impl CovarianceSetting {
    /// The estimator.
    pub fn estimator(&self) -> Covariance {
        match self {
            CovarianceSetting::Model => Covariance::Model,
            CovarianceSetting::Hc0 => Covariance::Hc0,
            CovarianceSetting::Hc1 => Covariance::Hc1,
            CovarianceSetting::Hc2 => Covariance::Hc2,
            CovarianceSetting::Hc3 => Covariance::Hc3,
            CovarianceSetting::ClusterCr0(_) => Covariance::Cr0,
            CovarianceSetting::ClusterCr1(_) => Covariance::Cr1,
            CovarianceSetting::Cluster(_) => Covariance::Cr2,
        }
    }

    /// The column whose levels are the clusters.
    pub fn cluster(&self) -> Option<&str> {
        match self {
            CovarianceSetting::Cluster(column)
            | CovarianceSetting::ClusterCr0(column)
            | CovarianceSetting::ClusterCr1(column) => Some(column),
            _ => None,
        }
    }
}

/// The degrees of freedom of Student's t under a robust covariance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Df {
    /// n − rank.
    Residual,
    /// Of the robust variance itself: Bell and McCaffrey's for HC2, Pustejovsky and Tipton's for clusters.
    Satterthwaite,
}

/// How an outcome that the predictors separate is answered.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum OnSeparation {
    /// By Firth's penalized likelihood, with its own test and limits; the row's status is firth.
    Firth,
    /// By a row with status separation and no numbers.
    #[default]
    Report,
}

/// The estimator of the coefficients.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Estimator {
    /// Maximum likelihood; least squares for a Gaussian model.
    #[default]
    Ml,
    /// Firth's penalized likelihood for every row, so that one family of tests has one estimator.
    Firth,
}

/// A statement of which effects are too small to matter.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Equivalence {
    /// The smallest effect of interest, in the estimate's units, more than 0.
    pub margin: Positive,
}

impl Model {
    /// The distribution of the outcome; a negative binomial's shape is still to be estimated.
    pub fn family(&self) -> Family {
        match self.family {
            FamilyName::Gaussian => Family::Gaussian,
            FamilyName::Binomial => Family::Binomial,
            FamilyName::Poisson => Family::Poisson,
            FamilyName::NegativeBinomial => Family::NegativeBinomial { theta: 1.0 },
            FamilyName::Gamma => Family::Gamma,
            FamilyName::Tweedie => Family::Tweedie { power: self.power.map_or(1.5, Positive::get) },
        }
    }

    pub fn link(&self) -> Link {
        self.link.unwrap_or_else(|| self.family().default_link())
    }

    /// Whether each analyte is the response and the outcome the tested term.
    pub fn is_moderated(&self) -> bool {
        self.inference == Inference::Moderated
    }

    /// Whether multiplying the outcome by a number multiplies the estimate by it and changes nothing else.
    pub fn has_free_scale(&self) -> bool {
        self.family == FamilyName::Gaussian && self.link() == Link::Identity
    }

    /// Whether Student's t takes the robust variance's own degrees of freedom.
    pub fn satterthwaite(&self) -> bool {
        match self.df {
            Some(df) => df == Df::Satterthwaite,
            None => self.covariance.cluster().is_some(),
        }
    }

    /// The covariates in the words of the configuration.
    pub fn covariate_labels(&self) -> Vec<String> {
        self.covariates.iter().map(Covariate::label).collect()
    }
}
