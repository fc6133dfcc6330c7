//! Standard output: what cannot be written there stops no work and is told at the end.

use std::io::{Error, ErrorKind, Write};
use std::sync::{Mutex, PoisonError};

/// The first failure.
static FAILED: Mutex<Option<Error>> = Mutex::new(None);

/// Writes a line; a reader that went away ends the output, not the work.
pub fn out(text: &str) {
    let mut stdout = std::io::stdout().lock();
    keep(writeln!(stdout, "{text}").and_then(|()| stdout.flush()));
}

/// Remembers what went wrong, for the end. A closed pipe is how `| head` says that it has enough.
pub fn keep(written: Result<(), Error>) {
    if let Err(error) = written
        && error.kind() != ErrorKind::BrokenPipe
    {
        // A thread that panicked meanwhile has left the error whole.
        FAILED.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
    }
}

/// What went wrong first, if anything did.
pub fn failed() -> Option<Error> {
    FAILED.lock().unwrap_or_else(PoisonError::into_inner).take()
}
