//! The factorization behind every least-squares fit: a column-scaled, column-pivoted QR.
//!
//! Columns are scaled to unit length first, so that rank is judged on the geometry of the columns and not on their
//! units, and pivoted, so that the last columns of R belong to what is inestimable.

use faer::Mat;
use faer::linalg::solvers::ColPivQr;

/// A column counts as a combination of others when less than this share of its length is new.
pub const RANK_TOLERANCE: f64 = 1e-10;

/// `X = Q R Pᵀ S` with S the column lengths; Q is n × p with orthonormal columns.
#[derive(Debug, Clone)]
pub struct Factor {
    /// Orthonormal basis of the columns, n × p.
    pub basis: Mat<f64>,
    /// `X = Q · root_inverse⁻¹`: p × p, in the order of X's own columns.
    root_inverse: Mat<f64>,
    /// R, p × p: the singular values of the scaled design are its own.
    root: Mat<f64>,
}

/// A column that is a linear combination of others, by index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dependence {
    pub column: usize,
    pub combination: Vec<usize>,
}

impl Factor {
    /// Factors `matrix` (n × p, n ≥ p, finite, no zero column) or names the dependent columns.
    pub fn new(matrix: &Mat<f64>) -> Result<Self, Vec<Dependence>> {
        let p = matrix.ncols();
        let lengths: Vec<f64> = (0..p).map(|j| matrix.col(j).norm_l2()).collect();
        let scaled = Mat::from_fn(matrix.nrows(), p, |i, j| matrix[(i, j)] / lengths[j]);
        let qr = ColPivQr::new(scaled.as_ref());
        let (r, order) = (qr.thin_R().to_owned(), qr.P().arrays().0.to_vec());
        let rank = (0..p).take_while(|&k| r[(k, k)].abs() > RANK_TOLERANCE).count();
        if rank < p {
            return Err((rank..p).map(|k| dependence(&r, &order, rank, k)).collect());
        }
        let inverse = invert_upper(&r);
        let mut root_inverse = Mat::zeros(p, p);
        for (k, &column) in order.iter().enumerate() {
            for l in 0..p {
                root_inverse[(column, l)] = inverse[(k, l)] / lengths[column];
            }
        }
        Ok(Factor { basis: qr.compute_thin_Q(), root_inverse, root: r })
    }

    /// The condition number of the column-scaled design: its largest over its smallest singular value.
    ///
    /// None where the singular values cannot be found.
    pub fn condition(&self) -> Option<f64> {
        let singular = self.root.singular_values().ok()?;
        Some(singular.first()? / singular.last()?).filter(|condition| condition.is_finite())
    }

    /// `Qᵀ y`, the coordinates of y in the basis.
    pub fn coordinates(&self, y: &[f64]) -> Vec<f64> {
        self.basis.col_iter().map(|column| column.iter().zip(y).map(|(q, y)| q * y).sum()).collect()
    }

    /// The coefficients whose fitted values have these coordinates.
    pub fn solve(&self, coordinates: &[f64]) -> Vec<f64> {
        let p = self.root_inverse.nrows();
        (0..p).map(|j| (0..p).map(|k| self.root_inverse[(j, k)] * coordinates[k]).sum()).collect()
    }

    /// The direction of column `term` beside the others, in the coordinates of the basis, over the column's length along
    /// it.
    pub fn direction(&self, term: usize) -> Vec<f64> {
        self.root_inverse.row(term).iter().copied().collect()
    }

    /// `(XᵀX)⁻¹ Xᵀ`, p × n: how each observation moves each coefficient.
    pub fn pseudo_inverse(&self) -> Mat<f64> {
        &self.root_inverse * self.basis.transpose()
    }

    /// `(XᵀX)⁻¹`, p × p.
    pub fn gram_inverse(&self) -> Mat<f64> {
        &self.root_inverse * self.root_inverse.transpose()
    }

    /// The diagonal of the hat matrix `Q Qᵀ`.
    pub fn leverage(&self) -> Vec<f64> {
        (0..self.basis.nrows()).map(|i| self.hat(i, i).min(1.0)).collect()
    }

    /// One element of the hat matrix.
    pub fn hat(&self, i: usize, j: usize) -> f64 {
        (0..self.basis.ncols()).map(|k| self.basis[(i, k)] * self.basis[(j, k)]).sum()
    }
}

/// Column `k` of R as a combination of the first `rank` columns.
fn dependence(r: &Mat<f64>, order: &[usize], rank: usize, k: usize) -> Dependence {
    let mut weights: Vec<f64> = (0..rank).map(|i| r[(i, k)]).collect();
    for i in (0..rank).rev() {
        weights[i] = (weights[i] - (i + 1..rank).map(|j| r[(i, j)] * weights[j]).sum::<f64>()) / r[(i, i)];
    }
    let mut combination: Vec<usize> = (0..rank).filter(|&i| weights[i].abs() > 1e-7).map(|i| order[i]).collect();
    combination.sort_unstable();
    Dependence { column: order[k], combination }
}

fn invert_upper(r: &Mat<f64>) -> Mat<f64> {
    let p = r.ncols();
    let mut inverse = Mat::zeros(p, p);
    for column in 0..p {
        inverse[(column, column)] = 1.0 / r[(column, column)];
        for row in (0..column).rev() {
            let sum: f64 = (row + 1..=column).map(|k| r[(row, k)] * inverse[(k, column)]).sum();
            inverse[(row, column)] = -sum / r[(row, row)];
        }
    }
    inverse
}
