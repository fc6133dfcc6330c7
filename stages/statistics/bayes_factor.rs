//! Bayes factors for terms of a linear model: how much better one model predicted the data than another.
//!
//! Two kinds: from BIC, which needs no prior and stands for one as informative as a single observation, and under the
//! Jeffreys-Zellner-Siow prior, which is what papers report. Both count the intercept and the error variance as shared.
//! Factors are kept as logarithms: with a strong effect and many participants the factor itself is too large a number.

use super::quadrature;

/// The scale of the prior that BayesFactor's `linearReg.R2stat` calls medium.
pub const MEDIUM_SCALE: f64 = 0.353_553_390_593_273_8;

/// A Bayes factor of a larger model against a smaller one, as its natural logarithm.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BayesFactor {
    pub ln: f64,
}

impl BayesFactor {
    /// The factor itself; infinite or zero where it is too large or too small a number.
    pub fn value(self) -> f64 {
        libm::exp(self.ln)
    }
}

/// A fit as seen from the intercept-only model.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Explained {
    /// Terms beyond the intercept.
    pub terms: usize,
    /// `RSS / TSS = 1 − R²`; of the intercept-only model 1.
    pub unexplained: f64,
}

/// Compares two nested Gaussian models by their BIC: `ln BF₁₀ = (BIC₀ − BIC₁)/2 = n/2 · ln(RSS₀/RSS₁) − k/2 · ln n`.
///
/// `rss0` of the smaller model, `rss1` of the larger, which has `extra` (k) more terms, both on the same `n`
/// observations. None where a sum of squares is not a positive number. Source: Wagenmakers 2007, 10.3758/BF03194105.
pub fn bic(rss0: f64, rss1: f64, n: usize, extra: usize) -> Option<BayesFactor> {
    let positive = |value: f64| value > 0.0 && value.is_finite();
    if !(positive(rss0) && positive(rss1) && n > 0) {
        return None;
    }
    let size = n as f64;
    Some(BayesFactor { ln: 0.5 * size * (libm::log(rss0) - libm::log(rss1)) - 0.5 * extra as f64 * libm::log(size) })
}

/// Compares a model with one or more terms against the same model without them, under the JZS prior.
///
/// `BF(full against intercept) / BF(covariates against intercept)`, each by [`jzs_against_intercept`]. None where
/// either has none.
pub fn jzs(full: Explained, covariates: Explained, n: usize, scale: f64) -> Option<BayesFactor> {
    let ln = jzs_against_intercept(full, n, scale)?.ln - jzs_against_intercept(covariates, n, scale)?.ln;
    Some(BayesFactor { ln })
}

/// Compares a model with p terms against the intercept alone, under the Jeffreys-Zellner-Siow prior.
///
/// `BF = ∫ (1+g)^((n−p−1)/2) (1 + (1−R²) g)^(−(n−1)/2) π(g) dg` with g inverse-gamma(½, n r²/2): a Cauchy prior of scale
/// r (no unit; [`MEDIUM_SCALE`] by default) on the standardized coefficients. Exact for p = 0, where the factor is 1.
/// None where n < p + 2, where 1 − R² is not in (0, 1], or where r is not a positive number.
/// Source: Liang et al. 2008, 10.1198/016214507000001337; Rouder & Morey 2012, 10.1080/00273171.2012.734737.
pub fn jzs_against_intercept(model: Explained, n: usize, scale: f64) -> Option<BayesFactor> {
    let Explained { terms, unexplained } = model;
    if n < terms + 2 || !(unexplained > 0.0 && unexplained <= 1.0 && scale > 0.0 && scale.is_finite()) {
        return None;
    }
    if terms == 0 {
        return Some(BayesFactor { ln: 0.0 });
    }
    let (size, p, rate) = (n as f64, terms as f64, 0.5 * n as f64 * scale * scale);
    let constant = 0.5 * libm::log(rate / std::f64::consts::PI);
    // METHOD: integrated over u = ln g, where the integrand has one peak and falls off exponentially or faster.
    let ln_integrand = |u: f64| {
        let growth = 0.5 * (size - p - 1.0) * ln_one_plus_exp(u);
        growth - 0.5 * (size - 1.0) * ln_one_plus_exp(u + libm::log(unexplained)) - 0.5 * u - rate * libm::exp(-u)
    };
    Some(BayesFactor { ln: constant + ln_integral(ln_integrand)? })
}

/// `ln ∫ eᶠ` over the whole line, for f that falls off on both sides.
///
/// METHOD: the peak is found on a grid and sharpened, and the intervals widen from it by doubling: narrow enough for a
/// peak of any width, wide enough that nothing is left beyond the last.
fn ln_integral(f: impl Fn(f64) -> f64) -> Option<f64> {
    let (mut peak, mut step) = (0.0, 64.0);
    let around = |peak: f64, step: f64| {
        let places = (-16..=16).map(|k| peak + step * f64::from(k));
        places.max_by(|a, b| f(*a).total_cmp(&f(*b))).unwrap_or(peak)
    };
    while step > 1e-6 {
        peak = around(peak, step);
        step /= 4.0;
    }
    let top = f(peak);
    let distance = |k: i32| libm::exp2(f64::from(k));
    let left = (-12..=12).rev().map(|k| peak - distance(k));
    let breaks: Vec<f64> = left.chain([peak]).chain((-12..=12).map(|k| peak + distance(k))).collect();
    let integral = quadrature::integrate(|u| libm::exp(f(u) - top), &breaks, 1e-10)?;
    (top.is_finite() && integral > 0.0).then(|| top + libm::log(integral))
}

