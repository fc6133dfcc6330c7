//! Adjustment of p-values for the number of tests in one family.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How p-values are adjusted within a family of tests.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Adjustment {
    /// p · m: family-wise error, no assumption.
    Bonferroni,
    /// Bonferroni stepping down; never worse. Holm 1979.
    Holm,
    /// Stepping up; needs independence or positive dependence. Hochberg 1988, 10.1093/biomet/75.4.800.
    Hochberg,
    /// False discovery rate under independence or positive dependence. Benjamini and Hochberg 1995.
    #[default]
    Bh,
    /// False discovery rate under any dependence. Benjamini and Yekutieli 2001, 10.1214/aos/1013699998.
    By,
    /// Storey's q-value: BH times the estimated share of true null hypotheses.
    /// Storey, Taylor and Siegmund 2004, 10.1111/j.1467-9868.2004.00439.x.
    Storey,
}

impl Adjustment {
    pub fn name(self) -> &'static str {
        match self {
            Adjustment::Bonferroni => "bonferroni",
            Adjustment::Holm => "holm",
            Adjustment::Hochberg => "hochberg",
            Adjustment::Bh => "bh",
            Adjustment::By => "by",
            Adjustment::Storey => "storey",
        }
    }
}

/// Adjusts a family of p-values, in their own order.
///
/// With p₍₁₎ ≤ … ≤ p₍ₘ₎ — Bonferroni `m p`; Holm the running maximum of `(m−i+1) p₍ᵢ₎`; Hochberg the running minimum
/// from above of the same; BH the running minimum from above of `m/i p₍ᵢ₎`; BY that times `Σ 1/i`; Storey that of BH
/// times [`pi0`], which can be less than p itself; all at most 1.
pub fn adjust(p_values: &[f64], method: Adjustment) -> Vec<f64> {
    let m = p_values.len() as f64;
    let harmonic: f64 = (1..=p_values.len()).map(|i| 1.0 / i as f64).sum();
    let from_rank = |rank: usize| m - rank as f64;
    let bh = |rank: usize| m / (rank as f64 + 1.0);
    match method {
        Adjustment::Bonferroni => p_values.iter().map(|p| (p * m).min(1.0)).collect(),
        Adjustment::Holm => step(p_values, false, from_rank),
        Adjustment::Hochberg => step(p_values, true, from_rank),
        Adjustment::Bh => step(p_values, true, bh),
        Adjustment::By => step(p_values, true, |rank| harmonic * bh(rank)),
        Adjustment::Storey => {
            let pi0 = pi0(p_values);
            step(p_values, true, |rank| pi0 * bh(rank))
        }
    }
}

/// Where the p-values of true hypotheses are taken to rule.
const LAMBDA: f64 = 0.5;

/// Estimates the share of true null hypotheses among a family of tests: `(1 + #{p > λ}) / (m (1 − λ))`, at most 1.
///
/// METHOD: λ is fixed at ½ and one is added to the count, which keeps the false discovery rate in finite families; the
/// smoothed choice of λ needs hundreds of tests. With no tests it is 1.
/// Source: Storey, Taylor & Siegmund 2004, 10.1111/j.1467-9868.2004.00439.x.
pub fn pi0(p_values: &[f64]) -> f64 {
    let above = p_values.iter().filter(|p| **p > LAMBDA).count() as f64;
    ((1.0 + above) / (p_values.len() as f64 * (1.0 - LAMBDA))).min(1.0)
}

/// Multiplies each p by the factor of its rank (from 0) and makes the result monotone: from the largest p down with
/// the running minimum (step up), or from the smallest up with the running maximum (step down).
fn step(p_values: &[f64], up: bool, factor: impl Fn(usize) -> f64) -> Vec<f64> {
    let mut order: Vec<usize> = (0..p_values.len()).collect();
    order.sort_by(|&a, &b| p_values[a].total_cmp(&p_values[b]).then(a.cmp(&b)));
    let mut ranked: Vec<(usize, usize)> = order.into_iter().enumerate().collect();
    if up {
        ranked.reverse();
    }
    let mut adjusted = vec![f64::NAN; p_values.len()];
    let mut running: f64 = if up { 1.0 } else { 0.0 };
    for (rank, index) in ranked {
        let value = (p_values[index] * factor(rank)).min(1.0);
        running = if up { running.min(value) } else { running.max(value) };
        adjusted[index] = running;
    }
    adjusted
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The definition of BH, word for word: the smallest level at which the procedure rejects hypothesis i.
    fn bh_by_definition(p: &[f64], i: usize) -> f64 {
        let m = p.len() as f64;
        let at_least = |j: usize| p.iter().filter(|&&q| q <= p[j]).count() as f64;
        (0..p.len()).filter(|&j| p[j] >= p[i]).map(|j| m * p[j] / at_least(j)).fold(1.0, f64::min)
    }

    #[test]
    fn q_values_are_bh_times_the_share_of_true_nulls() {
        let p = [0.001, 0.2, 0.012, 0.7, 0.04, 0.03, 0.9, 0.35, 0.0004, 0.06];
        // (1 + 2) / (10 · ½), and R's p.adjust(p, "BH") times that.
        assert!((pi0(&p) - 0.6).abs() < 1e-15);
        let bh_of_r = [0.003, 0.171428571428571, 0.024, 0.466666666666667, 0.048, 0.045, 0.54, 0.2625, 0.0024, 0.06];
        assert!(adjust(&p, Adjustment::Storey).iter().zip(bh_of_r).all(|(q, expected)| (q - expected).abs() < 1e-14));
    }

    #[test]
    fn small_families_take_all_nulls_for_true() {
        assert_eq!((pi0(&[]), pi0(&[0.001]), pi0(&[0.001, 0.02]), pi0(&[0.5; 4])), (1.0, 1.0, 1.0, 0.5));
        assert_eq!(adjust(&[], Adjustment::Storey), Vec::<f64>::new());
        assert_eq!(adjust(&[0.01, 0.6], Adjustment::Storey), adjust(&[0.01, 0.6], Adjustment::Bh));
    }

    proptest! {
        #[test]
        fn adjusted_values_keep_the_order_and_never_shrink(p in proptest::collection::vec(0.0..=1.0_f64, 1..40)) {
            for method in [Adjustment::Bonferroni, Adjustment::Holm, Adjustment::Hochberg, Adjustment::Bh, Adjustment::By] {
                let adjusted = adjust(&p, method);
                for i in 0..p.len() {
                    prop_assert!(adjusted[i] >= p[i] && adjusted[i] <= 1.0);
                    for j in 0..p.len() {
                        prop_assert!(p[i] > p[j] || adjusted[i] <= adjusted[j] + 1e-15);
                    }
                }
            }
            let bh = adjust(&p, Adjustment::Bh);
            let (share, storey) = (pi0(&p), adjust(&p, Adjustment::Storey));
            prop_assert!(share > 0.0 && share <= 1.0);
            for ((value, q), p) in bh.iter().zip(&storey).zip(&p) {
                prop_assert!((share * value - q).abs() < 1e-12 && *q >= share * p);
            }
            for (i, value) in bh.iter().enumerate() {
                prop_assert!((value - bh_by_definition(&p, i)).abs() < 1e-12);
            }
        }
    }
}
