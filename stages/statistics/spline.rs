//! The natural cubic spline of one variable: columns that let a straight line bend.
//!
//! Cubic between knots, linear beyond the extremes. The columns span the same space as R's `splines::ns(x, df)` with an
//! intercept beside them, so every fit and test is the same; the columns themselves are orthonormal, so that the design
//! stays well conditioned, and their single coefficients have no meaning.

use super::descriptive::{extremes, quantile};

/// Why a spline cannot be made of these values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SplineError {
    #[error("a spline needs at least one degree of freedom")]
    NoDegrees,
    #[error("a value is not finite")]
    NotFinite,
    #[error("{distinct} distinct values, where a spline of {df} degrees of freedom needs {}", df + 1)]
    TooFewDistinctValues { distinct: usize, df: usize },
    #[error("two of the knots fall on the same value")]
    DuplicateKnots,
}

/// A natural cubic spline with `df` columns.
#[derive(Debug, Clone, PartialEq)]
pub struct Spline {
    low: f64,
    high: f64,
    /// The inner knots on the scale where the extremes are 0 and 1.
    knots: Vec<f64>,
    means: Vec<f64>,
    /// Upper triangular: column j of the basis is made of the first j + 1 raw columns.
    mixing: Vec<Vec<f64>>,
}

impl Spline {
    /// Places the knots for `x`: the inner `df − 1` at equally spaced quantiles (R's type 7), the outer at the extremes.
    ///
    /// One degree of freedom is a straight line. Fails where fewer than `df + 1` values differ, or where two knots
    /// coincide.
    pub fn new(x: &[f64], df: usize) -> Result<Self, SplineError> {
        if df == 0 {
            return Err(SplineError::NoDegrees);
        }
        if x.iter().any(|value| !value.is_finite()) {
            return Err(SplineError::NotFinite);
        }
        let distinct = distinct(x);
        let Some((low, high)) = extremes(x).filter(|_| distinct > df) else {
            return Err(SplineError::TooFewDistinctValues { distinct, df });
        };
        let inner = (1..df).filter_map(|k| quantile(x, k as f64 / df as f64));
        let knots: Vec<f64> = inner.map(|knot| place(knot, low, high)).collect();
        let all: Vec<f64> = [0.0].into_iter().chain(knots.iter().copied()).chain([1.0]).collect();
        if all.windows(2).any(|pair| pair[1] - pair[0] <= 1e-12) {
            return Err(SplineError::DuplicateKnots);
        }
        let mut spline = Spline { low, high, knots, means: Vec::new(), mixing: Vec::new() };
        spline.orthonormalize(x).ok_or(SplineError::TooFewDistinctValues { distinct, df })?;
        Ok(spline)
    }

    /// The columns at the values `x`, one vector each: at the values it was made of, of mean 0 and mean square 1.
    pub fn columns(&self, x: &[f64]) -> Vec<Vec<f64>> {
        let rows: Vec<Vec<f64>> = x.iter().map(|value| self.row(*value)).collect();
        (0..self.mixing.len()).map(|j| rows.iter().map(|row| row[j]).collect()).collect()
    }

    /// The basis at one value; a straight line beyond the extremes.
    pub fn row(&self, x: f64) -> Vec<f64> {
        let raw: Vec<f64> = self.raw(x).iter().zip(&self.means).map(|(value, mean)| value - mean).collect();
        self.mixing.iter().map(|weights| weights.iter().zip(&raw).map(|(weight, value)| weight * value).sum()).collect()
    }

