//! Moves a sample of integers, a point at a time, to a given sum and a given standard deviation.

use crate::statistics::random::Stream;

/// What a sample of totals must be.
pub struct Target {
    /// The exact sum.
    pub sum: i64,
    /// The bounds of the standard deviation (n - 1), the lower first.
    pub sd: [f64; 2],
}

/// How many moves are tried before the start is given up.
const MOVES: usize = 20_000;

/// Moves `values` within their `bounds` until the target is met; false where it was not.
///
/// A move takes one point from a value or gives one (while the sum is wrong), or passes a point from one value to another
/// (while the standard deviation is wrong), and is kept where it comes nearer.
pub fn adjust(values: &mut [i64], bounds: &[(i64, i64)], target: &Target, stream: &mut Stream) -> bool {
    let middle = (target.sd[0] + target.sd[1]) / 2.0;
    for _ in 0..MOVES {
        let missing = target.sum - values.iter().sum::<i64>();
        let spread = sd(values);
        if missing == 0 && (target.sd[0]..=target.sd[1]).contains(&spread) {
            return true;
        }
        let (one, other) = (stream.below(values.len()), stream.below(values.len()));
        if missing != 0 {
            step(values, bounds, one, missing.signum());
        } else if one != other && step(values, bounds, one, 1) {
            let passed = step(values, bounds, other, -1);
            if !passed {
                values[one] -= 1;
            } else if (sd(values) - middle).abs() > (spread - middle).abs() {
                values[one] -= 1;
                values[other] += 1;
            }
        }
    }
    false
}

/// Moves one value by `by` unless that leaves its bounds.
fn step(values: &mut [i64], bounds: &[(i64, i64)], at: usize, by: i64) -> bool {
    let moved = values[at] + by;
    let inside = (bounds[at].0..=bounds[at].1).contains(&moved);
    if inside {
        values[at] = moved;
    }
    inside
}

/// The standard deviation (n - 1), from exact integer sums.
fn sd(values: &[i64]) -> f64 {
    let n = values.len() as i64;
    let sum: i64 = values.iter().sum();
    let squares: i64 = values.iter().map(|v| v * v).sum();
    ((n * squares - sum * sum) as f64 / (n * (n - 1)) as f64).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sample_reaches_its_target_inside_its_bounds_or_says_that_it_cannot() {
        let target = Target { sum: 918, sd: [6.07, 6.13] };
        let mut values = vec![25; 30];
        assert!(adjust(&mut values, &[(20, 48); 30], &target, &mut Stream::new(1, "adjust", 0)));
        assert_eq!(values.iter().sum::<i64>(), 918);
        assert!(values.iter().all(|v| (20..=48).contains(v)) && (sd(&values) - 6.1).abs() < 0.031);
        assert!(!adjust(&mut [25; 30], &[(20, 30); 30], &target, &mut Stream::new(1, "adjust", 0)));
    }
}
