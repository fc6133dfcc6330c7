//! The settings of the screen: its models, and what is asked of each test.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use crate::contract::Predictor;
use crate::contract::quantity::Probability;
use crate::contract::{Place, Problem, Vocabulary};
use crate::statistics::multiplicity::Adjustment;

use super::check;
pub use super::model::{Covariate, Model};

/// Every metabolite against every outcome, in every model named here.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Params {
    /// The models by name. Default: none.
    pub models: BTreeMap<String, Model>,
    /// The confidence level of all limits; default 0.95.
    pub confidence: Probability,
    /// How p-values are adjusted, and within which family of tests.
    pub multiplicity: Multiplicity,
    /// Permutation inference. Default: none.
    pub permutation: Option<Permutation>,
    /// Bootstrap limits. Default: none.
    pub bootstrap: Option<Bootstrap>,
    /// What is asked of each estimate beyond the model. Default: nothing.
    pub sensitivity: Vec<Sensitivity>,
    /// Evidence for each tested term of a Gaussian model over its absence; default none.
    pub bayes_factor: Option<BayesPrior>,
}

impl Default for Params {
    fn default() -> Self {
        Params {
            models: BTreeMap::new(),
            confidence: Probability::new(0.95).expect("0.95 lies between 0 and 1"),
            multiplicity: Multiplicity::default(),
            permutation: None,
            bootstrap: None,
            sensitivity: Vec::new(),
            bayes_factor: None,
        }
    }
}

/// The adjustment for many tests; a family of tests is the rows that are equal on the `within` columns.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Multiplicity {
    /// How the p-values of a family are adjusted. Default: bh.
    pub method: Adjustment,
    /// The columns on which the tests of a family are equal. Default: model and outcome.
    pub within: Vec<Within>,
}

impl Default for Multiplicity {
    fn default() -> Self {
        Multiplicity { method: Adjustment::Bh, within: vec![Within::Model, Within::Outcome] }
    }
}

/// A column of the association table that separates families of tests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Within {
    /// Each model is a family of its own.
    Model,
    /// Each outcome.
    Outcome,
    /// Each predictor: a change by one measure, or a level at one timepoint.
    Predictor,
    /// Each level of the model's `strata`.
    Stratum,
    /// Each metabolite.
    Analyte,
}

/// Permutation inference: of the Freedman-Lane kind for Gaussian models, of the covariate-adjusted predictor for others.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Permutation {
    /// How a Gaussian model is permuted beside its covariates.
    pub method: PermutationMethod,
    /// Random orderings, from 1 to 10 million; every ordering is used instead where there are fewer.
    #[schemars(range(min = 1, max = 10_000_000))]
    pub draws: u32,
    /// What permutation says of many tests together; default nothing.
    #[serde(default)]
    pub adjust: Option<PermutationAdjustment>,
    /// A category column within whose levels participants are permuted; default among all.
    #[serde(default)]
    pub strata: Option<String>,
}

/// What is permuted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PermutationMethod {
    /// The residuals of the outcome on the covariates are permuted (Freedman and Lane 1983).
    FreedmanLane,
}

/// What permutation says of many tests together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PermutationAdjustment {
    /// Family-wise error within the named family of tests (Westfall and Young 1993).
    StepDownMaxT,
}

/// Bootstrap limits, participants drawn with replacement.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Bootstrap {
    /// How the limits follow from the resampled estimates.
    pub interval: BootstrapInterval,
    /// Resamples, from 20 to 1 million.
    #[schemars(range(min = 20, max = 1_000_000))]
    pub draws: u32,
    /// A category column within whose levels participants are drawn; default among all.
    #[serde(default)]
    pub strata: Option<String>,
}

/// How bootstrap limits follow from the resampled estimates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum BootstrapInterval {
    /// Bias-corrected and accelerated (Efron 1987).
    Bca,
    /// Quantiles of the resampled estimates.
    Percentile,
}

impl BootstrapInterval {
    pub fn name(self) -> &'static str {
        match self {
            BootstrapInterval::Bca => "bca",
            BootstrapInterval::Percentile => "percentile",
        }
    }
}

/// What is asked of each estimate beyond the model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Sensitivity {
    /// The range of the estimate with one participant left out, and whether one flips the conclusion.
    LeaveOneOut,
    /// Leverage, Cook's distance and DFBETA(S) of every participant, as a table.
    Influence,
    /// Breusch-Pagan, Shapiro-Wilk, variance inflation and nonlinearity, beside each fit.
    Diagnostics,
    /// The analysis of covariance beside each model of a change score.
    Ancova,
    /// The noise of the assay beside the spread of each metabolite's change.
    AssayNoise,
}

/// The prior behind a Bayes factor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum BayesPrior {
    /// Unit information: from the difference of BIC.
    Bic,
    /// Jeffreys, Zellner and Siow, of medium scale (√2/4).
    Jzs,
}

impl BayesPrior {
    pub fn name(self) -> &'static str {
        match self {
            BayesPrior::Bic => "bic",
            BayesPrior::Jzs => "jzs",
        }
    }
}

impl Params {
    /// Every problem of these settings, against the names the study defines.
    pub fn check(&self, names: &Vocabulary) -> Vec<Problem> {
        let mut problems = Vec::new();
        for (name, model) in &self.models {
            if name.trim().is_empty() {
                let place = Place::setting("stages.screen.models");
                problems.push(Problem::new("empty_name", place, "a model has no name", "name it, or take it out"));
            }
            problems.extend(check::model(model, &format!("stages.screen.models.{name}"), names));
        }
        problems.extend(self.check_draws());
        problems.extend(self.check_strata(names));
        problems
    }

    fn check_draws(&self) -> Vec<Problem> {
        let asked = [
            ("permutation", self.permutation.as_ref().map(|settings| settings.draws), 1..=10_000_000),
            ("bootstrap", self.bootstrap.as_ref().map(|settings| settings.draws), 20..=1_000_000),
        ];
        let outside = asked.into_iter().filter_map(|(what, draws, range)| {
            let draws = draws.filter(|draws| !range.contains(draws))?;
            let remedy = format!("give a whole number from {} to {}", range.start(), range.end());
            let place = Place::setting(format!("stages.screen.{what}.draws"));
            Some(Problem::new("out_of_range", place, format!("{draws} draws"), remedy))
        });
        outside.collect()
    }

    fn check_strata(&self, names: &Vocabulary) -> Vec<Problem> {
        let permutation = self.permutation.as_ref().and_then(|settings| settings.strata.clone());
        let bootstrap = self.bootstrap.as_ref().and_then(|settings| settings.strata.clone());
        let asked = [("permutation", permutation), ("bootstrap", bootstrap)];
        let unknown = asked.into_iter().filter_map(|(what, column)| {
            let known = names.variables.keys().map(String::as_str);
            let path = format!("stages.screen.{what}.strata");
            Vocabulary::unknown("unknown_column", "participant column", &column?, known, path)
        });
        unknown.collect()
    }
}
