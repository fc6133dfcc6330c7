//! Moderated tests: every analyte's error variance is shrunk towards what all of them have in common.
//!
//! With few participants a small standard error is often luck; the moderated one is a mean of the analyte's own variance
//! and the prior's, and is worth as many degrees of freedom as both have together. All analytes are to be fitted on one
//! scale, and none left out: the prior is made of them all. No moderation of the estimates themselves.

use super::inference::{self, Reference, Test};
use super::robust_variance_prior;
use super::variance_prior::{self, VariancePrior, is_usable};

/// How the prior is fitted to the variances.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum PriorFit {
    /// By the moments of the log-variances.
    #[default]
    Moments,
    /// By Winsorized moments, with less of a prior for hypervariable analytes.
    Robust,
}

/// An analyte's variance after moderation.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Posterior {
    /// s̃², in the squared unit of the response.
    pub variance: f64,
    /// The prior degrees of freedom that went into it; may be infinite.
    pub df_prior: f64,
    /// The degrees of freedom of the moderated t; finite.
    pub df_total: f64,
}

/// The prior and every analyte's moderated variance.
#[derive(Debug, Clone, PartialEq)]
pub struct Moderated {
    pub prior: VariancePrior,
    /// In the order of the analytes; none where an analyte has no variance or no degrees of freedom.
    pub posterior: Vec<Option<Posterior>>,
}

/// Moderates sample variances `s²` with `d` residual degrees of freedom, equal or not.
///
/// `s̃² = (d₀ s₀² + d s²) / (d₀ + d)`, with `d + d₀` degrees of freedom, at most those of all analytes together (no
/// analyte can know more than the data do). One analyte alone keeps its own. None where no prior can be fitted.
/// Source: Smyth 2004, 10.2202/1544-6115.1027; for [`PriorFit::Robust`] Phipson et al. 2016, 10.1214/16-AOAS920.
pub fn moderate(variances: &[f64], df: &[f64], fit: PriorFit) -> Option<Moderated> {
    let (prior, own) = match fit {
        PriorFit::Moments => {
            let prior = variance_prior::fit(variances, df)?;
            (prior, vec![prior.df; variances.len()])
        }
        PriorFit::Robust => {
            let robust = robust_variance_prior::fit(variances, df)?;
            (robust.bulk, robust.df)
        }
    };
    let pairs = || variances.iter().copied().zip(df.iter().copied());
    let pooled: f64 = pairs().filter(|(s2, d)| is_usable(*s2, *d)).map(|(_, d)| d).sum();
    let posterior = pairs().zip(own).map(|((s2, d), df_prior)| {
        let variance = shrink(s2, d, VariancePrior { df: df_prior, ..prior });
        is_usable(s2, d).then(|| Posterior { variance, df_prior, df_total: (d + df_prior).min(pooled) })
    });
    Some(Moderated { prior, posterior: posterior.collect() })
}

/// The mean of both variances, weighted by their degrees of freedom.
fn shrink(variance: f64, df: f64, prior: VariancePrior) -> f64 {
    if prior.df.is_infinite() {
        return prior.variance;
    }
    (prior.df * prior.variance + df * variance) / (prior.df + df)
}

