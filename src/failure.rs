//! Any error to an exit code and to words for a person; the only place that does either.

use std::path::Path;
use std::sync::Arc;

use stages::contract::Problem;

use crate::config::Yaml;

mod alike;
mod render;

/// Everything is as asked.
pub const FINE: i32 = 0;
/// Usage, configuration or input data.
pub const INPUT: i32 = 2;
/// Something is outdated, for `status --exit-code`.
pub const OUTDATED: i32 = 10;
/// A stage failed.
pub const STAGE: i32 = 20;
/// Reading or writing failed.
pub const IO: i32 = 74;
/// Another run is writing.
pub const LOCKED: i32 = 75;

/// The code of a command that altered what it must not touch.
pub const WROTE_OUTSIDE: &str = "wrote_outside";
/// The code of a command that removed the outputs folder.
pub const REMOVED_OUTPUTS: &str = "removed_outputs";

/// What the outputs folder shows after a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Left {
    /// What it showed before, whole.
    Earlier,
    /// The new results, whole; pipeline.lock and the history may still be without them.
    Shown,
    /// The new results, and pipeline.lock is of them; the history is without this run.
    Locked,
    /// Copies, which stand in for links and are made one by one: some of the new results, some of the earlier ones.
    Copies,
    /// Nothing: someone removed the folder while the program ran.
    Nothing,
}

/// Why the program could not do what was asked.
#[derive(Debug)]
pub enum Failure {
    Usage {
        message: String,
        remedy: String,
    },
    /// The configuration is wrong; nothing was run.
    Input {
        problems: Vec<Problem>,
        yaml: Arc<Yaml>,
    },
    /// The data are wrong, as a stage found.
    Data {
        problems: Vec<Problem>,
    },
    Stage {
        stage: String,
        code: &'static str,
        message: String,
    },
    /// A command of a stage of the user's own failed.
    Command(Box<Complaint>),
    Io {
        action: &'static str,
        path: String,
        error: std::io::Error,
        left: Left,
    },
    Locked {
        holder: String,
    },
    Several(Vec<Failure>),
}

/// What went wrong with a command, and what the command said of it.
#[derive(Debug)]
pub struct Complaint {
    pub problem: Problem,
    /// Its last lines.
    pub said: Vec<String>,
    /// Where all of them are.
    pub log: Option<String>,
}

impl Failure {
    pub fn input(problems: Vec<Problem>, yaml: Arc<Yaml>) -> Failure {
        Failure::Input { problems, yaml }
    }

    pub fn data(problems: Vec<Problem>) -> Failure {
        Failure::Data { problems }
    }

    pub fn stage(stage: &str, code: &'static str, message: impl Into<String>) -> Failure {
        Failure::Stage { stage: stage.to_owned(), code, message: message.into() }
    }

    pub fn io(action: &'static str, path: &Path, error: std::io::Error) -> Failure {
        Failure::Io { action, path: path.display().to_string(), error, left: Left::Earlier }
    }

    /// The same failure where what it left in the outputs folder is not what was there; what it says already stays said.
    pub fn leaving(mut self, now: Left) -> Failure {
        match &mut self {
            Failure::Io { left, .. } if *left == Left::Earlier => *left = now,
            Failure::Several(failures) => {
                *failures = std::mem::take(failures).into_iter().map(|failure| failure.leaving(now)).collect();
            }
            _ => {}
        }
        self
    }

    /// One failure, or several in the order in which they happened.
    pub fn several(mut failures: Vec<Failure>) -> Failure {
        if failures.len() == 1 { failures.remove(0) } else { Failure::Several(failures) }
    }

    /// The exit code; of several, the one that matters most to whoever must act: the disk, then the input.
    pub fn code(&self) -> i32 {
        match self {
            Failure::Usage { .. } | Failure::Input { .. } | Failure::Data { .. } => INPUT,
            Failure::Stage { .. } | Failure::Command(_) => STAGE,
            Failure::Io { .. } => IO,
            Failure::Locked { .. } => LOCKED,
            Failure::Several(failures) => {
                let codes: Vec<i32> = failures.iter().map(Failure::code).collect();
                [IO, INPUT].into_iter().find(|code| codes.contains(code)).unwrap_or(STAGE)
            }
        }
    }

    /// One line, for the log.
    pub fn brief(&self) -> String {
        match self {
            Failure::Usage { message, .. } => message.clone(),
            Failure::Input { problems, .. } | Failure::Data { problems } => {
                problems.iter().map(|problem| problem.message.as_str()).collect::<Vec<_>>().join("; ")
            }
            Failure::Stage { stage, code, message } => format!("{stage}: {message} [{code}]"),
            Failure::Command(told) => format!("{} [{}]", told.problem.message, told.problem.code),
            Failure::Io { action, path, error, .. } => format!("cannot {action} {path}: {error}"),
            Failure::Locked { holder } => format!("locked by {holder}"),
            Failure::Several(failures) => failures.iter().map(Failure::brief).collect::<Vec<_>>().join("; "),
        }
    }

    /// The whole report for a person. `yaml` shows the lines of settings that a stage complains about.
    pub fn report(&self, yaml: Option<&Yaml>) -> String {
        render::report(self, yaml)
    }

    /// Every problem, for machines.
    pub fn problems(&self) -> Vec<&Problem> {
        match self {
            Failure::Input { problems, .. } | Failure::Data { problems } => problems.iter().collect(),
            Failure::Command(told) => vec![&told.problem],
            Failure::Several(failures) => failures.iter().flat_map(Failure::problems).collect(),
            _ => Vec::new(),
        }
    }
}
