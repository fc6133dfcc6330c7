//! What of single people leaves the report: nothing, where `participant_points` is false; no small count, where
//! `min_cell` asks for it.
//!
//! A small count is withheld with what gives it away in the same row or the same chain of steps: a rate with its
//! limits, the complement of a rate, every later step of a flow. It does not protect against someone who combines
//! several tables or knows the study from elsewhere; for that, fewer tables must leave, not fewer cells.

use std::collections::BTreeSet;

use super::params::Privacy;
use super::sheets::Cell;
use crate::contract::finding::FindingRow;
use crate::outcomes::schema::RateRow;
use crate::qc::schema::FlowRow;

/// What stands for an identifier that is not shown.
const WITHHELD: &str = "[withheld]";

/// A number of people, as it may be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Count {
    Shown(i64),
    Below(i64),
    /// Not small itself, but it would give a small one away.
    Withheld,
}

impl Count {
    pub fn text(self) -> String {
        match self {
            Count::Shown(n) => n.to_string(),
            Count::Below(limit) => format!("<{limit}"),
            Count::Withheld => "withheld".into(),
        }
    }

    pub fn cell(self) -> Cell {
        match self {
            Count::Shown(n) => Cell::Integer(n),
            hidden => Cell::Text(hidden.text()),
        }
    }

    pub fn is_shown(self) -> bool {
        matches!(self, Count::Shown(_))
    }
}

/// Decides what may be shown.
#[derive(Debug, Clone)]
pub struct Guard {
    pub points: bool,
    min_cell: i64,
    ids: BTreeSet<String>,
}

impl Guard {
    /// A guard for these settings; `ids` are the identifiers of participants and samples.
    pub fn new(privacy: &Privacy, ids: BTreeSet<String>) -> Self {
        Guard { points: privacy.participant_points, min_cell: i64::from(privacy.min_cell), ids }
    }

    pub fn min_cell(&self) -> i64 {
        self.min_cell
    }

    pub fn count(&self, n: i64) -> Count {
        if n < self.min_cell { Count::Below(self.min_cell) } else { Count::Shown(n) }
    }

    /// Events and total of a rate: a small complement hides the events too.
    pub fn rate(&self, row: &RateRow) -> (Count, Count) {
        let (n, events) = self.events(row.n, Some(row.events));
        (events.unwrap_or(Count::Withheld), n)
    }

    /// Everyone, and those of them who reached a yes-or-no outcome: a small complement hides the events too.
    pub fn events(&self, n: i64, events: Option<i64>) -> (Count, Option<Count>) {
        let shown = events.map(|events| match (self.count(events), self.count(n - events)) {
            (Count::Shown(_), Count::Below(_)) => Count::Withheld,
            (events, _) => events,
        });
        (self.count(n), shown)
    }

    /// Counts before and after each step: from the first small difference on, nothing of that kind is shown.
    pub fn flow(&self, rows: &[FlowRow]) -> Vec<(Count, Count)> {
        let mut hidden: BTreeSet<&str> = BTreeSet::new();
        let mut shown = vec![(Count::Withheld, Count::Withheld); rows.len()];
        let mut order: Vec<usize> = (0..rows.len()).collect();
        order.sort_by_key(|at| rows[*at].position);
        for at in order {
            let row = &rows[at];
            let count = |n, hidden: bool| if hidden { Count::Withheld } else { self.count(n) };
            let people = row.what != "analytes";
            let before = count(row.before, hidden.contains(row.what.as_str()));
            if people && (1..self.min_cell).contains(&(row.before - row.after)) {
                hidden.insert(&row.what);
            }
            let after = count(row.after, hidden.contains(row.what.as_str()));
            shown[at] = if people { (before, after) } else { (Count::Shown(row.before), Count::Shown(row.after)) };
        }
        shown
    }

    /// Counts that add up to a known total: a single small one takes the next smallest with it.
    pub fn partition(&self, counts: &[i64]) -> Vec<Count> {
        let mut shown: Vec<Count> = counts.iter().map(|n| self.count(*n)).collect();
        if shown.iter().filter(|count| !count.is_shown()).count() == 1 {
            let next = (0..counts.len()).filter(|i| shown[*i].is_shown()).min_by_key(|i| counts[*i]);
            if let Some(next) = next {
                shown[next] = Count::Withheld;
            }
        }
        shown
    }

    /// Text without identifiers, where single participants are not shown.
    pub fn text(&self, text: &str) -> String {
        if self.points || self.ids.is_empty() {
            return text.to_owned();
        }
        let inner = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.');
        let spaced = self.ids.iter().filter(|id| !id.chars().all(inner));
        let text = spaced.fold(text.to_owned(), |text, id| text.replace(id.as_str(), WITHHELD));
        let mut clean = String::new();
        let mut word = String::new();
        for c in text.chars().map(Some).chain([None]) {
            match c {
                Some(c) if inner(c) => word.push(c),
                other => {
                    clean.push_str(&self.word(&std::mem::take(&mut word)));
                    clean.extend(other);
                }
            }
        }
        clean
    }

    fn word(&self, word: &str) -> String {
        let bare = word.trim_end_matches('.');
        if self.ids.contains(bare) { format!("{WITHHELD}{}", &word[bare.len()..]) } else { word.to_owned() }
    }

    pub fn finding(&self, row: FindingRow) -> FindingRow {
        let (subject, message) = (self.text(&row.subject), self.text(&row.message));
        FindingRow { subject, message, hint: self.text(&row.hint), ..row }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn guard(min_cell: u32) -> Guard {
        let ids = ["P01", "P02", "s 1"].map(String::from).into();
        Guard::new(&Privacy { participant_points: false, min_cell }, ids)
    }

    #[test]
    fn a_small_count_takes_its_complement_with_it() {
        let row = |events, n| RateRow {
            endpoint: "e".into(),
            events,
            n,
            rate: None,
            wilson_low: None,
            wilson_high: None,
            exact_low: None,
            exact_high: None,
        };
        assert_eq!(guard(5).rate(&row(4, 30)), (Count::Below(5), Count::Shown(30)));
        assert_eq!(guard(5).rate(&row(28, 30)), (Count::Withheld, Count::Shown(30)));
        assert_eq!(guard(0).rate(&row(0, 30)), (Count::Shown(0), Count::Shown(30)));
        assert_eq!(guard(5).partition(&[3, 9, 18]), [Count::Below(5), Count::Withheld, Count::Shown(18)]);
    }

    #[test]
    fn identifiers_go_and_other_words_stay() {
        assert_eq!(guard(0).text("P01, P010 and P02. See s 1"), "[withheld], P010 and [withheld]. See [withheld]");
    }
}
