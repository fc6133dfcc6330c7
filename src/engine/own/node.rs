//! A stage of the user's own as a stage like any other: what it reads, what it makes, what its key is made of.

use std::collections::BTreeMap;

use serde_json::Value;
use stages::contract::vocabulary::Variable;
use stages::contract::{Artifact, Problem, Slot, SourceRequest, StageContext, StageError, Supply, Vocabulary};

use super::names::{kept, slot};
use super::params::{Kind, Params};
use crate::engine::registry::{Bound, RunError};

/// Raised when what surrounds a command changes: its folder, its environment, how its tables are read.
const VERSION: u32 = 1;
/// The role of the files that a command reads.
pub const FILE: &str = "file";
/// The table that says which participants there are.
pub const PARTICIPANTS: Slot = Slot { stage: "ingest", table: "participants" };

/// A stage of the user's own.
#[derive(Debug, Clone, PartialEq)]
pub struct Own {
    pub name: &'static str,
    pub params: Params,
    /// The declared variables with their values; none where one is not set.
    pub environment: BTreeMap<String, Option<String>>,
}

impl Own {
    pub fn new(name: &str, params: &Params) -> Own {
        let value = |name: &String| (name.clone(), std::env::var(name).ok());
        Own { name: kept(name), params: params.clone(), environment: params.env.iter().map(value).collect() }
    }

    /// The tables that the command is given, by the name of the input.
    pub fn inputs(&self) -> impl Iterator<Item = (&String, Slot, super::params::Format)> {
        self.params.inputs.iter().filter_map(|(name, input)| Some((name, slot(&input.table)?, input.format)))
    }

    /// Whether a table of it has a row per participant.
    pub fn has_participants(&self) -> bool {
        self.params.outputs.values().any(|output| output.participants.is_some())
    }
}

impl Bound for Own {
    fn name(&self) -> &'static str {
        self.name
    }

    fn version(&self) -> u32 {
        VERSION
    }

    fn draws(&self) -> bool {
        self.params.draws
    }

    fn slots(&self) -> Vec<Slot> {
        let mut slots: Vec<Slot> = self.inputs().map(|(_, slot, _)| slot).collect();
        slots.extend(self.has_participants().then_some(PARTICIPANTS));
        slots.sort();
        slots.dedup();
        slots
    }

    fn tables(&self) -> Vec<&'static str> {
        self.params.tables().map(|(table, _)| kept(table)).collect()
    }

    /// What decides the result: not how long it may take, nor how the report shows it. Files and tables have digests.
    fn settings(&self) -> Value {
        let mut settings = serde_json::to_value(&self.params).unwrap_or_default();
        if let Some(map) = settings.as_object_mut() {
            map.remove("timeout");
            map.remove("files");
            map.insert("env".to_owned(), serde_json::json!(self.environment));
        }
        for output in settings["outputs"].as_object_mut().into_iter().flat_map(|outputs| outputs.values_mut()) {
            output.as_object_mut().map(|output| output.remove("report"));
        }
        settings
    }

    fn sources(&self) -> Vec<SourceRequest> {
        Vec::new()
    }

    fn files(&self) -> Vec<SourceRequest> {
        let request = |(at, path): (usize, &String)| SourceRequest {
            role: FILE,
            path: path.clone(),
            setting: format!("stages.{}.files.{at}", self.name),
        };
        self.params.files.iter().enumerate().map(request).collect()
    }

    fn define(&self, names: &mut Vocabulary) {
        for (_, column, kind) in self.params.columns() {
            let variable = match kind {
                Kind::Number => Variable::Number,
                Kind::Count => Variable::Count,
                Kind::Binary => Variable::Binary,
                Kind::Category(levels) => Variable::Category(levels.clone()),
            };
            names.variables.insert(column.clone(), variable);
        }
    }

    fn check(&self, _: &Vocabulary) -> Vec<Problem> {
        Vec::new()
    }

    fn methods(&self) -> Vec<String> {
        let list = |words: Vec<String>| words.join(", ");
        let mut text = format!("A stage of the study’s own: the command `{}`", self.params.line());
        let tables = list(self.inputs().map(|(_, slot, _)| format!("`{}/{}`", slot.stage, slot.table)).collect());
        if !tables.is_empty() {
            text += &format!(" read the tables {tables}");
        }
        let files = list(self.params.files.iter().map(|file| format!("`{file}`")).collect());
        if !files.is_empty() {
            text += &format!("{} the files {files}", if tables.is_empty() { " read" } else { " and" });
        }
        let made = list(self.params.outputs.values().map(|output| format!("`{}`", output.file)).collect());
        text += &format!("{} made {made}.", if tables.is_empty() && files.is_empty() { "" } else { ", and" });
        text += " What it computes is the command’s own affair: ketascreen ran it in a folder of its own, checked that its \
                 outputs can be read, and knows nothing of its method.";
        let columns: Vec<String> =
            self.params.columns().map(|(_, column, kind)| format!("`{column}` ({})", kind.word())).collect();
        if !columns.is_empty() {
            text += &format!(" It gives each participant {}.", list(columns));
        }
        vec![text]
    }

    fn own(&self) -> Option<&Own> {
        Some(self)
    }

    fn run(&self, _: Supply, _: &mut StageContext<'_>) -> Result<Vec<Artifact>, RunError> {
        let message = "a command runs in a folder of its own, and was given none".to_owned();
        Err(RunError::Stage(StageError::Failed { code: "slots", message }))
    }
}
