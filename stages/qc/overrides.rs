//! The reviewed decisions: what a person wrote into `override` and `override_reason`.
//!
//! The file is the `decisions.csv` of an earlier run. Of its columns only `what`, `name`, `override` and
//! `override_reason` are obeyed, and `decision` is compared with what the rules say now; a row without an override
//! changes nothing.

use std::collections::BTreeMap;

use super::spreadsheet::{self, Line};
use crate::contract::{Place, Problem, SourceFile, suggest};

/// What a person may decide.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Word {
    Keep,
    Exclude,
    Flag,
}

impl Word {
    const ALL: [Word; 3] = [Word::Keep, Word::Exclude, Word::Flag];

    pub fn text(self) -> &'static str {
        match self {
            Word::Keep => "keep",
            Word::Exclude => "exclude",
            Word::Flag => "flag",
        }
    }

    fn read(text: &str) -> Option<Word> {
        Word::ALL.into_iter().find(|word| word.text() == text)
    }
}

/// One decision by hand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Override {
    pub word: Word,
    pub reason: String,
    /// What the rules said when the file was written; empty where the file does not say.
    pub before: String,
    /// The line of the file.
    pub line: u64,
}

impl Override {
    /// What was decided and why.
    pub fn sentence(&self) -> String {
        let done = match self.word {
            Word::Keep => "kept",
            Word::Exclude => "left out",
            Word::Flag => "flagged",
        };
        format!("{done} by hand: {}", self.reason)
    }
}

/// The kinds of thing that are decided about.
pub const KINDS: [&str; 3] = ["analyte", "sample", "assessment"];

/// The decisions by hand, by kind and name.
#[derive(Debug, Clone, Default)]
pub struct Overrides {
    of: BTreeMap<(&'static str, String), Override>,
}

impl Overrides {
    /// Reads the file; all problems at once.
    pub fn read(file: &SourceFile) -> Result<Self, Vec<Problem>> {
        let lines = spreadsheet::read(file, &["what", "name", "override", "override_reason"])?;
        let (mut overrides, mut problems) = (Overrides::default(), Vec::new());
        let mut seen: BTreeMap<(String, String), u64> = BTreeMap::new();
        for line in &lines {
            let (what, name) = (line.cell("what").trim(), line.cell("name"));
            if let Some(first) = seen.insert((what.to_owned(), name.to_owned()), line.number) {
                let message = format!("{what} `{name}` has a row on line {first} already");
                problems.push(problem("duplicate_decision", file, line, "name", message, "leave one of them"));
                continue;
            }
            match decided(file, line) {
                Ok(Some((kind, decision))) => drop(overrides.of.insert((kind, name.to_owned()), decision)),
                Ok(None) => {}
                Err(wrong) => problems.extend(wrong),
            }
        }
        if problems.is_empty() { Ok(overrides) } else { Err(problems) }
    }

    /// The decisions about one kind.
    pub fn about(&self, kind: &str) -> BTreeMap<&str, &Override> {
        let of_kind = self.of.iter().filter(|((what, _), _)| *what == kind);
        of_kind.map(|((_, name), decision)| (name.as_str(), decision)).collect()
    }

    /// A problem for each decision about something that is not there.
    pub fn unknown<'a>(&self, file: &str, known: impl Fn(&str) -> Vec<&'a str>) -> Vec<Problem> {
        let mut problems = Vec::new();
        for kind in KINDS {
            let names = known(kind);
            for (name, decision) in self.about(kind) {
                if names.contains(&name) {
                    continue;
                }
                let place = Place::cell(file, decision.line, "name");
                let message = format!("unknown {kind} `{name}`");
                let remedy = suggest::remedy(name, names.iter().copied());
                problems.push(Problem::new("unknown_decision", place, message, remedy));
            }
        }
        problems
    }
}

/// The decision of one row; none where nothing was overridden.
fn decided(file: &SourceFile, line: &Line) -> Result<Option<(&'static str, Override)>, Vec<Problem>> {
    let (word, reason) = (line.cell("override").trim(), line.cell("override_reason").trim());
    if word.is_empty() && reason.is_empty() {
        return Ok(None);
    }
    let mut problems = Vec::new();
    let mut wrong = |code, column, message: String, remedy: &str| {
        problems.push(problem(code, file, line, column, message, remedy));
    };
    let what = line.cell("what").trim();
    let kind = KINDS.into_iter().find(|kind| *kind == what);
    if kind.is_none() {
        wrong("unknown_kind", "what", format!("unknown kind `{what}`"), &suggest::remedy(what, KINDS));
    }
    let read = Word::read(word);
    if word.is_empty() {
        let message = "there is a reason and no decision".to_owned();
        wrong("reason_without_override", "override", message, "write keep, exclude or flag, or take the reason out");
    } else if read.is_none() {
        let remedy = suggest::remedy(word, Word::ALL.map(Word::text));
        wrong("unknown_override", "override", format!("unknown decision `{word}`"), &remedy);
    }
    if reason.is_empty() {
        let message = format!("`{word}` has no reason");
        wrong("override_without_reason", "override_reason", message, "say why, in a few words");
    }
    match (kind, read) {
        (Some(kind), Some(word)) if problems.is_empty() => {
            let (reason, before) = (reason.to_owned(), line.cell("decision").trim().to_owned());
            Ok(Some((kind, Override { word, reason, before, line: line.number })))
        }
        _ => Err(problems),
    }
}

fn problem(
    code: &'static str,
    file: &SourceFile,
    line: &Line,
    column: &str,
    message: String,
    remedy: impl Into<String>,
) -> Problem {
    Problem::new(code, Place::cell(&file.name, line.number, column), message, remedy)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(text: &str) -> SourceFile {
        SourceFile { role: "decisions", name: "decisions.csv".into(), bytes: text.as_bytes().into() }
    }

    #[test]
    fn a_row_without_an_override_changes_nothing_and_one_with_it_is_read_whole() {
        let text = "what,name,decision,rule,value,reason,override,override_reason\n\
            analyte,\"'=1+1, \"\"β\"\"\",exclude,max_qc_rsd,0.4,x,keep,\"seen, and good\"\n\
            sample,s1,keep,,,,,\n";
        let overrides = Overrides::read(&file(text)).unwrap();
        assert!(overrides.about("sample").is_empty());
        let about = overrides.about("analyte");
        let (name, decision) = about.first_key_value().unwrap();
        assert_eq!(*name, "=1+1, \"β\"");
        assert_eq!((decision.word, decision.before.as_str(), decision.line), (Word::Keep, "exclude", 2));
        assert_eq!(decision.sentence(), "kept by hand: seen, and good");
    }

    #[test]
    fn every_fault_is_named_with_its_line_and_column_at_once() {
        let text = "what;name;override;override_reason\r\nanalyt;a;keep;x\r\nanalyte;b;kep;x\r\n\
            analyte;c;flag;\r\nanalyte;d;;why\r\nanalyte;e;keep;x\r\nanalyte;e;;\r\n";
        let problems = Overrides::read(&file(text)).unwrap_err();
        let said: Vec<(&str, &Place)> = problems.iter().map(|problem| (problem.code, &problem.place)).collect();
        let at = |line, column: &str| Place::cell("decisions.csv", line, column);
        assert_eq!(
            said,
            [
                ("unknown_kind", &at(2, "what")),
                ("unknown_override", &at(3, "override")),
                ("override_without_reason", &at(4, "override_reason")),
                ("reason_without_override", &at(5, "override")),
                ("duplicate_decision", &at(7, "name")),
            ]
        );
        assert_eq!(problems[1].remedy, "did you mean `keep`?");
    }
}
