//! How much of a sample is found in the blank that follows it.
//!
//! Carry-over is judged by blanks injected after a high sample in the validation of bioanalytical methods (ICH M10, 2022);
//! here every blank of the run that follows a sample counts, less what the other blanks hold anyway.

use crate::statistics::descriptive;

/// One injection of a batch, in the order of injection.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Injected {
    pub is_blank: bool,
    /// Whether what it leaves behind is looked for: a study or a pooled QC sample.
    pub is_sample: bool,
    pub value: f64,
}

/// For each blank right after a sample, `(blank - m)/(sample - m)`, m the median of the other blanks of the batch.
///
/// `run` is one batch in the order of injection. A blank without a value counts as zero; a pair is passed over where
/// the sample has no value or none above m, and where the batch has no other blank.
pub fn fractions(run: &[Injected]) -> Vec<f64> {
    // METHOD: a blank without a value is one in which nothing was found, so it counts as zero: that is what a blank
    // without carry-over looks like.
    let blank = |injected: &Injected| if injected.value.is_finite() { injected.value } else { 0.0 };
    let blanks: Vec<usize> = (0..run.len()).filter(|at| run[*at].is_blank).collect();
    let fraction = |&at: &usize| {
        let before = run.get(at.checked_sub(1)?).filter(|before| before.is_sample && before.value.is_finite())?;
        let others = blanks.iter().filter(|other| **other != at).map(|other| blank(&run[*other]));
        let background = descriptive::median(&others.collect::<Vec<f64>>())?;
        let above = before.value - background;
        (above > 0.0).then(|| (blank(&run[at]) - background) / above).filter(|fraction| fraction.is_finite())
    };
    blanks.iter().filter_map(fraction).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(what: &str, values: &[f64]) -> Vec<Injected> {
        let kinds = what.chars().zip(values);
        kinds.map(|(kind, &value)| Injected { is_blank: kind == 'b', is_sample: kind == 's', value }).collect()
    }

    #[test]
    fn a_blank_right_after_a_sample_is_compared_with_the_other_blanks() {
        // The blanks are 1, 3, none (0) and 2; after 101: (3 - 1)/(101 - 1); after 51: (0 - 2)/(51 - 2).
        let found = fractions(&run("bsbsbdb", &[1.0, 101.0, 3.0, 51.0, f64::NAN, 9.0, 2.0]));
        assert_eq!(found, [2.0 / 100.0, -2.0 / 49.0]);
    }

    #[test]
    fn a_batch_without_another_blank_or_without_a_pair_says_nothing() {
        assert!(fractions(&run("sb", &[10.0, 1.0])).is_empty());
        assert!(fractions(&run("bbs", &[1.0, 1.0, 10.0])).is_empty());
        assert!(fractions(&run("sbb", &[1.0, 1.0, 1.0])).is_empty());
        assert!(fractions(&run("sbb", &[f64::NAN, 1.0, 1.0])).is_empty());
    }

    #[test]
    fn another_unit_changes_nothing() {
        let values = [1.5, 101.0, 3.0, 51.0, 0.25, 9.0, 2.0];
        let plain = fractions(&run("bsbsbsb", &values));
        let scaled = fractions(&run("bsbsbsb", &values.map(|value| value * 1024.0)));
        assert_eq!(plain, scaled);
    }
}
