//! Checks the settings, and the names in them against the data.

use std::collections::{BTreeMap, BTreeSet};

use super::Params;
use super::arrange::Bench;
use super::overrides::Overrides;
use super::params::{DetectionGroup, SampleRules};
use super::replicates::Group;
use crate::contract::vocabulary::Variable;
use crate::contract::{Place, Problem, Vocabulary};

/// Every problem of the settings.
pub fn check(params: &Params, names: &Vocabulary) -> Vec<Problem> {
    let group = params.analytes.min_detection_group.iter().filter_map(|rule| group(rule, names));
    let first = params.analytes.levey_jennings.and_then(|chart| chart.first).filter(|first| *first < 3);
    let first = first.map(|first| {
        let place = Place::setting("stages.qc.analytes.levey_jennings.first");
        let message = format!("a centre and a spread cannot be learnt from {first} values");
        Problem::new("too_few_values", place, message, "write at least 3; 20 is usual")
    });
    let day = params.samples.time_of_day.filter(|rule| rule.within.low() < 0.0 || rule.within.high() > 24.0);
    let day = day.map(|rule| {
        let place = Place::setting("stages.qc.samples.time_of_day.within");
        let message = format!("[{}, {}] are no hours of a day", rule.within.low(), rule.within.high());
        Problem::new("no_hours", place, message, "write hours after midnight, 0 to 24")
    });
    let transformed = names.transformed.then(|| relative_rules(params)).into_iter().flatten();
    group.chain(first).chain(day).chain(swaps(&params.samples, names)).chain(transformed).collect()
}

/// Rules that compare sizes, on values that are none.
///
/// METHOD: a relative standard deviation, a share of the pooled QC and a total need a zero that means nothing is there;
/// logarithms have none. Missing shares, D-ratios, charts and distances between samples stay.
fn relative_rules(params: &Params) -> Vec<Problem> {
    let (analytes, samples) = (&params.analytes, &params.samples);
    let rules = [
        ("analytes.max_qc_rsd", analytes.max_qc_rsd.is_some()),
        ("analytes.max_qc_rsd_in_batch", analytes.max_qc_rsd_in_batch.is_some()),
        ("analytes.min_blank_ratio", analytes.min_blank_ratio.is_some()),
        ("analytes.max_blank_share", analytes.max_blank_share.is_some()),
        ("analytes.min_dilution_r2", analytes.min_dilution_r2.is_some()),
        ("analytes.max_carry_over", analytes.max_carry_over.is_some()),
        ("analytes.max_drift", analytes.max_drift.is_some()),
        ("samples.replicates.max_rsd", samples.replicates.as_ref().is_some_and(|rule| rule.max_rsd.is_some())),
        ("samples.total_signal", samples.total_signal.is_some()),
    ];
    let problem = |(key, _): (&str, bool)| {
        let place = Place::setting(format!("stages.qc.{key}"));
        let message = "the rule compares sizes, and the file's values are none (`values: transformed`)";
        let remedy = "leave it out (max_d_ratio judges transformed values), or give raw values and say `values: raw`";
        Problem::new("transformed_values", place, message, remedy)
    };
    rules.into_iter().filter(|(_, is_on)| *is_on).map(problem).collect()
}

fn group(rule: &DetectionGroup, names: &Vocabulary) -> Option<Problem> {
    let path = "stages.qc.analytes.min_detection_group.by";
    let (message, remedy) = match (rule.by.as_str(), names.variables.get(&rule.by)) {
        ("timepoint", None) | (_, Some(Variable::Binary | Variable::Category(_))) => return None,
        (name, Some(Variable::Number | Variable::Count)) => {
            (format!("`{name}` is a number and makes no groups"), "name `timepoint`, or a category or binary column")
        }
        (name, None) => {
            let known = names.variables.keys().map(String::as_str).chain(["timepoint"]);
            let known: Vec<&str> = known.collect();
            return Vocabulary::unknown("unknown_column", "group", name, known.iter().copied(), path);
        }
    };
    Some(Problem::new("no_groups", Place::setting(path), message, remedy))
}

