//! The rules on analytes.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::rule::{AtLeast, AtMost, OnFail};
use crate::contract::quantity::{Fraction, NonNegative};

/// Rules on analytes; a limit is a number or a map such as `{max: 0.3, on_fail: flag}`, itself still good.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct AnalyteRules {
    /// Largest share of study samples without a value, 0 to 1 (0.2 is the 80 % rule of Bijlsma 2006,
    /// 10.1021/ac051495j). Below the limit of detection counts as missing where there is no number.
    pub max_missing: Option<AtMost<Fraction>>,
    /// Largest such share within the worst batch of at least five study samples, 0 to 1, for example 0.5: an analyte
    /// that one batch lost (batch-wise reporting: Broadhurst 2018, 10.1007/s11306-018-1367-3).
    pub max_missing_in_batch: Option<AtMost<Fraction>>,
    /// Smallest share of pooled QC samples with a value, 0 to 1, usually 0.7 (detection rate of 70 %: Broadhurst 2018,
    /// 10.1007/s11306-018-1367-3).
    pub min_detection_qc: Option<AtLeast<Fraction>>,
    /// At least one group of study samples has this share of values (the modified 80 % rule, after Bijlsma 2006,
    /// 10.1021/ac051495j): an analyte that only one timepoint or one sex has is kept.
    pub min_detection_group: Option<DetectionGroup>,
    /// Largest RSD of the pooled QC samples as a fraction, sd/mean (20 to 30 % in Broadhurst 2018,
    /// 10.1007/s11306-018-1367-3).
    pub max_qc_rsd: Option<AtMost<NonNegative>>,
    /// Largest such RSD within the worst batch of at least three pooled QC values, as a fraction, for example 0.3
    /// (Broadhurst 2018, 10.1007/s11306-018-1367-3).
    pub max_qc_rsd_in_batch: Option<AtMost<NonNegative>>,
    /// Largest D-ratio as a fraction, sd(pooled QC)/sd(study) (50 % in Broadhurst 2018, 10.1007/s11306-018-1367-3).
    pub max_d_ratio: Option<AtMost<NonNegative>>,
    /// Smallest ratio of the median study sample to the median blank, for example 3 (blanks: Broadhurst 2018,
    /// 10.1007/s11306-018-1367-3; filtering by them: Schiffman 2019, 10.1186/s12859-019-2871-9).
    pub min_blank_ratio: Option<AtLeast<NonNegative>>,
    /// Largest median of the blanks as a share of the median pooled QC sample, for example 0.05; a blank without a
    /// value counts as zero (blanks: Broadhurst 2018, 10.1007/s11306-018-1367-3; filtering by them: Schiffman 2019,
    /// 10.1186/s12859-019-2871-9).
    pub max_blank_share: Option<AtMost<NonNegative>>,
    /// Smallest squared Pearson correlation between value and relative concentration over samples of type dilution, 0
    /// to 1, for example 0.8; a falling line fails whatever its square (dilution series: Lewis 2016,
    /// 10.1021/acs.analchem.6b01481).
    pub min_dilution_r2: Option<AtLeast<Fraction>>,
    /// Largest carry-over as a fraction, for example 0.01: the median over blanks injected right after a study or
    /// pooled QC sample of (blank - m)/(sample - m), m the median of the other blanks of the batch that follow no
    /// sample, at most the blank itself; a blank without a value counts as zero. At most 20 % of the lowest standard is what ICH M10
    /// (bioanalytical method validation) asks of targeted assays.
    pub max_carry_over: Option<AtMost<NonNegative>>,
    /// Largest change of the pooled QC samples over the run, up or down, as a fraction of their median, for example
    /// 0.3: the Theil-Sen slope by injection order times the span of orders (Sen 1968,
    /// 10.1080/01621459.1968.10480934).
    pub max_drift: Option<AtMost<NonNegative>>,
    /// Levey-Jennings charts of the pooled QC samples (Levey & Jennings 1950, 10.1093/ajcp/20.11_ts.1059) with Westgard's
    /// rules; they count and tell, and leave nothing out (Westgard 1981, 10.1093/clinchem/27.3.493).
    pub levey_jennings: Option<LeveyJennings>,
    /// Whether RSD and D-ratio are of medians and MADs: 1.4826 MAD/median and MAD/MAD. Default: false.
    pub robust: bool,
}

/// In how many study samples of a group an analyte must be found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DetectionGroup {
    /// What makes the groups: `timepoint`, or a declared column of the participants that is a category or binary.
    pub by: String,
    /// The share that at least one group reaches, 0 to 1, usually 0.8.
    pub min: Fraction,
    /// What happens where it fails. Default: the stage's `on_fail`.
    #[serde(default)]
    pub on_fail: Option<OnFail>,
}

/// From which pooled QC samples the centre and the spread of a chart come.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct LeveyJennings {
    /// The first so many values in the order of injection, at least 3 (20 is usual). Default: null, all of them.
    #[schemars(range(min = 3))]
    pub first: Option<usize>,
}

impl AnalyteRules {
    /// What happens where a rule fails, for each rule that is on.
    pub(super) fn on_fails(&mut self) -> Vec<&mut Option<OnFail>> {
        macro_rules! of { ($($rule:ident),+) => { [$(self.$rule.as_mut().map(|rule| &mut rule.on_fail)),+] } }
        let rules = of!(
            max_missing,
            max_missing_in_batch,
            min_detection_qc,
            min_detection_group,
            max_qc_rsd,
            max_qc_rsd_in_batch,
            max_d_ratio,
            min_blank_ratio,
            max_blank_share,
            min_dilution_r2,
            max_carry_over,
            max_drift
        );
        rules.into_iter().flatten().collect()
    }
}
