//! Tails and quantiles of the reference distributions.

use statrs::distribution::{Beta, ChiSquared, ContinuousCDF, Normal, StudentsT};

/// The upper tail of Student's t with `df` degrees of freedom; NaN where `df` is not positive.
pub fn t_sf(t: f64, df: f64) -> f64 {
    StudentsT::new(0.0, 1.0, df).map_or(f64::NAN, |law| law.sf(t))
}

/// The upper tail of the standard normal distribution.
pub fn normal_sf(z: f64) -> f64 {
    Normal::standard().sf(z)
}

/// The standard normal quantile; NaN outside (0, 1).
pub fn normal_quantile(p: f64) -> f64 {
    if p > 0.0 && p < 1.0 { Normal::standard().inverse_cdf(p) } else { f64::NAN }
}

/// The quantile of Student's t; NaN outside (0, 1) or where `df` is not positive.
pub fn t_quantile(p: f64, df: f64) -> f64 {
    quantile(p, StudentsT::new(0.0, 1.0, df).ok())
}

/// The quantile of chi-squared; NaN outside (0, 1) or where `df` is not positive.
pub fn chi_squared_quantile(p: f64, df: f64) -> f64 {
    quantile(p, ChiSquared::new(df).ok())
}

/// The quantile of the beta distribution; NaN outside (0, 1) or where a shape is not positive.
pub fn beta_quantile(p: f64, a: f64, b: f64) -> f64 {
    quantile(p, Beta::new(a, b).ok())
}

fn quantile(p: f64, law: Option<impl ContinuousCDF<f64, f64>>) -> f64 {
    match law {
        Some(law) if p > 0.0 && p < 1.0 => law.inverse_cdf(p),
        _ => f64::NAN,
    }
}
