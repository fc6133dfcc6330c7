//! The totals of every participant, visit by visit.

use std::collections::BTreeMap;

use crate::contract::Table;
use crate::qc::schema::Assessments;

/// The totals of every participant, visit by visit.
#[derive(Debug, Clone, Default)]
pub struct Totals {
    /// By participant, then by the visit's place; only totals that are there.
    by_participant: BTreeMap<String, BTreeMap<i64, f64>>,
    /// The visits that occur, by their place.
    pub visits: BTreeMap<i64, String>,
}

impl Totals {
    pub fn read(assessments: &Table<Assessments>) -> Self {
        let mut totals = Totals::default();
        for row in assessments.rows() {
            totals.visits.entry(row.visit_index).or_insert(row.visit);
            if let Some(total) = row.total {
                let of_participant = totals.by_participant.entry(row.participant_id).or_default();
                of_participant.entry(row.visit_index).or_insert(total);
            }
        }
        totals
    }

    /// A visit's place, where anyone has a row for it.
    pub fn place(&self, visit: &str) -> Option<i64> {
        self.visits.iter().find(|(_, name)| *name == visit).map(|(place, _)| *place)
    }

    /// A participant's total at a place.
    pub fn at(&self, participant: &str, place: i64) -> Option<f64> {
        self.by_participant.get(participant)?.get(&place).copied()
    }

    /// A participant's last total after one place and before another.
    pub fn last_between(&self, participant: &str, after: i64, before: i64) -> Option<(i64, f64)> {
        let of_participant = self.by_participant.get(participant)?;
        let (first, end) = (after.checked_add(1)?, before);
        (first < end).then(|| of_participant.range(first..end).next_back().map(|(place, total)| (*place, *total)))?
    }

    /// Everyone's total at a place, in the order of the participants.
    pub fn column(&self, place: i64) -> Vec<f64> {
        self.by_participant.values().filter_map(|totals| totals.get(&place).copied()).collect()
    }

    /// The later minus the earlier total of everyone with both.
    pub fn changes(&self, from: i64, to: i64) -> Vec<f64> {
        let change = |totals: &BTreeMap<i64, f64>| Some(totals.get(&to)? - totals.get(&from)?);
        self.by_participant.values().filter_map(change).collect()
    }
}
