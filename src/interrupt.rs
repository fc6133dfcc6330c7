//! Ctrl-C and termination: remove what is half-written and leave. Whatever is committed stays whole.
//!
//! Where there are no such signals the program just ends, which is safe too: the next run tidies up.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, Once, PoisonError};

use crate::store::files;

/// Whether a signal came and the program is on its way out.
static CAME: AtomicBool = AtomicBool::new(false);
/// Held by what must not be cut in two, and from its beginning to the end by the way out.
static WHOLE: Mutex<()> = Mutex::new(());
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

/// Does what a signal must find done or not begun, since nobody tidies up after it: moving something out of the folder
/// that a signal removes, making a folder there, or replacing a file beside the results.
///
/// A removal that has opened a folder goes on inside it wherever the folder is moved: without this an entry could be in
/// its place with some of its files gone.
pub fn undisturbed<T>(work: impl FnOnce() -> T) -> T {
    let _whole = whole();
    work()
}

/// The lock guards no value that a panic could have left half-changed.
fn whole() -> MutexGuard<'static, ()> {
    WHOLE.lock().unwrap_or_else(PoisonError::into_inner)
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
    crate::children::end_all();
    let _ = writeln!(std::io::stderr(), "interrupted; what was finished is kept, and the next run goes on from there");
    // Never given back: what has not begun by now does not begin any more.
    let _whole = whole();
    let tmp = TMP.lock().ok().and_then(|tmp| tmp.clone());
    if let Some(tmp) = tmp {
        // Threads that are still at work may write while it goes.
        for _ in 0..10 {
            let _ = files::remove_folder(&tmp);
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
