//! A folder in the place of a link: what copying a study with its links followed makes of `outputs/`.
//!
//! A folder that is, byte for byte and with nothing else in it, the result that its own record describes is this program's
//! to replace, and is set aside. Anything else in the place of a link is somebody's, and is left.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use super::artifact::LOG;
use super::copy;
use super::digest::Digest;
use super::files;
use super::layout::{Entry, Store};
use super::record::{FILE, Record};
use crate::failure::{Failure, Left};
use crate::interrupt;

/// Whether a folder, and no link to one, has this place.
pub fn is_folder(place: &Path) -> bool {
    place.symlink_metadata().is_ok_and(|found| found.is_dir())
}

/// The key of the result of a stage that a folder is; none where it is no folder, or is not whole, or has more in it.
pub fn key(folder: &Path, stage: &str) -> Option<Digest> {
    result(folder, stage).ok().filter(|_| is_folder(folder))
}

/// The key of the result that a folder is; else what keeps it from being one.
fn result(folder: &Path, stage: &str) -> Result<Digest, String> {
    let record = Record::read(folder).ok().flatten().filter(|record| record.stage == stage && record.holds());
    let record = record.ok_or_else(|| format!("no record of {stage} in it"))?;
    let known = record.outputs.iter().map(|output| output.path.as_str()).chain([FILE, LOG]).collect();
    if let Some(stranger) = stranger(folder, "", &known) {
        return Err(format!("{stranger} is none of its files"));
    }
    let amiss = record.outputs.iter().find_map(|output| match Digest::of_file(&folder.join(&output.path)) {
        Ok((sha256, bytes)) if sha256 == output.sha256 && bytes == output.bytes => None,
        Ok(_) => Some(format!("{} was altered", output.path)),
        Err(_) => Some(format!("{} is missing", output.path)),
    });
    amiss.map_or(Ok(record.key), Err)
}

/// The first thing in a folder that is neither one of these files nor a folder of one.
fn stranger(folder: &Path, above: &str, known: &BTreeSet<&str>) -> Option<String> {
    let Ok(inside) = fs::read_dir(folder) else { return Some(above.to_owned()) };
    inside.flatten().find_map(|found| {
        let name = format!("{above}{}", found.file_name().to_string_lossy());
        let below = format!("{name}/");
        match found.file_type() {
            Ok(kind) if kind.is_dir() && known.iter().any(|path| path.starts_with(&below)) => {
                stranger(&found.path(), &below, known)
            }
            Ok(kind) if kind.is_file() && known.contains(name.as_str()) => None,
            _ => Some(name),
        }
    })
}

/// What keeps a folder of links, or of folders where they were, from being this program's; none where nothing does.
fn foreign_shows(folder: &Path) -> Option<String> {
    let inside: Vec<_> = fs::read_dir(folder).into_iter().flatten().flatten().collect();
    if inside.is_empty() {
        return Some("nothing in it".to_owned());
    }
    inside.into_iter().find_map(|found| {
        let name = found.file_name().to_string_lossy().into_owned();
        match found.file_type() {
            Ok(kind) if kind.is_symlink() => None,
            Ok(kind) if !kind.is_dir() => Some(format!("{name} is no result")),
            _ => result(&found.path(), &name).err().map(|why| format!("{name}: {why}")),
        }
    })
}

/// Whether a folder has only links in it, and folders of links.
fn holds_no_file(folder: &Path) -> bool {
    let none = |found: fs::DirEntry| {
        found.file_type().is_ok_and(|kind| kind.is_symlink() || kind.is_dir() && holds_no_file(&found.path()))
    };
    is_folder(folder) && fs::read_dir(folder).is_ok_and(|inside| inside.flatten().all(none))
}

/// Why something in the place of a link must be left; none where it is a link, or nothing, or `folder` finds no fault.
fn foreign(place: &Path, folder: impl Fn(&Path) -> Option<String>) -> Option<String> {
    match place.symlink_metadata() {
        Ok(found) if found.is_dir() => folder(place),
        Ok(found) if !found.is_symlink() => Some("a file".to_owned()),
        _ => None,
    }
}

impl Store {
    /// Why `outputs/<stage>` does not show what it should: it is gone, leads elsewhere, or is somebody's; none where it does.
    pub fn astray(&self, stage: &str) -> Option<String> {
        let link = self.link(stage);
        if let Some(key) = copy::key(&link) {
            let whole = copy::is_whole(&link, &self.entry(stage, &key));
            return (!whole).then(|| "is a copy that was altered".to_owned());
        }
        if let Some(why) = foreign(&link, |folder| result(folder, stage).err()) {
            return Some(format!("is no link and no whole result: {why}"));
        }
        let lost = self.held().contains_key(stage) && self.current(stage).is_none();
        let gone = link.symlink_metadata().is_err();
        lost.then(|| if gone { "is gone".to_owned() } else { "leads elsewhere".to_owned() })
    }

