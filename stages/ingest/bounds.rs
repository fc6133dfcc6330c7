//! How large a text table may be: looked at before a record is made of it, so that a file that is no table ends with a
//! sentence and not with the memory.
//!
//! The bounds are far beyond a biobank's (half a million samples in columns, twenty thousand analytes in rows), and
//! there is none on the number of rows.

use super::decode::Fault;

/// The most columns of a row.
pub const MOST_COLUMNS: usize = 1_000_000;
/// The most bytes of a row.
pub const MOST_BYTES: usize = 64 << 20;
/// The most cells of a table that has to be held as a whole: one that is no text, or that lies on its side.
pub const MOST_CELLS: usize = 100_000_000;

/// Refuses a line that is longer than a row may be; quick, since it is the first look at a file of any kind.
pub fn refuse_long_lines(text: &str) -> Result<(), Fault> {
    let mut number = 0;
    for line in text.as_bytes().split(|byte| *byte == b'\n') {
        number += 1;
        if line.len() > MOST_BYTES && line.split(|byte| *byte == b'\r').any(|line| line.len() > MOST_BYTES) {
            return Err(too_long(number, line.len()));
        }
    }
    Ok(())
}

/// Refuses a row that has too many columns or, line ends within quotation marks included, too many bytes.
pub fn refuse_large_rows(text: &str, delimiter: u8) -> Result<(), Fault> {
    refuse_rows(text, delimiter, MOST_COLUMNS, MOST_BYTES)
}

fn refuse_rows(text: &str, delimiter: u8, columns: usize, bytes: usize) -> Result<(), Fault> {
    if !text.as_bytes().contains(&b'"') {
        return refuse_plain_rows(text, delimiter, columns, bytes);
    }
    let mut row = Row { line: 1, start: 0, columns: 1 };
    let (mut line, mut quoted, mut at_start) = (1, false, true);
    for (at, byte) in text.bytes().enumerate() {
        let ends_line = byte == b'\n';
        line += u64::from(ends_line);
        if quoted {
            // Of two marks in a row the second opens what the first has closed.
            quoted = byte != b'"';
            at_start = !quoted;
        } else if byte == b'"' && at_start {
            quoted = true;
        } else if byte == b'\n' || byte == b'\r' {
            row.check(at, columns, bytes)?;
            row = Row { line, start: at + 1, columns: 1 };
            at_start = true;
        } else {
            at_start = byte == delimiter;
            row.columns += usize::from(at_start);
        }
        if at - row.start.min(at) > bytes {
            return row.check(at, columns, bytes);
        }
    }
    row.check(text.len(), columns, bytes)
}

/// The same where no quotation mark occurs: a row is a line.
fn refuse_plain_rows(text: &str, delimiter: u8, columns: usize, bytes: usize) -> Result<(), Fault> {
    for (line, part) in (1..).zip(text.as_bytes().split(|byte| *byte == b'\n')) {
        for part in part.split(|byte| *byte == b'\r').filter(|part| part.len() >= columns.min(bytes)) {
            let found = 1 + part.iter().filter(|byte| **byte == delimiter).count();
            Row { line, start: 0, columns: found }.check(part.len(), columns, bytes)?;
        }
    }
    Ok(())
}

/// The row that is being looked at.
struct Row {
    line: u64,
    start: usize,
    columns: usize,
}

impl Row {
    fn check(&self, end: usize, columns: usize, bytes: usize) -> Result<(), Fault> {
        if self.columns > columns {
            let message = format!("the row has {} columns, and a table has at most {columns}", self.columns);
            let remedy =
                "write the abundances long (a row a sample and analyte), or check the file and its `delimiter:`";
            return Err(Fault::new("too_many_columns", Some(self.line), message, remedy));
        }
        let found = end.saturating_sub(self.start);
        if found > bytes { Err(too_long(self.line, found)) } else { Ok(()) }
    }
}

fn too_long(line: u64, bytes: usize) -> Fault {
    let message = format!("the row has more than {} megabytes (at least {})", MOST_BYTES >> 20, bytes >> 20);
    let remedy =
        "a table has a line end after each row: close a quotation mark that opens here, or write the file anew";
    Fault::new("row_too_long", Some(line), message, remedy)
}

/// Refuses a table of more cells than are held at once.
pub fn refuse_many_cells(rows: usize, columns: usize) -> Result<(), Fault> {
    if rows.checked_mul(columns).is_some_and(|cells| cells <= MOST_CELLS) {
        return Ok(());
    }
    let message =
        format!("{rows} rows of {columns} columns are more than the {MOST_CELLS} cells that are read at once");
    let remedy = "save the table as .csv, with the samples in rows or long";
    Err(Fault::new("too_many_cells", None, message, remedy))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_of_two_million_columns_or_beyond_the_bytes_is_named_with_its_line() {
        let wide = format!("id,x\nP1,{}\n", ",".repeat(2_000_000));
        let fault = refuse_large_rows(&wide, b',').unwrap_err();
        assert_eq!((fault.code, fault.line), ("too_many_columns", Some(2)));
        assert!(fault.message.contains("2000002"), "{fault:?}");
        let long = format!("id,x\n\nP1,{}\n", "1".repeat(MOST_BYTES + 1));
        assert_eq!(refuse_long_lines(&long).unwrap_err().line, Some(3));
        assert_eq!(refuse_large_rows(&long, b',').unwrap_err().line, Some(3));
        let open = format!("id,x\nP1,\"{}", "1,\n".repeat(MOST_BYTES / 3 + 9));
        assert!(refuse_long_lines(&open).is_ok());
        let fault = refuse_large_rows(&open, b',').unwrap_err();
        assert_eq!((fault.code, fault.line), ("row_too_long", Some(2)));
    }

    #[test]
    fn quotation_marks_are_read_as_the_table_reads_them() {
        let columns = |text: &str| {
            let mut reader = crate::contract::delimited::csv_reader(text, b',');
            reader.records().map(|record| record.unwrap().len()).max().unwrap()
        };
        for text in [
            "a,\"b,c\",d\n",
            "5\" tube,x\n",
            "\"a\"\"b,c\",d\n",
            "\"a\"x,\"y,z\"\n",
            "a,\"\",b\r\n\"\n\",c",
            "a,b\nc,d,e\r\n,,,\r",
        ] {
            let columns = columns(text);
            assert!(refuse_rows(text, b',', columns, 100).is_ok(), "{text}");
            assert!(refuse_rows(text, b',', columns - 1, 100).is_err(), "{text}");
        }
        assert!(refuse_many_cells(usize::MAX, 2).is_err() && refuse_many_cells(10, 10).is_ok());
    }
}
