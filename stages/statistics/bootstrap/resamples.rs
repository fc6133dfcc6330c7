//! Who is in a resample, and how often.
//!
//! A resample is told by its counts, one per row, since every refit here takes weights and none needs the rows in
//! their drawn order. Nothing is kept: a draw is made again, the same, whenever it is asked for.

use std::collections::BTreeMap;

use crate::statistics::random::Stream;

/// The purpose's name in the key of the random numbers.
const PURPOSE: &str = "bootstrap";

/// Rows in groups that are resampled each for itself, so that each keeps its size.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Strata {
    n: usize,
    members: Vec<Vec<usize>>,
}

impl Strata {
    /// All `n` rows in one stratum.
    pub fn one(n: usize) -> Self {
        Strata { n, members: vec![(0..n).collect()] }
    }

    /// Rows with the same code form a stratum; strata are in the order of their codes.
    pub fn of(codes: &[usize]) -> Self {
        let mut members: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for (row, code) in codes.iter().enumerate() {
            members.entry(*code).or_default().push(row);
        }
        Strata { n: codes.len(), members: members.into_values().collect() }
    }

    /// The number of rows.
    pub fn n(&self) -> usize {
        self.n
    }

    /// The rows of each stratum.
    pub fn members(&self) -> &[Vec<usize>] {
        &self.members
    }
}

/// The resamples of a seed: which rows each draw has, and how often.
///
/// A draw depends on the seed, its number and the strata alone, so tests on the same complete cases meet the same
/// resamples, and their replicates are paired.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resamples {
    pub seed: u64,
    pub draws: usize,
    pub strata: Strata,
}

impl Resamples {
    /// `draws` resamples of `n` rows.
    pub fn new(n: usize, seed: u64, draws: usize) -> Self {
        Resamples { seed, draws, strata: Strata::one(n) }
    }

    /// `draws` resamples that keep the size of each stratum.
    pub fn within(strata: Strata, seed: u64, draws: usize) -> Self {
        Resamples { seed, draws, strata }
    }

    /// The number of rows.
    pub fn n(&self) -> usize {
        self.strata.n
    }

    /// How often each row is in the resample `draw`: n counts that sum to n, and to its size within each stratum.
    pub fn counts(&self, draw: usize) -> Vec<f64> {
        let mut stream = Stream::new(self.seed, PURPOSE, draw as u64);
        let mut counts = vec![0.0; self.strata.n];
        for rows in &self.strata.members {
            for _ in rows {
                counts[rows[stream.below(rows.len())]] += 1.0;
            }
        }
        counts
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_drawn_with_equal_probability() {
        let (n, draws) = (30, 2_000);
        let resamples = Resamples::new(n, 3, draws);
        let mut totals = vec![0.0; n];
        for draw in 0..draws {
            totals.iter_mut().zip(resamples.counts(draw)).for_each(|(total, count)| *total += count);
        }
        assert_eq!(totals.iter().sum::<f64>(), 60_000.0);
        // Chi-squared with 29 degrees of freedom: 58.3 is its 0.999 quantile.
        let chi2: f64 = totals.iter().map(|total| (total - 2_000.0) * (total - 2_000.0) / 2_000.0).sum();
        assert!(chi2 < 58.3, "{chi2}");
    }

    #[test]
    fn the_counts_are_multinomial_in_their_spread_and_covariance() {
        let resamples = Resamples::new(5, 11, 20_000);
        let (mut square, mut product) = (0.0, 0.0);
        for draw in 0..resamples.draws {
            let counts = resamples.counts(draw);
            square += (counts[0] - 1.0) * (counts[0] - 1.0) / 2e4;
            product += (counts[0] - 1.0) * (counts[3] - 1.0) / 2e4;
        }
        // n · 1/n · (1 − 1/n) = 0.8 and −n · 1/n² = −0.2.
        assert!((square - 0.8).abs() < 0.05 && (product + 0.2).abs() < 0.03, "{square} {product}");
    }

    #[test]
    fn strata_keep_their_sizes() {
        let codes = [7, 0, 7, 2, 0, 7, 7, 0];
        let resamples = Resamples::within(Strata::of(&codes), 5, 200);
        for draw in 0..200 {
            let counts = resamples.counts(draw);
            let of = |code| counts.iter().zip(codes).filter(|(_, c)| *c == code).map(|(count, _)| count).sum::<f64>();
            assert_eq!([of(0), of(2), of(7)], [3.0, 1.0, 4.0]);
            assert_eq!(counts[3], 1.0);
        }
        assert_ne!(resamples.counts(0), resamples.counts(1));
    }

    #[test]
    fn one_stratum_is_no_stratum_and_no_rows_are_no_counts() {
        let (plain, coded) = (Resamples::new(6, 1, 9), Resamples::within(Strata::of(&[4; 6]), 1, 9));
        assert!((0..9).all(|draw| plain.counts(draw) == coded.counts(draw)));
        assert!(Resamples::new(0, 1, 1).counts(0).is_empty());
        assert!(Resamples::within(Strata::of(&[]), 1, 1).counts(0).is_empty());
    }
}