    /// Refuses what somebody else put in the place of a link, all of it at once. A link that leads elsewhere is replaced.
    pub fn refuse_foreign(&self, entries: &[&Entry]) -> Result<(), Failure> {
        let stages = entries.iter().map(|entry| {
            let link = self.link(&entry.stage);
            let why = foreign(&link, |folder| result(folder, &entry.stage).err());
            (link, why)
        });
        let shown = (self.shown(), foreign(&self.shown(), foreign_shows));
        let found = stages.chain([shown]).filter_map(|(place, why)| {
            let place = place.strip_prefix(".").unwrap_or(&place).display().to_string();
            why.map(|why| format!("{place} ({why})"))
        });
        let found: Vec<String> = found.collect();
        let words = match found.len() {
            0 => return Ok(()),
            1 => "it is not a link of this program; move it away",
            _ => "they are not links of this program; move them away",
        };
        let (path, error) = (found.join(", "), std::io::Error::other(words));
        Err(Failure::Io { action: "replace", path, error, left: Left::Earlier })
    }

    /// Puts a link that was made ready in its place. A folder there, which nobody refused, is set aside as `aside`.
    pub fn put_link(&self, ready: &Path, place: &Path, aside: &Path) -> Result<(), Failure> {
        if !is_folder(place) {
            return files::place("link", ready, place);
        }
        files::create_folder(&self.aside())?;
        interrupt::undisturbed(|| {
            fs::rename(place, aside).and_then(|()| {
                // What was there is back where the link cannot be.
                fs::rename(ready, place).inspect_err(|_| drop(fs::rename(aside, place)))
            })
        })
        .map_err(|error| Failure::io("link", place, error))?;
        files::sync_folder(&self.aside())
    }

    /// A path where nothing is among what was set aside.
    pub fn free_aside(&self, name: &str) -> PathBuf {
        let paths = (1..).map(|n: u64| self.aside().join(format!("{name}-{n}")));
        paths.into_iter().find(|path| path.symlink_metadata().is_err()).expect("the numbers do not end")
    }

    /// Removes a folder of links that is not shown any more. What else is in it is set aside where it is this program's, and
    /// left where it is not.
    pub fn forget_show(&self, folder: &Path) {
        // What cannot be removed is in nobody's way.
        if holds_no_file(folder) {
            let _ = files::remove(folder);
        } else if is_folder(folder) && foreign_shows(folder).is_none() {
            let name = format!("shows-{}", folder.file_name().unwrap_or_default().to_string_lossy());
            let _ = files::create_folder(&self.aside()).map(|()| fs::rename(folder, self.free_aside(&name)));
        }
    }

    /// The keys of a stage that folders in the place of links say they are of, whole or not; none where one does not say.
    pub fn perhaps_shown(&self, stage: &str) -> Option<BTreeSet<Digest>> {
        let places = [Some(self.link(stage)), self.shown_folder().map(|shown| shown.join(stage))];
        let said = |place: &PathBuf| {
            let record = Record::read(place).ok().flatten().filter(|record| record.stage == stage);
            copy::key(place).or_else(|| record.map(|record| record.key))
        };
        places.iter().flatten().filter(|place| is_folder(place)).map(said).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::recipe::Recipe;
    use crate::store::artifact;

    #[test]
    fn a_folder_is_a_result_only_whole_and_with_nothing_else_in_it() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::new(folder.path());
        let settings = serde_json::json!({});
        let recipe = Recipe { stage: "qc", version: 1, seed: None, settings, inputs: Default::default() };
        let entry = store.entry("qc", &recipe.key());
        let contents = vec![("a.parquet".to_owned(), b"a".to_vec()), ("figures/b.svg".to_owned(), b"b".to_vec())];
        artifact::store_with(&store, &entry, &recipe, contents, Some(b"said")).unwrap();
        let place = store.link("qc");
        let fresh = || {
            files::remove(&place).unwrap();
            files::link_all(&entry.folder, &place).unwrap();
        };
        fresh();
        assert_eq!(key(&place, "qc"), Some(entry.key.clone()));
        assert_eq!(key(&place, "screen"), None);
        let write = |path: &str| {
            let _ = fs::remove_file(place.join(path));
            fs::create_dir_all(place.join(path).parent().unwrap()).unwrap();
            fs::write(place.join(path), "mine").unwrap();
        };
        for path in ["a.parquet", "figures/b.svg", "record.json", "mine.txt", "figures/mine.svg", "mine/b.svg", ".x"] {
            fresh();
            write(path);
            assert_eq!(key(&place, "qc"), None, "{path}");
            assert_eq!(store.refuse_foreign(&[&entry]).unwrap_err().code(), 74, "{path}");
        }
        fresh();
        fs::create_dir(place.join("empty")).unwrap();
        assert_eq!(key(&place, "qc"), None, "a folder of somebody's");
        fresh();
        fs::remove_file(place.join("a.parquet")).unwrap();
        assert_eq!(key(&place, "qc"), None, "half a result");
        assert_eq!(store.perhaps_shown("qc"), Some(BTreeSet::from([entry.key.clone()])), "and it may be shown");
        fs::remove_file(place.join(FILE)).unwrap();
        assert_eq!(store.perhaps_shown("qc"), None, "anything may be");
        #[cfg(unix)]
        {
            files::remove(&place).unwrap();
            std::os::unix::fs::symlink(&entry.folder, &place).unwrap();
            assert_eq!(key(&place, "qc"), None, "a link is no folder");
        }
    }
}
