//! Ctrl-C and termination: remove what is half-written and leave. Whatever is committed stays whole.
//!
//! Where there are no such signals the program just ends, which is safe too: the next run tidies up.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, Once};

/// Whether a signal came and the program is on its way out.
static CAME: AtomicBool = AtomicBool::new(false);
/// What to remove on the way out.
static TMP: Mutex<Option<PathBuf>> = Mutex::new(None);

/// Leaves with 130 on an interrupt and 143 on termination; `tmp` must belong to this process alone, until [`release`].
pub fn install(tmp: PathBuf) {
    static WATCH: Once = Once::new();
    own(Some(tmp));
    #[cfg(unix)]
    WATCH.call_once(watch);
}

/// What was this process's own is no more: nothing is removed on the way out.
pub fn release() {
    own(None);
}

fn own(tmp: Option<PathBuf>) {
    // Nothing panics while it holds this lock.
    if let Ok(mut held) = TMP.lock() {
        *held = tmp;
    }
}

/// Waits for a signal in a thread of its own.
#[cfg(unix)]
fn watch() {
    use signal_hook::consts::{SIGINT, SIGTERM};
    // Without a handler a signal ends the program at once.
    let Ok(mut signals) = signal_hook::iterator::Signals::new([SIGINT, SIGTERM]) else { return };
    std::thread::spawn(move || signals.forever().next().map(leave));
}

/// Removes what is half-written and ends the program with the code of the signal.
#[cfg(unix)]
fn leave(signal: i32) {
    use std::io::Write;
    CAME.store(true, Ordering::SeqCst);
    let _ = writeln!(std::io::stderr(), "interrupted; what was finished is kept, and the next run goes on from there");
    let tmp = TMP.lock().ok().and_then(|tmp| tmp.clone());
    if let Some(tmp) = tmp {
        // Threads that are still at work may write while it goes.
        for _ in 0..10 {
            let _ = std::fs::remove_dir_all(&tmp);
            if !tmp.exists() {
                break;
            }
        }
    }
    std::process::exit(128 + signal);
}

/// Lets an interrupt have the last word: errors that its tidying caused are not worth telling.
pub fn give_way() {
    while CAME.load(Ordering::SeqCst) {
        std::thread::park();
    }
}
