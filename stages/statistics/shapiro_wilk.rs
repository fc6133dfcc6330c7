//! The Shapiro-Wilk test of normality.
//!
//! Royston's approximation, which needs no tables: weights that are near the best ones, and a transformation that makes
//! `1 − W` nearly normal. It takes 3 to 5000 values, for which it was fitted, and no censored ones.

use super::tails;

/// The statistic and how often a normal sample has one as small.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ShapiroWilk {
    /// `W = (Σ aᵢ x₍ᵢ₎)² / Σ (xᵢ − x̄)²`, at most 1.
    pub statistic: f64,
    pub p_value: f64,
}

/// Tests whether values come from a normal distribution.
///
/// Takes 3 to 5000 finite values in any order; none otherwise, or where they are all equal (up to rounding).
/// Source: Royston 1995, AS R94, 10.2307/2986146.
pub fn test(values: &[f64]) -> Option<ShapiroWilk> {
    let n = values.len();
    if !(3..=5000).contains(&n) {
        return None;
    }
    let sample = standardized(values)?;
    let weights = weights(n);
    // METHOD: 1 − W comes from the distance of the two unit vectors, W = (a·x)²: as one minus W it would lose its
    // digits just where the p-value depends on it.
    let squares: f64 = weights.iter().zip(&sample).map(|(a, x)| (a - x) * (a - x)).sum();
    let correlation = 1.0 - 0.5 * squares;
    let short = 0.5 * squares * (1.0 + correlation);
    let statistic = 1.0 - short;
    let p_value = p_value(n, statistic, short);
    p_value.is_finite().then_some(ShapiroWilk { statistic, p_value })
}

/// The sorted values, centred and of unit length.
fn standardized(values: &[f64]) -> Option<Vec<f64>> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let (low, high) = (*sorted.first()?, *sorted.last()?);
    // Half of each, so that the range of the largest numbers is a number.
    let range = 0.5 * high - 0.5 * low;
    let largest = low.abs().max(high.abs());
    if !(values.iter().all(|value| value.is_finite()) && range > 0.0 && range > 1e-14 * largest) {
        return None;
    }
    for value in &mut sorted {
        *value = (0.5 * *value - 0.5 * low) / range;
    }
    let mean = sorted.iter().sum::<f64>() / sorted.len() as f64;
    let length = sorted.iter().map(|value| (value - mean) * (value - mean)).sum::<f64>().sqrt();
    Some(sorted.iter().map(|value| (value - mean) / length).collect())
}

/// The weights of the order statistics: antisymmetric, of unit length, increasing.
///
/// `m̃ᵢ = Φ⁻¹((i − 3/8) / (n + 1/4))`; the outermost one or two weights are polynomials in `1/√n` about the normalized m̃,
/// the others are m̃ scaled to what is left of the unit length.
fn weights(n: usize) -> Vec<f64> {
    if n == 3 {
        return vec![-0.5_f64.sqrt(), 0.0, 0.5_f64.sqrt()];
    }
    let scores: Vec<f64> = (0..n).map(|i| tails::normal_quantile((i as f64 + 0.625) / (n as f64 + 0.25))).collect();
    let square: f64 = scores.iter().map(|score| score * score).sum();
    let u = 1.0 / (n as f64).sqrt();
    let last =
        scores[n - 1] / square.sqrt() + polynomial(u, &[0.0, 0.221157, -0.147981, -2.071190, 4.434685, -2.706056]);
    let next =
        scores[n - 2] / square.sqrt() + polynomial(u, &[0.0, 0.042981, -0.293762, -1.752461, 5.682633, -3.582633]);
    let outer: &[f64] = if n > 5 { &[last, next] } else { &[last] };
    let replaced: f64 = (1..=outer.len()).map(|k| scores[n - k] * scores[n - k]).sum();
    let scale = (square - 2.0 * replaced) / (1.0 - 2.0 * outer.iter().map(|weight| weight * weight).sum::<f64>());
    let mut weights: Vec<f64> = scores.iter().map(|score| score / scale.sqrt()).collect();
    for (k, weight) in outer.iter().enumerate() {
        weights[n - 1 - k] = *weight;
        weights[k] = -weight;
    }
    // The middle score of an odd sample is zero only up to rounding.
    if !n.is_multiple_of(2) {
        weights[n / 2] = 0.0;
    }
    weights
}

/// The tail of W: exact for n = 3; otherwise a power of `1 − W` that is nearly normal, with moments fitted over n.
fn p_value(n: usize, statistic: f64, short: f64) -> f64 {
    let size = n as f64;
    if n == 3 {
        let smallest = libm::asin(0.75_f64.sqrt());
        return (6.0 / std::f64::consts::PI * (libm::asin(statistic.sqrt()) - smallest)).clamp(0.0, 1.0);
    }
    let (value, mean, ln_sd) = if n <= 11 {
        // The smallest W that n values can have keeps the argument of the logarithm positive.
        let value = -libm::log(polynomial(size, &[-2.273, 0.459]) - libm::log(short));
        let mean = polynomial(size, &[0.5440, -0.39978, 0.025054, -0.0006714]);
        (value, mean, polynomial(size, &[1.3822, -0.77857, 0.062767, -0.0020322]))
    } else {
        let u = libm::log(size);
        let mean = polynomial(u, &[-1.5861, -0.31082, -0.083751, 0.0038915]);
        (libm::log(short), mean, polynomial(u, &[-0.4803, -0.082676, 0.0030302]))
    };
    tails::normal_sf((value - mean) / libm::exp(ln_sd))
}

