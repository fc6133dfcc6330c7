//! How repeatable an analyte is: the spread of its pooled QC samples against their size and against the study samples.
//!
//! The formulas are those of quality control's rules (Broadhurst 2018, 10.1007/s11306-018-1367-3).

use crate::statistics::descriptive::{self, MAD_TO_SD};

/// The relative standard deviation, `sd/mean`, or robustly `1.4826 MAD/median`.
///
/// A fraction; none with fewer than two values or a centre of zero or less.
pub fn rsd(values: &[f64], robust: bool) -> Option<f64> {
    let (spread, centre) = match robust {
        true => (descriptive::mad(values).map(|mad| MAD_TO_SD * mad), descriptive::median(values)),
        false => (descriptive::sd(values), descriptive::mean(values)),
    };
    share(spread.filter(|_| values.len() > 1), centre)
}

/// The D-ratio, `sd(pooled QC)/sd(study)`, or robustly with MADs.
///
/// A fraction; none with fewer than two pooled QC values or without spread among the study values.
pub fn d_ratio(qc: &[f64], study: &[f64], robust: bool) -> Option<f64> {
    let spread = if robust { descriptive::mad } else { descriptive::sd };
    share(spread(qc).filter(|_| qc.len() > 1), spread(study))
}

/// A ratio to a positive size; undefined otherwise.
fn share(part: Option<f64>, whole: Option<f64>) -> Option<f64> {
    let whole = whole.filter(|whole| *whole > 0.0)?;
    part.map(|part| part / whole).filter(|ratio| ratio.is_finite())
}
