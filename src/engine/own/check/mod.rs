//! What is wrong with the settings of stages of the user's own; all of it, before anything runs.

mod outputs;

use std::collections::BTreeMap;

use stages::contract::{Place, Problem, suggest};
use stages::sweep::NAME as SWEEP;

use super::names::{cleaned, is_plain};
use super::params::Params;
use crate::config::stages::Stages;
use crate::engine::registry::{Bound, FINDINGS};

/// Names that the cache, the drawing or a shell has another meaning for.
const RESERVED: [&str; 12] =
    [SWEEP, "all", "end", "graph", "subgraph", "digraph", "node", "edge", "class", "style", "click", "strict"];
/// The longest name of a stage.
const LONGEST: usize = 40;

/// Every problem of the stages of the user's own but cycles, which [`weave`](super::weave) finds.
pub fn check(built_in: &[Box<dyn Bound>], settings: &Stages) -> Vec<Problem> {
    let own = &settings.own;
    let mut tables: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for stage in built_in {
        tables.insert(stage.name(), stage.tables().into_iter().chain([FINDINGS]).collect());
    }
    for (name, params) in own {
        let made = params.tables().map(|(table, _)| table.as_str());
        tables.entry(name).or_insert_with(|| made.chain([FINDINGS]).collect());
    }
    let mut all = Vec::new();
    for (name, params) in own {
        let mut one = One { stage: name, params, problems: Vec::new() };
        one.name();
        one.command();
        one.inputs(&tables);
        one.outputs();
        one.files();
        one.environment();
        all.extend(one.problems);
    }
    all.extend(columns(settings));
    all
}

/// One stage under examination.
struct One<'a> {
    stage: &'a str,
    params: &'a Params,
    problems: Vec<Problem>,
}

impl One<'_> {
    fn say(&mut self, code: &'static str, below: &str, message: String, remedy: impl Into<String>) {
        let place = Place::setting(format!("stages.{}{below}", self.stage));
        self.problems.push(Problem::new(code, place, message, remedy));
    }

    fn name(&mut self) {
        let name = self.stage;
        let letters = name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
        // The drawing calls files `file0`, and what a stage makes `qc_files`.
        let drawn = name.ends_with("_files") || name.strip_prefix("file").is_some_and(|n| n.parse::<u64>().is_ok());
        if RESERVED.contains(&name) || drawn {
            self.say("name_taken", "", format!("a stage cannot be called `{name}`"), format!("call it `my_{name}`"));
        } else if !letters || !name.starts_with(|c: char| c.is_ascii_lowercase()) || name.len() > LONGEST {
            let message = format!("`{name}` cannot be the name of a stage");
            let remedy = "use lower-case letters, digits and `_`, a letter first, 40 at most: it names a folder";
            self.say("bad_name", "", message, remedy);
        }
    }

    fn command(&mut self) {
        let Some(program) = self.params.command.first().filter(|program| !program.trim().is_empty()) else {
            let remedy = "name a program and its arguments: `command: [Rscript, extra.R]`";
            return self.say("no_command", ".command", "the command is empty".into(), remedy);
        };
        if self.params.command.iter().any(|word| word.contains('\0')) {
            self.say("bad_command", ".command", "an argument holds a zero byte".into(), "leave it out");
        }
        let here = cleaned(program);
        let declared = self.params.files.iter().any(|file| cleaned(file) == here);
        if program.contains('/') && !program.starts_with('/') && !declared {
            let message = format!("the program `{program}` is not among the stage’s files");
            self.say("undeclared_file", ".command.0", message, format!("add `files: [{}]`", here.display()));
        }
        if self.params.command.len() == 1 && program.contains(' ') && !program.contains('/') {
            let words = program.split_whitespace().collect::<Vec<_>>().join(", ");
            let message = format!("`{program}` would be the name of one program: no shell reads the command");
            self.say("bad_command", ".command", message, format!("write a list: [{words}]"));
        }
    }

    fn inputs(&mut self, tables: &BTreeMap<&str, Vec<&str>>) {
        for (name, input) in &self.params.inputs {
            let place = format!(".inputs.{name}");
            if !is_plain(name) {
                let message = format!("`{name}` cannot be the name of a file");
                self.say("bad_name", &place, message, "use letters, digits, `_`, `-` and `.`");
            }
            let table = &input.table;
            let Some((stage, wanted)) = table.split_once('/') else {
                let message = format!("`{table}` is not the name of a table");
                self.say("bad_table", &place, message, "write stage/table, for example normalize/changes");
                continue;
            };
            match tables.get(stage) {
                None if stage == SWEEP => {
                    let message = format!("`{table}` is a table of the sweep, which no stage can read");
                    let remedy = "take the input out: the sweep runs after all stages, and only the report is made again with \
                                  its tables; a program of your own finds them in outputs/sweep";
                    self.say("unknown_stage", &place, message, remedy);
                }
                None => {
                    let remedy = suggest::remedy(stage, tables.keys().copied());
                    self.say("unknown_stage", &place, format!("there is no stage `{stage}`"), remedy);
                }
                Some(known) if !known.contains(&wanted) => {
                    let remedy = suggest::remedy(wanted, known.iter().copied());
                    self.say("unknown_table", &place, format!("{stage} makes no table `{wanted}`"), remedy);
                }
                Some(_) => {}
            }
        }
    }

    fn files(&mut self) {
        for (at, file) in self.params.files.iter().enumerate() {
            let place = format!(".files.{at}");
            let path = cleaned(file);
            if self.params.files[..at].iter().any(|other| cleaned(other) == path) {
                self.say("duplicate_file", &place, format!("`{file}` is named twice"), "name it once");
            }
            if path.starts_with("inputs") {
                let message = format!("`{file}`: the folder `inputs` holds the tables that the command reads");
                self.say("name_taken", &place, message, "keep the file in another folder");
            }
        }
    }

    fn environment(&mut self) {
        for (at, name) in self.params.env.iter().enumerate() {
            let place = format!(".env.{at}");
            let letters = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
            if name.is_empty() || !letters || name.starts_with(|c: char| c.is_ascii_digit()) {
                let remedy = "name variables only: their values are those of the run";
                self.say("bad_name", &place, format!("`{name}` is not the name of a variable"), remedy);
            } else if name.starts_with("KETASCREEN_") || name == "TMPDIR" {
                self.say("name_taken", &place, format!("`{name}` is set by the program"), "take it out");
            } else if self.params.env[..at].contains(name) {
                self.say("duplicate_variable", &place, format!("`{name}` is named twice"), "name it once");
            } else if matches!(std::env::var(name), Err(std::env::VarError::NotUnicode(_))) {
                self.say("bad_value", &place, format!("the value of `{name}` is not UTF-8"), "set it to a text");
            }
        }
    }
}

/// Columns of participants that are defined twice.
fn columns(settings: &Stages) -> Vec<Problem> {
    let file = settings.ingest.participants.columns.keys();
    let mut known: BTreeMap<&str, String> =
        file.map(|column| (column.as_str(), "the participants’ file".to_owned())).collect();
    let mut problems = Vec::new();
    for (stage, params) in &settings.own {
        for (table, column, _) in params.columns() {
            if let Some(other) = known.insert(column, format!("{stage}/{table}")) {
                let place = Place::setting(format!("stages.{stage}.outputs.{table}.participants.{column}"));
                let message = format!("the column `{column}` is one of {other} already");
                problems.push(Problem::new("duplicate_column", place, message, "give it another name"));
            }
        }
    }
    problems
}
