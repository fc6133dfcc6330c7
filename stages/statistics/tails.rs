//! Tail probabilities and quantiles of the reference distributions; the only file that names statrs.
//!
//! Every tail is computed as a tail, never as one minus its complement, so that p-values keep their relative accuracy
//! far out (1e-300). Quantiles start from statrs' value and are polished against the tail that belongs to them. The
//! distributions of variances, chi-squared and F, are made in [`super::variance_tails`] and named here.

use statrs::distribution::{Continuous, ContinuousCDF, Normal, StudentsT};
use statrs::function::beta::checked_beta_reg;

pub use super::variance_tails::{chi_squared_quantile, chi_squared_sf, f_quantile, f_sf};

/// The upper tail P(Z > z) of the standard normal distribution. METHOD: libm's erfc; statrs' is off by 4e-11 at z = 1.96.
pub fn normal_sf(z: f64) -> f64 {
    0.5 * libm::erfc(z / std::f64::consts::SQRT_2)
}

/// The two-sided tail P(|Z| > |z|).
pub fn normal_two_sided(z: f64) -> f64 {
    libm::erfc(z.abs() / std::f64::consts::SQRT_2)
}

/// The two-sided tail P(|T| > |t|) of Student's t with `df` degrees of freedom (any positive number).
///
/// `I_x(df/2, 1/2)` with `x = df/(df + t²)`; for |t| < 1, where x is near one, the complement of
/// `I_{1-x}(1/2, df/2)`, which then loses nothing.
pub fn t_two_sided(t: f64, df: f64) -> f64 {
    if t.is_nan() || df.is_nan() || df <= 0.0 {
        return f64::NAN;
    }
    let square = t * t;
    if square.is_infinite() {
        return 0.0;
    }
    if df.is_infinite() {
        return normal_two_sided(t);
    }
    let tail = if square < 1.0 {
        checked_beta_reg(0.5, df / 2.0, square / (df + square)).map(|body| 1.0 - body)
    } else {
        checked_beta_reg(df / 2.0, 0.5, df / (df + square))
    };
    tail.unwrap_or(f64::NAN)
}

/// The upper tail P(T > t).
pub fn t_sf(t: f64, df: f64) -> f64 {
    let half = 0.5 * t_two_sided(t, df);
    if t >= 0.0 { half } else { 1.0 - half }
}

/// The quantile z with P(Z ≤ z) = p, for 0 < p < 1; NaN elsewhere.
pub fn normal_quantile(p: f64) -> f64 {
    let Some(tail) = tail_of(p) else { return f64::NAN };
    let normal = Normal::standard();
    let start = -normal.inverse_cdf(tail);
    // METHOD: Newton on the logarithm of the tail, which is nearly a parabola far out.
    let newton = |z: f64| z + libm::log(normal_sf(z) / tail) * normal_sf(z) / normal.pdf(z);
    let z = (0..4).fold(start, |z, _| newton(z));
    if p >= 0.5 { z } else { -z }
}

/// The quantile t with P(T ≤ t) = p, for 0 < p < 1 and df > 0; NaN elsewhere.
pub fn t_quantile(p: f64, df: f64) -> f64 {
    let (Some(tail), Ok(student)) = (tail_of(p), StudentsT::new(0.0, 1.0, df)) else { return f64::NAN };
    if df.is_infinite() {
        return normal_quantile(p);
    }
    if tail == 0.5 {
        return 0.0;
    }
    let start = -student.inverse_cdf(tail);
    // METHOD: Newton on the logarithm of the tail over the logarithm of t: a line, far out, for every df.
    let newton = |t: f64| {
        let sf = t_sf(t, df);
        t * libm::exp(libm::log(sf / tail) * sf / (student.pdf(t) * t))
    };
    let t = (0..8).fold(start, |t, _| Some(newton(t)).filter(|next| next.is_finite()).unwrap_or(t));
    if p >= 0.5 { t } else { -t }
}

/// The quantile of the beta distribution with shapes `a` and `b`, by bisection on the regularized incomplete beta
/// function to the last bit.
pub fn beta_quantile(p: f64, a: f64, b: f64) -> f64 {
    if !(a > 0.0 && b > 0.0 && (0.0..=1.0).contains(&p)) {
        return f64::NAN;
    }
    let (mut low, mut high) = (0.0_f64, 1.0_f64);
    for _ in 0..200 {
        let middle = 0.5 * (low + high);
        let below = checked_beta_reg(a, b, middle).is_ok_and(|value| value < p);
        if below { low = middle } else { high = middle }
    }
    0.5 * (low + high)
}

/// The smaller tail of p, if p is a probability strictly inside 0 and 1.
fn tail_of(p: f64) -> Option<f64> {
    (p > 0.0 && p < 1.0).then(|| p.min(1.0 - p))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statistics::close;

    #[test]
    fn tails_keep_their_relative_accuracy() {
        close(normal_two_sided(33.680689588666816), 1.108_582_158_709_418_3e-248, 1e-11);
        close(t_two_sided(33.680689588666816, 54.0), 6.226_051_632_742_404e-38, 1e-11);
        close(t_two_sided(1e-8, 10.0), 1.0 - 7.782_166_3e-9, 1e-14);
        // One and two degrees of freedom have closed forms.
        for t in [0.1_f64, 0.9, 1.1, 5.0, 400.0, 1e8] {
            let cauchy = 2.0 / std::f64::consts::PI * (1.0 / t).atan();
            close(t_two_sided(t, 1.0), cauchy, 1e-12);
            let two = 2.0 / ((2.0 + t * t).sqrt() * ((2.0 + t * t).sqrt() + t));
            close(t_two_sided(t, 2.0), two, 1e-12);
        }
    }

    #[test]
    fn quantiles_invert_their_tails() {
        for p in [1e-12, 0.001, 0.025, 0.3, 0.49, 0.5, 0.7, 0.975, 1.0 - 1e-9] {
            for df in [1.0, 2.5, 28.0, 1e6] {
                let t = t_quantile(p, df);
                close(if p < 0.5 { t_sf(-t, df) } else { 1.0 - t_sf(t, df) }, p, 1e-9);
            }
            let z = normal_quantile(p);
            close(if p < 0.5 { normal_sf(-z) } else { 1.0 - normal_sf(z) }, p, 1e-9);
            let x = beta_quantile(p, 9.0, 22.0);
            close(checked_beta_reg(9.0, 22.0, x).unwrap(), p, 1e-9);
        }
        close(normal_quantile(0.975), 1.959_963_984_540_054, 1e-14);
        close(t_quantile(0.975, 28.0), 2.048_407_141_795_244, 1e-13);
    }
}
