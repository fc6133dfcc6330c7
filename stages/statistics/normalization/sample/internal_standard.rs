//! Division of each analyte by an internal standard of the same sample.
//!
//! `x · median(standard over the study) / standard`, so that the unit stays. What the standard does not share with its
//! analyte (another extraction, another suppression) it cannot take away.

use std::collections::{BTreeMap, BTreeSet};

use crate::statistics::descriptive;
use crate::statistics::normalization::{Decision, Remark, State, StepError, StepNote};

/// Which standard each analyte is divided by.
#[derive(Debug, Clone, PartialEq)]
pub struct Standards {
    /// Analytes by their standard.
    groups: BTreeMap<usize, Vec<usize>>,
    /// Each standard's median over the study.
    medians: BTreeMap<usize, f64>,
    /// Analytes that are left as they are, and why.
    left: Vec<(usize, String)>,
    /// Standards that are dropped after the step.
    dropped: BTreeSet<usize>,
}

/// Learns each standard's median over the training study samples.
///
/// # Errors
/// The one standard for all is no analyte that is still there.
pub(super) fn fit(
    place: usize,
    state: &State<'_>,
    study: &[usize],
    named: Option<&str>,
    keep: bool,
) -> Result<Standards, StepError> {
    let there = |analyte: &usize| state.kept[*analyte];
    let all = (0..state.grid.analytes.len()).filter(there).map(|a| (state.grid.analytes[a].as_str(), a));
    let places: BTreeMap<&str, usize> = all.collect();
    if let Some(name) = named.filter(|name| !places.contains_key(name)) {
        return Err(StepError {
            step: place,
            setting: "sample.standard",
            code: "unknown_analyte",
            message: format!("the standard `{name}` is not among the analytes that are still there"),
            remedy: "name an analyte that was measured and not left out before this step".to_owned(),
        });
    }
    let mut fitted =
        Standards { groups: BTreeMap::new(), medians: BTreeMap::new(), left: Vec::new(), dropped: BTreeSet::new() };
    let is_standard = |a: usize| state.sheet.facts[a].is_standard || named == Some(state.grid.analytes[a].as_str());
    for analyte in state.analytes() {
        if is_standard(analyte) {
            fitted.dropped.insert(analyte);
            continue;
        }
        match standard_of(state, study, named, &places, analyte) {
            Ok((standard, median)) => {
                fitted.groups.entry(standard).or_default().push(analyte);
                fitted.medians.insert(standard, median);
                fitted.dropped.insert(standard);
            }
            Err(why) => fitted.left.push((analyte, why)),
        }
    }
    // METHOD: what a later step may divide by stays; after the last one no standard is of use, whatever its class.
    let standards = (0..state.kept.len()).filter(|&a| state.kept[a] && state.sheet.facts[a].is_standard);
    match state.divides_again {
        true => fitted.dropped.retain(|&analyte| !state.sheet.facts[analyte].is_standard),
        false => fitted.dropped.extend(standards),
    }
    if keep {
        fitted.dropped.clear();
    }
    Ok(fitted)
}

/// The standard of an analyte with its median over the study, or why there is none.
fn standard_of(
    state: &State<'_>,
    study: &[usize],
    named: Option<&str>,
    places: &BTreeMap<&str, usize>,
    analyte: usize,
) -> Result<(usize, f64), String> {
    let own = state.sheet.facts[analyte].standard.as_deref();
    let name = named.or(own).ok_or("the panel names no internal standard for it")?;
    let standard = *places.get(name).ok_or_else(|| format!("its standard `{name}` is not among the analytes"))?;
    let mut values = state.present(standard, study);
    values.retain(|value| *value > 0.0);
    let median = descriptive::median_in_place(&mut values);
    let median = median.ok_or_else(|| format!("its standard `{name}` has no positive value in a study sample"))?;
    if standard == analyte { Err("it is its own standard".to_owned()) } else { Ok((standard, median)) }
}

impl Standards {
    pub(super) fn apply(&self, state: &mut State<'_>) -> StepNote {
        let mut lost: BTreeMap<usize, Vec<String>> = BTreeMap::new();
        let (mut changed, mut decisions) = (0, Vec::new());
        for (&standard, analytes) in &self.groups {
            let name = &state.grid.analytes[standard];
            let median = self.medians[&standard];
            let factor = |value: &f64| (value.is_finite() && *value > 0.0).then_some(*value / median);
            let factors: Vec<Option<f64>> = state.grid.column(standard).iter().map(factor).collect();
            for (row, _) in factors.iter().enumerate().filter(|(_, factor)| factor.is_none()) {
                lost.entry(row).or_default().push(format!("`{name}` ({} analytes)", analytes.len()));
            }
            let done = |&analyte: &usize| decide(analyte, "done", format!("divided by `{name}`"));
            decisions.extend(analytes.iter().map(done));
            changed += super::factor::divide(state, analytes, &factors);
        }
        let mut remarks: Vec<Remark> = self.left.iter().map(|(a, why)| left(&state.grid.analytes[*a], why)).collect();
        remarks.extend(lost.iter().map(|(&row, standards)| missing(&state.grid.samples[row], standards)));
        decisions.extend(self.left.iter().map(|(analyte, why)| decide(*analyte, "left", why.clone())));
        for &standard in &self.dropped {
            state.drop_analyte(standard);
            decisions.push(decide(standard, "dropped", "an internal standard is no result".to_owned()));
        }
        let detail = format!(
            "{} analytes were divided by {} standards, {} had none; {} standards were dropped",
            self.groups.values().map(Vec::len).sum::<usize>(),
            self.groups.len(),
            self.left.len(),
            self.dropped.len()
        );
        let method = "internal_standard";
        StepNote { step: "sample", method, values_changed: changed, detail, remarks, decisions }
    }
}

fn decide(analyte: usize, decision: &'static str, reason: String) -> Decision {
    Decision { analyte, decision, reason, after: None }
}

fn left(analyte: &str, why: &str) -> Remark {
    Remark {
        code: "no_standard",
        subject: analyte.to_owned(),
        message: format!("no standard divides it: {why}"),
        hint: "name its internal_standard in the panel, or one `standard` for all in the step",
    }
}

fn missing(sample: &str, standards: &[String]) -> Remark {
    Remark {
        code: "standard_missing",
        subject: sample.to_owned(),
        message: format!("the sample has no positive value of {}: what it divides is missing", standards.join(", ")),
        hint: "look at the injection; a standard that is missing says that something went wrong with it",
    }
}

/// The sentence of the methods section.
pub(super) fn sentence(standard: Option<&str>, keep: bool) -> String {
    let by = standard.map_or("its own internal standard".to_owned(), |name| format!("the internal standard {name}"));
    let after = if keep { "" } else { " The standards were then left out." };
    format!(
        "Each analyte was divided by {by} in the same sample and multiplied by that standard's median over the study \
         samples; analytes without a standard were left as measured.{after}"
    )
}
