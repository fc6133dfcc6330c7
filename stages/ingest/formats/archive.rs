//! Looks into a workbook before it is read: a workbook is a zip archive, and a small one may unfold without end.
//!
//! calamine holds what a file declares (shared strings, repeated cells). Here the archive is unfolded once into nothing,
//! against bounds, and the few numbers by which a file could ask for more memory than it fills are read.

use std::io::{BufReader, Cursor, Read};

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use zip::ZipArchive;
use zip::read::ZipFile;
use zip::result::ZipError;

use crate::ingest::decode::Fault;

/// The most bytes that a workbook may unfold to.
const MOST_UNFOLDED: u64 = 1 << 30;
/// The most files in a workbook.
const MOST_FILES: usize = 10_000;
/// The most cells of an OpenDocument spreadsheet, which is held as a whole.
const MOST_ODS_CELLS: u64 = 5_000_000;
/// The longest run of spaces that one mark may stand for.
const MOST_SPACES: u64 = 100_000;
/// What an OLE container begins with: an old .xls, or a workbook under a password.
const OLE: &[u8] = &[0xD0, 0xCF, 0x11, 0xE0];

/// A file of the archive.
pub type Entry<'z, 'b> = ZipFile<'z, Cursor<&'b [u8]>>;

/// Refuses what is no workbook, is damaged, or would unfold beyond the bounds.
pub fn inspect(bytes: &[u8]) -> Result<(), Fault> {
    inspect_within(bytes, MOST_UNFOLDED)
}

fn inspect_within(bytes: &[u8], most: u64) -> Result<(), Fault> {
    if bytes.starts_with(OLE) {
        let message = "the workbook is protected by a password, or is an .xls of before 2007";
        return Err(Fault::new("protected_workbook", None, message, "save it as .xlsx without a password"));
    }
    if !bytes.starts_with(b"PK") {
        let remedy = "if it is text, say `format: csv`; else save it as .xlsx or .ods";
        return Err(Fault::new("not_a_workbook", None, "the file is no workbook", remedy));
    }
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|error| damaged(&error.to_string()))?;
    if archive.len() > MOST_FILES {
        return Err(too_large(&format!("it holds {} files", archive.len())));
    }
    let mut left = most;
    for index in 0..archive.len() {
        let mut entry = archive.by_index(index).map_err(refused)?;
        let name = entry.name().map_or(String::new(), |name| name.to_lowercase());
        let size = unfold(&mut entry, &mut left)?;
        drop(entry);
        let entry = archive.by_index(index).map_err(refused)?;
        if name.ends_with("sharedstrings.xml") {
            strings(entry, size)?;
        } else if name == "content.xml" {
            repeats(entry)?;
        }
    }
    Ok(())
}

fn refused(error: ZipError) -> Fault {
    match error {
        ZipError::UnsupportedArchive(words) if words == ZipError::PASSWORD_REQUIRED => {
            Fault::new("protected_workbook", None, "the workbook is protected by a password", "save it without one")
        }
        other => damaged(&other.to_string()),
    }
}

fn unfold(entry: &mut Entry<'_, '_>, left: &mut u64) -> Result<u64, Fault> {
    let mut size = 0;
    let mut buffer = vec![0; 1 << 16];
    loop {
        let read = entry.read(&mut buffer).map_err(|error| damaged(&error.to_string()))? as u64;
        if read == 0 {
            return Ok(size);
        }
        size += read;
        *left = left.checked_sub(read).ok_or_else(|| too_large("it unfolds to more bytes than are held"))?;
    }
}

/// The XML of an entry, event by event; an empty element is a start and an end.
pub fn events<'z, 'b>(entry: Entry<'z, 'b>) -> Reader<BufReader<Entry<'z, 'b>>> {
    let mut reader = Reader::from_reader(BufReader::new(entry));
    reader.config_mut().check_end_names = false;
    reader.config_mut().expand_empty_elements = true;
    reader
}

/// The number of shared strings is believed only as far as the file could hold them.
fn strings(entry: Entry<'_, '_>, size: u64) -> Result<(), Fault> {
    let (mut reader, mut buffer) = (events(entry), Vec::new());
    loop {
        buffer.clear();
        match reader.read_event_into(&mut buffer) {
            Ok(Event::Start(tag)) => {
                let claimed = number(&tag, "uniqueCount").unwrap_or(0);
                return if claimed > size { Err(damaged("it claims more texts than it holds")) } else { Ok(()) };
            }
            Ok(Event::Eof) => return Ok(()),
            Ok(_) => {}
            Err(error) => return Err(damaged(&error.to_string())),
        }
    }
}

/// How many cells the tables of an OpenDocument spreadsheet unfold to, blank ones at the end left out.
#[derive(Default)]
struct Unfolded {
    /// Cells of the rows, each row once and as often as it is repeated.
    once: u64,
    repeated: u64,
    row: u64,
    blank: u64,
    /// Blank rows that count if another follows.
    blank_rows: u64,
    times: u64,
    width: u64,
}

