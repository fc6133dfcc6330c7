//! Whether a likelihood has a top: complete and quasi-complete separation, found before the climb.
//!
//! For a yes-or-no outcome, and for counts of zero, the likelihood may rise for ever along a direction δ of the
//! coefficients: xᵢᵀδ ≥ 0 for every success, ≤ 0 for every failure (≤ 0 for every zero count, 0 for every other), not
//! all 0. By Stiemke's theorem there is none exactly when strictly positive weights balance the rows. So the question is
//! a non-negative least-squares problem, whose residual is such a direction where one exists.

use faer::Mat;

use super::cholesky::Cholesky;
use super::product::dot;

/// What separates an outcome.
#[derive(Debug, Clone, PartialEq)]
pub struct Separation {
    /// The direction of recession in the coordinates of the basis, of unit length.
    pub direction: Vec<f64>,
    /// Whether every row lies strictly on its own side (complete), or some lie between (quasi-complete).
    pub complete: bool,
}

/// Looks for separation.
///
/// `basis` is n × p with orthonormal columns; `edges` says for each row whether the outcome lies at the lower (−1) or
/// upper (1) edge of the mean's range or inside (0). METHOD: v ≥ 0 minimizing ‖Σ (1 + vᵢ) sᵢ qᵢ‖, by Lawson and Hanson's
/// active sets; a residual longer than 1e-7 of the rows' total length is a direction of recession. Source: Albert and
/// Anderson 1984, 10.1093/biomet/71.1.1; Konis 2007 (the linear program that this replaces); Correia, Guimarães and
/// Zylkin 2019 (counts).
pub fn separation(basis: &Mat<f64>, edges: &[i8]) -> Option<Separation> {
    let rows = |keep: &dyn Fn(i8) -> bool| -> Vec<Vec<f64>> {
        let kept = (0..basis.nrows()).filter(|row| keep(edges[*row]));
        let signed = |row: usize, j: usize| basis[(row, j)] * if edges[row] < 0 { -1.0 } else { 1.0 };
        kept.map(|row| (0..basis.ncols()).map(|j| signed(row, j)).collect()).collect()
    };
    // Rows inside the range forbid every direction that moves them: what is left is orthogonal to them.
    let inside = orthonormal(rows(&|edge| edge == 0), basis.ncols());
    if inside.len() == basis.ncols() {
        return None;
    }
    let at_edge: Vec<Vec<f64>> = rows(&|edge| edge != 0).into_iter().map(|row| without(row, &inside)).collect();
    let movable: Vec<Vec<f64>> = at_edge.iter().filter(|row| length(row) > 1e-9).cloned().collect();
    let total: Vec<f64> = (0..basis.ncols()).map(|j| movable.iter().map(|row| row[j]).sum()).collect();
    let size = movable.iter().map(|row| length(row)).sum();
    let residual = balance(&movable, &total, size)?;
    let direction = residual.iter().map(|x| x / length(&residual)).collect();
    let complete = inside.is_empty() && movable.len() == at_edge.len() && is_complete(&movable);
    Some(Separation { direction, complete })
}

/// Whether some direction has every row strictly on its own side: exactly where no weights, not all zero, balance the
/// rows (Gordan's theorem).
fn is_complete(rows: &[Vec<f64>]) -> bool {
    let lifted: Vec<Vec<f64>> =
        rows.iter().map(|row| row.iter().map(|x| x / length(row)).chain([1.0]).collect()).collect();
    let mut base = vec![0.0; lifted.first().map_or(1, Vec::len)];
    if let Some(last) = base.last_mut() {
        *last = -1.0;
    }
    balance(&lifted, &base, 1.0).is_some()
}

