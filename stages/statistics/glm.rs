//! Generalized linear models on a [`Design`]: maximum likelihood and Firth's penalized likelihood.

use faer::Mat;

use super::design::Design;
use super::factor::Factor;
use super::family::Family;
use super::fit::Fit;
use super::irls::{ClimbError, Peak, Slope};
use super::link::{Link, Mean};
use super::separation::{Separation, separation};
use super::shape;

/// Why a generalized linear model could not be fitted to a sound design.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum GlmError {
    #[error("the outcome does not vary")]
    NoVariation,
    #[error("observation {observation} has the outcome {value}, outside the family's support")]
    OutsideSupport { observation: usize, value: f64 },
    #[error("the predictors separate the outcome")]
    Separated(Separation),
    #[error("the counts vary no more than a Poisson's, so no shape can be estimated")]
    NotOverdispersed,
    #[error("the fit did not converge: {0}")]
    NotConverged(ClimbError),
}

/// The likelihood that is maximized.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Likelihood {
    pub family: Family,
    pub link: Link,
    /// Whether Firth's penalty is added.
    pub penalized: bool,
}

impl Likelihood {
    /// The climb of this likelihood over a basis.
    pub fn slope<'a>(&self, basis: &'a Mat<f64>, y: &'a [f64]) -> Slope<'a> {
        let Likelihood { family, link, penalized } = *self;
        Slope { basis, y, counts: None, family, link, penalized, held: None }
    }
}

/// Fits `g(E y) = Xβ` by maximum likelihood, or Firth's penalized likelihood.
///
/// `y` has one value per row of the design. Separation is looked for before the climb; under Firth's penalty the maximum
/// is finite whatever separates. A negative binomial's shape is found with the coefficients ([`shape`]). Sources:
/// McCullagh and Nelder 1989; Firth 1993, 10.1093/biomet/80.1.27; Heinze and Schemper 2002, 10.1002/sim.1047.
pub fn fit_glm(design: &Design, y: &[f64], likelihood: Likelihood) -> Result<Fit, GlmError> {
    let family = likelihood.family;
    if let Some(observation) = y.iter().position(|value| !family.supports(*value)) {
        return Err(GlmError::OutsideSupport { observation, value: y[observation] });
    }
    if y.windows(2).all(|pair| pair[0] == pair[1]) {
        return Err(GlmError::NoVariation);
    }
    let basis = &design.factor().basis;
    if !likelihood.penalized
        && let Some(separation) = separation(basis, &edges(family, y))
    {
        return Err(GlmError::Separated(separation));
    }
    let (family, peak) = top(&likelihood, basis, y)?;
    assemble(design, y, Likelihood { family, ..likelihood }, peak)
}

/// Which outcomes lie at an edge of the mean's range.
pub fn edges(family: Family, y: &[f64]) -> Vec<i8> {
    y.iter().map(|y| family.edge(*y)).collect()
}

/// The maximum over a basis, with the shape of a negative binomial family.
fn top(likelihood: &Likelihood, basis: &Mat<f64>, y: &[f64]) -> Result<(Family, Peak), GlmError> {
    let slope = likelihood.slope(basis, y);
    match likelihood.family {
        Family::NegativeBinomial { .. } => shape::climb(&slope),
        family => slope.climb(None).map(|peak| (family, peak)).map_err(GlmError::NotConverged),
    }
}

/// Everything that follows from the maximum.
fn assemble(design: &Design, y: &[f64], likelihood: Likelihood, peak: Peak) -> Result<Fit, GlmError> {
    let Likelihood { family, link, .. } = likelihood;
    let roots: Vec<f64> = peak.weights.iter().map(|weight| weight.sqrt()).collect();
    let matrix = design.matrix();
    let weighted = Mat::from_fn(design.n(), design.rank(), |i, j| roots[i] * matrix[(i, j)]);
    let factor = Factor::new(&weighted).map_err(|_| GlmError::NotConverged(ClimbError::Singular))?;
    let signed_deviance =
        |(y, mean): (&f64, &Mean)| family.residual(*y, mean).signum() * family.deviance(*y, mean).max(0.0).sqrt();
    Ok(Fit {
        family,
        link,
        coefficients: design.factor().solve(&peak.coordinates),
        fitted: peak.means.iter().map(|mean| mean.value).collect(),
        residuals: y.iter().zip(&peak.means).map(|(y, mean)| family.residual(*y, mean)).collect(),
        working: peak.score.iter().zip(&roots).map(|(score, root)| score / root).collect(),
        deviance_residuals: y.iter().zip(&peak.means).map(signed_deviance).collect(),
        leverage: factor.leverage(),
        variances: peak.means.iter().map(|mean| family.variance(mean)).collect(),
        deviance: peak.deviance,
        null_deviance: null_deviance(family, y),
        minus_two_log_lik: family.minus_two_log_lik(y, &peak.means, peak.deviance),
        df_residual: design.n() - design.rank(),
        pseudo_inverse: factor.pseudo_inverse(),
        gram_inverse: factor.gram_inverse(),
        iterations: Some(peak.iterations),
        root_weights: roots,
    })
}

