//! The literal mirror of pipeline.yaml: its keys, their types, nothing else.
//!
//! What a stage's section holds is the stage's own affair (`params.rs` in its folder). Reading the mirror touches no
//! file and no cache.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use super::shared::Cache;
pub use super::stages::Stages;

/// A study's pipeline.yaml: every decision of the analysis in one file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct File {
    /// The study: its words, its seed, its folders.
    pub study: Study,
    /// The stages, in the order of the analysis; one left out is off. Other names are stages of the user's own.
    pub stages: Stages,
    /// The same analysis under other settings: `ketascreen sweep` runs it. Default: none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sweep: Option<::stages::sweep::Params>,
    /// Caches of other studies, whose results are copied instead of made again. Default: none.
    #[serde(default)]
    pub cache: Cache,
}

/// The study: its words, its seed, its folders.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Study {
    /// The report's title.
    pub title: String,
    /// A note that the report shows at its top. Default: none.
    #[serde(default)]
    pub note: String,
    /// Every random draw derives from it, by name, at any number of threads; a whole number from 0 to 2^64 - 1.
    pub seed: u64,
    /// The folder of the input tables, relative to this file. Default: data.
    #[serde(default = "data")]
    pub data: String,
    /// The folder of the results, relative to this file. Default: outputs.
    #[serde(default = "outputs")]
    pub outputs: String,
    /// Whether the data are synthetic; then every figure says so. Default: false.
    #[serde(default)]
    pub synthetic: bool,
}

fn data() -> String {
    "data".to_owned()
}

fn outputs() -> String {
    "outputs".to_owned()
}
