//! How much of a sample is found in the blank that follows it.
//!
//! Carry-over is judged by blanks injected after a high sample in the validation of bioanalytical methods (ICH M10, 2022);
//! here every blank of the run that follows a sample counts, less what blanks hold anyway.

use crate::statistics::descriptive;

/// One injection of the run.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Injected {
    pub is_blank: bool,
    /// Whether what it leaves behind is looked for: a study or a pooled QC sample.
    pub is_sample: bool,
    /// Its place in the run.
    pub order: i64,
    pub batch: usize,
    pub value: f64,
}

/// For each blank right after a sample (by the run's smallest step from one number to the next), `(blank - m)/(sample - m)`, m what blanks of the batch hold anyway.
///
/// m is the median of the other blanks that follow no sample, or, where each follows one, the smallest of the others;
/// never more than the blank itself. `run` is in the order of injection. A blank without a value counts as zero; a pair is passed over where
/// the sample has no value or none above m, and where the batch has no other blank.
pub fn fractions(run: &[Injected]) -> Vec<f64> {
    // METHOD: a blank without a value is one in which nothing was found, so it counts as zero: that is what a blank
    // without carry-over looks like.
    let blank = |injected: &Injected| if injected.value.is_finite() { injected.value } else { 0.0 };
    let blanks: Vec<usize> = (0..run.len()).filter(|at| run[*at].is_blank).collect();
    // METHOD: numbers that are not in the file were injected too, so what stands before a gap came not right before.
    let steps = || run.windows(2).map(|pair| pair[1].order.saturating_sub(pair[0].order));
    let smallest = steps().filter(|step| *step > 0).min();
    let right_before = |at: usize| {
        let before = run.get(at.checked_sub(1)?)?;
        (Some(run[at].order.saturating_sub(before.order)) == smallest).then_some(before)
    };
    let after_sample = |at: usize| right_before(at).is_some_and(|before| before.is_sample);
    let fraction = |&at: &usize| {
        let before = right_before(at).filter(|before| before.is_sample && before.value.is_finite())?;
        // METHOD: a blank that follows a sample may itself hold what was carried over, so it is no background while
        // another is there; and a blank dirtier than this one, whatever it follows, does not make this one negative.
        let others = || blanks.iter().copied().filter(|&other| other != at && run[other].batch == run[at].batch);
        let clean = others().filter(|&other| !after_sample(other)).map(|other| blank(&run[other]));
        let smallest = || others().map(|other| blank(&run[other])).min_by(f64::total_cmp);
        let background = descriptive::median(&clean.collect::<Vec<f64>>()).or_else(smallest)?.min(blank(&run[at]));
        let above = before.value - background;
        (above > 0.0).then(|| (blank(&run[at]) - background) / above).filter(|fraction| fraction.is_finite())
    };
    blanks.iter().filter_map(fraction).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(what: &str, values: &[f64]) -> Vec<Injected> {
        let of = |(order, (kind, &value)): (i64, (char, &f64))| Injected {
            is_blank: kind == 'b',
            is_sample: kind == 's',
            order,
            batch: 0,
            value,
        };
        (1..).zip(what.chars().zip(values)).map(of).collect()
    }

    #[test]
    fn a_blank_right_after_a_sample_is_compared_with_the_other_blanks() {
        // The blanks are 1, 3, none (0) and 2, and 1 and 2 follow no sample: (3 - 1.5)/(101 - 1.5), and nothing.
        let found = fractions(&run("bsbsbdb", &[1.0, 101.0, 3.0, 51.0, f64::NAN, 9.0, 2.0]));
        assert_eq!(found, [1.5 / 99.5, 0.0]);
    }

    #[test]
    fn a_dirty_blank_is_no_background() {
        // Each follows a sample: (81 - 1)/(101 - 1), and nothing for the clean one.
        assert_eq!(fractions(&run("sbsb", &[101.0, 81.0, 101.0, 1.0])), [0.8, 0.0]);
        assert_eq!(fractions(&run("bsb", &[81.0, 101.0, 1.0])), [0.0]);
    }

    #[test]
    fn a_batch_without_another_blank_or_without_a_pair_says_nothing() {
        assert!(fractions(&run("sb", &[10.0, 1.0])).is_empty());
        assert!(fractions(&run("bbs", &[1.0, 1.0, 10.0])).is_empty());
        assert!(fractions(&run("sbb", &[1.0, 1.0, 1.0])).is_empty());
        assert!(fractions(&run("sbb", &[f64::NAN, 1.0, 1.0])).is_empty());
    }

    #[test]
    fn a_blank_after_a_gap_in_the_numbers_follows_nothing() {
        let mut gap = run("sbsb", &[101.0, 1.0, 101.0, 81.0]);
        assert_eq!(fractions(&gap).len(), 2);
        gap[3].order = 5;
        assert_eq!(fractions(&gap), [0.0]);
        gap.iter_mut().for_each(|injected| injected.order *= 10);
        assert_eq!(fractions(&gap), [0.0], "numbers by tens");
    }

    #[test]
    fn another_batch_is_injected_between_and_has_blanks_of_its_own() {
        // b1, b2 and a blank of b1: the blank follows b2's sample, and b2's blank is no background of b1.
        let mut mixed = run("sssbb", &[100.0, 1000.0, 1000.0, 6.0, 50.0]);
        [1, 2, 4].into_iter().for_each(|at: usize| mixed[at].batch = 1);
        assert!(fractions(&mixed).is_empty());
        mixed.push(Injected { order: 6, value: 1.0, ..mixed[3] });
        assert_eq!(fractions(&mixed), [5.0 / 999.0]);
    }

    #[test]
    fn another_unit_changes_nothing() {
        let values = [1.5, 101.0, 3.0, 51.0, 0.25, 9.0, 2.0];
        let plain = fractions(&run("bsbsbsb", &values));
        let scaled = fractions(&run("bsbsbsb", &values.map(|value| value * 1024.0)));
        assert_eq!(plain, scaled);
    }
}
