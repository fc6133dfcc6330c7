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

impl Slope<'_> {
    fn count(&self, row: usize) -> f64 {
        self.counts.map_or(1.0, |counts| counts[row])
    }

    /// Everything at these coordinates; none where a mean leaves its range or the information is singular.
    pub(super) fn place(&self, coordinates: Vec<f64>) -> Option<Place> {
        let eta = self.predictor(&coordinates);
        let means = eta.iter().map(|eta| self.link.mean(*eta)).collect::<Option<Vec<Mean>>>()?;
        let (mut score, mut weights, mut deviance) = (Vec::new(), Vec::new(), 0.0);
        for (row, (y, mean)) in self.y.iter().zip(&means).enumerate() {
            let per_mean = mean.slope / self.family.variance(mean);
            score.push(self.family.residual(*y, mean) * per_mean);
            weights.push(mean.slope * per_mean);
            let count = self.count(row);
            if count > 0.0 {
                deviance += count * self.family.deviance(*y, mean);
            }
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
        for (column, coordinate) in self.basis.col_iter().zip(coordinates) {
            eta.iter_mut().zip(column.iter()).for_each(|(eta, q)| *eta += q * coordinate);
        }
        eta
    }

    /// `Qᵀ diag(w) Q`, by rows.
    pub(super) fn information(&self, weights: &[f64]) -> Vec<f64> {
        let p = self.basis.ncols();
        let mut matrix = vec![0.0; p * p];
        for i in 0..p {
            let weighted: Vec<f64> =
                self.basis.col(i).iter().enumerate().map(|(row, q)| q * weights[row] * self.count(row)).collect();
            for j in 0..=i {
                let sum: f64 = self.basis.col(j).iter().zip(&weighted).map(|(a, b)| a * b).sum();
                matrix[i * p + j] = sum;
                matrix[j * p + i] = sum;
            }
        }
        matrix
    }

    /// `Qᵀ s`, and where penalized `½ Σ hᵢ (d log wᵢ/dηᵢ) qᵢ` more, with h the leverages.
    fn gradient(&self, score: &[f64], weights: &[f64], means: &[Mean], information: &Cholesky) -> Vec<f64> {
        let pull = |row: usize| {
            let own = score[row];
            let penalty = if self.penalized { self.penalty(row, weights[row], &means[row], information) } else { 0.0 };
            self.count(row) * (own + penalty)
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
        self.basis.col_iter().map(|column| column.iter().zip(eta).map(|(q, e)| q * e).sum()).collect()
    }
}
