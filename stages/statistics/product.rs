//! Products of lists of numbers.

/// `Σ aᵢ bᵢ` from left to right.
pub fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}
