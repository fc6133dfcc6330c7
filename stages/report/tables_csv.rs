//! The tables as CSV files: every digit, missing cells empty, text that no spreadsheet takes for a formula.

use std::borrow::Cow;

use super::sheets::{Cell, Sheet};
use crate::contract::Document;
use crate::contract::delimited::{FORMULA, push_record};

/// Writes one sheet as `tables/<name>.csv`.
pub fn document(name: &str, sheet: &Sheet) -> Document {
    let mut text = String::new();
    push_record(&mut text, sheet.columns.iter());
    for row in &sheet.rows {
        push_record(&mut text, row.iter().map(cell));
    }
    Document { path: format!("tables/{name}.csv"), bytes: text.into_bytes() }
}

/// A cell's text; text that a spreadsheet would run gets an apostrophe in front, numbers stay as they are.
fn cell(cell: &Cell) -> Cow<'_, str> {
    match cell {
        Cell::Text(text) if text.starts_with(FORMULA) => format!("'{text}").into(),
        Cell::Text(text) => text.as_str().into(),
        other => other.text().into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_formula_is_made_safe_and_a_negative_number_is_left_alone() {
        let odd = Cell::Text("=1+1, \"β/3-HB\"<script>".into());
        let sheet = Sheet {
            columns: ["a", "b", "c"].map(String::from).to_vec(),
            rows: vec![vec![odd, Cell::Real(-0.5), Cell::Missing]],
        };
        let csv = String::from_utf8(document("t", &sheet).bytes).expect("utf-8");
        assert_eq!(csv, "a,b,c\n\"'=1+1, \"\"β/3-HB\"\"<script>\",-0.50000000000000000,\n");
    }
}
