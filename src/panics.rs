//! A panic inside a stage becomes a failure of that stage, with the place where it happened.

use std::any::Any;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

static EXPECTING: AtomicUsize = AtomicUsize::new(0);
static LAST: Mutex<Option<String>> = Mutex::new(None);

/// Keeps the words of a panic while a stage runs; elsewhere the usual message is printed.
pub fn install() {
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        if EXPECTING.load(Ordering::SeqCst) == 0 {
            return usual(info);
        }
        let place = info.location().map(|at| format!(" ({}:{})", at.file(), at.line())).unwrap_or_default();
        let message = format!("{}{place}", text(info.payload()));
        if let Ok(mut last) = LAST.lock() {
            *last = Some(message);
        }
    }));
}

/// The words of a panic's payload.
pub fn text(payload: &(dyn Any + Send)) -> String {
    let text = payload.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| payload.downcast_ref::<String>().cloned()).unwrap_or_else(|| "a panic without words".to_owned())
}

/// While it lives, panics are kept, not printed.
pub struct Expecting(());

pub fn expect() -> Expecting {
    EXPECTING.fetch_add(1, Ordering::SeqCst);
    Expecting(())
}

impl Expecting {
    /// Ends the expectation; the words of a panic that happened meanwhile.
    pub fn finish(self) -> Option<String> {
        LAST.lock().ok().and_then(|mut last| last.take())
    }
}

impl Drop for Expecting {
    fn drop(&mut self) {
        EXPECTING.fetch_sub(1, Ordering::SeqCst);
    }
}
