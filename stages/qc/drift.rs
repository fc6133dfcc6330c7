//! Whether pooled QC values follow the order of injection.

use super::correlation::{pearson, ranks};
use crate::statistics::{descriptive, tails};

/// The two-sided p of Spearman's rank correlation between injection order and value, by the t approximation
/// `t = r √((n - 2)/(1 - r²))` with n - 2 degrees of freedom.
///
/// `pairs` of order and value; none with fewer than four pairs or without variation. Ties take their mean rank.
/// Source: Zar 1972, 10.1080/01621459.1972.10481251.
pub fn spearman_p(pairs: &[(f64, f64)]) -> Option<f64> {
    let n = pairs.len();
    if n < 4 {
        return None;
    }
    let (orders, values): (Vec<f64>, Vec<f64>) = pairs.iter().copied().unzip();
    let r = pearson(&ranks(&orders), &ranks(&values))?;
    let df = (n - 2) as f64;
    let t = (r * r / (1.0 - r * r).max(0.0) * df).sqrt();
    // METHOD: the approximation gives zero for a perfect order; no two-sided rank test of n values goes below 2/n!.
    let least = (1..=n).fold(2.0, |p, k| p / k as f64);
    Some((2.0 * tails::t_sf(t, df)).clamp(least, 1.0))
}

/// The change over the run as a share of the typical value: the Theil-Sen slope times the span of orders, by the median.
///
/// `slope = median of (yⱼ - yᵢ)/(xⱼ - xᵢ)` over all pairs of different order; `slope (max x - min x)/median y`. `pairs`
/// of order and value; none with fewer than four pairs, fewer than two orders, or a median of zero or less.
/// Source: Sen 1968, 10.1080/01621459.1968.10480934.
pub fn relative_change(pairs: &[(f64, f64)]) -> Option<f64> {
    if pairs.len() < 4 {
        return None;
    }
    let (orders, values): (Vec<f64>, Vec<f64>) = pairs.iter().copied().unzip();
    let (first, last) = descriptive::extremes(&orders)?;
    let middle = descriptive::median(&values).filter(|middle| *middle > 0.0)?;
    let slopes = pairs.iter().enumerate().flat_map(|(at, &(x, y))| {
        let later = pairs[at + 1..].iter().filter(move |other| other.0 != x);
        later.map(move |&(other_x, other_y)| (other_y - y) / (other_x - x))
    });
    let slope = descriptive::median(&slopes.collect::<Vec<f64>>())?;
    Some(slope * (last - first) / middle).filter(|change| change.is_finite())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spearmans_p_has_its_hand_value() {
        // Ranks 1..6 against 2 1 4 3 6 5: Σd² = 6, r = 1 - 36/210 = 29/35; with 4 df the tail has a closed form.
        let pairs: Vec<(f64, f64)> =
            [2.0, 1.0, 40.0, 3.0, 600.0, 50.0].iter().enumerate().map(|(i, v)| (i as f64, *v)).collect();
        let r = 29.0 / 35.0_f64;
        let u = r; // t/√(4 + t²) = r
        let p = 1.0 - (1.5 * u - 0.5 * u * u * u);
        assert!((spearman_p(&pairs).unwrap() - p).abs() < 1e-12);
    }

    #[test]
    fn a_perfect_order_is_not_impossible_and_equal_values_say_nothing() {
        let up: Vec<(f64, f64)> = (0..5).map(|i| (f64::from(i), f64::from(i * i))).collect();
        assert!((spearman_p(&up).unwrap() - 2.0 / 120.0).abs() < 1e-15);
        assert_eq!(spearman_p(&[(1.0, 2.0), (2.0, 2.0), (3.0, 2.0), (4.0, 2.0)]), None);
    }

    #[test]
    fn the_change_over_the_run_is_that_of_the_line_and_one_wild_value_does_not_turn_it() {
        let mut line: Vec<(f64, f64)> = (0..11).map(|i| (10.0 * f64::from(i), 100.0 + f64::from(i))).collect();
        assert!((relative_change(&line).unwrap() - 10.0 / 105.0).abs() < 1e-15);
        line[10].1 = 1e6;
        assert!((relative_change(&line).unwrap() - 10.0 / 105.0).abs() < 1e-15);
        assert_eq!(relative_change(&line[..3]), None);
        assert_eq!(relative_change(&[(1.0, 1.0); 5]), None);
    }
}
