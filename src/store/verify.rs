//! Whether an entry's bytes are still what its record says; every file is hashed in full, unless [`trust`](super::trust)
//! is asked for.

use std::io::ErrorKind;

use super::digest::Digest;
use super::layout::Entry;
use super::record::{FILE, Output, Record};
use super::regular::no_file;
use crate::engine::reason::Reason;
use crate::failure::Failure;

/// One file of an entry that is not as recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Damage {
    /// The stage and the path below its folder.
    pub file: String,
    pub missing: bool,
}

impl Damage {
    /// A record that this version of the program does not understand, or that is not a record.
    pub fn unknown_record() -> Damage {
        Damage { file: FILE.to_owned(), missing: false }
    }

    pub fn reason(&self) -> Reason {
        let file = self.file.clone();
        if self.missing { Reason::OutputMissing { file } } else { Reason::OutputAltered { file } }
    }
}

/// Reads an entry's record and hashes every file it names.
pub fn verify(entry: &Entry) -> Result<(Option<Record>, Vec<Damage>), Failure> {
    verify_by(entry, |output| damage(entry, output))
}

/// The same with another way to look at each file.
pub fn verify_by(
    entry: &Entry,
    mut look: impl FnMut(&Output) -> Result<Option<Damage>, Failure>,
) -> Result<(Option<Record>, Vec<Damage>), Failure> {
    let record = Record::read(&entry.folder).map_err(|error| Failure::io("read", &entry.folder, error))?;
    let Some(record) = record.filter(|record| record.key == entry.key && record.stage == entry.stage) else {
        let missing = !entry.folder.join(FILE).exists();
        return Ok((None, vec![Damage { file: format!("{}/{FILE}", entry.stage), missing }]));
    };
    let mut damaged = Vec::new();
    for output in &record.outputs {
        damaged.extend(look(output)?);
    }
    Ok((Some(record), damaged))
}

/// Hashes one file in full.
pub fn damage(entry: &Entry, output: &Output) -> Result<Option<Damage>, Failure> {
    let path = entry.folder.join(&output.path);
    let file = format!("{}/{}", entry.stage, output.path);
    match Digest::of_file(&path) {
        Ok((sha256, _)) if sha256 == output.sha256 => Ok(None),
        Ok(_) => Ok(Some(Damage { file, missing: false })),
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            Ok(Some(Damage { file, missing: true }))
        }
        Err(error) if no_file(&error).is_some() => Ok(Some(Damage { file, missing: false })),
        Err(error) => Err(Failure::io("read", &path, error)),
    }
}
