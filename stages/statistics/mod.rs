//! The mathematics: matrices and numbers, no data frames, no files.

pub mod grid;
pub mod descriptive;
pub mod tails;
pub mod normalization;
pub mod proportion;
pub mod robust_pca;