/// `ln(1 + eᵘ)`.
fn ln_one_plus_exp(u: f64) -> f64 {
    if u > 0.0 { u + libm::log1p(libm::exp(-u)) } else { libm::log1p(libm::exp(u)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ln_jzs(n: usize, terms: usize, unexplained: f64, scale: f64) -> f64 {
        jzs_against_intercept(Explained { terms, unexplained }, n, scale).unwrap().ln
    }

    #[test]
    fn the_integral_is_that_of_r_weak_or_overwhelming() {
        for (n, terms, unexplained, scale, expected) in [
            (30, 1, 0.75, MEDIUM_SCALE, 2.170_616_330_113_080_7),
            (30, 4, 0.6, MEDIUM_SCALE, 1.697_617_203_398_133_6),
            (1000, 2, 1e-6, 0.5, 6_872.528_616_057_623),
            (5000, 1, 0.9999, MEDIUM_SCALE, -3.197_091_613_351_213),
            (3, 1, 0.5, 1.0, -0.531_210_631_736_339_6),
        ] {
            let ln = ln_jzs(n, terms, unexplained, scale);
            assert!((ln - expected).abs() < 1e-10 * expected.abs().max(1.0), "{ln} is not {expected}");
        }
    }

    #[test]
    fn a_plain_sum_over_g_gives_the_same_factor() {
        let (n, unexplained, rate) = (30.0, 0.7, 15.0 * MEDIUM_SCALE * MEDIUM_SCALE);
        let term = |g: f64| {
            let likelihood = libm::pow(1.0 + g, (n - 3.0) / 2.0) * libm::pow(1.0 + unexplained * g, -(n - 1.0) / 2.0);
            likelihood * (rate / std::f64::consts::PI).sqrt() * libm::pow(g, -1.5) * libm::exp(-rate / g)
        };
        // The rectangle rule over ln g converges faster than any power for such an integrand.
        let sum: f64 = (-400..600).map(|k| libm::exp(0.05 * f64::from(k))).map(|g| term(g) * g * 0.05).sum();
        assert!((ln_jzs(30, 2, unexplained, MEDIUM_SCALE) - libm::log(sum)).abs() < 1e-9);
    }

    #[test]
    fn the_factor_grows_with_what_is_explained_and_is_one_without_terms() {
        let factors: Vec<f64> = (1..=50).map(|k| ln_jzs(28, 3, 0.02 * f64::from(k), MEDIUM_SCALE)).collect();
        assert!(factors.windows(2).all(|pair| pair[0] > pair[1]) && factors[49] < 0.0);
        assert_eq!(ln_jzs(28, 0, 1.0, MEDIUM_SCALE), 0.0);
        let (full, covariates) = (Explained { terms: 3, unexplained: 0.6 }, Explained { terms: 2, unexplained: 0.7 });
        let tested = jzs(full, covariates, 28, MEDIUM_SCALE).unwrap();
        assert_eq!(tested.ln, ln_jzs(28, 3, 0.6, MEDIUM_SCALE) - ln_jzs(28, 2, 0.7, MEDIUM_SCALE));
        assert!((tested.value() - libm::exp(tested.ln)).abs() == 0.0);
    }

    #[test]
    fn the_bic_factor_is_its_definition_and_does_not_overflow() {
        let bic_of = |rss: f64, k: f64| 30.0 * libm::log(rss / 30.0) + k * libm::log(30.0);
        let factor = bic(12.0, 7.5, 30, 2).unwrap();
        assert!((factor.ln - (bic_of(12.0, 2.0) - bic_of(7.5, 4.0)) / 2.0).abs() < 1e-12);
        assert!((factor.value() / (libm::pow(1.6, 15.0) / 30.0) - 1.0).abs() < 1e-12);
        let huge = bic(1e300, 1e-300, 10_000, 1).unwrap();
        assert!(huge.ln.is_finite() && huge.value().is_infinite());
    }

    #[test]
    fn perfect_fits_and_too_few_observations_have_no_factor() {
        for (rss0, rss1, n) in [(0.0, 0.0, 9), (1.0, 0.0, 9), (f64::NAN, 1.0, 9), (1.0, 1.0, 0)] {
            assert_eq!(bic(rss0, rss1, n, 1), None);
        }
        for (n, terms, unexplained, scale) in
            [(3, 2, 0.5, 1.0), (9, 1, 0.0, 1.0), (9, 1, 1.1, 1.0), (9, 1, f64::NAN, 1.0), (9, 1, 0.5, 0.0)]
        {
            assert_eq!(jzs_against_intercept(Explained { terms, unexplained }, n, scale), None);
        }
    }
}
