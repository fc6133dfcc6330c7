//! The prior of empirical Bayes when a few analytes are far more variable than the rest.
//!
//! The logarithms of the variances are Winsorized, so that hypervariable analytes cannot widen the prior and so weaken
//! it for all others; and those analytes get fewer prior degrees of freedom of their own, down to what so large a
//! variance deserves. Outliers below are Winsorized and keep the common prior: to shrink them upwards harms nobody.

use super::descriptive::{extremes, mean, quantile, sd};
use super::gamma::{ln_beta, ln_gamma};
use super::quadrature::integrate;
use super::variance_prior::{self, VariancePrior, is_usable, usable};
use super::variance_tails::{f_of_tails, f_quantile, ln_f_cdf, ln_f_sf};

/// The shares of the variances that are Winsorized below and above.
const TAILS: (f64, f64) = (0.05, 0.1);

/// METHOD: with fewer analytes than this the upper share is less than one of them, and the plain moments are taken.
const FEWEST: usize = 10;

/// A prior for the bulk of the analytes, and the degrees of freedom it has for each of them.
#[derive(Debug, Clone, PartialEq)]
pub struct RobustPrior {
    pub bulk: VariancePrior,
    /// In the order of the analytes; at most those of the bulk.
    pub df: Vec<f64>,
}

/// Fits the prior to the bulk of the variances, and lowers its degrees of freedom for hypervariable analytes.
///
/// d₀ and s₀² equate mean and variance of the Winsorized `ln s²` (5 % below, 10 % above) to those of `ln s₀² F(d, d₀)`
/// Winsorized alike, d₀ being at least that of [`variance_prior::fit`]. That fit is taken whole for fewer than ten
/// analytes, and where its d₀ is infinite and the Winsorized one would not be. None as there. With limma 3.54
/// (`eBayes(robust = TRUE)`, which solves for d₀/(1 + d₀) to 1e-8) s₀² agrees to 1e-8, d₀ and p-values to 1e-7 (1e-4
/// where d₀ is 1e5); not where more than 5 % of the variances are zero, which limma floors at 1e-12 of the median here
/// and at 1e-5 in its plain fit.
/// Source: Phipson, Lee, Majewski, Alexander & Smyth 2016, 10.1214/16-AOAS920.
pub fn fit(variances: &[f64], df: &[f64]) -> Option<RobustPrior> {
    let plain = variance_prior::fit(variances, df)?;
    let whole = RobustPrior { bulk: plain, df: vec![plain.df; variances.len()] };
    let (kept, kept_df) = usable(variances, df)?;
    if kept.len() < FEWEST {
        return Some(whole);
    }
    let (_, d) = extremes(&kept_df)?;
    let levelled: Vec<f64> = kept.iter().zip(&kept_df).map(|(s2, own)| level(*s2, *own, d, plain)).collect();
    let Some(bulk) = bulk(&levelled, d, plain) else { return Some(whole) };
    let mut own = own_df(&levelled, d, bulk).into_iter();
    let placed = |(s2, d): (&f64, &f64)| if is_usable(*s2, *d) { own.next() } else { Some(bulk.df) };
    Some(RobustPrior { bulk, df: variances.iter().zip(df).filter_map(placed).collect() })
}

/// The variance with `d` degrees of freedom that is as extreme as this one is with its own.
///
/// METHOD: carried over at equal tail probability under the plain fit, so that one distribution describes them all.
fn level(s2: f64, own: f64, d: f64, plain: VariancePrior) -> f64 {
    let ratio = s2 / plain.variance;
    if own == d {
        return s2;
    }
    plain.variance * f_of_tails(ln_f_cdf(ratio, own, plain.df), ln_f_sf(ratio, own, plain.df), d, plain.df)
}

/// s₀² and d₀ from Winsorized moments; none where they contradict an infinite d₀ of the plain fit.
fn bulk(variances: &[f64], d: f64, plain: VariancePrior) -> Option<VariancePrior> {
    let logs: Vec<f64> = variances.iter().map(|s2| libm::log(*s2)).collect();
    let (low, high) = (quantile(&logs, TAILS.0)?, quantile(&logs, 1.0 - TAILS.1)?);
    let winsorized: Vec<f64> = logs.iter().map(|log| log.clamp(low, high)).collect();
    let observed = sd(&winsorized)? * sd(&winsorized)?;
    let df = solve_df(observed, d, plain.df)?;
    let expected = winsorized_moments(d, df)?.0;
    Some(VariancePrior { variance: libm::exp(mean(&winsorized)? - expected), df })
}

