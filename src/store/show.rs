//! Letting `outputs/` show other results: all of them at one moment, by one rename.
//!
//! ```text
//! outputs/<stage>            -> .cache/shown/<stage>              made once
//! .cache/shown               -> shows/<n>                         flipped: this rename is the moment
//! .cache/shows/<n>/<stage>   -> ../../entries/<stage>/<key>       written aside, whole before it is shown
//! ```

use std::collections::BTreeSet;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use super::layout::{Entry, Store};
use super::link::{Links, into_aside, into_cache, numbered, stable};
use super::unlinked::is_folder;
use super::{copy, files};
use crate::failure::{Failure, Left};

/// Held while what is shown changes: stages that are made side by side may be set aside at the same time.
static FLIP: Mutex<()> = Mutex::new(());

impl Store {
    /// Lets each entry's stage show it, all at once, and every other stage what it shows already; whether anything changed.
    ///
    /// An error says of itself whether the earlier results are still shown.
    pub fn show(&self, entries: &[&Entry]) -> Result<bool, Failure> {
        let _flip = FLIP.lock().unwrap_or_else(PoisonError::into_inner);
        let (copied, linked): (Vec<&Entry>, Vec<&Entry>) =
            entries.iter().partition(|entry| copy::stands_in(&self.link(&entry.stage)));
        let mut copied: Vec<&Entry> =
            copied.into_iter().filter(|entry| !copy::is_whole(&self.link(&entry.stage), entry)).collect();
        let other =
            |entry: &&Entry| !self.is_stable(&entry.stage) || self.current(&entry.stage).as_ref() != Some(*entry);
        if linked.iter().any(other) {
            self.refuse_foreign(&linked)?;
            match self.links_work()? {
                true => self.flip(&linked).inspect_err(|_| self.tidy())?,
                false => copied.extend(linked),
            }
        } else if copied.is_empty() {
            return Ok(false);
        }
        self.copy_all(&copied).inspect_err(|_| self.tidy()).map(|()| true)
    }

    /// Lets a stage that shows this entry show what was set aside of it instead, until something else is shown. Where copies
    /// stand in for links, and where the entry is not shown, nothing changes; whether something did.
    pub fn show_aside(&self, entry: &Entry, aside: &Path) -> Result<bool, Failure> {
        let _flip = FLIP.lock().unwrap_or_else(PoisonError::into_inner);
        let mut held = self.held();
        let name = Path::new(aside.file_name().unwrap_or_default());
        if held.get(&entry.stage) != Some(&into_cache(entry)) {
            return Ok(false);
        }
        held.insert(entry.stage.clone(), into_aside(name));
        self.show_next(&held, Left::Earlier).inspect_err(|_| self.tidy()).map(|()| true)
    }

    /// What was set aside and is shown all the same.
    pub fn shown_aside(&self) -> BTreeSet<PathBuf> {
        let aside = |target: PathBuf| {
            let name = Path::new(target.file_name()?);
            (target == into_aside(name)).then(|| self.aside().join(name))
        };
        self.held().into_values().filter_map(aside).collect()
    }

    /// Removes the folders of links that are not shown, except the one `before`, which whoever is on the way through it may
    /// still need. What cannot be removed is in nobody's way.
    pub fn forget_shows(&self, before: Option<u64>) {
        let keep = [self.shown_number(), before].map(|number| number.map(|number| number.to_string().into()));
        for found in fs::read_dir(self.shows()).into_iter().flatten().flatten() {
            if !keep.contains(&Some(found.file_name())) {
                self.forget_show(&found.path());
            }
        }
    }

    /// Whether this file system knows links.
    fn links_work(&self) -> Result<bool, Failure> {
        let probe = self.fresh("links")?;
        match symlink(Path::new("shows"), &probe) {
            Ok(()) => {
                let _ = fs::remove_file(&probe);
                Ok(true)
            }
            // What file systems without links answer.
            Err(error) if matches!(error.kind(), ErrorKind::Unsupported | ErrorKind::PermissionDenied) => Ok(false),
            Err(error) => Err(Failure::io("link", &probe, error)),
        }
    }

