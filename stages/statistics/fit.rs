//! A fitted model on a [`Design`], and least squares as the plainest way to one.
//!
//! Every fit is a weighted regression at its last step: `√w X` against the working residuals. Covariance and influence
//! need no more than that, so they serve all families; for least squares the weights are 1.

use faer::Mat;

use super::design::Design;
use super::family::Family;
use super::link::Link;

/// A fit; it knows nothing yet of standard errors.
#[derive(Debug, Clone)]
pub struct Fit {
    pub family: Family,
    pub link: Link,
    /// One per term of the design.
    pub coefficients: Vec<f64>,
    /// The means μ.
    pub fitted: Vec<f64>,
    /// y − μ.
    pub residuals: Vec<f64>,
    /// √w times the working residual, which is Pearson's residual (y − μ)/√V with the sign of the link's slope.
    pub working: Vec<f64>,
    /// Signed roots of the unit deviances.
    pub deviance_residuals: Vec<f64>,
    /// √w: `√w X` is the design of the last step.
    pub root_weights: Vec<f64>,
    /// V(μ).
    pub variances: Vec<f64>,
    /// The diagonal of the hat matrix of `√w X`.
    pub leverage: Vec<f64>,
    /// The residual sum of squares for least squares.
    pub deviance: f64,
    /// The deviance of the intercept alone: the sum of squares about the mean for least squares.
    pub null_deviance: f64,
    /// −2 log L as R's AIC counts it, at dispersion deviance/n; none where the density has no closed form.
    pub minus_two_log_lik: Option<f64>,
    pub df_residual: usize,
    /// `(XᵀWX)⁻¹ Xᵀ√W`, p × n: row j says how each working residual moves coefficient j.
    pub pseudo_inverse: Mat<f64>,
    /// `(XᵀWX)⁻¹`.
    pub gram_inverse: Mat<f64>,
    /// Steps until the fit converged; none for least squares.
    pub iterations: Option<usize>,
}

/// Why a fit could not be made of a sound design.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum FitError {
    #[error("the outcome does not vary")]
    NoVariation,
    #[error("the outcome holds a value that is not finite")]
    NotFinite,
}

/// Fits `y = Xβ + ε` by least squares, β minimizing ‖y − Xβ‖².
///
/// `y` has one finite value per row of the design. METHOD: QR of the scaled design, then one step of iterative
/// refinement (the residuals are fitted again and the correction added), which takes the error that the condition
/// number of an ill-conditioned design puts into the coefficients back to the level of the residuals' rounding; the
/// residuals are computed in twice the working precision, without which the correction would be noise.
/// Source: Björck, Numerical Methods for Least Squares Problems (1996), 2.9.
pub fn fit(design: &Design, y: &[f64]) -> Result<Fit, FitError> {
    if y.iter().any(|value| !value.is_finite()) {
        return Err(FitError::NotFinite);
    }
    let mean = y.iter().sum::<f64>() / y.len() as f64;
    let tss: f64 = y.iter().map(|value| (value - mean) * (value - mean)).sum();
    let largest = y.iter().fold(0.0_f64, |largest, value| largest.max(value.abs()));
    if tss.sqrt() <= 1e-12 * largest || tss == 0.0 {
        return Err(FitError::NoVariation);
    }
    let factor = design.factor();
    let mut coefficients = factor.solve(&factor.coordinates(y));
    let first = residuals(design, y, &coefficients);
    for (coefficient, step) in coefficients.iter_mut().zip(factor.solve(&factor.coordinates(&first))) {
        *coefficient += step;
    }
    let residuals = residuals(design, y, &coefficients);
    let fitted = y.iter().zip(&residuals).map(|(y, residual)| y - residual).collect();
    let rss: f64 = residuals.iter().map(|r| r * r).sum();
    Ok(Fit {
        family: Family::Gaussian,
        link: Link::Identity,
        deviance: rss,
        null_deviance: tss,
        minus_two_log_lik: Family::Gaussian.minus_two_log_lik(y, &[], rss),
        df_residual: design.n() - design.rank(),
        root_weights: vec![1.0; design.n()],
        variances: vec![1.0; design.n()],
        leverage: factor.leverage(),
        pseudo_inverse: factor.pseudo_inverse(),
        gram_inverse: factor.gram_inverse(),
        working: residuals.clone(),
        deviance_residuals: residuals.clone(),
        iterations: None,
        coefficients,
        fitted,
        residuals,
    })
}

