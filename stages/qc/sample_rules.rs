//! The rules on study samples.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::params::Switch;
use super::rule::{AtLeast, AtMost, OnFail};
use crate::contract::quantity::{Fraction, NonNegative, Positive, Probability, Range};

/// Rules on study samples.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct SampleRules {
    /// Samples of the same participant and timepoint with different `replicate` become one. Default: null; a study that
    /// has replicates must say what becomes of them.
    pub replicates: Option<Replicates>,
    /// Largest share of kept analytes without a value, 0 to 1.
    pub max_missing: Option<AtMost<Fraction>>,
    /// The sample was drawn within its timepoint's declared hours after the infusion, bounds included.
    pub time_window: Option<Switch>,
    /// Fewest hours since the last meal, 0 or more, for example 8; needs the samples’ `fasting_hours` (what meals do to
    /// the metabolome: Townsend 2016, 10.1158/1055-9965.EPI-15-1206).
    pub fasting: Option<AtLeast<NonNegative>>,
    /// The hours of the day between which samples are drawn, bounds included; needs the samples' `time_of_day`
    /// (metabolites that follow the time of day: Ang 2012, 10.3109/07420528.2012.699122).
    pub time_of_day: Option<TimeOfDay>,
    /// The sum of a sample's values is like that of the others: a failed injection, a wrong volume.
    pub total_signal: Option<TotalSignal>,
    /// The sample lies near the others.
    pub outlier: Option<Outlier>,
    /// Whether a sample may be another's; what is suspected becomes a finding and nothing is left out.
    pub swaps: Option<Swaps>,
}

/// What becomes of replicates.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Replicates {
    /// How their values become one: mean, median, or the first that is there. A value is missing only if all are.
    pub combine: Combine,
    /// Largest RSD of an analyte between replicates as a fraction, for example 0.2: sd/mean of each group, their
    /// squares pooled by n - 1 (within-subject coefficient of variation: Bland & Altman 1996, 10.1136/bmj.313.7049.106).
    #[serde(default)]
    pub max_rsd: Option<AtMost<NonNegative>>,
}

/// How the values of replicates become one, on the scale of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Combine {
    /// The arithmetic mean of the values that are there.
    Mean,
    /// The median of the values that are there.
    Median,
    /// The first value that is there, in the order of the file.
    First,
}

/// The hours of the day between which samples are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TimeOfDay {
    /// The earliest and the latest hour after midnight, 0 to 24, for example [7, 11].
    pub within: Range,
    /// What happens where it fails. Default: the stage's `on_fail`.
    #[serde(default)]
    pub on_fail: Option<OnFail>,
}

/// How far a sample's total may be from the others'.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TotalSignal {
    /// The largest |log total - median|/(1.4826 MAD) over the study samples, above 0, usually 3 (Leys 2013,
    /// 10.1016/j.jesp.2013.03.013).
    pub max_deviation: Positive,
    /// What happens where it fails. Default: the stage's `on_fail`.
    #[serde(default)]
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

/// What is looked for in the search for exchanged samples.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Swaps {
    /// Whether each sample must be more like its participant's other samples than like anyone else's: correlation over
    /// log analytes, standardized within the timepoint. Default: false.
    pub within_participant: bool,
    /// By how much the correlation with another participant's sample must exceed that with every own one, above 0, at
    /// most 2. Default: 0.2.
    pub margin: Positive,
    /// Whether analytes that differ between the sexes contradict the participant's. Default: null.
    pub sex: Option<SexCheck>,
}

impl Default for Swaps {
    fn default() -> Self {
        let margin = Positive::new(0.2).expect("0.2 is above 0");
        Swaps { within_participant: false, margin, sex: None }
    }
}

/// Which analytes tell the sexes apart.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SexCheck {
    /// The participants' column with two levels.
    pub column: String,
    /// The analytes that differ, for example testosterone and creatinine; at least one.
    pub analytes: Vec<String>,
    /// How many robust standard deviations from the own sex, towards the other and beyond the midpoint, make a
    /// finding; above 0. Default: 3.
    #[serde(default = "three")]
    pub limit: Positive,
}

fn three() -> Positive {
    Positive::new(3.0).expect("3 is above 0")
}

impl SampleRules {
    /// What happens where a rule fails, for each rule that is on.
    pub(super) fn on_fails(&mut self) -> Vec<&mut Option<OnFail>> {
        macro_rules! of { ($($rule:ident),+) => { [$(self.$rule.as_mut().map(|rule| &mut rule.on_fail)),+] } }
        let mut rules: Vec<_> =
            of!(max_missing, time_window, fasting, time_of_day, total_signal).into_iter().flatten().collect();
        rules.extend(self.outlier.as_mut().map(|Outlier::RobustPca { on_fail, .. }| on_fail));
        let max_rsd = self.replicates.as_mut().and_then(|replicates| replicates.max_rsd.as_mut());
        rules.extend(max_rsd.map(|rule| &mut rule.on_fail));
        rules
    }
}
