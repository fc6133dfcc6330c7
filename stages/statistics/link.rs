//! The links: how the linear predictor η becomes a mean, with what the tails need.
//!
//! A mean comes with its complement 1 − μ, which is carried and not subtracted, so that a fitted probability of
//! 1 − 1e-20 keeps its distance from one.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::tails;

/// How the linear predictor becomes the mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Link {
    /// μ = η.
    Identity,
    /// ln μ = η.
    Log,
    /// ln(μ/(1 − μ)) = η.
    Logit,
    /// Φ⁻¹(μ) = η.
    Probit,
    /// ln(−ln(1 − μ)) = η.
    Cloglog,
    /// 1/μ = η.
    Inverse,
}

/// A mean at one value of the linear predictor.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Mean {
    /// μ.
    pub value: f64,
    /// 1 − μ, carried.
    pub complement: f64,
    /// dμ/dη.
    pub slope: f64,
    /// (d²μ/dη²)/(dμ/dη).
    pub bend: f64,
}

impl Link {
    pub fn name(self) -> &'static str {
        match self {
            Link::Identity => "identity",
            Link::Log => "log",
            Link::Logit => "logit",
            Link::Probit => "probit",
            Link::Cloglog => "cloglog",
            Link::Inverse => "inverse",
        }
    }

    /// η of a mean.
    pub fn predictor(self, mean: f64) -> f64 {
        match self {
            Link::Identity => mean,
            Link::Log => libm::log(mean),
            Link::Logit => libm::log(mean / (1.0 - mean)),
            Link::Probit => tails::normal_quantile(mean),
            Link::Cloglog => libm::log(-libm::log1p(-mean)),
            Link::Inverse => 1.0 / mean,
        }
    }

    /// The mean at η; none where there is none (an inverse link at η ≤ 0) or where it is not finite.
    ///
    /// Logit `μ = 1/(1 + e⁻ᵑ)`, probit `Φ(η)`, cloglog `1 − exp(−eᵑ)`, log `eᵑ`, inverse `1/η`. METHOD: η of a
    /// probability is held where μ and 1 − μ are both positive doubles (±700; ±37 for probit; 6.5 for cloglog).
    pub fn mean(self, eta: f64) -> Option<Mean> {
        let mean = match self {
            Link::Identity => Mean { value: eta, complement: 1.0 - eta, slope: 1.0, bend: 0.0 },
            Link::Log => {
                let value = libm::exp(eta);
                Mean { value, complement: 1.0 - value, slope: value, bend: 1.0 }
            }
            Link::Inverse => {
                let value = 1.0 / eta;
                Mean { value, complement: 1.0 - value, slope: -value * value, bend: -2.0 * value }
            }
            Link::Logit => logit(eta.clamp(-700.0, 700.0)),
            Link::Probit => probit(eta.clamp(-37.0, 37.0)),
            Link::Cloglog => cloglog(eta.clamp(-700.0, 6.5)),
        };
        let finite = mean.value.is_finite() && mean.slope.is_finite() && mean.slope != 0.0;
        let positive = mean.value > 0.0 || self == Link::Identity;
        (finite && positive).then_some(mean)
    }
}

fn logit(eta: f64) -> Mean {
    let small = libm::exp(-eta.abs());
    let (near, far) = (1.0 / (1.0 + small), small / (1.0 + small));
    let (value, complement) = if eta < 0.0 { (far, near) } else { (near, far) };
    Mean { value, complement, slope: near * far, bend: complement - value }
}

fn probit(eta: f64) -> Mean {
    let density = libm::exp(-0.5 * eta * eta) / (2.0 * std::f64::consts::PI).sqrt();
    Mean { value: tails::normal_sf(-eta), complement: tails::normal_sf(eta), slope: density, bend: -eta }
}

fn cloglog(eta: f64) -> Mean {
    let hazard = libm::exp(eta);
    Mean {
        value: -libm::expm1(-hazard),
        complement: libm::exp(-hazard),
        slope: libm::exp(eta - hazard),
        bend: 1.0 - hazard,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Link; 6] = [Link::Identity, Link::Log, Link::Logit, Link::Probit, Link::Cloglog, Link::Inverse];

    #[test]
    fn a_mean_inverts_its_link_and_has_the_slope_and_bend_of_its_neighbours() {
        for link in ALL {
            for mean in [0.01, 0.2, 0.5, 0.93] {
                let eta = link.predictor(mean);
                let at = link.mean(eta).unwrap();
                assert!((at.value / mean - 1.0).abs() < 1e-12, "{link:?} {mean}");
                assert!((at.value + at.complement - 1.0).abs() < 1e-15);
                let h = 1e-5 * eta.abs().max(0.1);
                let (up, down) = (link.mean(eta + h).unwrap(), link.mean(eta - h).unwrap());
                assert!(((up.value - down.value) / (2.0 * h) / at.slope - 1.0).abs() < 1e-6, "{link:?} {mean}");
                let bend = (up.slope - down.slope) / (2.0 * h) / at.slope;
                assert!((bend - at.bend).abs() < 1e-5 * at.bend.abs().max(1.0), "{link:?} {mean} {bend} {}", at.bend);
            }
        }
    }

    #[test]
    fn the_far_tails_stay_positive_on_both_sides() {
        for link in [Link::Logit, Link::Probit, Link::Cloglog] {
            for eta in [-1e6, -40.0, 40.0, 1e6] {
                let mean = link.mean(eta).unwrap();
                assert!(mean.value > 0.0 && mean.complement > 0.0 && mean.slope > 0.0, "{link:?} {eta} {mean:?}");
            }
        }
        assert_eq!(Link::Inverse.mean(0.0), None);
        assert_eq!(Link::Inverse.mean(-1.0), None);
        assert_eq!(Link::Log.mean(1000.0), None);
    }
}
