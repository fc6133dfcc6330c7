//! The families: how the outcome varies about its mean.
//!
//! Each knows its support, variance, deviance and log-likelihood; the links are in [`link`](super::link), the fitting in
//! [`irls`](super::irls).

use super::link::{Link, Mean};

/// The distribution of the outcome given its mean μ.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Family {
    /// V = 1, with a dispersion.
    Gaussian,
    /// Yes or no: V = μ (1 − μ).
    Binomial,
    /// V = μ.
    Poisson,
    /// V = μ + μ²/θ.
    NegativeBinomial { theta: f64 },
    /// V = μ², with a dispersion.
    Gamma,
    /// V = μᵖ, with a dispersion; 1 < p ≤ 3, with a mass at zero below 2.
    Tweedie { power: f64 },
}

impl Family {
    pub fn name(self) -> &'static str {
        match self {
            Family::Gaussian => "gaussian",
            Family::Binomial => "binomial",
            Family::Poisson => "poisson",
            Family::NegativeBinomial { .. } => "negative_binomial",
            Family::Gamma => "gamma",
            Family::Tweedie { .. } => "tweedie",
        }
    }

    /// The links that are built, the family's own first.
    pub fn links(self) -> &'static [Link] {
        match self {
            Family::Gaussian => &[Link::Identity, Link::Log],
            Family::Binomial => &[Link::Logit, Link::Probit, Link::Cloglog],
            Family::Poisson | Family::NegativeBinomial { .. } | Family::Tweedie { .. } => &[Link::Log],
            Family::Gamma => &[Link::Inverse, Link::Log],
        }
    }

    pub fn default_link(self) -> Link {
        self.links()[0]
    }

    /// What the outcome may be, in words.
    pub fn support(self) -> &'static str {
        match self {
            Family::Gaussian => "any number",
            Family::Binomial => "0 or 1",
            Family::Poisson | Family::NegativeBinomial { .. } => "a whole number of at least 0",
            Family::Gamma => "a number above 0",
            Family::Tweedie { power } if power < 2.0 => "a number of at least 0",
            Family::Tweedie { .. } => "a number above 0",
        }
    }

    /// Whether an outcome can come from this family.
    pub fn supports(self, y: f64) -> bool {
        match self {
            Family::Gaussian => y.is_finite(),
            Family::Binomial => y == 0.0 || y == 1.0,
            Family::Poisson | Family::NegativeBinomial { .. } => y >= 0.0 && y.is_finite() && y.fract() == 0.0,
            Family::Gamma => y > 0.0 && y.is_finite(),
            Family::Tweedie { power } if power < 2.0 => y >= 0.0 && y.is_finite(),
            Family::Tweedie { .. } => y > 0.0 && y.is_finite(),
        }
    }

    /// Whether the dispersion is estimated (Pearson's χ²/df) and not 1.
    pub fn has_dispersion(self) -> bool {
        matches!(self, Family::Gaussian | Family::Gamma | Family::Tweedie { .. })
    }

    /// Whether an outcome lies at an edge of the mean's range: −1 at the lower, 1 at the upper, 0 inside.
    ///
    /// Only there the likelihood may rise without end.
    pub fn edge(self, y: f64) -> i8 {
        match self {
            Family::Binomial if y == 1.0 => 1,
            Family::Gaussian | Family::Gamma => 0,
            _ if y == 0.0 => -1,
            _ => 0,
        }
    }

    /// The variance function V(μ).
    pub fn variance(self, mean: &Mean) -> f64 {
        let mu = mean.value;
        match self {
            Family::Gaussian => 1.0,
            Family::Binomial => mu * mean.complement,
            Family::Poisson => mu,
            Family::NegativeBinomial { theta } => mu * (1.0 + mu / theta),
            Family::Gamma => mu * mu,
            Family::Tweedie { power } => libm::pow(mu, power),
        }
    }

    /// d log V/dμ.
    pub fn variance_growth(self, mean: &Mean) -> f64 {
        let mu = mean.value;
        match self {
            Family::Gaussian => 0.0,
            Family::Binomial => (mean.complement - mu) / (mu * mean.complement),
            Family::Poisson => 1.0 / mu,
            Family::NegativeBinomial { theta } => 1.0 / mu + 1.0 / (theta + mu),
            Family::Gamma => 2.0 / mu,
            Family::Tweedie { power } => power / mu,
        }
    }

    /// y − μ, exact in the tails of a probability.
    pub fn residual(self, y: f64, mean: &Mean) -> f64 {
        if self == Family::Binomial && y == 1.0 { mean.complement } else { y - mean.value }
    }

    /// The unit deviance d(y, μ): twice the log-likelihood lost against μ = y, at dispersion 1.
    pub fn deviance(self, y: f64, mean: &Mean) -> f64 {
        let mu = mean.value;
        match self {
            Family::Gaussian => (y - mu) * (y - mu),
            Family::Binomial => -2.0 * libm::log(if y == 1.0 { mu } else { mean.complement }),
            Family::Poisson => 2.0 * (y_log(y, y / mu) - (y - mu)),
            Family::NegativeBinomial { theta } => {
                2.0 * (y_log(y, y / mu) - (y + theta) * libm::log((y + theta) / (mu + theta)))
            }
            Family::Gamma => 2.0 * ((y - mu) / mu - libm::log(y / mu)),
            Family::Tweedie { power: 2.0 } => Family::Gamma.deviance(y, mean),
            Family::Tweedie { power: p } => {
                let own = if y == 0.0 { 0.0 } else { libm::pow(y, 2.0 - p) / ((1.0 - p) * (2.0 - p)) };
                2.0 * (own - y * libm::pow(mu, 1.0 - p) / (1.0 - p) + libm::pow(mu, 2.0 - p) / (2.0 - p))
            }
        }
    }

    /// A mean to start from, near the outcome and inside the range.
    pub fn start(self, y: f64, average: f64) -> f64 {
        match self {
            Family::Gaussian => y,
            Family::Binomial => (y + 0.5) / 2.0,
            Family::Poisson | Family::NegativeBinomial { .. } | Family::Tweedie { .. } => {
                if y > 0.0 {
                    y
                } else {
                    0.1 * average
                }
            }
            Family::Gamma => y,
        }
    }

    /// Twice the log-likelihood, as R's AIC counts it, negative: `AIC − 2 · parameters`.
    ///
    /// `n` observations with the given unit deviances' sum `deviance`; R takes the dispersion as deviance/n for Gaussian
    /// and gamma. None for Tweedie, whose density has no closed form.
    pub fn minus_two_log_lik(self, y: &[f64], means: &[Mean], deviance: f64) -> Option<f64> {
        let n = y.len() as f64;
        let sum = |term: &dyn Fn(f64, &Mean) -> f64| -2.0 * y.iter().zip(means).map(|(y, m)| term(*y, m)).sum::<f64>();
        Some(match self {
            Family::Gaussian => n * (libm::log(2.0 * std::f64::consts::PI * deviance / n) + 1.0),
            Family::Binomial => deviance,
            Family::Poisson => sum(&|y, m| y_log(y, m.value) - m.value - libm::lgamma(y + 1.0)),
            Family::NegativeBinomial { theta } => sum(&|y, m| {
                rising(theta, y) - libm::lgamma(y + 1.0)
                    + theta * libm::log(theta / (theta + m.value))
                    + y_log(y, m.value / (theta + m.value))
            }),
            Family::Gamma => {
                let shape = n / deviance;
                sum(&|y, m| {
                    let ratio = shape * y / m.value;
                    shape * libm::log(ratio) - ratio - libm::log(y) - libm::lgamma(shape)
                })
            }
            Family::Tweedie { .. } => return None,
        })
    }

    /// Parameters beside the coefficients that R's AIC counts: a dispersion or a shape.
    pub fn extra_parameters(self) -> usize {
        usize::from(!matches!(self, Family::Binomial | Family::Poisson))
    }
}

