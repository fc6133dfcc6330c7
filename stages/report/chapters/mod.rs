//! The chapters of the page, in the order in which they are read; each file fills one chapter of the template.

pub mod agreement;
mod alone;
mod dropped;
pub mod answer;
pub mod asked;
pub mod certainty;
pub mod flow;
pub mod found;
pub mod improvement;
mod injections;
pub mod multiverse;
mod numbers;
pub mod own;
pub mod people;
pub mod prediction;
pub mod provenance;
pub mod quality;
mod repeatability;
pub mod reviewed;
mod twins;

use super::words::spaced;
