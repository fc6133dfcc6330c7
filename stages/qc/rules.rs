//! The rules that are on, in the order in which they are applied, each in words.

use super::arrange::Bench;
use super::flow::RuleInForce;
use super::judge::Failure;
use super::params::{AnalyteRules, AssessmentRules, OnFail, Outlier, Replicates, SampleRules};
use super::schema::AnalyteQualityRow as Quality;
use crate::statistics::descriptive::show;

fn rule(name: &'static str, on_fail: Option<OnFail>, words: String) -> RuleInForce {
    RuleInForce { name, on_fail: on_fail.unwrap_or_default(), words }
}

/// What must have been measured for a rule to say anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Needs {
    PooledQc,
    Blanks,
    Dilutions,
    Batches,
}

impl Needs {
    /// What is said where it is absent.
    pub const ABSENT: [(Needs, &'static str, &'static str); 4] = [
        (
            Needs::PooledQc,
            "no_pooled_qc",
            "no sample is of type pooled_qc: RSD, D-ratio and what else follows from these is unknown, and every \
             analyte passes their rules",
        ),
        (
            Needs::Blanks,
            "no_blanks",
            "no sample is of type blank: what blanks hold is unknown, and every analyte passes the rules about them",
        ),
        (
            Needs::Dilutions,
            "no_dilutions",
            "no sample of type dilution has a relative concentration: every analyte passes the rule about linearity",
        ),
        (Needs::Batches, "no_batches", "no sample names a batch: every analyte passes the rules about batches"),
    ];

    pub fn are_absent(self, bench: &Bench) -> bool {
        match self {
            Needs::PooledQc => bench.pooled_qc.is_empty(),
            Needs::Blanks => bench.blanks.is_empty(),
            Needs::Dilutions => bench.dilutions.is_empty(),
            Needs::Batches => bench.batches.iter().all(|batch| batch.name.is_none()),
        }
    }
}

/// A rule on analytes that is on: what it looks at, its limit, and what it needs.
pub struct AnalyteRule {
    pub force: RuleInForce,
    /// The rule below the stage.
    path: &'static str,
    what: &'static str,
    pub value: fn(&Quality) -> Option<f64>,
    /// Where the value is: a batch, a group.
    place: fn(&Quality) -> Option<String>,
    limit: f64,
    /// Whether the limit is the smallest value allowed, not the largest.
    at_least: bool,
    pub needs: Option<Needs>,
    /// The code and the words of the finding where the value is undefined.
    pub undefined: Option<(&'static str, &'static str)>,
}

impl AnalyteRule {
    /// What the analyte fails by; none where it passes, or where the value is not known.
    pub fn failure(&self, quality: &Quality) -> Option<Failure> {
        let value = (self.value)(quality)?;
        let (fails, side) = match self.at_least {
            true => (value < self.limit, "below"),
            false => (value > self.limit, "above"),
        };
        let place = (self.place)(quality).unwrap_or_default();
        let message = format!("{}{place} {} is {side} {}", self.what, show(value), show(self.limit));
        fails.then_some(Failure { rule: self.path, value: Some(value), message, on_fail: self.force.on_fail })
    }
}

