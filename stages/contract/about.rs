//! What the report must know that no table holds: the study's own words, the settings, the versions, the files.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The run, as the runner describes it to the report. Nothing in it depends on the clock, the folder or the machine.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct About {
    pub title: String,
    /// The study's own note; shown at the top of every page.
    pub note: String,
    /// Whether the data are synthetic; then every figure says so.
    pub synthetic: bool,
    pub seed: u64,
    /// The program's version.
    pub version: String,
    /// The stages in order, each with its method version and its methods paragraphs.
    pub stages: Vec<AboutStage>,
    /// The study's files.
    pub sources: Vec<AboutSource>,
    /// The methods paragraphs of the sweep; empty where the configuration has none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sweep: Vec<String>,
    /// Stages whose results the report is made of although they are of other settings or files; empty where none is.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub outdated: Vec<String>,
    /// Tables of the user's own stages that the report shows; empty where there are none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub own: Vec<AboutOwn>,
    /// The resolved settings by their dotted paths.
    pub settings: Vec<(String, Value)>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct AboutStage {
    pub name: String,
    pub version: u32,
    pub methods: Vec<String>,
}

/// A table of a stage of the user's own, as the report is to show it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct AboutOwn {
    pub stage: String,
    pub table: String,
    /// The heading; empty where none was given.
    pub caption: String,
    /// The rows on the page.
    pub rows: u32,
    /// The command that made it, on one line.
    pub command: String,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct AboutSource {
    pub role: String,
    pub name: String,
    pub bytes: u64,
    pub sha256: String,
}
