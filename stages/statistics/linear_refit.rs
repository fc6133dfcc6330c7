//! One linear model fitted again and again, each time with the predictor's values in another order.
//!
//! It is a second, quicker way to what [`fit`](super::fit), [`covariance`](super::covariance) and
//! [`inference`](super::inference) make of the tested term, and of nothing else. Where anything is not plainly in order
//! (a column that is nearly a combination of others, a fit without error, a leverage of one) it says so, and leaves the
//! answer to them.

use super::covariance::Covariance;
use super::inference::Inference;
use super::product::dot;

/// A share of a column's length below which what is left of it may be rounding.
const NEARLY_NOTHING: f64 = 1e-7;

/// A model `y ~ 1 + covariates + x` with its y and covariates; x comes with each fit.
#[derive(Debug, Clone)]
pub struct LinearRefit {
    y: Vec<f64>,
    /// The covariates' columns, the intercept among them.
    covariates: Vec<Vec<f64>>,
    covariance: Covariance,
    inference: Inference,
    /// What y and the covariates give where no value of x is missing.
    whole: Option<Base>,
}

/// The tested term.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Slope {
    /// b, outcome per unit of x.
    pub estimate: f64,
    /// `b · sd(x)/sd(y)`.
    pub standardized: f64,
    pub std_error: f64,
    pub p_value: f64,
}

/// The fit is not plainly in order: the full one must say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unsure;

/// Rows, an orthonormal basis of the covariates and what they leave of y.
#[derive(Debug, Clone)]
struct Base {
    basis: Vec<Vec<f64>>,
    leverage: Vec<f64>,
    residual: Vec<f64>,
    /// The sums of squares of y about its mean, and of its residuals on the covariates.
    about_mean: f64,
    unexplained: f64,
}

impl LinearRefit {
    /// `covariates` are the columns of the design without x, each of y's length.
    pub fn new(y: Vec<f64>, covariates: Vec<Vec<f64>>, covariance: Covariance, inference: Inference) -> Self {
        let whole = Base::new(&y, &covariates);
        LinearRefit { y, covariates, covariance, inference, whole }
    }

    /// Fits x, NaN where it is missing, over the rows that have it.
    ///
    /// With r and x̃ the residuals of y and x on the covariates (Frisch, Waugh and Lovell), `b = x̃'r / x̃'x̃`; its variance
    /// `s²/x̃'x̃` or `Σ w x̃²e² / (x̃'x̃)²` with the weights of HC0 to HC3; p by z or by t with n − rank degrees of freedom.
    /// Source: Frisch and Waugh 1933, 10.2307/1907330; MacKinnon and White 1985, 10.1016/0304-4076(85)90158-7.
    pub fn fit(&self, x: &[f64]) -> Result<Slope, Unsure> {
        if x.iter().all(|x| x.is_finite()) {
            return self.fit_on(self.whole.as_ref().ok_or(Unsure)?, x.to_vec());
        }
        let rows: Vec<usize> = (0..x.len()).filter(|row| x[*row].is_finite()).collect();
        let some = |values: &[f64]| rows.iter().map(|row| values[*row]).collect::<Vec<f64>>();
        let covariates: Vec<Vec<f64>> = self.covariates.iter().map(|column| some(column)).collect();
        let base = Base::new(&some(&self.y), &covariates).ok_or(Unsure)?;
        self.fit_on(&base, some(x))
    }

