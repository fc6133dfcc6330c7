//! Whether a stage's result is in the cache, whole, or else why not. Reads only.

use super::reason::Reason;
use super::recipe::Recipe;
use super::staleness;
use crate::config::Yaml;
use crate::failure::Failure;
use crate::store::{Damage, Entry, Record, Store};

/// What to do about one stage.
#[derive(Debug)]
pub enum Verdict {
    /// The entry is there and every byte of it is as recorded.
    Cached { entry: Entry, record: Record, switched: bool },
    /// The stage must run. `damaged` is an entry of the same key that must be set aside first.
    Run { entry: Entry, reasons: Vec<Reason>, damaged: Vec<Damage> },
}

/// Decides about one stage whose inputs are all known.
pub fn decide(recipe: &Recipe, store: &Store, yaml: &Yaml, forced: bool) -> Result<Verdict, Failure> {
    let entry = store.entry(recipe.stage, &recipe.key());
    let current = store.current(recipe.stage);
    let switched = current.as_ref() != Some(&entry);
    let before = || current.as_ref().and_then(|entry| Record::read(&entry.folder).ok().flatten());
    let compare = || staleness::reasons(recipe, before().as_ref(), true, |path| yaml.origin_text(path));
    if !entry.folder.exists() {
        let mut reasons = compare();
        if reasons.is_empty() {
            reasons.push(Reason::NeverRun);
        }
        reasons.extend(forced.then_some(Reason::Forced));
        return Ok(Verdict::Run { entry, reasons, damaged: Vec::new() });
    }
    let (record, damaged) = store.verify(&entry)?;
    let mut reasons: Vec<Reason> = damaged.iter().map(Damage::reason).collect();
    reasons.extend(forced.then_some(Reason::Forced));
    match record {
        Some(record) if reasons.is_empty() => Ok(Verdict::Cached { entry, record, switched }),
        Some(_) => Ok(Verdict::Run { entry, reasons, damaged }),
        None => Ok(Verdict::Run { entry, reasons: or_never(reasons), damaged: or_record(damaged) }),
    }
}

fn or_never(reasons: Vec<Reason>) -> Vec<Reason> {
    if reasons.is_empty() { vec![Reason::NeverRun] } else { reasons }
}

/// An entry without a record that this version understands is replaced like a damaged one.
fn or_record(damaged: Vec<Damage>) -> Vec<Damage> {
    if damaged.is_empty() { vec![Damage::unknown_record()] } else { damaged }
}
