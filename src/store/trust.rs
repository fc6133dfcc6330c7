//! `--trust-mtime`: a file of the cache that looks as it did when it was last hashed is not hashed again.
//!
//! How each file looked is written by runs that were asked to trust, beside the entries: `.cache/trusted/<stage>/<key>.json`.
//! Whoever only reads the cache writes nothing. Tables are hashed before a stage computes with them all the same.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::digest::Digest;
use super::files;
use super::layout::{Entry, Store};
use super::record::{Output, Record};
use super::regular;
use super::verify::{self, Damage};
use crate::failure::Failure;

/// The version of the file's form. Another version's looks are not believed.
const FORMAT: u32 = 1;
/// A file that changed less than this before it was hashed may have changed again within the same tick of its clock: it is
/// hashed again, as git does with its index.
const RACY: i64 = 2_000_000_000;

/// How far files are believed to be what they look like.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Trust {
    /// Every byte is hashed.
    #[default]
    Nothing,
    /// Looks are believed, and nothing is written.
    Looks,
    /// Looks are believed, and those of files that were hashed are written down; only for the holder of the lock.
    LooksAndKeeps,
}

/// How a file looks without being read; times in nanoseconds of the file system's clock.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Look {
    bytes: u64,
    mtime: i64,
    /// The time of the last change to the file or to what is known of it, which no program can set.
    ctime: i64,
    inode: u64,
    device: u64,
}

/// A file when it was hashed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Seen {
    sha256: Digest,
    look: Look,
    /// The file system's clock before the hashing.
    since: i64,
}

/// The files of one entry when they were hashed.
#[derive(Debug, Default, PartialEq, Serialize, Deserialize)]
struct Trusted {
    format: u32,
    files: BTreeMap<String, Seen>,
}

impl Store {
    /// Believes files as far as said.
    pub fn trusting(self, trust: Trust) -> Store {
        Store { trust, ..self }
    }

    /// Reads an entry's record and hashes the files it names: all of them, or those that cannot be believed unhashed.
    pub fn verify(&self, entry: &Entry) -> Result<(Option<Record>, Vec<Damage>), Failure> {
        self.verify_by(entry, &Record::holds)
    }

    /// The same where more is known of what the record must hold.
    pub fn verify_by(
        &self,
        entry: &Entry,
        holds: &dyn Fn(&Record) -> bool,
    ) -> Result<(Option<Record>, Vec<Damage>), Failure> {
        if self.trust == Trust::Nothing {
            return verify::verify_by(entry, holds, |output| verify::damage(entry, output));
        }
        let known = self.trusted(entry);
        let mut next = Trusted { format: FORMAT, files: BTreeMap::new() };
        let verified = verify::verify_by(entry, holds, |output| {
            let path = entry.folder.join(&output.path);
            let seen = known.files.get(&output.path).filter(|seen| seen.fits(output, look(&path)));
            if let Some(seen) = seen {
                next.files.insert(output.path.clone(), seen.clone());
                return Ok(None);
            }
            let (since, before) = (self.clock(entry), look(&path));
            let damage = verify::damage(entry, output)?;
            if let (None, Some(look), Some(since)) = (&damage, before, since) {
                next.files.insert(output.path.clone(), Seen { sha256: output.sha256.clone(), look, since });
            }
            Ok(damage)
        })?;
        if self.trust == Trust::LooksAndKeeps && verified.1.is_empty() && next != known {
            // A hint that is not kept costs the next run some time.
            if let Err(failure) = self.keep(entry, &next) {
                tracing::warn!(stage = entry.stage, "looks of files not kept: {}", failure.brief());
            }
        }
        Ok(verified)
    }

    /// Forgets how the files of an entry looked, which is only a hint.
    pub fn distrust(&self, entry: &Entry) {
        let _ = files::remove(&self.trusted_file(entry));
    }

    fn trusted_file(&self, entry: &Entry) -> PathBuf {
        self.cache().join("trusted").join(&entry.stage).join(format!("{}.json", entry.key))
    }

    /// What is known of an entry's files; what cannot be read is not known.
    fn trusted(&self, entry: &Entry) -> Trusted {
        let bytes = regular::read(&self.trusted_file(entry)).ok();
        let read = bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok());
        read.filter(|known: &Trusted| known.format == FORMAT).unwrap_or_default()
    }

    fn keep(&self, entry: &Entry, looks: &Trusted) -> Result<(), Failure> {
        let path = self.trusted_file(entry);
        files::create_folder(path.parent().unwrap_or(&path))?;
        files::replace(&path, &serde_json::to_vec(looks).expect("looks are maps with text keys"))
    }

    /// What the clock is that gives the cache's files their times: another machine's, on a network drive. None for
    /// whoever writes nothing.
    fn clock(&self, entry: &Entry) -> Option<i64> {
        if self.trust != Trust::LooksAndKeeps {
            return None;
        }
        files::create_folder(&self.tmp()).ok()?;
        let probe = self.tmp().join(format!("{}-clock-{}", std::process::id(), entry.key));
        let _ = files::remove(&probe);
        let told = files::write(&probe, b"").ok().and_then(|_| look(&probe)).map(|look| look.mtime);
        let _ = files::remove(&probe);
        told
    }
}

impl Seen {
    /// Whether a file that looks like this is the one that was hashed, and is the one that is recorded.
    fn fits(&self, output: &Output, look: Option<Look>) -> bool {
        let settled = self.since.saturating_sub(self.look.mtime.max(self.look.ctime)) > RACY;
        settled && self.sha256 == output.sha256 && look.as_ref() == Some(&self.look)
    }
}

#[cfg(unix)]
fn look(path: &Path) -> Option<Look> {
    use std::os::unix::fs::MetadataExt;
    let found = std::fs::symlink_metadata(path).ok().filter(std::fs::Metadata::is_file)?;
    let time = |seconds: i64, rest: i64| seconds.checked_mul(1_000_000_000)?.checked_add(rest);
    Some(Look {
        bytes: found.len(),
        mtime: time(found.mtime(), found.mtime_nsec())?,
        ctime: time(found.ctime(), found.ctime_nsec())?,
        inode: found.ino(),
        device: found.dev(),
    })
}

/// Without a time that no program can set, no look is believed.
#[cfg(not(unix))]
fn look(_: &Path) -> Option<Look> {
    None
}

#[cfg(all(test, unix))]
mod tests;