/// The shortest `base + Σ vᵢ rᵢ` with v ≥ 0, where it is longer than 1e-7 of `size`; its product with every row is then
/// at least 0.
fn balance(rows: &[Vec<f64>], base: &[f64], size: f64) -> Option<Vec<f64>> {
    let p = base.len();
    let mut weights = vec![0.0; rows.len()];
    let mut active: Vec<usize> = Vec::new();
    for _ in 0..10 * (rows.len() + p) {
        let residual = sum(rows, &weights, base);
        if length(&residual) <= 1e-7 * size {
            return None;
        }
        // A row against which the residual points helps when its weight grows.
        let gain = |i: usize| -dot(&rows[i], &residual) / length(&rows[i]);
        let idle = (0..rows.len()).filter(|i| !active.contains(i));
        let best = idle.max_by(|a, b| gain(*a).total_cmp(&gain(*b)).then(b.cmp(a)));
        match best.filter(|i| gain(*i) > 1e-10 * length(&residual)) {
            Some(i) if active.len() < p => active.push(i),
            _ => return Some(residual),
        }
        settle(rows, &mut weights, &mut active, base);
    }
    None
}

/// `base + Σ vᵢ rᵢ`.
fn sum(rows: &[Vec<f64>], weights: &[f64], base: &[f64]) -> Vec<f64> {
    let mut total = base.to_vec();
    for (row, weight) in rows.iter().zip(weights).filter(|(_, weight)| **weight != 0.0) {
        total.iter_mut().zip(row).for_each(|(t, r)| *t += weight * r);
    }
    total
}

/// Brings the active weights to their least-squares values, dropping those that would turn negative.
fn settle(rows: &[Vec<f64>], weights: &mut [f64], active: &mut Vec<usize>, base: &[f64]) {
    while !active.is_empty() {
        let m = active.len();
        let gram: Vec<f64> =
            active.iter().flat_map(|i| active.iter().map(|j| dot(&rows[*i], &rows[*j])).collect::<Vec<_>>()).collect();
        let right: Vec<f64> = active.iter().map(|i| -dot(&rows[*i], base)).collect();
        let Some(factor) = Cholesky::new(m, &gram) else {
            // Two active rows point the same way: one of them is enough.
            if let Some(last) = active.pop() {
                weights[last] = 0.0;
            }
            return;
        };
        let target = factor.solve(&right);
        if target.iter().all(|v| *v > 0.0) {
            active.iter().zip(&target).for_each(|(i, v)| weights[*i] = *v);
            return;
        }
        let share = |k: usize| weights[active[k]] / (weights[active[k]] - target[k]);
        let step = (0..m).filter(|k| target[*k] <= 0.0).map(share).fold(1.0, f64::min);
        for (k, i) in active.iter().enumerate() {
            weights[*i] += step * (target[k] - weights[*i]);
        }
        active.retain(|i| {
            let stays = weights[*i] > 1e-14;
            if !stays {
                weights[*i] = 0.0;
            }
            stays
        });
    }
}

/// An orthonormal basis of the space of some rows (modified Gram-Schmidt, twice).
fn orthonormal(rows: Vec<Vec<f64>>, p: usize) -> Vec<Vec<f64>> {
    let mut basis: Vec<Vec<f64>> = Vec::new();
    for row in rows {
        if basis.len() == p {
            break;
        }
        let size = length(&row);
        let rest = without(row, &basis);
        let left = length(&rest);
        if left > 1e-9 * size && left > 0.0 {
            basis.push(rest.iter().map(|x| x / left).collect());
        }
    }
    basis
}

/// A row less its part in a space.
fn without(mut row: Vec<f64>, space: &[Vec<f64>]) -> Vec<f64> {
    for axis in space.iter().chain(space) {
        let part = dot(&row, axis);
        row.iter_mut().zip(axis).for_each(|(x, a)| *x -= part * a);
    }
    row
}

