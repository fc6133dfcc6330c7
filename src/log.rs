//! The log of a run, in `runs/<id>/log.txt`. Kept in memory until something runs: a run with nothing to do leaves none.

use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use tracing_subscriber::fmt::MakeWriter;

use crate::failure::Failure;
use crate::store::files;

enum Log {
    Waiting(Vec<u8>),
    Open(File, PathBuf),
}

static LOG: Mutex<Log> = Mutex::new(Log::Waiting(Vec::new()));

/// Collects what the program and the stages trace.
pub fn start() {
    let subscriber = tracing_subscriber::fmt().with_writer(Writer).with_ansi(false).with_target(false).finish();
    // A second call (there is none) would leave the first in place.
    let _ = tracing::subscriber::set_global_default(subscriber);
}

/// Writes what was collected to a file, and everything that follows.
pub fn open(folder: &Path) -> Result<(), Failure> {
    let Ok(mut log) = LOG.lock() else { return Ok(()) };
    if let Log::Waiting(lines) = &*log {
        files::create_folder(folder)?;
        let path = folder.join("log.txt");
        let mut file = files::write(&path, lines)?;
        file.flush().map_err(|error| Failure::io("write", &path, error))?;
        *log = Log::Open(file, path);
    }
    Ok(())
}

/// The file of the log, while there is one.
pub fn path() -> Option<PathBuf> {
    match &*LOG.lock().ok()? {
        Log::Open(_, path) => Some(path.clone()),
        Log::Waiting(_) => None,
    }
}

/// Ends the log of a run; what follows is collected for the next.
pub fn close() {
    if let Ok(mut log) = LOG.lock() {
        *log = Log::Waiting(Vec::new());
    }
}

struct Writer;

impl Write for Writer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if let Ok(mut log) = LOG.lock() {
            match &mut *log {
                Log::Waiting(lines) => lines.extend_from_slice(bytes),
                // A log that cannot be written stops no analysis.
                Log::Open(file, _) => drop(file.write_all(bytes)),
            }
        }
        Ok(bytes.len())
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Writer {
    type Writer = Writer;
    fn make_writer(&self) -> Writer {
        Writer
    }
}
