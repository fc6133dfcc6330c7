//! Whether an entry's bytes are still what its record says; every file is hashed in full, unless [`trust`](super::trust)
//! is asked for.

use std::io::ErrorKind;

use super::digest::Digest;
use super::layout::Entry;
use super::record::{FILE, Output, Record};
use super::regular::no_file;
use crate::engine::reason::Reason;
use crate::failure::Failure;

/// One thing of an entry that is not as recorded. A file is named by the stage and the path below its folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Damage {
    Missing(String),
    Altered(String),
    /// Something else has the place of the entry's folder.
    Replaced {
        entry: String,
        by: &'static str,
    },
}

impl Damage {
    /// A record that says what it cannot, or that this version of the program does not understand.
    pub fn record(entry: &Entry) -> Damage {
        Damage::Altered(format!("{}/{FILE}", entry.stage))
    }

    /// What is damaged.
    pub fn name(&self) -> &str {
        match self {
            Damage::Missing(file) | Damage::Altered(file) => file,
            Damage::Replaced { entry, .. } => entry,
        }
    }

    pub fn reason(&self) -> Reason {
        match self.clone() {
            Damage::Missing(file) => Reason::OutputMissing { file },
            Damage::Altered(file) => Reason::OutputAltered { file },
            Damage::Replaced { entry, by } => Reason::EntryReplaced { entry, by: by.to_owned() },
        }
    }
}

/// Reads an entry's record and hashes every file it names.
pub fn verify(entry: &Entry) -> Result<(Option<Record>, Vec<Damage>), Failure> {
    verify_by(entry, &Record::holds, |output| damage(entry, output))
}

/// The same with what a record must hold to be the entry's, and with another way to look at each file.
pub fn verify_by(
    entry: &Entry,
    holds: &dyn Fn(&Record) -> bool,
    mut look: impl FnMut(&Output) -> Result<Option<Damage>, Failure>,
) -> Result<(Option<Record>, Vec<Damage>), Failure> {
    if let Some(by) = entry.instead() {
        let entry = format!("{}/{}", entry.stage, entry.key.short());
        return Ok((None, vec![Damage::Replaced { entry, by }]));
    }
    let record = Record::read(&entry.folder).map_err(|error| Failure::io("read", &entry.folder, error))?;
    let own = |record: &Record| record.key == entry.key && record.stage == entry.stage && holds(record);
    let Some(record) = record.filter(own) else {
        let missing = entry.folder.join(FILE).symlink_metadata().is_err();
        let damage = if missing { Damage::Missing(format!("{}/{FILE}", entry.stage)) } else { Damage::record(entry) };
        return Ok((None, vec![damage]));
    };
    let mut damaged = Vec::new();
    for output in &record.outputs {
        damaged.extend(look(output)?);
    }
    Ok((Some(record), damaged))
}

/// Hashes one file in full. Of what is no file nothing is read: whoever reads a pipe waits for a writer.
pub fn damage(entry: &Entry, output: &Output) -> Result<Option<Damage>, Failure> {
    let path = entry.folder.join(&output.path);
    let file = format!("{}/{}", entry.stage, output.path);
    match Digest::of_file(&path) {
        Ok((sha256, _)) if sha256 == output.sha256 => Ok(None),
        Ok(_) => Ok(Some(Damage::Altered(file))),
        Err(error) if no_file(&error).is_some() => Ok(Some(Damage::Altered(file))),
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            Ok(Some(Damage::Missing(file)))
        }
        Err(error) => Err(Failure::io("read", &path, error)),
    }
}
