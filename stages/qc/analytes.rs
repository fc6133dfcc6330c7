//! Measures how good each analyte is and judges it by its rules.

use super::arrange::Bench;
use super::drift;
use super::judge::{Failure, Verdict};
use super::params::{AnalyteRules, OnFail};
use super::schema::AnalyteQualityRow;
use crate::contract::{Finding, StageContext};
use crate::statistics::descriptive::{self, MAD_TO_SD, show};

/// What was measured of one analyte.
#[derive(Debug, Clone, PartialEq)]
pub struct Quality {
    analyte: String,
    n: usize,
    missing_fraction: Option<f64>,
    below_lod: usize,
    qc_n: usize,
    qc_rsd: Option<f64>,
    qc_rsd_robust: Option<f64>,
    d_ratio: Option<f64>,
    blank_ratio: Option<f64>,
    drift_p: Option<f64>,
}

impl Quality {
    /// Measures one analyte; `robust` chooses medians and MADs for RSD and D-ratio.
    pub fn measure(bench: &Bench, analyte: usize, robust: bool) -> Self {
        let study = bench.present(analyte, &bench.study);
        let pooled = bench.present(analyte, &bench.pooled_qc);
        let blank = bench.present(analyte, &bench.blanks);
        let spread = if robust { descriptive::mad } else { descriptive::sd };
        let qc_rsd_robust = descriptive::mad(&pooled).map(|mad| MAD_TO_SD * mad);
        let qc_rsd_robust = share(qc_rsd_robust.filter(|_| pooled.len() > 1), descriptive::median(&pooled));
        let qc_rsd = share(descriptive::sd(&pooled), descriptive::mean(&pooled));
        let expected = bench.study.len();
        let below = bench.study.iter().filter(|&&row| bench.sheet.is_below_lod(row, analyte)).count();
        Quality {
            analyte: bench.analytes()[analyte].clone(),
            n: study.len(),
            // METHOD: a value below the limit of detection with a number is a value; one without a number is missing.
            missing_fraction: (expected > 0).then(|| (expected - study.len()) as f64 / expected as f64),
            below_lod: below,
            qc_n: pooled.len(),
            qc_rsd: if robust { qc_rsd_robust } else { qc_rsd },
            qc_rsd_robust,
            d_ratio: share(spread(&pooled).filter(|_| pooled.len() > 1), spread(&study)),
            blank_ratio: share(descriptive::median(&study), descriptive::median(&blank)),
            drift_p: drift::spearman_p(&by_injection(bench, analyte)),
        }
    }

    /// The rules that the analyte fails.
    fn failures(&self, rules: &AnalyteRules) -> Vec<Failure> {
        let mut failures = Vec::new();
        let mut above = |rule, what, value: Option<f64>, limit: Option<(f64, Option<OnFail>)>| {
            if let (Some(value), Some((limit, on_fail))) = (value, limit)
                && value > limit
            {
                let message = format!("{what} {} is above {}", show(value), show(limit));
                failures.push(Failure { rule, message, on_fail: on_fail.unwrap_or_default() });
            }
        };
        let missing = rules.max_missing.map(|rule| (rule.limit.get(), rule.on_fail));
        above("analytes.max_missing", "missing fraction", self.missing_fraction, missing);
        let rsd = rules.max_qc_rsd.map(|rule| (rule.limit.get(), rule.on_fail));
        above("analytes.max_qc_rsd", "RSD of pooled QC", self.qc_rsd, rsd);
        let d_ratio = rules.max_d_ratio.map(|rule| (rule.limit.get(), rule.on_fail));
        above("analytes.max_d_ratio", "D-ratio", self.d_ratio, d_ratio);
        if let (Some(value), Some(rule)) = (self.blank_ratio, rules.min_blank_ratio)
            && value < rule.limit.get()
        {
            let message = format!("ratio to blanks {} is below {}", show(value), show(rule.limit.get()));
            let on_fail = rule.on_fail.unwrap_or_default();
            failures.push(Failure { rule: "analytes.min_blank_ratio", message, on_fail });
        }
        failures
    }