fn swaps(rules: &SampleRules, names: &Vocabulary) -> Vec<Problem> {
    let Some(swaps) = &rules.swaps else { return Vec::new() };
    let mut problems = Vec::new();
    if !swaps.within_participant && swaps.sex.is_none() {
        let place = Place::setting("stages.qc.samples.swaps");
        let remedy = "write `within_participant: true`, or `sex`, or leave `swaps` out";
        problems.push(Problem::new("nothing_asked", place, "nothing is looked for", remedy));
    }
    if swaps.margin.get() > 2.0 {
        let place = Place::setting("stages.qc.samples.swaps.margin");
        let message = format!("two correlations never differ by more than 2, and {} is asked for", swaps.margin.get());
        problems.push(Problem::new("out_of_range", place, message, "write for example 0.2"));
    }
    let Some(sex) = &swaps.sex else { return problems };
    let path = "stages.qc.samples.swaps.sex.column";
    problems.extend(match names.variables.get(&sex.column) {
        Some(Variable::Binary) => None,
        Some(Variable::Category(levels)) if levels.len() == 2 => None,
        Some(_) => {
            let message = format!("`{}` has not exactly two levels", sex.column);
            Some(Problem::new("not_two_levels", Place::setting(path), message, "name a column with two levels"))
        }
        None => {
            let known = names.variables.keys().map(String::as_str);
            Vocabulary::unknown("unknown_column", "column", &sex.column, known, path)
        }
    });
    if sex.analytes.is_empty() {
        let place = Place::setting("stages.qc.samples.swaps.sex.analytes");
        problems.push(Problem::new("nothing_asked", place, "no analyte is named", "name at least one that differs"));
    }
    problems
}

/// The analytes that the settings name, each with its place.
pub fn analytes(params: &Params) -> Vec<(String, String)> {
    let named = params.samples.swaps.iter().filter_map(|swaps| swaps.sex.as_ref()).flat_map(|sex| &sex.analytes);
    let place = |(at, name): (usize, &String)| (format!("stages.qc.samples.swaps.sex.analytes[{at}]"), name.clone());
    named.enumerate().map(place).collect()
}

/// What has a name in the data.
pub struct Known<'a> {
    pub bench: &'a Bench,
    pub samples: &'a [String],
    pub assessments: &'a BTreeSet<String>,
    pub groups: &'a [Group],
}

impl Known<'_> {
    /// A problem for every name in the settings or the file of decisions that is not of the data.
    pub fn unknown(&self, params: &Params, overrides: &Overrides) -> Vec<Problem> {
        let analytes = || self.bench.analytes().iter().map(String::as_str);
        let study = self.bench.judged.iter().map(|&row| self.bench.samples[row].sample_id.as_str());
        let known: BTreeSet<&str> = analytes().chain(study).collect();
        let named = params.keep.iter().enumerate().filter(|(_, name)| !self.assessments.contains(*name));
        let keep = named.filter_map(|(place, name)| {
            let path = format!("stages.qc.keep[{place}]");
            Vocabulary::unknown("unknown_keep", "analyte or study sample", name, known.iter().copied(), path)
        });
        let named = analytes_of_the_data(params, self.bench);
        let decided = overrides.unknown(params.decisions.as_deref().unwrap_or_default(), |kind| match kind {
            "analyte" => analytes().collect(),
            "sample" => self.samples.iter().map(String::as_str).collect(),
            _ => self.assessments.iter().map(String::as_str).collect(),
        });
        keep.chain(named).chain(decided).chain(self.combined(params, overrides)).collect()
    }

    /// A problem for each decision about a replicate that becomes part of another sample.
    fn combined(&self, params: &Params, overrides: &Overrides) -> Vec<Problem> {
        let absorbed = self.groups.iter().flat_map(|group| group.iter().skip(1).map(|sample| (sample, &group[0])));
        let into: BTreeMap<&str, &str> =
            absorbed.map(|(sample, first)| (sample.sample_id.as_str(), first.sample_id.as_str())).collect();
        let about = overrides.about("sample");
        let decided = about.iter().filter_map(|(name, decision)| Some((name, decision, into.get(name)?)));
        let problem = |(name, decision, into): (&&str, &&super::overrides::Override, &&str)| {
            let file = params.decisions.as_deref().unwrap_or_default();
            let message = format!("the replicate `{name}` becomes part of `{into}` and is not decided about alone");
            let remedy = format!("decide about `{into}`, or exclude `{name}`, which leaves it out before");
            Problem::new("decision_of_replicate", Place::cell(file, decision.line, "override"), message, remedy)
        };
        decided.map(problem).collect()
    }
}

fn analytes_of_the_data(params: &Params, bench: &Bench) -> Vec<Problem> {
    let unknown = analytes(params).into_iter().filter_map(|(path, name)| {
        let known = bench.analytes().iter().map(String::as_str);
        // A study without metabolites has none to name; its rules have nothing to do.
        (!bench.analytes().is_empty())
            .then(|| Vocabulary::unknown("unknown_analyte", "analyte", &name, known, path))
            .flatten()
    });
    unknown.collect()
}
