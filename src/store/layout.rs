//! Where everything lies below the study's outputs folder.

use std::path::{Path, PathBuf};

use super::digest::Digest;
use super::trust::Trust;

/// The outputs folder of one study.
#[derive(Debug, Clone)]
pub struct Store {
    pub outputs: PathBuf,
    /// How far files of the cache are believed unhashed.
    pub trust: Trust,
}

/// One stage's result under one key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    pub stage: String,
    pub key: Digest,
    pub folder: PathBuf,
}

impl Store {
    pub fn new(outputs: &Path) -> Store {
        Store { outputs: outputs.to_owned(), trust: Trust::Nothing }
    }

    pub fn cache(&self) -> PathBuf {
        self.outputs.join(".cache")
    }

    pub fn entry(&self, stage: &str, key: &Digest) -> Entry {
        let folder = self.cache().join("entries").join(stage).join(key.as_str());
        Entry { stage: stage.to_owned(), key: key.clone(), folder }
    }

    pub fn tmp(&self) -> PathBuf {
        self.cache().join("tmp")
    }

    pub fn aside(&self) -> PathBuf {
        self.cache().join("aside")
    }

    pub fn runs(&self) -> PathBuf {
        self.cache().join("runs")
    }

    pub fn lock(&self) -> PathBuf {
        self.cache().join("lock")
    }

    /// The link to the folder of links that is shown now.
    pub fn shown(&self) -> PathBuf {
        self.cache().join("shown")
    }

    /// The folders of links, by number.
    pub fn shows(&self) -> PathBuf {
        self.cache().join("shows")
    }

    /// The link that shows a stage's current result.
    pub fn link(&self, stage: &str) -> PathBuf {
        self.outputs.join(stage)
    }
}
