//! From an ordering of all participants to one of the complete cases of a block.

/// The complete cases of one or more blocks, and where each participant is among them.
#[derive(Debug)]
pub(super) struct Restriction {
    /// The row of each participant, or [`ABSENT`].
    rows: Vec<u32>,
    /// The place of each participant.
    place_of: Vec<u32>,
    /// The place of each row's participant.
    receivers: Vec<u32>,
}

const ABSENT: u32 = u32::MAX;

impl Restriction {
    /// `participants` are those of the rows; `places` those of all blocks, each stratum together.
    pub fn new(participants: &[usize], places: &[u32]) -> Self {
        let last = places.iter().copied().max().map_or(0, |last| last as usize + 1);
        let (mut rows, mut place_of) = (vec![ABSENT; last], vec![0; last]);
        for (place, &participant) in places.iter().enumerate() {
            place_of[participant as usize] = place as u32;
        }
        for (row, &participant) in participants.iter().enumerate() {
            rows[participant] = row as u32;
        }
        let receivers = participants.iter().map(|&participant| place_of[participant]).collect();
        Restriction { rows, place_of, receivers }
    }

    /// The row that gives to each row, n a draw: the participant who takes its place or, while that one is absent, the
    /// one who takes the absent one's.
    ///
    /// METHOD: leaving participants out of the cycles of a uniformly random permutation leaves a uniformly random one of
    /// the others (the first-return map), and whoever is present in two blocks gets the same donor in both but where
    /// that donor is missing: so tests with other gaps keep their dependence under max-T. Cycles stay within strata.
    pub fn donors(&self, orders: &[u32], places: usize) -> Vec<u32> {
        let mut donors = Vec::with_capacity(orders.len() / places.max(1) * self.receivers.len());
        for order in orders.chunks_exact(places.max(1)) {
            for &place in &self.receivers {
                // Ends: the cycle comes back to the receiver, who is present.
                let mut donor = order[place as usize] as usize;
                while self.rows[donor] == ABSENT {
                    donor = order[self.place_of[donor] as usize] as usize;
                }
                donors.push(self.rows[donor]);
            }
        }
        donors
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    #[test]
    fn leaving_out_closes_the_cycle_and_keeps_the_strata() {
        // Participants 0, 2, 4 are one stratum and 1, 3 another; participant 2 is missing from the block.
        let places = [0, 2, 4, 1, 3];
        let restriction = Restriction::new(&[0, 1, 3, 4], &places);
        // First draw: 0 gets 4's, 4 gets 0's. Second: 0 gets 2's, who is absent and gets 4's; so 0 gets 4's.
        assert_eq!(restriction.donors(&[4, 2, 0, 3, 1, 2, 4, 0, 1, 3], 5), [3, 2, 1, 0, 3, 1, 2, 0]);
    }

    #[test]
    fn every_ordering_of_those_present_comes_as_often() {
        let restriction = Restriction::new(&[0, 2, 3], &[0, 1, 2, 3]);
        let mut counts: BTreeMap<Vec<u32>, usize> = BTreeMap::new();
        for number in 0..256_u32 {
            let order: Vec<u32> = (0..4).map(|place| number >> (2 * place) & 3).collect();
            if (0..4).all(|participant| order.contains(&participant)) {
                *counts.entry(restriction.donors(&order, 4)).or_default() += 1;
            }
        }
        assert_eq!(counts.values().copied().collect::<Vec<_>>(), [4; 6]);
    }
}
