//! Covariance robust to dependence within clusters, and the degrees of freedom of robust variances.
//!
//! A heteroscedasticity-consistent covariance is the case of one observation per cluster, so one file serves both: HC2
//! is CR2, and HC3 is CR3, of singletons.

use faer::{Mat, Side};

use super::covariance::Covariance;
use super::fit::Fit;

/// A robust variance of one coefficient with its degrees of freedom.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Robust {
    pub variance: f64,
    /// Satterthwaite's, under the model's own working covariance.
    pub df: f64,
}

/// Why a robust variance is undefined.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ClusterError {
    #[error("one cluster alone")]
    OneCluster,
    #[error("observation {observation} alone determines a coefficient (leverage 1)")]
    Leverage { observation: usize },
}

/// The robust variance of every coefficient.
///
/// `clusters` has a code per observation. With A the pseudo-inverse and e the working residuals by cluster g:
/// `Σ_g (A_g B_g e_g)²`; CR0 `B = I`; CR1 CR0 times G/(G − 1); CR2 `B_g = (V (I − H_gg) V)^−½ V` with V the family's
/// variances, by the pseudo-inverse root, `(I − H_gg)^−½` for least squares; CR3 `(I − H_gg)⁻¹`. Satterthwaite's df: with
/// v_g = B_gᵀ A_gᵀ and `P_gh = v_gᵀ (I − H)_gh v_h`, `(Σ P_gg)² / Σ P_gh²`.
/// Sources: Bell and McCaffrey 2002; Pustejovsky and Tipton 2018, 10.1080/07350015.2016.1247004; Imbens and Kolesár
/// 2016, 10.1162/REST_a_00552.
pub fn robust(
    fit: &Fit,
    hat: &dyn Fn(usize, usize) -> f64,
    clusters: &[usize],
    kind: Covariance,
) -> Result<Vec<Robust>, ClusterError> {
    let groups = groups(clusters);
    if groups.len() < 2 {
        return Err(ClusterError::OneCluster);
    }
    let blocks =
        groups.iter().map(|rows| correction(rows, hat, &fit.variances, kind)).collect::<Result<Vec<_>, _>>()?;
    let g = groups.len() as f64;
    let factor = if kind == Covariance::Cr1 { g / (g - 1.0) } else { 1.0 };
    let of_term = |term: usize| {
        // v_g = B_gᵀ A_gᵀ: one weight per observation.
        let mut weights = vec![0.0; fit.working.len()];
        for (rows, block) in groups.iter().zip(&blocks) {
            for (i, row) in rows.iter().enumerate() {
                weights[*row] =
                    rows.iter().enumerate().map(|(j, other)| block[(j, i)] * fit.pseudo_inverse[(term, *other)]).sum();
            }
        }
        let sums = groups.iter().map(|rows| rows.iter().map(|row| weights[*row] * fit.working[*row]).sum::<f64>());
        Robust { variance: factor * sums.map(|sum| sum * sum).sum::<f64>(), df: satterthwaite(&groups, &weights, hat) }
    };
    Ok((0..fit.coefficients.len()).map(of_term).collect())
}

/// The observations of each cluster, in the order of the codes.
fn groups(clusters: &[usize]) -> Vec<Vec<usize>> {
    let mut by_code: std::collections::BTreeMap<usize, Vec<usize>> = std::collections::BTreeMap::new();
    for (row, code) in clusters.iter().enumerate() {
        by_code.entry(*code).or_default().push(row);
    }
    by_code.into_values().collect()
}

/// B_g: what the residuals of a cluster are multiplied by.
///
/// METHOD: of the roots that make CR2 unbiased under the working model, that of Pustejovsky and Tipton.
fn correction(
    rows: &[usize],
    hat: &dyn Fn(usize, usize) -> f64,
    variances: &[f64],
    kind: Covariance,
) -> Result<Mat<f64>, ClusterError> {
    let power = match kind {
        Covariance::Cr2 | Covariance::Hc2 => -0.5,
        Covariance::Hc3 => -1.0,
        _ => return Ok(Mat::identity(rows.len(), rows.len())),
    };
    let m = rows.len();
    let variance = |i: usize| if power == -0.5 { variances[rows[i]] } else { 1.0 };
    let free = |i: usize, j: usize| f64::from(u8::from(i == j)) - hat(rows[i], rows[j]);
    let leverage = ClusterError::Leverage { observation: rows[0] };
    // A direction that the model fits exactly has no residual; singletons have no other, so there it is an error.
    if m == 1 && free(0, 0) < 1e-10 {
        return Err(leverage);
    }
    let scaled = Mat::from_fn(m, m, |i, j| variance(i) * free(i, j) * variance(j));
    let eigen = scaled.self_adjoint_eigen(Side::Lower).map_err(|_| leverage)?;
    let (vectors, values) = (eigen.U(), eigen.S());
    let least = 1e-10 * (0..m).map(|k| values[k]).fold(0.0, f64::max);
    let root = |value: f64| if value <= least { 0.0 } else { libm::pow(value, power) };
    let scales: Vec<f64> = (0..m).map(|k| root(values[k])).collect();
    let product = |i: usize, j: usize| (0..m).map(|k| vectors[(i, k)] * scales[k] * vectors[(j, k)]).sum::<f64>();
    Ok(Mat::from_fn(m, m, |i, j| product(i, j) * variance(j)))
}

fn satterthwaite(groups: &[Vec<usize>], weights: &[f64], hat: &dyn Fn(usize, usize) -> f64) -> f64 {
    let (mut trace, mut squares) = (0.0, 0.0);
    for (g, rows) in groups.iter().enumerate() {
        for (h, others) in groups.iter().enumerate().skip(g) {
            let mut product = 0.0;
            for i in rows {
                for j in others {
                    let free = f64::from(u8::from(i == j)) - hat(*i, *j);
                    product += weights[*i] * free * weights[*j];
                }
            }
            if g == h {
                trace += product;
                squares += product * product;
            } else {
                squares += 2.0 * product * product;
            }
        }
    }
    trace * trace / squares
}
