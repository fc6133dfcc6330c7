//! The settings of qc: the rules, each off where it is left out.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use super::analyte_rules::{AnalyteRules, DetectionGroup, LeveyJennings};
pub use super::rule::{AtLeast, AtMost, OnFail, Rule};
pub use super::sample_rules::{Outlier, Replicates, SampleRules, SexCheck, Swaps, TimeOfDay, TotalSignal};

/// The settings of qc: the rules, each off where it is left out.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(from = "Written")]
#[schemars(!from, deny_unknown_fields, default)]
pub struct Params {
    /// Rules on analytes. Default: none.
    pub analytes: AnalyteRules,
    /// Rules on study samples. Default: none.
    pub samples: SampleRules,
    /// Rules on assessments. Default: none.
    pub assessments: AssessmentRules,
    /// The file of reviewed decisions: `outputs/qc/decisions.csv` of an earlier run, with `override` (keep, exclude or
    /// flag) and `override_reason` filled in where a person decided otherwise. It lies in the study's data folder.
    /// Default: null, no decision by hand.
    pub decisions: Option<String>,
    /// What happens to what fails a rule that does not say so itself: exclude (default), flag or stop.
    pub on_fail: OnFail,
    /// Analytes and samples that are kept whatever a rule says; each is recorded as kept by name. Default: none.
    pub keep: Vec<String>,
}

/// Rules on assessments.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct AssessmentRules {
    /// A total is the sum of its items, where both are given.
    pub total_matches_items: Option<Switch>,
}

/// A rule without a limit of its own.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Switch {
    /// What happens where it fails. Default: the stage's `on_fail`.
    pub on_fail: Option<OnFail>,
}

/// The settings as written; rules that do not say what happens take it from the stage.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Written {
    analytes: AnalyteRules,
    samples: SampleRules,
    assessments: AssessmentRules,
    decisions: Option<String>,
    on_fail: OnFail,
    keep: Vec<String>,
}

impl From<Written> for Params {
    /// Resolves every rule, so that a default written out makes no difference.
    fn from(written: Written) -> Params {
        let Written { mut analytes, mut samples, mut assessments, decisions, on_fail, keep } = written;
        let rules = analytes.on_fails().into_iter().chain(samples.on_fails());
        let rules = rules.chain(assessments.total_matches_items.as_mut().map(|rule| &mut rule.on_fail));
        rules.for_each(|rule| *rule = rule.or(Some(on_fail)));
        Params { analytes, samples, assessments, decisions, on_fail, keep }
    }
}
