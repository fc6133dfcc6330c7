//! A folder of its own for work that leaves no trace; removed when dropped.

use std::path::{Path, PathBuf};

use super::files;
use crate::failure::Failure;

/// A folder that goes when this does.
#[derive(Debug)]
pub struct Scratch {
    folder: PathBuf,
}

impl Scratch {
    /// Makes a fresh folder where the system keeps temporary files.
    pub fn new() -> Result<Scratch, Failure> {
        let name = |n: u32| std::env::temp_dir().join(format!("ketascreen-{}-{n}", std::process::id()));
        for folder in (0..1000).map(name) {
            match std::fs::create_dir(&folder) {
                Ok(()) => return Ok(Scratch { folder }),
                Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(Failure::io("create", &folder, error)),
            }
        }
        files::create_folder(&name(1000)).map(|()| Scratch { folder: name(1000) })
    }

    pub fn path(&self) -> &Path {
        &self.folder
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // A temporary folder that stays is no reason to fail: the system removes it in time.
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}