impl Unfolded {
    fn start(&mut self, tag: &BytesStart<'_>) -> Result<(), Fault> {
        match tag.name().as_ref() {
            "table:table" => (self.width, self.blank_rows) = (0, 0),
            "table:table-row" => {
                (self.row, self.blank) = (0, 0);
                self.times = number(tag, "table:number-rows-repeated").unwrap_or(1);
            }
            "table:table-cell" | "table:covered-table-cell" => {
                let times = number(tag, "table:number-columns-repeated").unwrap_or(1);
                let filled = ["office:value-type", "office:value", "table:formula"];
                if filled.iter().any(|name| matches!(tag.try_get_attribute(name), Ok(Some(_)))) {
                    self.row = self.row.saturating_add(self.blank).saturating_add(times);
                    self.blank = 0;
                } else {
                    self.blank = self.blank.saturating_add(times);
                }
            }
            "text:s" if number(tag, "text:c").unwrap_or(1) > MOST_SPACES => {
                return Err(damaged("a cell holds more spaces than a person writes"));
            }
            _ => {}
        }
        Ok(())
    }

    fn end_row(&mut self) -> Result<(), Fault> {
        if self.row == 0 {
            self.blank_rows = self.blank_rows.saturating_add(self.times);
            return Ok(());
        }
        self.width = self.width.max(self.row);
        self.once = self.once.saturating_add(self.row);
        let rows = self.times.saturating_add(std::mem::take(&mut self.blank_rows));
        self.repeated = self.repeated.saturating_add(rows.saturating_mul(self.width));
        if self.once.max(self.repeated) > MOST_ODS_CELLS {
            return Err(too_large(&format!("its tables have more than {MOST_ODS_CELLS} cells")));
        }
        Ok(())
    }
}

fn repeats(entry: Entry<'_, '_>) -> Result<(), Fault> {
    let (mut reader, mut buffer, mut unfolded) = (events(entry), Vec::new(), Unfolded::default());
    loop {
        buffer.clear();
        match reader.read_event_into(&mut buffer) {
            Ok(Event::Start(tag)) => unfolded.start(&tag)?,
            Ok(Event::End(tag)) if tag.name().as_ref() == "table:table-row" => unfolded.end_row()?,
            Ok(Event::Eof) => return Ok(()),
            Ok(_) => {}
            Err(error) => return Err(damaged(&error.to_string())),
        }
    }
}

/// An attribute as a whole number.
pub fn number(tag: &BytesStart<'_>, name: &str) -> Option<u64> {
    tag.try_get_attribute(name).ok()??.value.trim().parse().ok()
}

/// A workbook that cannot be read to its end.
pub fn damaged(why: &str) -> Fault {
    let message = format!("the workbook ends early or is damaged: {why}");
    Fault::new("damaged_file", None, message, "copy it anew, or open it and save it again")
}

fn too_large(why: &str) -> Fault {
    Fault::new("too_large", None, format!("the workbook is too large: {why}"), "save the sheet as .csv")
}

#[cfg(test)]
mod tests {
    use super::super::testing::zipped;
    use super::*;

    #[test]
    fn a_small_archive_that_unfolds_without_end_is_refused_before_it_is_held() {
        let bomb = zipped(&[("xl/worksheets/sheet1.xml", &[b' '; 1 << 20])]);
        assert_eq!(inspect_within(&bomb, 1 << 19).unwrap_err().code, "too_large");
        assert!(inspect_within(&bomb, 1 << 20).is_ok());
        let strings = zipped(&[("xl/sharedStrings.xml", br#"<?xml version="1.0"?><sst uniqueCount="9999999999"/>"#)]);
        assert_eq!(inspect(&strings).unwrap_err().code, "damaged_file");
    }

    #[test]
    fn repeated_cells_are_counted_as_they_would_be_unfolded() {
        let sheet = |rows: &str| {
            let content = format!("<office:body><table:table table:name=\"a\">{rows}</table:table></office:body>");
            inspect(&zipped(&[("content.xml", content.as_bytes())]))
        };
        let cell = |times: u64| {
            format!("<table:table-cell office:value-type=\"float\" table:number-columns-repeated=\"{times}\"/>")
        };
        let row = |times: u64, cells: &str| {
            format!("<table:table-row table:number-rows-repeated=\"{times}\">{cells}</table:table-row>")
        };
        assert!(sheet(&row(1000, &cell(1000))).is_ok());
        assert_eq!(sheet(&row(1_048_576, &cell(16_384))).unwrap_err().code, "too_large");
        assert_eq!(sheet(&row(1, &cell(u64::MAX))).unwrap_err().code, "too_large");
        let blank = "<table:table-cell table:number-columns-repeated=\"16384\"/>";
        assert!(sheet(&format!("{}{}", row(1, &cell(2)), row(1_048_575, blank))).is_ok(), "blank to the end");
        let apart = format!("{}{}{}", row(1, &cell(9)), row(1_048_000, blank), row(1, &cell(1)));
        assert_eq!(sheet(&apart).unwrap_err().code, "too_large", "blank rows that another follows");
        assert_eq!(
            sheet(&row(1, "<table:table-cell><text:s text:c=\"99999999999\"/></table:table-cell>")).unwrap_err().code,
            "damaged_file"
        );
    }

    #[test]
    fn what_is_no_archive_is_named_for_what_it_is() {
        assert_eq!(inspect(&[0xD0, 0xCF, 0x11, 0xE0, 0xA1]).unwrap_err().code, "protected_workbook");
        assert_eq!(inspect(b"id,x\n").unwrap_err().code, "not_a_workbook");
        assert_eq!(inspect(b"PK\x03\x04").unwrap_err().code, "damaged_file");
    }
}
