//! How alike the profiles of two samples are, and which sample of the own and of another participant is the nearest.

use faer::Mat;
use rayon::prelude::*;

use crate::contract::Progress;

/// The sample that one is most like, and the correlation with it.
pub type Nearest = Option<(usize, f64)>;

/// Rows that are compared with all others at once; bounds the memory, and moves the bar.
const BLOCK: usize = 256;

/// For each row, its nearest row of the same and of another person.
///
/// `profiles` has a row per sample and a column per analyte, complete; `person` names whose each row is. Likeness is
/// Pearson's correlation of two rows over the columns; a row without variation is like none. Ties go to the first row.
pub fn nearest(profiles: &[Vec<f64>], person: &[&str], progress: &dyn Progress) -> Vec<(Nearest, Nearest)> {
    let (n, p) = (profiles.len(), profiles.first().map_or(0, Vec::len));
    let rows: Vec<Option<Vec<f64>>> = profiles.iter().map(|profile| standardized(profile)).collect();
    let all = Mat::from_fn(n, p, |row, column| rows[row].as_ref().map_or(0.0, |profile| profile[column]));
    progress.start("looking for exchanged samples", n.div_ceil(BLOCK) as u64);
    let mut found = Vec::with_capacity(n);
    for start in (0..n).step_by(BLOCK) {
        let block = all.subrows(start, BLOCK.min(n - start));
        let correlations = &all * block.transpose();
        let of = |at: usize| {
            let row = start + at;
            let mut nearest: (Nearest, Nearest) = (None, None);
            for other in (0..n).filter(|other| *other != row && rows[row].is_some() && rows[*other].is_some()) {
                let r = correlations[(other, at)].clamp(-1.0, 1.0);
                let side = if person[other] == person[row] { &mut nearest.0 } else { &mut nearest.1 };
                if side.is_none_or(|(_, best)| r > best) {
                    *side = Some((other, r));
                }
            }
            nearest
        };
        found.par_extend((0..block.nrows()).into_par_iter().map(of));
        progress.advance(1);
    }
    found
}

/// The profile less its mean, of length one; none without variation.
fn standardized(profile: &[f64]) -> Option<Vec<f64>> {
    let mean = profile.iter().sum::<f64>() / profile.len().max(1) as f64;
    let length = profile.iter().map(|value| (value - mean) * (value - mean)).sum::<f64>().sqrt();
    let varies = profile.iter().any(|value| *value != profile[0]);
    (varies && length > 0.0).then(|| profile.iter().map(|value| (value - mean) / length).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::Silent;
    use crate::qc::correlation::pearson;

    #[test]
    fn the_nearest_are_those_of_brute_force() {
        let draw = |i: usize| ((i * 7919 + 13) % 1009) as f64 / 1009.0;
        let profiles: Vec<Vec<f64>> =
            (0..300).map(|row| (0..9).map(|k| draw(row * 31 + k * k * 17)).collect()).collect();
        let names: Vec<String> = (0..300).map(|row| format!("p{}", row / 3)).collect();
        let person: Vec<&str> = names.iter().map(String::as_str).collect();
        let found = nearest(&profiles, &person, &Silent);
        for row in [0, 1, 150, 255, 256, 299] {
            for (same, found) in [(true, found[row].0), (false, found[row].1)] {
                let others = (0..300).filter(|&other| other != row && (person[other] == person[row]) == same);
                let best = others.map(|other| pearson(&profiles[row], &profiles[other]).unwrap()).fold(-2.0, f64::max);
                let (other, r) = found.unwrap();
                assert!((r - best).abs() < 1e-12);
                assert!((pearson(&profiles[row], &profiles[other]).unwrap() - best).abs() < 1e-12);
            }
        }
        assert_eq!(nearest(&[vec![1.0, 1.0], vec![1.0, 2.0]], &["a", "b"], &Silent), [(None, None); 2]);
    }
}
