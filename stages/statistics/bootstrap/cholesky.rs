//! The Cholesky root of a small matrix, packed: the covariates' cross-products in one resample.

use crate::statistics::product::dot;

/// A pivot counts as zero below this share of a column's squared length.
///
/// METHOD: cross-products lose half of the digits, so that 1e-10 here is 1e-5 of a length; a resample whose covariates
/// are that close to collinear gives a replicate without meaning, and is refused. A pivot that is zero in exact
/// arithmetic comes out near 1e-15.
pub const PIVOT_TOLERANCE: f64 = 1e-10;

/// Whether a pivot is more than rounding, for a column with squared length `length` in the resample and 1 in the
/// sample.
///
/// METHOD: the length in the sample counts too, or a column that only an absent row fills would be judged by the
/// rounding errors that are left of it.
pub fn is_sound(pivot: f64, length: f64) -> bool {
    pivot > PIVOT_TOLERANCE * length.max(1.0)
}

/// Replaces the lower triangle of a q × q matrix, packed by rows, with its root L, `LLᵀ = A`; false where a pivot
/// fails.
///
/// Columns have length one in the sample, so that [`is_sound`] can judge them.
pub fn factor(packed: &mut [f64]) -> bool {
    let mut start = 0;
    for k in 0.. {
        let (above, rest) = packed.split_at_mut(start);
        let Some(row) = rest.get_mut(..=k) else { return true };
        solve(above, &mut row[..k]);
        let length = row[k];
        let pivot = length - dot(&row[..k], &row[..k]);
        if !is_sound(pivot, length) {
            return false;
        }
        row[k] = pivot.sqrt();
        start += k + 1;
    }
    true
}

/// Replaces `b` with `L⁻¹ b`.
pub fn solve(root: &[f64], b: &mut [f64]) {
    let mut start = 0;
    for k in 0..b.len() {
        let row = &root[start..=start + k];
        b[k] = (b[k] - dot(&row[..k], &b[..k])) / row[k];
        start += k + 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_root_times_itself_is_the_matrix_and_a_solution_solves() {
        let mut packed = [4.0, 2.0, 5.0, -2.0, 1.0, 6.0];
        assert!(factor(&mut packed));
        assert_eq!(packed, [2.0, 1.0, 2.0, -1.0, 1.0, 2.0]);
        let mut b = [2.0, 5.0, 7.0];
        solve(&packed, &mut b);
        assert_eq!(b, [1.0, 2.0, 3.0]);
    }

    #[test]
    fn dependent_absent_and_undefined_columns_are_refused() {
        assert!(!factor(&mut [1.0, 1.0, 1.0]));
        assert!(!factor(&mut [1.0, 0.0, 0.0]));
        assert!(!factor(&mut [1.0, 1e-17, 1e-30]));
        assert!(!factor(&mut [1.0, f64::NAN, 1.0]));
        assert!(factor(&mut [30.0, 0.0, 1e-4]));
    }
}
