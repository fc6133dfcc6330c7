//! The tables as CSV files: every digit, missing cells empty, text that no spreadsheet takes for a formula.

use super::sheets::{Cell, Sheet};
use crate::contract::Document;

/// Writes one sheet as `tables/<name>.csv`.
pub fn document(name: &str, sheet: &Sheet) -> Document {
    let mut bytes = line(sheet.columns.iter().map(|column| (*column).to_owned()));
    for row in &sheet.rows {
        bytes.push_str(&line(row.iter().map(cell)));
    }
    Document { path: format!("tables/{name}.csv"), bytes: bytes.into_bytes() }
}

/// A cell's text; text that a spreadsheet would run gets an apostrophe in front, numbers stay as they are.
fn cell(cell: &Cell) -> String {
    match cell {
        Cell::Text(text) if text.starts_with(['=', '+', '-', '@', '\t', '\r']) => format!("'{text}"),
        other => other.text(),
    }
}

fn line(cells: impl Iterator<Item = String>) -> String {
    cells.map(|cell| quoted(&cell)).collect::<Vec<_>>().join(",") + "\n"
}

fn quoted(text: &str) -> String {
    let plain = !text.contains([',', '"', '\n', '\r', '\t', ';']) && text.trim() == text;
    if plain { text.to_owned() } else { format!("\"{}\"", text.replace('"', "\"\"")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_formula_is_made_safe_and_a_negative_number_is_left_alone() {
        let odd = Cell::Text("=1+1, \"β/3-HB\"<script>".into());
        let sheet = Sheet { columns: vec!["a", "b", "c"], rows: vec![vec![odd, Cell::Real(-0.5), Cell::Missing]] };
        let csv = String::from_utf8(document("t", &sheet).bytes).expect("utf-8");
        assert_eq!(csv, "a,b,c\n\"'=1+1, \"\"β/3-HB\"\"<script>\",-0.50000000000000000,\n");
    }
}