/// y log(x), 0 where y is.
fn y_log(y: f64, x: f64) -> f64 {
    if y == 0.0 { 0.0 } else { y * libm::log(x) }
}

/// log Γ(θ + y) − log Γ(θ) for a whole y, as a sum where that is exact and short.
fn rising(theta: f64, y: f64) -> f64 {
    if y <= 200.0 {
        (0..y as u32).map(|k| libm::log(theta + f64::from(k))).sum()
    } else {
        libm::lgamma(theta + y) - libm::lgamma(theta)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Family; 7] = [
        Family::Gaussian,
        Family::Binomial,
        Family::Poisson,
        Family::NegativeBinomial { theta: 2.3 },
        Family::Gamma,
        Family::Tweedie { power: 1.5 },
        Family::Tweedie { power: 3.0 },
    ];

    fn mean(value: f64) -> Mean {
        Mean { value, complement: 1.0 - value, slope: 1.0, bend: 0.0 }
    }

    #[test]
    fn the_deviance_falls_at_the_rate_of_the_score_and_the_variance_grows_as_it_says() {
        for family in ALL {
            let y = if family == Family::Binomial { 1.0 } else { 2.0 };
            for mu in [0.3, 0.6, 0.8] {
                let h = 1e-6;
                let slope = (family.deviance(y, &mean(mu + h)) - family.deviance(y, &mean(mu - h))) / (2.0 * h);
                let score = -2.0 * (y - mu) / family.variance(&mean(mu));
                assert!((slope / score - 1.0).abs() < 1e-6, "{family:?} {mu}: {slope} {score}");
                let v = |mu: f64| libm::log(family.variance(&mean(mu)));
                let growth = (v(mu + h) - v(mu - h)) / (2.0 * h);
                assert!((growth - family.variance_growth(&mean(mu))).abs() < 1e-6, "{family:?} {mu}");
            }
            if family != Family::Binomial {
                assert!(family.deviance(2.0, &mean(2.0)).abs() < 1e-14, "{family:?}");
            }
        }
    }

    #[test]
    fn what_lies_outside_the_support_is_refused() {
        assert!(!Family::Poisson.supports(-1.0) && !Family::Poisson.supports(0.5) && Family::Poisson.supports(0.0));
        assert!(
            !Family::Gamma.supports(0.0) && !Family::Binomial.supports(0.5) && !Family::Gaussian.supports(f64::NAN)
        );
        assert!(Family::Tweedie { power: 1.5 }.supports(0.0) && !Family::Tweedie { power: 2.5 }.supports(0.0));
    }
}
