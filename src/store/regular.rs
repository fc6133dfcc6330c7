//! Only files are read: whoever opens a pipe waits for its writer, perhaps for ever.

use std::fmt;
use std::fs::{File, Metadata};
use std::io::{Error, ErrorKind, Read};
use std::path::Path;

/// What is in the place of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoFile {
    Folder,
    Pipe,
    Socket,
    Device,
}

impl std::error::Error for NoFile {}

impl fmt::Display for NoFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            NoFile::Folder => "a folder",
            NoFile::Pipe => "a named pipe",
            NoFile::Socket => "a socket",
            NoFile::Device => "a device",
        })
    }
}

impl NoFile {
    /// What to do about it.
    pub fn remedy(self) -> &'static str {
        match self {
            NoFile::Folder => "name a file in it",
            _ => "name a file: what is read must stay, so that it can be read again",
        }
    }

    fn of(found: &Metadata) -> Option<NoFile> {
        #[cfg(unix)]
        {
            use std::os::unix::fs::FileTypeExt;
            let kind = found.file_type();
            if kind.is_fifo() {
                return Some(NoFile::Pipe);
            }
            if kind.is_socket() {
                return Some(NoFile::Socket);
            }
        }
        match found.is_dir() {
            true => Some(NoFile::Folder),
            false => (!found.is_file()).then_some(NoFile::Device),
        }
    }
}

/// Opens a file, links followed, and nothing else.
pub fn open(path: &Path) -> std::io::Result<File> {
    match NoFile::of(&std::fs::metadata(path)?) {
        None => File::open(path),
        Some(NoFile::Folder) => Err(Error::new(ErrorKind::IsADirectory, NoFile::Folder)),
        Some(other) => Err(Error::new(ErrorKind::InvalidInput, other)),
    }
}

/// All of a file.
pub fn read(path: &Path) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    open(path)?.read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// What is in the place of a file, where an error of [`open`] says so.
pub fn no_file(error: &Error) -> Option<NoFile> {
    error.get_ref()?.downcast_ref().copied()
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_file_is_named_and_never_opened() {
        let folder = tempfile::tempdir().unwrap();
        let pipe = folder.path().join("pipe");
        assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        let _socket = std::os::unix::net::UnixListener::bind(folder.path().join("socket")).unwrap();
        std::os::unix::fs::symlink("pipe", folder.path().join("link")).unwrap();
        let found = |path: &Path| open(path).err().and_then(|error| no_file(&error));
        assert_eq!(found(folder.path()), Some(NoFile::Folder));
        assert_eq!(found(&pipe), Some(NoFile::Pipe));
        assert_eq!(found(&folder.path().join("link")), Some(NoFile::Pipe));
        assert_eq!(found(&folder.path().join("socket")), Some(NoFile::Socket));
        assert_eq!(found(Path::new("/dev/null")), Some(NoFile::Device));
        let missing = open(&folder.path().join("none")).unwrap_err();
        assert_eq!((missing.kind(), no_file(&missing)), (ErrorKind::NotFound, None));
        std::fs::write(folder.path().join("file"), "").unwrap();
        assert!(open(&folder.path().join("file")).is_ok());
    }
}
