//! The cells of a sheet that are the table: `A3:F40`, or a name that the workbook defines.

use crate::contract::suggest;
use crate::ingest::decode::Fault;

/// The most rows and columns of a sheet.
const MOST: (u32, u32) = (1 << 20, 1 << 14);

/// A rectangle of cells by their row and column from 0, bounds included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Area {
    pub start: (u32, u32),
    pub end: (u32, u32),
}

impl Area {
    pub fn contains(&self, (row, column): (u32, u32)) -> bool {
        (self.start.0..=self.end.0).contains(&row) && (self.start.1..=self.end.1).contains(&column)
    }
}

/// The sheet, where the range says it, and the cells of a range or of a defined name.
pub fn find(range: &str, defined: &[(String, String)]) -> Result<(Option<String>, Area), Fault> {
    if let Some(found) = parse(range) {
        return Ok(found);
    }
    let named = defined.iter().find(|(name, _)| name == range);
    match named.map(|(_, formula)| parse(formula)) {
        Some(Some(found)) => Ok(found),
        Some(None) => {
            let formula = named.map_or("", |(_, formula)| formula);
            let message = format!("the name `{range}` stands for `{formula}`, which is no rectangle of cells");
            Err(Fault::new("bad_range", None, message, "give the cells: `range: A1:F40`"))
        }
        None => {
            let remedy = suggest::remedy(range, defined.iter().map(|(name, _)| name.as_str()));
            let message = format!("`{range}` is neither a range of cells nor a name that the workbook defines");
            Err(Fault::new("bad_range", None, message, format!("write `A1:F40`, or a name ({remedy})")))
        }
    }
}

/// `A3:F40`, `Sheet1!$A$3:$F$40` of Excel, `$'A sheet'.$A$3:.$F$40` of OpenDocument.
fn parse(text: &str) -> Option<(Option<String>, Area)> {
    let text = text.trim().trim_start_matches('=');
    let (sheet, cells) = match split_sheet(text) {
        Some((sheet, cells)) => (Some(sheet), cells),
        None => (None, text),
    };
    let (from, to) = cells.split_once(':')?;
    // OpenDocument may repeat the sheet after the colon.
    let to = to.rsplit_once('.').map_or(to, |(_, cell)| cell);
    let (from, to) = (cell(from)?, cell(to)?);
    let area = Area { start: (from.0.min(to.0), from.1.min(to.1)), end: (from.0.max(to.0), from.1.max(to.1)) };
    Some((sheet, area))
}

fn split_sheet(text: &str) -> Option<(String, &str)> {
    let text = text.strip_prefix('$').filter(|rest| rest.contains(['!', '.'])).unwrap_or(text);
    if let Some(quoted) = text.strip_prefix('\'') {
        let end = quoted.find("'!").or_else(|| quoted.find("'."))?;
        return Some((quoted.get(..end)?.replace("''", "'"), quoted.get(end + 2..)?));
    }
    let (sheet, cells) = text.split_once('!').or_else(|| text.split_once('.'))?;
    Some((sheet.to_owned(), cells))
}

/// The row and column of a cell such as `$AB$12`, from 0.
fn cell(text: &str) -> Option<(u32, u32)> {
    let plain: String = text.trim().chars().filter(|c| *c != '$').collect();
    let letters = plain.chars().take_while(char::is_ascii_alphabetic).count();
    let (column, row) = plain.split_at_checked(letters).filter(|(column, _)| (1..=3).contains(&column.len()))?;
    let digit = |letter: u8| u32::from(letter.to_ascii_uppercase() - b'A') + 1;
    let column = column.bytes().fold(0, |sum, letter| sum * 26 + digit(letter));
    let row: u32 = row.parse().ok()?;
    ((1..=MOST.0).contains(&row) && column <= MOST.1).then(|| (row - 1, column - 1))
}

/// The name of a cell: `AB12`.
pub fn name((row, column): (u32, u32)) -> String {
    let (mut letters, mut rest) = (Vec::new(), column + 1);
    while rest > 0 {
        letters.insert(0, char::from(b'A' + u8::try_from((rest - 1) % 26).unwrap_or(0)));
        rest = (rest - 1) / 26;
    }
    format!("{}{}", letters.into_iter().collect::<String>(), row + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_of_both_kinds_of_workbook_are_read() {
        let area = Area { start: (2, 0), end: (39, 27) };
        for text in ["A3:AB40", "$A$3:$AB$40", "ab40:a3"] {
            assert_eq!(parse(text), Some((None, area)), "{text}");
        }
        for text in ["'It''s, odd'!$A$3:$AB$40", "$'It''s, odd'.$A$3:.$AB$40"] {
            assert_eq!(parse(text), Some((Some("It's, odd".into()), area)), "{text}");
        }
        assert_eq!(parse("Sheet1!A3:AB40"), Some((Some("Sheet1".into()), area)));
        assert_eq!(parse("$Sheet1.$A$3:$Sheet1.$AB$40"), Some((Some("Sheet1".into()), area)));
        for text in ["A3", "A0:B2", "ZZZ1:A2", "3:4", "A:B", "", "block"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_name_is_looked_up_and_every_cell_has_its_name_back() {
        let defined = [("block".to_owned(), "Data!$A$1:$B$2".to_owned()), ("bad".to_owned(), "#REF!".to_owned())];
        assert_eq!(find("block", &defined).unwrap().0.as_deref(), Some("Data"));
        assert!(find("blok", &defined).unwrap_err().remedy.contains("did you mean `block`"));
        assert_eq!(find("bad", &defined).unwrap_err().code, "bad_range");
        for place in [(0, 0), (11, 25), (11, 26), (0, 701), (0, 702), (1_048_575, 16_383)] {
            assert_eq!(cell(&name(place)), Some(place));
        }
    }
}
