//! The folder of a command: what it reads is laid there, and what it leaves is taken from there.
//!
//! Everything that it reads is a copy without the permission to write. A link would let a command write into the cache.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use super::csv;
use super::names::cleaned;
use super::node::Own;
use super::params::Format;
use crate::config::sources::Source;
use crate::engine::supply::{Shelf, bytes, table};
use crate::failure::Failure;
use crate::store::{Digest, Store, files};

/// A folder that goes when this does.
pub struct Work {
    top: PathBuf,
    /// What was laid there, by its path below the command's folder.
    laid: BTreeMap<String, Digest>,
}

impl Work {
    /// Makes the folder and lays what the command reads.
    pub fn new(own: &Own, store: &Store, shelf: &Shelf, sources: &[Source]) -> Result<Work, Failure> {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let number = COUNT.fetch_add(1, Ordering::SeqCst);
        let top = store.tmp().join(format!("{}-work-{number}-{}", std::process::id(), own.name));
        // The command stands in another folder than the program: no path may be relative.
        let top = std::path::absolute(&top).map_err(|error| Failure::io("find", &top, error))?;
        let mut work = Work { top, laid: BTreeMap::new() };
        files::create_folder(&work.folder())?;
        files::create_folder(&work.tmp())?;
        for source in sources {
            work.lay(&source.name, &source.bytes)?;
        }
        for (name, slot, format) in own.inputs() {
            let stored = shelf.get(slot.stage).ok_or_else(|| {
                Failure::stage(own.name, "slots", format!("input {}/{} was not supplied", slot.stage, slot.table))
            })?;
            match format {
                Format::Parquet => work.lay(&format!("inputs/{name}.parquet"), &bytes(stored, slot.table)?.1)?,
                Format::Csv => {
                    let (frame, _) = table(stored, slot)?;
                    let text = csv::write(&frame).map_err(|why| Failure::stage(own.name, "csv", why))?;
                    work.lay(&format!("inputs/{name}.csv"), text.as_bytes())?;
                }
            }
        }
        Ok(work)
    }

    /// Where the command runs.
    pub fn folder(&self) -> PathBuf {
        self.top.join("work")
    }

    /// Where the command's temporary files go.
    pub fn tmp(&self) -> PathBuf {
        self.top.join("tmp")
    }

    /// What the command says.
    pub fn log(&self) -> PathBuf {
        self.top.join("log.txt")
    }

    fn lay(&mut self, path: &str, bytes: &[u8]) -> Result<(), Failure> {
        let target = self.folder().join(path);
        files::create_folder(target.parent().unwrap_or(&target))?;
        files::write(&target, bytes)?;
        files::protect(&target)?;
        // A program of the study's own must be one that can be run.
        #[cfg(unix)]
        if !path.starts_with("inputs/") {
            let run = <fs::Permissions as std::os::unix::fs::PermissionsExt>::from_mode(0o555);
            fs::set_permissions(&target, run).map_err(|error| Failure::io("protect", &target, error))?;
        }
        self.laid.insert(cleaned(path).display().to_string(), Digest::of(bytes));
        Ok(())
    }

    /// What was laid and is not any more what it was.
    pub fn altered(&self) -> Vec<String> {
        let other = |(path, digest): &(&String, &Digest)| {
            !Digest::of_file(&self.folder().join(path)).is_ok_and(|(found, _)| found == **digest)
        };
        self.laid.iter().filter(other).map(|(path, _)| path.clone()).collect()
    }

    /// What the command left that is not among its outputs.
    pub fn undeclared(&self, own: &Own) -> Vec<String> {
        let declared: BTreeSet<&String> = own.params.outputs.values().map(|output| &output.file).collect();
        let mut found = Vec::new();
        walk(&self.folder(), "", &mut found);
        found.retain(|path| !declared.contains(path) && !self.laid.contains_key(path));
        found.sort();
        found
    }

    /// One output as bytes, or what is wrong with it.
    pub fn output(&self, path: &str) -> Result<Vec<u8>, String> {
        let folder = self.folder();
        let target = folder.join(path);
        let mut below = folder.clone();
        for part in Path::new(path).components() {
            below.push(part);
            match fs::symlink_metadata(&below) {
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Err("was not made".to_owned()),
                Err(error) => return Err(format!("cannot be looked at: {error}")),
                Ok(found) if found.file_type().is_symlink() => {
                    return Err("is a link, or lies behind one: leave the file itself".to_owned());
                }
                Ok(_) => {}
            }
        }
        let is_file = fs::symlink_metadata(&target).is_ok_and(|found| found.is_file());
        if !is_file {
            return Err("is no file".to_owned());
        }
        fs::read(&target).map_err(|error| format!("cannot be read: {error}"))
    }
}

impl Drop for Work {
    fn drop(&mut self) {
        // What is left is removed by the next run.
        let _ = files::remove_folder(&self.top);
    }
}

fn walk(folder: &Path, below: &str, found: &mut Vec<String>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = if below.is_empty() { name } else { format!("{below}/{name}") };
        match entry.file_type() {
            Ok(kind) if kind.is_dir() => walk(&entry.path(), &path, found),
            _ => found.push(path),
        }
    }
}
