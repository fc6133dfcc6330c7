//! Tails and quantiles of chi-squared and F, the distributions of variances and of their ratios.
//!
//! The F distribution takes a second number of degrees of freedom that is infinite, and is then chi-squared over its
//! degrees of freedom. Tails come as logarithms too, which never underflow.

use super::incomplete::{ln_beta_lower, ln_gamma_lower, ln_gamma_upper};
use super::tails::normal_two_sided;

/// The upper tail P(X > x) of the chi-squared distribution with `df` > 0 degrees of freedom, `Q(df/2, x/2)`.
pub fn chi_squared_sf(x: f64, df: f64) -> f64 {
    if x.is_nan() || !(df > 0.0 && df.is_finite()) {
        return f64::NAN;
    }
    // METHOD: with one degree of freedom, X is the square of a standard normal value.
    if df == 1.0 { normal_two_sided(x.max(0.0).sqrt()) } else { libm::exp(ln_gamma_upper(df / 2.0, x.max(0.0) / 2.0)) }
}

/// The quantile x of the chi-squared distribution with P(X ≤ x) = p, for 0 < p < 1 and `df` > 0; NaN elsewhere.
pub fn chi_squared_quantile(p: f64, df: f64) -> f64 {
    df * f_quantile(p, df, f64::INFINITY)
}

/// The upper tail P(F > f) of the F distribution with `d1` and `d2` > 0 degrees of freedom.
///
/// `I_x(d2/2, d1/2)` with `x = d2/(d2 + d1 f)`; with `d2` infinite `Q(d1/2, d1 f/2)`.
pub fn f_sf(f: f64, d1: f64, d2: f64) -> f64 {
    libm::exp(ln_f_sf(f, d1, d2))
}

/// The quantile f of the F distribution with P(F ≤ f) = p, for 0 < p < 1; NaN elsewhere.
pub fn f_quantile(p: f64, d1: f64, d2: f64) -> f64 {
    if p > 0.0 && p < 1.0 { f_of_tails(libm::log(p), libm::log1p(-p), d1, d2) } else { f64::NAN }
}

/// The logarithm of the upper tail P(F > f).
pub fn ln_f_sf(f: f64, d1: f64, d2: f64) -> f64 {
    if !are_f(f, d1, d2) {
        return f64::NAN;
    }
    if d2.is_infinite() {
        return ln_gamma_upper(d1 / 2.0, d1 / 2.0 * f.max(0.0));
    }
    let (x, y) = shares(f.max(0.0), d1, d2);
    ln_beta_lower(d2 / 2.0, d1 / 2.0, x, y)
}

/// The logarithm of the lower tail P(F ≤ f).
pub fn ln_f_cdf(f: f64, d1: f64, d2: f64) -> f64 {
    if !are_f(f, d1, d2) {
        return f64::NAN;
    }
    if d2.is_infinite() {
        return ln_gamma_lower(d1 / 2.0, d1 / 2.0 * f.max(0.0));
    }
    let (x, y) = shares(f.max(0.0), d1, d2);
    ln_beta_lower(d1 / 2.0, d2 / 2.0, y, x)
}

/// The f of which the logarithm of the lower tail is `ln_cdf`, and that of the upper tail `ln_sf`.
///
/// Takes both, and goes by the smaller, so that a value can be carried from one F distribution to another however far
/// out it lies. METHOD: bisection over the logarithm of f, to its last bit: no start value, no step that could leave
/// the range, and the same bits everywhere.
pub fn f_of_tails(ln_cdf: f64, ln_sf: f64, d1: f64, d2: f64) -> f64 {
    if ln_cdf.is_nan() || ln_sf.is_nan() || !are_f(1.0, d1, d2) {
        return f64::NAN;
    }
    let is_low = |f: f64| if ln_cdf < ln_sf { ln_f_cdf(f, d1, d2) < ln_cdf } else { ln_f_sf(f, d1, d2) > ln_sf };
    let (mut low, mut high) = (-745.0, 709.0);
    for _ in 0..64 {
        let middle = 0.5 * (low + high);
        if is_low(libm::exp(middle)) { low = middle } else { high = middle }
    }
    libm::exp(0.5 * (low + high))
}

