//! Whether pooled QC values follow the order of injection.

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
    let r = correlation(&ranks(&orders), &ranks(&values))?;
    let df = (n - 2) as f64;
    let t = (r * r / (1.0 - r * r).max(0.0) * df).sqrt();
    // METHOD: the approximation gives zero for a perfect order; no two-sided rank test of n values goes below 2/n!.
    let least = (1..=n).fold(2.0, |p, k| p / k as f64);
    Some((2.0 * tails::t_sf(t, df)).clamp(least, 1.0))
}

/// Ranks from 1, equal values sharing their mean rank.
fn ranks(values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|a, b| values[*a].total_cmp(&values[*b]));
    let mut ranks = vec![0.0; values.len()];
    let mut start = 0;
    for group in order.chunk_by(|a, b| values[*a] == values[*b]) {
        let rank = start as f64 + (group.len() + 1) as f64 / 2.0;
        group.iter().for_each(|&place| ranks[place] = rank);
        start += group.len();
    }
    ranks
}

fn correlation(x: &[f64], y: &[f64]) -> Option<f64> {
    let (mean_x, mean_y) = (descriptive::mean(x)?, descriptive::mean(y)?);
    let sum =
        |pairs: &mut dyn Iterator<Item = (f64, f64)>| pairs.map(|(a, b)| (a - mean_x) * (b - mean_y)).sum::<f64>();
    let cross = sum(&mut x.iter().copied().zip(y.iter().copied()));
    let squares = |values: &[f64], mean: f64| values.iter().map(|v| (v - mean) * (v - mean)).sum::<f64>();
    let size = (squares(x, mean_x) * squares(y, mean_y)).sqrt();
    (size > 0.0).then(|| (cross / size).clamp(-1.0, 1.0))
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
        assert_eq!(ranks(&[3.0, 1.0, 3.0]), [2.5, 1.0, 2.5]);
    }
}