/// The deviance of the intercept alone, whose mean is the outcome's under every family and link.
fn null_deviance(family: Family, y: &[f64]) -> f64 {
    let value = y.iter().sum::<f64>() / y.len() as f64;
    let mean = Mean { value, complement: 1.0 - value, slope: 1.0, bend: 0.0 };
    y.iter().map(|y| family.deviance(*y, &mean)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statistics::design::Variable;
    use crate::statistics::random::Stream;

    const N: usize = 40;

    /// Two predictors and an outcome in the family's support.
    fn data(family: Family) -> ([Vec<f64>; 2], Vec<f64>) {
        let mut stream = Stream::new(7, family.name(), 0);
        let x: Vec<f64> = (0..N).map(|_| stream.normal()).collect();
        let z: Vec<f64> = (0..N).map(|_| stream.normal()).collect();
        let outcome = |(x, z): (&f64, &f64)| {
            let size = libm::exp(0.4 + 0.3 * x - 0.2 * z);
            match family {
                Family::Gaussian => size + 2.0,
                Family::Binomial => f64::from(stream.uniform() < size / (1.0 + size)),
                Family::Poisson | Family::NegativeBinomial { .. } => {
                    (size * -2.0 * libm::log(stream.uniform())).floor()
                }
                Family::Gamma | Family::Tweedie { .. } => size * -libm::log(stream.uniform()),
            }
        };
        let y = x.iter().zip(&z).map(outcome).collect();
        ([x, z], y)
    }

    fn design(x: &[f64], z: &[f64]) -> Design {
        let column = |name: &str, values: &[f64]| (name.to_owned(), Variable::Numeric(values.to_vec()));
        Design::new(N, &[column("z", z), column("x", x)]).unwrap()
    }

    fn families() -> Vec<(Family, Link)> {
        let all = [
            Family::Gaussian,
            Family::Binomial,
            Family::Poisson,
            Family::NegativeBinomial { theta: 1.0 },
            Family::Gamma,
            Family::Tweedie { power: 1.6 },
        ];
        all.into_iter().flat_map(|family| family.links().iter().map(move |link| (family, *link))).collect()
    }

    #[test]
    fn the_score_is_zero_and_the_deviance_least_where_the_climb_ends() {
        for (family, link) in families() {
            let ([x, z], y) = data(family);
            let design = design(&x, &z);
            let fit = fit_glm(&design, &y, Likelihood { family, link, penalized: false }).unwrap();
            for j in 0..3 {
                let score: f64 = (0..N).map(|i| design.matrix()[(i, j)] * fit.working[i] * fit.root_weights[i]).sum();
                assert!(score.abs() < 1e-9 * N as f64, "{family:?} {link:?}: {score:e}");
                // A second algorithm: no step along a coordinate lowers the deviance.
                for step in [-1e-4, 1e-4] {
                    let eta = |i: usize| {
                        (0..3)
                            .map(|k| design.matrix()[(i, k)] * (fit.coefficients[k] + if k == j { step } else { 0.0 }))
                            .sum()
                    };
                    let moved: f64 = (0..N).map(|i| fit.family.deviance(y[i], &link.mean(eta(i)).unwrap())).sum();
                    assert!(moved > fit.deviance, "{family:?} {link:?}");
                }
            }
        }
    }

    #[test]
    fn other_units_and_another_order_of_rows_change_nothing_but_the_units() {
        for (family, link) in families() {
            for penalized in [false, family == Family::Binomial] {
                let ([x, z], y) = data(family);
                let likelihood = Likelihood { family, link, penalized };
                let plain = fit_glm(&design(&x, &z), &y, likelihood).unwrap();
                let scaled: Vec<f64> = x.iter().rev().map(|x| 1e6 * x + 3.0).collect();
                let back = |values: &[f64]| values.iter().rev().copied().collect::<Vec<f64>>();
                let other = fit_glm(&design(&scaled, &back(&z)), &back(&y), likelihood).unwrap();
                let same = |a: f64, b: f64| assert!((a / b - 1.0).abs() < 1e-8, "{family:?} {link:?}: {a:e} {b:e}");
                same(other.coefficients[2] * 1e6, plain.coefficients[2]);
                same(other.coefficients[1], plain.coefficients[1]);
                same(other.deviance, plain.deviance);
                same(other.gram_inverse[(2, 2)] * 1e12, plain.gram_inverse[(2, 2)]);
                same(other.leverage[0], plain.leverage[N - 1]);
            }
        }
    }

    #[test]
    fn a_count_weighted_climb_is_the_fit_of_the_rows_repeated() {
        let ([x, z], y) = data(Family::Poisson);
        let counts: Vec<f64> = (0..N).map(|i| f64::from((i % 3) as u32)).collect();
        let repeat = |values: &[f64]| -> Vec<f64> {
            values.iter().zip(&counts).flat_map(|(value, count)| vec![*value; *count as usize]).collect()
        };
        let likelihood = Likelihood { family: Family::Poisson, link: Link::Log, penalized: false };
        let whole = design(&x, &z);
        let term = crate::statistics::term::Term::new(&whole, 2, &y, likelihood);
        let counted = term.counted(&counts);
        let estimate = counted.estimate(&counted.climb(None, None).unwrap());
        let column = |name: &str, values: &[f64]| (name.to_owned(), Variable::Numeric(repeat(values)));
        let rows = Design::new(repeat(&y).len(), &[column("z", &z), column("x", &x)]).unwrap();
        let fit = fit_glm(&rows, &repeat(&y), likelihood).unwrap();
        assert!((estimate / fit.coefficients[2] - 1.0).abs() < 1e-10);
    }
}
