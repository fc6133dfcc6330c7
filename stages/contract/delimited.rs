//! Delimited text, as every room that reads or writes it does: records with their lines, cells in quotation marks where
//! they need them, and text that no spreadsheet takes for a formula.

/// What a spreadsheet takes for the beginning of a formula.
pub const FORMULA: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// Reads records of any length; the header is the first of them.
pub fn csv_reader(text: &str, delimiter: u8) -> csv::Reader<&[u8]> {
    csv::ReaderBuilder::new().has_headers(false).flexible(true).delimiter(delimiter).from_reader(text.as_bytes())
}

/// Writes one record, its cells separated by commas.
pub fn push_record<T: AsRef<str>>(out: &mut String, cells: impl Iterator<Item = T>) {
    for (at, cell) in cells.enumerate() {
        let cell = cell.as_ref();
        if at > 0 {
            out.push(',');
        }
        let plain = !cell.contains([',', '"', '\n', '\r', '\t', ';']) && cell.trim() == cell;
        match plain {
            true => out.push_str(cell),
            false => out.extend(["\"", &cell.replace('"', "\"\""), "\""]),
        }
    }
    out.push('\n');
}

/// Counts lines up to growing positions.
pub struct Lines<'a> {
    bytes: &'a [u8],
    at: usize,
    line: u64,
}

impl<'a> Lines<'a> {
    pub fn new(text: &'a str) -> Self {
        Lines { bytes: text.as_bytes(), at: 0, line: 1 }
    }

    /// The line of the record that begins at `start` or after the line ends that follow it: the reader's positions
    /// may stand before the second half of a `\r\n` or before blank lines.
    #[inline]
    pub fn of(&mut self, start: u64) -> u64 {
        let start = usize::try_from(start).unwrap_or(usize::MAX).min(self.bytes.len());
        let rest = self.bytes.get(start..).unwrap_or_default();
        let skipped = rest.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
        let to = start + skipped;
        self.line += line_ends(self.bytes.get(self.at..to).unwrap_or_default());
        self.at = to;
        self.line
    }
}

/// How many lines end within `bytes`; `\n`, `\r\n` and a lone `\r` each end one.
pub fn line_ends(bytes: &[u8]) -> u64 {
    let feeds = bytes.iter().filter(|byte| **byte == b'\n').count();
    if !bytes.contains(&b'\r') {
        return feeds as u64;
    }
    let returns = bytes.windows(2).filter(|pair| pair[0] == b'\r' && pair[1] != b'\n').count();
    let last = usize::from(bytes.last() == Some(&b'\r'));
    (feeds + returns + last) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_line_end_counts_once() {
        assert_eq!([&b"a\nb\n"[..], b"a\r\nb\r\n", b"a\rb\r"].map(line_ends), [2, 2, 2]);
    }
}