    /// The natural basis in truncated powers, without its constant: u and `dₖ(u) − d_last(u)` for every knot but the
    /// last two, `dₖ(u) = ((u − ξₖ)³₊ − (u − 1)³₊) / (1 − ξₖ)`, on the scale where the extremes are 0 and 1.
    ///
    /// Source: Hastie, Tibshirani & Friedman 2009, 5.2.1.
    fn raw(&self, x: f64) -> Vec<f64> {
        let u = place(x, self.low, self.high);
        let (inside, beyond) = (u.min(1.0), (u - 1.0).max(0.0));
        // Beyond the last knot the cubes cancel on paper only: there the value is the tangent's.
        let d = |knot: f64| {
            let reach = (inside - knot).max(0.0);
            reach * reach * reach / (1.0 - knot) + 3.0 * (1.0 - knot) * beyond
        };
        let Some((last, others)) = self.knots.split_last() else { return vec![u] };
        [u].into_iter().chain([0.0].iter().chain(others).map(|knot| d(*knot) - d(*last))).collect()
    }

    /// Centres the raw columns and makes them orthonormal, by Gram-Schmidt done twice.
    fn orthonormalize(&mut self, x: &[f64]) -> Option<()> {
        let n = x.len() as f64;
        let raw: Vec<Vec<f64>> = x.iter().map(|value| self.raw(*value)).collect();
        let df = self.knots.len() + 1;
        self.means = (0..df).map(|j| raw.iter().map(|row| row[j]).sum::<f64>() / n).collect();
        let column = |j: usize| raw.iter().map(|row| row[j] - self.means[j]).collect::<Vec<f64>>();
        let mut done: Vec<Vec<f64>> = Vec::new();
        for j in 0..df {
            let mut values = column(j);
            let mut weights = vec![0.0; df];
            weights[j] = 1.0;
            let before = mean_square(&values).sqrt();
            for (other, mixing) in done.iter().zip(&self.mixing).chain(done.iter().zip(&self.mixing)) {
                let share = values.iter().zip(other).map(|(a, b)| a * b).sum::<f64>() / n;
                subtract(&mut values, other, share);
                subtract(&mut weights, mixing, share);
            }
            let length = mean_square(&values).sqrt();
            if length.is_nan() || length <= 1e-10 * before {
                return None;
            }
            values.iter_mut().chain(&mut weights).for_each(|value| *value /= length);
            done.push(values);
            self.mixing.push(weights);
        }
        Some(())
    }
}

fn place(x: f64, low: f64, high: f64) -> f64 {
    // Halved, so that the distance of the largest numbers is a number.
    (0.5 * x - 0.5 * low) / (0.5 * high - 0.5 * low)
}

fn distinct(x: &[f64]) -> usize {
    let mut sorted = x.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.dedup();
    sorted.len()
}

fn mean_square(values: &[f64]) -> f64 {
    values.iter().map(|value| value * value).sum::<f64>() / values.len() as f64
}