/// A rule whose value is anywhere in the table.
fn simple(
    path: &'static str,
    limit: f64,
    on_fail: Option<OnFail>,
    (what, words): (&'static str, String),
    value: fn(&Quality) -> Option<f64>,
) -> AnalyteRule {
    let name = path.rsplit('.').next().unwrap_or(path);
    AnalyteRule {
        force: rule(name, on_fail, words),
        path,
        what,
        value,
        place: |_| None,
        limit,
        at_least: name.starts_with("min"),
        needs: None,
        undefined: None,
    }
}

impl AnalyteRule {
    fn needs(self, needs: Needs) -> Self {
        AnalyteRule { needs: Some(needs), ..self }
    }
    fn undefined(self, code: &'static str, why: &'static str) -> Self {
        AnalyteRule { undefined: Some((code, why)), ..self }
    }
    fn at(self, place: fn(&Quality) -> Option<String>) -> Self {
        AnalyteRule { place, ..self }
    }
}

fn in_batch(name: Option<&String>) -> Option<String> {
    name.map(|name| format!(" in batch `{name}`"))
}

/// The rules on analytes; the one about replicates among them.
pub fn analytes(rules: &AnalyteRules, replicates: Option<&Replicates>) -> Vec<AnalyteRule> {
    let found = missing_rules(rules).into_iter().chain(precision_rules(rules)).chain(blank_rules(rules));
    let replicates = replicates.and_then(|replicates| replicates.max_rsd).map(|r| {
        let words = format!("RSD between replicates (sd/mean, pooled) above {}", show(r.limit.get()));
        let what = ("RSD between replicates", words);
        simple("samples.replicates.max_rsd", r.limit.get(), r.on_fail, what, |q| q.replicate_rsd).undefined(
            "replicate_rsd_undefined",
            "the RSD between replicates is undefined (no two values, or a mean of zero or less)",
        )
    });
    found.chain(replicates).collect()
}

fn missing_rules(rules: &AnalyteRules) -> Vec<AnalyteRule> {
    let missing = rules.max_missing.map(|r| {
        let words = format!("missing in more than {} of the study samples", show(r.limit.get()));
        let what = ("missing fraction", words);
        simple("analytes.max_missing", r.limit.get(), r.on_fail, what, |q| q.missing_fraction)
    });
    let in_worst = rules.max_missing_in_batch.map(|r| {
        let words = format!("missing in more than {} of the study samples of a batch", show(r.limit.get()));
        let what = ("missing fraction", words);
        simple("analytes.max_missing_in_batch", r.limit.get(), r.on_fail, what, |q| q.worst_batch_missing)
            .at(|q| in_batch(q.worst_batch_missing_name.as_ref()))
            .needs(Needs::Batches)
            .undefined(
                "batches_too_small",
                "no batch has five study samples, so missing values within batches are not judged",
            )
    });
    let in_qc = rules.min_detection_qc.map(|r| {
        let words = format!("found in fewer than {} of the pooled QC samples", show(r.limit.get()));
        let what = ("share of pooled QC samples with a value", words);
        simple("analytes.min_detection_qc", r.limit.get(), r.on_fail, what, |q| q.detection_qc).needs(Needs::PooledQc)
    });
    let in_group = rules.min_detection_group.as_ref().map(|r| {
        let words =
            format!("found in fewer than {} of the study samples of every group by {}", show(r.min.get()), r.by);
        let what = ("share of samples with a value in the best group", words);
        simple("analytes.min_detection_group", r.min.get(), r.on_fail, what, |q| q.detection_best_group)
            .at(|q| q.detection_best_group_name.as_ref().map(|name| format!(", `{name}`,")))
            .undefined(
                "groups_undefined",
                "no study sample belongs to a group, so detection within groups is not judged",
            )
    });
    [missing, in_worst, in_qc, in_group].into_iter().flatten().collect()
}

fn precision_rules(rules: &AnalyteRules) -> Vec<AnalyteRule> {
    let formula = if rules.robust { "1.4826 MAD/median" } else { "sd/mean" };
    let rsd = rules.max_qc_rsd.map(|r| {
        let words = format!("RSD of the pooled QC samples ({formula}) above {}", show(r.limit.get()));
        simple("analytes.max_qc_rsd", r.limit.get(), r.on_fail, ("RSD of pooled QC", words), |q| q.qc_rsd)
            .needs(Needs::PooledQc)
            .undefined(
                "qc_rsd_undefined",
                "the RSD of pooled QC is undefined (fewer than two values, or a centre of zero or less)",
            )
    });
    let in_worst = rules.max_qc_rsd_in_batch.map(|r| {
        let words = format!("RSD of the pooled QC samples of a batch ({formula}) above {}", show(r.limit.get()));
        let what = ("RSD of pooled QC", words);
        simple("analytes.max_qc_rsd_in_batch", r.limit.get(), r.on_fail, what, |q| q.worst_batch_rsd)
            .at(|q| in_batch(q.worst_batch_rsd_name.as_ref()))
            .needs(Needs::Batches)
            .undefined(
                "batch_rsd_undefined",
                "no batch has three pooled QC values with a centre above zero, so the RSD within batches is not judged",
            )
    });
    let d_ratio = rules.max_d_ratio.map(|r| {
        let formula = if rules.robust { "MAD(QC)/MAD(study)" } else { "sd(QC)/sd(study)" };
        let words = format!("D-ratio ({formula}) above {}", show(r.limit.get()));
        simple("analytes.max_d_ratio", r.limit.get(), r.on_fail, ("D-ratio", words), |q| q.d_ratio)
            .needs(Needs::PooledQc)
            .undefined(
                "d_ratio_undefined",
                "the D-ratio is undefined (fewer than two values, or no spread among study samples)",
            )
    });
    let drift = rules.max_drift.map(|r| {
        let words = format!("pooled QC samples change by more than {} of their median over the run (Theil-Sen)", show(r.limit.get()));
        let what = ("change of pooled QC over the run, up or down,", words);
        simple("analytes.max_drift", r.limit.get(), r.on_fail, what, |q| q.drift.map(f64::abs))
            .needs(Needs::PooledQc)
            .undefined("drift_undefined", "the drift of pooled QC is undefined (fewer than four values with an injection order, or a median of zero or less)")
    });
    [rsd, in_worst, d_ratio, drift].into_iter().flatten().collect()
}

fn blank_rules(rules: &AnalyteRules) -> Vec<AnalyteRule> {
    let ratio = rules.min_blank_ratio.map(|r| {
        let words = format!("median(study)/median(blank) below {}", show(r.limit.get()));
        simple("analytes.min_blank_ratio", r.limit.get(), r.on_fail, ("ratio to blanks", words), |q| q.blank_ratio)
            .needs(Needs::Blanks)
            .undefined(
                "blank_ratio_undefined",
                "the ratio to blanks is undefined (no value, or a median of the blanks of zero, an empty one counted as zero)",
            )
    });
    let share = rules.max_blank_share.map(|r| {
        let words = format!("median(blank)/median(pooled QC) above {}", show(r.limit.get()));
        let what = ("share of the blanks in pooled QC", words);
        simple("analytes.max_blank_share", r.limit.get(), r.on_fail, what, |q| q.blank_share)
            .needs(Needs::Blanks)
            .undefined(
                "blank_share_undefined",
                "the share of the blanks is undefined (no pooled QC value, or a median of zero or less)",
            )
    });
    let dilution = rules.min_dilution_r2.map(|r| {
        let words = format!("squared correlation with the dilution series below {}", show(r.limit.get()));
        let what = ("squared correlation with the dilution series (0 where its line falls)", words);
        simple("analytes.min_dilution_r2", r.limit.get(), r.on_fail, what, |q| q.dilution_r2)
            .needs(Needs::Dilutions)
            .undefined(
                "dilution_undefined",
                "the correlation with the dilution series is undefined (fewer than three values, or no variation)",
            )
    });
    let carry_over = rules.max_carry_over.map(|r| {
        let words = format!("carry-over into the blank after a sample above {}", show(r.limit.get()));
        simple("analytes.max_carry_over", r.limit.get(), r.on_fail, ("carry-over", words), |q| q.carry_over)
            .needs(Needs::Blanks)
            .undefined(
                "carry_over_undefined",
                "carry-over is undefined (no blank right after a sample with another blank in its batch)",
            )
    });
    [ratio, share, dilution, carry_over].into_iter().flatten().collect()
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
    let fasting = rules.fasting.map(|r| {
        let words = format!("drawn less than {} hours after the last meal", show(r.limit.get()));
        rule("fasting", r.on_fail, words)
    });
    let time = rules.time_of_day.map(|r| {
        let words = format!("drawn outside {} to {} hours after midnight", show(r.within.low()), show(r.within.high()));
        rule("time_of_day", r.on_fail, words)
    });
    let total = rules.total_signal.map(|r| {
        let words = format!("|log total signal - median|/(1.4826 MAD) above {}", show(r.max_deviation.get()));
        rule("total_signal", r.on_fail, words)
    });
    let outlier = rules.outlier.map(|Outlier::RobustPca { alpha, on_fail }| {
        let words = format!("outlying among the robust principal components (alpha {})", show(alpha.get()));
        rule("outlier", on_fail, words)
    });
    [missing, window, fasting, time, total, outlier].into_iter().flatten().collect()
}

/// The rules on assessments.
pub fn assessments(rules: &AssessmentRules) -> Vec<RuleInForce> {
    let words = || "a total that is not the sum of its items".to_owned();
    rules.total_matches_items.map(|r| rule("total_matches_items", r.on_fail, words())).into_iter().collect()
}
