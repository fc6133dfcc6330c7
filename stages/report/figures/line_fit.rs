//! The straight line through plotted points, with the pointwise limits of its mean.
//!
//! It serves the drawing alone: every reported estimate is the screen's.

use crate::statistics::tails::t_quantile;

/// A least-squares line and what its band needs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LineFit {
    pub intercept: f64,
    pub slope: f64,
    n: f64,
    mean_x: f64,
    sum_squares_x: f64,
    sigma: f64,
    critical: f64,
}

impl LineFit {
    /// Fits y = a + b x; none with fewer than three points or without spread in x.
    pub fn new(points: &[(f64, f64)], confidence: f64) -> Option<Self> {
        let n = points.len() as f64;
        if points.len() < 3 {
            return None;
        }
        let mean_x = points.iter().map(|p| p.0).sum::<f64>() / n;
        let mean_y = points.iter().map(|p| p.1).sum::<f64>() / n;
        let sum_squares_x: f64 = points.iter().map(|p| (p.0 - mean_x) * (p.0 - mean_x)).sum();
        if sum_squares_x.is_nan() || sum_squares_x <= 0.0 {
            return None;
        }
        let cross: f64 = points.iter().map(|p| (p.0 - mean_x) * (p.1 - mean_y)).sum();
        let slope = cross / sum_squares_x;
        let intercept = mean_y - slope * mean_x;
        let residuals = points.iter().map(|p| p.1 - intercept - slope * p.0);
        let sigma = (residuals.map(|r| r * r).sum::<f64>() / (n - 2.0)).sqrt();
        let critical = t_quantile(0.5 + 0.5 * confidence, n - 2.0);
        Some(LineFit { intercept, slope, n, mean_x, sum_squares_x, sigma, critical })
    }

    pub fn at(&self, x: f64) -> f64 {
        self.intercept + self.slope * x
    }

    /// The pointwise limits of the mean: a + b x ± t σ √(1/n + (x - x̄)²/Sxx).
    pub fn limits(&self, x: f64) -> (f64, f64) {
        let away = x - self.mean_x;
        let half = self.critical * self.sigma * (1.0 / self.n + away * away / self.sum_squares_x).sqrt();
        (self.at(x) - half, self.at(x) + half)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_band_is_narrowest_at_the_mean_and_the_line_goes_through_it() {
        let points = [(1.0, 2.0), (2.0, 2.5), (3.0, 4.5), (4.0, 4.0), (5.0, 6.0)];
        let fit = LineFit::new(&points, 0.95).expect("five points");
        assert!((fit.slope - 0.95).abs() < 1e-12 && (fit.at(3.0) - 3.8).abs() < 1e-12);
        let width = |x: f64| fit.limits(x).1 - fit.limits(x).0;
        assert!(width(3.0) < width(2.0) && width(2.0) < width(1.0));
        // By hand: 3.8 - t(0.975, 3) √(RSS/3) / √5, with RSS = 1.275
        assert!((fit.limits(3.0).0 - 2.872165434297965).abs() < 1e-9, "{:?}", fit.limits(3.0));
    }
}
