//! `ketascreen verify`: hashes stored results in full; with `--rerun` makes them again and compares. Stores nothing.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::{OK, Study, out, run, targets};
use crate::config;
use crate::engine::reason::Reason;
use crate::engine::registry;
use crate::engine::rerun::{Remade, rerun};
use crate::engine::status::survey;
use crate::engine::sweep::{Attached, Multiverse};
use crate::failure::{Failure, OUTDATED};
use crate::interrupt;
use crate::progress::Person;
use crate::store::compare::Likeness;
use crate::store::scratch::Scratch;
use crate::store::{Damage, Entry, Store, verify};

/// The version of the JSON's form.
const FORMAT: u32 = 1;

#[derive(Debug, Clone, Default, PartialEq, clap::Args)]
pub struct Args {
    /// Every cached result, not only what outputs/ shows
    #[arg(long)]
    all: bool,
    /// Make everything again, the sweep among it, in a temporary folder and compare the bytes
    #[arg(long)]
    rerun: bool,
    /// Threads for --rerun; all processors by default
    #[arg(short, long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    jobs: Option<u16>,
    /// Print one JSON object
    #[arg(long)]
    pub json: bool,
}

/// One stored result and what of it is not as recorded.
struct Checked {
    entry: Entry,
    shown: bool,
    files: usize,
    damaged: Vec<Damage>,
}

pub fn exec(study: &Study, args: &Args) -> Result<i32, Failure> {
    let store = Store::new(&config::outputs(&study.options())?);
    let astray = astray(&store);
    let checked = entries(&store, args.all, astray.is_empty())?.into_iter().map(|(entry, shown)| check(entry, shown));
    let checked = checked.collect::<Result<Vec<Checked>, Failure>>()?;
    let whole = astray.is_empty() && checked.iter().all(|checked| checked.damaged.is_empty());
    if !args.json {
        text(&checked, &astray).iter().for_each(|line| out(line));
    }
    // What is damaged is no measure of what is made again.
    let (remade, without) = match args.rerun && whole {
        true => again(study, &store, args).map(|(remade, without)| (Some(remade), without))?,
        false => (None, None),
    };
    if args.json {
        let entries: Vec<Value> = checked.iter().map(Checked::json).collect();
        out(&json!({"format": FORMAT, "entries": entries, "astray": astray, "rerun": remade}).to_string());
    } else if let Some(remade) = &remade {
        compared(remade).iter().chain(&without).for_each(|line| out(line));
    }
    let same = remade.iter().flatten().all(|file| file.likeness.is_fine());
    Ok(if whole && same { OK } else { OUTDATED })
}

/// Stages that `outputs/` should show and does not, each with why.
fn astray(store: &Store) -> BTreeMap<String, String> {
    let stages = store.in_order(&registry::names());
    stages.iter().filter_map(|stage| Some(((*stage).to_owned(), store.astray(stage)?))).collect()
}

/// What is to be hashed: what each stage's link shows, and with `all` the rest.
fn entries(store: &Store, all: bool, needed: bool) -> Result<Vec<(Entry, bool)>, Failure> {
    let mut entries = Vec::new();
    for stage in &store.in_order(&registry::names()) {
        let shown = store.current(stage);
        entries.extend(shown.clone().map(|entry| (entry, true)));
        let others = if all { store.entries(stage) } else { Vec::new() };
        entries.extend(others.into_iter().filter(|entry| Some(entry) != shown.as_ref()).map(|entry| (entry, false)));
    }
    match needed && entries.is_empty() {
        true => Err(Failure::Usage {
            message: format!("there are no results in {}", store.outputs.display()),
            remedy: "make them with `ketascreen run`".to_owned(),
        }),
        false => Ok(entries),
    }
}

fn check(entry: Entry, shown: bool) -> Result<Checked, Failure> {
    let (record, damaged) = verify(&entry)?;
    Ok(Checked { entry, shown, files: record.map_or(0, |record| record.outputs.len()), damaged })
}

impl Checked {
    fn reasons(&self) -> Vec<Reason> {
        self.damaged.iter().map(Damage::reason).collect()
    }

    fn json(&self) -> Value {
        json!({
            "stage": self.entry.stage, "key": self.entry.key, "shown": self.shown, "files": self.files,
            "damaged": self.reasons(),
        })
    }
}

