//! Which entries may go, and their removal. What is shown never goes.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use super::files;
use super::history;
use super::layout::{Entry, Store};
use super::lock::Lock;
use super::regular;
use crate::failure::Failure;

/// What a collection would remove, and what stays and why.
#[derive(Debug, Default)]
pub struct Garbage {
    pub remove: Vec<Entry>,
    /// Shown by a link of `outputs/`.
    pub shown: usize,
    /// Used by one of the last runs, and not shown.
    pub used: usize,
}

/// Sorts the entries: shown, used by the last `keep` runs, or neither.
pub fn sort(store: &Store, keep: usize) -> Result<Garbage, Failure> {
    let used = used(store, keep)?;
    let mut garbage = Garbage::default();
    for stage in store.stages_with_entries() {
        let (shown, perhaps) = (store.current(&stage), store.perhaps_shown(&stage));
        // A folder in the place of a link that does not say what it is may be of any entry.
        let perhaps = |entry: &Entry| perhaps.as_ref().is_none_or(|keys| keys.contains(&entry.key));
        for entry in store.entries(&stage) {
            if shown.as_ref() == Some(&entry) || perhaps(&entry) {
                garbage.shown += 1;
            } else if used.contains(&(entry.stage.clone(), entry.key.to_string())) {
                garbage.used += 1;
            } else {
                garbage.remove.push(entry);
            }
        }
    }
    Ok(garbage)
}

/// The stages and keys of the last `keep` runs that told what they used; those that were killed could not.
fn used(store: &Store, keep: usize) -> Result<BTreeSet<(String, String)>, Failure> {
    let mut used = BTreeSet::new();
    let told = |id: &String| store.runs().join(id).join(history::FILE);
    for path in history::ids(store).iter().rev().map(told).filter(|path| path.exists()).take(keep) {
        let bytes = regular::read(&path).map_err(|error| Failure::io("read", &path, error))?;
        used.extend(keys(&bytes).ok_or_else(|| unknown(&path))?);
    }
    Ok(used)
}

/// What one run used; read leniently, since another version's run must keep its entries as well.
fn keys(bytes: &[u8]) -> Option<Vec<(String, String)>> {
    let run: serde_json::Value = serde_json::from_slice(bytes).ok()?;
    let text = |value: &serde_json::Value| value.as_str().map(str::to_owned);
    let key = |stage: &serde_json::Value| Some((text(&stage["stage"])?, text(&stage["key"])?));
    let universes = run["universes"].as_array().into_iter().flatten();
    Some(run["stages"].as_array()?.iter().chain(universes).filter_map(key).collect())
}

fn unknown(path: &Path) -> Failure {
    Failure::Usage {
        message: format!("{} does not say which entries its run used", path.display()),
        remedy: "move that file away if the run may be forgotten; nothing was removed".to_owned(),
    }
}

/// Removes entries: each is first renamed away, so that one that is half removed is never taken for a whole one.
pub fn remove(store: &Store, entries: &[Entry], _lock: &Lock) -> Result<(), Failure> {
    if entries.is_empty() {
        return Ok(());
    }
    let tmp = store.tmp().join(format!("{}-gc", std::process::id()));
    files::create_folder(&tmp)?;
    for (n, entry) in entries.iter().enumerate() {
        let to = tmp.join(n.to_string());
        store.distrust(entry);
        fs::rename(&entry.folder, &to).map_err(|error| Failure::io("remove", &entry.folder, error))?;
        files::remove(&to).map_err(|error| Failure::io("remove", &to, error))?;
    }
    fs::remove_dir(&tmp).map_err(|error| Failure::io("remove", &tmp, error))
}

