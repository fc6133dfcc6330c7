//! What stops a run: a problem with a place, a value and a remedy, and the error that carries all of them at once.

use super::table::TableError;

/// Where a problem is. The runner turns a setting's path into a line of the configuration file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// A setting by its dotted path, for example `stages.qc.analytes.max_missing`.
    Setting(String),
    /// A file of the study as the configuration names it; the line counts from 1 and includes the header.
    File { name: String, line: Option<u64>, column: Option<String> },
    /// A column of a file that an earlier stage read, by the file's role; the runner knows the file's name.
    Source { role: &'static str, column: String },
    /// The study as a whole.
    Study,
}

impl Place {
    pub fn setting(path: impl Into<String>) -> Self {
        Place::Setting(path.into())
    }

    pub fn file(name: impl Into<String>) -> Self {
        Place::File { name: name.into(), line: None, column: None }
    }

    pub fn cell(name: impl Into<String>, line: u64, column: impl Into<String>) -> Self {
        Place::File { name: name.into(), line: Some(line), column: Some(column.into()) }
    }
}

/// One thing that is wrong with the configuration or the data: what, where, the value, what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// A stable name in snake_case, for example `unknown_visit`.
    pub code: &'static str,
    pub place: Place,
    /// A lowercase sentence without a full stop; it shows the offending value.
    pub message: String,
    /// What to do about it.
    pub remedy: String,
}

impl Problem {
    pub fn new(code: &'static str, place: Place, message: impl Into<String>, remedy: impl Into<String>) -> Self {
        Problem { code, place, message: message.into(), remedy: remedy.into() }
    }

    /// A value of the contract that this version refuses by name.
    pub fn not_built(path: impl Into<String>, what: &str) -> Self {
        let message = format!("{what} is part of the contract and not built yet");
        Problem::new("not_built", Place::setting(path), message, "leave it out")
    }
}

/// Why a stage did not finish.
#[derive(Debug, thiserror::Error)]
pub enum StageError {
    /// The configuration or the data are wrong; every problem found, not only the first.
    #[error("{} in the configuration or the data", count(.0.len()))]
    Input(Vec<Problem>),
    /// The method itself could not go on.
    #[error("{code}: {message}")]
    Failed { code: &'static str, message: String },
    #[error(transparent)]
    Table(#[from] TableError),
}

impl StageError {
    /// `Ok` when there is no problem.
    pub fn unless_none(problems: Vec<Problem>) -> Result<(), StageError> {
        if problems.is_empty() { Ok(()) } else { Err(StageError::Input(problems)) }
    }
}

fn count(n: usize) -> String {
    if n == 1 { "1 problem".into() } else { format!("{n} problems") }
}
