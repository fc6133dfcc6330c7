//! Whether a stage's result is in the cache, whole, or else why not. Reads only.

use super::reason::Reason;
use super::recipe::Recipe;
use super::staleness;
use crate::config::Yaml;
use crate::failure::Failure;
use crate::store::{Damage, Entry, Record, Store, judge};

/// What to do about one stage.
#[derive(Debug)]
pub enum Verdict {
    /// The entry is there and every byte of it is as recorded.
    Cached { entry: Entry, record: Record, switched: bool },
    /// The stage must run. `damaged` is an entry of the same key that must be set aside first.
    Run { entry: Entry, reasons: Vec<Reason>, damaged: Vec<Damage> },
}

/// Decides about one stage whose inputs are all known, and whose result has these tables.
pub fn decide(recipe: &Recipe, tables: &[&str], store: &Store, yaml: &Yaml, forced: bool) -> Result<Verdict, Failure> {
    let entry = store.entry(recipe.stage, &recipe.key());
    let current = store.current(recipe.stage);
    let switched = current.as_ref() != Some(&entry);
    let before = || current.as_ref().and_then(Entry::record);
    let compare = || staleness::reasons(recipe, before().as_ref(), true, |path| yaml.origin_text(path));
    if !entry.is_there() {
        let mut reasons = compare();
        if reasons.is_empty() {
            reasons.push(Reason::NeverRun);
        }
        reasons.extend(forced.then_some(Reason::Forced));
        return Ok(Verdict::Run { entry, reasons, damaged: Vec::new() });
    }
    let (record, damaged) = store.verify_by(&entry, &|record| is_of(record, recipe, tables))?;
    let mut reasons: Vec<Reason> = damaged.iter().map(Damage::reason).collect();
    reasons.extend(forced.then_some(Reason::Forced));
    match record {
        Some(record) if reasons.is_empty() => Ok(Verdict::Cached { entry, record, switched }),
        _ => Ok(Verdict::Run { entry, reasons, damaged }),
    }
}

/// Whether a record that has the key of a recipe says of the result what a run would.
pub fn is_of(record: &Record, recipe: &Recipe, tables: &[&str]) -> bool {
    let judged = judge::own(record, recipe, tables);
    judged.inspect_err(|why| tracing::warn!(stage = recipe.stage, "{} {why}", crate::store::record::FILE)).is_ok()
}
