//! The mathematics: matrices and numbers, no data frames, no files.
//!
//! A [`design::Design`] is named, finite and of full rank by construction, so that no fit ever meets a NaN or a
//! collinear column; [`fit`] makes estimates of it, [`covariance`] their uncertainty, [`inference`] the test,
//! [`influence`] what one participant does to it, and [`multiplicity`] what many tests do to each other.

pub mod covariance;
pub mod descriptive;
pub mod design;
pub mod factor;
pub mod fit;
pub mod grid;
pub mod inference;
pub mod influence;
pub mod multiplicity;
pub mod normalization;
pub mod proportion;
pub mod random;
pub mod robust_pca;
pub mod tails;
