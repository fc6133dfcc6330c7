//! Compares the tables with each other: who and what is in one and not in another.
//!
//! A name that a table mentions and the table that defines it does not hold is a problem and was refused while
//! reading; here is the other direction, what is defined and never mentioned, which is noticed and does not stop.

use std::collections::{BTreeMap, BTreeSet};

use super::grid::Grid;
use super::known::Known;
use super::metabolites::Abundances;
use super::panel::{Analytes, unlisted};
use super::params::{Params, Values};
use super::problems::list;
use super::samples::STUDY;
use super::schema::{PanelRow, SampleRow};
use crate::contract::{Finding, StageContext};

/// Notices participants without a rating.
pub fn ratings(people: &Known, rated: &BTreeSet<&str>, context: &mut StageContext<'_>) {
    let without: Vec<&str> = people.ids().filter(|id| !rated.contains(id)).collect();
    if !without.is_empty() {
        let message = format!("{} participants have no assessment: {}", without.len(), list(without.iter().copied()));
        context.find(Finding::warning("participants_without_assessments", "", message));
    }
}

/// Notices participants without a sample, and timepoints at which some participants have none.
pub fn samples(people: &Known, timepoints: &[String], samples: &[SampleRow], context: &mut StageContext<'_>) {
    let owners = |timepoint: Option<&str>| -> BTreeSet<&str> {
        let at = |row: &&SampleRow| timepoint.is_none() || row.timepoint.as_deref() == timepoint;
        samples.iter().filter(at).filter_map(|row| row.participant_id.as_deref()).collect()
    };
    let any = owners(None);
    let without: Vec<&str> = people.ids().filter(|id| !any.contains(id)).collect();
    if !without.is_empty() {
        let message = format!("{} participants have no sample: {}", without.len(), list(without.iter().copied()));
        context.find(Finding::warning("participants_without_samples", "", message));
    }
    for timepoint in timepoints {
        let here = owners(Some(timepoint));
        let absent: Vec<&str> = any.iter().copied().filter(|id| !here.contains(id)).collect();
        let names = list(absent.iter().copied());
        if here.is_empty() {
            let message = format!("no study sample was drawn at `{timepoint}`");
            context.find(Finding::warning("timepoint_without_samples", timepoint, message));
        } else if !absent.is_empty() {
            let message = format!("{} participants with samples have none at `{timepoint}`: {names}", absent.len());
            context.find(Finding::note("participants_without_timepoint", timepoint, message));
        }
    }
}

/// Notices samples that were listed and not measured, and pairs that the file does not list.
pub fn measurements(samples: &[SampleRow], grid: &Grid, context: &mut StageContext<'_>) {
    let unmeasured: Vec<&str> =
        samples.iter().map(|row| row.sample_id.as_str()).filter(|id| grid.sample(id).is_none()).collect();
    if !unmeasured.is_empty() {
        let names = list(unmeasured.iter().copied());
        let message = format!("{} samples are listed and have no abundances: {names}", unmeasured.len());
        context.find(Finding::warning("samples_not_measured", "", message));
    }
    let empty = grid.empty_samples();
    if !empty.is_empty() {
        let message = format!("{} samples have no value of any analyte: {}", empty.len(), list(empty.iter().copied()));
        context.find(Finding::warning("samples_without_values", "", message));
    }
    let unlisted = grid.unlisted();
    if unlisted > 0 {
        let message =
            format!("{unlisted} pairs of sample and analyte are not in the file; they count as missing values");
        context.find(Finding::note("pairs_not_listed", "", message));
    }
}

/// The panel's rows: every analyte of the file and of the data, with the unit and the limit that the data state.
pub fn panel(listed: &Analytes, abundances: &Abundances) -> Vec<PanelRow> {
    let mut rows: BTreeMap<String, PanelRow> = listed.clone();
    for ((analyte, unit), lod) in abundances.grid.analytes.iter().zip(&abundances.units).zip(&abundances.lods) {
        let row = rows.entry(analyte.clone()).or_insert_with(|| unlisted(analyte));
        row.unit = row.unit.take().or_else(|| unit.clone());
        row.lod = row.lod.or(*lod);
    }
    rows.into_values().collect()
}

/// Notices analytes that only the data or only the panel has, and values outside what the panel calls plausible.
pub fn analytes(params: &Params, panel: &Analytes, grid: &Grid, samples: &[SampleRow], context: &mut StageContext<'_>) {
    let study: BTreeSet<&str> =
        samples.iter().filter(|row| row.r#type == STUDY).map(|row| row.sample_id.as_str()).collect();
    let raw = params.metabolites.as_ref().is_none_or(|metabolites| metabolites.values == Values::Raw);
    let limits = grid.below_and_above_lod(|sample| study.contains(sample));
    let values = grid.values_by_analyte(|sample| study.contains(sample));
    for ((analyte, values), (below, above)) in grid.analytes.iter().zip(values).zip(limits) {
        if below > 0 && above == 0 {
            let message =
                format!("every value of `{analyte}` in study samples, {below}, is below the limit of detection");
            let hint = "whatever stands in for them does not vary: nothing can be learned of it";
            context.find(Finding::warning("all_below_lod", analyte, message).hint(hint));
        }
        if values.is_empty() {
            let message = format!("`{analyte}` has no value in any study sample");
            context.find(Finding::warning("analyte_without_values", analyte, message));
        }
        match panel.get(analyte) {
            Some(row) if raw => implausible(row, &values, context),
            None if params.panel.is_some() => {
                let message = format!("`{analyte}` has data and is not in the panel");
                let hint = "its name is shown as it is, and no limit of detection or plausible range is known";
                context.find(Finding::warning("analyte_not_in_panel", analyte, message).hint(hint));
            }
            _ => {}
        }
    }
    for analyte in panel.keys().filter(|name| params.metabolites.is_some() && grid.analyte(name).is_none()) {
        let message = format!("`{analyte}` is in the panel and has no data");
        context.find(Finding::note("analyte_without_data", analyte, message));
    }
    let limited = |row: &PanelRow| row.lod.is_some() || row.plausible_low.is_some() || row.plausible_high.is_some();
    if !raw && panel.values().any(limited) {
        let message =
            "the values are transformed: the panel's limits of detection and plausible ranges are not applied";
        context.find(Finding::note("panel_limits_not_applied", "", message));
    }
}

fn implausible(row: &PanelRow, values: &[f64], context: &mut StageContext<'_>) {
    let low = row.plausible_low.unwrap_or(f64::NEG_INFINITY);
    let high = row.plausible_high.unwrap_or(f64::INFINITY);
    let outside: Vec<f64> = values.iter().copied().filter(|value| !(low..=high).contains(value)).collect();
    if outside.is_empty() {
        return;
    }
    let smallest = outside.iter().copied().fold(f64::INFINITY, f64::min);
    let largest = outside.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let range = match (row.plausible_low, row.plausible_high) {
        (Some(low), Some(high)) => format!("outside {low} to {high}"),
        (Some(low), None) => format!("below {low}"),
        _ => format!("above {high}"),
    };
    let unit = row.unit.as_ref().map_or(String::new(), |unit| format!(" {unit}"));
    let message = format!(
        "{} of {} values of study samples are {range}{unit} (smallest {smallest}, largest {largest})",
        outside.len(),
        values.len()
    );
    let hint = "check the unit and the dilution; the values are kept";
    context.find(Finding::warning("implausible_values", &row.analyte, message).hint(hint));
}
