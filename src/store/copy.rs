//! `outputs/<stage>` where links do not work: a copy of the current entry, checked by hash and repaired.
//!
//! The runner never reads a copy; it is there for people.

use std::fs;
use std::path::Path;

use super::digest::Digest;
use super::files;
use super::layout::Entry;
use super::record::{FILE, Record};
use super::unlinked::is_folder;
use crate::failure::Failure;
use crate::interrupt;

/// The file that makes a folder a copy of this program's, and holds the entry's key.
const MARK: &str = ".copy-of";

/// The key of the entry that a folder is a copy of; none for any other folder.
pub fn key(folder: &Path) -> Option<Digest> {
    Digest::parse(fs::read_to_string(folder.join(MARK)).ok()?.trim())
}

/// Whether a folder is such a copy, and no link to one.
pub fn stands_in(folder: &Path) -> bool {
    key(folder).is_some() && !folder.is_symlink()
}

/// Whether every file of the copy is what the entry's record says.
pub fn is_whole(folder: &Path, entry: &Entry) -> bool {
    let same =
        |path: &str, digest: &Digest| Digest::of_file(&folder.join(path)).is_ok_and(|(found, _)| found == *digest);
    let record = Record::read(&entry.folder).ok().flatten();
    let whole = |record: Record| record.outputs.iter().all(|output| same(&output.path, &output.sha256));
    key(folder).as_ref() == Some(&entry.key) && record.is_some_and(whole)
}

/// Copies the entry to `fresh` and puts that in the place of `folder`, which may hold an earlier copy; any other folder there,
/// which nobody refused, is set aside as `aside`.
pub fn place(entry: &Entry, fresh: &Path, folder: &Path, aside: &Path) -> Result<(), Failure> {
    let record = Record::read(&entry.folder).map_err(|error| Failure::io("read", &entry.folder, error))?;
    let outputs = record.map(|record| record.outputs).unwrap_or_default();
    for path in outputs.iter().map(|output| output.path.as_str()).chain([FILE]) {
        let target = fresh.join(path);
        files::create_folder(target.parent().unwrap_or(fresh))?;
        fs::copy(entry.folder.join(path), &target).map_err(|error| Failure::io("copy", &target, error))?;
    }
    files::write(&fresh.join(MARK), format!("{}\n", entry.key).as_bytes())?;
    let before = fresh.with_extension("before");
    files::remove(&before).map_err(|error| Failure::io("remove", &before, error))?;
    interrupt::undisturbed(|| {
        let to = if stands_in(folder) { &before } else { aside };
        let moved = is_folder(folder);
        if moved {
            fs::rename(folder, to).map_err(|error| Failure::io("replace", folder, error))?;
        }
        // What was there is back where the copy cannot be.
        let back = |_: &std::io::Error| drop(moved.then(|| fs::rename(to, folder)));
        fs::rename(fresh, folder).inspect_err(back).map_err(|error| Failure::io("rename", folder, error))
    })?;
    files::remove(&before).map_err(|error| Failure::io("remove", &before, error))
}
