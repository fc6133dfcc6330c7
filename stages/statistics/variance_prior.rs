//! What the error variances of many analytes say of each other: the prior of empirical Bayes.
//!
//! The model: each true variance comes from a scaled inverse chi-squared distribution, `d₀ s₀² / σ² ~ χ²(d₀)`, so that the
//! sample variances are `s² ~ s₀² F(d, d₀)`. Estimated by the moments of their logarithms. It takes the variances to be
//! comparable: analytes on one scale. No trend of the variance with abundance is fitted.

use super::descriptive::{mean, median};
use super::gamma::{digamma, trigamma, trigamma_inverse};

/// The scaled inverse chi-squared distribution of true variances.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct VariancePrior {
    /// s₀², in the squared unit of the responses.
    pub variance: f64,
    /// d₀, how many degrees of freedom knowing s₀² is worth: 0 for nothing, infinite where all variances are one.
    pub df: f64,
}

/// A variance below this share of the median is taken to be that share.
const FLOOR: f64 = 1e-5;

/// Fits the prior to sample variances and their degrees of freedom.
///
/// With `e = ln s² − ψ(d/2) + ln(d/2)`: d₀ solves `ψ'(d₀/2) = var(e) − mean ψ'(d/2)`, and
/// `ln s₀² = mean(e) + ψ(d₀/2) − ln(d₀/2)`. Where the right side is not positive, the variances differ no more than chance
/// makes them, d₀ is infinite and s₀² their mean. Analytes without a finite variance and positive df take no part; one
/// alone gives d₀ = 0. None where no analyte is left, or where half of them or more have no variance at all.
/// Source: Smyth 2004, 10.2202/1544-6115.1027, section 6.2.
pub fn fit(variances: &[f64], df: &[f64]) -> Option<VariancePrior> {
    let (variances, df) = usable(variances, df)?;
    if variances.len() == 1 {
        return Some(VariancePrior { variance: variances[0], df: 0.0 });
    }
    let moments: Vec<f64> =
        variances.iter().zip(&df).map(|(s2, d)| libm::log(*s2) - digamma(0.5 * d) + libm::log(0.5 * d)).collect();
    let center = mean(&moments)?;
    let squares: f64 = moments.iter().map(|moment| (moment - center) * (moment - center)).sum();
    let chance = mean(&df.iter().map(|d| trigamma(0.5 * d)).collect::<Vec<_>>())?;
    let beyond_chance = squares / (moments.len() as f64 - 1.0) - chance;
    if beyond_chance <= 0.0 {
        // METHOD: the mean is the best estimate of a single variance; the limit of the formula for a finite d₀ is
        // larger. As in limma, the mean is not weighted by df.
        let pooled = mean(&variances).filter(|variance| variance.is_finite())?;
        return Some(VariancePrior { variance: pooled, df: f64::INFINITY });
    }
    let half = trigamma_inverse(beyond_chance);
    Some(VariancePrior { variance: libm::exp(center + digamma(half) - libm::log(half)), df: 2.0 * half })
}

/// The analytes that can take part, each variance at least a floor.
///
/// METHOD: a variance of zero (an analyte reported in steps too coarse) has no logarithm; it is raised to 1e-5 of the
/// median, as in limma, which makes it an outlier but not an infinite one.
pub(super) fn usable(variances: &[f64], df: &[f64]) -> Option<(Vec<f64>, Vec<f64>)> {
    let pairs = variances.iter().copied().zip(df.iter().copied()).filter(|(s2, d)| is_usable(*s2, *d));
    let (mut kept, df): (Vec<f64>, Vec<f64>) = pairs.unzip();
    let floor = FLOOR * median(&kept)?;
    kept.iter_mut().for_each(|s2| *s2 = s2.max(floor));
    (floor > 0.0).then_some((kept, df))
}

/// Whether an analyte has a variance that can be pooled with others.
pub(super) fn is_usable(variance: f64, df: f64) -> bool {
    variance >= 0.0 && variance.is_finite() && df > 0.0 && df.is_finite()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statistics::random::Stream;

    #[test]
    fn a_known_prior_is_found_again() {
        // s² = s₀² F(d, d₀), drawn as a ratio of chi-squared values.
        let mut stream = Stream::new(4, "variance prior", 0);
        let mut chi_squared = |df: usize| (0..df).map(|_| stream.normal()).map(|z| z * z).sum::<f64>() / df as f64;
        let variances: Vec<f64> = (0..4000).map(|_| 0.3 * chi_squared(20) / chi_squared(8)).collect();
        let prior = fit(&variances, &[20.0; 4000]).unwrap();
        assert!((prior.df - 8.0).abs() < 0.8 && (prior.variance - 0.3).abs() < 0.012, "{prior:?}");
    }

    #[test]
    fn it_solves_its_moment_equations_and_scales_with_the_unit() {
        let (variances, df) = ([0.2, 0.9, 1.4, 0.1, 3.0, 0.4], [5.0, 9.0, 7.0, 5.0, 9.0, 9.0]);
        let prior = fit(&variances, &df).unwrap();
        let e: Vec<f64> = variances.iter().zip(df).map(|(s2, d)| s2.ln() - digamma(d / 2.0) + (d / 2.0).ln()).collect();
        let chance = df.iter().map(|d| trigamma(d / 2.0)).sum::<f64>() / 6.0;
        let spread = crate::statistics::descriptive::sd(&e).unwrap();
        assert!((trigamma(prior.df / 2.0) + chance - spread * spread).abs() < 1e-12);
        let thousandfold = fit(&variances.map(|s2| s2 * 1e3), &df).unwrap();
        assert!((thousandfold.df / prior.df - 1.0).abs() < 1e-12);
        assert!((thousandfold.variance / prior.variance / 1e3 - 1.0).abs() < 1e-12);
    }

    #[test]
    fn degenerate_variances_have_their_limits() {
        let close = |a: f64, b: f64| (a / b - 1.0).abs() < 1e-12;
        let equal = fit(&[0.3; 5], &[9.0; 5]).unwrap();
        assert!(equal.df.is_infinite() && close(equal.variance, 0.3));
        let alone = fit(&[f64::NAN, 0.3, 4.0], &[9.0, 9.0, 0.0]).unwrap();
        assert_eq!((alone.variance, alone.df), (0.3, 0.0));
        // A variance of zero counts as 1e-5 of the median.
        let floored = fit(&[1e-5, 1.0, 1.0, 3.0], &[9.0; 4]);
        assert_eq!(fit(&[0.0, 1.0, 1.0, 3.0], &[9.0; 4]), floored);
        for (variances, df) in [(vec![], vec![]), (vec![0.0; 4], vec![9.0; 4]), (vec![f64::NAN], vec![1.0])] {
            assert_eq!(fit(&variances, &df), None);
        }
    }
}
