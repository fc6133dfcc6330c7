//! The Cholesky factor of a small positive definite matrix: a handful of coefficients, thousands of times.
//!
//! faer's is made for large matrices; here the matrix is p × p with p the terms of one model, and the fit around it
//! costs less than an allocation.

/// `A = L Lᵀ`, rows of L after one another.
#[derive(Debug, Clone, Default)]
pub struct Cholesky {
    p: usize,
    lower: Vec<f64>,
}

/// A pivot below this share of its diagonal is a combination of the others.
pub const TOLERANCE: f64 = 1e-11;

impl Cholesky {
    /// Factors a symmetric matrix given by rows (only its lower half is read); none where it is not positive definite.
    pub fn new(p: usize, matrix: &[f64]) -> Option<Self> {
        let mut lower = matrix.to_vec();
        for j in 0..p {
            for i in j..p {
                let dot: f64 = (0..j).map(|k| lower[i * p + k] * lower[j * p + k]).sum();
                let rest = lower[i * p + j] - dot;
                if i == j {
                    let enough = rest > TOLERANCE * matrix[j * p + j];
                    if !(enough && rest.is_finite()) {
                        return None;
                    }
                    lower[j * p + j] = rest.sqrt();
                } else {
                    lower[i * p + j] = rest / lower[j * p + j];
                }
            }
        }
        Some(Cholesky { p, lower })
    }

    /// `L⁻¹ b`: its squared length is `bᵀ A⁻¹ b`.
    pub fn forward(&self, b: &[f64]) -> Vec<f64> {
        let (p, lower) = (self.p, &self.lower);
        let mut x = b.to_vec();
        for i in 0..p {
            let dot: f64 = (0..i).map(|k| lower[i * p + k] * x[k]).sum();
            x[i] = (x[i] - dot) / lower[i * p + i];
        }
        x
    }

    /// `A⁻¹ b`.
    pub fn solve(&self, b: &[f64]) -> Vec<f64> {
        let (p, lower) = (self.p, &self.lower);
        let mut x = self.forward(b);
        for i in (0..p).rev() {
            let dot: f64 = (i + 1..p).map(|k| lower[k * p + i] * x[k]).sum();
            x[i] = (x[i] - dot) / lower[i * p + i];
        }
        x
    }

    /// `log det A`.
    pub fn log_det(&self) -> f64 {
        2.0 * (0..self.p).map(|j| libm::log(self.lower[j * self.p + j])).sum::<f64>()
    }

    /// The smallest diagonal of L, squared: a bound on what the matrix has along any axis beside the ones before.
    pub fn least(&self) -> f64 {
        (0..self.p).map(|j| self.lower[j * self.p + j]).map(|root| root * root).fold(f64::INFINITY, f64::min)
    }

    /// What the last diagonal has left beside the others: `1 / (A⁻¹)ₚₚ`.
    pub fn last_schur(&self) -> f64 {
        let last = self.lower.last().copied().unwrap_or(f64::NAN);
        last * last
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_solves_and_refuses_what_is_not_positive_definite() {
        let a = [4.0, 2.0, 0.6, 2.0, 5.0, 1.0, 0.6, 1.0, 3.0];
        let factor = Cholesky::new(3, &a).unwrap();
        let x = factor.solve(&[1.0, -2.0, 0.5]);
        for (i, expected) in [1.0, -2.0, 0.5].iter().enumerate() {
            let product: f64 = (0..3).map(|j| a[i * 3 + j] * x[j]).sum();
            assert!((product - expected).abs() < 1e-14);
        }
        let det = 4.0 * (15.0 - 1.0) - 2.0 * (6.0 - 0.6) + 0.6 * (2.0 - 3.0);
        assert!((factor.log_det() - libm::log(det)).abs() < 1e-14);
        assert!((1.0 / factor.last_schur() - factor.solve(&[0.0, 0.0, 1.0])[2]).abs() < 1e-14);
        assert!(Cholesky::new(2, &[1.0, 1.0, 1.0, 1.0]).is_none());
        assert!(Cholesky::new(1, &[f64::NAN]).is_none());
    }
}
