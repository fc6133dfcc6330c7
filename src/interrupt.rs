//! Ctrl-C and termination: remove what is half-written and leave. Whatever is committed stays whole.

use std::path::PathBuf;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicI32, Ordering};

/// The signal that came, or 0.
static SIGNAL: AtomicI32 = AtomicI32::new(0);
/// What to remove on the way out.
static TMP: OnceLock<PathBuf> = OnceLock::new();

/// Leaves with 130 on an interrupt and 143 on termination; `tmp` must belong to this process alone.
pub fn install(tmp: PathBuf) {
    if TMP.set(tmp).is_err() {
        return;
    }
    let set = ctrlc::set_handler(|| {
        if let Some(tmp) = TMP.get() {
            let _ = std::fs::remove_dir_all(tmp);
        }
        let signal = match SIGNAL.load(Ordering::SeqCst) {
            0 => 2,
            signal => signal,
        };
        std::process::exit(128 + signal);
    });
    if set.is_ok() {
        note_signals();
    }
}

/// ctrlc does not tell which signal came, and the exit code must: notes it, then lets ctrlc's own handler go on.
#[cfg(unix)]
fn note_signals() {
    use std::sync::atomic::AtomicUsize;

    static NEXT: AtomicUsize = AtomicUsize::new(0);
    unsafe extern "C" {
        fn signal(number: i32, handler: usize) -> usize;
    }
    extern "C" fn note(number: i32) {
        SIGNAL.store(number, Ordering::SeqCst);
        let next = NEXT.load(Ordering::SeqCst);
        // SAFETY: `next` is ctrlc's handler, a plain `extern "C" fn(c_int)`, stored below before it can be read here.
        let next = unsafe { std::mem::transmute::<usize, extern "C" fn(i32)>(next) };
        next(number);
    }
    for number in [2, 15, 1] {
        // SAFETY: `signal` is C's own function; `note` only stores an atomic and calls a handler that is
        // async-signal-safe itself. The first call returns ctrlc's handler, which is the same for each signal; the signal
        // is ignored until that is stored, so `note` never meets an empty NEXT.
        unsafe {
            if NEXT.load(Ordering::SeqCst) == 0 {
                const IGNORE: usize = 1;
                let ours = signal(number, IGNORE);
                if ours <= IGNORE || ours == usize::MAX {
                    continue;
                }
                NEXT.store(ours, Ordering::SeqCst);
            }
            signal(number, note as extern "C" fn(i32) as usize);
        }
    }
}

#[cfg(not(unix))]
fn note_signals() {}
