//! One writer at a time: a file lock of the kernel, which a dead process cannot hold.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, Write};

use super::files;
use super::layout::Store;
use crate::failure::Failure;

/// Proof that no other run writes to this store; freed when dropped.
#[derive(Debug)]
pub struct Lock {
    _file: File,
}

impl Lock {
    /// Takes the lock, or waits for it.
    pub fn take(store: &Store, wait: bool) -> Result<Lock, Failure> {
        files::create_folder(&store.cache())?;
        let path = store.lock();
        let opened = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&path);
        let mut file = opened.map_err(|error| Failure::io("open", &path, error))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) if wait => file.lock().map_err(|error| Failure::io("lock", &path, error))?,
            Err(TryLockError::WouldBlock) => return Err(Failure::Locked { holder: holder(&mut file) }),
            Err(TryLockError::Error(error)) => return Err(Failure::io("lock", &path, error)),
        }
        let text = format!("process {} on {}\n", std::process::id(), host());
        let written = file.set_len(0).and_then(|()| file.rewind()).and_then(|()| file.write_all(text.as_bytes()));
        written.map_err(|error| Failure::io("write", &path, error))?;
        Ok(Lock { _file: file })
    }
}

fn holder(file: &mut File) -> String {
    let mut text = String::new();
    let _ = file.read_to_string(&mut text);
    let text = text.trim();
    if text.is_empty() { "another process".to_owned() } else { text.to_owned() }
}

fn host() -> String {
    let known =
        std::fs::read_to_string("/proc/sys/kernel/hostname").or_else(|_| std::fs::read_to_string("/etc/hostname"));
    let name = known.ok().or_else(|| std::env::var("HOSTNAME").ok()).or_else(|| std::env::var("COMPUTERNAME").ok());
    name.map_or("this computer".to_owned(), |name| name.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_writer_is_told_who_holds_the_lock() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::new(folder.path());
        let first = Lock::take(&store, false).unwrap();
        match Lock::take(&store, false) {
            Err(Failure::Locked { holder }) => assert!(holder.contains(&std::process::id().to_string()), "{holder}"),
            other => panic!("{other:?}"),
        }
        drop(first);
        Lock::take(&store, false).unwrap();
    }
}
