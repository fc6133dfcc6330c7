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
    /// Storey's q-value.
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

/// Adjusts a family of p-values, in their own order; none for a method that is not built.
///
/// With p₍₁₎ ≤ … ≤ p₍ₘ₎ — Bonferroni `m p`; Holm the running maximum of `(m−i+1) p₍ᵢ₎`; Hochberg the running minimum
/// from above of the same; BH the running minimum from above of `m/i p₍ᵢ₎`; BY that times `Σ 1/i`; all at most 1.
pub fn adjust(p_values: &[f64], method: Adjustment) -> Option<Vec<f64>> {
    let m = p_values.len() as f64;
    let harmonic: f64 = (1..=p_values.len()).map(|i| 1.0 / i as f64).sum();
    let from_rank = |rank: usize| m - rank as f64;
    Some(match method {
        Adjustment::Bonferroni => p_values.iter().map(|p| (p * m).min(1.0)).collect(),
        Adjustment::Holm => step(p_values, false, from_rank),
        Adjustment::Hochberg => step(p_values, true, from_rank),
        Adjustment::Bh => step(p_values, true, |rank| m / (rank as f64 + 1.0)),
        Adjustment::By => step(p_values, true, |rank| harmonic * m / (rank as f64 + 1.0)),
        Adjustment::Storey => return None,
    })
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

    proptest! {
        #[test]
        fn adjusted_values_keep_the_order_and_never_shrink(p in proptest::collection::vec(0.0..=1.0_f64, 1..40)) {
            for method in [Adjustment::Bonferroni, Adjustment::Holm, Adjustment::Hochberg, Adjustment::Bh, Adjustment::By] {
                let adjusted = adjust(&p, method).unwrap();
                for i in 0..p.len() {
                    prop_assert!(adjusted[i] >= p[i] && adjusted[i] <= 1.0);
                    for j in 0..p.len() {
                        prop_assert!(p[i] > p[j] || adjusted[i] <= adjusted[j] + 1e-15);
                    }
                }
            }
            let bh = adjust(&p, Adjustment::Bh).unwrap();
            for (i, value) in bh.iter().enumerate() {
                prop_assert!((value - bh_by_definition(&p, i)).abs() < 1e-12);
            }
        }
    }
}