fn subtract(values: &mut [f64], other: &[f64], share: f64) {
    values.iter_mut().zip(other).for_each(|(value, other)| *value -= share * other);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statistics::design::{Design, Variable};
    use crate::statistics::fit::fit;
    use proptest::prelude::*;

    const AGE: [f64; 12] = [23.0, 31.0, 35.0, 36.0, 40.0, 44.0, 47.0, 52.0, 58.0, 61.0, 66.0, 71.0];
    const Y: [f64; 12] = [3.0, 5.0, 4.0, 6.0, 9.0, 8.0, 7.0, 6.0, 4.0, 5.0, 7.0, 9.0];

    fn design(spline: &Spline, x: &[f64]) -> Design {
        let columns = spline.columns(x).into_iter().enumerate();
        let named: Vec<_> = columns.map(|(k, column)| (format!("s{k}"), Variable::Numeric(column))).collect();
        Design::new(x.len(), &named).unwrap()
    }

    #[test]
    fn fits_and_predictions_are_those_of_ns() {
        let spline = Spline::new(&AGE, 3).unwrap();
        let design = design(&spline, &AGE);
        let fit = fit(&design, &Y).unwrap();
        let expected = [
            2.083_792_741_233_173_4,
            5.441_575_623_648_423,
            6.589_073_956_951_297,
            6.784_615_349_855_885,
            7.105_491_240_665_637,
            6.751_114_741_736_822_5,
            6.253_573_427_624_429,
            5.462_251_693_443_294,
            5.409_074_835_503_674,
            5.819_911_559_872_377,
            6.942_152_878_691_729,
            8.357_371_950_773_256,
        ];
        assert!(fit.fitted.iter().zip(expected).all(|(value, expected)| (value - expected).abs() < 1e-12));
        for (age, expected) in
            [(10.0, -3.833_145_136_209_066_3), (50.0, 5.737_141_364_526_386), (90.0, 13.920_757_001_749_099)]
        {
            let row = [1.0].into_iter().chain(spline.row(age));
            let value: f64 = row.zip(&fit.coefficients).map(|(x, b)| x * b).sum();
            assert!((value - expected).abs() < 1e-11, "{value} is not {expected}");
        }
        assert!((design.factor().condition().unwrap() - 1.0).abs() < 1e-12);
    }

    #[test]
    fn it_is_linear_beyond_the_extremes_and_smooth_within() {
        let spline = Spline::new(&AGE, 4).unwrap();
        for j in 0..4 {
            let at = |x: f64| spline.row(x)[j];
            for (x, h) in [(-400.0, 30.0), (10.0, 1.0), (80.0, 1.0), (5e4, 1e3)] {
                let bend = at(x + h) - 2.0 * at(x) + at(x - h);
                assert!(bend.abs() < 1e-9 * at(x).abs().max(1.0), "column {j} bends by {bend} at {x}");
            }
            // No jump of value or slope where the line begins.
            for knot in [23.0, 71.0] {
                let slopes = [at(knot) - at(knot - 1e-5), at(knot + 1e-5) - at(knot)];
                assert!((slopes[0] - slopes[1]).abs() < 1e-9);
            }
        }
    }

    #[test]
    fn one_degree_of_freedom_is_the_standardized_variable() {
        let column = &Spline::new(&[1.0, 2.0, 6.0], 1).unwrap().columns(&[1.0, 2.0, 6.0])[0];
        let sd = (14.0_f64 / 3.0).sqrt();
        assert!(column.iter().zip([-2.0, -1.0, 3.0]).all(|(value, centred)| (value - centred / sd).abs() < 1e-15));
    }

    #[test]
    fn values_that_cannot_carry_the_knots_say_so() {
        let few = SplineError::TooFewDistinctValues { distinct: 3, df: 3 };
        assert_eq!(Spline::new(&[1.0, 1.0, 2.0, 3.0, 3.0], 3), Err(few));
        assert_eq!(few.to_string(), "3 distinct values, where a spline of 3 degrees of freedom needs 4");
        let mostly_one = [1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 2.0, 3.0, 4.0];
        assert_eq!(Spline::new(&mostly_one, 3), Err(SplineError::DuplicateKnots));
        assert_eq!(Spline::new(&[1.0, f64::NAN], 1), Err(SplineError::NotFinite));
        assert_eq!(Spline::new(&AGE, 0), Err(SplineError::NoDegrees));
        let none = SplineError::TooFewDistinctValues { distinct: 0, df: 2 };
        assert_eq!(Spline::new(&[], 2), Err(none));
    }

    proptest! {
        #[test]
        fn the_columns_are_orthonormal_in_any_unit(
            x in proptest::collection::vec(-9.0..9.0_f64, 12..50), df in 1..7_usize, unit in -6..6_i32,
        ) {
            let scaled: Vec<f64> = x.iter().map(|value| 40.0 + value * 10_f64.powi(unit)).collect();
            let Ok(spline) = Spline::new(&scaled, df) else { return Ok(()) };
            let columns = spline.columns(&scaled);
            prop_assert_eq!(columns.len(), df);
            for (j, a) in columns.iter().enumerate() {
                prop_assert!((a.iter().sum::<f64>() / x.len() as f64).abs() < 1e-9);
                for (k, b) in columns.iter().enumerate() {
                    let product: f64 = a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>() / x.len() as f64;
                    prop_assert!((product - f64::from(u8::from(j == k))).abs() < 1e-8);
                }
            }
        }
    }
}
