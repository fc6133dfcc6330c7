//! Measures how good each study sample is and judges it by its rules.

use std::collections::BTreeMap;

use super::arrange::Bench;
use super::judge::{ByHand, Failure, Verdict};
use super::params::{Outlier, SampleRules};
use super::schema::SampleQualityRow;
use super::swaps::{self, Likeness};
use super::{hours, outlier, total_signal};
use crate::contract::{Finding, StageContext, Table};
use crate::ingest::schema::{Participants, SampleRow};
use crate::statistics::descriptive::show;

/// Judges every study sample over the kept analytes; each has a row and a verdict.
pub fn judge(
    rules: &SampleRules,
    bench: &Bench,
    (analytes, participants): (&[usize], &Table<Participants>),
    by_hand: &ByHand<'_>,
    context: &mut StageContext<'_>,
) -> Vec<(SampleQualityRow, Verdict)> {
    let totals = totals(rules, bench, analytes, context);
    let mut judged: BTreeMap<usize, Judged> = BTreeMap::new();
    for &row in &bench.judged {
        let mut of_row = Judged { missing: missing_fraction(bench, row, analytes), ..Judged::default() };
        (of_row.total, of_row.total_z) = totals.get(&row).copied().unwrap_or_default();
        of_row.failures.extend(too_much_missing(rules, of_row.missing));
        of_row.failures.extend(hours::failures(rules, &bench.samples[row]));
        of_row.failures.extend(unusual_total(rules, of_row.total_z));
        judged.insert(row, of_row);
    }
    hours::report(rules, bench, context);
    // METHOD: samples that an earlier rule or a person leaves out take no part in the search for outliers and exchanges.
    let excluded = |row: &usize, judged: &Judged| {
        Verdict::new(&bench.samples[*row].sample_id, judged.failures.clone(), by_hand).is_excluded()
    };
    let staying = judged.iter().filter(|(row, judged)| !excluded(row, judged)).map(|(row, _)| *row);
    let staying: Vec<usize> = staying.collect();
    find_outliers(rules, bench, (&staying, analytes), &mut judged, context);
    if let Some(rule) = rules.swaps.as_ref().filter(|_| !bench.judged.is_empty()) {
        for (row, likeness) in swaps::find(rule, bench, (&staying, analytes), participants, context) {
            judged.entry(row).or_default().likeness = likeness;
        }
    }
    let finish = |(row, judged): (usize, Judged)| {
        let sample = &bench.samples[row];
        let verdict = Verdict::new(&sample.sample_id, judged.failures.clone(), by_hand);
        (quality(sample, judged, &verdict), verdict)
    };
    judged.into_iter().map(finish).collect()
}

/// What was measured of one sample, and what it fails.
#[derive(Debug, Clone, Default)]
struct Judged {
    missing: Option<f64>,
    total: Option<f64>,
    total_z: Option<f64>,
    place: Place,
    likeness: Likeness,
    failures: Vec<Failure>,
}

fn missing_fraction(bench: &Bench, row: usize, analytes: &[usize]) -> Option<f64> {
    let missing = analytes.iter().filter(|&&analyte| !bench.sheet.grid.get(row, analyte).is_finite()).count();
    (!analytes.is_empty()).then(|| missing as f64 / analytes.len() as f64)
}

fn too_much_missing(rules: &SampleRules, missing: Option<f64>) -> Option<Failure> {
    let (rule, missing) = (rules.max_missing?, missing?);
    (missing > rule.limit.get()).then(|| Failure {
        rule: "samples.max_missing",
        value: Some(missing),
        message: format!("missing fraction {} is above {}", show(missing), show(rule.limit.get())),
        on_fail: rule.on_fail.unwrap_or_default(),
    })
}