impl Fit {
    pub fn n(&self) -> usize {
        self.residuals.len()
    }

    /// Pearson's `Σ (y − μ)²/V / df`, `RSS/df` for least squares; 1 for families without a dispersion.
    pub fn dispersion(&self) -> f64 {
        if self.family.has_dispersion() { self.pearson() / self.df_residual as f64 } else { 1.0 }
    }

    /// Pearson's `Σ (y − μ)²/V`.
    pub fn pearson(&self) -> f64 {
        self.working.iter().map(|r| r * r).sum()
    }

    /// `1 − D/D₀`: R² for least squares.
    pub fn r_squared(&self) -> f64 {
        1.0 - self.deviance / self.null_deviance
    }

    /// The log-likelihood, as R's `logLik` counts it.
    pub fn log_lik(&self) -> Option<f64> {
        self.minus_two_log_lik.map(|value| -0.5 * value)
    }

    /// `−2 log L + 2 (p + 1)`, or p alone where no dispersion or shape is a parameter, as in R.
    pub fn aic(&self) -> Option<f64> {
        let parameters = self.coefficients.len() + self.family.extra_parameters();
        self.minus_two_log_lik.map(|value| value + 2.0 * parameters as f64)
    }

    /// Whether nothing but rounding is left over, so that no error can be estimated.
    pub fn is_perfect(&self) -> bool {
        if self.family == Family::Gaussian {
            let scale: f64 = self.fitted.iter().map(|value| value * value).sum();
            return self.deviance <= (1e-13 * 1e-13) * scale;
        }
        self.family.has_dispersion() && self.deviance <= 1e-24 * self.fitted.len() as f64
    }
}

/// `y − Xβ`, each as if summed in twice the working precision and rounded once.
///
/// Source: Ogita, Rump and Oishi 2005, 10.1137/030601818 (Dot2): every product's and every sum's rounding error is
/// known exactly and carried along.
fn residuals(design: &Design, y: &[f64], coefficients: &[f64]) -> Vec<f64> {
    let matrix = design.matrix();
    let residual = |(i, y): (usize, &f64)| {
        let (mut sum, mut lost) = (*y, 0.0);
        for (j, coefficient) in coefficients.iter().enumerate() {
            let factor = -matrix[(i, j)];
            let product = factor * coefficient;
            let of_product = factor.mul_add(*coefficient, -product);
            let total = sum + product;
            let back = total - sum;
            let of_sum = (sum - (total - back)) + (product - back);
            sum = total;
            lost += of_product + of_sum;
        }
        sum + lost
    };
    y.iter().enumerate().map(residual).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statistics::design::Variable;

    #[test]
    fn rescaling_a_column_rescales_its_coefficient_alone() {
        let x = [1.0, 4.0, 2.0, 8.0, 5.0, 7.0];
        let z = vec![0.3, -1.0, 0.5, 0.2, 0.9, -0.4];
        let y = [2.0, 9.0, 5.5, 15.0, 11.0, 14.0];
        let of = |factor: f64, shift: f64| {
            let scaled = x.iter().map(|v| v * factor).collect();
            let columns = [("x".to_owned(), Variable::Numeric(scaled)), ("z".to_owned(), Variable::Numeric(z.clone()))];
            let y: Vec<f64> = y.iter().map(|v| v + shift).collect();
            fit(&Design::new(6, &columns).unwrap(), &y).unwrap()
        };
        let (a, b) = (of(1.0, 0.0), of(1e6, 100.0));
        assert!((a.coefficients[1] / (b.coefficients[1] * 1e6) - 1.0).abs() < 1e-12);
        assert!((a.coefficients[2] - b.coefficients[2]).abs() < 1e-11);
        assert!((a.coefficients[0] + 100.0 - b.coefficients[0]).abs() < 1e-10);
        assert!((a.deviance - b.deviance).abs() < 1e-10 * a.deviance.max(1.0));
        assert!(a.residuals.iter().sum::<f64>().abs() < 1e-12);
    }
}