/// `c₀ + c₁ x + c₂ x² + …`
fn polynomial(x: f64, coefficients: &[f64]) -> f64 {
    coefficients.iter().rev().fold(0.0, |sum, coefficient| sum * x + coefficient)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[track_caller]
    fn is(values: &[f64], statistic: f64, p_value: f64) {
        let test = test(values).unwrap();
        assert!((test.statistic / statistic - 1.0).abs() < 1e-12, "W {} is not {statistic}", test.statistic);
        assert!((test.p_value / p_value - 1.0).abs() < 1e-9, "p {:e} is not {p_value:e}", test.p_value);
    }

    #[test]
    fn small_samples_have_the_numbers_of_r() {
        is(&[2.1, 3.4, 9.9], 0.870_967_741_935_483_8, 0.298_275_852_154_230_75);
        is(&[1.2, 0.4, 8.8, 3.1], 0.860_496_471_292_845_3, 0.261_994_866_801_411_8);
        let weights = [148.0, 154.0, 158.0, 160.0, 161.0, 162.0, 166.0, 170.0, 182.0, 195.0, 236.0];
        is(&weights, 0.788_814_694_835_387_4, 0.006_703_814_056_502_925);
    }

    #[test]
    fn every_branch_of_the_approximation_has_the_numbers_of_r() {
        for (n, statistic, p_value) in [
            (5, 0.978_085_465_188_885_2, 0.924_126_621_911_309_7),
            (7, 0.918_000_654_117_616_8, 0.454_021_571_330_879_17),
            (12, 0.880_710_281_909_785_8, 0.089_502_567_760_553_97),
            (50, 0.879_888_236_324_242, 0.000_111_020_300_335_469_6),
            (500, 0.897_302_796_221_951_7, 8.318_937_911_763_1e-18),
            (2000, 0.896_447_322_093_981_3, 9.834_777_432_210_455e-35),
            (5000, 0.895_476_240_931_488, 5.873_245_429_061_568_5e-50),
        ] {
            let values: Vec<f64> = (1..=n).map(|i| libm::sin(f64::from(i) * f64::from(i))).collect();
            is(&values, statistic, p_value);
        }
        let skewed: Vec<f64> = (1..=2000).map(|i| libm::log(f64::from(i))).collect();
        is(&skewed, 0.821_135_771_958_131_1, 1.374_361_042_572_718_8e-42);
    }

    #[test]
    fn with_three_values_w_is_a_function_of_the_middle_one() {
        // W = (range)² / 2 / Σ (x − mean)², and p is exact.
        let test = test(&[0.0, 0.2, 1.0]).unwrap();
        let squares: f64 = [0.0, 0.2, 1.0].iter().map(|x: &f64| (x - 0.4) * (x - 0.4)).sum();
        assert!((test.statistic - 0.5 / squares).abs() < 1e-15);
        assert_eq!(super::test(&[1.0, 1.0, 2.0]).map(|test| test.p_value < 1e-7), Some(true));
        assert!((super::test(&[1.0, 2.0, 3.0]).unwrap().p_value - 1.0).abs() < 1e-7);
    }

    #[test]
    fn samples_it_was_not_made_for_have_no_test() {
        let many = vec![1.0; 5001];
        for values in
            [&[][..], &[1.0], &[1.0, 2.0], &[4.0; 9], &[1.0, 2.0, f64::NAN], &[1.0, 2.0, f64::INFINITY], &many]
        {
            assert_eq!(test(values), None);
        }
        let large = test(&[-1.7e308, 0.0, 1.7e308, 1e308]).unwrap();
        assert!(large.statistic <= 1.0 && large.p_value <= 1.0);
    }

    proptest! {
        #[test]
        fn neither_order_nor_unit_nor_sign_matters(mut x in proptest::collection::vec(-5.0..5.0_f64, 3..40)) {
            let Some(before) = test(&x) else { return Ok(()) };
            prop_assert!(before.statistic > 0.0 && before.statistic <= 1.0);
            prop_assert!((0.0..=1.0).contains(&before.p_value));
            x.reverse();
            x.iter_mut().for_each(|value| *value = 37.0 - 1e3 * *value);
            let after = test(&x).unwrap();
            prop_assert!((before.statistic - after.statistic).abs() < 1e-10);
            prop_assert!((before.p_value - after.p_value).abs() < 1e-6);
        }
    }
}
