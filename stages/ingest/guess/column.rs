//! One column of a table, and what its cells look like.

use std::collections::{BTreeMap, BTreeSet};

use super::super::file::Decimal;
use super::super::measurement::is_below_lod;
use super::look::{is_missing, is_number};

/// Words that often mean "no value", beside those that the readers know.
pub const MISSING: [&str; 10] = [".", "-", "n/a", "N/A", "#N/A", "null", "NULL", "none", "na", "missing"];
/// A category has no more levels than this.
const MOST_LEVELS: usize = 8;

/// A column with its cells.
#[derive(Debug, Clone)]
pub struct Column {
    pub header: String,
    pub cells: Vec<String>,
    pub decimal: Decimal,
    codes: BTreeSet<String>,
}

/// What a participants' column may be declared as.
#[derive(Debug, Clone, PartialEq)]
pub enum Kind {
    Number,
    Count,
    Binary,
    Category(Vec<String>),
    /// Words of too many kinds for a category.
    Words,
    /// The same word for everyone.
    Constant,
    Empty,
}

impl Column {
    pub fn new(header: &str, cells: Vec<String>) -> Column {
        Column { header: header.to_owned(), cells, decimal: Decimal::Point, codes: BTreeSet::new() }
    }

    /// The header without case, spaces and signs.
    pub fn plain(&self) -> String {
        plain(&self.header)
    }

    /// The cells that have a value.
    pub fn filled(&self) -> impl Iterator<Item = &str> {
        self.cells.iter().map(String::as_str).filter(|cell| !is_missing(cell) && !self.codes.contains(*cell))
    }

    pub fn distinct(&self) -> BTreeSet<&str> {
        self.filled().collect()
    }

    /// Whether every value occurs once, and every row has one.
    pub fn is_unique(&self) -> bool {
        !self.cells.is_empty() && self.filled().count() == self.cells.len() && self.distinct().len() == self.cells.len()
    }

    /// Whether it holds numbers and, at most, marks of the laboratory.
    pub fn is_numeric(&self) -> bool {
        let mut numbers = 0;
        let fits = |cell: &str| {
            let number = is_number(cell, self.decimal);
            numbers += usize::from(number);
            number || is_below_lod(cell)
        };
        self.filled().all(fits) && numbers > 0
    }

    pub fn has_decimal_comma(&self) -> bool {
        let comma = |cell: &str| {
            cell.matches(',').count() == 1 && is_number(cell, Decimal::Comma) && !is_number(cell, Decimal::Point)
        };
        self.filled().any(comma) && self.filled().all(|cell| is_number(cell, Decimal::Comma))
    }

    pub fn has_decimal_point(&self) -> bool {
        let point = |cell: &str| cell.contains('.') && is_number(cell, Decimal::Point);
        self.filled().any(point) && self.filled().all(|cell| is_number(cell, Decimal::Point))
    }

    /// The unusual words for "no value" that stand among numbers.
    pub fn missing_codes(&self) -> Vec<&str> {
        let words: BTreeSet<&str> =
            self.cells.iter().map(String::as_str).filter(|cell| MISSING.contains(cell)).collect();
        if words.is_empty() || !self.is_numeric() { Vec::new() } else { words.into_iter().collect() }
    }

    /// Takes unusual words as missing from here on, where they stand among numbers.
    pub fn forget_codes(&mut self) {
        self.codes = self.missing_codes().into_iter().map(str::to_owned).collect();
    }

    /// What the column may be declared as.
    ///
    /// A category has few levels, each of which occurs twice on average, so that what is particular to a participant is
    /// no level.
    pub fn kind(&self) -> Kind {
        let levels = self.distinct();
        let lower: BTreeSet<String> = levels.iter().map(|level| level.to_lowercase()).collect();
        let within = |words: &[&str]| lower.len() > 1 && lower.iter().all(|level| words.contains(&level.as_str()));
        if levels.is_empty() {
            return Kind::Empty;
        }
        // Codes such as 1 and 2 are no numbers to reckon with.
        if ["sex", "gender", "geschlecht"].contains(&self.plain().as_str()) && (2..=3).contains(&levels.len()) {
            return Kind::Category(levels.into_iter().map(str::to_owned).collect());
        }
        if within(&["0", "1"]) || within(&["yes", "no"]) || within(&["true", "false"]) {
            return Kind::Binary;
        }
        if self.is_numeric() {
            let whole = self.filled().all(|cell| cell.bytes().all(|byte| byte.is_ascii_digit()));
            let counts = ["count", "number", "episodes", "children", "previous", "n_"];
            let counted = counts.iter().any(|word| self.header.to_lowercase().contains(word));
            return if whole && counted { Kind::Count } else { Kind::Number };
        }
        if levels.len() == 1 {
            return Kind::Constant;
        }
        let few = levels.len() <= MOST_LEVELS && levels.len() * 2 <= self.filled().count();
        if few { Kind::Category(levels.into_iter().map(str::to_owned).collect()) } else { Kind::Words }
    }

    /// How many of the values are among `known`, as a share.
    pub fn share_in(&self, known: &BTreeSet<&str>) -> f64 {
        let counts = self
            .filled()
            .fold((0_usize, 0_usize), |(hit, all), cell| (hit + usize::from(known.contains(cell)), all + 1));
        if counts.1 == 0 { 0.0 } else { counts.0 as f64 / counts.1 as f64 }
    }

    /// The values in the order of their rows for each owner.
    pub fn sequences<'a>(&'a self, owners: &'a Column) -> Vec<Vec<&'a str>> {
        let mut sequences: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for (cell, owner) in self.cells.iter().zip(&owners.cells) {
            if !is_missing(cell) && !is_missing(owner) {
                sequences.entry(owner).or_default().push(cell);
            }
        }
        sequences.into_values().collect()
    }
}

/// A name without case, spaces and signs.
pub fn plain(text: &str) -> String {
    text.to_lowercase().chars().filter(|sign| sign.is_alphanumeric()).collect()
}
