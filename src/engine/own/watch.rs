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
use crate::store::{Digest, Entry, Store, artifact, record, verify};

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
    /// The folders of cached results, by what tells one from another that was put in its place.
    entries: BTreeMap<PathBuf, Option<u64>>,
    /// The cache itself, by the same.
    cache: Option<u64>,
    /// What shows results.
    links: Vec<PathBuf>,
    /// Every other file of the study's folder.
    others: BTreeMap<PathBuf, Stamp>,
}

/// What a command did outside its folder, as far as it can be told.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Outside {
    /// The cache as a whole is gone, or another folder is in its place.
    pub removed: bool,
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
        let cached = cached(store);
        let folders = cached.keys().filter_map(|path| entry(store, path)).map(|entry| entry.folder);
        let entries = folders.map(|folder| (folder.clone(), identity(&folder))).collect();
        Watch { sources, cached, entries, cache: identity(&store.cache()), links: links(plan, store), others }
    }

    pub fn end(&self, plan: &Plan, store: &Store) -> Result<Outside, Failure> {
        let mut outside = Outside::default();
        if !store.cache().is_dir() || identity(&store.cache()) != self.cache {
            return Ok(Outside { removed: true, ..outside });
        }
        for (path, (digest, before)) in &self.sources {
            let same = || Digest::of_file(path).is_ok_and(|(found, _)| found == *digest);
            if stamp(path) != *before && !same() {
                outside.harmed.push(shown(path, plan));
            }
        }
        for entry in self.touched(store) {
            outside.harmed.extend(self.harm(store, &entry)?.map(|what| format!("the cached result {what}")));
        }
        let gone = self.links.iter().filter(|link| link.symlink_metadata().is_err());
        outside.harmed.extend(gone.map(|link| format!("{} is gone", shown(link, plan))));
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
        let mut entries: Vec<Entry> = other.filter_map(|(path, _)| entry(store, path)).collect();
        entries.dedup();
        entries
    }

    /// What of a cached result was harmed, if this program did not set it aside or make it again meanwhile.
    fn harm(&self, store: &Store, entry: &Entry) -> Result<Option<String>, Failure> {
        let set_aside = || artifact::is_set_aside(store, entry);
        if !entry.is_there() {
            return Ok((!set_aside()).then(|| format!("{}/{} is gone", entry.stage, entry.key)));
        }
        let (_, damaged) = verify(entry)?;
        if !damaged.is_empty() {
            let files: Vec<&str> = damaged.iter().map(|damage| damage.name()).collect();
            return Ok(Some(files.join(", ")));
        }
        // A record that fits altered files was altered with them: nothing else would tell, so nobody may read it.
        let record = entry.folder.join(record::FILE);
        let same_folder =
            identity(&entry.folder).is_some_and(|now| self.entries.get(&entry.folder) == Some(&Some(now)));
        if same_folder && stamp(&record).as_ref() != self.cached.get(&record) {
            artifact::set_aside(store, entry)?;
            return Ok(Some(format!("{}/{}, which was set aside", entry.stage, record::FILE)));
        }
        Ok(None)
    }
}

/// The cached result that a file belongs to.
fn entry(store: &Store, path: &Path) -> Option<Entry> {
    let mut parts = path.strip_prefix(store.cache().join("entries")).ok()?.components();
    let stage = parts.next()?.as_os_str().to_str()?;
    let key = Digest::parse(parts.next()?.as_os_str().to_str()?)?;
    Some(store.entry(stage, &key))
}

/// The links (or copies) of `outputs/`, and the link that they lead through, as far as they are there.
fn links(plan: &Plan, store: &Store) -> Vec<PathBuf> {
    let stages = plan.stages.iter().map(|stage| store.link(stage.name()));
    let all = stages.chain([store.link(stages::sweep::NAME), store.shown()]);
    all.filter(|link| link.symlink_metadata().is_ok()).collect()
}

/// What tells a folder from another of its name.
fn identity(folder: &Path) -> Option<u64> {
    #[cfg(unix)]
    return Some(std::os::unix::fs::MetadataExt::ino(&fs::symlink_metadata(folder).ok()?));
    #[cfg(not(unix))]
    return None;
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
