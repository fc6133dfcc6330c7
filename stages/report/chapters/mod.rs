//! The chapters of the page, in the order in which they are read; each file fills one chapter of the template.

pub mod agreement;
pub mod answer;
pub mod asked;
pub mod certainty;
pub mod found;
pub mod improvement;
pub mod people;
pub mod prediction;
pub mod provenance;
pub mod quality;

/// Text from a name of the study's configuration.
pub fn spaced(name: &str) -> String {
    name.replace('_', " ")
}
