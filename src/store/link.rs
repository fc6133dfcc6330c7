//! `outputs/<stage>`: a relative link to the current entry, flipped by a rename; a copy where links do not work.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::copy;
use super::digest::Digest;
use super::files;
use super::layout::{Entry, Store};
use crate::failure::Failure;

impl Store {
    /// The entry that a stage's link (or copy) shows, whether or not it is whole.
    pub fn current(&self, stage: &str) -> Option<Entry> {
        let link = self.link(stage);
        let Ok(target) = fs::read_link(&link) else { return copy::key(&link).map(|key| self.entry(stage, &key)) };
        let key = Digest::parse(target.file_name()?.to_str()?)?;
        let entry = self.entry(stage, &key);
        (target == relative(&entry)).then_some(entry)
    }

    /// Takes a stage's link (or copy) away: the configuration has no such stage any more.
    pub fn hide(&self, stage: &str) -> Result<(), Failure> {
        let link = self.link(stage);
        let removed = match link.is_symlink() {
            true if self.current(stage).is_some() => fs::remove_file(&link),
            false if copy::key(&link).is_some() => fs::remove_dir_all(&link),
            _ => Ok(()),
        };
        removed.map_err(|error| Failure::io("remove", &link, error))
    }

    /// Lets a stage's link show this entry; whether that changed anything.
    pub fn show(&self, entry: &Entry) -> Result<bool, Failure> {
        let link = self.link(&entry.stage);
        let copied = copy::key(&link).is_some() && !link.is_symlink();
        let shown =
            if copied { copy::is_whole(&link, entry) } else { self.current(&entry.stage).as_ref() == Some(entry) };
        if shown {
            return Ok(false);
        }
        if !copied && link.symlink_metadata().is_ok_and(|found| !found.is_symlink()) {
            let error = std::io::Error::other("it is not a link of this program; move it away");
            return Err(Failure::io("replace", &link, error));
        }
        files::create_folder(&self.tmp())?;
        let fresh = self.tmp().join(format!("{}-link-{}", std::process::id(), entry.stage));
        let _ = fs::remove_file(&fresh);
        match if copied { Err(ErrorKind::Unsupported.into()) } else { symlink(&relative(entry), &fresh) } {
            Ok(()) => files::place("link", &fresh, &link)?,
            // What file systems without links answer.
            Err(error) if matches!(error.kind(), ErrorKind::Unsupported | ErrorKind::PermissionDenied) => {
                copy::place(entry, &fresh, &link)?;
            }
            Err(error) => return Err(Failure::io("link", &link, error)),
        }
        Ok(true)
    }
}

/// The link's target, as seen from the outputs folder.
fn relative(entry: &Entry) -> PathBuf {
    Path::new(".cache").join("entries").join(&entry.stage).join(entry.key.as_str())
}

#[cfg(unix)]
fn symlink(target: &Path, link: &Path) -> std::io::Result<()> {
    std::os::unix::fs::symlink(target, link)
}

#[cfg(windows)]
fn symlink(target: &Path, link: &Path) -> std::io::Result<()> {
    std::os::windows::fs::symlink_dir(target, link)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::recipe::Recipe;

    #[test]
    fn a_link_is_flipped_and_what_is_not_a_link_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::new(folder.path());
        let (first, second) = (store.entry("qc", &Digest::of(b"1")), store.entry("qc", &Digest::of(b"2")));
        assert_eq!(store.current("qc"), None);
        assert!(store.show(&first).unwrap() && store.show(&second).unwrap() && !store.show(&second).unwrap());
        assert_eq!(store.current("qc"), Some(second));
        fs::create_dir(store.link("screen")).unwrap();
        assert!(store.show(&store.entry("screen", &Digest::of(b"1"))).is_err());
    }

    #[test]
    fn where_links_do_not_work_a_copy_is_kept_whole_and_follows() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::new(folder.path());
        let entry = |settings: serde_json::Value, bytes: &[u8]| {
            let recipe = Recipe { stage: "qc", version: 1, seed: None, settings, inputs: Default::default() };
            let entry = store.entry("qc", &recipe.key());
            let contents = vec![("a.parquet".to_owned(), bytes.to_vec()), ("figures/b.svg".to_owned(), b"b".to_vec())];
            crate::store::artifact::store(&store, &entry, &recipe, contents).unwrap();
            entry
        };
        let (first, second) = (entry(serde_json::json!(1), b"1"), entry(serde_json::json!(2), b"2"));
        let shown = store.link("qc").join("a.parquet");
        copy::place(&first, &store.tmp().join("fresh"), &store.link("qc")).unwrap();
        assert_eq!(store.current("qc"), Some(first.clone()));
        assert!(!store.show(&first).unwrap());
        fs::remove_file(&shown).unwrap();
        fs::write(&shown, "altered").unwrap();
        assert!(store.show(&first).unwrap(), "an altered copy is repaired");
        assert_eq!(fs::read(&shown).unwrap(), b"1");
        assert!(store.show(&second).unwrap());
        assert_eq!((fs::read(&shown).unwrap(), store.current("qc")), (b"2".to_vec(), Some(second)));
    }
}
