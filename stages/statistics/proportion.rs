//! Confidence limits of a proportion.
//!
//! Both intervals of the pair that papers print: Wilson's score interval, near its nominal coverage on average, and
//! the exact interval of Clopper and Pearson, never below it. No Wald interval: it fails for small counts.

use super::tails;

/// The lower and the upper limit of a proportion.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Limits {
    pub low: f64,
    pub high: f64,
}

/// Wilson's score interval, `(p + z²/2n ± z √(p(1-p)/n + z²/4n²)) / (1 + z²/n)`, without continuity correction.
///
/// `events` of `n` at `confidence` in (0, 1); none where `n` is zero or `events` exceeds it.
/// Source: Wilson 1927, 10.1080/01621459.1927.10502953.
pub fn wilson(events: u64, n: u64, confidence: f64) -> Option<Limits> {
    let rate = rate(events, n)?;
    let (z, n_real) = (tails::normal_quantile(1.0 - (1.0 - confidence) / 2.0), n as f64);
    let shrink = 1.0 + z * z / n_real;
    let center = (rate + z * z / (2.0 * n_real)) / shrink;
    let half = z * (rate * (1.0 - rate) / n_real + z * z / (4.0 * n_real * n_real)).sqrt() / shrink;
    // At the ends the limit is the end itself; the formula gives it only up to rounding.
    let low = if events == 0 { 0.0 } else { center - half };
    let high = if events == n { 1.0 } else { center + half };
    (z.is_finite()).then_some(Limits { low, high })
}

/// The exact interval of Clopper and Pearson: beta quantiles at `α/2` of (x, n-x+1) and `1-α/2` of (x+1, n-x).
///
/// `events` of `n` at `confidence` in (0, 1); none where `n` is zero or `events` exceeds it.
/// Source: Clopper & Pearson 1934, 10.1093/biomet/26.4.404.
pub fn clopper_pearson(events: u64, n: u64, confidence: f64) -> Option<Limits> {
    rate(events, n)?;
    let (x, others, tail) = (events as f64, (n - events) as f64, (1.0 - confidence) / 2.0);
    let low = if events == 0 { 0.0 } else { tails::beta_quantile(tail, x, others + 1.0) };
    let high = if events == n { 1.0 } else { tails::beta_quantile(1.0 - tail, x + 1.0, others) };
    (low.is_finite() && high.is_finite()).then_some(Limits { low, high })
}

fn rate(events: u64, n: u64) -> Option<f64> {
    (n > 0 && events <= n).then(|| events as f64 / n as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// P(X >= events) for a binomial count, summed term by term.
    fn upper_tail(events: u64, n: u64, p: f64) -> f64 {
        let choose = |k: u64| (0..k).fold(1.0, |c, i| c * (n - i) as f64 / (i + 1) as f64);
        (events..=n).map(|k| choose(k) * p.powi(k as i32) * (1.0 - p).powi((n - k) as i32)).sum()
    }

    fn solve(f: impl Fn(f64) -> f64) -> f64 {
        let (mut low, mut high) = (0.0, 1.0);
        for _ in 0..200 {
            let middle = (low + high) / 2.0;
            if f(middle) < 0.0 { low = middle } else { high = middle }
        }
        low
    }

    #[test]
    fn clopper_pearson_limits_solve_the_binomial_tails() {
        for (events, n) in [(8, 30), (4, 30), (1, 5), (29, 30), (57, 110)] {
            let limits = clopper_pearson(events, n, 0.95).unwrap();
            let low = solve(|p| upper_tail(events, n, p) - 0.025);
            let high = solve(|p| 0.025 - (1.0 - upper_tail(events + 1, n, p)));
            assert!((limits.low - low).abs() < 1e-11 && (limits.high - high).abs() < 1e-11, "{events}/{n} {limits:?}");
        }
    }

    #[test]
    fn wilson_limits_are_the_rates_at_which_the_score_test_just_rejects() {
        for (events, n) in [(8, 30), (4, 30), (1, 5), (29, 30), (0, 7)] {
            let limits = wilson(events, n, 0.95).unwrap();
            let score = |p: f64| (events as f64 / n as f64 - p).abs() / (p * (1.0 - p) / n as f64).sqrt();
            let z = 1.959963984540054;
            assert!((score(limits.high) - z).abs() < 1e-11, "{events}/{n}");
            assert!(events == 0 || (score(limits.low) - z).abs() < 1e-11, "{events}/{n}");
        }
    }

    #[test]
    fn eight_of_thirty_and_the_ends_have_their_closed_forms() {
        let limits = wilson(8, 30, 0.95).unwrap();
        assert_eq!(format!("{:.4} {:.4}", limits.low, limits.high), "0.1418 0.4445");
        let none = clopper_pearson(0, 30, 0.95).unwrap();
        assert_eq!((none.low, wilson(0, 30, 0.95).unwrap().low), (0.0, 0.0));
        assert!((none.high - (1.0 - 0.025_f64.powf(1.0 / 30.0))).abs() < 1e-12);
        let all = clopper_pearson(30, 30, 0.95).unwrap();
        assert!(all.high == 1.0 && (all.low - 0.025_f64.powf(1.0 / 30.0)).abs() < 1e-12);
        assert_eq!((wilson(0, 0, 0.95), clopper_pearson(3, 2, 0.95)), (None, None));
    }
}