/// The d₀ for which the Winsorized variance is the observed one, by bisection over ln d₀ from `least` upwards;
/// none where that is infinite and the variance asks for less.
fn solve_df(observed: f64, d: f64, least: f64) -> Option<f64> {
    let variance = |df: f64| winsorized_moments(d, df).map(|(_, variance)| variance);
    if observed <= variance(f64::INFINITY)? {
        return Some(f64::INFINITY);
    }
    if least.is_infinite() {
        return None;
    }
    // METHOD: no prior worth more than 1e10 observations is told from one that is certain.
    let (mut low, mut high) = (libm::log(least), libm::log(1e10));
    if observed >= variance(least)? || low >= high {
        return Some(least);
    }
    for _ in 0..56 {
        let middle = 0.5 * (low + high);
        if variance(libm::exp(middle))? > observed { low = middle } else { high = middle }
    }
    Some(libm::exp(0.5 * (low + high)))
}

/// Mean and variance of `ln F(d1, d2)`, Winsorized at its own quantiles.
fn winsorized_moments(d1: f64, d2: f64) -> Option<(f64, f64)> {
    let ends = [TAILS.0, 1.0 - TAILS.1].map(|p| libm::log(f_quantile(p, d1, d2)));
    let moment = |power: &dyn Fn(f64) -> f64| {
        let inside = integrate(|z| power(z) * libm::exp(ln_density_of_log(z, d1, d2)), &ends, 1e-12)?;
        Some(TAILS.0 * power(ends[0]) + inside + TAILS.1 * power(ends[1]))
    };
    let mean = moment(&|z| z)?;
    Some((mean, moment(&|z| (z - mean) * (z - mean))?))
}

/// The logarithm of the density of `z = ln F(d1, d2)`.
fn ln_density_of_log(z: f64, d1: f64, d2: f64) -> f64 {
    let half = 0.5 * d1;
    if d2.is_infinite() {
        return half * (libm::log(half) + z - libm::exp(z)) - ln_gamma(half);
    }
    let ln_ratio = libm::log(d1 / d2) + z;
    half * ln_ratio - (half + 0.5 * d2) * libm::log1p(libm::exp(ln_ratio)) - ln_beta(half, 0.5 * d2)
}

/// Each analyte's prior degrees of freedom: a mean of the bulk's and an outlier's, by its chance of being one.
///
/// The chance of not being one is `min(1, p / p̂)`: the tail probability under the bulk over the share of analytes that
/// far out, `(rank − ½)/m`. METHOD: the outlier's d₀ is that for which the largest variance is about the median: two
/// proportional steps towards it, as limma takes, not the root, which is up to a third smaller. Where the bulk's d₀ is
/// infinite there is nothing to take a mean of; an outlier then has the pooled degrees of freedom times its chance.
fn own_df(variances: &[f64], d: f64, bulk: VariancePrior) -> Vec<f64> {
    let m = variances.len() as f64;
    let ratios: Vec<f64> = variances.iter().map(|s2| s2 / bulk.variance).collect();
    let mut falling = ratios.clone();
    falling.sort_by(|a, b| b.total_cmp(a));
    let bulk_share = |ratio: f64| {
        // Ties share the mean of their ranks.
        let ends = [falling.partition_point(|other| *other > ratio), falling.partition_point(|other| *other >= ratio)];
        libm::exp(ln_f_sf(ratio, d, bulk.df) - libm::log(0.5 * (ends[0] + ends[1]) as f64 / m)).min(1.0)
    };
    let largest = falling.first().copied().unwrap_or_default();
    let step = |df: f64| df * libm::log(0.5) / ln_f_sf(largest, d, df);
    let outlier = step(step(bulk.df));
    let own = |ratio: &f64| match bulk_share(*ratio) {
        1.0 => bulk.df,
        share if bulk.df.is_infinite() => share * m * d,
        share => share * bulk.df + (1.0 - share) * outlier,
    };
    monotone(&ratios, ratios.iter().map(own).collect(), bulk.df.is_finite())
}

