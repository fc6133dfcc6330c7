//! The settings of the screen: its models, and what is asked of each test.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::contract::quantity::Probability;
use crate::contract::{Problem, Vocabulary};
use crate::statistics::multiplicity::Adjustment;

pub use super::model::{Model, Predictor};

/// Every metabolite against every outcome, in every model named here.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Params {
    /// The models by name.
    pub models: BTreeMap<String, Model>,
    /// The confidence level of all limits; default 0.95.
    pub confidence: Probability,
    /// How p-values are adjusted, and within which family of tests.
    pub multiplicity: Multiplicity,
    /// Permutation inference.
    pub permutation: Option<Permutation>,
    /// Bootstrap limits.
    pub bootstrap: Option<Bootstrap>,
    /// What is asked of each estimate beyond the model.
    pub sensitivity: Vec<Sensitivity>,
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
        }
    }
}

/// The adjustment for many tests; a family of tests is the rows that are equal on the `within` columns.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Multiplicity {
    pub method: Adjustment,
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
    Model,
    Outcome,
    Predictor,
    Stratum,
    Analyte,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Permutation {
    pub method: PermutationMethod,
    pub draws: u32,
    #[serde(default)]
    pub adjust: Option<PermutationAdjustment>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PermutationMethod {
    FreedmanLane,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PermutationAdjustment {
    StepDownMaxT,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Bootstrap {
    pub interval: BootstrapInterval,
    pub draws: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum BootstrapInterval {
    Bca,
    Percentile,
}

/// What is asked of each estimate beyond the model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Sensitivity {
    /// The range of the estimate with one participant left out, and whether one flips the conclusion.
    LeaveOneOut,
    /// Leverage, Cook's distance and DFBETA(S) of every participant, as a table.
    Influence,
}

impl Params {
    /// Every problem of these settings, against the names the study defines.
    pub fn check(&self, names: &Vocabulary) -> Vec<Problem> {
        let mut problems = self.not_built();
        for (name, model) in &self.models {
            model.check(&format!("stages.screen.models.{name}"), names, &mut problems);
        }
        problems
    }

    fn not_built(&self) -> Vec<Problem> {
        let whole = [
            (self.permutation.is_some(), "permutation", "permutation inference"),
            (self.bootstrap.is_some(), "bootstrap", "the bootstrap"),
            (self.multiplicity.method == Adjustment::Storey, "multiplicity.method", "`storey`"),
        ];
        let asked = whole.into_iter().filter(|(asked, ..)| *asked);
        asked.map(|(_, key, what)| Problem::not_built(format!("stages.screen.{key}"), what)).collect()
    }
}
