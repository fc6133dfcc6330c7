//! What is wrong with the settings of stages of the user's own; all of it, before anything runs.

use std::collections::{BTreeMap, BTreeSet};

use stages::contract::{Place, Problem, suggest};
use stages::study::{BASELINE_LEVEL, BASELINE_SCORE};

use super::names::{is_plain, is_plain_path};
use super::params::{Kind, Output, Params};
use crate::config::stages::Stages;
use crate::engine::registry::{Bound, FINDINGS};

/// Names that the cache, the drawing or a shell has another meaning for.
const RESERVED: [&str; 12] =
    ["sweep", "all", "end", "graph", "subgraph", "digraph", "node", "edge", "class", "style", "click", "strict"];
/// Files that every stage's folder may have.
const TAKEN: [&str; 4] = ["record.json", "log.txt", "findings.parquet", "inputs"];
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
        let here = program.strip_prefix("./").unwrap_or(program);
        if program.contains('/') && !program.starts_with('/') && !self.params.files.iter().any(|file| file == here) {
            let message = format!("the program `{program}` is not among the stage’s files");
            self.say("undeclared_file", ".command.0", message, format!("add `files: [{here}]`"));
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

    fn outputs(&mut self) {
        if self.params.outputs.is_empty() {
            let remedy = "name what the command leaves: `outputs: {table: my_table.parquet}`";
            self.say("no_output", ".outputs", "the stage has no outputs".into(), remedy);
        }
        let mut kept: BTreeSet<String> = TAKEN.iter().map(|name| (*name).to_owned()).collect();
        for (name, output) in &self.params.outputs {
            let place = format!(".outputs.{name}");
            self.output(name, output, &place);
            let path = if output.is_table() { format!("{name}.parquet") } else { output.file.clone() };
            if !kept.insert(path.clone()) {
                self.say("name_taken", &place, format!("`{path}` would be kept twice"), "give it another name");
            }
        }
        let mut files = BTreeSet::new();
        for (name, output) in &self.params.outputs {
            if !files.insert(&output.file) {
                let message = format!("two outputs are the file `{}`", output.file);
                self.say("duplicate_output", &format!(".outputs.{name}"), message, "name each file once");
            }
        }
    }

    fn output(&mut self, name: &str, output: &Output, place: &str) {
        let file = &output.file;
        if !is_plain(name) || name.contains('.') {
            self.say(
                "bad_name",
                place,
                format!("`{name}` cannot be the name of an output"),
                "use letters, digits, `_` and `-`",
            );
        }
        if !is_plain_path(file) {
            let message = format!("`{file}` cannot be the path of an output");
            let remedy =
                "a path below the command’s folder of letters, digits, `_`, `-` and `.`, none beginning with a dot";
            self.say("bad_path", place, message, remedy);
        } else if file.starts_with("inputs/") || self.params.files.contains(file) {
            let message = format!("`{file}` is what the command reads, and cannot be what it leaves");
            self.say("bad_path", place, message, "give the output another path");
        }
        if !output.is_table() && (output.participants.is_some() || output.report.is_some()) {
            let message = format!("`{file}` is no table: its name ends neither in .parquet nor in .csv");
            self.say("not_a_table", place, message, "leave a table, or take `participants` and `report` out");
        }
        if let Some(shown) = output.report.as_ref().filter(|shown| !(1..=1000).contains(&shown.rows)) {
            let message = format!("{} rows are not from 1 to 1000", shown.rows);
            self.say(
                "out_of_range",
                &format!("{place}.report.rows"),
                message,
                "the CSV beside the report has all rows",
            );
        }
        if output.participants.as_ref().is_some_and(BTreeMap::is_empty) {
            let message = "no column of participants is named".to_owned();
            self.say(
                "no_column",
                &format!("{place}.participants"),
                message,
                "name them: `participants: {my_score: number}`",
            );
        }
        for (column, kind) in output.participants.iter().flatten() {
            self.column(column, kind, &format!("{place}.participants.{column}"));
        }
    }

    fn column(&mut self, column: &str, kind: &Kind, place: &str) {
        let reserved = ["participant_id", BASELINE_SCORE, BASELINE_LEVEL];
        if column.trim().is_empty() || reserved.contains(&column) {
            let message = format!("`{column}` has a meaning of its own and cannot be a column of participants");
            self.say("name_taken", place, message, "give the column another name");
        }
        if let Kind::Category(levels) = kind {
            let distinct: BTreeSet<&String> = levels.iter().collect();
            if levels.is_empty() || distinct.len() < levels.len() {
                let message = format!("the levels of `{column}` are empty or named twice");
                self.say("bad_levels", place, message, "name each level once: `{category: [no, yes]}`");
            }
        }
    }

    fn files(&mut self) {
        for (at, file) in self.params.files.iter().enumerate() {
            let place = format!(".files.{at}");
            if self.params.files[..at].contains(file) {
                self.say("duplicate_file", &place, format!("`{file}` is named twice"), "name it once");
            }
            if file == "inputs" || file.starts_with("inputs/") {
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
