//! The place of each injection in the whole run, also where a laboratory counts anew in every batch.

use std::collections::BTreeMap;

use crate::contract::{Finding, StageContext};
use crate::ingest::schema::SampleRow;

/// The run as it is counted.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Run {
    /// By sample, its place; none without an injection order.
    pub places: Vec<Option<i64>>,
    /// The batches in the order in which they are counted through, where the same number stands in several of them.
    anew: Vec<String>,
}

impl Run {
    /// Counts the injections.
    ///
    /// METHOD: numbers that are unique over the batches are places of the whole run. A number that stands in two batches
    /// says that each batch counts anew: the batches then follow one another in the order of their names (`Plate 2` before
    /// `Plate 10`), each shifted by the largest numbers of those before it. Otherwise charts and drift over the run would mix the batches.
    pub fn of(samples: &[SampleRow]) -> Run {
        let mut batches: BTreeMap<&str, i64> = BTreeMap::new();
        let mut owner: BTreeMap<i64, &str> = BTreeMap::new();
        let mut anew = false;
        for sample in samples {
            let (Some(order), batch) = (sample.injection_order, sample.batch.as_deref().unwrap_or_default()) else {
                continue;
            };
            let largest = batches.entry(batch).or_insert(order);
            *largest = order.max(*largest);
            anew |= *owner.entry(order).or_insert(batch) != batch;
        }
        let orders = samples.iter().map(|sample| sample.injection_order);
        if !anew {
            return Run { places: orders.collect(), anew: Vec::new() };
        }
        let mut batches: Vec<(&str, i64)> = batches.into_iter().collect();
        batches.sort_by_cached_key(|(name, _)| padded(name));
        let mut shifts: BTreeMap<&str, i64> = BTreeMap::new();
        let mut shift = 0_i64;
        for (batch, largest) in &batches {
            shifts.insert(batch, shift);
            shift = shift.saturating_add((*largest).max(0));
        }
        let of = |sample: &SampleRow| shifts.get(sample.batch.as_deref().unwrap_or_default()).copied();
        let place = |sample: &SampleRow| Some(sample.injection_order?.saturating_add(of(sample)?));
        Run {
            places: samples.iter().map(place).collect(),
            anew: batches.iter().map(|(batch, _)| (*batch).to_owned()).collect(),
        }
    }

    /// Whether each batch counts anew.
    pub fn counts_anew(&self) -> bool {
        !self.anew.is_empty()
    }

    /// The run of some of the samples, each at the place that it has among all.
    pub fn of_some(&self, all: &[SampleRow], some: &[SampleRow]) -> Run {
        let names = all.iter().map(|sample| sample.sample_id.as_str());
        let places: BTreeMap<&str, Option<i64>> = names.zip(self.places.iter().copied()).collect();
        let place = |sample: &SampleRow| places.get(sample.sample_id.as_str()).copied().flatten();
        Run { places: some.iter().map(place).collect(), anew: self.anew.clone() }
    }

    /// Says in which order batches that count anew were taken.
    pub fn report(&self, context: &mut StageContext<'_>) {
        if self.anew.is_empty() {
            return;
        }
        let names: Vec<String> = self.anew.iter().map(|name| format!("`{name}`")).collect();
        let message = format!(
            "the same injection order stands in several batches: they are counted through in the order of their names: {}",
            names.join(", ")
        );
        let hint =
            "if they ran in another order, give injection orders over all batches; charts and `max_drift` follow it";
        context.find(Finding::note("order_anew", "", message).hint(hint));
    }
}

/// The name with its whole numbers padded, so that their order is that of the numbers.
fn padded(name: &str) -> String {
    let (mut padded, mut digits) = (String::new(), String::new());
    for letter in name.chars() {
        if letter.is_ascii_digit() {
            digits.push(letter);
        } else {
            padded.push_str(&pad(&std::mem::take(&mut digits)));
            padded.push(letter);
        }
    }
    padded + &pad(&digits)
}

fn pad(digits: &str) -> String {
    if digits.is_empty() { String::new() } else { format!("{digits:0>40}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn samples(rows: &[(&str, Option<i64>)]) -> Vec<SampleRow> {
        let row = |&(batch, injection_order): &(&str, Option<i64>)| SampleRow {
            batch: (!batch.is_empty()).then(|| batch.to_owned()),
            injection_order,
            ..SampleRow::default()
        };
        rows.iter().map(row).collect()
    }

    #[test]
    fn unique_numbers_are_places_whatever_the_batches() {
        let given = [("β, 2", Some(3)), ("=1", Some(4)), ("β, 2", Some(5)), ("", None), ("=1", Some(-2))];
        let run = Run::of(&samples(&given));
        assert_eq!(run.places, given.map(|(_, order)| order));
        assert!(run.anew.is_empty());
    }

    #[test]
    fn batches_that_count_anew_follow_one_another_by_name() {
        let given =
            [("b", Some(1)), ("a", Some(2)), ("b", Some(3)), ("a", Some(1)), ("c", Some(i64::MAX)), ("a", None)];
        let run = Run::of(&samples(&given));
        assert_eq!(run.places, [Some(3), Some(2), Some(5), Some(1), Some(i64::MAX), None]);
        assert_eq!(run.anew, ["a", "b", "c"]);
    }

    #[test]
    fn numbers_in_the_names_of_batches_count() {
        let given = [("Plate 10, β", Some(1)), ("Plate 9, β", Some(1)), ("", Some(1)), ("Plate 9a", Some(1))];
        assert_eq!(Run::of(&samples(&given)).anew, ["", "Plate 9, β", "Plate 9a", "Plate 10, β"]);
    }
}