impl Posterior {
    /// Tests an estimate against zero by the moderated t, `estimate / (s̃ √v)`.
    ///
    /// `unscaled_error` is √v, the standard error for an error variance of one: the root of a diagonal element of
    /// `(XᵀX)⁻¹`. None where it or the variance is not a positive number.
    pub fn test(&self, estimate: f64, unscaled_error: f64, confidence: f64) -> Option<Test> {
        inference::test(estimate, self.variance.sqrt() * unscaled_error, Reference::T(self.df_total), confidence)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statistics::close;

    const VARIANCES: [f64; 12] = [0.31, 0.52, 0.18, 1.4, 0.44, 0.29, 0.73, 0.36, 0.61, 0.25, 0.47, 9.5];
    const DF: [f64; 12] = [28.0, 28.0, 26.0, 28.0, 25.0, 28.0, 28.0, 27.0, 28.0, 28.0, 24.0, 28.0];

    #[test]
    fn variances_and_p_values_are_those_of_limma() {
        let moderated = moderate(&VARIANCES, &DF, PriorFit::Moments).unwrap();
        close(moderated.prior.df, 2.835_530_799_199_406, 1e-12);
        close(moderated.prior.variance, 0.391_817_987_101_926_06, 1e-12);
        for (analyte, variance, p_value) in [
            (0, 0.317_523_704_516_934_5, 0.000_108_178_929_217_677_58),
            (2, 0.200_829_040_062_914_63, 5.185_980_858_153_931e-6),
            (11, 8.662_442_482_651_958, 0.402_197_338_387_886_2),
        ] {
            let posterior = moderated.posterior[analyte].unwrap();
            close(posterior.variance, variance, 1e-12);
            close(posterior.test(0.5, 0.2, 0.95).unwrap().p_value, p_value, 1e-11);
        }
    }

    #[test]
    fn robust_variances_and_p_values_are_those_of_limma() {
        let moderated = moderate(&VARIANCES, &DF, PriorFit::Robust).unwrap();
        for (analyte, variance, p_value) in [
            (0, 0.329_388_467_885_222_8, 0.000_117_399_465_798_463_5),
            (3, 1.288_011_677_677_559_4, 0.035_013_614_149_454_19),
            (11, 9.365_615_220_150_98, 0.420_777_632_933_971_1),
        ] {
            let posterior = moderated.posterior[analyte].unwrap();
            close(posterior.variance, variance, 1e-7);
            close(posterior.test(0.5, 0.2, 0.95).unwrap().p_value, p_value, 1e-7);
        }
    }

    #[test]
    fn a_moderated_variance_lies_between_its_own_and_the_prior() {
        for fit in [PriorFit::Moments, PriorFit::Robust] {
            let moderated = moderate(&VARIANCES, &DF, fit).unwrap();
            for ((own, df), posterior) in VARIANCES.iter().zip(DF).zip(&moderated.posterior) {
                let posterior = posterior.unwrap();
                let (low, high) = (own.min(moderated.prior.variance), own.max(moderated.prior.variance));
                assert!(low <= posterior.variance && posterior.variance <= high);
                assert!(posterior.df_total >= df && posterior.df_total <= DF.iter().sum());
            }
        }
    }

    #[test]
    fn one_analyte_keeps_its_own_and_equal_ones_pool() {
        let alone = moderate(&[0.3], &[28.0], PriorFit::Robust).unwrap().posterior[0].unwrap();
        assert_eq!((alone.variance, alone.df_prior, alone.df_total), (0.3, 0.0, 28.0));
        let equal = moderate(&[0.3; 4], &[28.0; 4], PriorFit::Moments).unwrap().posterior[2].unwrap();
        assert!((equal.variance - 0.3).abs() < 1e-15 && equal.df_prior.is_infinite() && equal.df_total == 112.0);
    }

    #[test]
    fn analytes_without_a_variance_take_no_part() {
        let whole = moderate(&VARIANCES, &DF, PriorFit::Robust).unwrap();
        let (mut variances, mut df) = (VARIANCES.to_vec(), DF.to_vec());
        variances.insert(3, f64::NAN);
        df.insert(3, 28.0);
        variances.push(0.4);
        df.push(0.0);
        let mut moderated = moderate(&variances, &df, PriorFit::Robust).unwrap();
        assert_eq!((moderated.posterior.pop(), moderated.posterior.remove(3)), (Some(None), None));
        assert_eq!(moderated, whole);
        assert_eq!(moderate(&[0.0, 0.0, 1.0], &[9.0; 3], PriorFit::Moments), None);
        assert_eq!(moderate(&[], &[], PriorFit::Robust), None);
        let zero = moderate(&[0.0, 1.0, 1.3, 0.8], &[9.0; 4], PriorFit::Moments).unwrap().posterior[0].unwrap();
        assert!(zero.variance > 0.0 && zero.test(1.0, 0.1, 0.95).is_some());
        assert_eq!(zero.test(1.0, f64::NAN, 0.95), None);
    }
}
