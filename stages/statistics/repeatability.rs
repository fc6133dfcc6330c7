//! How repeatable a measurement is, by medians: from samples that should all be equal, the pooled QC.
//!
//! Source: Broadhurst 2018, 10.1007/s11306-018-1367-3.

use super::descriptive::{self, MAD_TO_SD};

/// The robust relative standard deviation, `1.4826 MAD / median`, a fraction; none with fewer than two values or a median
/// of zero or less.
pub fn robust_rsd(pooled_qc: &[f64]) -> Option<f64> {
    share(spread(pooled_qc).map(|mad| MAD_TO_SD * mad), descriptive::median(pooled_qc))
}

/// The robust D-ratio, `MAD(pooled QC) / MAD(study)`, a fraction; none with fewer than two pooled QC values or without
/// spread among the study samples.
pub fn robust_d_ratio(pooled_qc: &[f64], study: &[f64]) -> Option<f64> {
    share(spread(pooled_qc), descriptive::mad(study))
}

/// METHOD: one value has a MAD of zero, which says nothing of its repeatability.
fn spread(values: &[f64]) -> Option<f64> {
    descriptive::mad(values).filter(|_| values.len() > 1)
}

fn share(part: Option<f64>, whole: Option<f64>) -> Option<f64> {
    let whole = whole.filter(|whole| *whole > 0.0)?;
    part.map(|part| part / whole).filter(|ratio| ratio.is_finite())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_have_their_hand_values_and_do_not_depend_on_the_unit() {
        let (qc, study) = ([9.0, 10.0, 11.0, 10.5, 400.0], [2.0, 8.0, 14.0, 20.0, 26.0]);
        // The median is 10.5 and the distances are 1.5, 0.5, 0.5, 0, 389.5: a MAD of 0.5; among the study samples 6.
        assert!((robust_rsd(&qc).unwrap() - 1.4826 * 0.5 / 10.5).abs() < 1e-15);
        assert!((robust_d_ratio(&qc, &study).unwrap() - 0.5 / 6.0).abs() < 1e-15);
        let times = |values: &[f64]| values.iter().map(|value| 1024.0 * value).collect::<Vec<f64>>();
        assert_eq!(robust_rsd(&times(&qc)), robust_rsd(&qc));
        assert_eq!(robust_d_ratio(&times(&qc), &times(&study)), robust_d_ratio(&qc, &study));
    }

    #[test]
    fn they_are_undefined_where_there_is_nothing_to_compare() {
        assert_eq!([robust_rsd(&[]), robust_rsd(&[1.0]), robust_rsd(&[-1.0, -2.0])], [None; 3]);
        assert_eq!([robust_d_ratio(&[1.0], &[1.0, 2.0]), robust_d_ratio(&[1.0, 2.0], &[3.0, 3.0])], [None; 2]);
    }
}
