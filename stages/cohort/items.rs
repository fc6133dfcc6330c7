//! Spreads a MADRS total over its ten items of 0 to 6 points.

use crate::statistics::random::Stream;

/// The items' weights, in the order of the scale: apparent and reported sadness, inner tension, reduced sleep, reduced
/// appetite, concentration difficulties, lassitude, inability to feel, pessimistic thoughts, suicidal thoughts.
const WEIGHTS: [f64; 10] = [1.2, 1.3, 1.0, 1.1, 0.7, 1.1, 1.2, 1.1, 1.0, 0.5];
const HIGHEST: i64 = 6;

/// One person's own weights: the scale's, each times exp(0.35 z).
pub fn profile(stream: &mut Stream) -> [f64; 10] {
    WEIGHTS.map(|weight| weight * libm::exp(0.35 * stream.normal()))
}

/// Gives out the total a point at a time, to an item that is not full, with probability proportional to its weight.
pub fn spread(total: i64, weights: &[f64; 10], stream: &mut Stream) -> [i64; 10] {
    let mut items = [0; 10];
    for _ in 0..total {
        let open = |item: usize| if items[item] < HIGHEST { weights[item] } else { 0.0 };
        let mut left = stream.uniform() * (0..10).map(open).sum::<f64>();
        let chosen = (0..10).filter(|&item| open(item) > 0.0).find(|&item| {
            left -= open(item);
            left <= 0.0
        });
        // Rounding may leave a crumb beyond the last open item; a total above 60 has no open item at all.
        if let Some(item) = chosen.or_else(|| (0..10).rev().find(|&item| items[item] < HIGHEST)) {
            items[item] += 1;
        }
    }
    items
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_stay_in_range_and_add_up_to_every_total() {
        let mut stream = Stream::new(1, "items", 0);
        for total in 0..=60 {
            let weights = profile(&mut stream);
            let items = spread(total, &weights, &mut stream);
            assert_eq!(items.iter().sum::<i64>(), total);
            assert!(items.iter().all(|item| (0..=6).contains(item)));
        }
    }
}
