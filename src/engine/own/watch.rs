//! Whether a command wrote where it may not: into the study's files, or into the cache.
//!
//! There is no sandbox. What is there before and after the command is compared: files of the study and cached results
//! by their content, wherever anything of the file itself changed.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::node::FILE;
use crate::config::Plan;
use crate::failure::Failure;
use crate::store::{Damage, Digest, Entry, Store, verify};

/// Files of the study's folders beyond which nothing more is looked at.
const MOST: usize = 10_000;
/// Folders within folders that are looked at.
const DEPTH: usize = 4;

/// What a file looks like from outside.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Stamp {
    bytes: u64,
    modified: Option<SystemTime>,
    changed: Option<(i64, i64)>,
}

/// What was there before a command ran.
pub struct Watch {
    /// Files that the study reads, with the digest of what was read.
    sources: BTreeMap<PathBuf, (Digest, Option<Stamp>)>,
    /// Files of cached results.
    cached: BTreeMap<PathBuf, Stamp>,
    /// Every other file of the study's folder.
    others: BTreeMap<PathBuf, Stamp>,
}

/// What a command did outside its folder, as far as it can be told.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Outside {
    /// Files that the study reads, and files of cached results.
    pub harmed: Vec<String>,
    /// Other files of the study's folder that are new, gone or another: perhaps by someone else.
    pub noticed: Vec<String>,
}

impl Watch {
    pub fn begin(plan: &Plan, store: &Store) -> Watch {
        let path = |source: &crate::config::sources::Source| {
            let base = if source.role == FILE { &plan.folders.root } else { &plan.folders.data };
            base.join(&source.name)
        };
        let all = plan.sources.iter().flatten();
        let sources: BTreeMap<PathBuf, (Digest, Option<Stamp>)> = all
            .map(|source| {
                let path = path(source);
                let stamp = stamp(&path);
                (path, (source.digest.clone(), stamp))
            })
            .collect();
        let others = others(plan, &sources);
        Watch { sources, cached: cached(store), others }
    }

    pub fn end(&self, plan: &Plan, store: &Store) -> Result<Outside, Failure> {
        let mut outside = Outside::default();
        for (path, (digest, before)) in &self.sources {
            let same = || Digest::of_file(path).is_ok_and(|(found, _)| found == *digest);
            if stamp(path) != *before && !same() {
                outside.harmed.push(shown(path, plan));
            }
        }
        for entry in self.touched(store) {
            let (_, damaged) = verify(&entry)?;
            outside.harmed.extend(damaged.iter().map(|damage: &Damage| format!("the cached result {}", damage.file)));
        }
        let now = others(plan, &self.sources);
        let other = |(path, stamp): &(&PathBuf, &Stamp)| self.others.get(*path) != Some(*stamp);
        let changed = now.iter().filter(other).map(|(path, _)| shown(path, plan));
        let gone = self.others.keys().filter(|path| !now.contains_key(*path)).map(|path| shown(path, plan));
        outside.noticed = changed.chain(gone).collect();
        Ok(outside)
    }

    /// Cached results of which a file is another now, or gone.
    fn touched(&self, store: &Store) -> Vec<Entry> {
        let other = self.cached.iter().filter(|(path, before)| stamp(path).as_ref() != Some(before));
        let below = store.cache().join("entries");
        let entry = |path: &Path| {
            let mut parts = path.strip_prefix(&below).ok()?.components();
            let stage = parts.next()?.as_os_str().to_str()?;
            let key = Digest::parse(parts.next()?.as_os_str().to_str()?)?;
            Some(store.entry(stage, &key))
        };
        let mut entries: Vec<Entry> = other.filter_map(|(path, _)| entry(path)).collect();
        entries.dedup();
        // A result that was set aside by this program is not there as a whole.
        entries.retain(|entry| entry.folder.exists());
        entries
    }
}

fn shown(path: &Path, plan: &Plan) -> String {
    path.strip_prefix(&plan.folders.root).unwrap_or(path).display().to_string()
}

fn stamp(path: &Path) -> Option<Stamp> {
    let found = fs::symlink_metadata(path).ok()?;
    #[cfg(unix)]
    let changed = {
        use std::os::unix::fs::MetadataExt;
        Some((found.ctime(), found.ctime_nsec()))
    };
    #[cfg(not(unix))]
    let changed = None;
    Some(Stamp { bytes: found.len(), modified: found.modified().ok(), changed })
}

fn cached(store: &Store) -> BTreeMap<PathBuf, Stamp> {
    let mut found = BTreeMap::new();
    walk(&store.cache().join("entries"), DEPTH + 2, usize::MAX, &|_| false, &mut found);
    found
}

/// The files of the study's folder but those that it reads and those of its results.
fn others(plan: &Plan, sources: &BTreeMap<PathBuf, (Digest, Option<Stamp>)>) -> BTreeMap<PathBuf, Stamp> {
    let mut found = BTreeMap::new();
    let hidden = |path: &Path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
    let skip = |path: &Path| path == plan.folders.outputs || hidden(path);
    walk(&plan.folders.root, DEPTH, MOST, &skip, &mut found);
    walk(&plan.folders.data, DEPTH, MOST, &skip, &mut found);
    found.retain(|path, _| !sources.contains_key(path));
    found
}

fn walk(folder: &Path, depth: usize, most: usize, skip: &dyn Fn(&Path) -> bool, found: &mut BTreeMap<PathBuf, Stamp>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if found.len() >= most || skip(&path) {
            continue;
        }
        match entry.file_type() {
            Ok(kind) if kind.is_dir() && depth > 0 => walk(&path, depth - 1, most, skip, found),
            Ok(kind) if kind.is_dir() => {}
            _ => found.extend(stamp(&path).map(|stamp| (path, stamp))),
        }
    }
}
