//! `outputs/<stage>`: a relative link that is made once and leads through `.cache/shown` to the current entry; a copy
//! where links do not work. Reads only; [`show`](super::show) is what changes them.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use super::copy;
use super::digest::Digest;
use super::layout::{Entry, Store};
use super::{files, unlinked};
use crate::failure::Failure;

/// What stages show: the targets of the links in a folder of links.
pub type Links = BTreeMap<String, PathBuf>;

impl Store {
    /// The entry that a stage's link (or copy) shows, whether or not it is whole.
    pub fn current(&self, stage: &str) -> Option<Entry> {
        let link = self.link(stage);
        let Ok(target) = fs::read_link(&link) else {
            let key = copy::key(&link).or_else(|| unlinked::key(&link, stage));
            return key.map(|key| self.entry(stage, &key));
        };
        if target == stable(stage) {
            let shown = self.shown_folder()?.join(stage);
            let folder = || unlinked::key(&shown, stage).map(|key| self.entry(stage, &key));
            return self.entry_of(stage, &shown, &up()).or_else(folder);
        }
        // A link to the entry itself: how earlier versions of this program laid the folder out.
        self.entry_of(stage, &link, Path::new(".cache"))
    }

    /// Takes a stage's link (or copy) away: the configuration has no such stage any more.
    pub fn hide(&self, stage: &str) -> Result<(), Failure> {
        let link = self.link(stage);
        let removed = match link.is_symlink() {
            true if self.current(stage).is_some() => fs::remove_file(&link),
            false if copy::key(&link).is_some() => fs::remove_dir_all(&link),
            false if unlinked::key(&link, stage).is_some() => {
                files::create_folder(&self.aside())?;
                fs::rename(&link, self.free_aside(&format!("outputs-{stage}")))
            }
            _ => Ok(()),
        };
        removed.map_err(|error| Failure::io("remove", &link, error))
    }

    /// Whether a stage's link is the one that leads through `.cache/shown`.
    pub fn is_stable(&self, stage: &str) -> bool {
        fs::read_link(self.link(stage)).is_ok_and(|target| target == stable(stage))
    }

    /// Every stage that shows something by a link, and what: entries, and results that were set aside.
    pub fn linked(&self) -> Links {
        let held = self.held();
        let names = fs::read_dir(&self.outputs).into_iter().flatten().flatten();
        let links = names.filter(|name| name.file_type().is_ok_and(|kind| kind.is_symlink()));
        let stages = links.filter_map(|name| name.file_name().into_string().ok());
        let target = |stage: &str| match self.is_stable(stage) {
            true => held.get(stage).cloned().or_else(|| self.current(stage).map(|entry| into_cache(&entry))),
            false => self.current(stage).map(|entry| into_cache(&entry)),
        };
        stages.filter_map(|stage| Some((stage.clone(), target(&stage)?))).collect()
    }

    /// What the folder of links holds that is shown now, whether or not `outputs/<stage>` leads there.
    pub fn held(&self) -> Links {
        let Some(shown) = self.shown_folder() else { return BTreeMap::new() };
        let stages = fs::read_dir(&shown).into_iter().flatten().flatten();
        let stages = stages.filter_map(|name| name.file_name().into_string().ok());
        let target = |stage: &str| {
            let target = fs::read_link(shown.join(stage)).ok()?;
            let aside = target.file_name().is_some_and(|name| target == into_aside(Path::new(name)));
            (aside || self.entry_of(stage, &shown.join(stage), &up()).is_some()).then_some(target)
        };
        stages.filter_map(|stage| Some((stage.clone(), target(&stage)?))).collect()
    }

    /// The folder of links that is shown now; where copying made a folder of the link to it, that one.
    pub fn shown_folder(&self) -> Option<PathBuf> {
        if unlinked::is_folder(&self.shown()) {
            return Some(self.shown());
        }
        Some(self.shows().join(self.shown_number()?.to_string()))
    }

    /// The number of what is shown now.
    pub fn shown_number(&self) -> Option<u64> {
        let target = fs::read_link(self.shown()).ok()?;
        let number = target.file_name()?.to_str()?.parse().ok()?;
        (target == numbered(number)).then_some(number)
    }

    /// The entry that a link leads to whose target begins with `cache`; none for any other link.
    fn entry_of(&self, stage: &str, link: &Path, cache: &Path) -> Option<Entry> {
        let target = fs::read_link(link).ok()?;
        let key = Digest::parse(target.file_name()?.to_str()?)?;
        (target == cache.join(below_cache(stage, &key))).then(|| self.entry(stage, &key))
    }
}

/// The target of `outputs/<stage>`.
pub fn stable(stage: &str) -> PathBuf {
    Path::new(".cache").join("shown").join(stage)
}

/// The target of a stage's link in a folder of links.
pub fn into_cache(entry: &Entry) -> PathBuf {
    up().join(below_cache(&entry.stage, &entry.key))
}

/// The target of a stage's link whose result was set aside while it is made again.
pub fn into_aside(name: &Path) -> PathBuf {
    up().join("aside").join(name)
}

/// From a folder of links to the cache.
fn up() -> PathBuf {
    Path::new("..").join("..")
}

/// The target of `.cache/shown`.
pub fn numbered(number: u64) -> PathBuf {
    Path::new("shows").join(number.to_string())
}

fn below_cache(stage: &str, key: &Digest) -> PathBuf {
    Path::new("entries").join(stage).join(key.as_str())
}
