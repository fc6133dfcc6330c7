//! Least squares of one outcome on one predictor with a normal reference, by sums of squares.
//!
//! The cohort is made and checked with these few lines alone, so that it stays a judge of the pipeline's own fits.

/// The 0.975 quantile of the standard normal distribution.
const Z: f64 = 1.959_963_984_540_054;

/// A slope and its Wald inference.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Wald {
    pub slope: f64,
    pub std_error: f64,
    pub low: f64,
    pub high: f64,
    /// Two-sided, erfc(|slope/std_error|/√2).
    pub p: f64,
}

/// Σ(a - ā)(b - b̄).
pub fn comoment(a: &[f64], b: &[f64]) -> f64 {
    let (mean_a, mean_b) = (mean(a), mean(b));
    a.iter().zip(b).map(|(a, b)| (a - mean_a) * (b - mean_b)).sum()
}

pub fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

/// The standard deviation (n - 1).
pub fn sd(values: &[f64]) -> f64 {
    (comoment(values, values) / (values.len() as f64 - 1.0)).sqrt()
}

/// Regresses `y` on `x`: slope = Sxy/Sxx, std_error² = (Syy/Sxx - slope²)/(n - 2).
pub fn wald(x: &[f64], y: &[f64]) -> Wald {
    let (sxx, sxy, syy) = (comoment(x, x), comoment(x, y), comoment(y, y));
    let slope = sxy / sxx;
    let std_error = ((syy / sxx - slope * slope) / (x.len() as f64 - 2.0)).sqrt();
    let p = libm::erfc((slope / std_error).abs() / std::f64::consts::SQRT_2);
    Wald { slope, std_error, low: slope - Z * std_error, high: slope + Z * std_error, p }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn anscombes_first_set_has_its_known_line() {
        let x = [10.0, 8.0, 13.0, 9.0, 11.0, 14.0, 6.0, 4.0, 12.0, 7.0, 5.0];
        let y = [8.04, 6.95, 7.58, 8.81, 8.33, 9.96, 7.24, 4.26, 10.84, 4.82, 5.68];
        let fit = wald(&x, &y);
        // R: lm gives 0.5000909 with standard error 0.1179055.
        assert!((fit.slope - 0.5000909).abs() < 1e-7 && (fit.std_error - 0.1179055).abs() < 1e-7, "{fit:?}");
    }
}
