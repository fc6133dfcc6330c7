//! Caches of other studies, read through: an entry is asked for by its key, judged, and copied, or it is not there.
//!
//! Nobody here trusts what lies elsewhere. The record must say of every part of the key what this run says, must be of
//! this machine's instruction set, and every file must have the digest that it names; a link, or a path that leaves the
//! entry, is refused. What is copied gets a record written anew from the recipe. One folder, the first, is written to
//! where the configuration says so: aside, synced, and renamed; nothing that is there is ever changed.

use std::fs;
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, SystemTime};

use super::artifact::{self, Content};
use super::digest::Digest;
use super::files;
use super::layout::{Entry, Store};
use super::record::{FILE, Output, Record};
use super::target::target;
use crate::engine::recipe::Recipe;
use crate::failure::Failure;

/// What a writer who was killed left in a shared folder is removed by another when it is as old as this.
const ABANDONED: Duration = Duration::from_secs(24 * 60 * 60);

/// The caches that a study reads beside its own.
#[derive(Debug, Clone, Default)]
pub struct Shared {
    pub folders: Vec<Folder>,
    /// Whether what was made here is put into the first of them.
    pub write: bool,
}

/// One of them.
#[derive(Debug, Clone)]
pub struct Folder {
    pub path: PathBuf,
    /// The path as it is configured.
    pub name: String,
}

/// A result that was found, judged and read.
#[derive(Debug)]
pub struct Found {
    /// The folder as it is configured.
    pub from: String,
    pub entry: Entry,
    pub record: Record,
    contents: Vec<Content>,
}

impl Shared {
    /// A remark for each folder that is not there, since a network drive may not be.
    pub fn missing(&self) -> Vec<String> {
        let missing = self.folders.iter().enumerate().filter(|(_, folder)| !folder.path.is_dir());
        let remark = |(n, folder): (usize, &Folder)| {
            let written = if self.write && n == 0 { " or put into it" } else { "" };
            format!("cache.also: there is no folder {}; nothing is taken from it{written}", folder.name)
        };
        missing.map(remark).collect()
    }

    /// The first result of a recipe that is as it must be, and a remark for each that is there and is not. Reads only.
    pub fn find(&self, recipe: &Recipe, tables: &[&str]) -> (Option<Found>, Vec<String>) {
        let mut remarks = Vec::new();
        for folder in &self.folders {
            match folder.find(recipe, tables) {
                Ok(None) => {}
                Ok(Some(found)) => return (Some(found), remarks),
                Err(why) => remarks.push(format!("{}: not taken from {}: {why}", recipe.stage, folder.name)),
            }
        }
        (None, remarks)
    }

    /// Puts a result that was made here into the first folder, where that is asked for; a remark where it is not there
    /// afterwards.
    pub fn give(&self, entry: &Entry, record: &Record) -> Option<String> {
        let folder = self.folders.first().filter(|folder| self.write && folder.path.is_dir())?;
        let told = |why: String| format!("{}: not put into {}: {why}", entry.stage, folder.name);
        folder.give(entry, record).err().map(told)
    }
}

impl Found {
    /// Stores the result in the study's own cache, as if it had been made there.
    pub fn store(self, store: &Store, entry: &Entry, recipe: &Recipe) -> Result<Record, Failure> {
        let program = self.record.program;
        let record = |outputs| Record { program, ..Record::of(recipe, outputs) };
        artifact::store_as(store, entry, self.contents, None, record)
    }
}

impl Folder {
    fn entry(&self, stage: &str, key: &Digest) -> Entry {
        let folder = self.path.join("entries").join(stage).join(key.as_str());
        Entry { stage: stage.to_owned(), key: key.clone(), folder }
    }

    /// A result, none where there is none, or why what is there is not used.
    fn find(&self, recipe: &Recipe, tables: &[&str]) -> Result<Option<Found>, String> {
        let entry = self.entry(recipe.stage, &recipe.key());
        let name = format!("entries/{}/{}", entry.stage, entry.key);
        match entry.folder.symlink_metadata() {
            Ok(found) if found.is_dir() => {}
            Ok(_) => return Err(format!("{name} is no folder")),
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => return Ok(None),
            Err(error) => return Err(format!("{name}: {error}")),
        }
        only_files(&entry.folder, &name)?;
        let named = |why: String| format!("{name}/{FILE} {why}");
        let record = Record::read(&entry.folder).map_err(|error| named(format!("cannot be read: {error}")))?;
        let unknown = || named("is no record that this version of the program reads".to_owned());
        let record = record.ok_or_else(unknown)?;
        judge(&record, recipe, tables).map_err(named)?;
        let contents = contents(&entry.folder, &record).map_err(|why| format!("{name}/{why}"))?;
        Ok(Some(Found { from: self.name.clone(), entry, record, contents }))
    }

