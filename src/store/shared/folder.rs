//! A folder as a depot: another study's cache, or one that several share. What is put into it is written aside, synced,
//! and renamed, so a result is there whole or not at all.

use std::fs;
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, SystemTime};

use super::{Depot, Refused};
use crate::failure::Failure;
use crate::store::artifact::{self, Content};
use crate::store::files;
use crate::store::record::{FILE, Output, Record};

/// What a writer who was killed left in a shared folder is removed by another when it is as old as this.
const ABANDONED: Duration = Duration::from_secs(24 * 60 * 60);

/// A folder that is laid out like `outputs/.cache`.
#[derive(Debug, Clone)]
pub struct Folder {
    pub path: PathBuf,
    /// The path as it is configured.
    pub name: String,
}

impl Depot for Folder {
    fn name(&self) -> &str {
        &self.name
    }

    fn near(&self) -> bool {
        true
    }

    fn away(&self) -> Option<String> {
        (!self.path.is_dir()).then(|| format!("there is no folder {}", self.name))
    }

    /// Empty where the folder of a result has none in it.
    fn record(&self, at: &str) -> Result<Option<Vec<u8>>, Refused> {
        let folder = self.path.join(at);
        match folder.symlink_metadata() {
            Ok(found) if found.is_dir() => {}
            Ok(_) => return Err(Refused::This(format!("{at} is no folder"))),
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => return Ok(None),
            Err(error) => return Err(Refused::This(format!("{at}: {error}"))),
        }
        only_files(&folder, at)?;
        match fs::read(folder.join(FILE)) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(Some(Vec::new())),
            Err(error) => Err(Refused::This(format!("{at}/{FILE} cannot be read: {error}"))),
        }
    }

    fn file(&self, at: &str, output: &Output) -> Result<Option<Vec<u8>>, Refused> {
        read(&self.path.join(at), output)
    }

    fn put(&self, at: &str, contents: Vec<Content>, record: &Record) -> Result<(), Refused> {
        if !self.path.is_dir() {
            return Err(Refused::Away);
        }
        let to = self.path.join(at);
        let aside = self.aside(&record.stage).map_err(refused)?;
        let put = artifact::fill(&aside, contents, |outputs| Record { outputs, ..record.clone() })
            .and_then(|_| files::sync_folder(&aside))
            .and_then(|()| files::create_folder(to.parent().unwrap_or(&self.path)))
            .and_then(|()| files::place("rename", &aside, &to))
            .and_then(|()| to.parent().map_or(Ok(()), files::sync_folder));
        if put.is_err() {
            let _ = files::remove_folder(&aside);
        }
        put.map_err(refused)
    }
}

impl Folder {
    /// A fresh folder beside the entries, on the same file system.
    fn aside(&self, stage: &str) -> Result<PathBuf, Failure> {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let incoming = self.path.join("incoming");
        files::create_folder(&incoming)?;
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        // Processes of several machines may have one number; a name that is taken all the same is an error.
        let moment = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_or(0, |since| since.as_nanos());
        let aside = incoming.join(format!("{moment}-{}-{count}-{stage}", std::process::id()));
        fs::create_dir(&aside).map_err(|error| Failure::io("create", &aside, error))?;
        remove_abandoned(&incoming, &aside);
        Ok(aside)
    }
}

/// Removes what is a day older than a fresh folder, by the clock of the file system.
fn remove_abandoned(incoming: &Path, fresh: &Path) {
    let time = |path: &Path| path.symlink_metadata().and_then(|found| found.modified()).ok();
    let Some(now) = time(fresh) else { return };
    let old = |path: &PathBuf| {
        time(path).and_then(|then| now.duration_since(then).ok()).is_some_and(|since| since > ABANDONED)
    };
    let inside = fs::read_dir(incoming).into_iter().flatten().flatten().map(|found| found.path());
    // What cannot be removed is in nobody's way.
    inside.filter(|path| old(path)).for_each(|path| drop(files::remove(&path)));
}

fn refused(failure: Failure) -> Refused {
    Refused::This(failure.brief())
}

/// A file of a result in a folder, and no more of it than one byte too many.
pub fn read(folder: &Path, output: &Output) -> Result<Option<Vec<u8>>, Refused> {
    let mut bytes = Vec::new();
    let file = fs::File::open(folder.join(&output.path));
    match file.and_then(|file| file.take(output.bytes.saturating_add(1)).read_to_end(&mut bytes)) {
        Ok(_) => Ok(Some(bytes)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Refused::This(format!("{} cannot be read: {error}", output.path))),
    }
}

/// Refuses an entry that has anything but files and folders in it.
fn only_files(folder: &Path, name: &str) -> Result<(), Refused> {
    let unreadable = |error: std::io::Error| Refused::This(format!("{name}: {error}"));
    for found in fs::read_dir(folder).map_err(unreadable)? {
        let found = found.map_err(unreadable)?;
        let inside = format!("{name}/{}", found.file_name().to_string_lossy());
        let kind = found.file_type().map_err(unreadable)?;
        if kind.is_symlink() {
            return Err(Refused::This(format!("{inside} is a link")));
        } else if kind.is_dir() {
            only_files(&found.path(), &inside)?;
        } else if !kind.is_file() {
            return Err(Refused::This(format!("{inside} is no file")));
        }
    }
    Ok(())
}
