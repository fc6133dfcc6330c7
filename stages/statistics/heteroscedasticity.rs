//! The Breusch-Pagan test: does the error variance follow the columns of the design?
//!
//! Koenker's studentized form, which does not take the errors for normal. It sees only variances that rise or fall
//! with the terms themselves, not with their squares or products (White's test has those, at degrees of freedom that a
//! study of thirty cannot pay).

use super::design::Design;
use super::tails;

/// The statistic, its degrees of freedom and its p-value.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BreuschPagan {
    /// `n R²`.
    pub statistic: f64,
    /// One per term other than the intercept.
    pub df: f64,
    pub p_value: f64,
}

/// Tests the residuals of a fit of `design` for constant variance.
///
/// `n R²` of the squared residuals regressed on the design, against chi-squared with p − 1 degrees of freedom.
/// `residuals` are the n of an ordinary least-squares fit, in any unit. None where the squares do not vary, where one
/// is not finite, where the lengths differ, or where the design is the intercept alone.
/// Source: Koenker 1981, 10.1016/0304-4076(81)90062-2; Breusch & Pagan 1979, 10.2307/1911963.
pub fn breusch_pagan(design: &Design, residuals: &[f64]) -> Option<BreuschPagan> {
    let largest = residuals.iter().fold(0.0_f64, |largest, residual| largest.max(residual.abs()));
    let finite = residuals.iter().all(|residual| residual.is_finite());
    if residuals.len() != design.n() || design.rank() < 2 || !finite || largest == 0.0 {
        return None;
    }
    let squares: Vec<f64> = residuals.iter().map(|residual| (residual / largest) * (residual / largest)).collect();
    let n = squares.len() as f64;
    let mean = squares.iter().sum::<f64>() / n;
    let centred: Vec<f64> = squares.iter().map(|square| square - mean).collect();
    let total: f64 = centred.iter().map(|value| value * value).sum();
    if total.sqrt() <= 1e-12 * n.sqrt() * mean {
        return None;
    }
    // METHOD: the design has an intercept, so what its basis holds of the centred squares is the explained part.
    let explained: f64 = design.factor().coordinates(&centred).iter().map(|coordinate| coordinate * coordinate).sum();
    let (statistic, df) = (n * (explained / total).min(1.0), (design.rank() - 1) as f64);
    Some(BreuschPagan { statistic, df, p_value: tails::chi_squared_sf(statistic, df) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statistics::design::Variable;
    use crate::statistics::fit::fit;

    const Y: [f64; 8] = [2.0, 9.0, 5.5, 15.0, 11.0, 14.0, 6.0, 20.0];

    fn design(unit: f64) -> Design {
        let x = [1.0, 4.0, 2.0, 8.0, 5.0, 7.0, 3.0, 6.0].iter().map(|x| x * unit).collect();
        let z = vec![0.3, -1.0, 0.5, 0.2, 0.9, -0.4, 0.1, -0.7];
        Design::new(8, &[("x".to_owned(), Variable::Numeric(x)), ("z".to_owned(), Variable::Numeric(z))]).unwrap()
    }

    #[test]
    fn the_test_is_that_of_lmtest() {
        let design = design(1.0);
        let test = breusch_pagan(&design, &fit(&design, &Y).unwrap().residuals).unwrap();
        assert!((test.statistic / 2.587_739_452_641_095_7 - 1.0).abs() < 1e-11 && test.df == 2.0);
        assert!((test.p_value / 0.274_207_618_899_098_56 - 1.0).abs() < 1e-11);
    }

    #[test]
    fn it_is_n_r_squared_of_a_second_regression_in_any_unit() {
        let plain = design(1.0);
        let residuals = fit(&plain, &Y).unwrap().residuals;
        let squares: Vec<f64> = residuals.iter().map(|residual| residual * residual).collect();
        let expected = 8.0 * fit(&plain, &squares).unwrap().r_squared();
        for (unit, scale) in [(1.0, 1.0), (1e7, 1e-3), (1e-5, 1e200), (3.0, 1e-200)] {
            let scaled: Vec<f64> = residuals.iter().map(|residual| residual * scale).collect();
            let statistic = breusch_pagan(&design(unit), &scaled).unwrap().statistic;
            assert!((statistic / expected - 1.0).abs() < 1e-11, "{statistic} is not {expected}");
        }
    }

    #[test]
    fn residuals_that_cannot_be_tested_have_no_test() {
        let design = design(1.0);
        let mut broken = [1.0, 2.0, -1.0, 0.5, 0.1, 0.2, 0.3, 0.4];
        assert_eq!(breusch_pagan(&design, &[0.0; 8]), None);
        assert_eq!(breusch_pagan(&design, &[0.3, -0.3, 0.3, -0.3, -0.3, 0.3, 0.3, -0.3]), None);
        assert_eq!(breusch_pagan(&design, &broken[..5]), None);
        broken[2] = f64::NAN;
        assert_eq!(breusch_pagan(&design, &broken), None);
        assert_eq!(breusch_pagan(&Design::new(8, &[]).unwrap(), &Y), None);
    }
}
