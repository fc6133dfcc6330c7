//! Storing a stage's result: write, sync, hash from disk, record, rename. The rename is the moment it exists.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Component, Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use super::digest::Digest;
use super::files;
use super::layout::{Entry, Store};
use super::link::into_cache;
use super::record::{FILE, Output, Record};
use crate::engine::recipe::Recipe;
use crate::failure::Failure;

/// The file of an entry that holds what a command said.
pub const LOG: &str = "log.txt";

/// A file to store: its path below the entry and its bytes.
pub type Content = (String, Vec<u8>);

/// Stores a result under its key and returns its record; on any error nothing is left behind.
pub fn store(store: &Store, entry: &Entry, recipe: &Recipe, contents: Vec<Content>) -> Result<Record, Failure> {
    store_with(store, entry, recipe, contents, None)
}

/// The same, with what a command said beside the artifacts, in a file that the record does not name.
pub fn store_with(
    store: &Store,
    entry: &Entry,
    recipe: &Recipe,
    contents: Vec<Content>,
    log: Option<&[u8]>,
) -> Result<Record, Failure> {
    store_as(store, entry, contents, log, |outputs| Record::of(recipe, outputs))
}

/// The same with a record of one's own, made from what is on the disk.
pub fn store_as(
    store: &Store,
    entry: &Entry,
    contents: Vec<Content>,
    log: Option<&[u8]>,
    record: impl FnOnce(Vec<Output>) -> Record,
) -> Result<Record, Failure> {
    check_paths(&entry.stage, &contents)?;
    let tmp = fresh(&store.tmp(), &entry.stage)?;
    let logged = log.map_or(Ok(()), |log| files::write(&tmp.join(LOG), log).map(drop));
    let stored =
        logged.and_then(|()| fill(&tmp, contents, record)).and_then(|record| commit(store, entry, &tmp, record));
    if stored.is_err() {
        let _ = fs::remove_dir_all(&tmp);
    }
    stored
}

/// Moves an entry out of the way, keeping it for whoever wants to see what happened; where it went.
///
/// Where it is shown, it goes on being shown from there, until the run that makes it again shows its results.
pub fn set_aside(store: &Store, entry: &Entry) -> Result<PathBuf, Failure> {
    store.distrust(entry);
    files::create_folder(&store.aside())?;
    let to = store.free_aside(&aside_name(entry));
    let failed = |error| Failure::io("set aside", &entry.folder, error);
    // What is no folder is moved as it is: nothing is looked for behind a link.
    if entry.instead().is_some() || store.held().get(&entry.stage) != Some(&into_cache(entry)) {
        return fs::rename(&entry.folder, &to).map_err(failed).map(|()| to);
    }
    let copy = fresh(&store.tmp(), &entry.stage)?;
    let shown = files::link_all(&entry.folder, &copy)
        .map_err(failed)
        .and_then(|()| files::sync_folder(&copy))
        .and_then(|()| files::place("set aside", &copy, &to))
        .and_then(|()| files::sync_folder(&store.aside()))
        .and_then(|()| store.show_aside(entry, &to));
    if shown.is_err() {
        let _ = fs::remove_dir_all(&copy);
    }
    shown?;
    // Renamed away first: what is half removed is no entry.
    let old = fresh(&store.tmp(), &entry.stage)?;
    fs::rename(&entry.folder, old.join("old")).and_then(|()| fs::remove_dir_all(&old)).map_err(failed)?;
    Ok(to)
}

/// Whether an entry of this key was ever set aside.
pub fn is_set_aside(store: &Store, entry: &Entry) -> bool {
    let names = fs::read_dir(store.aside()).into_iter().flatten().flatten();
    names.into_iter().any(|aside| aside.file_name().to_string_lossy().starts_with(&format!("{}-", aside_name(entry))))
}

/// The name of an entry that was set aside, up to its number.
fn aside_name(entry: &Entry) -> String {
    format!("{}-{}", entry.stage, &entry.key.as_str()[..12])
}

/// Removes what runs that died have left; only for the holder of the lock.
pub fn clean(store: &Store) -> Result<(), Failure> {
    let tmp = store.tmp();
    let leftovers = fs::read_dir(&tmp).is_ok_and(|folder| folder.count() > 0);
    if leftovers { files::remove_folder(&tmp).map_err(|error| Failure::io("clean", &tmp, error)) } else { Ok(()) }
}

fn fresh(tmp: &Path, stage: &str) -> Result<PathBuf, Failure> {
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let folder = tmp.join(format!("{}-{count}-{stage}", std::process::id()));
    files::create_folder(&folder)?;
    Ok(folder)
}

/// Writes files and their record into a folder, each synced and hashed from the disk.
pub fn fill(tmp: &Path, contents: Vec<Content>, record: impl FnOnce(Vec<Output>) -> Record) -> Result<Record, Failure> {
    let mut open = Vec::new();
    for (path, bytes) in &contents {
        let target = tmp.join(path);
        if let Some(folder) = target.parent() {
            files::create_folder(folder)?;
        }
        open.push((target.clone(), files::write(&target, bytes)?));
    }
    sync(&open)?;
    let outputs: Result<Vec<Output>, Failure> =
        contents.into_iter().map(|(path, bytes)| output(tmp, path, &bytes)).collect();
    let record = record(outputs?);
    let path = tmp.join(FILE);
    let file = files::write(&path, &record.bytes())?;
    file.sync_all().map_err(|error| Failure::io("sync", &path, error))?;
    files::protect(&path)?;
    Ok(record)
}

