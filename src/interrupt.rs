//! Ctrl-C and termination: remove what is half-written and leave. Whatever is committed stays whole.

use std::io::Write;
use std::path::PathBuf;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicI32, Ordering};

/// The signal that came, or 0.
static SIGNAL: AtomicI32 = AtomicI32::new(0);
/// Whether the handler is at work.
static CAME: AtomicBool = AtomicBool::new(false);
/// What to remove on the way out.
static TMP: OnceLock<PathBuf> = OnceLock::new();

/// Leaves with 130 on an interrupt and 143 on termination; `tmp` must belong to this process alone.
pub fn install(tmp: PathBuf) {
    if TMP.set(tmp).is_err() {
        return;
    }
    #[cfg(unix)]
    let hang_up_ignored = unix::hang_up_ignored();
    let set = ctrlc::set_handler(|| {
        CAME.store(true, Ordering::SeqCst);
        let _ =
            writeln!(std::io::stderr(), "interrupted; what was finished is kept, and the next run goes on from there");
        if let Some(tmp) = TMP.get() {
            let _ = std::fs::remove_dir_all(tmp);
        }
        let signal = match SIGNAL.load(Ordering::SeqCst) {
            0 => 2,
            signal => signal,
        };
        std::process::exit(128 + signal);
    });
    // Without a handler a signal ends the program at once, which is safe too: the next run tidies up.
    #[cfg(unix)]
    if set.is_ok() {
        unix::note_signals(hang_up_ignored);
    }
    #[cfg(not(unix))]
    let _ = set;
}

/// Lets an interrupt have the last word: errors that its tidying caused are not worth telling.
pub fn give_way() {
    while CAME.load(Ordering::SeqCst) {
        std::thread::park();
    }
}

/// ctrlc does not tell which signal came, and the exit code must; nor does it leave a hang-up alone that whoever started
/// the program had ignored (`nohup`). Both are mended here, around its installation.
#[cfg(unix)]
mod unix {
    use std::sync::atomic::{AtomicUsize, Ordering};

    const HANG_UP: i32 = 1;
    const INTERRUPT: i32 = 2;
    const TERMINATE: i32 = 15;
    const DEFAULT: usize = 0;
    const IGNORE: usize = 1;
    /// ctrlc's handler.
    static NEXT: AtomicUsize = AtomicUsize::new(DEFAULT);

    unsafe extern "C" {
        fn signal(number: i32, handler: usize) -> usize;
    }

    extern "C" fn note(number: i32) {
        super::SIGNAL.store(number, Ordering::SeqCst);
        // SAFETY: `note` is installed only after NEXT was set to ctrlc's handler, a plain `extern "C" fn(c_int)`.
        let next = unsafe { std::mem::transmute::<usize, extern "C" fn(i32)>(NEXT.load(Ordering::SeqCst)) };
        next(number);
    }

    /// Whether a hang-up is to be ignored, as the program was started; to be asked before ctrlc is installed.
    pub fn hang_up_ignored() -> bool {
        // SAFETY: `signal` is C's own function; what it replaced is put back at once.
        unsafe {
            let before = signal(HANG_UP, IGNORE);
            if before != IGNORE {
                signal(HANG_UP, DEFAULT);
            }
            before == IGNORE
        }
    }

    /// Puts `note` in front of ctrlc's handler, the same for each signal.
    pub fn note_signals(hang_up_ignored: bool) {
        for number in [INTERRUPT, TERMINATE, HANG_UP] {
            // SAFETY: as above. The signal is ignored for the moment in which NEXT is not set yet; `note` only stores an
            // atomic and calls a handler that is async-signal-safe itself.
            unsafe {
                let theirs = signal(number, IGNORE);
                if number != HANG_UP || !hang_up_ignored {
                    NEXT.store(theirs, Ordering::SeqCst);
                    signal(number, note as extern "C" fn(i32) as usize);
                }
            }
        }
    }
}
