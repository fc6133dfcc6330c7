//! Collects what is wrong with the files: all of it, and yet no more of one kind than a person reads.

use std::collections::BTreeMap;

use crate::contract::{Place, Problem, StageError};

/// How many problems of one code are shown for one file.
const SHOWN: usize = 50;
/// Mistakes of a whole file, of which the first few say everything.
const OF_THE_FILE: [&str; 1] = ["decimal_mark"];

fn shown(code: &str) -> usize {
    if OF_THE_FILE.contains(&code) { 3 } else { SHOWN }
}

/// Every problem found so far.
#[derive(Debug, Default)]
pub struct Problems {
    shown: Vec<Problem>,
    counts: BTreeMap<(String, &'static str), usize>,
}

impl Problems {
    /// Records a problem of `file`, once where several tables of one file meet it; its words are made only if it will be
    /// shown.
    pub fn add(&mut self, file: &str, code: &'static str, problem: impl FnOnce() -> Problem) {
        let count = self.counts.entry((file.to_owned(), code)).or_default();
        if *count < shown(code) {
            let problem = problem();
            if self.shown.contains(&problem) {
                return;
            }
            self.shown.push(problem);
        }
        *count += 1;
    }

    /// Records a problem of the settings, or of the study as a whole; once, where several tables of one file meet it.
    pub fn push(&mut self, problem: Problem) {
        if !self.shown.contains(&problem) {
            self.shown.push(problem);
        }
    }

    /// `Ok` when nothing was wrong; otherwise everything, with one line for what was left out of each kind.
    pub fn into_result(self) -> Result<(), StageError> {
        let mut problems = self.shown;
        for ((file, code), count) in self.counts {
            if count > shown(code) {
                let message = format!("… and {} more of this kind", count - shown(code));
                problems.push(Problem::new(code, Place::file(file), message, "correct the first ones and run again"));
            }
        }
        StageError::unless_none(problems)
    }
}

/// The first names of a list, and how many there are beyond them.
pub fn list<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let names: Vec<&str> = names.into_iter().collect();
    let first = names.iter().take(20).copied().collect::<Vec<_>>().join(", ");
    if names.len() > 20 { format!("{first}, … and {} more", names.len() - 20) } else { first }
}
