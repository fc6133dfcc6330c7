//! Reading pipeline.yaml: text, places, overrides, the literal mirror, and the plan that follows from it.
//!
//! Nothing here runs a stage or touches the cache. Every problem of the file is collected before anything is reported.

pub mod about;
pub mod complaint;
pub mod file;
pub mod overrides;
pub mod paths;
pub mod places;
mod plan;
pub mod prune;
pub mod resolve;
mod results;
mod shape;
pub mod shared;
pub mod sources;
pub mod stages;
pub mod tree;
pub mod words;
pub mod yaml;

pub use plan::{Options, Plan};
pub use resolve::{load, outputs, survey};
pub use yaml::{Spot, Yaml};
