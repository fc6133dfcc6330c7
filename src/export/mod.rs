//! What leaves the study's outputs in another form, when asked: a description of a run that other programs read.

pub mod ro_crate;
