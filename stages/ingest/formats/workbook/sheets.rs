//! The sheets of a workbook that hold anything and are not hidden.

use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};

use calamine::{Ods, Reader, SheetType, SheetVisible, Xlsx};

use super::archive;
use crate::ingest::file::Format;

/// Their names, in the order of the workbook; none of a file that is no workbook.
pub fn sheets(format: Format, bytes: &[u8]) -> Vec<String> {
    if archive::inspect(bytes).is_err() {
        return Vec::new();
    }
    // As where a sheet is read: parts that contradict each other may make calamine panic.
    let caught = catch_unwind(AssertUnwindSafe(|| match format {
        Format::Ods => {
            let book: Option<Ods<_>> = Ods::new(Cursor::new(bytes)).ok();
            book.map(|mut book| {
                let names = worksheets(&book);
                let holds = |name: &String| book.worksheet_range(name).is_ok_and(|range| !range.is_empty());
                names.into_iter().filter(holds).collect()
            })
        }
        _ => {
            let book: Option<Xlsx<_>> = Xlsx::new(Cursor::new(bytes)).ok();
            book.map(|mut book| {
                let names = worksheets(&book);
                names.into_iter().filter(|name| super::xlsx_has_cells(&mut book, name)).collect()
            })
        }
    }));
    caught.ok().flatten().unwrap_or_default()
}

fn worksheets<'b, B: Reader<Cursor<&'b [u8]>>>(book: &B) -> Vec<String> {
    let seen = |sheet: &&calamine::Sheet| sheet.typ == SheetType::WorkSheet && sheet.visible == SheetVisible::Visible;
    book.sheets_metadata().iter().filter(seen).map(|sheet| sheet.name.clone()).collect()
}
