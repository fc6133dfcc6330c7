//! Judges samples by when they were drawn: after the infusion, after the last meal, by the hour of the day.

use super::arrange::Bench;
use super::judge::Failure;
use super::params::SampleRules;
use crate::contract::{Finding, StageContext};
use crate::ingest::schema::SampleRow;
use crate::statistics::descriptive::show;

/// The rules about hours that a sample fails; one whose hours are not known passes.
pub fn failures(rules: &SampleRules, sample: &SampleRow) -> Vec<Failure> {
    let failed = [outside_window(rules, sample), not_fasting(rules, sample), outside_hours(rules, sample)];
    failed.into_iter().flatten().collect()
}

fn outside_window(rules: &SampleRules, sample: &SampleRow) -> Option<Failure> {
    let rule = rules.time_window?;
    let hours = sample.hours_after_infusion?;
    let early = sample.window_low.is_some_and(|low| hours < low);
    let late = sample.window_high.is_some_and(|high| hours > high);
    let bound = |bound: Option<f64>| bound.map_or_else(|| "…".to_owned(), show);
    (early || late).then(|| Failure {
        rule: "samples.time_window",
        value: Some(hours),
        message: format!(
            "drawn {} h after the infusion, outside {} to {} h",
            show(hours),
            bound(sample.window_low),
            bound(sample.window_high)
        ),
        on_fail: rule.on_fail.unwrap_or_default(),
    })
}

fn not_fasting(rules: &SampleRules, sample: &SampleRow) -> Option<Failure> {
    let (rule, hours) = (rules.fasting?, sample.fasting_hours?);
    (hours < rule.limit.get()).then(|| Failure {
        rule: "samples.fasting",
        value: Some(hours),
        message: format!("drawn {} h after the last meal, less than {}", show(hours), show(rule.limit.get())),
        on_fail: rule.on_fail.unwrap_or_default(),
    })
}

fn outside_hours(rules: &SampleRules, sample: &SampleRow) -> Option<Failure> {
    let (rule, hour) = (rules.time_of_day?, sample.time_of_day?);
    let (low, high) = (show(rule.within.low()), show(rule.within.high()));
    (!rule.within.contains(hour)).then(|| Failure {
        rule: "samples.time_of_day",
        value: Some(hour),
        message: format!("drawn {} h after midnight, outside {low} to {high} h", show(hour)),
        on_fail: rule.on_fail.unwrap_or_default(),
    })
}

/// Records samples whose hours are not known.
pub fn report(rules: &SampleRules, bench: &Bench, context: &mut StageContext<'_>) {
    if bench.study.is_empty() {
        return;
    }
    let study = || bench.study.iter().map(|&row| &bench.samples[row]);
    let has_window = |sample: &&SampleRow| sample.window_low.is_some() || sample.window_high.is_some();
    if rules.time_window.is_some() && study().filter(has_window).count() == 0 {
        let message = "no timepoint declares hours_after_infusion: every sample passes the rule time_window";
        context.find(Finding::warning("no_time_window", "", message));
    }
    let mut unknown = |code, what: &str, names: Vec<&str>| {
        if !names.is_empty() {
            let message = format!("{what} not known, so the samples pass: {}", names.join(", "));
            context.find(Finding::warning(code, "", message));
        }
    };
    if rules.time_window.is_some() {
        let late = study().filter(has_window).filter(|sample| sample.hours_after_infusion.is_none());
        unknown("time_unknown", "hours after the infusion are", late.map(|sample| sample.sample_id.as_str()).collect());
    }
    if rules.fasting.is_some() {
        let fed = study().filter(|sample| sample.fasting_hours.is_none());
        unknown("fasting_unknown", "hours since the last meal are", fed.map(|s| s.sample_id.as_str()).collect());
    }
    if rules.time_of_day.is_some() {
        let when = study().filter(|sample| sample.time_of_day.is_none());
        unknown("time_of_day_unknown", "the time of day is", when.map(|s| s.sample_id.as_str()).collect());
    }
}
