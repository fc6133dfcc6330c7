//! Small things about files: write whole or not at all, sync, remove, each error with its path.

use std::fs::{self, File};
use std::io::Write;
use std::path::Path;

use crate::failure::Failure;
use crate::interrupt;

/// Makes a folder and those above it; once a signal tidies up, no more.
pub fn create_folder(path: &Path) -> Result<(), Failure> {
    interrupt::undisturbed(|| fs::create_dir_all(path)).map_err(|error| Failure::io("create", path, error))
}

/// Removes a folder, also one whose parts a command closed.
pub fn remove_folder(folder: &Path) -> std::io::Result<()> {
    fs::remove_dir_all(folder).or_else(|_| {
        open_folders(folder);
        fs::remove_dir_all(folder)
    })
}

fn open_folders(folder: &Path) {
    #[cfg(unix)]
    let _ = fs::set_permissions(folder, <fs::Permissions as std::os::unix::fs::PermissionsExt>::from_mode(0o700));
    let inside = fs::read_dir(folder).into_iter().flatten().flatten();
    inside.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir())).for_each(|e| open_folders(&e.path()));
}

/// Writes a new file and leaves it to the caller to sync.
pub fn write(path: &Path, bytes: &[u8]) -> Result<File, Failure> {
    let mut file = File::create_new(path).map_err(|error| Failure::io("write", path, error))?;
    file.write_all(bytes).map_err(|error| Failure::io("write", path, error))?;
    Ok(file)
}

/// Replaces a file: written beside it, synced, renamed over it; a signal finds it before or after.
///
/// What is beside it has one name whoever writes it, so that what a killed run left is gone when the next one has written.
pub fn replace(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    interrupt::undisturbed(|| written_beside(path, bytes))
}

fn written_beside(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".tmp");
    let tmp = path.with_file_name(name);
    let _ = fs::remove_file(&tmp);
    let written = write(&tmp, bytes)
        .and_then(|file| file.sync_all().map_err(|error| Failure::io("sync", &tmp, error)))
        .and_then(|()| fs::rename(&tmp, path).map_err(|error| Failure::io("rename", path, error)))
        .and_then(|()| path.parent().map_or(Ok(()), sync_folder));
    if written.is_err() {
        let _ = fs::remove_file(&tmp);
    }
    written
}

/// Moves what was made ready among the temporary files to where it belongs, or a signal finds it still there; `doing` is
/// the error's word for it.
pub fn place(doing: &'static str, ready: &Path, to: &Path) -> Result<(), Failure> {
    interrupt::undisturbed(|| fs::rename(ready, to)).map_err(|error| Failure::io(doing, to, error))
}

/// Removes a file, a link or a folder with all that is in it; where there is nothing, nothing.
pub fn remove(path: &Path) -> std::io::Result<()> {
    match path.symlink_metadata() {
        Ok(found) if found.is_dir() => fs::remove_dir_all(path),
        Ok(_) => fs::remove_file(path),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error),
    }
}

/// Makes a folder, which may be there and empty, hold the same files as another: by second names where the file system has
/// them, else by copies.
pub fn link_all(from: &Path, to: &Path) -> std::io::Result<()> {
    fs::create_dir_all(to)?;
    for found in fs::read_dir(from)? {
        let found = found?;
        let (path, target) = (found.path(), to.join(found.file_name()));
        if found.file_type()?.is_dir() {
            link_all(&path, &target)?;
        } else if fs::hard_link(&path, &target).is_err() {
            fs::copy(&path, &target)?;
        }
    }
    Ok(())
}

/// Makes renames within a folder durable.
pub fn sync_folder(path: &Path) -> Result<(), Failure> {
    let path = if path.as_os_str().is_empty() { Path::new(".") } else { path };
    let synced = File::open(path).and_then(|folder| folder.sync_all());
    synced.map_err(|error| Failure::io("sync", path, error))
}

/// Takes the permission to write from a file: entries are never changed in place.
pub fn protect(path: &Path) -> Result<(), Failure> {
    let protected = fs::metadata(path).and_then(|metadata| {
        let mut permissions = metadata.permissions();
        permissions.set_readonly(true);
        fs::set_permissions(path, permissions)
    });
    protected.map_err(|error| Failure::io("protect", path, error))
}
