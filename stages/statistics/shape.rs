//! The shape θ of a negative binomial model, by maximum likelihood together with the coefficients.

use super::family::Family;
use super::glm::GlmError;
use super::irls::{ClimbError, Peak, Slope};
use super::link::Mean;

/// Larger shapes are a Poisson model: the variance exceeds the mean by less than a millionth of it.
const LARGEST: f64 = 1e7;

/// Climbs over coefficients and shape in turn until neither moves; the peak's objective becomes −2 log L, since
/// deviances of different shapes do not compare.
///
/// The score of θ is `Σ ψ(y+θ) − ψ(θ) + ln θ − ln(μ+θ) + 1 − (y+θ)/(μ+θ)`. Source: Venables and Ripley 2002, 7.4.
pub fn climb(slope: &Slope<'_>) -> Result<(Family, Peak), GlmError> {
    let poisson = Slope { family: Family::Poisson, ..*slope };
    let mut peak = poisson.climb(None).map_err(GlmError::NotConverged)?;
    let counted = |row: usize| slope.counts.map_or(1.0, |counts| counts[row]);
    // METHOD: the likelihood rises towards θ = ∞ unless Σ (y − μ)² exceeds Σ y.
    let excess: f64 = slope
        .y
        .iter()
        .zip(&peak.means)
        .enumerate()
        .map(|(row, (y, m))| counted(row) * ((y - m.value) * (y - m.value) - y))
        .sum();
    if excess <= 0.0 {
        return Err(GlmError::NotOverdispersed);
    }
    let mut theta = moments(slope, &peak.means, excess);
    let mut steps = peak.iterations;
    for _ in 0..200 {
        let next = best(slope, &peak.means, theta)?;
        let family = Family::NegativeBinomial { theta: next };
        let coordinates = peak.coordinates.clone();
        peak = Slope { family, ..*slope }.climb(Some(&coordinates)).map_err(GlmError::NotConverged)?;
        steps += peak.iterations;
        let still = (next / theta - 1.0).abs() < 1e-11;
        theta = next;
        if still {
            let likelihood = family.minus_two_log_lik(slope.y, &peak.means, peak.deviance);
            peak.objective = likelihood.unwrap_or(peak.deviance);
            peak.iterations = steps;
            return Ok((family, peak));
        }
    }
    Err(GlmError::NotConverged(ClimbError::NotConverged))
}

/// The shape that matches the second moment.
fn moments(slope: &Slope<'_>, means: &[Mean], excess: f64) -> f64 {
    let squares: f64 =
        means.iter().enumerate().map(|(row, m)| slope.counts.map_or(1.0, |c| c[row]) * m.value * m.value).sum();
    (squares / excess).clamp(1e-3, 1e5)
}

/// The best shape at these means: Newton on log θ, held to steps of a factor of e².
fn best(slope: &Slope<'_>, means: &[Mean], start: f64) -> Result<f64, GlmError> {
    let mut log = libm::log(start);
    for _ in 0..100 {
        let theta = libm::exp(log);
        if !(1e-8..=LARGEST).contains(&theta) {
            return Err(GlmError::NotOverdispersed);
        }
        let (mut score, mut curve) = (0.0, 0.0);
        for (row, (y, mean)) in slope.y.iter().zip(means).enumerate() {
            let count = slope.counts.map_or(1.0, |counts| counts[row]);
            let (first, second) = derivatives(theta, *y, mean.value);
            score += count * first;
            curve += count * second;
        }
        // In log θ: dl/dlogθ = θ l', d²l/dlogθ² = θ l' + θ² l''.
        let (slope, bend) = (theta * score, theta * score + theta * theta * curve);
        let step = if bend < 0.0 { -slope / bend } else { slope.signum() };
        log += step.clamp(-2.0, 2.0);
        if step.abs() < 1e-13 {
            return Ok(libm::exp(log));
        }
    }
    Ok(libm::exp(log))
}

/// The first and second derivative of one row's log-likelihood in θ; the digamma differences as sums over a whole y.
fn derivatives(theta: f64, y: f64, mu: f64) -> (f64, f64) {
    let (mut first, mut second) = (0.0, 0.0);
    for k in 0..y as u64 {
        let at = theta + k as f64;
        first += 1.0 / at;
        second -= 1.0 / (at * at);
    }
    // ln θ − ln(μ+θ) + 1 − (y+θ)/(μ+θ), without cancellation for large θ.
    let sum = mu + theta;
    first += -libm::log1p(mu / theta) + (mu - y) / sum;
    second += mu / (theta * sum) - (mu - y) / (sum * sum);
    (first, second)
}