    fn give(&self, own: &Entry, record: &Record) -> Result<(), String> {
        let to = self.entry(&own.stage, &own.key).folder;
        if to.symlink_metadata().is_ok() {
            return is_there(&to, record);
        }
        let contents = contents(&own.folder, record)?;
        let aside = self.aside(&own.stage).map_err(|failure| failure.brief())?;
        let put = artifact::fill(&aside, contents, |outputs| Record { outputs, ..record.clone() })
            .and_then(|_| files::sync_folder(&aside))
            .and_then(|()| files::create_folder(to.parent().unwrap_or(&self.path)))
            .and_then(|()| files::place("rename", &aside, &to))
            .and_then(|()| to.parent().map_or(Ok(()), files::sync_folder));
        if put.is_err() {
            let _ = files::remove_folder(&aside);
        }
        match put {
            // Another writer came first.
            Err(_) if to.is_dir() => is_there(&to, record),
            put => put.map_err(|failure| failure.brief()),
        }
    }

    /// A fresh folder beside the entries, on the same file system.
    fn aside(&self, stage: &str) -> Result<PathBuf, Failure> {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let incoming = self.path.join("incoming");
        files::create_folder(&incoming)?;
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        // Processes of several machines may have one number; a name that is taken all the same is an error.
        let moment = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_or(0, |since| since.as_nanos());
        let aside = incoming.join(format!("{moment}-{}-{count}-{stage}", std::process::id()));
        fs::create_dir(&aside).map_err(|error| Failure::io("create", &aside, error))?;
        remove_abandoned(&incoming, &aside);
        Ok(aside)
    }
}

/// Removes what is a day older than a fresh folder, by the clock of the file system.
fn remove_abandoned(incoming: &Path, fresh: &Path) {
    let time = |path: &Path| path.symlink_metadata().and_then(|found| found.modified()).ok();
    let Some(now) = time(fresh) else { return };
    let old = |path: &PathBuf| {
        time(path).and_then(|then| now.duration_since(then).ok()).is_some_and(|since| since > ABANDONED)
    };
    let inside = fs::read_dir(incoming).into_iter().flatten().flatten().map(|found| found.path());
    // What cannot be removed is in nobody's way.
    inside.filter(|path| old(path)).for_each(|path| drop(files::remove(&path)));
}

/// Whether what has the place of a result holds the same files.
fn is_there(folder: &Path, record: &Record) -> Result<(), String> {
    let known = Record::read(folder).ok().flatten();
    match known.is_some_and(|known| known.outputs == record.outputs) {
        true => Ok(()),
        false => Err("it has another result under this key, which is left as it is".to_owned()),
    }
}

/// Refuses an entry that has anything but files and folders in it.
fn only_files(folder: &Path, name: &str) -> Result<(), String> {
    let unreadable = |error: std::io::Error| format!("{name}: {error}");
    for found in fs::read_dir(folder).map_err(unreadable)? {
        let found = found.map_err(unreadable)?;
        let inside = format!("{name}/{}", found.file_name().to_string_lossy());
        let kind = found.file_type().map_err(unreadable)?;
        if kind.is_symlink() {
            return Err(format!("{inside} is a link"));
        } else if kind.is_dir() {
            only_files(&found.path(), &inside)?;
        } else if !kind.is_file() {
            return Err(format!("{inside} is no file"));
        }
    }
    Ok(())
}

/// Holds a record against what a run would read and make; the part that is another.
fn judge(record: &Record, recipe: &Recipe, tables: &[&str]) -> Result<(), String> {
    let meant = Record::of(recipe, Vec::new());
    let parts = [
        (record.stage == meant.stage, "is of another stage"),
        (record.method_version == meant.method_version, "is of another method version"),
        (record.seed == meant.seed, "is of another seed"),
        (record.settings == meant.settings, "is of other settings"),
        (record.inputs == meant.inputs, "is of other inputs"),
        (record.key == meant.key, "has another key"),
    ];
    if let Some((_, why)) = parts.iter().find(|(same, _)| !same) {
        return Err((*why).to_owned());
    }
    if record.target != target() {
        let why = format!("was made on {}, and this is {}; last digits may differ", record.target, target());
        return Err(why);
    }
    let paths = record.outputs.iter().map(|output| output.path.as_str());
    if let Some(path) = artifact::unstorable(paths) {
        return Err(format!("names a file `{path}`, which cannot be stored"));
    }
    match tables.iter().find(|table| record.table(table).is_none()) {
        Some(table) => Err(format!("names no table `{table}`")),
        None => Ok(()),
    }
}

/// The files that a record names, each hashed; else which one is not as recorded.
fn contents(folder: &Path, record: &Record) -> Result<Vec<Content>, String> {
    let one = |output: &Output| {
        let why = |words: String| format!("{} {words}", output.path);
        let mut bytes = Vec::new();
        let file = fs::File::open(folder.join(&output.path));
        let read = file.and_then(|file| file.take(output.bytes.saturating_add(1)).read_to_end(&mut bytes));
        read.map_err(|error| match error.kind() {
            ErrorKind::NotFound => why("is missing".to_owned()),
            _ => why(format!("cannot be read: {error}")),
        })?;
        match bytes.len() as u64 == output.bytes && Digest::of(&bytes) == output.sha256 {
            true => Ok((output.path.clone(), bytes)),
            false => Err(why("was altered".to_owned())),
        }
    };
    record.outputs.iter().map(one).collect()
}
