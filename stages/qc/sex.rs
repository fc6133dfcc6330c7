//! How far a sample lies from its own group towards the other, by a few analytes.

use crate::statistics::descriptive::{self, MAD_TO_SD};

/// One sample's place between the two groups.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Score {
    /// Robust standard deviations from the own group's centre; above zero towards the other.
    pub z: f64,
    /// Whether it is nearer to the other group's centre.
    pub beyond_midpoint: bool,
}

/// The diagonal linear discriminant with medians and MADs in place of means and variances.
///
/// With `x` a log value, `m₀`, `m₁` the medians of the groups and `s = 1.4826 MAD` of the deviations from the own
/// group's median, a sample's score is `Σ (m₁ - m₀)/s² x` over the analytes; `z = (score - c)/σ`, c the own group's
/// median score and σ = 1.4826 MAD of the scores around these, signed towards the other group. `columns` has the log
/// values by analyte, `second` says which samples are of the second group. A sample without a value of every analyte has no
/// score; none has one with fewer than three complete samples in a group, or where the groups do not differ.
///
/// Medians keep their place where a few samples are exchanged, which is what is looked for. Source: Bickel & Levina
/// 2004, 10.3150/bj/1106314847 (diagonal discriminants).
pub fn scores(columns: &[Vec<f64>], second: &[bool]) -> Option<Vec<Option<Score>>> {
    let complete: Vec<usize> =
        (0..second.len()).filter(|&at| columns.iter().all(|column| column[at].is_finite())).collect();
    let enough = |side: bool| complete.iter().filter(|at| second[**at] == side).count() > 2;
    if columns.is_empty() || !enough(false) || !enough(true) {
        return None;
    }
    let mut scores = vec![0.0; second.len()];
    for column in columns {
        let (low, high, spread) = centres(column, second, &complete)?;
        if spread > 0.0 {
            complete.iter().for_each(|&at| scores[at] += (high - low) / (spread * spread) * column[at]);
        }
    }
    let (low, high, spread) = centres(&scores, second, &complete)?;
    if !(spread > 0.0 && high > low && (high - low).is_finite()) {
        return None;
    }
    let score = |at: usize| {
        let towards = if second[at] { high - scores[at] } else { scores[at] - low };
        Score { z: towards / spread, beyond_midpoint: towards > (high - low) / 2.0 }
    };
    let mut found = vec![None; second.len()];
    complete.iter().for_each(|&at| found[at] = Some(score(at)));
    Some(found)
}

/// The medians of both groups, and 1.4826 MAD of the values around their own.
fn centres(values: &[f64], second: &[bool], rows: &[usize]) -> Option<(f64, f64, f64)> {
    let of = |side: bool| rows.iter().filter(|at| second[**at] == side).map(|&at| values[at]).collect::<Vec<f64>>();
    let (low, high) = (descriptive::median(&of(false))?, descriptive::median(&of(true))?);
    let from_own = rows.iter().map(|&at| (values[at] - if second[at] { high } else { low }).abs());
    Some((low, high, MAD_TO_SD * descriptive::median(&from_own.collect::<Vec<f64>>())?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sample_on_the_other_side_is_told_from_one_that_is_merely_far() {
        // Group 0 around 1, group 1 around 5, spread 1/1.4826 MAD 0.1; the last of group 0 is at 5, the first of it far off on its own side.
        let values = vec![0.0, 0.9, 1.0, 1.1, 5.0, 4.9, 5.0, 5.1];
        let second = [false, false, false, false, false, true, true, true];
        let scores = scores(&[values], &second).unwrap();
        let of = |at: usize| scores[at].unwrap();
        assert!((of(4).z - 4.0 / (1.4826 * 0.1)).abs() < 1e-9 && of(4).beyond_midpoint);
        assert!(of(0).z < -6.0 && !of(0).beyond_midpoint);
        assert!(of(1).z.abs() < 1.0);
    }

    #[test]
    fn too_few_samples_no_difference_and_missing_values_have_no_score() {
        let second = [false, false, false, true, true, true];
        assert_eq!(scores(&[vec![1.0; 6]], &second), None);
        assert_eq!(scores(&[], &second), None);
        assert_eq!(scores(&[vec![1.0, 2.0, f64::NAN, 4.0, 5.0, 6.0]], &second), None);
    }
}
