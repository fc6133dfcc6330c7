//! Measures how good each analyte is and judges it by its rules.

use std::collections::BTreeMap;

use super::arrange::Bench;
use super::batches::{self, FEWEST_QC, FEWEST_STUDY, detected, missing, pairs, worst};
use super::correlation::pearson;
use super::judge::{ByHand, Failure, Verdict};
use super::params::AnalyteRules;
use super::rules::{AnalyteRule, Needs};
use super::schema::{AnalyteQualityRow as Quality, BatchQualityRow, ControlChartRow};
use super::{carry_over, drift, westgard};
use crate::contract::{Finding, StageContext};
use crate::statistics::descriptive;
use crate::statistics::repeatability::{d_ratio, rsd, share};

/// What was measured of one analyte.
pub struct Measured {
    pub quality: Quality,
    pub batches: Vec<BatchQualityRow>,
    pub chart: Vec<ControlChartRow>,
}

/// What a measurement needs beside the samples.
pub struct Asked<'a> {
    pub rules: &'a AnalyteRules,
    /// Groups of study samples for the rule of detection within groups.
    pub groups: Vec<(String, Vec<usize>)>,
    /// The RSD between replicates and the number of groups, by analyte.
    pub replicates: &'a BTreeMap<String, (f64, usize)>,
}

/// Measures one analyte; no decision is made.
pub fn measure(bench: &Bench, analyte: usize, asked: &Asked<'_>) -> Measured {
    let robust = asked.rules.robust;
    let study = bench.present(analyte, &bench.study);
    let pooled = bench.present(analyte, &bench.pooled_qc);
    let blank = blanks(bench, analyte);
    let ordered = pairs(bench, analyte, &bench.pooled_qc);
    let quality = Quality {
        analyte: bench.analytes()[analyte].clone(),
        role: bench.is_standard(analyte).then(|| "internal_standard".to_owned()),
        n: study.len() as i64,
        // METHOD: a value below the limit of detection with a number is a value; one without a number is missing.
        missing_fraction: missing(study.len(), bench.study.len()),
        below_lod: bench.study.iter().filter(|&&row| bench.sheet.is_below_lod(row, analyte)).count() as i64,
        qc_n: pooled.len() as i64,
        qc_rsd: rsd(&pooled, robust),
        qc_rsd_robust: rsd(&pooled, true),
        d_ratio: d_ratio(&pooled, &study, robust),
        blank_ratio: share(descriptive::median(&study), descriptive::median(&blank)),
        detection_qc: detected(pooled.len(), bench.pooled_qc.len()),
        drift_p: drift::spearman_p(&ordered),
        drift: drift::relative_change(&ordered),
        blank_share: share(descriptive::median(&blank), descriptive::median(&pooled)),
        ..Quality::default()
    };
    let batches = batches::measure(bench, analyte, robust);
    let mut measured = Measured { quality, batches, chart: Vec::new() };
    measured.add_worst_batches(bench);
    measured.add_best_group(bench, analyte, &asked.groups);
    measured.add_dilution(bench, analyte);
    measured.add_carry_over(bench, analyte);
    measured.add_chart(bench, analyte, asked.rules);
    if let Some((rsd, groups)) = asked.replicates.get(&measured.quality.analyte) {
        (measured.quality.replicate_rsd, measured.quality.replicate_groups) = (Some(*rsd), *groups as i64);
    }
    if bench.sheet.transformed {
        measured.forget_sizes();
    }
    measured
}

/// What each blank holds.
fn blanks(bench: &Bench, analyte: usize) -> Vec<f64> {
    // METHOD: a blank without a value is one in which nothing was found, so it counts as zero, for every rule about blanks.
    let column = bench.sheet.grid.column(analyte);
    bench.blanks.iter().map(|&row| if column[row].is_finite() { column[row] } else { 0.0 }).collect()
}

