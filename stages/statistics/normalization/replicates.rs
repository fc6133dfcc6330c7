//! Several measurements of one participant at one timepoint become one value.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Normalized;
use crate::statistics::descriptive;

/// How the values of replicates become one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Combine {
    /// The arithmetic mean of the values that are there.
    Mean,
    /// The median of the values that are there.
    Median,
    /// The first value that is there, in the order of the replicates.
    First,
}

impl Combine {
    /// One value of several that are there; none of none.
    pub fn of(self, values: &[f64]) -> Option<f64> {
        match self {
            // The rounded mean of equal values may differ from them.
            Combine::Mean if values.windows(2).all(|pair| pair[0] == pair[1]) => values.first().copied(),
            Combine::Mean => descriptive::mean(values),
            Combine::Median => descriptive::median(values),
            Combine::First => values.first().copied(),
        }
    }

    /// The name, as settings write it.
    pub fn word(self) -> &'static str {
        match self {
            Combine::Mean => "mean",
            Combine::Median => "median",
            Combine::First => "first",
        }
    }

    /// The way of that name.
    pub fn named(word: &str) -> Option<Combine> {
        [Combine::Mean, Combine::Median, Combine::First].into_iter().find(|how| how.word() == word)
    }

    /// The words of the methods section.
    pub fn phrase(self) -> &'static str {
        match self {
            Combine::Mean => "the mean",
            Combine::Median => "the median",
            Combine::First => "the first value that was there",
        }
    }
}

impl Normalized {
    /// Gives the first row of each group what its rows hold together, and leaves nothing in the others.
    ///
    /// METHOD: each on its own scale: the final values are combined as they are, and those before the first transform,
    /// which percent and ratios compare, as sizes. A combined value counts as put in where all of its parts were.
    pub fn combine(&mut self, groups: &[Vec<usize>], how: Combine) {
        let height = self.scaled.samples.len();
        for (first, group) in groups.iter().filter_map(|group| Some((*group.first()?, group))) {
            for analyte in 0..self.scaled.analytes.len() {
                let present = |row: &&usize| !self.scaled.get(**row, analyte).is_nan();
                let put_in = group.iter().filter(present).all(|row| self.imputed[analyte * height + row]);
                for grid in [&mut self.scaled, &mut self.before_transform] {
                    let values: Vec<f64> = group.iter().map(|&row| grid.get(row, analyte)).collect();
                    group.iter().for_each(|&row| grid.set(row, analyte, f64::NAN));
                    grid.set(first, analyte, how.of(&descriptive::present(&values)).unwrap_or(f64::NAN));
                }
                group.iter().for_each(|row| self.imputed[analyte * height + row] = false);
                self.imputed[analyte * height + first] = put_in && !self.scaled.get(first, analyte).is_nan();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn replicates_become_one_and_equal_ones_stay_what_they_are() {
        assert_eq!(Combine::Mean.of(&[0.1, 0.1, 0.1]), Some(0.1));
        assert_eq!(Combine::Mean.of(&[1.0, 4.0]), Some(2.5));
        assert_eq!(Combine::Median.of(&[9.0, 1.0, 2.0]), Some(2.0));
        assert_eq!(Combine::First.of(&[9.0, 1.0]), Some(9.0));
        assert_eq!([Combine::Mean, Combine::Median, Combine::First].map(|how| how.of(&[])), [None; 3]);
    }
}
