//! Numbers that describe a list of numbers.
//!
//! Every function takes values without NaN and answers `None` where the quantity is undefined. Sums run from left to
//! right, so the same values in the same order give the same bits.

/// The finite values of a column, in their order.
pub fn present(values: &[f64]) -> Vec<f64> {
    values.iter().copied().filter(|value| value.is_finite()).collect()
}

/// The arithmetic mean, `Σx / n`.
pub fn mean(values: &[f64]) -> Option<f64> {
    let of = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
    let mean = (!values.is_empty()).then(|| of(values))?;
    match extreme_size(values) {
        // The sum of numbers near the largest is none.
        Some(size) if !mean.is_finite() => Some(of(&in_units_of(values, size)) * size),
        _ => Some(mean),
    }
}

/// Beyond these sizes a square is no double any more, or none of full precision.
const LARGE: f64 = 1e100;
const SMALL: f64 = 1e-100;

/// A power of two near the largest of values of extreme size: divided by it they have squares, and nothing is rounded.
/// None for everyday sizes, and where there is no value beside zero.
pub fn extreme_size(values: &[f64]) -> Option<f64> {
    let largest = largest(values);
    let everyday = largest == 0.0 || !largest.is_finite() || (SMALL..=LARGE).contains(&largest);
    (!everyday).then(|| libm::ldexp(1.0, libm::ilogb(largest)))
}

/// The values divided by `size`.
pub fn in_units_of(values: &[f64], size: f64) -> Vec<f64> {
    values.iter().map(|value| value / size).collect()
}

/// The largest absolute value, gaps aside; 0 of none.
fn largest(values: &[f64]) -> f64 {
    values.iter().fold(0.0_f64, |largest, value| largest.max(value.abs()))
}

/// Whether a spread, a mean or a distance of these values is more than the rounding of numbers of their size.
pub fn is_more_than_rounding(size: f64, values: &[f64]) -> bool {
    size > ROUNDING * largest(values)
}

/// Some thousand times what one operation rounds.
const ROUNDING: f64 = 1e-13;

/// The standard deviation, `√(Σ(x - mean)² / (n - 1))`; exactly zero when all values are equal.
pub fn sd(values: &[f64]) -> Option<f64> {
    if values.len() < 2 {
        return None;
    }
    // The rounded mean of equal values may differ from them; the spread of equal values may not.
    if values.iter().all(|value| *value == values[0]) {
        return Some(0.0);
    }
    if let Some(size) = extreme_size(values) {
        return sd(&in_units_of(values, size)).map(|sd| sd * size);
    }
    let center = mean(values)?;
    let squares: f64 = values.iter().map(|value| (value - center) * (value - center)).sum();
    Some((squares / (values.len() - 1) as f64).sqrt())
}

/// The quantile of R's type 7: linear between the order statistics around `(n - 1) p`.
///
/// Source: Hyndman & Fan 1996, 10.1080/00031305.1996.10473566.
pub fn quantile(values: &[f64], p: f64) -> Option<f64> {
    let mut values = values.to_vec();
    let last = values.len().checked_sub(1)?;
    let place = p.clamp(0.0, 1.0) * last as f64;
    let below = place.floor();
    // Only the two order statistics are needed: the one below, and the smallest of those after it.
    let (_, low, above) = values.select_nth_unstable_by(last.min(below as usize), f64::total_cmp);
    let low = *low;
    let high = above.iter().copied().min_by(f64::total_cmp).unwrap_or(low);
    Some(low + (place - below) * (high - low))
}

/// The median: the middle value, or the mean of the two in the middle.
///
/// The same bits as [`quantile`] at one half, without sorting the rest.
pub fn median(values: &[f64]) -> Option<f64> {
    median_in_place(&mut values.to_vec())
}

/// The median of values that may change their order: the same bits as [`median`], by selection and without a copy.
pub fn median_in_place(values: &mut [f64]) -> Option<f64> {
    let middle = values.len().checked_sub(1)? / 2;
    let odd = values.len() % 2 == 1;
    let (_, low, above) = values.select_nth_unstable_by(middle, f64::total_cmp);
    let next = above.iter().copied().min_by(f64::total_cmp);
    Some(if odd { *low } else { *low + 0.5 * (next.unwrap_or(*low) - *low) })
}

/// The median absolute deviation from the median, not scaled.
pub fn mad(values: &[f64]) -> Option<f64> {
    let center = median(values)?;
    let distances: Vec<f64> = values.iter().map(|value| (value - center).abs()).collect();
    median(&distances)
}

/// What makes the MAD of a normal sample estimate its standard deviation, `1 / Φ⁻¹(3/4)` as R rounds it.
pub const MAD_TO_SD: f64 = 1.4826;

/// The smallest and the largest value.
pub fn extremes(values: &[f64]) -> Option<(f64, f64)> {
    let first = *values.first()?;
    Some(values.iter().fold((first, first), |(low, high), value| (low.min(*value), high.max(*value))))
}

/// A number for a sentence: four significant digits.
pub fn show(value: f64) -> String {
    format!("{value:.3e}").parse::<f64>().map_or_else(|_| value.to_string(), |rounded| rounded.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quartiles_are_those_of_r_type_7() {
        let values = [7.0, 1.0, 3.0, 10.0];
        let of = |p| quantile(&values, p).unwrap();
        assert_eq!([of(0.0), of(0.25), of(0.5), of(0.75), of(1.0)], [1.0, 2.5, 5.0, 7.75, 10.0]);
    }

    #[test]
    fn the_median_by_selection_has_the_bits_of_the_quantile_of_one_half() {
        let values = [0.1, 7.3, -2.2, 0.3, 1e9, 0.7, 0.1];
        for n in 1..=values.len() {
            assert_eq!(median(&values[..n]).map(f64::to_bits), quantile(&values[..n], 0.5).map(f64::to_bits));
        }
    }

    #[test]
    fn spreads_have_their_hand_values_and_equal_values_none() {
        assert_eq!(sd(&[2.0, 4.0, 4.0, 4.0, 5.0, 5.0, 7.0, 9.0]), Some((32.0_f64 / 7.0).sqrt()));
        assert_eq!(mad(&[1.0, 2.0, 3.0, 4.0, 100.0]), Some(1.0));
        assert_eq!(sd(&[0.1; 7]), Some(0.0));
        assert_eq!(sd(&[1.0]), None);
        assert_eq!(median(&[]), None);
    }

    #[test]
    fn the_median_is_the_quantile_at_one_half_to_the_bit() {
        for n in 1..60_u32 {
            let values: Vec<f64> =
                (0..n).map(|i| (f64::from(i * i + n) * 1.618).sin() * 10f64.powi(i as i32 % 7)).collect();
            assert_eq!(median(&values).map(f64::to_bits), quantile(&values, 0.5).map(f64::to_bits));
        }
        assert_eq!(median(&[3.0, 3.0, 1.0, 3.0]), Some(3.0));
    }

    #[test]
    fn numbers_in_sentences_have_four_digits() {
        assert_eq!([show(0.123456), show(1234567.0), show(30.0), show(-0.5)], ["0.1235", "1235000", "30", "-0.5"]);
    }
}
