//! The gamma function's family: what empirical Bayes and the tails of chi-squared and F are made of.
//!
//! Only positive arguments, which are all that degrees of freedom and shapes can be; NaN elsewhere. Written out rather
//! than taken from a crate, because the trigamma function has none here and must agree with its digamma to the last
//! digits: both are the recurrence up to [`ASYMPTOTIC`] and the asymptotic series beyond.

use std::f64::consts::PI;

/// From here on the asymptotic series are exact to the last bit.
const ASYMPTOTIC: f64 = 16.0;

/// The Bernoulli numbers B₂, B₄, … B₁₄.
const BERNOULLI: [f64; 7] = [1.0 / 6.0, -1.0 / 30.0, 1.0 / 42.0, -1.0 / 30.0, 5.0 / 66.0, -691.0 / 2730.0, 7.0 / 6.0];

/// The logarithm of the gamma function, for x > 0.
pub fn ln_gamma(x: f64) -> f64 {
    if x > 0.0 { libm::lgamma(x) } else { f64::NAN }
}

/// The digamma function `ψ(x) = d/dx ln Γ(x)`, for x > 0.
///
/// `ψ(x) = ψ(x + 1) − 1/x`, and far out `ln x − 1/2x − Σ B₂ₖ / (2k x²ᵏ)`.
/// Source: Abramowitz & Stegun 1964, 6.3.5 and 6.3.18.
pub fn digamma(x: f64) -> f64 {
    let Some((x, below)) = shift(x, |x| -1.0 / x) else { return f64::NAN };
    below + (libm::log(x) - 0.5 / x - series(x, |k| 1.0 / k))
}

/// The trigamma function `ψ'(x)`, for x > 0.
///
/// `ψ'(x) = ψ'(x + 1) + 1/x²`, and far out `1/x + 1/2x² + Σ B₂ₖ / x²ᵏ⁺¹`.
/// Source: Abramowitz & Stegun 1964, 6.4.6 and 6.4.12.
pub fn trigamma(x: f64) -> f64 {
    let Some((x, below)) = shift(x, |x| 1.0 / (x * x)) else { return f64::NAN };
    below + (1.0 / x + 0.5 / (x * x) + series(x, |_| 1.0) / x)
}

/// The derivative of the trigamma function, for x > 0.
fn tetragamma(x: f64) -> f64 {
    let Some((x, below)) = shift(x, |x| -2.0 / (x * x * x)) else { return f64::NAN };
    below - (1.0 / (x * x) + 1.0 / (x * x * x) + series(x, |k| k + 1.0) / (x * x))
}

/// The x at which the trigamma function is `y`, for y > 0.
///
/// METHOD: Newton on `1/ψ'`, which is convex and nearly a line, so that the steps close in from one side.
/// Source: Smyth 2004, 10.2202/1544-6115.1027, appendix.
pub fn trigamma_inverse(y: f64) -> f64 {
    if !(y > 0.0 && y.is_finite()) {
        return f64::NAN;
    }
    let mut x = if y > 100.0 { 1.0 / y.sqrt() } else { 0.5 + 1.0 / y };
    for _ in 0..50 {
        let value = trigamma(x);
        let step = value * (1.0 - value / y) / tetragamma(x);
        // Above 1e150 the square of x no longer matters, or no longer exists.
        if !step.is_finite() || step.abs() <= 1e-15 * x {
            break;
        }
        x += step;
    }
    x
}

/// The logarithm of the beta function, `ln Γ(a) + ln Γ(b) − ln Γ(a + b)`, for a, b > 0.
///
/// METHOD: for a large argument the difference of two large logarithms is taken by Stirling's formula, in which the
/// large parts cancel on paper: degrees of freedom of 1e8 would otherwise cost eight digits.
pub fn ln_beta(a: f64, b: f64) -> f64 {
    let (small, large) = (a.min(b), a.max(b));
    if !(small > 0.0 && large.is_finite()) {
        return f64::NAN;
    }
    if large < ASYMPTOTIC {
        return ln_gamma(a) + ln_gamma(b) - ln_gamma(a + b);
    }
    let sum = small + large;
    let ratio = -(large - 0.5) * libm::log1p(small / large) - small * (libm::log(sum) - 1.0);
    ln_gamma(small) + ratio + stirling(large) - stirling(sum)
}

