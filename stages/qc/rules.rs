//! The rules that are on, in the order in which they are applied, each in words.

use super::flow::RuleInForce;
use super::params::{AnalyteRules, AssessmentRules, OnFail, Outlier, SampleRules};
use crate::statistics::descriptive::show;

fn rule(name: &'static str, on_fail: Option<OnFail>, words: String) -> RuleInForce {
    RuleInForce { name, on_fail: on_fail.unwrap_or_default(), words }
}

/// The rules on analytes.
pub fn analytes(rules: &AnalyteRules) -> Vec<RuleInForce> {
    let robust = rules.robust;
    let missing = rules.max_missing.map(|r| {
        let words = format!("missing in more than {} of the study samples", show(r.limit.get()));
        rule("max_missing", r.on_fail, words)
    });
    let rsd = rules.max_qc_rsd.map(|r| {
        let formula = if robust { "1.4826 MAD/median" } else { "sd/mean" };
        let words = format!("RSD of the pooled QC samples ({formula}) above {}", show(r.limit.get()));
        rule("max_qc_rsd", r.on_fail, words)
    });
    let d_ratio = rules.max_d_ratio.map(|r| {
        let formula = if robust { "MAD(QC)/MAD(study)" } else { "sd(QC)/sd(study)" };
        rule("max_d_ratio", r.on_fail, format!("D-ratio ({formula}) above {}", show(r.limit.get())))
    });
    let blank = rules.min_blank_ratio.map(|r| {
        let words = format!("median(study)/median(blank) below {}", show(r.limit.get()));
        rule("min_blank_ratio", r.on_fail, words)
    });
    [missing, rsd, d_ratio, blank].into_iter().flatten().collect()
}

/// The rules on study samples.
pub fn samples(rules: &SampleRules) -> Vec<RuleInForce> {
    let missing = rules.max_missing.map(|r| {
        let words = format!("more than {} of the kept analytes missing", show(r.limit.get()));
        rule("max_missing", r.on_fail, words)
    });
    let window = rules.time_window.map(|r| {
        rule(
            "time_window",
            r.on_fail,
            "drawn outside the declared hours after the infusion, bounds included".to_owned(),
        )
    });
    let outlier = rules.outlier.map(|Outlier::RobustPca { alpha, on_fail }| {
        let words = format!("outlying among the robust principal components (alpha {})", show(alpha.get()));
        rule("outlier", on_fail, words)
    });
    [missing, window, outlier].into_iter().flatten().collect()
}

/// The rules on assessments.
pub fn assessments(rules: &AssessmentRules) -> Vec<RuleInForce> {
    let words = || "a total that is not the sum of its items".to_owned();
    rules.total_matches_items.map(|r| rule("total_matches_items", r.on_fail, words())).into_iter().collect()
}
