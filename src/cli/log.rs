//! `ketascreen log`: the runs that did something, newest first; or one of them in full. Writes nothing, takes no lock.

use std::path::Path;

use serde_json::json;

use super::{OK, Study, out};
use crate::config;
use crate::engine::reason::Reason;
use crate::failure::Failure;
use crate::progress::{NOT_SHOWN, with_reasons};
use crate::store::Store;
use crate::store::history::{self, LOG, Outcome, Run, StageRun, Told};
use crate::store::runs;

/// The version of the JSON's form.
const FORMAT: u32 = 1;

#[derive(Debug, Clone, Default, PartialEq, clap::Args)]
pub struct Args {
    /// One run in full: its id or the beginning of it, `last`, or `last~1` for the one before
    #[arg(value_name = "RUN")]
    run: Option<String>,
    /// How many runs to list
    #[arg(short = 'n', long = "number", value_name = "N", default_value_t = 10, conflicts_with = "run")]
    #[arg(value_parser = clap::value_parser!(u32).range(1..))]
    number: u32,
    /// Print one JSON object
    #[arg(long)]
    pub json: bool,
}

pub fn exec(study: &Study, args: &Args) -> Result<i32, Failure> {
    let store = Store::new(&config::outputs(&study.options())?);
    let told: Vec<Told> = match &args.run {
        Some(name) => vec![runs::find(&store, name)?],
        None => {
            history::ids(&store).iter().rev().take(args.number as usize).map(|id| history::read(&store, id)).collect()
        }
    };
    if args.json {
        let run = |told: &Told| json!({"id": told.id, "run": told.run});
        out(&json!({"format": FORMAT, "runs": told.iter().map(run).collect::<Vec<_>>()}).to_string());
        return Ok(OK);
    }
    if told.is_empty() {
        out("no run has done anything yet");
    }
    let full = args.run.is_some();
    for told in &told {
        let text = match &told.run {
            Some(run) if full => in_full(run, &told.folder),
            Some(run) => brief(run),
            None => unreadable(told, full),
        };
        text.iter().for_each(|line| out(line));
    }
    Ok(OK)
}

/// A run that told nothing at its end; in full, with what its log has.
fn unreadable(told: &Told, full: bool) -> Vec<String> {
    if told.folder.join(history::FILE).exists() {
        return vec![format!("{}  was written by another version of the program", told.id)];
    }
    let mut text = vec![format!("{}  did not end: it was killed or interrupted, or is running", told.id)];
    let log = std::fs::read_to_string(told.folder.join(LOG)).ok().filter(|_| full);
    text.extend(log.iter().flat_map(|log| log.lines()).map(|line| format!("  {line}")));
    text
}

/// A run on one line, and a line for each stage that was more than cached.
fn brief(run: &Run) -> Vec<String> {
    let mut text = vec![format!("{}  {}  {:.2} s  {}", run.id, run.started, run.seconds, ending(run))];
    for stage in run.stages.iter().filter(|stage| stage.outcome != Outcome::Cached || stage.switched) {
        text.extend(story(stage).into_iter().map(|line| format!("  {line}")));
    }
    text
}

/// How a run ended, with the numbers that it printed itself: what it only read was not asked for.
fn ending(run: &Run) -> String {
    let asked = |stage: &&StageRun| !stage.lent;
    let of = |outcome: Outcome| run.stages.iter().filter(asked).filter(|stage| stage.outcome == outcome).count();
    let counts = [
        (of(Outcome::Ran), "ran"),
        (of(Outcome::Fetched), "fetched"),
        (of(Outcome::Cached), "cached"),
        (of(Outcome::Failed), "failed"),
        (of(Outcome::Skipped), "skipped"),
    ];
    let counts: Vec<String> =
        counts.into_iter().filter(|(n, _)| *n > 0).map(|(n, word)| format!("{n} {word}")).collect();
    format!("{}: {}", if run.succeeded { "finished" } else { "failed" }, counts.join(", "))
}

/// What a stage did and why.
fn story(stage: &StageRun) -> Vec<String> {
    let name = &stage.stage;
    match stage.outcome {
        Outcome::Ran => with_reasons(name, "ran", &stage.reasons),
        Outcome::Cached if stage.switched => vec![format!("{name:<10} cached   {NOT_SHOWN}")],
        Outcome::Cached => vec![format!("{name:<10} cached")],
        Outcome::Fetched => vec![format!("{name:<10} fetched  from {}", stage.from.as_deref().unwrap_or_default())],
        Outcome::Skipped => vec![format!("{name:<10} skipped")],
        Outcome::Failed => vec![format!("{name:<10} failed   {}", stage.error.as_deref().unwrap_or_default())],
    }
}

fn in_full(run: &Run, folder: &Path) -> Vec<String> {
    let command = if run.command.is_empty() { "ketascreen".to_owned() } else { run.command.join(" ") };
    let memory = run.peak_memory_kib.map_or("unknown".to_owned(), |kib| format!("{:.0} MB", kib as f64 / 1024.0));
    let mut text = vec![
        format!("run       {}", run.id),
        format!("started   {}", run.started),
        format!("took      {:.2} s, at most {memory} of memory", run.seconds),
        format!("ended     {}", ending(run)),
        format!("command   {command}"),
        format!("program   {} on {}", run.program, run.target),
    ];
    text.extend(run.overrides.iter().map(|argument| format!("override  -S {argument}")));
    text.extend(run.error.iter().map(|error| format!("error     {error}")));
    let log = Some(folder.join(LOG)).filter(|log| log.exists());
    text.extend(log.map(|log| format!("log       {}", log.strip_prefix(".").unwrap_or(&log).display())));
    for stage in &run.stages {
        text.push(String::new());
        text.extend(stage_in_full(stage));
    }
    text
}

fn stage_in_full(stage: &StageRun) -> Vec<String> {
    let word = match stage.outcome {
        Outcome::Ran => "ran",
        Outcome::Cached if stage.lent => "cached, read and not asked for",
        Outcome::Cached if stage.switched => &format!("cached, {NOT_SHOWN}"),
        Outcome::Cached => "cached",
        Outcome::Fetched => "fetched",
        Outcome::Failed => "failed",
        Outcome::Skipped => "skipped",
    };
    let mut text = vec![format!("{:<10} {word}, {:.2} s", stage.stage, stage.seconds)];
    text.extend(stage.key.iter().map(|key| format!("  key {key}")));
    text.extend(stage.from.iter().map(|from| format!("  from {from}")));
    text.extend(stage.reasons.iter().map(|reason: &Reason| format!("  {reason}")));
    text.extend(stage.error.iter().map(|error| format!("  {error}")));
    text
}
