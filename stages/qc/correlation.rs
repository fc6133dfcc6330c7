//! Pearson's correlation, and Spearman's by the ranks.

use crate::statistics::descriptive;

/// `Σ(x - x̄)(y - ȳ)/√(Σ(x - x̄)² Σ(y - ȳ)²)`; none with fewer than two pairs or without variation.
pub fn pearson(x: &[f64], y: &[f64]) -> Option<f64> {
    let extreme = [x, y].map(descriptive::extreme_size);
    if extreme != [None, None] {
        let [x, y] = [(x, extreme[0]), (y, extreme[1])].map(|(v, s)| descriptive::in_units_of(v, s.unwrap_or(1.0)));
        return pearson(&x, &y);
    }
    let (mean_x, mean_y) = (descriptive::mean(x)?, descriptive::mean(y)?);
    let cross: f64 = x.iter().zip(y).map(|(a, b)| (a - mean_x) * (b - mean_y)).sum();
    let squares = |values: &[f64], mean: f64| values.iter().map(|v| (v - mean) * (v - mean)).sum::<f64>();
    let varies = |values: &[f64]| values.iter().any(|value| *value != values[0]);
    // Each root apart: the product of two tiny sums of squares is zero sooner than they are.
    let size = squares(x, mean_x).sqrt() * squares(y, mean_y).sqrt();
    (varies(x) && varies(y) && size > 0.0).then(|| (cross / size).clamp(-1.0, 1.0))
}

/// Ranks from 1, equal values sharing their mean rank.
pub fn ranks(values: &[f64]) -> Vec<f64> {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn correlations_have_their_hand_values() {
        let r = pearson(&[0.25, 0.5, 1.0], &[1.0, 2.0, 4.0]).unwrap();
        assert!((r - 1.0).abs() < 1e-15);
        let r = pearson(&[1.0, 2.0, 3.0, 4.0], &[2.0, 1.0, 4.0, 3.0]).unwrap();
        assert!((r - 0.6).abs() < 1e-15);
        let r = pearson(&[1.0, 2.0, 3.0, 4.0], &[2e300, 1e300, 4e300, 3e300]).unwrap();
        assert!((r - 0.6).abs() < 1e-15);
        assert_eq!(pearson(&[1.0, 1.0], &[2.0, 3.0]), None);
        assert_eq!(ranks(&[3.0, 1.0, 3.0]), [2.5, 1.0, 2.5]);
    }
}