/// `ln(xᵃ e⁻ˣ / Γ(a))` for a, x > 0, without cancellation near x = a.
pub fn ln_gamma_kernel(a: f64, x: f64) -> f64 {
    if a < ASYMPTOTIC {
        return a * libm::log(x) - x - ln_gamma(a);
    }
    let away = (x - a) / a;
    let log = if away.abs() < 0.5 { libm::log1p(away) } else { libm::log(x / a) };
    0.5 * libm::log(a / (2.0 * PI)) - a * (away - log) - stirling(a)
}

/// What Stirling's formula leaves out: `ln Γ(x) − (x − ½) ln x + x − ½ ln 2π`, for x ≥ [`ASYMPTOTIC`].
fn stirling(x: f64) -> f64 {
    series(x, |k| 1.0 / (k * (k - 1.0))) * x
}

/// Walks x up to the asymptotic range and adds what the recurrence says of each step, the smallest terms first.
fn shift(x: f64, term: impl Fn(f64) -> f64) -> Option<(f64, f64)> {
    if !(x > 0.0 && x.is_finite()) {
        return None;
    }
    let steps = (ASYMPTOTIC - x).ceil().max(0.0) as usize;
    Some((x + steps as f64, (0..steps).rev().map(|step| term(x + step as f64)).sum()))
}

/// `Σₖ weight(2k) B₂ₖ / x²ᵏ`.
fn series(x: f64, weight: impl Fn(f64) -> f64) -> f64 {
    let inverse = 1.0 / (x * x);
    let terms = BERNOULLI.iter().enumerate().rev();
    inverse * terms.fold(0.0, |sum, (k, bernoulli)| sum * inverse + weight(2.0 * (k as f64 + 1.0)) * bernoulli)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statistics::close;

    #[test]
    fn digamma_and_trigamma_are_those_of_r() {
        for (x, psi, tri) in [
            (0.1, -10.423_754_940_411_076, 101.433_299_150_792_75),
            (1.0, -0.577_215_664_901_532_3, PI * PI / 6.0),
            (14.0, 2.602_918_090_232_222, 0.074_040_268_664_010_37),
            (1e6, 13.815_510_057_964_19, 1.000_000_500_000_167_2e-6),
        ] {
            close(digamma(x), psi, 1e-14);
            close(trigamma(x), tri, 1e-14);
        }
    }

    #[test]
    fn each_function_is_the_slope_of_the_one_before() {
        for x in [0.3, 2.0, 15.9, 16.1, 40.0] {
            let h = 1e-4;
            let slope = |f: fn(f64) -> f64| (f(x + h) - f(x - h)) / (2.0 * h);
            close(slope(ln_gamma), digamma(x), 1e-6);
            close(slope(digamma), trigamma(x), 1e-6);
            close(slope(trigamma), tetragamma(x), 1e-6);
        }
    }

    #[test]
    fn the_inverse_of_the_trigamma_function_inverts_it() {
        for exponent in -120..120 {
            let y = libm::exp(f64::from(exponent));
            close(trigamma(trigamma_inverse(y)), y, 1e-13);
        }
    }

    #[test]
    fn large_arguments_keep_their_digits() {
        // B(a, 1) = 1/a, B(a, 2) = 1/(a (a + 1)).
        for a in [0.5, 15.0, 17.0, 3e8] {
            close(ln_beta(a, 1.0), -libm::log(a), 1e-14);
            close(ln_beta(2.0, a), -libm::log(a) - libm::log(a + 1.0), 1e-14);
        }
        for (a, x) in [(16.5, 16.0), (15.5, 40.0), (300.0, 2.0)] {
            close(ln_gamma_kernel(a, x), a * libm::log(x) - x - libm::lgamma(a), 1e-12);
        }
    }

    #[test]
    fn what_is_not_a_positive_number_has_no_value() {
        for x in [0.0, -1.0, f64::NAN, f64::INFINITY] {
            assert!([digamma(x), trigamma(x), trigamma_inverse(x), ln_beta(x, 1.0)].iter().all(|value| value.is_nan()));
        }
    }
}
