//! How far each sample's total lies from the others'.

use crate::statistics::descriptive::{self, MAD_TO_SD};

/// `(log total - median)/(1.4826 MAD)` for each total, median and MAD of the logs over the reference totals.
///
/// None for a total of zero or less, and for all where fewer than three reference totals have a log or their MAD is
/// zero. Source: Leys 2013, 10.1016/j.jesp.2013.03.013.
pub fn deviations(totals: &[f64], reference: &[f64]) -> Vec<Option<f64>> {
    let log = |total: f64| (total > 0.0 && total.is_finite()).then(|| libm::log(total));
    let logs: Vec<f64> = reference.iter().filter_map(|total| log(*total)).collect();
    let scale = descriptive::mad(&logs).map(|mad| MAD_TO_SD * mad).filter(|scale| logs.len() > 2 && *scale > 0.0);
    let known = descriptive::median(&logs).zip(scale);
    totals.iter().map(|total| known.and_then(|(middle, scale)| Some((log(*total)? - middle) / scale))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_total_is_compared_on_the_log_scale() {
        let totals = [1.0, 2.0, 4.0, 8.0, 16.0, 0.0];
        let z = deviations(&totals, &totals);
        // Logs in units of log 2 are 0 to 4: median 2, MAD 1.
        let unit = 1.0 / 1.4826;
        for (z, wanted) in z.iter().zip([-2.0, -1.0, 0.0, 1.0, 2.0]) {
            assert!((z.unwrap() - wanted * unit).abs() < 1e-14);
        }
        assert_eq!(z[5], None);
        let other = deviations(&totals.map(|total| total * 1000.0), &totals.map(|total| total * 1000.0));
        assert!(z.iter().zip(&other).all(|(a, b)| (a.unwrap_or(0.0) - b.unwrap_or(0.0)).abs() < 1e-12));
        assert_eq!(deviations(&[3.0, 3.0, 3.0], &[3.0, 3.0, 3.0]), [None; 3]);
    }
}
