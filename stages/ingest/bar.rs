//! The bars of reading: one a file, and one a pass over a text that is long enough to be waited for, in megabytes.

use std::fmt;

use crate::contract::Progress;

/// A text of fewer bytes is read before a bar is seen.
const LONG: usize = 32 << 20;

/// Where the bars are shown.
#[derive(Clone, Copy)]
pub struct Bars<'a>(pub &'a dyn Progress);

impl fmt::Debug for Bars<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Bars")
    }
}

impl<'a> Bars<'a> {
    /// Starts the bar of a file, which is one part where nothing more is known.
    pub fn file(self, name: &str) {
        self.0.start(&format!("reading {name}"), 1);
    }

    /// Starts a pass over a text; a short one has no bar of its own.
    pub fn pass(self, name: &str, number: u32, bytes: usize) -> Pass<'a> {
        if bytes < LONG {
            return Pass { progress: None, total: 0, done: 0 };
        }
        let total = megabytes(bytes as u64);
        self.0.start(&format!("reading {name}, pass {number}, in MB"), total);
        Pass { progress: Some(self.0), total, done: 0 }
    }
}

/// A pass that is under way; at its end the bar is full.
pub struct Pass<'a> {
    progress: Option<&'a dyn Progress>,
    total: u64,
    done: u64,
}

impl Pass<'_> {
    /// Moves the bar to a byte of the text.
    #[inline]
    pub fn at(&mut self, byte: u64) {
        let Some(progress) = self.progress else {
            return;
        };
        let done = megabytes(byte).min(self.total);
        if done > self.done {
            progress.advance(done - self.done);
            self.done = done;
        }
    }
}

impl Drop for Pass<'_> {
    fn drop(&mut self) {
        self.at(u64::MAX);
    }
}

fn megabytes(bytes: u64) -> u64 {
    bytes >> 20
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    #[derive(Default)]
    struct Heard(Mutex<Vec<(String, u64)>>);

    impl Progress for Heard {
        fn start(&self, label: &str, total: u64) {
            self.0.lock().unwrap().push((label.to_owned(), total));
        }
        fn advance(&self, parts: u64) {
            self.0.lock().unwrap().push((String::new(), parts));
        }
    }

    #[test]
    fn a_long_text_moves_its_bar_by_megabytes_to_the_end_and_a_short_one_has_none() {
        let heard = Heard::default();
        Bars(&heard).pass("short.csv", 1, LONG - 1).at(5 << 20);
        assert!(heard.0.lock().unwrap().is_empty());
        let mut pass = Bars(&heard).pass("long.csv", 2, LONG + 7);
        for byte in [0, 9, 1 << 20, (1 << 20) + 1, 5 << 20] {
            pass.at(byte);
        }
        drop(pass);
        let heard = heard.0.into_inner().unwrap();
        assert_eq!(heard[0], ("reading long.csv, pass 2, in MB".to_owned(), 32));
        assert_eq!(heard[1..].iter().map(|(_, parts)| *parts).collect::<Vec<_>>(), [1, 4, 27]);
    }
}
