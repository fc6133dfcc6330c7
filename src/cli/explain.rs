//! `ketascreen explain STAGE`: every part of the stage's key, old and new. Writes nothing, takes no lock.

use std::collections::BTreeSet;

use serde::Serialize;

use super::status::lines;
use super::{OK, Study, out, targets};
use crate::config::Plan;
use crate::engine::explain::{Change, Kind, NEVER_COUNTS, Nearest, Part, nearest, parts};
use crate::engine::status::{Standing, State, survey};
use crate::failure::Failure;
use crate::store::{Digest, Store};

/// The version of the JSON's form.
const FORMAT: u32 = 1;

#[derive(Debug, Clone, Default, PartialEq, clap::Args)]
pub struct Args {
    /// The stage to explain
    #[arg(value_name = "STAGE")]
    stage: String,
    /// Print one JSON object
    #[arg(long)]
    pub json: bool,
}

/// Everything there is to say about one stage's key.
#[derive(Debug, Serialize)]
struct Explanation {
    format: u32,
    standing: Standing,
    /// The key of a run now; none while an input is not known.
    key: Option<Digest>,
    /// The key that `outputs/` shows.
    shown: Option<Digest>,
    draws: bool,
    parts: Vec<Part>,
    never_counts: [&'static str; 7],
    nearest: Option<Nearest>,
}

pub fn exec(study: &Study, args: &Args) -> Result<i32, Failure> {
    let (plan, _) = study.load()?;
    let index = targets::stages(&plan, std::slice::from_ref(&args.stage))?;
    let store = Store::new(&plan.folders.outputs);
    let standings = survey(&plan, &store, &index, &BTreeSet::new())?;
    let standing = standings.into_iter().find(|standing| standing.stage == args.stage);
    let defect = || Failure::stage("runner", "slots", format!("{} is not among its own targets", args.stage));
    let told = explain(&plan, &store, standing.ok_or_else(defect)?);
    if args.json {
        out(&serde_json::to_string(&told).expect("an explanation is maps with text keys"));
    } else {
        text(&told).iter().for_each(|line| out(line));
    }
    Ok(OK)
}

fn explain(plan: &Plan, store: &Store, standing: Standing) -> Explanation {
    let stage = plan.stages.iter().find(|stage| stage.name() == standing.stage);
    let slots: Vec<String> =
        stage.iter().flat_map(|stage| stage.slots()).map(|slot| format!("{}/{}", slot.stage, slot.table)).collect();
    // pipeline.yaml names a command's variables; their values stand elsewhere.
    let own = stage.and_then(|stage| stage.own()).map(|own| format!("stages.{}.env.", own.name));
    let variable = |path: &str| own.as_ref().is_some_and(|environment| path.starts_with(environment));
    let line = |path: &str| if variable(path) { "environment".to_owned() } else { plan.yaml.written(path) };
    let shown = store.current(standing.stage);
    let record = shown.as_ref().and_then(|entry| entry.record());
    let records = store.entries(standing.stage).into_iter().filter_map(|entry| entry.record());
    // The shown entry comes first: of entries that are equally near it is the one people know.
    let nearest = nearest(&standing.recipe, record.clone().into_iter().chain(records), &slots, line);
    Explanation {
        format: FORMAT,
        key: standing.waits_on.is_empty().then(|| standing.recipe.key()),
        shown: shown.map(|entry| entry.key),
        draws: standing.recipe.seed.is_some(),
        parts: parts(&standing.recipe, record.as_ref(), &slots, line),
        never_counts: NEVER_COUNTS,
        nearest,
        standing,
    }
}

fn text(told: &Explanation) -> Vec<String> {
    let mut text = lines(&told.standing);
    text.extend([String::new(), keys(told), String::new()]);
    text.extend(told.parts.iter().map(part));
    let differs = told.parts.iter().any(Part::differs);
    if !differs && told.key.is_some() && told.key != told.shown && told.shown.is_some() {
        text.push("  changed  words of the methods, which the record does not list".to_owned());
    }
    if !told.draws {
        text.push(format!("  no part  study.seed: {} draws no random numbers", told.standing.stage));
    }
    text.extend([String::new(), format!("never counts: {}", NEVER_COUNTS.join(", "))]);
    text.extend(near(told));
    text
}

fn keys(told: &Explanation) -> String {
    let stage = told.standing.stage;
    let shown = match &told.shown {
        None => format!("outputs/{stage} shows nothing"),
        Some(key) if Some(key) == told.key.as_ref() => format!("outputs/{stage} shows it"),
        Some(key) => format!("outputs/{stage} shows {}", key.short()),
    };
    match &told.key {
        Some(key) => format!("key {}; {shown}", key.short()),
        None => format!("key not known before {} has run; {shown}", told.standing.waits_on.join(", ")),
    }
}

/// One part on one line: its verdict, its values, where it comes from.
fn part(part: &Part) -> String {
    let verdict = match part.verdict {
        Change::Same => "same",
        Change::Changed => "changed",
        Change::New => "new",
        Change::Gone => "gone",
        Change::Waits => "waits",
    };
    let origin = match (part.part, part.origin.as_str()) {
        (_, "") => String::new(),
        (Kind::Input, origin) => format!(", {origin}"),
        (_, origin) => format!(" ({origin})"),
    };
    format!("  {verdict:<8} {}{origin}", part.words())
}

fn near(told: &Explanation) -> Vec<String> {
    let other = if matches!(told.standing.state, State::Cached | State::CachedNotShown) { "other " } else { "" };
    let Some(nearest) = &told.nearest else { return vec![format!("nearest {other}cached entry: there is none")] };
    let parts = match (nearest.differs.len(), &told.key) {
        (1, Some(_)) => "1 part differs".to_owned(),
        (n, Some(_)) => format!("{n} parts differ"),
        (n, None) => format!("{n} of the known parts differ"),
    };
    let shown = if Some(&nearest.key) == told.shown.as_ref() { ", the one shown" } else { "" };
    let mut text = vec![format!("nearest {other}cached entry: {}{shown}; {parts}", nearest.key.short())];
    text.extend(nearest.differs.iter().map(|differs| format!("  {}", differs.both())));
    text
}
