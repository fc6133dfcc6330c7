//! What the covariates leave of a column, as a direction and a length.

use crate::statistics::factor::RANK_TOLERANCE;
use crate::statistics::product::dot;

/// A column orthogonal to the covariates with length one, and the length it had.
pub struct Residual {
    /// One per row, of length one together; all zero where the covariates explain the column.
    pub values: Vec<f64>,
    pub length: f64,
}

impl Residual {
    /// What the columns of the orthonormal `basis` leave of a column; zeros where that is only rounding.
    ///
    /// METHOD: projected twice, after which nothing of the basis is left to rounding.
    pub fn of(basis: &[Vec<f64>], column: &[f64]) -> Self {
        let mut values = column.to_vec();
        for _ in 0..2 {
            let coordinates: Vec<f64> = basis.iter().map(|q| dot(q, &values)).collect();
            for (q, coordinate) in basis.iter().zip(coordinates) {
                values.iter_mut().zip(q).for_each(|(value, q)| *value -= coordinate * q);
            }
        }
        let length = dot(&values, &values).sqrt();
        if length > RANK_TOLERANCE * dot(column, column).sqrt() {
            values.iter_mut().for_each(|value| *value /= length);
            Residual { values, length }
        } else {
            Residual { values: vec![0.0; column.len()], length: 0.0 }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_is_orthogonal_however_little_it_is() {
        let basis = vec![vec![0.5; 4], vec![0.5, -0.5, 0.5, -0.5]];
        let left = Residual::of(&basis, &[1e6 + 1e-2, 1e6, 1e6 - 1e-2, 1e6]);
        assert!(basis.iter().all(|q| dot(q, &left.values).abs() < 1e-16));
        assert!((left.length - 2e-4_f64.sqrt()).abs() < 1e-9 && (dot(&left.values, &left.values) - 1.0).abs() < 1e-15);
        assert_eq!(Residual::of(&basis, &[3.1, 2.2, 3.1, 2.2]).length, 0.0);
        assert_eq!(Residual::of(&basis, &[0.0; 4]).values, [0.0; 4]);
    }
}
