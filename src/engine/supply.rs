//! What a stage is handed: tables out of the cache, checked byte for byte, and files of the study.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use stages::contract::{Metadata, Slot, Supply};

use super::registry::Bound;
use crate::config::sources::Source;
use crate::failure::Failure;
use crate::store::{Digest, Entry, Record, parquet, regular};

/// A stage's result that is in the cache and whole.
#[derive(Debug, Clone, PartialEq)]
pub struct Stored {
    pub entry: Entry,
    pub record: Arc<Record>,
}

/// Stored results by stage.
pub type Shelf = BTreeMap<&'static str, Stored>;

/// The digests of everything a stage would read, by slot; none for a slot whose stage is not on the shelf.
pub fn digests(stage: &dyn Bound, sources: &[Source], shelf: &Shelf) -> (BTreeMap<String, Digest>, bool) {
    let mut known: BTreeMap<String, Digest> =
        sources.iter().map(|source| (source.slot(), source.digest.clone())).collect();
    let mut complete = true;
    for slot in stage.slots() {
        let table = shelf.get(slot.stage).and_then(|stored| stored.record.table(slot.table));
        match table {
            Some(output) => drop(known.insert(format!("{}/{}", slot.stage, slot.table), output.sha256.clone())),
            None => complete = false,
        }
    }
    for slot in stage.optional() {
        let table = shelf.get(slot.stage).and_then(|stored| stored.record.table(slot.table));
        known.extend(table.map(|output| (format!("{}/{}", slot.stage, slot.table), output.sha256.clone())));
    }
    (known, complete)
}

/// Reads a stage's inputs. Every table is hashed before it is used.
pub fn supply(stage: &dyn Bound, sources: &[Source], shelf: &Shelf) -> Result<Supply, Failure> {
    let mut supply = Supply { sources: sources.iter().map(Source::file).collect(), ..Supply::default() };
    for slot in stage.slots().into_iter().chain(stage.optional()) {
        if let Some(stored) = shelf.get(slot.stage) {
            supply.tables.insert(slot, table(stored, slot)?);
        }
    }
    Ok(supply)
}

/// Reads one table of a stored result, hashed before it is used.
pub fn table(stored: &Stored, slot: Slot) -> Result<(polars::prelude::DataFrame, Metadata), Failure> {
    let (path, bytes) = bytes(stored, slot.table)?;
    parquet::decode(bytes).map_err(|error| Failure::io("read", &path, std::io::Error::other(error)))
}

/// Where one table of a stored result lies, and its bytes.
pub fn bytes(stored: &Stored, table: &str) -> Result<(PathBuf, Vec<u8>), Failure> {
    let missing = || Failure::stage(&stored.entry.stage, "missing_table", format!("made no table `{table}`"));
    let output = stored.record.table(table).ok_or_else(missing)?;
    let path = stored.entry.folder.join(&output.path);
    let bytes = regular::read(&path).map_err(|error| Failure::io("read", &path, error))?;
    if Digest::of(&bytes) != output.sha256 {
        return Err(Failure::io("read", &path, std::io::Error::other("it was altered during this run; run again")));
    }
    Ok((path, bytes))
}
