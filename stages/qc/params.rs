//! The settings of qc: the rules, each off where it is left out.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use super::rule::{AtLeast, AtMost, OnFail, Rule};
use crate::contract::quantity::{Fraction, NonNegative, Probability};

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
    /// A CSV of decisions by hand, each with its reason (not built yet). Default: null.
    pub decisions: Option<String>,
    /// What happens to what fails a rule that does not say so itself: exclude (default), flag or stop.
    pub on_fail: OnFail,
    /// Analytes and samples that are kept whatever a rule says; each is recorded as an override. Default: none.
    pub keep: Vec<String>,
}

/// Rules on analytes; a limit is a number or a map such as `{max: 0.3, on_fail: flag}`, itself still good.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct AnalyteRules {
    /// Largest share of study samples without a value, 0 to 1 (0.2 is the 80 % rule of Bijlsma 2006,
    /// 10.1021/ac051495j). Below the limit of detection counts as missing where there is no number.
    pub max_missing: Option<AtMost<Fraction>>,
    /// Largest RSD of the pooled QC samples as a fraction, sd/mean (20 to 30 % in Broadhurst 2018,
    /// 10.1007/s11306-018-1367-3).
    pub max_qc_rsd: Option<AtMost<NonNegative>>,
    /// Largest D-ratio as a fraction, sd(pooled QC)/sd(study) (50 % in Broadhurst 2018, 10.1007/s11306-018-1367-3).
    pub max_d_ratio: Option<AtMost<NonNegative>>,
    /// Smallest ratio of the median study sample to the median blank, for example 3; see Broadhurst 2018,
    /// 10.1007/s11306-018-1367-3, on blanks.
    pub min_blank_ratio: Option<AtLeast<NonNegative>>,
    /// Whether RSD and D-ratio are of medians and MADs: 1.4826 MAD/median and MAD/MAD. Default: false.
    pub robust: bool,
}

/// Rules on study samples.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct SampleRules {
    /// Largest share of kept analytes without a value, 0 to 1.
    pub max_missing: Option<AtMost<Fraction>>,
    /// The sample was drawn within its timepoint's declared hours after the infusion, bounds included.
    pub time_window: Option<Switch>,
    /// The sample lies near the others.
    pub outlier: Option<Outlier>,
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

/// How outlying samples are found.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "method", rename_all = "snake_case", deny_unknown_fields)]
pub enum Outlier {
    /// Spherical principal components (Locantore 1999, 10.1007/BF02595862) of log, robust-scaled study samples; a
    /// sample fails beyond the limit of its score distance or of its orthogonal distance
    /// (Hubert 2005, 10.1198/004017004000000563).
    RobustPca {
        /// The share of regular samples beyond each limit, between 0 and 1, for example 0.001.
        alpha: Probability,
        /// What happens where it fails. Default: the stage's `on_fail`.
        #[serde(default)]
        on_fail: Option<OnFail>,
    },
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
        let resolve = |rule: &mut Option<OnFail>| *rule = rule.or(Some(on_fail));
        analytes.max_missing.iter_mut().for_each(|rule| resolve(&mut rule.on_fail));
        analytes.max_qc_rsd.iter_mut().for_each(|rule| resolve(&mut rule.on_fail));
        analytes.max_d_ratio.iter_mut().for_each(|rule| resolve(&mut rule.on_fail));
        analytes.min_blank_ratio.iter_mut().for_each(|rule| resolve(&mut rule.on_fail));
        samples.max_missing.iter_mut().for_each(|rule| resolve(&mut rule.on_fail));
        samples.time_window.iter_mut().for_each(|rule| resolve(&mut rule.on_fail));
        samples.outlier.iter_mut().for_each(|Outlier::RobustPca { on_fail, .. }| resolve(on_fail));
        assessments.total_matches_items.iter_mut().for_each(|rule| resolve(&mut rule.on_fail));
        Params { analytes, samples, assessments, decisions, on_fail, keep }
    }
}