    fn fit_on(&self, base: &Base, mut x: Vec<f64>) -> Result<Slope, Unsure> {
        let (n, length) = (x.len(), dot(&x, &x));
        let spread = about_mean(&x);
        leave(&base.basis, &mut x);
        let left = dot(&x, &x);
        let df = n as f64 - base.basis.len() as f64 - 1.0;
        if df < 1.0 || !plain(left, length) {
            return Err(Unsure);
        }
        let estimate = dot(&x, &base.residual) / left;
        let errors: Vec<f64> = base.residual.iter().zip(&x).map(|(r, x)| r - estimate * x).collect();
        let rss = dot(&errors, &errors);
        if !plain(rss, base.about_mean) {
            return Err(Unsure);
        }
        let variance = self.variance(base, &x, &errors, (rss, left, df)).ok_or(Unsure)?;
        let std_error = variance.sqrt();
        let p_value = self.inference.reference(df).p_value(estimate / std_error);
        let standardized = estimate * (spread / base.about_mean).sqrt();
        let slope = Slope { estimate, standardized, std_error, p_value };
        let finite = [estimate, standardized, std_error, p_value].iter().all(|number| number.is_finite());
        if finite && std_error > 0.0 { Ok(slope) } else { Err(Unsure) }
    }

    fn variance(&self, base: &Base, x: &[f64], errors: &[f64], (rss, left, df): (f64, f64, f64)) -> Option<f64> {
        let n = x.len() as f64;
        let (correction, power) = match self.covariance {
            Covariance::Model => return Some(rss / df / left),
            Covariance::Hc0 => (1.0, 0),
            Covariance::Hc1 => (n / df, 0),
            Covariance::Hc2 => (1.0, 1),
            Covariance::Hc3 => (1.0, 2),
            _ => return None,
        };
        let mut sum = 0.0;
        for ((x, error), leverage) in x.iter().zip(errors).zip(&base.leverage) {
            let free = 1.0 - leverage - x * x / left;
            if power > 0 && free < NEARLY_NOTHING {
                return None;
            }
            let weight = match power {
                0 => 1.0,
                1 => 1.0 / free,
                _ => 1.0 / (free * free),
            };
            sum += x * x * error * error * weight;
        }
        Some(correction * sum / (left * left))
    }
}

impl Base {
    /// None where a covariate is nearly a combination of those before it, or nothing of y is left.
    fn new(y: &[f64], covariates: &[Vec<f64>]) -> Option<Self> {
        let mut basis: Vec<Vec<f64>> = Vec::with_capacity(covariates.len());
        for column in covariates {
            let (mut column, length) = (column.clone(), dot(column, column));
            leave(&basis, &mut column);
            let left = dot(&column, &column);
            if !plain(left, length) {
                return None;
            }
            let norm = left.sqrt();
            column.iter_mut().for_each(|value| *value /= norm);
            basis.push(column);
        }
        let mut residual = y.to_vec();
        leave(&basis, &mut residual);
        let (about_mean, unexplained) = (about_mean(y), dot(&residual, &residual));
        let leverage = (0..y.len()).map(|row| basis.iter().map(|q| q[row] * q[row]).sum()).collect();
        let base = Base { basis, leverage, residual, about_mean, unexplained };
        (plain(base.about_mean, dot(y, y)) && plain(base.unexplained, base.about_mean)).then_some(base)
    }
}

/// Whether what is left of a sum of squares is more than rounding could be.
fn plain(left: f64, whole: f64) -> bool {
    left.is_finite() && whole.is_finite() && left > NEARLY_NOTHING * NEARLY_NOTHING * whole
}

/// Takes the basis out of a column; twice, since once leaves rounding of the first order (Giraud and Langou 2002).
fn leave(basis: &[Vec<f64>], column: &mut [f64]) {
    for _ in 0..2 {
        for q in basis {
            let share = dot(q, column);
            column.iter_mut().zip(q).for_each(|(value, q)| *value -= share * q);
        }
    }
}

