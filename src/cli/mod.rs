//! The command line: one file per command. All words leave through here; no command computes anything.

use std::io::Write;
use std::path::PathBuf;

use clap::error::ErrorKind;
use clap::{CommandFactory, Parser, Subcommand};

use crate::config;
use crate::engine::sweep::{Attached, attach};
use crate::failure::{FINE, Failure, IO};
use crate::interrupt;

mod check;
mod completions;
mod diff;
mod explain;
mod export;
mod gc;
mod graph;
mod init;
mod log;
mod man;
mod run;
mod schema;
mod simulate;
mod status;
mod stdout;
mod sweep;
mod targets;
mod verify;
mod watch;

pub use stdout::out;

const EXIT_CODES: &str = "\
Exit codes:
  0    fine
  2    usage, configuration or input data; every problem is listed
  10   something is outdated (status --exit-code), damaged or not the same when made again (verify)
  20   a stage failed
  74   reading or writing failed
  75   another run is writing here
  130  interrupted (143: terminated)";

/// From a treatment study's tables to a report that says which metabolites go along with improvement.
///
/// Without a command, runs everything that is out of date.
#[derive(Debug, Parser)]
#[command(version, after_help = EXIT_CODES)]
struct Cli {
    #[command(flatten)]
    study: Study,
    #[command(flatten)]
    run: run::Args,
    #[command(subcommand)]
    command: Option<Command>,
}

/// Which study, with which settings.
#[derive(Debug, Clone, clap::Args)]
struct Study {
    /// The study's configuration; everything else is found from its folder
    #[arg(long, global = true, value_name = "FILE", default_value = "pipeline.yaml")]
    pipeline: PathBuf,
    /// Override a setting: stages.qc.analytes.max_missing=0.3 (quote a part with dots in it)
    #[arg(short = 'S', long = "set", global = true, value_name = "KEY=VALUE")]
    set: Vec<String>,
    /// Let the data, the outputs and a shared cache that is written to lie outside the study's folder
    #[arg(long, global = true)]
    allow_outside: bool,
}

impl Study {
    /// The plan, with the sweep's result where that is up to date.
    fn load(&self) -> Result<(config::Plan, Attached), Failure> {
        self.load_as(&self.options())
    }

    fn load_as(&self, options: &config::Options) -> Result<(config::Plan, Attached), Failure> {
        let mut plan = config::load(options)?;
        let attached = attach(&mut plan, options)?;
        Ok((plan, attached))
    }

    fn options(&self) -> config::Options {
        config::Options {
            pipeline: self.pipeline.clone(),
            overrides: self.set.clone(),
            allow_outside: self.allow_outside,
            ..config::Options::default()
        }
    }
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Bring everything, or these stages and what they need, up to date
    Run(run::Args),
    /// Run the analysis under every combination of other settings
    Sweep(sweep::Args),
    /// Say per stage whether it is up to date, and why not
    Status(status::Args),
    /// Show every part that decides whether a stage runs, old and new
    Explain(explain::Args),
    /// List the runs that did something, or show one in full
    Log(log::Args),
    /// Compare two runs: settings, inputs, tables, and which associations moved
    Diff(diff::Args),
    /// Draw the analysis: files, stages, tables, and how each stage stands
    Graph(graph::Args),
    /// Hash stored results in full, or make them again and compare
    Verify(verify::Args),
    /// Remove cached results that the last runs did not use
    Gc(gc::Args),
    /// Describe how the current results were made, for other programs
    Export(export::Args),
    /// Look for every problem in the configuration and the data; store nothing
    Check(check::Args),
    /// Write a first configuration from what a folder's files look like
    Init(init::Args),
    /// Write the synthetic study's tables
    Simulate(simulate::Args),
    /// Print the JSON schema of pipeline.yaml
    Schema,
    /// Print what a shell needs to complete commands and options
    Completions(completions::Args),
    /// Write the manual pages
    Man(man::Args),
}

/// Reads the command line, does what it says, and reports; the exit code.
pub fn main() -> i32 {
    let code = match Cli::try_parse() {
        Ok(cli) => exec(&cli),
        // The help and the version are asked for, and come this way too.
        Err(asked) if !asked.use_stderr() => {
            stdout::keep(asked.print().and_then(|()| std::io::stdout().flush()));
            asked.exit_code()
        }
        Err(error) => error.exit(),
    };
    let Some(error) = stdout::failed() else { return code };
    let _ = writeln!(std::io::stderr(), "error: cannot write to standard output: {error}");
    IO
}

