//! One place on a likelihood: everything that follows from the coordinates there.

use super::super::cholesky::Cholesky;
use super::super::link::Mean;
use super::Slope;

/// One point on the way: everything that follows from the coordinates.
pub(super) struct Place {
    pub coordinates: Vec<f64>,
    pub means: Vec<Mean>,
    pub score: Vec<f64>,
    pub weights: Vec<f64>,
    pub information: Cholesky,
    pub gradient: Vec<f64>,
    pub deviance: f64,
    pub objective: f64,
}

/// What stands for the mean of a row that does not count.
const UNCOUNTED: Mean = Mean { value: 0.0, complement: 1.0, slope: 0.0, bend: 0.0 };

impl Slope<'_> {
    fn count(&self, row: usize) -> f64 {
        self.counts.map_or(1.0, |counts| counts[row])
    }

    /// Everything at these coordinates; none where a mean leaves its range or the information is singular.
    pub(super) fn place(&self, coordinates: Vec<f64>) -> Option<Place> {
        let n = self.y.len();
        let (mut means, mut score, mut weights) = (Vec::with_capacity(n), Vec::with_capacity(n), Vec::with_capacity(n));
        let mut deviance = 0.0;
        for (row, (y, eta)) in self.y.iter().zip(self.predictor(&coordinates)).enumerate() {
            let count = self.count(row);
            // A row that does not count is not computed: in a resample that is a third of them.
            let mean = if count > 0.0 { self.link.mean(eta)? } else { UNCOUNTED };
            let per_mean = if count > 0.0 { mean.slope / self.family.variance(&mean) } else { 0.0 };
            score.push(self.family.residual(*y, &mean) * per_mean);
            weights.push(mean.slope * per_mean);
            deviance += if count > 0.0 { count * self.family.deviance(*y, &mean) } else { 0.0 };
            means.push(mean);
        }
        let information = Cholesky::new(self.basis.ncols(), &self.information(&weights))?;
        let objective = if self.penalized { deviance - information.log_det() } else { deviance };
        if !objective.is_finite() {
            return None;
        }
        let gradient = self.gradient(&score, &weights, &means, &information);
        Some(Place { coordinates, means, score, weights, information, gradient, deviance, objective })
    }

    pub(super) fn predictor(&self, coordinates: &[f64]) -> Vec<f64> {
        let mut eta = vec![0.0; self.y.len()];
        for (j, coordinate) in coordinates.iter().enumerate() {
            eta.iter_mut().zip(self.basis.col_as_slice(j)).for_each(|(eta, q)| *eta += q * coordinate);
        }
        eta
    }

    /// `Qᵀ diag(w) Q`, by rows.
    pub(super) fn information(&self, weights: &[f64]) -> Vec<f64> {
        let p = self.basis.ncols();
        let mut matrix = vec![0.0; p * p];
        let counted: Vec<f64> = weights.iter().enumerate().map(|(row, weight)| weight * self.count(row)).collect();
        for i in 0..p {
            let weighted: Vec<f64> =
                self.basis.col_as_slice(i).iter().zip(&counted).map(|(q, weight)| q * weight).collect();
            for j in 0..=i {
                let sum: f64 = self.basis.col_as_slice(j).iter().zip(&weighted).map(|(a, b)| a * b).sum();
                matrix[i * p + j] = sum;
                matrix[j * p + i] = sum;
            }
        }
        matrix
    }

    /// `Qᵀ s`, and where penalized `½ Σ hᵢ (d log wᵢ/dηᵢ) qᵢ` more, with h the leverages.
    fn gradient(&self, score: &[f64], weights: &[f64], means: &[Mean], information: &Cholesky) -> Vec<f64> {
        let pull = |row: usize| {
            let count = self.count(row);
            let penalized = self.penalized && count > 0.0;
            let penalty = if penalized { self.penalty(row, weights[row], &means[row], information) } else { 0.0 };
            count * (score[row] + penalty)
        };
        let pulls: Vec<f64> = (0..self.y.len()).map(pull).collect();
        self.project(&pulls)
    }

    fn penalty(&self, row: usize, weight: f64, mean: &Mean, information: &Cholesky) -> f64 {
        let q: Vec<f64> = (0..self.basis.ncols()).map(|j| self.basis[(row, j)]).collect();
        let leverage = weight * information.forward(&q).iter().map(|x| x * x).sum::<f64>();
        let growth = 2.0 * mean.bend - self.family.variance_growth(mean) * mean.slope;
        0.5 * leverage * growth
    }

    /// `Qᵀ v`.
    pub(super) fn project(&self, eta: &[f64]) -> Vec<f64> {
        let along = |j| self.basis.col_as_slice(j).iter().zip(eta).map(|(q, e)| q * e).sum();
        (0..self.basis.ncols()).map(along).collect()
    }
}
