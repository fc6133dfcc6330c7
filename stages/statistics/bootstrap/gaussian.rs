//! Least-squares refits of many tests in many resamples, by one matrix product.
//!
//! Tests that share rows, outcome and covariates form a [`Group`]. What a refit needs of a resample are weighted
//! cross-products, and those are linear in the counts: products of columns, computed once per row, times counts.
//! It gives the estimate alone, not its standard error, which no limit here asks for.

use faer::linalg::matmul::matmul;
use faer::{Accum, Mat, Par};
use rayon::prelude::*;

use super::BootstrapError;
use super::cholesky::{factor, is_sound, solve};
use super::resamples::Resamples;
use super::residual::Residual;
use crate::statistics::design::Design;
use crate::statistics::product::dot;

/// Draws that are computed together, the last ones too: so no sum depends on the number of threads or of draws.
const BATCH: usize = 64;
/// Tests that are computed together, so that the products of a batch stay in cache.
const BLOCK: usize = 64;

/// Tests of one predictor each, on the same rows, outcome and covariates.
#[derive(Debug, Clone)]
pub struct Group {
    n: usize,
    /// The number of covariate columns q, the intercept among them.
    covariates: usize,
    /// Products of the covariates' basis with itself (packed lower triangle) and with y: q(q + 3)/2 × n.
    shared: Mat<f64>,
    blocks: Vec<Block>,
}

/// Some tests' products: of x with the basis, with itself and with y; (q + 2) rows a test.
#[derive(Debug, Clone)]
struct Block {
    products: Mat<f64>,
    /// From unit columns to the units of the coefficient, one per test; none where x is a combination of covariates.
    scales: Vec<Option<f64>>,
}

impl Group {
    /// Prepares the tests of `y` on each of the `predictors`, `y = Zγ + xβ`, with `covariates` the design Z.
    ///
    /// `y` and each predictor have one finite value per row of the design. Z is replaced with an orthonormal basis, and
    /// y and every x with what the covariates leave of them in the sample. METHOD: that changes no estimate, under any
    /// weights: Z stays in the model, and `y − Zg` and `x − Zh` move the coefficients of Z, never that of x. It keeps
    /// the cross-products well-conditioned, which they are not where a mean is many standard deviations from zero.
    pub fn new(covariates: &Design, y: &[f64], predictors: &[Vec<f64>]) -> Result<Self, BootstrapError> {
        let n = covariates.n();
        for column in predictors.iter().map(Vec::as_slice).chain([y]) {
            if column.len() != n {
                return Err(BootstrapError::RowsDiffer { found: column.len(), expected: n });
            }
            if column.iter().any(|value| !value.is_finite()) {
                return Err(BootstrapError::NotFinite);
            }
        }
        let basis: Vec<Vec<f64>> =
            covariates.factor().basis.col_iter().map(|column| column.iter().copied().collect()).collect();
        let outcome = Residual::of(&basis, y);
        let block = |predictors: &[Vec<f64>]| Block::new(&basis, &outcome, predictors);
        Ok(Group {
            n,
            covariates: basis.len(),
            shared: shared_products(&basis, &outcome.values),
            blocks: predictors.chunks(BLOCK).map(block).collect(),
        })
    }

    /// The coefficient of every predictor in every resample: by predictor, then by draw; none where the refit failed.
    ///
    /// `β = (x'Wy − u'v)/(x'Wx − u'u)` with W the counts, `LL' = Q'WQ`, `u = L⁻¹Q'Wx` and `v = L⁻¹Q'Wy`: a product of
    /// counts and columns, a Cholesky root per draw and q² per test. METHOD: a refit fails where less than 1e-10 of the
    /// squared length of x or of a covariate is its own in the resample: a level that nobody drawn has, for example. It
    /// does not where y is constant in the resample: the estimate is zero then.
    pub fn refits(&self, resamples: &Resamples) -> Result<Vec<Vec<Option<f64>>>, BootstrapError> {
        if resamples.n() != self.n {
            return Err(BootstrapError::RowsDiffer { found: resamples.n(), expected: self.n });
        }
        let drawn = |batch: usize| (0..BATCH).map(|draw| resamples.counts(batch * BATCH + draw)).collect::<Vec<_>>();
        let batches: Vec<Vec<Vec<Option<f64>>>> =
            (0..resamples.draws.div_ceil(BATCH)).into_par_iter().map(|batch| self.under(&drawn(batch))).collect();
        let tests = self.blocks.iter().map(|block| block.scales.len()).sum();
        let of_test = |test: usize| batches.iter().flat_map(move |batch| &batch[test]).take(resamples.draws);
        Ok((0..tests).map(|test| of_test(test).copied().collect()).collect())
    }