fn exec(cli: &Cli) -> i32 {
    if cli.command.is_some() && cli.run != run::Args::default() {
        let message = "options of `run` go after the word: ketascreen run …";
        Cli::command().error(ErrorKind::ArgumentConflict, message).exit();
    }
    crate::log::start();
    let done = match &cli.command {
        None => run::exec(&cli.study, &cli.run),
        Some(Command::Run(args)) => run::exec(&cli.study, args),
        Some(Command::Sweep(args)) => sweep::exec(&cli.study, args),
        Some(Command::Status(args)) => status::exec(&cli.study, args),
        Some(Command::Explain(args)) => explain::exec(&cli.study, args),
        Some(Command::Log(args)) => log::exec(&cli.study, args),
        Some(Command::Diff(args)) => diff::exec(&cli.study, args),
        Some(Command::Graph(args)) => graph::exec(&cli.study, args),
        Some(Command::Verify(args)) => verify::exec(&cli.study, args),
        Some(Command::Gc(args)) => gc::exec(&cli.study, args),
        Some(Command::Export(args)) => export::exec(&cli.study, args),
        Some(Command::Check(args)) => check::exec(&cli.study, args),
        Some(Command::Init(args)) => init::exec(args),
        Some(Command::Simulate(args)) => simulate::exec(args),
        Some(Command::Schema) => schema::exec(),
        Some(Command::Completions(args)) => completions::exec(args),
        Some(Command::Man(args)) => man::exec(args),
    };
    done.unwrap_or_else(|failure| {
        if cli.command.as_ref().is_some_and(Command::speaks_json) {
            out(&json_failure(&failure));
        }
        tell(&failure, None)
    })
}

impl Command {
    /// Whether a failure, too, is to be one JSON object. `run` writes its own, after its events.
    fn speaks_json(&self) -> bool {
        match self {
            Command::Status(args) => args.json,
            Command::Explain(args) => args.json,
            Command::Log(args) => args.json,
            Command::Diff(args) => args.json,
            Command::Verify(args) => args.json,
            Command::Gc(args) => args.json,
            Command::Check(args) => args.json,
            Command::Run(_) | Command::Sweep(_) | Command::Graph(_) | Command::Simulate(_) | Command::Schema => false,
            Command::Completions(_) | Command::Man(_) | Command::Init(_) | Command::Export(_) => false,
        }
    }
}

/// Reports a failure on standard error; its exit code.
fn tell(failure: &Failure, yaml: Option<&config::Yaml>) -> i32 {
    interrupt::give_way();
    let _ = write!(std::io::stderr(), "{}", failure.report(yaml));
    failure.code()
}

/// The last line of `--json`: an object that says why nothing, or not everything, was done.
fn json_failure(failure: &Failure) -> String {
    let place = |place: &stages::contract::Place| match place {
        stages::contract::Place::Setting(path) => serde_json::json!({"setting": path}),
        stages::contract::Place::File { name, line, column } => {
            serde_json::json!({"file": name, "line": line, "column": column})
        }
        stages::contract::Place::Source { role, column } => serde_json::json!({"file": role, "column": column}),
        stages::contract::Place::Study => serde_json::json!({}),
    };
    let problems: Vec<serde_json::Value> = failure
        .problems()
        .into_iter()
        .map(
            |p| serde_json::json!({"code": p.code, "place": place(&p.place), "message": p.message, "remedy": p.remedy}),
        )
        .collect();
    serde_json::json!({"event": "error", "exit_code": failure.code(), "message": failure.brief(), "problems": problems})
        .to_string()
}

const OK: i32 = FINE;
/// The commands' names, for "did you mean".
const COMMANDS: [&str; 16] = [
    "run",
    "sweep",
    "status",
    "explain",
    "log",
    "diff",
    "graph",
    "verify",
    "gc",
    "export",
    "check",
    "init",
    "simulate",
    "schema",
    "completions",
    "man",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
        let names: Vec<String> =
            Cli::command().get_subcommands().map(|command| command.get_name().to_owned()).collect();
        assert_eq!(names, COMMANDS);
    }
}
