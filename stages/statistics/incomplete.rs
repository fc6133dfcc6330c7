//! The regularized incomplete gamma and beta functions, as logarithms of tails.
//!
//! Each tail is computed as a tail where it is the smaller one, so it keeps its relative accuracy however far out: a
//! logarithm does not underflow. The beta function takes `x` and `1 − x` both, because with many degrees of freedom the
//! smaller of the two cannot be had from the other. Nothing here knows of statistics; [`super::tails`] does.

use super::gamma::{ln_beta, ln_gamma_kernel};

/// How many terms a series or a fraction may take, which is enough for shapes of 1e9 (about √a); NaN if not settled.
const TERMS: usize = 200_000;

/// `ln Q(a, x)`, the upper tail of the gamma distribution with shape a > 0, for x ≥ 0.
pub fn ln_gamma_upper(a: f64, x: f64) -> f64 {
    if x <= a + 1.0 { ln_one_minus_exp(series(a, x)) } else { fraction(a, x) }
}

/// `ln P(a, x)`, the lower tail of the gamma distribution with shape a > 0, for x ≥ 0.
pub fn ln_gamma_lower(a: f64, x: f64) -> f64 {
    if x <= a + 1.0 { series(a, x) } else { ln_one_minus_exp(fraction(a, x)) }
}

/// `ln Iₓ(a, b)` for a, b > 0, with `y = 1 − x` given.
pub fn ln_beta_lower(a: f64, b: f64, x: f64, y: f64) -> f64 {
    if x * (a + b + 2.0) <= a + 1.0 { beta_fraction(a, b, x, y) } else { ln_one_minus_exp(beta_fraction(b, a, y, x)) }
}

/// `P = xᵃ e⁻ˣ / Γ(a) · Σ xⁿ / (a (a+1) … (a+n))`. Source: Abramowitz & Stegun 1964, 6.5.29.
fn series(a: f64, x: f64) -> f64 {
    if x <= 0.0 {
        return f64::NEG_INFINITY;
    }
    let (mut term, mut sum) = (1.0 / a, 1.0 / a);
    for n in 1..TERMS {
        term *= x / (a + n as f64);
        sum += term;
        if term <= 1e-17 * sum {
            return ln_gamma_kernel(a, x) + libm::log(sum);
        }
    }
    f64::NAN
}

/// `Q = xᵃ e⁻ˣ / Γ(a) · 1/(x+1−a− 1(1−a)/(x+3−a− 2(2−a)/(x+5−a− …)))`. Source: DLMF 8.9.2.
fn fraction(a: f64, x: f64) -> f64 {
    if x.is_infinite() {
        return f64::NEG_INFINITY;
    }
    let first = x + 1.0 - a;
    let term = |n: usize| {
        let n = n as f64;
        (n * (a - n), first + 2.0 * n)
    };
    ln_gamma_kernel(a, x) - libm::log(lentz(first, term))
}

/// `Iₓ(a, b) = xᵃ yᵇ / B(a, b) · 1/(β₀ + α₁/(β₁ + α₂/(β₂ + …)))`, for x below the mean.
///
/// METHOD: the contracted fraction, whose terms neither cancel nor shrink when a is large and x near one.
/// Source: DiDonato & Morris 1992, 10.1145/131766.131776, equation 10.
fn beta_fraction(a: f64, b: f64, x: f64, y: f64) -> f64 {
    if x <= 0.0 {
        return f64::NEG_INFINITY;
    }
    let beyond = a * y - b * x + 1.0;
    let denominator =
        |n: f64| n + n * (b - n) * x / (a + 2.0 * n - 1.0) + (a + n) / (a + 2.0 * n + 1.0) * (beyond + n * (1.0 + y));
    let term = |n: usize| {
        let n = n as f64;
        let end = (a + 2.0 * n - 1.0) / x;
        ((a + n - 1.0) / end * ((a + b + n - 1.0) / end) * n * (b - n), denominator(n))
    };
    let ln_x = if x < 0.5 { libm::log(x) } else { libm::log1p(-y) };
    let ln_y = if y < 0.5 { libm::log(y) } else { libm::log1p(-x) };
    a * ln_x + b * ln_y - ln_beta(a, b) - libm::log(lentz(a / (a + 1.0) * beyond, term))
}

/// `first + a₁/(b₁ + a₂/(b₂ + …))` with `(aₙ, bₙ) = term(n)`, by the modified method of Lentz.
///
/// Source: Thompson & Barnett 1986, 10.1016/0021-9991(86)90046-X.
fn lentz(first: f64, term: impl Fn(usize) -> (f64, f64)) -> f64 {
    let away_from_zero = |value: f64| if value.abs() < 1e-300 { 1e-300 } else { value };
    let mut value = away_from_zero(first);
    let (mut c, mut d) = (value, 0.0);
    for n in 1..TERMS {
        let (numerator, denominator) = term(n);
        d = 1.0 / away_from_zero(denominator + numerator * d);
        c = away_from_zero(denominator + numerator / c);
        value *= c * d;
        if (c * d - 1.0).abs() <= 2e-16 {
            return value;
        }
    }
    f64::NAN
}

/// `ln(1 − eᵛ)` for v ≤ 0.
fn ln_one_minus_exp(v: f64) -> f64 {
    if v > -0.7 { libm::log(-libm::expm1(v)) } else { libm::log1p(-libm::exp(v)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn close(value: f64, expected: f64, relative: f64) {
        assert!(value == expected || (value / expected - 1.0).abs() < relative, "{value:e} is not {expected:e}");
    }

    #[test]
    fn an_integer_shape_has_a_poisson_sum() {
        for x in [0.01, 1.0, 2.9, 3.1, 9.0, 400.0] {
            let sum = 1.0 + x + x * x / 2.0;
            close(libm::exp(ln_gamma_upper(3.0, x)), sum * libm::exp(-x), 1e-13);
            close(libm::exp(ln_gamma_lower(3.0, x)), 1.0 - sum * libm::exp(-x), 1e-8);
        }
    }

    #[test]
    fn a_shape_of_one_has_a_power() {
        for a in [0.2, 1.0, 7.0, 5e8] {
            for y in [1e-12, 1e-9, 0.1, 0.5, 0.999] {
                close(ln_beta_lower(a, 1.0, 1.0 - y, y), a * libm::log1p(-y), 1e-13);
                close(ln_beta_lower(1.0, a, y, 1.0 - y), ln_one_minus_exp(a * libm::log1p(-y)), 1e-13);
            }
        }
    }

    #[test]
    fn the_two_tails_make_one() {
        for (a, b) in [(0.3, 0.4), (14.0, 2.5), (100.0, 3000.0)] {
            for x in [0.001, 0.03, 0.4, 0.9] {
                let tails = [ln_beta_lower(a, b, x, 1.0 - x), ln_beta_lower(b, a, 1.0 - x, x)];
                close(tails.iter().map(|tail| libm::exp(*tail)).sum(), 1.0, 1e-13);
                let tails = [ln_gamma_lower(a, x * b), ln_gamma_upper(a, x * b)];
                close(tails.iter().map(|tail| libm::exp(*tail)).sum(), 1.0, 1e-13);
            }
        }
    }
}
