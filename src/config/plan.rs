//! What a configuration comes to: the plan of a run, and how the user pointed at it.

use std::path::PathBuf;
use std::sync::Arc;

use serde_json::Value;
use stages::contract::{Place, Problem};

use super::paths::Folders;
use super::sources::{Files, Source};
use super::yaml::Yaml;
use crate::engine::registry::Bound;
use crate::engine::supply::Shelf;
use crate::failure::Failure;
use crate::store::shared::Shared;

/// How the user points at a configuration.
#[derive(Debug, Clone, Default)]
pub struct Options {
    pub pipeline: PathBuf,
    pub overrides: Vec<String>,
    pub allow_outside: bool,
    /// What one universe of a sweep has otherwise: paths and values, after the overrides.
    pub universe: Vec<(String, Value)>,
    /// Stages that the report is to say are out of date: it is made on their results all the same.
    pub outdated: Vec<String>,
    /// The caches of other studies, where another configuration of the study found them already: one that is away is
    /// asked once.
    pub shared: Option<Shared>,
    /// Files that other configurations of the study read already.
    pub files: Option<Arc<Files>>,
}

/// Everything a run needs to know; nothing in it is left to decide.
pub struct Plan {
    /// The configuration file.
    pub pipeline: PathBuf,
    pub yaml: Arc<Yaml>,
    pub folders: Folders,
    pub seed: u64,
    /// The stages with their settings, in order.
    pub stages: Vec<Box<dyn Bound>>,
    /// Each stage's files of the study, in the order of `stages`.
    pub sources: Vec<Vec<Source>>,
    /// The settings of the sweep, where there is one.
    pub sweep: Option<::stages::sweep::Params>,
    /// Results that stages may read beside those of the stages before them: the sweep's, while it is up to date.
    pub beside: Shelf,
    /// The caches of other studies.
    pub shared: Shared,
}

impl Plan {
    /// Fails where there is any problem.
    pub fn refuse(&self, problems: Vec<Problem>) -> Result<(), Failure> {
        if problems.is_empty() { Ok(()) } else { Err(Failure::input(problems, Arc::clone(&self.yaml))) }
    }

    /// Gives the places that name a file by its role the name of the file.
    pub fn naming_files(&self, mut problems: Vec<Problem>) -> Vec<Problem> {
        for problem in &mut problems {
            if let Place::Source { role, column } = &problem.place {
                let source = self.sources.iter().flatten().find(|source| source.role == *role);
                let name = source.map_or(*role, |source| source.name.as_str()).to_owned();
                problem.place = Place::File { name, line: None, column: Some(column.clone()) };
            }
        }
        problems
    }
}