impl Measured {
    fn add_worst_batches(&mut self, bench: &Bench) {
        let sizes: BTreeMap<&str, usize> =
            bench.batches.iter().filter_map(|batch| Some((batch.name.as_deref()?, batch.study.len()))).collect();
        let large = |row: &&BatchQualityRow| sizes.get(row.batch.as_str()).is_some_and(|size| *size >= FEWEST_STUDY);
        let of_missing = worst(self.batches.iter().filter(large).map(|row| (row.batch.as_str(), row.missing_fraction)));
        let enough = self.batches.iter().filter(|row| row.qc_n >= FEWEST_QC as i64);
        let of_rsd = worst(enough.map(|row| (row.batch.as_str(), row.qc_rsd)));
        (self.quality.worst_batch_missing, self.quality.worst_batch_missing_name) = of_missing.unzip();
        (self.quality.worst_batch_rsd, self.quality.worst_batch_rsd_name) = of_rsd.unzip();
    }

    /// METHOD: values that were transformed have no zero that means nothing is there, so what compares sizes is unknown.
    fn forget_sizes(&mut self) {
        let no_size = None;
        self.quality = Quality {
            qc_rsd: no_size,
            qc_rsd_robust: no_size,
            worst_batch_rsd: no_size,
            worst_batch_rsd_name: None,
            replicate_rsd: no_size,
            blank_ratio: no_size,
            blank_share: no_size,
            carry_over: no_size,
            dilution_r: no_size,
            dilution_r2: no_size,
            drift: no_size,
            ..std::mem::take(&mut self.quality)
        };
        self.batches.iter_mut().for_each(|batch| (batch.qc_rsd, batch.drift) = (no_size, no_size));
    }

    fn add_best_group(&mut self, bench: &Bench, analyte: usize, groups: &[(String, Vec<usize>)]) {
        let shares =
            groups.iter().map(|(name, rows)| (name.as_str(), detected(bench.present(analyte, rows).len(), rows.len())));
        (self.quality.detection_best_group, self.quality.detection_best_group_name) = worst(shares).unzip();
    }

    /// Pearson's correlation between relative concentration and value, on the scale of the file.
    fn add_dilution(&mut self, bench: &Bench, analyte: usize) {
        let column = bench.sheet.grid.column(analyte);
        let known = bench.dilutions.iter().map(|&(row, dilution)| (dilution, column[row]));
        let (dilutions, values): (Vec<f64>, Vec<f64>) = known.filter(|(_, value)| value.is_finite()).unzip();
        // METHOD: two points lie on a line whatever they are, so at least three are asked for.
        let r = pearson(&dilutions, &values).filter(|_| values.len() > 2);
        self.quality.dilution_n = values.len() as i64;
        self.quality.dilution_r = r;
        self.quality.dilution_r2 = r.map(|r| r.max(0.0) * r.max(0.0));
    }

    fn add_carry_over(&mut self, bench: &Bench, analyte: usize) {
        let fractions: Vec<f64> =
            bench.injections.of(&bench.sheet, analyte).iter().flat_map(|run| carry_over::fractions(run)).collect();
        self.quality.carry_over = descriptive::median(&fractions);
        self.quality.carry_over_n = fractions.len() as i64;
    }

    fn add_chart(&mut self, bench: &Bench, analyte: usize, rules: &AnalyteRules) {
        let Some(asked) = rules.levey_jennings else { return };
        let ordered = bench.by_injection(analyte, &bench.pooled_qc);
        let values: Vec<f64> = ordered.iter().map(|(.., value)| *value).collect();
        let Some(chart) = westgard::chart(&values, asked.first) else { return };
        let quality = &mut self.quality;
        quality.chart_n = Some(chart.n as i64);
        (quality.chart_mean, quality.chart_sd) = (Some(chart.mean), Some(chart.sd));
        let counts = chart.broken.each_ref().map(|places| Some(places.len() as i64));
        [quality.chart_1_3s, quality.chart_2_2s, quality.chart_r_4s, quality.chart_4_1s, quality.chart_10_x] = counts;
        for (rule, places) in westgard::RULES.into_iter().zip(&chart.broken) {
            self.chart.extend(places.iter().map(|&at| ControlChartRow {
                analyte: bench.analytes()[analyte].clone(),
                rule: rule.to_owned(),
                sample_id: bench.samples[ordered[at].1].sample_id.clone(),
                // The file's own number; the row has one, or it would have no place.
                injection_order: bench.samples[ordered[at].1].injection_order.unwrap_or(ordered[at].0),
                value: values[at],
                z: chart.z[at],
            }));
        }
    }
}

