//! Levey-Jennings charts with Westgard's rules: values of one control material in the order of injection, by their
//! distance from the centre in standard deviations.
//!
//! Sources: Levey & Jennings 1950, 10.1093/ajcp/20.11_ts.1059; Westgard 1981, 10.1093/clinchem/27.3.493. The range
//! rule R_4s, which there compares materials within a run, compares each value with the one before, since there is one
//! material.

use crate::statistics::descriptive;

/// The rules, by their names.
pub const RULES: [&str; 5] = ["1_3s", "2_2s", "R_4s", "4_1s", "10_x"];

/// One analyte's chart.
#[derive(Debug, Clone, PartialEq)]
pub struct Chart {
    pub n: usize,
    pub mean: f64,
    pub sd: f64,
    /// `(value - mean)/sd`, in the order of injection.
    pub z: Vec<f64>,
    /// For each rule, the places at which it is broken: the last of the values that break it together.
    pub broken: [Vec<usize>; 5],
}

/// The chart of values in the order of injection; the centre and the spread are mean and sd of the `first` of them, or
/// of all.
///
/// None with fewer than three values to learn from, without spread, or with one that no number can hold.
pub fn chart(values: &[f64], first: Option<usize>) -> Option<Chart> {
    let reference = &values[..first.unwrap_or(values.len()).min(values.len())];
    let mean = descriptive::mean(reference).filter(|mean| mean.is_finite() && reference.len() > 2)?;
    let sd = descriptive::sd(reference).filter(|sd| sd.is_finite() && *sd > 0.0)?;
    let z: Vec<f64> = values.iter().map(|value| (value - mean) / sd).collect();
    if z.iter().any(|z| !z.is_finite()) {
        return None;
    }
    let broken = [
        run(&z, 1, |z| z.abs() > 3.0),
        run(&z, 2, |z| z > 2.0).into_iter().chain(run(&z, 2, |z| z < -2.0)).collect(),
        opposite(&z),
        run(&z, 4, |z| z > 1.0).into_iter().chain(run(&z, 4, |z| z < -1.0)).collect(),
        run(&z, 10, |z| z > 0.0).into_iter().chain(run(&z, 10, |z| z < 0.0)).collect(),
    ];
    Some(Chart { n: values.len(), mean, sd, z, broken })
}

/// The places at which this and the values before, `length` in all, are such.
fn run(z: &[f64], length: usize, is: impl Fn(f64) -> bool) -> Vec<usize> {
    let mut count = 0;
    let mut places = Vec::new();
    for (at, z) in z.iter().enumerate() {
        count = if is(*z) { count + 1 } else { 0 };
        if count >= length {
            places.push(at);
        }
    }
    places
}

/// The places at which this value and the one before lie beyond 2 sd on opposite sides.
fn opposite(z: &[f64]) -> Vec<usize> {
    let apart = |pair: &[f64]| pair[0].min(pair[1]) < -2.0 && pair[0].max(pair[1]) > 2.0;
    z.windows(2).enumerate().filter(|(_, pair)| apart(pair)).map(|(at, _)| at + 1).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn broken(z: &[f64]) -> [usize; 5] {
        // The first three have mean 0 and sd 1, so that the values are their own z.
        let values: Vec<f64> = [-1.0, 0.0, 1.0].iter().chain(z).copied().collect();
        let chart = chart(&values, Some(3)).unwrap();
        assert_eq!((chart.mean, chart.sd), (0.0, 1.0));
        chart.broken.map(|places| places.len())
    }

    #[test]
    fn each_rule_is_broken_by_its_pattern_alone() {
        assert_eq!(broken(&[0.0, 3.1, 0.0, -3.0]), [1, 0, 0, 0, 0]);
        assert_eq!(broken(&[0.0, 2.1, 2.1, 0.0, -2.1, -2.1]), [0, 2, 0, 0, 0]);
        assert_eq!(broken(&[0.0, 2.1, -2.1, 2.0, -2.1]), [0, 0, 1, 0, 0]);
        assert_eq!(broken(&[0.0, 1.1, 1.1, 1.1, 1.1, 1.1]), [0, 0, 0, 2, 0]);
        assert_eq!(broken(&[-0.5; 11]), [0, 0, 0, 0, 2]);
        assert_eq!(broken(&[0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.0, 0.5]), [0; 5]);
    }

    #[test]
    fn two_values_and_equal_values_make_no_chart() {
        assert_eq!(chart(&[1.0, 2.0], None), None);
        assert_eq!(chart(&[2.0; 9], None), None);
        assert_eq!(chart(&[1.0, 2.0, 3.0], Some(2)), None);
        assert_eq!(chart(&[-1.7e308, 1.7e308, 1.7e308], None), None, "a spread that no number holds");
        assert!(chart(&[1e307, -1e308, 1.7e308], None).is_some());
    }
}
