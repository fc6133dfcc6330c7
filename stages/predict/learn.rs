//! The learner: linfa's least squares on a design that is known to be sound.

use linfa::DatasetBase;
use linfa::traits::{Fit, Predict};
use linfa_linear::LinearRegression;
use ndarray::{Array1, Array2};

use crate::statistics::design::Design;

/// Predicts one new row from a training design and its outcome; none where the learner gives no finite number.
///
/// linfa centres nothing and scales nothing, so the columns are brought to unit length first, which leaves the
/// prediction as it is and the arithmetic better. The intercept is linfa's own.
pub fn predict(design: &Design, y: &[f64], row: &[f64]) -> Option<f64> {
    let (matrix, p) = (design.matrix(), design.rank() - 1);
    if p == 0 {
        return Some(y.iter().sum::<f64>() / y.len() as f64);
    }
    let lengths: Vec<f64> = (1..=p).map(|j| matrix.col(j).norm_l2()).collect();
    let records = Array2::from_shape_fn((design.n(), p), |(i, j)| matrix[(i, j + 1)] / lengths[j]);
    let dataset = DatasetBase::new(records, Array1::from(y.to_vec()));
    let model = LinearRegression::default().fit(&dataset).ok()?;
    let new = Array2::from_shape_fn((1, p), |(_, j)| row[j + 1] / lengths[j]);
    let predicted: Array1<f64> = model.predict(&new);
    predicted.first().copied().filter(|value| value.is_finite())
}
