//! The wide file's columns of flags: each named as an analyte's column and a suffix.

use std::collections::BTreeMap;

use super::params::Metabolites;
use super::problems::Problems;
use super::sheet::Sheet;
use crate::contract::{Place, Problem, suggest};

/// The columns of flags by their headers, each with the header that it belongs to.
pub fn flag_columns<'s>(
    params: &Metabolites,
    sheet: &'s Sheet<'_>,
    problems: &mut Problems,
) -> BTreeMap<&'s str, (&'s str, usize)> {
    let Some(suffix) = &params.flag_suffix else {
        return BTreeMap::new();
    };
    let mut flags = BTreeMap::new();
    for (column, header) in sheet.headers.iter().enumerate() {
        let Some(of) = header.strip_suffix(suffix.as_str()).map(str::trim_end).filter(|of| !of.is_empty()) else {
            continue;
        };
        if sheet.find(of).is_some() {
            flags.insert(header.as_str(), (of, column));
            continue;
        }
        problems.add(sheet.name, "missing_column", || {
            let place = Place::File { name: sheet.name.to_owned(), line: Some(1), column: Some(header.clone()) };
            let message = format!("the column `{header}` holds the flags of `{of}`, which is no column");
            let others = sheet.headers.iter().map(String::as_str).filter(|name| !name.ends_with(suffix.as_str()));
            Problem::new("missing_column", place, message, suggest::remedy(of, others))
        });
    }
    flags
}
