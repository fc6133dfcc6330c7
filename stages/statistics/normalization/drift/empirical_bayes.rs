//! Batch effects of many analytes, each shrunk towards what the analytes of a batch have in common.
//!
//! The parametric model of Johnson 2007 (10.1093/biostatistics/kxj037): in a batch, an analyte's standardized values have
//! mean γ and variance δ, with `γ ~ N(γ̄, τ²)` and `δ ~ InverseGamma(a, b)` over the analytes. Hyperparameters come from
//! the moments of the analytes' own estimates.

use crate::statistics::descriptive;

/// Where the iteration stops: the largest relative change of any estimate.
const STOP: f64 = 1e-4;

/// A batch's effect on an analyte: location and variance of its standardized values.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Effect {
    pub gamma: f64,
    pub delta: f64,
}

/// The hyperparameters of one batch.
struct Prior {
    gamma: f64,
    tau_squared: f64,
    a: f64,
    b: f64,
}

/// Shrinks the effects of one batch; `values` are the standardized values of each analyte in it, none of them missing.
///
/// The location of `mean_only` has variance one and one value's weight, as in sva. None with fewer than two analytes.
///
/// METHOD: iterated until the largest change relative to the estimate before is below 10⁻⁴, over all analytes of the
/// batch together and counting a location's change only where it is above zero: the rule of sva's ComBat, so that both
/// give the same numbers. Going on would move them in the fifth digit.
pub(super) fn shrink(values: &[Vec<f64>], mean_only: bool) -> Option<Vec<Effect>> {
    let mut effects: Vec<Effect> = values.iter().map(|own| estimate(own, mean_only)).collect::<Option<_>>()?;
    let own = effects.clone();
    let prior = Prior::of(&own)?;
    if mean_only {
        let shrunk = |effect: &Effect| Effect { gamma: prior.location(effect.gamma, 1.0, 1.0), delta: 1.0 };
        return Some(own.iter().map(shrunk).collect());
    }
    for _ in 0..10_000 {
        let mut largest = f64::NEG_INFINITY;
        for ((effect, own), values) in effects.iter_mut().zip(&own).zip(values) {
            let n = values.len() as f64;
            let gamma = prior.location(own.gamma, n, effect.delta);
            let squares: f64 = values.iter().map(|value| (value - gamma) * (value - gamma)).sum();
            let delta = prior.variance(squares, n).unwrap_or(own.delta);
            let change = [(gamma - effect.gamma).abs() / effect.gamma, (delta - effect.delta).abs() / effect.delta];
            largest = change.into_iter().filter(|change| change.is_finite()).fold(largest, f64::max);
            *effect = Effect { gamma, delta };
        }
        if largest <= STOP {
            break;
        }
    }
    Some(effects)
}

fn estimate(values: &[f64], mean_only: bool) -> Option<Effect> {
    let delta = if mean_only { 1.0 } else { variance(values)? };
    Some(Effect { gamma: descriptive::mean(values)?, delta })
}

/// The sample variance, divided by n - 1.
pub(super) fn variance(values: &[f64]) -> Option<f64> {
    descriptive::sd(values).map(|sd| sd * sd)
}

impl Prior {
    /// Moments: `a = (2 s² + m²)/s²` and `b = (m s² + m³)/s²` of the variances' mean m and variance s².
    fn of(effects: &[Effect]) -> Option<Prior> {
        let (gammas, deltas): (Vec<f64>, Vec<f64>) = effects.iter().map(|e| (e.gamma, e.delta)).unzip();
        let (m, s2) = (descriptive::mean(&deltas)?, variance(&deltas)?);
        Some(Prior {
            gamma: descriptive::mean(&gammas)?,
            tau_squared: variance(&gammas)?,
            a: (2.0 * s2 + m * m) / s2,
            b: (m * s2 + m * m * m) / s2,
        })
    }

    /// The posterior mean of a location: `(n τ² γ̂ + δ γ̄)/(n τ² + δ)`.
    fn location(&self, own: f64, n: f64, delta: f64) -> f64 {
        (self.tau_squared * n * own + delta * self.gamma) / (self.tau_squared * n + delta)
    }

    /// The posterior mean of a variance: `(b + Σ(z - γ)²/2)/(n/2 + a - 1)`; none where all variances are equal.
    fn variance(&self, squares: f64, n: f64) -> Option<f64> {
        Some((0.5 * squares + self.b) / (n / 2.0 + self.a - 1.0)).filter(|delta| delta.is_finite())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn locations_are_drawn_to_their_mean_and_the_more_so_the_fewer_the_values() {
        let wave = |centre: f64, n: usize| (0..n).map(|i| centre + [-1.0, 1.0][i % 2] * (1.0 + 0.1 * centre)).collect();
        let few: Vec<Vec<f64>> = [0.0, 1.0, 2.0, 5.0].map(|centre| wave(centre, 4)).to_vec();
        let many: Vec<Vec<f64>> = [0.0, 1.0, 2.0, 5.0].map(|centre| wave(centre, 400)).to_vec();
        for mean_only in [false, true] {
            let (little, much) = (shrink(&few, mean_only).unwrap(), shrink(&many, mean_only).unwrap());
            for (centre, (little, much)) in [0.0, 1.0, 2.0, 5.0].iter().zip(little.iter().zip(&much)) {
                assert!((little.gamma - 2.0).abs() < (centre - 2.0_f64).abs() + 1e-12);
                assert!((much.gamma - centre).abs() <= (little.gamma - centre).abs() + 1e-12);
            }
        }
        assert_eq!(shrink(&few[..1], false), None);
        assert_eq!(shrink(&[vec![1.0], vec![2.0]], false), None);
    }

    #[test]
    fn the_estimates_are_fixed_points_of_the_posterior_means() {
        let values: Vec<Vec<f64>> = (0..30)
            .map(|g| {
                (0..12)
                    .map(|i| f64::from(g) / 9.0 + (f64::from(g * 12 + i) * 2.399).sin() * (1.0 + f64::from(g % 5)))
                    .collect()
            })
            .collect();
        let own: Vec<Effect> = values.iter().map(|own| estimate(own, false).unwrap()).collect();
        let prior = Prior::of(&own).unwrap();
        for ((effect, own), values) in shrink(&values, false).unwrap().iter().zip(&own).zip(&values) {
            let gamma = prior.location(own.gamma, 12.0, effect.delta);
            let squares: f64 = values.iter().map(|v| (v - effect.gamma).powi(2)).sum();
            assert!(
                (gamma - effect.gamma).abs() < 1e-3 * gamma.abs()
                    && (prior.variance(squares, 12.0).unwrap() / effect.delta - 1.0).abs() < 1e-3
            );
        }
    }
}
