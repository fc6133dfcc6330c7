//! The settings of the prediction: outcomes, features, learners, and how it is validated.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::contract::{Place, Predictor, Problem, Vocabulary};
use crate::statistics::normalization::{AreaMeasure, Recipe};
use crate::study::{BASELINE_SCORE, check_covariates};

/// Does the early change predict, on participants the model has not seen?
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Params {
    /// Endpoints of `stages.outcomes`, measured on a scale (not yes or no); default none, which turns the stage off.
    pub outcomes: Vec<String>,
    /// What of the metabolites enters: `{change: MEASURE}`.
    pub predictor: Option<Predictor>,
    /// Declared participant columns, or baseline_score; they enter every set of features. Default none.
    pub covariates: Vec<String>,
    /// The sets of features, each judged on its own; default none.
    pub features: Vec<Features>,
    /// The learners; default linear.
    #[serde(default = "linear")]
    pub learners: Vec<Learner>,
    /// How prediction is judged.
    pub validation: Validation,
    /// How abundances are normalized inside each fold: the settings of normalize, filled in by the runner.
    #[serde(skip_deserializing)]
    #[schemars(skip)]
    pub normalization: Recipe,
}

fn linear() -> Vec<Learner> {
    vec![Learner::Linear]
}

/// A set of features that is judged on its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Features {
    /// The covariates alone: what a prediction is worth without any metabolite.
    Covariates,
    /// The covariates and one metabolite, for each metabolite.
    Each,
    /// The covariates and the metabolite that fits the other participants best, chosen anew in each fold.
    BestInFold,
    /// The covariates and all metabolites.
    All,
}

impl Features {
    pub fn name(self) -> &'static str {
        match self {
            Features::Covariates => "covariates",
            Features::Each => "each",
            Features::BestInFold => "best_in_fold",
            Features::All => "all",
        }
    }
}

/// A learner.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Learner {
    /// Least squares.
    Linear,
    /// Least squares with a penalty on the size of the coefficients.
    ElasticNet,
}

/// How prediction is judged.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Validation {
    /// The folds; default leave_one_out.
    pub method: ValidationMethod,
    /// Permutations of the outcome; 0 gives no p-value. Default 999.
    pub permutations: u32,
}

impl Default for Validation {
    fn default() -> Self {
        Validation { method: ValidationMethod::LeaveOneOut, permutations: 999 }
    }
}

/// Who is predicted by whom.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ValidationMethod {
    /// Each participant is predicted by a model of all others.
    #[default]
    LeaveOneOut,
    /// Participants in several groups, each predicted by a model of the others (not built yet).
    KFold,
}

impl Params {
    /// Every problem of these settings, against the names the study defines.
    pub fn check(&self, names: &Vocabulary) -> Vec<Problem> {
        let path = "stages.predict";
        let mut problems = Vec::new();
        for (i, outcome) in self.outcomes.iter().enumerate() {
            let here = format!("{path}.outcomes.{i}");
            problems.extend(names.check_endpoint(outcome, here.clone()));
            if names.endpoints.get(outcome).is_some_and(|endpoint| endpoint.binary) {
                problems.push(Problem::not_built(here, "predicting a yes-or-no outcome"));
            }
        }
        problems.extend(check_covariates(&self.covariates, &self.outcomes, path, names, &[]));
        problems.extend(self.check_predictor(path, names));
        for (at, _) in self.learners.iter().enumerate().filter(|(_, learner)| **learner != Learner::Linear) {
            problems.push(Problem::not_built(format!("{path}.learners.{at}"), "`elastic_net`"));
        }
        if self.validation.method != ValidationMethod::LeaveOneOut {
            problems.push(Problem::not_built(format!("{path}.validation.method"), "`k_fold`"));
        }
        problems
    }

    fn check_predictor(&self, path: &str, names: &Vocabulary) -> Option<Problem> {
        let metabolites = self.features.iter().any(|features| *features != Features::Covariates);
        match &self.predictor {
            Some(Predictor::Change { measure, .. }) if AreaMeasure::ALL.iter().any(|area| area.word() == measure) => {
                Some(Problem::not_built(format!("{path}.predictor"), "predicting from an area"))
            }
            Some(predictor @ Predictor::Change { .. }) => predictor.check(names, &format!("{path}.predictor")),
            Some(Predictor::Level(_)) => {
                Some(Problem::not_built(format!("{path}.predictor"), "predicting from a level"))
            }
            None if metabolites && !self.outcomes.is_empty() => Some(Problem::new(
                "no_predictor",
                Place::setting(path),
                "these features need metabolites, and no predictor says what of them enters",
                "add `predictor: {change: percent}`",
            )),
            None => None,
        }
    }

    /// The methods section.
    pub fn methods(&self) -> Vec<String> {
        if self.outcomes.is_empty() || self.features.is_empty() {
            return Vec::new();
        }
        let covariates = match self.covariates.as_slice() {
            [] => "no covariates".to_owned(),
            names => names.join(", ").replace(BASELINE_SCORE, "the baseline score"),
        };
        let sets: Vec<String> = self.features.iter().map(|features| features.name().replace('_', " ")).collect();
        let mut text = format!(
            "Prediction of {} was judged on participants the model had not seen: each participant was predicted by \
             least squares (linfa) on all others, from {covariates} and these sets of metabolites: {}. Normalization, \
             imputation of missing changes (by the median) and the choice of the best metabolite were done again inside \
             each fold. Q² is 1 − PRESS over the squared error of predicting each participant by the mean of the others; \
             a Q² below zero is worse than that mean.",
            self.outcomes.join(", "),
            sets.join(", ")
        );
        if self.validation.permutations > 0 {
            text += &format!(
                " The permutation p-value is the share, (b + 1)/(m + 1), of {} random reassignments of the outcome \
                 under which the whole procedure, choice included, predicts at least as well.",
                self.validation.permutations
            );
        }
        vec![text]
    }
}