fn about_mean(values: &[f64]) -> f64 {
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    values.iter().map(|value| (value - mean) * (value - mean)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statistics::covariance::covariance;
    use crate::statistics::design::{Design, Variable};
    use crate::statistics::fit::fit;
    use crate::statistics::inference::test;
    use crate::statistics::random::Stream;

    fn normals(n: usize, draw: u64) -> Vec<f64> {
        let mut stream = Stream::new(3, "linear refit", draw);
        (0..n).map(|_| stream.normal()).collect()
    }

    /// The same by the full fit.
    fn full(y: &[f64], z: &[f64], x: &[f64], kind: Covariance, inference: Inference) -> Slope {
        let rows: Vec<usize> = (0..x.len()).filter(|row| x[*row].is_finite()).collect();
        let some = |values: &[f64]| rows.iter().map(|row| values[*row]).collect::<Vec<f64>>();
        let (y, z, x) = (some(y), some(z), some(x));
        let spread = about_mean(&x) / about_mean(&y);
        let variables = [("z".to_owned(), Variable::Numeric(z)), ("x".to_owned(), Variable::Numeric(x))];
        let fit = fit(&Design::new(y.len(), &variables).unwrap(), &y).unwrap();
        let std_error = covariance(&fit, kind).unwrap()[(2, 2)].sqrt();
        let estimate = fit.coefficients[2];
        let tested = test(estimate, std_error, inference.reference(fit.df_residual as f64), 0.95).unwrap();
        Slope { estimate, standardized: estimate * spread.sqrt(), std_error, p_value: tested.p_value }
    }

    #[test]
    fn the_quick_fit_is_the_full_one_with_gaps_and_without() {
        let (y, z) = (normals(17, 0), normals(17, 1));
        let ones = vec![1.0; 17];
        for (draw, kind) in [Covariance::Model, Covariance::Hc0, Covariance::Hc1, Covariance::Hc2, Covariance::Hc3]
            .into_iter()
            .enumerate()
        {
            for inference in [Inference::T, Inference::Wald] {
                let refit = LinearRefit::new(y.clone(), vec![ones.clone(), z.clone()], kind, inference);
                let mut x = normals(17, 10 + draw as u64);
                for gaps in 0..3 {
                    let (quick, slow) = (refit.fit(&x).unwrap(), full(&y, &z, &x, kind, inference));
                    for (quick, slow) in [
                        (quick.estimate, slow.estimate),
                        (quick.standardized, slow.standardized),
                        (quick.std_error, slow.std_error),
                        (quick.p_value, slow.p_value),
                    ] {
                        assert!((quick / slow - 1.0).abs() < 1e-11, "{kind:?} {gaps}: {quick} {slow}");
                    }
                    x[5 * gaps + 1] = f64::NAN;
                }
            }
        }
    }

    #[test]
    fn what_is_not_plainly_in_order_is_left_to_the_full_fit() {
        let (y, z, ones) = (normals(6, 0), normals(6, 1), vec![1.0; 6]);
        let refit = |y: &[f64], covariates: &[&Vec<f64>], kind| {
            let covariates = covariates.iter().map(|column| column.to_vec()).collect();
            LinearRefit::new(y.to_vec(), covariates, kind, Inference::T)
        };
        let twice: Vec<f64> = z.iter().map(|z| 2.0 * z + 1.0).collect();
        let alone = vec![0.0, 0.0, 1.0, 0.0, 0.0, 0.0];
        let model = Covariance::Model;
        assert_eq!(refit(&y, &[&ones, &z], model).fit(&twice), Err(Unsure), "x follows from a covariate");
        assert_eq!(refit(&y, &[&ones, &z, &twice], model).fit(&normals(6, 2)), Err(Unsure));
        assert_eq!(refit(&twice, &[&ones], model).fit(&z), Err(Unsure), "a fit without error");
        assert_eq!(refit(&y, &[&ones], Covariance::Hc3).fit(&alone), Err(Unsure), "a leverage of one");
        assert_eq!(refit(&y[..2], &[&vec![1.0; 2]], model).fit(&z[..2]), Err(Unsure), "no degree of freedom");
        assert_eq!(refit(&[5.0; 6], &[&ones], model).fit(&z), Err(Unsure));
    }
}