    /// The coefficients under each of these counts: by test, then by counts.
    pub(super) fn under(&self, drawn: &[Vec<f64>]) -> Vec<Vec<Option<f64>>> {
        let counts = Mat::from_fn(self.n, drawn.len(), |row, draw| drawn[draw][row]);
        let shared = multiply(&self.shared, &counts);
        let covariates: Vec<Option<Covariates>> =
            (0..drawn.len()).map(|draw| Covariates::new(column(&shared, draw), self.covariates)).collect();
        self.blocks.iter().flat_map(|block| block.refits(&counts, &covariates)).collect()
    }
}

impl Block {
    fn new(basis: &[Vec<f64>], outcome: &Residual, predictors: &[Vec<f64>]) -> Self {
        let height = basis.len() + 2;
        let residuals: Vec<Residual> = predictors.iter().map(|x| Residual::of(basis, x)).collect();
        let product = |place: usize, row: usize| {
            let x = &residuals[place / height].values;
            let other = match place % height {
                k if k < basis.len() => &basis[k],
                k if k == basis.len() => x,
                _ => &outcome.values,
            };
            x[row] * other[row]
        };
        let scale = |x: &Residual| (x.length > 0.0).then(|| outcome.length / x.length);
        Block {
            products: Mat::from_fn(height * predictors.len(), outcome.values.len(), product),
            scales: residuals.iter().map(scale).collect(),
        }
    }

    /// The coefficients of these tests in a batch: by test, then by draw.
    fn refits(&self, counts: &Mat<f64>, covariates: &[Option<Covariates>]) -> Vec<Vec<Option<f64>>> {
        let products = multiply(&self.products, counts);
        let mut refits = vec![Vec::with_capacity(covariates.len()); self.scales.len()];
        for (draw, covariates) in covariates.iter().enumerate() {
            let mut column = column(&products, draw);
            let tests = column.chunks_exact_mut(products.nrows() / self.scales.len().max(1));
            for ((refits, scale), test) in refits.iter_mut().zip(&self.scales).zip(tests) {
                let coefficient = covariates.as_ref().and_then(|covariates| covariates.coefficient(test));
                refits.push(scale.and_then(|scale| Some(scale * coefficient?)));
            }
        }
        refits
    }
}

/// What a draw's refits share: the root L of `Q'WQ`, and `v = L⁻¹Q'Wy`.
struct Covariates {
    root: Vec<f64>,
    outcome: Vec<f64>,
}

impl Covariates {
    /// Takes the shared products of a draw; none where its covariates are collinear.
    fn new(mut root: Vec<f64>, covariates: usize) -> Option<Self> {
        let mut outcome = root.split_off(root.len() - covariates);
        if !factor(&mut root) {
            return None;
        }
        solve(&root, &mut outcome);
        Some(Covariates { root, outcome })
    }

    /// The coefficient between unit columns, from a test's products (which it overwrites).
    fn coefficient(&self, test: &mut [f64]) -> Option<f64> {
        let (cross, own) = test.split_at_mut_checked(self.outcome.len())?;
        let [square, with_outcome] = own else { return None };
        solve(&self.root, cross);
        let pivot = *square - dot(cross, cross);
        let coefficient = (*with_outcome - dot(cross, &self.outcome)) / pivot;
        (is_sound(pivot, *square) && coefficient.is_finite()).then_some(coefficient)
    }
}

/// The products `q_k q_l` for l ≤ k, then `q_k y`: one column per row of the sample.
fn shared_products(basis: &[Vec<f64>], y: &[f64]) -> Mat<f64> {
    let pairs = (0..basis.len()).flat_map(|k| (0..=k).map(move |l| (&basis[k][..], &basis[l][..])));
    let pairs: Vec<(&[f64], &[f64])> = pairs.chain(basis.iter().map(|q| (&q[..], y))).collect();
    Mat::from_fn(pairs.len(), y.len(), |pair, row| pairs[pair].0[row] * pairs[pair].1[row])
}

fn multiply(products: &Mat<f64>, counts: &Mat<f64>) -> Mat<f64> {
    let mut sums = Mat::zeros(products.nrows(), counts.ncols());
    matmul(&mut sums, Accum::Replace, products, counts, 1.0, Par::Seq);
    sums
}

fn column(matrix: &Mat<f64>, index: usize) -> Vec<f64> {
    matrix.col(index).iter().copied().collect()
}
