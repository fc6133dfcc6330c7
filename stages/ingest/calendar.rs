//! Finds the timepoint of a sample from the day on which it was drawn.

use std::collections::BTreeMap;

use super::params::{Samples, Timepoint};
use super::problems::list;
use super::schema::SampleRow;
use crate::contract::Finding;

/// The day of each participant's visits.
#[derive(Debug, Clone, Default)]
pub struct Calendar {
    days: BTreeMap<(String, String), f64>,
}

/// A timepoint that a sample could be of: how far its day lies from the day that was meant.
struct Candidate<'a> {
    timepoint: &'a str,
    distance: f64,
}

impl Calendar {
    /// The calendar of `(participant, visit, day)`.
    pub fn new(days: impl Iterator<Item = (String, String, f64)>) -> Self {
        Calendar { days: days.map(|(who, visit, day)| ((who, visit), day)).collect() }
    }

    /// Whether a day can tell a timepoint at all.
    pub fn can_place(params: &Samples) -> bool {
        params.timepoints.values().any(|timepoint| timepoint.day.is_some() || timepoint.visit.is_some())
    }

    /// Gives every study sample without a timepoint the one whose window holds its day; what was noticed.
    ///
    /// METHOD: where several windows hold the day, the one whose middle (or visit) is nearest; where several samples of
    /// a participant would be of one timepoint, the nearest of them is, and the others keep none. A sample whose file
    /// states its timepoint keeps it, and comes before any that is placed by its day. Ties go to the first by name.
    pub fn place(&self, params: &Samples, rows: &mut [SampleRow]) -> Vec<Finding> {
        if !Self::can_place(params) {
            return Vec::new();
        }
        let mut findings = self.outside(params, rows);
        let mut taken: BTreeMap<(String, String, Option<String>), ()> = BTreeMap::new();
        for row in rows.iter() {
            if let (Some(who), Some(timepoint)) = (&row.participant_id, &row.timepoint) {
                taken.insert((who.clone(), timepoint.clone(), row.replicate.clone()), ());
            }
        }
        let mut wishes: Vec<(f64, usize, String)> = Vec::new();
        let mut unplaced: Vec<usize> = Vec::new();
        for (at, row) in rows.iter().enumerate().filter(|(_, row)| row.timepoint.is_none() && row.r#type == "study") {
            match self.nearest(params, row) {
                Some(found) => wishes.push((found.distance, at, found.timepoint.to_owned())),
                None => unplaced.push(at),
            }
        }
        wishes.sort_by(|a, b| a.0.total_cmp(&b.0).then_with(|| rows[a.1].sample_id.cmp(&rows[b.1].sample_id)));
        let placed = wishes.len();
        let mut late = Vec::new();
        for (_, at, timepoint) in wishes {
            let row = &mut rows[at];
            let who = row.participant_id.clone().unwrap_or_default();
            if taken.insert((who, timepoint.clone(), row.replicate.clone()), ()).is_some() {
                late.push(at);
                continue;
            }
            let window = params.timepoints.get(&timepoint).and_then(|declared| declared.hours_after_infusion);
            (row.window_low, row.window_high) = (window.map(|w| w.low()), window.map(|w| w.high()));
            row.timepoint = Some(timepoint);
        }
        findings.extend(report(rows, placed - late.len(), &unplaced, &late));
        findings
    }

    fn nearest<'a>(&self, params: &'a Samples, row: &SampleRow) -> Option<Candidate<'a>> {
        let candidates = params.timepoints.iter().filter_map(|(name, declared)| {
            let distance = self.distance(declared, row)?;
            Some(Candidate { timepoint: name, distance })
        });
        candidates.min_by(|a, b| a.distance.total_cmp(&b.distance))
    }

    /// How many days the sample lies from the day that was meant; none outside the window, or where it is unknown.
    fn distance(&self, declared: &Timepoint, row: &SampleRow) -> Option<f64> {
        let day = row.day?;
        if let Some(window) = declared.day {
            return window.contains(day).then(|| (day - (window.low() + window.high()) / 2.0).abs());
        }
        let visit = declared.visit.clone()?;
        let meant = self.days.get(&(row.participant_id.clone()?, visit))?;
        let distance = (day - meant).abs();
        (distance <= declared.within_days.map_or(0.0, |days| days.get())).then_some(distance)
    }

    /// Notices samples whose stated timepoint their day contradicts.
    fn outside(&self, params: &Samples, rows: &[SampleRow]) -> Vec<Finding> {
        let contradicts = |row: &&SampleRow| {
            let declared = row.timepoint.as_ref().and_then(|name| params.timepoints.get(name));
            let knows = |declared: &&Timepoint| {
                let visit = declared.visit.clone().zip(row.participant_id.clone());
                declared.day.is_some() || visit.is_some_and(|(visit, who)| self.days.contains_key(&(who, visit)))
            };
            row.day.is_some() && declared.filter(knows).is_some_and(|declared| self.distance(declared, row).is_none())
        };
        let names: Vec<&str> = rows.iter().filter(contradicts).map(|row| row.sample_id.as_str()).collect();
        let message =
            format!("{} samples were drawn outside the days of their timepoint: {}", names.len(), list(names.clone()));
        let finding =
            Finding::warning("outside_day_window", "", message).hint("they keep the timepoint that the file states");
        (!names.is_empty()).then_some(finding).into_iter().collect()
    }
}

fn report(rows: &[SampleRow], placed: usize, unplaced: &[usize], late: &[usize]) -> Vec<Finding> {
    let names = |places: &[usize]| list(places.iter().map(|at| rows[*at].sample_id.as_str()));
    let mut findings = Vec::new();
    if placed > 0 {
        findings.push(Finding::note(
            "timepoint_by_day",
            "",
            format!("{placed} samples have their timepoint by their day"),
        ));
    }
    if !unplaced.is_empty() {
        let message =
            format!("{} samples are of no timepoint: no window holds their day ({})", unplaced.len(), names(unplaced));
        findings.push(Finding::warning("no_timepoint", "", message).hint("widen a window, or state the timepoint"));
    }
    if !late.is_empty() {
        let message = format!(
            "{} samples are of no timepoint: another sample of the participant is nearer ({})",
            late.len(),
            names(late)
        );
        findings
            .push(Finding::warning("timepoint_taken", "", message).hint("state the timepoint, or number replicates"));
    }
    findings
}
