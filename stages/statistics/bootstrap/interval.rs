//! Limits from bootstrap replicates: percentile and BCa.

use super::BootstrapError;
use crate::statistics::tails::{normal_quantile, normal_sf};

/// The replicates that were found, in increasing order, and the number of refits that failed.
#[derive(Debug, Clone, PartialEq)]
pub struct Replicates {
    sorted: Vec<f64>,
    failed: usize,
}

/// Limits, and what they were made of.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Interval {
    pub low: f64,
    pub high: f64,
    /// The draws that were made, the failed ones included.
    pub draws: usize,
    /// Refits that failed; the limits do not see them.
    pub failed: usize,
    /// Whether a limit would lie beyond the replicates, and is the extreme one instead: too few draws.
    pub at_extreme: bool,
    /// The bias correction of BCa limits, in standard errors of the normal scale.
    pub z0: Option<f64>,
    /// The acceleration of BCa limits.
    pub acceleration: Option<f64>,
}

impl Replicates {
    /// Takes one value per draw; none, or one that is not finite, is a failed refit.
    ///
    /// METHOD: where more than half of the refits fail, what is left tells of the draws that happen to have a fit and
    /// not of the estimate: an error. Fewer are left out, and counted.
    pub fn new(values: &[Option<f64>]) -> Result<Self, BootstrapError> {
        let mut sorted: Vec<f64> = values.iter().flatten().copied().filter(|value| value.is_finite()).collect();
        let (draws, failed) = (values.len(), values.len() - sorted.len());
        if draws == 0 {
            return Err(BootstrapError::NoDraws);
        }
        if 2 * failed > draws {
            return Err(BootstrapError::RefitsFailed { failed, draws });
        }
        sorted.sort_by(f64::total_cmp);
        Ok(Replicates { sorted, failed })
    }

    /// Percentile limits: the quantiles α/2 and 1 − α/2 of the replicates, for the confidence 1 − α.
    ///
    /// Source: Davison & Hinkley 1997, 5.3.1.
    pub fn percentile(&self, confidence: f64) -> Result<Interval, BootstrapError> {
        let tail = tail(confidence)?;
        Ok(self.between(tail, 1.0 - tail))
    }

    /// Bias-corrected and accelerated limits: the quantiles `Φ(z0 + (z0 + z)/(1 − a(z0 + z)))` for `z = ±Φ⁻¹(1 − α/2)`.
    ///
    /// `z0 = Φ⁻¹(#{t* < estimate}/R)` over the R replicates that were found; `a` is the acceleration. METHOD:
    /// replicates that equal the estimate are not below it, as in R's boot. Where none or all are below, z0 would be
    /// infinite: an error, as where `a` turns the order of the levels around (`a(z0 + z) ≥ 1`). Sources: Efron 1987,
    /// 10.1080/01621459.1987.10478410; DiCiccio & Efron 1996, 10.1214/ss/1032280214, eq. 2.3.
    pub fn bca(&self, estimate: f64, acceleration: f64, confidence: f64) -> Result<Interval, BootstrapError> {
        let z = -normal_quantile(tail(confidence)?);
        let (below, kept) = (self.sorted.partition_point(|value| *value < estimate), self.sorted.len());
        if below == 0 || below == kept {
            return Err(BootstrapError::OneSided { below, kept });
        }
        let z0 = normal_quantile(below as f64 / kept as f64);
        let level = |z: f64| {
            let slope = 1.0 - acceleration * (z0 + z);
            (slope > 0.0).then(|| normal_sf(-(z0 + (z0 + z) / slope)))
        };
        let (Some(low), Some(high)) = (level(-z), level(z)) else {
            return Err(BootstrapError::Accelerated { acceleration });
        };
        Ok(Interval { z0: Some(z0), acceleration: Some(acceleration), ..self.between(low, high) })
    }

    fn between(&self, low: f64, high: f64) -> Interval {
        let ((low, low_extreme), (high, high_extreme)) = (self.quantile(low), self.quantile(high));
        let (draws, at_extreme) = (self.sorted.len() + self.failed, low_extreme || high_extreme);
        Interval { low, high, draws, failed: self.failed, at_extreme, z0: None, acceleration: None }
    }

    /// The quantile at `level`, and whether it is only the extreme replicate.
    ///
    /// With `k = ⌊(R + 1) level⌋`, between `t_(k)` and `t_(k+1)` in proportion to `Φ⁻¹(level)` between `Φ⁻¹(k/(R + 1))`
    /// and `Φ⁻¹((k + 1)/(R + 1))`. METHOD: a place below 1 or above R, by more than rounding, is answered by the
    /// extreme. Source: Davison & Hinkley 1997, eq. 5.8.
    fn quantile(&self, level: f64) -> (f64, bool) {
        let count = self.sorted.len();
        let spaces = count as f64 + 1.0;
        let (place, slack) = (spaces * level, 1e-9);
        let k = (place.max(1.0) as usize).min(count);
        // `new` keeps at least one replicate, and k is one of them.
        let at = |rank: usize| self.sorted.get(rank - 1).copied().unwrap_or(f64::NAN);
        if place < 1.0 || place >= count as f64 {
            return (at(k), place < 1.0 - slack || place > count as f64 + slack);
        }
        let z = |rank: usize| normal_quantile(rank as f64 / spaces);
        let share = (normal_quantile(level) - z(k)) / (z(k + 1) - z(k));
        (at(k) + share.clamp(0.0, 1.0) * (at(k + 1) - at(k)), false)
    }
}

/// Half of what the confidence leaves over.
fn tail(confidence: f64) -> Result<f64, BootstrapError> {
    let tail = 0.5 * (1.0 - confidence);
    if tail > 0.0 && tail < 0.5 { Ok(tail) } else { Err(BootstrapError::Confidence { confidence }) }
}
