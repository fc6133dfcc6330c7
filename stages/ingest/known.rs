//! The ids that one table defines, so that another table's can be checked against them.

use std::collections::BTreeMap;

use super::problems::Problems;
use super::redcap;
use super::row::Row;
use crate::contract::suggest;

/// Ids with the lines on which they stand.
#[derive(Debug, Clone, Default)]
pub struct Known {
    lines: BTreeMap<String, u64>,
    /// Whether the whole table could be read: only then is an absent id unknown.
    complete: bool,
}

impl Known {
    pub fn of(complete: bool) -> Self {
        Known { lines: BTreeMap::new(), complete }
    }

    /// Adds an id; refuses it, naming both lines, where it is there already.
    pub fn add(&mut self, id: &str, row: &Row<'_>, column: usize, code: &'static str, problems: &mut Problems) -> bool {
        if let Some(earlier) = self.lines.get(id) {
            row.refuse(column, code, problems, |header| {
                let message = format!("the {header} `{id}` occurs {} and again {}", row.at(*earlier), row.at(row.line));
                let events = row.find(redcap::EVENT).is_some();
                let choose = if events { ", choose rows with `where:`" } else { "" };
                (message, format!("keep one of the two rows{choose}, or correct the id"))
            });
            return false;
        }
        self.lines.insert(id.to_owned(), row.line);
        true
    }

    pub fn contains(&self, id: &str) -> bool {
        self.lines.contains_key(id)
    }

    /// Whether an id is certainly not among them.
    pub fn lacks(&self, id: &str) -> bool {
        self.complete && !self.contains(id)
    }

    pub fn ids(&self) -> impl Iterator<Item = &str> + Clone {
        self.lines.keys().map(String::as_str)
    }

    /// The nearest id, or what to do.
    pub fn remedy(&self, id: &str, table: &str) -> String {
        match suggest::nearest(id, self.ids()) {
            Some(near) => format!("did you mean `{near}`? otherwise add it to the {table}' file or remove the row"),
            None => format!("add it to the {table}' file, or remove the row"),
        }
    }
}
