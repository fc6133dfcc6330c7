//! Every entry of the cache, shown or not.

use super::digest::Digest;
use super::layout::{Entry, Store};
use super::record::Record;

impl Store {
    /// The stages that have entries, by name.
    pub fn stages_with_entries(&self) -> Vec<String> {
        let folders = std::fs::read_dir(self.cache().join("entries")).into_iter().flatten().flatten();
        let mut names: Vec<String> = folders.filter_map(|folder| folder.file_name().into_string().ok()).collect();
        names.sort();
        names
    }

    /// The named stages, and after them every other that has entries: the sweep, and stages of the user's own.
    pub fn in_order(&self, first: &[&str]) -> Vec<String> {
        let others = self.stages_with_entries().into_iter().filter(|stage| !first.contains(&stage.as_str()));
        first.iter().map(|stage| (*stage).to_owned()).chain(others).collect()
    }

    /// The entries of one stage in the order of their keys. What is no entry has no key and is left alone.
    pub fn entries(&self, stage: &str) -> Vec<Entry> {
        let folders = std::fs::read_dir(self.cache().join("entries").join(stage)).into_iter().flatten().flatten();
        let keys = folders.filter_map(|folder| Digest::parse(folder.file_name().to_str()?));
        let mut entries: Vec<Entry> = keys.map(|key| self.entry(stage, &key)).collect();
        entries.sort_by(|a, b| a.key.cmp(&b.key));
        entries
    }
}

impl Entry {
    /// Whether anything has the entry's place: its folder, or something else.
    pub fn is_there(&self) -> bool {
        self.folder.symlink_metadata().is_ok()
    }

    /// What has the entry's place where no folder has it. A link is one, wherever it leads.
    pub fn instead(&self) -> Option<&'static str> {
        let kind = self.folder.symlink_metadata().ok()?.file_type();
        let kinds = [(kind.is_symlink(), "a link"), (kind.is_file(), "a file"), (!kind.is_dir(), "a pipe or a device")];
        kinds.into_iter().find(|(is, _)| *is).map(|(_, words)| words)
    }

    /// What the entry was made of; none where its record is missing, contradicts itself or is not this version's.
    pub fn record(&self) -> Option<Record> {
        let record = Record::read(&self.folder).ok().flatten().filter(|_| self.instead().is_none());
        record.filter(|record| record.key == self.key && record.stage == self.stage && record.holds())
    }
}
