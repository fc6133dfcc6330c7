//! Measures how good each study sample is and judges it by its rules.

use std::collections::{BTreeMap, BTreeSet};

use super::arrange::Bench;
use super::judge::{Failure, Verdict};
use super::outlier;
use super::params::{Outlier, SampleRules};
use super::schema::SampleQualityRow;
use crate::contract::{Finding, StageContext};
use crate::ingest::schema::SampleRow;
use crate::statistics::descriptive::show;

/// Judges every study sample over the kept analytes; each has a row and a verdict.
pub fn judge(
    rules: &SampleRules,
    bench: &Bench,
    analytes: &[usize],
    kept: &BTreeSet<&str>,
    context: &mut StageContext<'_>,
) -> Vec<(SampleQualityRow, Verdict)> {
    let missing: BTreeMap<usize, Option<f64>> =
        bench.study.iter().map(|&row| (row, missing_fraction(bench, row, analytes))).collect();
    let mut failures: BTreeMap<usize, Vec<Failure>> = BTreeMap::new();
    for &row in &bench.study {
        let of_row = failures.entry(row).or_default();
        of_row.extend(too_much_missing(rules, missing.get(&row).copied().flatten()));
        of_row.extend(outside_window(rules, &bench.samples[row]));
    }
    report_windows(rules, bench, context);
    let places = find_outliers(rules, bench, analytes, kept, &mut failures, context);

    let judged = failures.into_iter().map(|(row, failures)| {
        let sample = &bench.samples[row];
        let verdict = Verdict::new(&sample.sample_id, failures, kept);
        let place = places.get(&row).cloned().unwrap_or_default();
        (quality(sample, missing.get(&row).copied().flatten(), place, &verdict), verdict)
    });
    judged.collect()
}

fn missing_fraction(bench: &Bench, row: usize, analytes: &[usize]) -> Option<f64> {
    let missing = analytes.iter().filter(|&&analyte| !bench.sheet.grid.get(row, analyte).is_finite()).count();
    (!analytes.is_empty()).then(|| missing as f64 / analytes.len() as f64)
}

fn too_much_missing(rules: &SampleRules, missing: Option<f64>) -> Option<Failure> {
    let (rule, missing) = (rules.max_missing?, missing?);
    (missing > rule.limit.get()).then(|| Failure {
        rule: "samples.max_missing",
        message: format!("missing fraction {} is above {}", show(missing), show(rule.limit.get())),
        on_fail: rule.on_fail.unwrap_or_default(),
    })
}

fn outside_window(rules: &SampleRules, sample: &SampleRow) -> Option<Failure> {
    let rule = rules.time_window?;
    let hours = sample.hours_after_infusion?;
    let early = sample.window_low.is_some_and(|low| hours < low);
    let late = sample.window_high.is_some_and(|high| hours > high);
    let bound = |bound: Option<f64>| bound.map_or_else(|| "…".to_owned(), show);
    (early || late).then(|| Failure {
        rule: "samples.time_window",
        message: format!(
            "drawn {} h after the infusion, outside {} to {} h",
            show(hours),
            bound(sample.window_low),
            bound(sample.window_high)
        ),
        on_fail: rule.on_fail.unwrap_or_default(),
    })
}

fn report_windows(rules: &SampleRules, bench: &Bench, context: &mut StageContext<'_>) {
    if rules.time_window.is_none() || bench.study.is_empty() {
        return;
    }
    let study = || bench.study.iter().map(|&row| &bench.samples[row]);
    let has_window = |sample: &&SampleRow| sample.window_low.is_some() || sample.window_high.is_some();
    if study().filter(has_window).count() == 0 {
        let message = "no timepoint declares hours_after_infusion: every sample passes the rule time_window";
        context.find(Finding::warning("no_time_window", "", message));
    }
    let unknown = study().filter(has_window).filter(|sample| sample.hours_after_infusion.is_none());
    let unknown: Vec<&str> = unknown.map(|sample| sample.sample_id.as_str()).collect();
    if !unknown.is_empty() {
        let message = format!("hours after the infusion are not known, so the samples pass: {}", unknown.join(", "));
        context.find(Finding::warning("time_unknown", "", message));
    }
}

/// A sample's place among the robust components.
#[derive(Debug, Clone, Default)]
struct Place {
    score: Option<f64>,
    score_limit: Option<f64>,
    orthogonal: Option<f64>,
    orthogonal_limit: Option<f64>,
    pc1: Option<f64>,
    pc2: Option<f64>,
}

fn find_outliers(
    rules: &SampleRules,
    bench: &Bench,
    analytes: &[usize],
    kept: &BTreeSet<&str>,
    failures: &mut BTreeMap<usize, Vec<Failure>>,
    context: &mut StageContext<'_>,
) -> BTreeMap<usize, Place> {
    let Some(Outlier::RobustPca { alpha, on_fail }) = rules.outlier else { return BTreeMap::new() };
    // METHOD: samples that an earlier rule leaves out take no part in finding the components.
    let excluded = |row: &usize, failed: &[Failure]| {
        Verdict::new(&bench.samples[*row].sample_id, failed.to_vec(), kept).is_excluded()
    };
    let rows: Vec<usize> =
        failures.iter().filter(|(row, failed)| !excluded(row, failed)).map(|(row, _)| *row).collect();
    if rows.is_empty() || analytes.is_empty() {
        return BTreeMap::new();
    }
    let Some(pca) = outlier::find(bench, &rows, analytes, alpha.get(), context) else { return BTreeMap::new() };
    let mut places = BTreeMap::new();
    for (at, row) in rows.into_iter().enumerate() {
        let place = Place {
            score: Some(pca.score_distance[at]),
            score_limit: Some(pca.score_limit),
            orthogonal: Some(pca.orthogonal_distance[at]),
            orthogonal_limit: pca.orthogonal_limit,
            pc1: pca.scores.first().map(|scores| scores[at]),
            pc2: pca.scores.get(1).map(|scores| scores[at]),
        };
        if let Some(message) = place.is_far() {
            let failure = Failure { rule: "samples.outlier", message, on_fail: on_fail.unwrap_or_default() };
            failures.entry(row).or_default().push(failure);
        }
        places.insert(row, place);
    }
    places
}

impl Place {
    /// Which distance lies beyond its limit, in words.
    fn is_far(&self) -> Option<String> {
        let beyond = |what, value: Option<f64>, limit: Option<f64>| {
            let (value, limit) = (value?, limit?);
            (value > limit).then(|| format!("{what} {} is above {}", show(value), show(limit)))
        };
        let score = beyond("squared score distance", self.score, self.score_limit);
        let orthogonal = beyond("orthogonal distance", self.orthogonal, self.orthogonal_limit);
        let said: Vec<String> = score.into_iter().chain(orthogonal).collect();
        (!said.is_empty()).then(|| said.join(", "))
    }
}

fn quality(sample: &SampleRow, missing: Option<f64>, place: Place, verdict: &Verdict) -> SampleQualityRow {
    SampleQualityRow {
        sample_id: sample.sample_id.clone(),
        participant_id: sample.participant_id.clone(),
        timepoint: sample.timepoint.clone(),
        missing_fraction: missing,
        outlier_statistic: place.score,
        outlier_limit: place.score_limit,
        orthogonal_distance: place.orthogonal,
        orthogonal_limit: place.orthogonal_limit,
        pc1: place.pc1,
        pc2: place.pc2,
        decision: verdict.decision().to_owned(),
        reason: verdict.reason(),
    }
}