fn are_f(f: f64, d1: f64, d2: f64) -> bool {
    !f.is_nan() && d1 > 0.0 && d1.is_finite() && d2 > 0.0
}

/// `d2/(d2 + d1 f)` and `d1 f/(d2 + d1 f)`, each to full relative accuracy.
fn shares(f: f64, d1: f64, d2: f64) -> (f64, f64) {
    let ratio = d1 / d2 * f;
    (1.0 / (1.0 + ratio), if ratio.is_infinite() { 1.0 } else { ratio / (1.0 + ratio) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statistics::close;

    #[test]
    fn upper_tails_are_those_of_r_however_far_out() {
        close(chi_squared_sf(3.2, 4.0), 0.524_930_946_786_104_1, 1e-14);
        close(chi_squared_sf(1400.0, 11.0), 1.204_325_711_695_337_7e-293, 1e-12);
        close(chi_squared_sf(1370.0, 1.0), 6.942_937_364_643_616e-300, 1e-12);
        close(f_sf(4.1, 3.0, 28.0), 0.015_669_086_462_946_23, 1e-13);
        close(f_sf(2.5, 28.0, 28000.0), 1.894_179_162_830_372e-5, 1e-12);
        close(f_sf(3.0, 200.0, f64::INFINITY), 1.411_021_510_211_152_2e-41, 1e-12);
        close(f_sf(900.0, 5.0, 60.0), 4.851_186_663_104_283e-55, 1e-12);
    }

    #[test]
    fn two_numerator_degrees_of_freedom_have_a_closed_form() {
        for d2 in [0.5, 3.0, 28.0, 1e9] {
            for f in [1e-9, 0.3, 4.0, 1e3] {
                close(ln_f_sf(f, 2.0, d2), -0.5 * d2 * libm::log1p(2.0 * f / d2), 1e-13);
            }
        }
        close(chi_squared_sf(1300.0, 2.0), libm::exp(-650.0), 1e-12);
    }

    #[test]
    fn quantiles_invert_their_tails_and_are_those_of_r() {
        for p in [1e-100, 1e-12, 0.05, 0.5, 0.9, 1.0 - 1e-9] {
            for (d1, d2) in [(1.0, 1.0), (3.0, 28.0), (28.0, 1e6), (11.0, f64::INFINITY)] {
                let f = f_quantile(p, d1, d2);
                let (tail, expected) = if p < 0.5 { (ln_f_cdf(f, d1, d2), p) } else { (ln_f_sf(f, d1, d2), 1.0 - p) };
                close(libm::exp(tail), expected, 1e-10);
            }
        }
        close(chi_squared_quantile(1e-100, 11.0), 3.684_195_129_085_497e-18, 1e-12);
        close(chi_squared_quantile(0.95, 2.0), -2.0 * libm::log(0.05), 1e-14);
        close(chi_squared_quantile(1.0 - 1e-10, 28.0), 104.316_104_123_785_42, 1e-12);
        close(f_quantile(0.9, 28.0, 3.3), 4.633_721_195_382_533, 1e-12);
    }

    #[test]
    fn what_is_no_distribution_has_no_tail() {
        for (f, d1, d2) in [(f64::NAN, 1.0, 1.0), (1.0, 0.0, 1.0), (1.0, 1.0, -1.0), (1.0, f64::INFINITY, 1.0)] {
            assert!(f_sf(f, d1, d2).is_nan() && ln_f_cdf(f, d1, d2).is_nan());
        }
        assert!(chi_squared_sf(1.0, 0.0).is_nan() && chi_squared_quantile(0.0, 1.0).is_nan());
        assert_eq!(
            [f_sf(-1.0, 2.0, 3.0), f_sf(f64::INFINITY, 2.0, 3.0), chi_squared_sf(f64::INFINITY, 3.0)],
            [1.0, 0.0, 0.0]
        );
    }
}