/// Syncs files and the folders they are in, side by side: the disk takes them together, in a fraction of the time.
fn sync(open: &[(PathBuf, fs::File)]) -> Result<(), Failure> {
    const SIDE_BY_SIDE: usize = 8;
    let some = |chunk: &[(PathBuf, fs::File)]| {
        let one =
            |(path, file): &(PathBuf, fs::File)| file.sync_all().map_err(|error| Failure::io("sync", path, error));
        chunk.iter().try_for_each(one)
    };
    std::thread::scope(|scope| {
        let chunks = open.chunks(open.len().div_ceil(SIDE_BY_SIDE).max(1));
        let threads: Vec<_> = chunks.map(|chunk| scope.spawn(move || some(chunk))).collect();
        let defect = |_| Err(Failure::stage("runner", "sync", "a thread that syncs files stopped"));
        threads.into_iter().try_for_each(|thread| thread.join().unwrap_or_else(defect))
    })?;
    let folders: BTreeSet<&Path> = open.iter().filter_map(|(path, _)| path.parent()).collect();
    folders.into_iter().try_for_each(files::sync_folder)
}

/// Hashes what is on the disk, which must be what was meant.
fn output(tmp: &Path, path: String, meant: &[u8]) -> Result<Output, Failure> {
    let target = tmp.join(&path);
    let (sha256, bytes) = Digest::of_file(&target).map_err(|error| Failure::io("read back", &target, error))?;
    if sha256 != Digest::of(meant) {
        let error = std::io::Error::other("the disk does not hold what was written");
        return Err(Failure::io("read back", &target, error));
    }
    files::protect(&target)?;
    Ok(Output { path, sha256, bytes })
}

fn commit(store: &Store, entry: &Entry, tmp: &Path, record: Record) -> Result<Record, Failure> {
    let parent = entry.folder.parent().unwrap_or(&entry.folder);
    files::create_folder(parent)?;
    files::sync_folder(tmp)?;
    if entry.is_there() {
        // Forced: the same recipe was run again. The same bytes need no second copy.
        if entry.record().is_some_and(|known| known.outputs == record.outputs) {
            fs::remove_dir_all(tmp).map_err(|error| Failure::io("remove", tmp, error))?;
            return Ok(record);
        }
        set_aside(store, entry)?;
    }
    files::place("rename", tmp, &entry.folder)?;
    files::sync_folder(parent)?;
    Ok(record)
}

/// A path of an artifact stays below its entry, is plain, and is there once.
fn check_paths(stage: &str, contents: &[Content]) -> Result<(), Failure> {
    let Some(path) = unstorable(contents.iter().map(|(path, _)| path.as_str())) else { return Ok(()) };
    let message = format!("made a file with a path that cannot be stored: `{path}`");
    Err(Failure::stage(stage, "bad_path", message))
}

/// The first path that leaves its entry, is not plain, or was there before.
pub fn unstorable<'a>(mut paths: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let mut seen = BTreeSet::new();
    paths.find(|path| {
        let letters = path.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '/'));
        let below = Path::new(*path).components().all(|part| matches!(part, Component::Normal(_)));
        let hidden = path.split('/').any(|part| part.is_empty() || part.starts_with('.'));
        !letters || !below || hidden || *path == FILE || *path == LOG || !seen.insert(*path)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::verify;
    use serde_json::json;
    use std::collections::BTreeMap;

    fn recipe() -> Recipe {
        Recipe { stage: "qc", version: 1, seed: None, settings: json!({}), inputs: BTreeMap::new() }
    }

    fn contents() -> Vec<Content> {
        vec![("a.parquet".into(), b"a".to_vec()), ("figures/b.svg".into(), b"b".to_vec())]
    }

    #[test]
    fn an_entry_is_whole_after_storing_and_an_altered_or_missing_file_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let place = Store::new(folder.path());
        let entry = place.entry("qc", &recipe().key());
        let record = store(&place, &entry, &recipe(), contents()).unwrap();
        let (read, damage) = verify(&entry).unwrap();
        assert_eq!((read, damage), (Some(record), vec![]));
        let file = entry.folder.join("figures/b.svg");
        assert!(fs::metadata(&file).unwrap().permissions().readonly());
        fs::remove_file(&file).unwrap();
        fs::write(&file, "c").unwrap();
        fs::remove_file(entry.folder.join("a.parquet")).unwrap();
        let named: Vec<String> = verify(&entry).unwrap().1.iter().map(|d| d.reason().to_string()).collect();
        assert_eq!(named, ["qc/a.parquet is missing", "qc/figures/b.svg was altered"]);
        let aside = set_aside(&place, &entry).unwrap();
        assert!(aside.join("figures/b.svg").exists() && !entry.folder.exists());
    }

    #[test]
    fn a_path_that_leaves_the_entry_is_refused_and_nothing_is_left() {
        let folder = tempfile::tempdir().unwrap();
        let place = Store::new(folder.path());
        let entry = place.entry("qc", &recipe().key());
        for path in ["../x", "/x", "a//b", ".hidden", "record.json", "a/../b", "ä", ""] {
            assert!(store(&place, &entry, &recipe(), vec![(path.into(), vec![])]).is_err(), "{path}");
        }
        let clash = vec![("a".to_owned(), vec![]), ("a/b".to_owned(), vec![])];
        assert!(store(&place, &entry, &recipe(), clash).is_err());
        assert_eq!(fs::read_dir(place.tmp()).unwrap().count(), 0);
        assert!(!entry.folder.exists());
    }
}
