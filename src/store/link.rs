//! `outputs/<stage>`: a relative link to the current entry, flipped by a rename.

use std::fs;
use std::path::{Path, PathBuf};

use super::digest::Digest;
use super::files;
use super::layout::{Entry, Store};
use crate::failure::Failure;

impl Store {
    /// The entry that a stage's link shows, whether or not it is whole.
    pub fn current(&self, stage: &str) -> Option<Entry> {
        let target = fs::read_link(self.link(stage)).ok()?;
        let key = Digest::parse(target.file_name()?.to_str()?)?;
        let entry = self.entry(stage, &key);
        (target == relative(&entry)).then_some(entry)
    }

    /// Lets a stage's link show this entry; whether that changed anything.
    pub fn show(&self, entry: &Entry) -> Result<bool, Failure> {
        if self.current(&entry.stage).as_ref() == Some(entry) {
            return Ok(false);
        }
        let link = self.link(&entry.stage);
        if link.symlink_metadata().is_ok_and(|found| !found.is_symlink()) {
            let error = std::io::Error::other("it is not a link of this program; move it away");
            return Err(Failure::io("replace", &link, error));
        }
        files::create_folder(&self.tmp())?;
        let fresh = self.tmp().join(format!("{}-link-{}", std::process::id(), entry.stage));
        let _ = fs::remove_file(&fresh);
        symlink(&relative(entry), &fresh).map_err(|error| Failure::io("link", &link, error))?;
        fs::rename(&fresh, &link).map_err(|error| Failure::io("link", &link, error))?;
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
}