/// Each study sample's total over the kept analytes and its deviation from the others', where the rule is on.
fn totals(
    rules: &SampleRules,
    bench: &Bench,
    analytes: &[usize],
    context: &mut StageContext<'_>,
) -> BTreeMap<usize, (Option<f64>, Option<f64>)> {
    if rules.total_signal.is_none() || bench.judged.is_empty() || analytes.is_empty() {
        return BTreeMap::new();
    }
    // METHOD: a missing value adds nothing: a sample in which much was not found has a low total, which is the point.
    let mut sums = vec![0.0; bench.samples.len()];
    for &analyte in analytes {
        let column = bench.sheet.grid.column(analyte);
        sums.iter_mut().zip(column).filter(|(_, value)| value.is_finite()).for_each(|(sum, value)| *sum += value);
    }
    let of = |rows: &[usize]| rows.iter().map(|&row| sums[row]).collect::<Vec<f64>>();
    let z = total_signal::deviations(&of(&bench.judged), &of(&bench.study));
    if z.iter().any(Option::is_none) {
        let message = "the total signal of some samples cannot be compared (a total of zero or less, or totals without \
                       spread); they pass its rule";
        context.find(Finding::warning("total_signal_undefined", "", message));
    }
    bench.judged.iter().zip(z).map(|(&row, z)| (row, (Some(sums[row]).filter(|sum| sum.is_finite()), z))).collect()
}

fn unusual_total(rules: &SampleRules, z: Option<f64>) -> Option<Failure> {
    let (rule, z) = (rules.total_signal?, z?);
    (z.abs() > rule.max_deviation.get()).then(|| Failure {
        rule: "samples.total_signal",
        value: Some(z),
        message: format!(
            "the log of the total signal is {} robust standard deviations from the median, more than {}",
            show(z),
            show(rule.max_deviation.get())
        ),
        on_fail: rule.on_fail.unwrap_or_default(),
    })
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
    (rows, analytes): (&[usize], &[usize]),
    judged: &mut BTreeMap<usize, Judged>,
    context: &mut StageContext<'_>,
) {
    let Some(Outlier::RobustPca { alpha, on_fail }) = rules.outlier else { return };
    if rows.is_empty() || analytes.is_empty() {
        return;
    }
    let Some(pca) = outlier::find(bench, rows, analytes, alpha.get(), context) else { return };
    for (at, row) in rows.iter().enumerate() {
        let place = Place {
            score: Some(pca.score_distance[at]),
            score_limit: Some(pca.score_limit),
            orthogonal: Some(pca.orthogonal_distance[at]),
            orthogonal_limit: pca.orthogonal_limit,
            pc1: pca.scores.first().map(|scores| scores[at]),
            pc2: pca.scores.get(1).map(|scores| scores[at]),
        };
        let of_row = judged.entry(*row).or_default();
        of_row.failures.extend(place.is_far().map(|(value, message)| Failure {
            rule: "samples.outlier",
            value: Some(value),
            message,
            on_fail: on_fail.unwrap_or_default(),
        }));
        of_row.place = place;
    }
}

impl Place {
    /// Which distance lies beyond its limit, and both that do in words.
    fn is_far(&self) -> Option<(f64, String)> {
        let beyond = |what, value: Option<f64>, limit: Option<f64>| {
            let (value, limit) = (value?, limit?);
            (value > limit).then(|| (value, format!("{what} {} is above {}", show(value), show(limit))))
        };
        let score = beyond("squared score distance", self.score, self.score_limit);
        let orthogonal = beyond("orthogonal distance", self.orthogonal, self.orthogonal_limit);
        let said: Vec<(f64, String)> = score.into_iter().chain(orthogonal).collect();
        let words = said.iter().map(|(_, words)| words.as_str()).collect::<Vec<_>>().join(", ");
        said.first().map(|(value, _)| (*value, words))
    }
}

fn quality(sample: &SampleRow, judged: Judged, verdict: &Verdict) -> SampleQualityRow {
    let Judged { missing, total, total_z, place, likeness, .. } = judged;
    let (nearest_own, nearest_own_r) = likeness.own.unzip();
    let (nearest_other, nearest_other_r) = likeness.other.unzip();
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
        combined_into: None,
        replicates: None,
        total_signal: total,
        total_signal_z: total_z,
        fasting_hours: sample.fasting_hours,
        time_of_day: sample.time_of_day,
        nearest_own,
        nearest_own_r,
        nearest_other,
        nearest_other_r,
        sex_z: likeness.sex_z,
    }
}
