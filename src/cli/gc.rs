//! `ketascreen gc`: removes cached results that neither `outputs/` nor the last runs use.

use std::collections::BTreeMap;

use serde_json::json;

use super::{OK, Study, out};
use crate::config;
use crate::failure::Failure;
use crate::store::gc::Garbage;
use crate::store::lock::Lock;
use crate::store::{Store, artifact, gc};

/// The version of the JSON's form.
const FORMAT: u32 = 1;

#[derive(Debug, Clone, Default, PartialEq, clap::Args)]
pub struct Args {
    /// Keep what the last N runs used; what `outputs/` shows is always kept
    #[arg(long, value_name = "N")]
    keep_runs: usize,
    /// Remove as well what was found damaged and set aside
    #[arg(long)]
    aside: bool,
    /// Say what would go; remove nothing
    #[arg(short = 'n', long)]
    dry_run: bool,
    /// Print one JSON object
    #[arg(long)]
    pub json: bool,
    /// Wait for another run to finish instead of giving up
    #[arg(long)]
    wait_lock: bool,
}

pub fn exec(study: &Study, args: &Args) -> Result<i32, Failure> {
    let store = Store::new(&config::outputs(&study.options())?);
    // Only a collection that removes needs the lock, and where there is no cache there is nothing to remove.
    let lock = match args.dry_run || !store.cache().exists() {
        true => None,
        false => Some(Lock::take(&store, args.wait_lock)?),
    };
    let garbage = gc::sort(&store, args.keep_runs)?;
    let told = Told {
        stages: gc::by_stage(&garbage.remove),
        garbage: &garbage,
        leftovers: gc::bytes(&store.tmp()),
        aside: gc::bytes(&store.aside()),
    };
    if let Some(lock) = &lock {
        artifact::clean(&store)?;
        gc::remove(&store, &garbage.remove, lock)?;
        store.forget_shows(None);
        if args.aside {
            gc::remove_aside(&store, lock)?;
        }
    }
    match args.json {
        true => out(&told.json(args)),
        false => told.text(args).iter().for_each(|line| out(line)),
    }
    Ok(OK)
}

/// What a collection did or would do.
struct Told<'a> {
    stages: BTreeMap<&'a str, (usize, u64)>,
    garbage: &'a Garbage,
    leftovers: u64,
    aside: u64,
}

impl Told<'_> {
    fn freed(&self, args: &Args) -> u64 {
        self.stages.values().map(|(_, bytes)| bytes).sum::<u64>()
            + self.leftovers
            + if args.aside { self.aside } else { 0 }
    }

    fn json(&self, args: &Args) -> String {
        let stage = |(stage, (entries, bytes)): (&&str, &(usize, u64))| json!({"stage": stage, "entries": entries, "bytes": bytes});
        json!({
            "format": FORMAT,
            "dry_run": args.dry_run,
            "removed": self.stages.iter().map(stage).collect::<Vec<_>>(),
            "kept": {"shown": self.garbage.shown, "used": self.garbage.used},
            "leftover_bytes": self.leftovers,
            "aside_bytes": self.aside,
            "freed_bytes": self.freed(args),
        })
        .to_string()
    }

    fn text(&self, args: &Args) -> Vec<String> {
        let (removed, freed) = if args.dry_run { ("would remove", "would be freed") } else { ("removed", "freed") };
        let entries = |n: usize| if n == 1 { "1 entry".to_owned() } else { format!("{n} entries") };
        let line = |(stage, (n, bytes)): (&&str, &(usize, u64))| {
            format!("{stage:<10} {removed} {}, {}", entries(*n), size(*bytes))
        };
        let mut text: Vec<String> = self.stages.iter().map(line).collect();
        if self.leftovers > 0 {
            text.push(format!("{removed} {} that runs which died have left", size(self.leftovers)));
        }
        match (self.aside, args.aside) {
            (0, _) => {}
            (bytes, true) => text.push(format!("{removed} {} of damaged results set aside", size(bytes))),
            (bytes, false) => text.push(format!("kept {} of damaged results set aside (--aside)", size(bytes))),
        }
        let runs = if args.keep_runs == 1 { "run".to_owned() } else { format!("{} runs", args.keep_runs) };
        let (shown, used) = (entries(self.garbage.shown), self.garbage.used);
        let freed = format!("{} {freed}", size(self.freed(args)));
        text.push(format!("{freed}; kept {shown} that outputs/ shows and {used} more that the last {runs} used"));
        text
    }
}

/// Bytes for a person.
fn size(bytes: u64) -> String {
    const UNITS: [&str; 4] = ["kB", "MB", "GB", "TB"];
    let mut value = bytes as f64;
    let mut unit = "bytes";
    for larger in UNITS {
        if value < 1000.0 {
            break;
        }
        (value, unit) = (value / 1000.0, larger);
    }
    if unit == "bytes" { format!("{bytes} bytes") } else { format!("{value:.1} {unit}") }
}