/// Judges one analyte by the rules that are on; an internal standard fails none.
pub fn judge(quality: &Quality, rules: &[AnalyteRule], by_hand: &ByHand<'_>) -> Verdict {
    let judged = rules.iter().filter(|_| quality.role.is_none());
    let failures: Vec<Failure> = judged.filter_map(|rule| rule.failure(quality)).collect();
    Verdict::new(&quality.analyte, failures, by_hand)
}

/// The row with its decision.
pub fn decided(quality: Quality, verdict: &Verdict) -> Quality {
    Quality { decision: verdict.decision().to_owned(), reason: verdict.reason(), ..quality }
}

/// Records rules that have nothing to judge by; they keep.
pub fn report_unjudged(rules: &[AnalyteRule], bench: &Bench, qualities: &[&Quality], context: &mut StageContext<'_>) {
    if qualities.is_empty() {
        return;
    }
    for (need, code, message) in Needs::ABSENT {
        if need.are_absent(bench) && rules.iter().any(|rule| rule.needs == Some(need)) {
            context.find(Finding::warning(code, "", message));
        }
    }
    report_unordered(bench, context);
    for rule in rules.iter().filter(|rule| !rule.needs.is_some_and(|need| need.are_absent(bench))) {
        let unknown = qualities.iter().filter(|quality| quality.role.is_none() && (rule.value)(quality).is_none());
        let names: Vec<&str> = unknown.map(|quality| quality.analyte.as_str()).collect();
        if let (Some((code, why)), false) = (rule.undefined, names.is_empty()) {
            let message = format!("{why} for {} analytes, which pass its rule: {}", names.len(), names.join(", "));
            context.find(Finding::note(code, "", message));
        }
    }
}

/// Records pooled QC samples without an injection order, where others have one.
fn report_unordered(bench: &Bench, context: &mut StageContext<'_>) {
    let (ordered, without): (Vec<usize>, Vec<usize>) =
        bench.pooled_qc.iter().partition(|&&row| bench.samples[row].injection_order.is_some());
    if !ordered.is_empty() && !without.is_empty() {
        let names: Vec<&str> = without.iter().map(|&row| bench.samples[row].sample_id.as_str()).collect();
        let message = format!(
            "{} pooled QC samples have no injection order and take no part in drift and charts: {}",
            names.len(),
            names.join(", ")
        );
        context.find(Finding::warning("qc_without_order", "", message).hint("give each its `injection_order`"));
    }
}

/// Records, for each of Westgard's rules, the analytes that break it.
pub fn report_charts(rules: &AnalyteRules, qualities: &[&Quality], context: &mut StageContext<'_>) {
    if rules.levey_jennings.is_none() || qualities.is_empty() {
        return;
    }
    let without: Vec<&str> =
        qualities.iter().filter(|q| q.chart_n.is_none()).map(|quality| quality.analyte.as_str()).collect();
    if !without.is_empty() {
        let message = format!(
            "{} analytes have no Levey-Jennings chart (fewer than three pooled QC values with an injection order, or no \
             spread): {}",
            without.len(),
            without.join(", ")
        );
        context.find(Finding::note("no_chart", "", message));
    }
    let count: [fn(&Quality) -> Option<i64>; 5] =
        [|q| q.chart_1_3s, |q| q.chart_2_2s, |q| q.chart_r_4s, |q| q.chart_4_1s, |q| q.chart_10_x];
    for (rule, count) in westgard::RULES.into_iter().zip(count) {
        let broken = qualities.iter().filter_map(|quality| {
            let times = count(quality).filter(|times| *times > 0)?;
            Some(format!("{} ({times})", quality.analyte))
        });
        let broken: Vec<String> = broken.collect();
        if !broken.is_empty() {
            let message = format!(
                "pooled QC samples break Westgard's rule {rule} in {} analytes (times): {}",
                broken.len(),
                broken.join(", ")
            );
            let hint = "look at the charts and at the injection log; a correction of drift may help";
            context.find(Finding::warning("westgard", rule, message).hint(hint));
        }
    }
}