    /// Judges the analyte by the rules; `kept` are the names kept whatever a rule says.
    pub fn judge(&self, rules: &AnalyteRules, kept: &std::collections::BTreeSet<&str>) -> Verdict {
        Verdict::new(&self.analyte, self.failures(rules), kept)
    }

    /// The row of the table.
    pub fn row(self, verdict: &Verdict) -> AnalyteQualityRow {
        AnalyteQualityRow {
            analyte: self.analyte,
            n: self.n as i64,
            missing_fraction: self.missing_fraction,
            below_lod: self.below_lod as i64,
            qc_n: self.qc_n as i64,
            qc_rsd: self.qc_rsd,
            qc_rsd_robust: self.qc_rsd_robust,
            d_ratio: self.d_ratio,
            blank_ratio: self.blank_ratio,
            drift_p: self.drift_p,
            decision: verdict.decision().to_owned(),
            reason: verdict.reason(),
        }
    }
}

/// A ratio to a positive size; undefined otherwise.
fn share(part: Option<f64>, whole: Option<f64>) -> Option<f64> {
    let whole = whole.filter(|whole| *whole > 0.0)?;
    part.map(|part| part / whole).filter(|ratio| ratio.is_finite())
}

fn by_injection(bench: &Bench, analyte: usize) -> Vec<(f64, f64)> {
    let column = bench.sheet.grid.column(analyte);
    let pair = |&row: &usize| Some((bench.samples[row].injection_order? as f64, column[row]));
    bench.pooled_qc.iter().filter_map(pair).filter(|(_, value)| value.is_finite()).collect()
}

/// Records rules that have nothing to judge by; they keep.
pub fn report_unjudged(rules: &AnalyteRules, bench: &Bench, qualities: &[Quality], context: &mut StageContext<'_>) {
    if qualities.is_empty() {
        return;
    }
    let (by_rsd, by_d_ratio) = (rules.max_qc_rsd.is_some(), rules.max_d_ratio.is_some());
    if (by_rsd || by_d_ratio) && bench.pooled_qc.is_empty() {
        let message =
            "no sample is of type pooled_qc: RSD and D-ratio are unknown and every analyte passes their rules";
        context.find(Finding::warning("no_pooled_qc", "", message));
    }
    if rules.min_blank_ratio.is_some() && bench.blanks.is_empty() {
        let message = "no sample is of type blank: the ratio to blanks is unknown and every analyte passes its rule";
        context.find(Finding::warning("no_blanks", "", message));
    }
    let rsd = "the RSD of pooled QC is undefined (fewer than two values, or a centre of zero or less)";
    let d_ratio = "the D-ratio is undefined (fewer than two values, or no spread among study samples)";
    let blank = "the ratio to blanks is undefined (no value, or no blank with a value above zero)";
    let (has_qc, has_blanks) = (!bench.pooled_qc.is_empty(), !bench.blanks.is_empty());
    let findings = [
        (by_rsd && has_qc).then(|| undefined("qc_rsd_undefined", rsd, qualities, |quality| quality.qc_rsd)),
        (by_d_ratio && has_qc).then(|| undefined("d_ratio_undefined", d_ratio, qualities, |quality| quality.d_ratio)),
        (rules.min_blank_ratio.is_some() && has_blanks)
            .then(|| undefined("blank_ratio_undefined", blank, qualities, |quality| quality.blank_ratio)),
    ];
    findings.into_iter().flatten().flatten().for_each(|finding| context.find(finding));
}

/// A finding that lists the analytes of which a measure is undefined.
fn undefined(
    code: &'static str,
    what: &str,
    qualities: &[Quality],
    measure: impl Fn(&Quality) -> Option<f64>,
) -> Option<Finding> {
    let names = qualities.iter().filter(|quality| measure(quality).is_none()).map(|quality| quality.analyte.as_str());
    let names: Vec<&str> = names.collect();
    let message = || format!("{what} for {} analytes, which pass its rule: {}", names.len(), names.join(", "));
    (!names.is_empty()).then(|| Finding::note(code, "", message()))
}
