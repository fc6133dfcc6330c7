//! Participants out of a longitudinal REDCap export, whose rows repeat them by event.

use super::column::{Column, plain};
use super::look::Table;
use super::page::word;

/// The rows of the first event without a repeated instrument, and the columns that say something there and in no other
/// event: what was asked once is of the participant.
pub fn participants(table: &Table) -> Option<Table> {
    let find = |name: &str| table.columns.iter().find(|column| plain(&column.header) == name);
    let (event, id) = (find("redcapeventname")?, table.participant()?);
    let repeats = find("redcaprepeatinstrument");
    let first = event.filled().next()?;
    let whole = |row: usize| repeats.is_none_or(|column| column.cells[row].is_empty());
    let here = |row: &usize| event.cells[*row] == first && whole(*row);
    let (rows, others): (Vec<usize>, Vec<usize>) = (0..event.cells.len()).partition(here);
    let asked = |column: &&Column| {
        let form = column.header.starts_with("redcap_") || column.header.ends_with("_complete");
        let once = others.iter().all(|&row| column.cells[row].is_empty());
        column.header == id.header || (!form && once)
    };
    let columns = table.columns.iter().filter(asked).map(|column| {
        let mut part = Column::new(&column.header, rows.iter().map(|&row| column.cells[row].clone()).collect());
        part.decimal = column.decimal;
        part
    });
    let mut condition = format!("{}: {}", word(&event.header), word(first));
    if let Some(repeats) = repeats {
        condition.push_str(&format!(", {}: \"\"", word(&repeats.header)));
    }
    let mut settings = table.settings.clone();
    let why = "the first event of a REDCap export has the facts of the participants";
    settings.push(("where", format!("{{{condition}}}"), why.to_owned()));
    Some(Table { file: table.file.clone(), role: None, turned: false, columns: columns.collect(), settings })
}
