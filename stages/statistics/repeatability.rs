//! How repeatable an analyte is: the spread of its pooled QC samples against their size and against the study samples.
//!
//! Source: Broadhurst 2018, 10.1007/s11306-018-1367-3.

use super::descriptive::{self, MAD_TO_SD};

/// The relative standard deviation, `sd/mean`, or robustly `1.4826 MAD/median`.
///
/// A fraction; none with fewer than two values or a centre of zero or less.
pub fn rsd(values: &[f64], robust: bool) -> Option<f64> {
    let (spread, centre) = match robust {
        true => (descriptive::mad(values).map(|mad| MAD_TO_SD * mad), descriptive::median(values)),
        false => (descriptive::sd(values), descriptive::mean(values)),
    };
    // METHOD: one value has a MAD of zero, which says nothing of its repeatability.
    share(spread.filter(|_| values.len() > 1), centre)
}

/// The D-ratio, `sd(pooled QC)/sd(study)`, or robustly with MADs.
///
/// A fraction; none with fewer than two pooled QC values or without spread among the study values.
pub fn d_ratio(qc: &[f64], study: &[f64], robust: bool) -> Option<f64> {
    let spread = if robust { descriptive::mad } else { descriptive::sd };
    // METHOD: a spread that is rounding (values that a step made equal) is none, and nothing can be compared with it.
    let of_study = spread(study).filter(|size| descriptive::is_more_than_rounding(*size, study));
    share(spread(qc).filter(|_| qc.len() > 1), of_study)
}

/// A ratio to a positive size; undefined otherwise.
pub fn share(part: Option<f64>, whole: Option<f64>) -> Option<f64> {
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
        assert!((rsd(&qc, true).unwrap() - 1.4826 * 0.5 / 10.5).abs() < 1e-15);
        assert!((d_ratio(&qc, &study, true).unwrap() - 0.5 / 6.0).abs() < 1e-15);
        let times = |values: &[f64]| values.iter().map(|value| 1024.0 * value).collect::<Vec<f64>>();
        assert_eq!(rsd(&times(&qc), true), rsd(&qc, true));
        assert_eq!(d_ratio(&times(&qc), &times(&study), true), d_ratio(&qc, &study, true));
    }

    #[test]
    fn they_are_undefined_where_there_is_nothing_to_compare() {
        assert_eq!([rsd(&[], true), rsd(&[1.0], true), rsd(&[-1.0, -2.0], true)], [None; 3]);
        assert_eq!([d_ratio(&[1.0], &[1.0, 2.0], true), d_ratio(&[1.0, 2.0], &[3.0, 3.0], true)], [None; 2]);
        assert_eq!(d_ratio(&[1.0, 2.0], &[0.1 + 0.2, 0.3, 0.3], false), None, "equal but for rounding");
    }

    #[test]
    fn values_whose_squares_are_no_numbers_have_them_too() {
        let (qc, study) = ([9.0, 10.0, 11.0, 10.5], [2.0, 8.0, 14.0, 20.0]);
        for size in [1e300, 1e-300] {
            let times = |values: &[f64]| values.iter().map(|value| size * value).collect::<Vec<f64>>();
            for (extreme, plain) in [
                (rsd(&times(&qc), false), rsd(&qc, false)),
                (d_ratio(&times(&qc), &times(&study), false), d_ratio(&qc, &study, false)),
            ] {
                assert!((extreme.unwrap() / plain.unwrap() - 1.0).abs() < 1e-14, "{size}: {extreme:?} {plain:?}");
            }
        }
    }
}