/// Removes what was set aside, except what is shown because the run that was to make it again did not get so far.
pub fn remove_aside(store: &Store, _lock: &Lock) -> Result<(), Failure> {
    let shown = store.shown_aside();
    let found = fs::read_dir(store.aside()).into_iter().flatten().flatten().map(|found| found.path());
    for path in found.filter(|path| !shown.contains(path)) {
        files::remove(&path).map_err(|error| Failure::io("remove", &path, error))?;
    }
    if shown.is_empty() {
        files::remove(&store.aside()).map_err(|error| Failure::io("remove", &store.aside(), error))
    } else {
        Ok(())
    }
}

/// Bytes of all files below a folder, which a link is not; what cannot be read counts nothing.
pub fn bytes(folder: &Path) -> u64 {
    if folder.is_symlink() {
        return 0;
    }
    let of = |entry: fs::DirEntry| match entry.file_type() {
        Ok(kind) if kind.is_dir() => bytes(&entry.path()),
        _ => entry.metadata().map_or(0, |metadata| metadata.len()),
    };
    fs::read_dir(folder).into_iter().flatten().flatten().map(of).sum()
}

/// How many entries and bytes each stage would lose.
pub fn by_stage(entries: &[Entry]) -> BTreeMap<&str, (usize, u64)> {
    let mut stages: BTreeMap<&str, (usize, u64)> = BTreeMap::new();
    for entry in entries {
        let (count, size) = stages.entry(&entry.stage).or_default();
        (*count, *size) = (*count + 1, *size + bytes(&entry.folder));
    }
    stages
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Digest;
    use serde_json::json;

    fn entry(store: &Store, n: usize) -> Entry {
        let entry = store.entry("qc", &Digest::of(&n.to_le_bytes()));
        fs::create_dir_all(&entry.folder).unwrap();
        fs::write(entry.folder.join("a.parquet"), [0; 10]).unwrap();
        entry
    }

    fn run(store: &Store, id: &str, told: Option<serde_json::Value>) {
        fs::create_dir_all(store.runs().join(id)).unwrap();
        if let Some(told) = told {
            fs::write(store.runs().join(id).join(history::FILE), told.to_string()).unwrap();
        }
    }

    #[test]
    fn what_is_shown_or_was_used_by_the_last_runs_stays() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::new(folder.path());
        let entries: Vec<Entry> = (0..4).map(|n| entry(&store, n)).collect();
        let used = |n: usize| json!({"format": 99, "stages": [{"stage": "qc", "key": entries[n].key}]});
        run(&store, "1", Some(json!({"stages": [], "universes": used(0)["stages"]})));
        run(&store, "2", Some(used(1)));
        run(&store, "3", None);
        store.show(&[&entries[2]]).unwrap();
        let removes = |keep| sort(&store, keep).unwrap().remove.len();
        assert_eq!([removes(0), removes(1), removes(2), removes(9)], [3, 2, 1, 1]);
        let garbage = sort(&store, 1).unwrap();
        assert_eq!((garbage.shown, garbage.used), (1, 1));
        assert_eq!(by_stage(&garbage.remove)["qc"], (2, 20));
        remove(&store, &garbage.remove, &Lock::take(&store, false).unwrap()).unwrap();
        assert_eq!(store.entries("qc").len(), 2);
        assert_eq!(fs::read_dir(store.tmp()).unwrap().count(), 0);
        run(&store, "4", Some(json!("nothing that a run would say")));
        assert_eq!(sort(&store, 1).unwrap_err().code(), 2, "what cannot be read removes nothing");
    }

    #[test]
    fn ten_thousand_entries_are_sorted_quickly() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::new(folder.path());
        let stage = store.entry("qc", &Digest::of(b"")).folder.parent().unwrap().to_owned();
        (0..10_000).for_each(|n| fs::create_dir_all(stage.join(format!("{n:064x}"))).unwrap());
        let start = std::time::Instant::now();
        let garbage = sort(&store, 3).unwrap();
        assert_eq!(by_stage(&garbage.remove)["qc"], (10_000, 0));
        assert!(start.elapsed().as_secs_f64() < 5.0, "{:?}", start.elapsed());
    }
}
