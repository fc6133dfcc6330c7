//! Two one-sided tests: is an effect smaller than a margin?
//!
//! A large p-value of the usual test does not say that there is no effect; this one, when small, says that the effect
//! lies inside a margin stated beforehand. The margin is symmetric about zero, and is the reader's to justify.

use super::inference::Reference;
use super::tails;

/// The two one-sided tests of one estimate.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Equivalence {
    /// Of the hypothesis that the effect is −margin or less.
    pub p_lower: f64,
    /// Of the hypothesis that the effect is margin or more.
    pub p_upper: f64,
    /// The larger of the two: small only where both hypotheses are refuted.
    pub p_value: f64,
}

/// Tests |effect| < `margin` by two one-sided tests.
///
/// `P(T > (estimate + margin) / std_error)` and `P(T > (margin − estimate) / std_error)`, T having the `reference`
/// distribution. The larger is below α exactly where the 1 − 2α confidence interval lies within the margins. `margin` is
/// in the unit of the estimate. None where the margin or the error is not a positive number, or df is not positive.
/// Source: Schuirmann 1987, 10.1007/BF01068419.
pub fn tost(estimate: f64, std_error: f64, margin: f64, reference: Reference) -> Option<Equivalence> {
    let positive = |value: f64| value > 0.0 && value.is_finite();
    if !(positive(std_error) && positive(margin) && estimate.is_finite()) {
        return None;
    }
    let upper_tail = |statistic: f64| match reference {
        Reference::Normal => tails::normal_sf(statistic),
        Reference::T(df) => tails::t_sf(statistic, df),
    };
    let (p_lower, p_upper) = (upper_tail((estimate + margin) / std_error), upper_tail((margin - estimate) / std_error));
    let p_value = if p_lower > p_upper { p_lower } else { p_upper };
    (!p_lower.is_nan() && !p_upper.is_nan()).then_some(Equivalence { p_lower, p_upper, p_value })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statistics::inference::test;
    use proptest::prelude::*;

    #[test]
    fn both_tails_are_those_of_r() {
        for (reference, lower, upper) in [
            (Reference::T(27.0), 0.000_980_915_413_366_764, 0.015_171_823_657_858_654),
            (Reference::Normal, 0.000_303_383_422_818_031_57, 0.011_135_489_479_616_385),
        ] {
            let both = tost(0.4, 0.7, 2.0, reference).unwrap();
            assert!((both.p_lower / lower - 1.0).abs() < 1e-11 && (both.p_upper / upper - 1.0).abs() < 1e-11);
            assert_eq!(both.p_value, both.p_upper);
        }
    }

    #[test]
    fn without_an_error_or_a_margin_there_is_no_test() {
        for (estimate, std_error, margin) in
            [(0.0, 0.0, 1.0), (0.0, 1.0, 0.0), (f64::NAN, 1.0, 1.0), (0.0, f64::NAN, 1.0), (0.0, 1.0, f64::INFINITY)]
        {
            assert_eq!(tost(estimate, std_error, margin, Reference::Normal), None);
        }
        assert_eq!(tost(0.0, 1.0, 1.0, Reference::T(0.0)), None);
        assert_eq!(tost(0.0, 1.0, 1.0, Reference::T(f64::NAN)), None);
    }

    proptest! {
        #[test]
        fn it_refutes_exactly_when_the_interval_lies_within_the_margins(
            estimate in -3.0..3.0_f64, std_error in 0.1..2.0_f64, margin in 0.1..4.0_f64, df in 2.0..60.0_f64,
        ) {
            let both = tost(estimate, std_error, margin, Reference::T(df)).unwrap();
            let interval = test(estimate, std_error, Reference::T(df), 0.90).unwrap();
            let inside = -margin < interval.conf_low && interval.conf_high < margin;
            prop_assert_eq!(both.p_value < 0.05, inside);
            let mirrored = tost(-estimate, std_error, margin, Reference::T(df)).unwrap();
            prop_assert_eq!((both.p_lower, both.p_upper), (mirrored.p_upper, mirrored.p_lower));
        }
    }
}
