//! The merged cells of one table of an OpenDocument spreadsheet, which calamine does not tell.

use std::io::Cursor;

use quick_xml::events::{BytesStart, Event};
use zip::ZipArchive;

use super::super::archive::{damaged, events, number};
use crate::ingest::decode::Fault;

/// A rectangle of cells by their row and column from 0, bounds included.
pub type Block = ((u32, u32), (u32, u32));

/// Where the reading of the tables stands.
#[derive(Default)]
struct Walk {
    /// How many tables have begun.
    tables: usize,
    row: u64,
    column: u64,
    times: u64,
    found: Vec<Block>,
}

/// The merged cells of the `nth` table, from 0.
///
/// # Errors
/// An archive or a content that cannot be read.
pub fn of_ods(bytes: &[u8], nth: usize) -> Result<Vec<Block>, Fault> {
    let broken = |why: &dyn std::fmt::Display| damaged(&why.to_string());
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|error| broken(&error))?;
    let content = archive.by_name("content.xml").map_err(|error| broken(&error))?;
    let (mut reader, mut buffer, mut walk) = (events(content), Vec::new(), Walk::default());
    loop {
        buffer.clear();
        match reader.read_event_into(&mut buffer) {
            Ok(Event::Start(tag)) => walk.start(&tag, nth),
            Ok(Event::End(tag)) if tag.name().as_ref() == "table:table-row" => {
                walk.row = walk.row.saturating_add(walk.times);
            }
            Ok(Event::Eof) => return Ok(walk.found),
            Ok(_) => {}
            Err(error) => return Err(broken(&error)),
        }
    }
}

impl Walk {
    fn start(&mut self, tag: &BytesStart<'_>, nth: usize) {
        let times = |name: &str| number(tag, name).unwrap_or(1);
        match tag.name().as_ref() {
            "table:table" => (self.tables, self.row) = (self.tables + 1, 0),
            "table:table-row" => (self.column, self.times) = (0, times("table:number-rows-repeated")),
            "table:table-cell" | "table:covered-table-cell" => {
                let (down, across) = (times("table:number-rows-spanned"), times("table:number-columns-spanned"));
                if self.tables == nth + 1 && (down > 1 || across > 1) {
                    self.found.push(self.block(down, across));
                }
                self.column = self.column.saturating_add(times("table:number-columns-repeated"));
            }
            _ => {}
        }
    }

    fn block(&self, down: u64, across: u64) -> Block {
        let whole = |at: u64| u32::try_from(at).unwrap_or(u32::MAX - 1);
        let end = |start: u64, cells: u64| whole(start.saturating_add(cells.max(1) - 1));
        ((whole(self.row), whole(self.column)), (end(self.row, down), end(self.column, across)))
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::testing::zipped;
    use super::*;

    #[test]
    fn merged_cells_are_found_where_repeated_rows_and_cells_have_moved_them() {
        let table = |rows: &str| format!("<table:table table:name=\"a\">{rows}</table:table>");
        let merged = "<table:table-cell table:number-columns-spanned=\"2\" table:number-rows-spanned=\"3\"/>";
        let rows = format!(
            "<table:table-row table:number-rows-repeated=\"4\"><table:table-cell/></table:table-row>\
             <table:table-row><table:table-cell table:number-columns-repeated=\"5\"/>{merged}\
             <table:covered-table-cell/></table:table-row>"
        );
        let one = table(&format!("<table:table-row>{merged}</table:table-row>"));
        let content = format!("<office:body>{one}{}</office:body>", table(&rows));
        let file = zipped(&[("content.xml", content.as_bytes())]);
        assert_eq!(of_ods(&file, 0).unwrap(), [((0, 0), (2, 1))]);
        assert_eq!(of_ods(&file, 1).unwrap(), [((4, 5), (6, 6))]);
        assert_eq!(of_ods(&file, 2).unwrap(), []);
        assert!(of_ods(b"PK", 0).is_err());
    }
}
