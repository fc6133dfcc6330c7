//! The mathematics: matrices and numbers, no data frames, no files.
//!
//! A [`design::Design`] is named, finite and of full rank by construction, so that no fit ever meets a NaN or a
//! collinear column; [`fit`] makes estimates of it, [`covariance`] their uncertainty, [`inference`] the test,
//! [`influence`] what one participant does to it, and [`multiplicity`] what many tests do to each other.

pub mod bayes_factor;
pub mod bootstrap;
pub mod cholesky;
pub mod cluster;
pub mod covariance;
pub mod descriptive;
pub mod design;
pub mod equivalence;
pub mod factor;
pub mod family;
pub mod fit;
pub mod gamma;
pub mod glm;
pub mod grid;
pub mod heteroscedasticity;
pub mod incomplete;
pub mod inference;
pub mod influence;
pub mod irls;
pub mod linear_refit;
pub mod lanes;
pub mod link;
pub mod local_regression;
pub mod minimum;
pub mod moderated;
pub mod multiplicity;
pub mod normalization;
pub mod permutation;
pub mod principal_components;
pub mod product;
pub mod profile;
pub mod proportion;
pub mod quadrature;
pub mod random;
pub mod repeatability;
pub mod robust_pca;
pub mod robust_variance_prior;
pub mod separation;
pub mod shape;
pub mod shapiro_wilk;
pub mod smoothing_spline;
pub mod specification_curve;
pub mod spline;
pub mod tails;
pub mod term;
pub mod variance_prior;
pub mod variance_tails;

/// Asserts that two numbers agree to a relative tolerance.
#[cfg(test)]
#[track_caller]
fn close(value: f64, expected: f64, relative: f64) {
    assert!((value / expected - 1.0).abs() < relative, "{value:e} is not {expected:e}");
}
