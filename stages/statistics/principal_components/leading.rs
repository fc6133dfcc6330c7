//! The largest eigenvalues of a cross product and their vectors.
//!
//! A small matrix is decomposed whole. A large one is met by Lanczos' iteration with full reorthogonalization, which
//! needs some dozens of products with a vector where the whole decomposition needs thousands.
//! Source: Parlett 1998, 10.1137/1.9781611971163.

use faer::linalg::matmul::matmul;
use faer::{Accum, Col, ColRef, Mat, Par, Side};
use rayon::prelude::*;

use crate::statistics::random::Stream;

/// Up to this size the whole decomposition is as quick.
const SMALL: usize = 160;
/// Columns that one task multiplies; fixed, so that the threads do not change the order of any sum.
const BLOCK: usize = 128;
/// The most products with a vector.
const MOST: usize = 600;
/// Every so many steps the pairs are looked at.
const LOOK: usize = 20;

/// An eigenvalue and its vector of length one.
pub struct Eigenpair {
    pub value: f64,
    pub vector: Vec<f64>,
}

/// `XᵀX` of n × p, p × p.
pub fn cross_product(values: &Mat<f64>) -> Mat<f64> {
    let p = values.ncols();
    let starts: Vec<usize> = (0..p).step_by(BLOCK).collect();
    let pairs: Vec<(usize, usize)> =
        starts.iter().flat_map(|&i| starts.iter().filter(move |&&j| j <= i).map(move |&j| (i, j))).collect();
    let size = |start: usize| BLOCK.min(p - start);
    let product = |&(i, j): &(usize, usize)| {
        let (left, right) = (values.subcols(i, size(i)), values.subcols(j, size(j)));
        let mut block = Mat::zeros(left.ncols(), right.ncols());
        matmul(&mut block, Accum::Replace, left.transpose(), right, 1.0, Par::Seq);
        block
    };
    let blocks: Vec<Mat<f64>> = pairs.par_iter().map(product).collect();
    let mut cross = Mat::zeros(p, p);
    for (&(i, j), block) in pairs.iter().zip(&blocks) {
        cross.submatrix_mut(i, j, block.nrows(), block.ncols()).copy_from(block);
        cross.submatrix_mut(j, i, block.ncols(), block.nrows()).copy_from(block.transpose());
    }
    cross
}

/// The `k` largest eigenvalues of a symmetric matrix with their vectors, the largest first.
pub fn eigenpairs(matrix: &Mat<f64>, k: usize) -> Vec<Eigenpair> {
    if matrix.nrows() <= SMALL { whole(matrix, k) } else { lanczos(matrix, k) }
}

fn whole(matrix: &Mat<f64>, k: usize) -> Vec<Eigenpair> {
    let Ok(eigen) = matrix.self_adjoint_eigen(Side::Lower) else { return Vec::new() };
    let values = eigen.S().column_vector();
    let pair = |at: usize| Eigenpair { value: values[at], vector: eigen.U().col(at).iter().copied().collect() };
    (0..values.nrows()).rev().take(k).map(pair).collect()
}

fn lanczos(matrix: &Mat<f64>, k: usize) -> Vec<Eigenpair> {
    let m = matrix.nrows();
    let mut draw = Stream::new(0, "principal_components/start", 0);
    let start = Col::from_fn(m, |_| draw.normal());
    let mut basis = Mat::zeros(m, MOST.min(m));
    basis.col_mut(0).copy_from(&start / start.norm_l2());
    let (mut diagonal, mut beside): (Vec<f64>, Vec<f64>) = (Vec::new(), Vec::new());
    loop {
        let step = diagonal.len();
        let mut next = product(matrix, basis.col(step));
        diagonal.push(basis.col(step).transpose() * &next);
        // Twice is enough: what one pass leaves of the earlier directions is rounding, and the second takes that.
        for _ in 0..2 {
            let known = basis.subcols(0, step + 1);
            let along = known.transpose() * &next;
            next -= known * along;
        }
        let length = next.norm_l2();
        beside.push(length);
        let taken = step + 1;
        // Nothing is left to look into once the rest is rounding.
        let last = taken == basis.ncols() || length <= 1e-14 * diagonal[0].abs().max(beside[0]);
        if last || (taken >= 2 * LOOK && taken.is_multiple_of(LOOK)) {
            let found = ritz(&basis, &diagonal, &beside, k);
            if last || found.iter().all(|(_, rest)| *rest) {
                return found.into_iter().map(|(pair, _)| pair).collect();
            }
        }
        basis.col_mut(taken).copy_from(&next / length);
    }
}

/// `A v`, each block of rows by one task.
fn product(matrix: &Mat<f64>, vector: ColRef<'_, f64>) -> Col<f64> {
    let m = matrix.nrows();
    let starts: Vec<usize> = (0..m).step_by(BLOCK).collect();
    // The matrix is symmetric: a block of its columns, which lie together, is a block of its rows.
    let part = |&start: &usize| matrix.subcols(start, BLOCK.min(m - start)).transpose() * vector;
    let parts: Vec<Col<f64>> = starts.par_iter().map(part).collect();
    let entries: Vec<f64> = parts.iter().flat_map(|part| part.iter().copied()).collect();
    Col::from_fn(m, |row| entries[row])
}

/// The pairs that the iteration has so far, and whether each is exact to rounding.
fn ritz(basis: &Mat<f64>, diagonal: &[f64], beside: &[f64], k: usize) -> Vec<(Eigenpair, bool)> {
    let steps = diagonal.len();
    let small = Mat::from_fn(steps, steps, |row, column| match row.abs_diff(column) {
        0 => diagonal[row],
        1 => beside[row.min(column)],
        _ => 0.0,
    });
    let pairs = whole(&small, k);
    let largest = pairs.first().map_or(0.0, |pair| pair.value);
    let known = basis.subcols(0, steps);
    let lift = |pair: Eigenpair| {
        let rest = beside[steps - 1] * pair.vector[steps - 1].abs();
        let vector = known * Col::from_fn(steps, |row| pair.vector[row]);
        let size = vector.norm_l2();
        let vector = vector.iter().map(|entry| entry / size).collect();
        (Eigenpair { value: pair.value, vector }, rest <= 1e-13 * largest)
    };
    pairs.into_iter().map(lift).collect()
}