/// A line for what is shown and for each damaged file, then the totals.
fn text(checked: &[Checked], astray: &BTreeMap<String, String>) -> Vec<String> {
    let mut text = Vec::new();
    text.extend(astray.iter().map(|(stage, why)| format!("{stage:<10} damaged  outputs/{stage} {why}")));
    for entry in checked {
        let stage = &entry.entry.stage;
        let which = if entry.shown { String::new() } else { format!(" (not shown, key {})", entry.entry.key.short()) };
        if entry.damaged.is_empty() && entry.shown {
            text.push(format!("{stage:<10} whole    {} files", entry.files));
        }
        text.extend(entry.reasons().iter().map(|reason| format!("{stage:<10} damaged  {reason}{which}")));
    }
    let files: usize = checked.iter().map(|entry| entry.files).sum();
    let damaged: Vec<&str> =
        checked.iter().filter(|entry| !entry.damaged.is_empty()).map(|entry| entry.entry.stage.as_str()).collect();
    text.push(format!(
        "{} results, {files} files hashed: {}",
        checked.len(),
        match damaged.len() {
            0 if !astray.is_empty() => {
                "what is not shown is made or linked again by `ketascreen run`, which says what it must leave"
                    .to_owned()
            }
            1 if damaged == [stages::sweep::NAME] => {
                "1 result is not as recorded; `ketascreen sweep` sets it aside and makes it again".to_owned()
            }
            0 => "every byte is as recorded".to_owned(),
            1 => "1 result is not as recorded; `ketascreen run` sets it aside and makes it again".to_owned(),
            n => format!("{n} results are not as recorded; `ketascreen run` sets them aside and makes them again"),
        }
    ));
    text
}

/// Makes everything again, if it is up to date: what a changed setting would make cannot be held against what is there.
/// Beside it a word on the sweep, where it has results that cannot be made again.
fn again(study: &Study, store: &Store, args: &Args) -> Result<(Vec<Remade>, Option<String>), Failure> {
    let (plan, sweep) = study.load()?;
    let mut standings = survey(&plan, store, &targets::stages(&plan, &[])?, &BTreeSet::new())?;
    let stale: Vec<&str> = standings.iter().filter(|s| !s.state.is_current()).map(|s| s.stage).collect();
    if !stale.is_empty() {
        return Err(Failure::Usage {
            message: format!("not up to date: {}; only what is can be made again and compared", stale.join(", ")),
            remedy: "run `ketascreen run` first, or give the settings of these results back".to_owned(),
        });
    }
    let current = sweep == Attached::Current;
    let multiverse = if current { Multiverse::new(&plan, &study.options())? } else { None };
    standings.extend(sweep.standing(&plan).filter(|_| current));
    let shown = store.current(::stages::sweep::NAME).is_some();
    let without = format!("{:<10} not made again: it is not of these settings and files", ::stages::sweep::NAME);
    let scratch = Scratch::new()?;
    interrupt::install(scratch.path().to_owned());
    let jobs = run::threads(args.jobs);
    let remade = rerun(plan, multiverse.as_ref(), &standings, scratch.path(), jobs, &Person::new(args.json))?;
    Ok((remade, Some(without).filter(|_| shown && !current)))
}

fn compared(remade: &[Remade]) -> Vec<String> {
    let of = |fits: fn(&Likeness) -> bool| remade.iter().filter(|file| fits(&file.likeness)).count();
    let mut text = Vec::new();
    for file in remade {
        if let Likeness::Differs { what } = &file.likeness {
            text.push(format!("{:<10} differs  {}/{}: {what}", file.stage, file.stage, file.file));
        }
    }
    let same = of(|likeness| *likeness == Likeness::Same);
    let close = of(|likeness| matches!(likeness, Likeness::Close { .. }));
    let skipped = of(|likeness| *likeness == Likeness::NotCompared);
    let differs = of(|likeness| !likeness.is_fine());
    let mut counts = vec![format!("{same} with the same bytes")];
    counts.extend((close > 0).then(|| format!("{close} made on another instruction set and equal to 1e-10")));
    counts.extend((skipped > 0).then(|| format!("{skipped} documents of another instruction set not compared")));
    counts.extend((differs > 0).then(|| format!("{differs} not the same")));
    text.push(format!("{} files made again: {}", remade.len(), counts.join(", ")));
    text
}