    fn flip(&self, entries: &[&Entry]) -> Result<(), Failure> {
        let mut shown = self.linked();
        let names: BTreeSet<String> =
            shown.keys().cloned().chain(entries.iter().map(|entry| entry.stage.clone())).collect();
        let unstable: Vec<String> = names.into_iter().filter(|stage| !self.is_stable(stage)).collect();
        // A folder in the place of a link is shown from where it is set aside.
        let aside = |stage: &str| self.free_aside(&format!("outputs-{stage}"));
        for stage in unstable.iter().filter(|stage| is_folder(&self.link(stage))) {
            shown.insert(stage.clone(), into_aside(Path::new(aside(stage).file_name().unwrap_or_default())));
        }
        if unstable.iter().any(|stage| shown.contains_key(stage)) {
            // Links that lead to entries themselves: they are replaced when the way round leads to the same entries.
            self.show_next(&shown, Left::Earlier)?;
        }
        for stage in &unstable {
            let fresh = self.fresh(&format!("stage-{stage}"))?;
            symlink(&stable(stage), &fresh).map_err(|error| Failure::io("link", &fresh, error))?;
            self.put_link(&fresh, &self.link(stage), &aside(stage))?;
        }
        if !unstable.is_empty() {
            files::sync_folder(&self.outputs)?;
        }
        shown.extend(entries.iter().map(|entry| (entry.stage.clone(), into_cache(entry))));
        self.show_next(&shown, Left::Shown)
    }

    /// Writes a folder of links, whole and synced, and flips `.cache/shown` to it, which leaves `then` in the outputs.
    fn show_next(&self, shown: &Links, then: Left) -> Result<(), Failure> {
        if self.held() == *shown {
            return Ok(());
        }
        let before = self.shown_number();
        let next = self.last_number().saturating_add(1);
        let folder = self.shows().join(next.to_string());
        let fresh = self.fresh("shows")?;
        files::create_folder(&fresh)?;
        for (stage, target) in shown {
            let link = fresh.join(stage);
            symlink(target, &link).map_err(|error| Failure::io("link", &link, error))?;
        }
        files::sync_folder(&fresh)?;
        files::create_folder(&self.shows())?;
        files::place("rename", &fresh, &folder)?;
        files::sync_folder(&self.shows())?;
        let link = self.fresh("shown")?;
        symlink(&numbered(next), &link).map_err(|error| Failure::io("link", &link, error))?;
        self.put_link(&link, &self.shown(), &self.free_aside("shown"))?;
        files::sync_folder(&self.cache()).map_err(|failure| failure.leaving(then))?;
        self.forget_shows(before);
        Ok(())
    }

    /// The largest number that any folder of links has.
    fn last_number(&self) -> u64 {
        let found = fs::read_dir(self.shows()).into_iter().flatten().flatten();
        let numbers = found.filter_map(|found| found.file_name().to_str()?.parse().ok());
        numbers.chain(self.shown_number()).max().unwrap_or(0)
    }

    fn copy_all(&self, entries: &[&Entry]) -> Result<(), Failure> {
        let one = |entry: &&Entry| {
            let (fresh, link) = (self.fresh(&format!("stage-{}", entry.stage))?, self.link(&entry.stage));
            let aside = self.free_aside(&format!("outputs-{}", entry.stage));
            if is_folder(&link) && !copy::stands_in(&link) {
                files::create_folder(&self.aside())?;
            }
            copy::place(entry, &fresh, &link, &aside)
        };
        let copied = entries.iter().try_for_each(one);
        let synced = copied.and_then(|()| if entries.is_empty() { Ok(()) } else { files::sync_folder(&self.outputs) });
        synced.map_err(|failure| failure.leaving(Left::Copies))
    }

    /// A path among the temporary files where there is nothing yet.
    fn fresh(&self, name: &str) -> Result<PathBuf, Failure> {
        files::create_folder(&self.tmp())?;
        let fresh = self.tmp().join(format!("{}{name}", prefix()));
        files::remove(&fresh).map_err(|error| Failure::io("remove", &fresh, error)).map(|()| fresh)
    }

    /// After a failure: removes what was made ready and is not shown, as far as that can be done.
    fn tidy(&self) {
        for found in fs::read_dir(self.tmp()).into_iter().flatten().flatten() {
            if found.file_name().to_str().is_some_and(|name| name.starts_with(&prefix())) {
                let _ = files::remove(&found.path());
            }
        }
        self.forget_shows(None);
    }
}

/// What the names of this process's temporary files here begin with.
fn prefix() -> String {
    format!("{}-show-", std::process::id())
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
mod tests;
