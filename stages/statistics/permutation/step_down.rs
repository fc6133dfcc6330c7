//! Counting, alone and by step-down maxima, and the p-values that the counts make.

use super::Permuted;

/// The observed statistics and the families, each by decreasing statistic.
#[derive(Debug)]
pub(super) struct StepDown {
    /// Squared; NaN where undefined.
    observed: Vec<f64>,
    thresholds: Vec<f64>,
    families: Vec<Vec<usize>>,
    /// The tests of no family, each by itself.
    others: Vec<Vec<usize>>,
}

/// Of each test, the orderings that reach its observed statistic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Counts {
    alone: Vec<u64>,
    maximum: Vec<u64>,
}

impl StepDown {
    /// Takes the squared statistics of the observed ordering, and families of tests by number.
    pub fn new(observed: &[f64], families: &[Vec<usize>]) -> Self {
        let observed: Vec<f64> = observed.iter().map(|&t2| if t2.is_finite() { t2 } else { f64::NAN }).collect();
        let ordered = |family: &Vec<usize>| {
            let mut order: Vec<usize> = family.iter().copied().filter(|&test| !observed[test].is_nan()).collect();
            order.sort_by(|&a, &b| observed[b].total_cmp(&observed[a]).then(a.cmp(&b)));
            order
        };
        // METHOD: equal but for rounding is equal. The rounding of t² is that of 1 − r² and grows as t² itself.
        let threshold = |t2: &f64| t2 / (1.0 + 1e-9 + 1e-13 * t2);
        let mut alone = vec![true; observed.len()];
        families.iter().flatten().for_each(|&test| alone[test] = false);
        let others = (0..observed.len()).filter(|&test| alone[test]).map(|test| ordered(&vec![test])).collect();
        let (families, thresholds) = (families.iter().map(ordered).collect(), observed.iter().map(threshold).collect());
        StepDown { observed, thresholds, families, others }
    }

    /// Counts over a batch of orderings; `statistics` are draws × tests, in the order of columns.
    pub fn count(&self, statistics: &[f64], draws: usize) -> Counts {
        let mut counts = Counts::none(self.observed.len());
        let mut maxima = vec![0.0; draws];
        for tests in self.families.iter().chain(&self.others) {
            maxima.fill(0.0);
            for &test in tests.iter().rev() {
                let column = &statistics[test * draws..(test + 1) * draws];
                (counts.alone[test], counts.maximum[test]) = raise(&mut maxima, column, self.thresholds[test]);
            }
        }
        counts
    }

    /// The p-values of each test; `total` orderings, the observed one among them.
    pub fn p_values(&self, mut counts: Counts, total: u64, exact: bool) -> Vec<Option<Permuted>> {
        let estimate = |count: u64| {
            // METHOD: the observed ordering reaches its own statistic, whatever rounding says; so p is never 0.
            let p = count.max(1) as f64 / total as f64;
            (p, if exact { 0.0 } else { (p * (1.0 - p) / total as f64).sqrt() })
        };
        let mut adjusted = vec![None; self.observed.len()];
        for family in &self.families {
            let mut highest = 0;
            for &test in family {
                highest = counts.maximum[test].max(highest);
                counts.maximum[test] = highest;
                adjusted[test] = Some(estimate(highest));
            }
        }
        let result = |(test, &t2): (usize, &f64)| {
            let (p_value, p_std_error) = estimate(counts.alone[test]);
            let (p_max_t, p_max_t_std_error) = adjusted[test].unzip();
            (!t2.is_nan()).then(|| Permuted { statistic: t2.sqrt(), p_value, p_std_error, p_max_t, p_max_t_std_error })
        };
        self.observed.iter().enumerate().map(result).collect()
    }
}

impl Counts {
    pub fn none(tests: usize) -> Self {
        Counts { alone: vec![0; tests], maximum: vec![0; tests] }
    }

    /// One ordering that reaches every test's statistic: the observed one.
    pub fn one(tests: usize) -> Self {
        Counts { alone: vec![1; tests], maximum: vec![1; tests] }
    }

    pub fn add(mut self, other: Counts) -> Self {
        self.alone.iter_mut().zip(other.alone).for_each(|(sum, count)| *sum += count);
        self.maximum.iter_mut().zip(other.maximum).for_each(|(sum, count)| *sum += count);
        self
    }
}

/// Raises each draw's maximum to this test's value; how many values, and how many maxima, reach the threshold.
fn raise(maxima: &mut [f64], column: &[f64], threshold: f64) -> (u64, u64) {
    let (mut alone, mut maximum) = (0, 0);
    for (highest, &value) in maxima.iter_mut().zip(column) {
        *highest = if value > *highest { value } else { *highest };
        alone += u64::from(value >= threshold);
        maximum += u64::from(*highest >= threshold);
    }
    (alone, maximum)
}
