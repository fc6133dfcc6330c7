//! Workbooks: .xlsx and .ods, one sheet of one.
//!
//! What a cell holds is read, not how it is shown: a percentage of 35 % is 0.35, a rounded number has all its digits.
//! Numbers become their shortest text, dates ISO text (2024-01-31, with a time 2024-01-31T08:30:00), times 08:30:00.
//! A formula counts as the value that was stored with it. The line of a row is its number in the sheet.

mod area;
mod cell;
mod merged;
mod sheets;
mod table;

use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};

use calamine::{Data, DataType, Ods, Reader, SheetType, SheetVisible, Xlsx};

use self::area::Area;
use self::cell::Cell;
pub use self::sheets::sheets;
use self::table::Table;
use super::archive::{self, damaged};
use super::{Records, listed};
use crate::contract::suggest;
use crate::ingest::decode::Fault;
use crate::ingest::file::{Format, Reading};

/// Reads one sheet: the one that is named, or the only one that holds anything.
///
/// # Errors
/// A file that is no workbook, is protected, damaged or too large; no such sheet, or several and none named; cells
/// beside the header's columns, errors of formulas, merged cells within the table.
pub fn read(format: Format, bytes: &[u8], reading: &Reading<'_>) -> Result<Records, Vec<Fault>> {
    archive::inspect(bytes).map_err(|fault| vec![fault])?;
    // calamine takes parts of a file at their word and panics where they contradict each other; what it has built is
    // dropped unseen.
    let caught = catch_unwind(AssertUnwindSafe(|| match format {
        Format::Ods => ods(bytes, reading),
        _ => xlsx(bytes, reading),
    }));
    caught.unwrap_or_else(|_| Err(vec![damaged("its parts contradict each other")]))
}

fn xlsx(bytes: &[u8], reading: &Reading<'_>) -> Result<Records, Vec<Fault>> {
    let broken = |error: calamine::XlsxError| vec![damaged(&error.to_string())];
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(broken)?;
    let (sheet, area) = locate(&mut book, reading, xlsx_has_cells)?;
    let merged = book.merge_cells_by_sheet_name(&sheet).map_err(broken)?;
    let mut cells = book.worksheet_cells_reader(&sheet).map_err(broken)?;
    let mut table = Table::new(area, reading);
    while let Some(record) = cells.next_cell_with_formula_metadata().map_err(broken)? {
        let stored = Data::from(record.value);
        let cell = match (&stored, record.formula) {
            (Data::Empty, Some(_)) => Some(Cell::Unevaluated),
            _ => cell::of(&stored, reading.decimal),
        };
        if let Some(cell) = cell {
            table.add(record.pos, cell)?;
        }
    }
    table.finish(merged.iter().map(|area| (area.start, area.end)))
}

fn xlsx_has_cells(book: &mut Xlsx<Cursor<&[u8]>>, sheet: &str) -> bool {
    let Ok(mut cells) = book.worksheet_cells_reader(sheet) else {
        return false;
    };
    while let Ok(Some(cell)) = cells.next_cell() {
        if !Data::from(cell.get_value().clone()).is_empty() {
            return true;
        }
    }
    false
}

fn ods(bytes: &[u8], reading: &Reading<'_>) -> Result<Records, Vec<Fault>> {
    let broken = |error: calamine::OdsError| match error {
        calamine::OdsError::Password => {
            vec![Fault::new(
                "protected_workbook",
                None,
                "the workbook is protected by a password",
                "save it without one",
            )]
        }
        other => vec![damaged(&other.to_string())],
    };
    let mut book: Ods<_> = Ods::new(Cursor::new(bytes)).map_err(broken)?;
    let has_cells = |book: &mut Ods<_>, sheet: &str| book.worksheet_range(sheet).is_ok_and(|range| !range.is_empty());
    let (sheet, area) = locate(&mut book, reading, has_cells)?;
    let formulas = book.worksheet_formula(&sheet).map_err(broken)?;
    let range = book.worksheet_range(&sheet).map_err(broken)?;
    let (first_row, first_column) = range.start().unwrap_or_default();
    let mut table = Table::new(area, reading);
    for (row, column, stored) in range.cells() {
        let place = (first_row + row as u32, first_column + column as u32);
        let formula = || formulas.get_value(place).is_some_and(|formula| !formula.is_empty());
        let cell = match stored {
            Data::Empty if formula() => Some(Cell::Unevaluated),
            Data::String(text) if cell::is_error(text) => Some(Cell::Error(text.clone())),
            _ => cell::of(stored, reading.decimal),
        };
        if let Some(cell) = cell {
            table.add(place, cell)?;
        }
    }
    let nth = book.sheet_names().iter().position(|name| *name == sheet).unwrap_or_default();
    let merged = merged::of_ods(bytes, nth).map_err(|fault| vec![fault])?;
    table.finish(merged.into_iter())
}

/// The sheet to read, and the cells of it that are the table.
fn locate<'b, B: Reader<Cursor<&'b [u8]>>>(
    book: &mut B,
    reading: &Reading<'_>,
    has_cells: impl Fn(&mut B, &str) -> bool,
) -> Result<(String, Option<Area>), Vec<Fault>> {
    let (named, area) = match reading.range.map(|range| area::find(range, book.defined_names())) {
        None => (None, None),
        Some(Ok((sheet, area))) => (sheet, Some(area)),
        Some(Err(fault)) => return Err(vec![fault]),
    };
    if let (Some(given), Some(named)) = (reading.sheet, &named)
        && given != named
    {
        let message = format!("the range `{}` is of the sheet `{named}`", reading.range.unwrap_or_default());
        return Err(vec![Fault::new("contradicting_setting", None, message, "leave `sheet` out, or correct it")]);
    }
    let wanted = reading.sheet.map(str::to_owned).or(named);
    choose(book, wanted, has_cells).map(|sheet| (sheet, area)).map_err(|fault| vec![fault])
}

fn choose<'b, B: Reader<Cursor<&'b [u8]>>>(
    book: &mut B,
    wanted: Option<String>,
    has_cells: impl Fn(&mut B, &str) -> bool,
) -> Result<String, Fault> {
    let sheets = book.sheets_metadata().to_vec();
    let sheets = || sheets.iter().filter(|sheet| sheet.typ == SheetType::WorkSheet);
    let names: Vec<&str> = sheets().map(|sheet| sheet.name.as_str()).collect();
    if let Some(wanted) = wanted {
        if names.contains(&wanted.as_str()) {
            return Ok(wanted);
        }
        let remedy = suggest::remedy(&wanted, names);
        return Err(Fault::new("unknown_sheet", None, format!("the workbook has no sheet `{wanted}`"), remedy));
    }
    let filled: Vec<_> = sheets().filter(|sheet| has_cells(book, &sheet.name)).collect();
    // What is hidden is not what a person would have meant.
    let seen: Vec<_> = filled.iter().filter(|sheet| sheet.visible == SheetVisible::Visible).collect();
    match (seen.as_slice(), filled.as_slice()) {
        ([only], _) => Ok(only.name.clone()),
        (_, [only]) => Ok(only.name.clone()),
        (_, []) => {
            let remedy = "check that it was saved with its data, or name another file";
            Err(Fault::new("empty_file", None, "no sheet of the workbook holds anything", remedy))
        }
        _ => {
            let names = listed(filled.iter().map(|sheet| sheet.name.as_str()));
            let message = format!("{} sheets hold data: {names}", filled.len());
            Err(Fault::new("several_sheets", None, message, "name the one to read: `sheet: …`"))
        }
    }
}

#[cfg(test)]
mod tests;
