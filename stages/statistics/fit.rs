//! Ordinary least squares on a [`Design`]: estimates and sums of squares.

use faer::Mat;

use super::design::Design;

/// A least-squares fit; it knows nothing yet of standard errors.
#[derive(Debug, Clone)]
pub struct Fit {
    /// One per term of the design.
    pub coefficients: Vec<f64>,
    pub fitted: Vec<f64>,
    pub residuals: Vec<f64>,
    /// The diagonal of the hat matrix.
    pub leverage: Vec<f64>,
    /// Residual sum of squares: the Gaussian deviance.
    pub rss: f64,
    /// Sum of squares about the mean: the null deviance.
    pub tss: f64,
    pub df_residual: usize,
    /// `(XᵀX)⁻¹ Xᵀ`, p × n: row j says how each observation moves coefficient j.
    pub pseudo_inverse: Mat<f64>,
    /// `(XᵀX)⁻¹`.
    pub gram_inverse: Mat<f64>,
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
    Ok(Fit {
        rss: residuals.iter().map(|r| r * r).sum(),
        tss,
        df_residual: design.n() - design.rank(),
        leverage: factor.leverage(),
        pseudo_inverse: factor.pseudo_inverse(),
        gram_inverse: factor.gram_inverse(),
        coefficients,
        fitted,
        residuals,
    })
}

impl Fit {
    pub fn n(&self) -> usize {
        self.residuals.len()
    }

    /// `RSS / df`.
    pub fn dispersion(&self) -> f64 {
        self.rss / self.df_residual as f64
    }

    /// `1 − RSS/TSS`.
    pub fn r_squared(&self) -> f64 {
        1.0 - self.rss / self.tss
    }

    /// `−n/2 · (ln 2π + ln(RSS/n) + 1)`, as R's `logLik.lm`.
    pub fn log_lik(&self) -> f64 {
        let n = self.n() as f64;
        -0.5 * n * (libm::log(2.0 * std::f64::consts::PI) + libm::log(self.rss / n) + 1.0)
    }

    /// `−2 log L + 2 (p + 1)`: the error variance counts as a parameter, as in R.
    pub fn aic(&self) -> f64 {
        -2.0 * self.log_lik() + 2.0 * (self.coefficients.len() as f64 + 1.0)
    }

    /// Whether nothing but rounding is left over, so that no error can be estimated.
    pub fn is_perfect(&self) -> bool {
        let scale: f64 = self.fitted.iter().map(|value| value * value).sum();
        self.rss <= (1e-13 * 1e-13) * scale
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
        assert!((a.rss - b.rss).abs() < 1e-10 * a.rss.max(1.0));
        assert!(a.residuals.iter().sum::<f64>().abs() < 1e-12);
    }
}