fn length(row: &[f64]) -> f64 {
    dot(row, row).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statistics::design::{Design, Variable};
    use proptest::prelude::*;

    fn design(columns: &[Vec<f64>]) -> Option<Design> {
        let variables: Vec<(String, Variable)> =
            columns.iter().enumerate().map(|(j, x)| (format!("x{j}"), Variable::Numeric(x.clone()))).collect();
        Design::new(columns[0].len(), &variables).ok()
    }

    /// One predictor separates exactly when the two groups' ranges at most touch.
    fn by_ranges(x: &[f64], y: &[i8]) -> (bool, bool) {
        let of = |edge: i8| x.iter().zip(y).filter(move |(_, y)| **y == edge).map(|(x, _)| *x);
        let (low, high) =
            (|edge| of(edge).fold(f64::INFINITY, f64::min), |edge| of(edge).fold(f64::NEG_INFINITY, f64::max));
        let apart = |a: f64, b: f64| (a <= b, a < b);
        let (one, other) = (apart(high(-1), low(1)), apart(high(1), low(-1)));
        (one.0 || other.0, one.1 || other.1)
    }

    proptest! {
        #[test]
        fn one_predictor_separates_as_its_ranges_say(
            pairs in proptest::collection::vec((0..7_i32, proptest::bool::ANY), 4..14),
        ) {
            let x: Vec<f64> = pairs.iter().map(|(x, _)| f64::from(*x) * 1.7 + 40.0).collect();
            let y: Vec<i8> = pairs.iter().map(|(_, yes)| if *yes { 1 } else { -1 }).collect();
            prop_assume!(y.contains(&1) && y.contains(&-1));
            let Some(design) = design(std::slice::from_ref(&x)) else { return Ok(()) };
            let found = separation(&design.factor().basis, &y);
            let (any, complete) = by_ranges(&x, &y);
            prop_assert_eq!(found.is_some(), any, "{:?} {:?}", x, y);
            if let Some(found) = found {
                prop_assert_eq!(found.complete, complete);
                // The direction is one of recession: no row lies on the wrong side of it.
                for (i, edge) in y.iter().enumerate() {
                    let along: f64 = (0..2).map(|j| design.factor().basis[(i, j)] * found.direction[j]).sum();
                    prop_assert!(along * f64::from(*edge) > -1e-9);
                }
            }
        }

        /// Of two predictors every direction is tried: the plane is cut into 3,600 half planes.
        #[test]
        fn two_predictors_separate_as_a_search_of_all_directions_says(
            rows in proptest::collection::vec((-3..4_i32, -3..4_i32, proptest::bool::ANY), 5..12),
        ) {
            let columns = [0, 1].map(|k| {
                rows.iter().map(|row| f64::from(if k == 0 { row.0 } else { row.1 })).collect::<Vec<f64>>()
            });
            let y: Vec<i8> = rows.iter().map(|row| if row.2 { 1 } else { -1 }).collect();
            prop_assume!(y.contains(&1) && y.contains(&-1));
            let Some(design) = design(&columns) else { return Ok(()) };
            let separates = |angle: f64| {
                let along: Vec<f64> = columns[0].iter().zip(&columns[1]).map(|(a, b)| a * angle.cos() + b * angle.sin()).collect();
                let of = |edge: i8| along.iter().zip(&y).filter(move |(_, y)| **y == edge).map(|(x, _)| *x);
                let (high, low) = (of(-1).fold(f64::NEG_INFINITY, f64::max), of(1).fold(f64::INFINITY, f64::min));
                high < low + 1e-9 && along.iter().any(|x| (x - high).abs() > 1e-9)
            };
            // Every direction that can decide is orthogonal to the difference of two points.
            let mut angles: Vec<f64> = (0..3600).map(|k| f64::from(k) * std::f64::consts::PI / 1800.0).collect();
            for i in 0..rows.len() {
                for j in 0..rows.len() {
                    let turn = (columns[1][i] - columns[1][j]).atan2(columns[0][i] - columns[0][j]);
                    angles.extend([turn + std::f64::consts::FRAC_PI_2, turn]);
                }
            }
            let any = angles.into_iter().any(separates);
            prop_assert_eq!(separation(&design.factor().basis, &y).is_some(), any, "{:?}", rows);
        }
    }

    #[test]
    fn counts_separate_where_a_column_lives_among_the_zeros_alone() {
        let x = vec![0.0, 0.0, 0.0, 0.0, 1.0, 1.0];
        let design = design(&[x]).unwrap();
        let basis = &design.factor().basis;
        assert!(separation(basis, &[0, 0, -1, 0, -1, -1]).is_some());
        assert!(separation(basis, &[0, 0, -1, 0, 0, -1]).is_none());
    }
}
