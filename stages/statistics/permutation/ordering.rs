//! The orderings of the participants: drawn at random, or all of them.
//!
//! An ordering is over participants and not over rows, so that blocks with other gaps reorder alike.

use std::ops::Range;

use super::{PermutationError, Settings};
use crate::statistics::random::Stream;

/// The orderings of one call: `count` of them, each known by its number.
#[derive(Debug)]
pub(super) struct Orderings {
    /// The participants of any block, by stratum and then by number: the places that an ordering fills.
    places: Vec<u32>,
    /// The places of each stratum.
    strata: Vec<Range<usize>>,
    seed: u64,
    count: u64,
    enumerated: bool,
}

impl Orderings {
    /// METHOD: all orderings, `Π nₛ!` over the strata, in place of random ones wherever that is no more work.
    pub fn new(involved: Vec<u32>, participants: usize, settings: &Settings) -> Result<Self, PermutationError> {
        let mut places = involved;
        let stratum = |participant: u32| settings.strata.map_or(0, |codes| codes[participant as usize]);
        if let Some(found) = settings.strata.map(<[usize]>::len).filter(|&found| found != participants) {
            return Err(PermutationError::Length { what: "strata", found, expected: participants });
        }
        places.sort_unstable_by_key(|&participant| (stratum(participant), participant));
        let mut strata: Vec<Range<usize>> = Vec::new();
        for chunk in places.chunk_by(|&a, &b| stratum(a) == stratum(b)) {
            let start = strata.last().map_or(0, |last| last.end);
            strata.push(start..start + chunk.len());
        }
        let draws = u64::from(settings.draws);
        let all = number(&strata).filter(|&all| all <= draws);
        let (count, enumerated) = (all.unwrap_or(draws), all.is_some());
        Ok(Orderings { places, strata, seed: settings.seed, count, enumerated })
    }

    /// The participants in the order of the places: the observed ordering.
    pub fn places(&self) -> &[u32] {
        &self.places
    }

    pub fn count(&self) -> u64 {
        self.count
    }

    pub fn enumerated(&self) -> bool {
        self.enumerated
    }

    /// The participants that take the places in each of these draws, one draw after the other.
    pub fn write(&self, draws: Range<u64>) -> Vec<u32> {
        let mut orders = Vec::with_capacity(self.places.len() * (draws.end - draws.start) as usize);
        let mut keys = Vec::new();
        for draw in draws {
            if self.enumerated { self.enumerate(draw, &mut orders) } else { self.draw(draw, &mut keys, &mut orders) }
        }
        orders
    }

    /// METHOD: participant p's key is the p-th number of the draw's stream, whoever else takes part; the lowest bits
    /// are the participant, so that the keys are their own sort and a tie (of chance below 1e-9) has an order.
    fn draw(&self, draw: u64, keys: &mut Vec<u64>, orders: &mut Vec<u32>) {
        let mut stream = Stream::new(self.seed, "permutation", draw);
        let last = self.places.iter().copied().max().unwrap_or(0);
        let low = u64::from(last + 1).next_power_of_two() - 1;
        let of_all: Vec<u64> = (0..=u64::from(last)).map(|participant| stream.bits() & !low | participant).collect();
        keys.clear();
        keys.extend(self.places.iter().map(|&participant| of_all[participant as usize]));
        for places in &self.strata {
            keys[places.clone()].sort_unstable();
        }
        orders.extend(keys.iter().map(|key| (key & low) as u32));
    }

    /// The ordering of this number, its digits in the factorial system; zero is the observed one.
    fn enumerate(&self, number: u64, orders: &mut Vec<u32>) {
        let mut rest = number;
        for places in &self.strata {
            let mut left = self.places[places.clone()].to_vec();
            while !left.is_empty() {
                let choices = left.len() as u64;
                orders.push(left.remove((rest % choices) as usize));
                rest /= choices;
            }
        }
    }
}

/// The number of orderings within strata; none where it does not fit.
fn number(strata: &[Range<usize>]) -> Option<u64> {
    strata.iter().flat_map(|places| 1..=places.len() as u64).try_fold(1_u64, u64::checked_mul)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    fn orderings(participants: usize, draws: u32, strata: Option<&[usize]>) -> Orderings {
        let settings = Settings { seed: 7, draws, strata };
        Orderings::new((0..participants as u32).collect(), participants, &settings).unwrap()
    }

    #[test]
    fn every_ordering_is_listed_once_and_the_observed_one_first() {
        let codes = [2, 0, 2, 0, 2];
        let all = orderings(5, 12, Some(&codes));
        assert!(all.enumerated() && all.count() == 12);
        let orders = all.write(0..12);
        assert_eq!(&orders[..5], all.places());
        assert_eq!(orders.chunks(5).collect::<BTreeSet<_>>().len(), 12);
        assert!(!orderings(5, 11, Some(&codes)).enumerated() && orderings(5, 120, None).enumerated());
    }

    #[test]
    fn nobody_leaves_a_stratum() {
        let codes: Vec<usize> = (0..40).map(|participant| participant % 3).collect();
        let random = orderings(40, 50, Some(&codes));
        for order in random.write(0..50).chunks(40) {
            let codes_of = |order: &[u32]| order.iter().map(|&p| codes[p as usize]).collect::<Vec<_>>();
            assert_eq!(codes_of(order), codes_of(random.places()));
            assert_eq!(order.iter().collect::<BTreeSet<_>>().len(), 40);
        }
    }

    #[test]
    fn a_draw_does_not_depend_on_the_draws_written_with_it() {
        let random = orderings(30, 100, None);
        assert_eq!(random.write(0..100)[60 * 30..], random.write(60..100));
    }
}
