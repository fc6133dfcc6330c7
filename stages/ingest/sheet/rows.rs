//! What is wrong with the form of a table: rows of another length than the header, none at all, headers that repeat.

use std::collections::{BTreeMap, BTreeSet};

use csv::StringRecord;

use super::Sheet;
use crate::contract::{Place, Problem, suggest};
use crate::ingest::decode::Fault;
use crate::ingest::problems::Problems;

impl Sheet<'_> {
    /// Says which rows do not fit the header; how many rows there are, and whether all of them fit.
    pub(super) fn check_rows(&self, problems: &mut Problems) -> (usize, bool) {
        let (mut all, mut rows, mut ragged, mut last) = (0, 0, 0, (1, false));
        self.records(|line, record| {
            all += 1;
            rows += usize::from(self.keeps(record));
            last = (line, record.as_slice().contains('\n') || record.as_slice().contains('\r'));
            if record.len() != self.headers.len() {
                ragged += 1;
                problems.add(self.name, "ragged_row", || self.ragged(line, record));
            }
            true
        });
        if all == 0 {
            let place = Place::File { name: self.name.to_owned(), line: Some(self.header_line), column: None };
            let message = "the file has a header and no rows";
            problems.push(Problem::new("no_rows", place, message, "add the rows, or leave the section out"));
        } else if rows == 0 {
            problems.push(self.none_chosen());
        }
        let open = last.1 && self.body.has_an_open_quote();
        if open {
            let place = Place::File { name: self.name.to_owned(), line: Some(last.0), column: None };
            let message = "a quotation mark opens here and is never closed";
            problems.push(Problem::new("open_quote", place, message, "close it, or write a quotation mark as \"\""));
        }
        (rows, rows > 0 && ragged == 0 && !open)
    }

    /// Why no row is read: the first condition that none meets, with the values that there are.
    fn none_chosen(&self) -> Problem {
        let mut found: Vec<BTreeSet<String>> = vec![BTreeSet::new(); self.wanted.len()];
        self.records(|_, record| {
            for ((column, _), values) in self.wanted.iter().zip(&mut found) {
                values.insert(record.get(*column).unwrap_or_default().trim().to_owned());
            }
            true
        });
        let unmet =
            self.wanted.iter().zip(&found).find(|((_, wanted), values)| !values.iter().any(|v| wanted.admits(v)));
        let Some(((column, wanted), values)) = unmet else {
            let message = "no row meets all conditions at once";
            let place = Place::setting(format!("{}.where", self.section));
            return Problem::new("no_rows", place, message, "take one of them out");
        };
        let header = self.headers.get(*column).map_or("", String::as_str);
        let wanted: Vec<&str> = wanted.iter().collect();
        let message = format!("no row of `{}` has `{}` in `{header}`", self.name, wanted.join("` or `"));
        let remedy = suggest::remedy(wanted.first().unwrap_or(&""), values.iter().map(String::as_str));
        Problem::new("no_rows", Place::setting(format!("{}.where.{header}", self.section)), message, remedy)
    }

    fn ragged(&self, line: u64, record: &StringRecord) -> Problem {
        let place = Place::File { name: self.name.to_owned(), line: Some(line), column: None };
        let (message, remedy) = ragged(record.len(), self.headers.len());
        Problem::new("ragged_row", place, message, remedy)
    }
}

/// What is wrong with a row of another number of cells than the header, and what to do.
pub fn ragged(found: usize, wanted: usize) -> (String, &'static str) {
    let remedy = match found > wanted {
        true => "put cells that hold the delimiter in quotation marks, or give the file's `delimiter:`",
        false => "add the missing cells, or close a quotation mark that opens in this row",
    };
    (format!("the row has {found} cells and the header {wanted}"), remedy)
}

/// The headers that occur more than once; a column without a name is none.
pub fn repeated_headers(headers: &[String], line: u64) -> Vec<Fault> {
    let mut places: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for (index, header) in headers.iter().enumerate().filter(|(_, header)| !header.is_empty()) {
        places.entry(header).or_default().push((index + 1).to_string());
    }
    let repeated = places.into_iter().filter(|(_, places)| places.len() > 1);
    let fault = |(header, places): (&str, Vec<String>)| {
        let message = format!("the header `{header}` occurs {} times: columns {}", places.len(), places.join(", "));
        Fault::new("duplicate_header", Some(line), message, "rename or remove all but one")
    };
    repeated.map(fault).collect()
}