/// Makes the degrees of freedom rise as the variances fall.
///
/// METHOD: the largest variances share the smallest mean that any number of them, counted from the largest, has; from
/// there on the running maximum. With infinite degrees of freedom among them there are no means, only the maximum.
fn monotone(ratios: &[f64], mut df: Vec<f64>, has_means: bool) -> Vec<f64> {
    let mut order: Vec<usize> = (0..df.len()).collect();
    order.sort_by(|&a, &b| ratios[b].total_cmp(&ratios[a]).then(a.cmp(&b)));
    let (mut sum, mut smallest, mut shared) = (0.0, f64::INFINITY, 0);
    for (k, &index) in order.iter().enumerate() {
        sum += df[index];
        let mean = sum / (k as f64 + 1.0);
        if has_means && mean < smallest {
            (smallest, shared) = (mean, k + 1);
        }
    }
    let mut running = 0.0_f64;
    for (k, &index) in order.iter().enumerate() {
        running = if k < shared { smallest } else { running.max(df[index]) };
        df[index] = running;
    }
    df
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statistics::close;

    const VARIANCES: [f64; 12] = [0.31, 0.52, 0.18, 1.4, 0.44, 0.29, 0.73, 0.36, 0.61, 0.25, 0.47, 9.5];
    const DF: [f64; 12] = [28.0, 28.0, 26.0, 28.0, 25.0, 28.0, 28.0, 27.0, 28.0, 28.0, 24.0, 28.0];

    #[test]
    fn the_prior_is_that_of_limma() {
        let robust = fit(&VARIANCES, &DF).unwrap();
        close(robust.bulk.df, 5.653_637_913_025_623, 1e-7);
        close(robust.bulk.variance, 0.425_411_083_612_962_15, 1e-8);
        for (analyte, expected) in
            [(0, 5.653_637_913_025_623), (3, 3.635_138_958_405_947_5), (11, 0.420_882_317_484_715_1)]
        {
            close(robust.df[analyte], expected, 1e-7);
        }
    }

    #[test]
    fn an_outlier_in_an_infinite_prior_is_left_alone() {
        let variances = [0.31, 0.33, 0.30, 0.29, 0.32, 0.31, 0.28, 0.34, 0.3, 0.31, 0.29, 7.0];
        let robust = fit(&variances, &[28.0; 12]).unwrap();
        assert!(robust.bulk.df.is_infinite() && robust.df[..11].iter().all(|df| df.is_infinite()));
        close(robust.bulk.variance, 0.322_545_367_304_371_56, 1e-10);
        close(robust.df[11], 2.833_736_599_799_820_6e-106, 1e-9);
        assert_eq!(monotone(&[9.0, 8.0, 1.0], vec![5.0, 1.0, f64::INFINITY], false), [5.0, 5.0, f64::INFINITY]);
        assert_eq!(monotone(&[1.0, 9.0, 8.0, 2.0], vec![7.0, 5.0, 1.0, 4.0], true), [7.0, 3.0, 3.0, 4.0]);
    }

    #[test]
    fn winsorized_moments_are_those_of_a_sample_of_quantiles() {
        for (d1, d2) in [(5.0, 3.0), (28.0, 40.0), (28.0, f64::INFINITY)] {
            let (mean, variance) = winsorized_moments(d1, d2).unwrap();
            let n = 20_000;
            let of = |k: i32| {
                let p = (f64::from(k) + 0.5) / f64::from(n);
                libm::log(f_quantile(p.clamp(TAILS.0, 1.0 - TAILS.1), d1, d2))
            };
            let sample: Vec<f64> = (0..n).map(of).collect();
            close(super::mean(&sample).unwrap(), mean, 1e-5);
            close(sd(&sample).unwrap(), variance.sqrt(), 1e-4);
        }
    }

    #[test]
    fn degrees_of_freedom_fall_as_variances_rise_whatever_the_unit() {
        let robust = fit(&VARIANCES, &DF).unwrap();
        let scaled = fit(&VARIANCES.map(|s2| s2 * 1e-9), &DF).unwrap();
        let mut order: Vec<usize> = (0..12).collect();
        order.sort_by(|&a, &b| VARIANCES[a].total_cmp(&VARIANCES[b]));
        assert!(order.windows(2).all(|pair| robust.df[pair[0]] >= robust.df[pair[1]]));
        for (own, scaled) in robust.df.iter().zip(&scaled.df) {
            assert!(*own <= robust.bulk.df && (own / scaled - 1.0).abs() < 1e-9);
        }
    }

    #[test]
    fn few_equal_or_missing_variances_have_the_plain_prior_or_none() {
        let plain = variance_prior::fit(&VARIANCES[..9], &DF[..9]).unwrap();
        assert_eq!(fit(&VARIANCES[..9], &DF[..9]).unwrap().bulk, plain);
        assert!(fit(&[0.3; 15], &[9.0; 15]).unwrap().df.iter().all(|df| df.is_infinite()));
        assert_eq!(fit(&[0.0; 15], &[9.0; 15]), None);
        let mut gaps = VARIANCES.to_vec();
        gaps.push(f64::NAN);
        let robust = fit(&gaps, &[&DF[..], &[28.0]].concat()).unwrap();
        assert_eq!(robust.df.len(), 13);
        assert_eq!(robust.df[12], robust.bulk.df);
    }
}
