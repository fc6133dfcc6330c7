//! The settings of normalize: the recipe itself, since predict fits the same recipe inside each fold.

pub use crate::statistics::normalization::Recipe as Params;
