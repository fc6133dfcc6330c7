//! The science of ketascreen: tables in, tables out, nothing of files, clocks or terminals.
//!
//! The reading order is the order of the analysis: what the study's files hold ([`ingest`]), what of it can be trusted
//! ([`qc`]), metabolites on the scale of the analysis ([`normalize`]) with the clinical outcomes beside them
//! ([`outcomes`]), every metabolite against every outcome ([`screen`]), whether that predicts a participant not seen
//! ([`predict`]), and the page that people read ([`report`]). [`sweep`] asks what other settings would
//! have given. [`contract`] holds the words they share, [`statistics`]
//! the mathematics, [`cohort`] the synthetic study that the program carries with it.

pub mod contract;
pub mod statistics;
pub mod study;
pub mod laboratory;

pub mod ingest;
pub mod qc;
pub mod normalize;
pub mod outcomes;
pub mod screen;
pub mod predict;
pub mod report;

pub mod sweep;

pub mod cohort;
