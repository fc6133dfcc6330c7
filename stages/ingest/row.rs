//! One row of a file, and how its cells are read: every refusal shows the line, the column, the value and a remedy.

use csv::StringRecord;

use super::file::Decimal;
use super::number::{self, Marks, NotANumber, guess_thousands};
use super::problems::Problems;
use super::sheet::Sheet;
use crate::contract::Problem;
use crate::contract::quantity::Range;

/// One row of a file.
#[derive(Debug, Clone, Copy)]
pub struct Row<'r> {
    /// The line on which the row begins, from 1, the header included.
    pub line: u64,
    sheet: &'r Sheet<'r>,
    record: &'r StringRecord,
}

impl<'r> Row<'r> {
    pub fn new(sheet: &'r Sheet<'_>, line: u64, record: &'r StringRecord) -> Self {
        Row { line, sheet, record }
    }

    /// The cell's text without the spaces around it.
    #[inline]
    pub fn raw(&self, column: usize) -> &'r str {
        trimmed(self.record.get(column).unwrap_or_default())
    }

    /// The cell's text; none where the column is absent or the cell means "missing".
    #[inline]
    pub fn text(&self, column: impl Into<Option<usize>>) -> Option<&'r str> {
        let text = self.raw(column.into()?);
        (!self.sheet.is_missing(text)).then_some(text)
    }

    /// The cell's text, where a row without it means nothing.
    pub fn required(&self, column: usize, problems: &mut Problems) -> Option<&'r str> {
        let text = self.text(column);
        if text.is_none() {
            self.refuse(column, "missing_value", problems, |header| {
                (format!("`{header}` is missing"), "every row needs it: fill it in, or remove the row".into())
            });
        }
        text
    }

    /// The cell as a finite number; none where it is missing, or is no number and was refused.
    pub fn number(&self, column: impl Into<Option<usize>>, problems: &mut Problems) -> Option<f64> {
        let column = column.into()?;
        let text = self.text(column)?;
        match number::parse(text, self.sheet.marks) {
            Ok(number) => Some(number),
            Err(why) => {
                self.refuse_number(column, text, why, problems);
                None
            }
        }
    }

    /// The file's marks within numbers.
    pub fn marks(&self) -> Marks {
        self.sheet.marks
    }

    /// Whether the cell is a number, however its decimal mark is written.
    pub fn is_number_like(&self, column: usize) -> bool {
        number::parse(self.raw(column), self.sheet.marks) != Err(NotANumber::Text)
    }

    /// A number that must lie in a range; `setting` is what declares the range.
    pub fn number_in(
        &self,
        column: usize,
        range: Option<Range>,
        setting: &str,
        problems: &mut Problems,
    ) -> Option<f64> {
        let number = self.number(column, problems)?;
        match range {
            Some(range) if !range.contains(number) => {
                self.refuse(column, "out_of_range", problems, |_| {
                    let message = format!("`{}` is outside {} to {}", self.raw(column), range.low(), range.high());
                    (message, format!("correct the value{setting}"))
                });
                None
            }
            _ => Some(number),
        }
    }

    /// A whole number.
    pub fn whole(&self, column: impl Into<Option<usize>>, problems: &mut Problems) -> Option<i64> {
        let column = column.into()?;
        let number = self.number(column, problems)?;
        if number.fract() == 0.0 && number.abs() < 9.0e15 {
            return Some(number as i64);
        }
        self.refuse(column, "not_a_whole_number", problems, |_| {
            (format!("`{}` is not a whole number", self.raw(column)), "correct the value".into())
        });
        None
    }

    /// Where a record of the same file stands, in words: `on line 4`.
    pub fn at(&self, line: u64) -> String {
        self.sheet.at(line)
    }

    /// The place of a header in the row's file.
    pub fn find(&self, header: &str) -> Option<usize> {
        self.sheet.find(header)
    }

    /// Records a problem of one cell; `say` is given the header and makes the message and the remedy.
    pub fn refuse(
        &self,
        column: usize,
        code: &'static str,
        problems: &mut Problems,
        say: impl FnOnce(&str) -> (String, String),
    ) {
        problems.add(self.sheet.name, code, || {
            let header = self.sheet.headers.get(column).map_or("", String::as_str);
            let (message, remedy) = say(header);
            Problem::new(code, self.sheet.place(self.line, column), message, remedy)
        });
    }

    /// Records that a cell is no number, and why.
    pub fn refuse_number(&self, column: usize, text: &str, why: NotANumber, problems: &mut Problems) {
        let section = &self.sheet.section;
        let code = match why {
            NotANumber::Text => "text_in_number",
            NotANumber::OtherDecimal => "decimal_mark",
            NotANumber::Grouping => "thousands_mark",
            NotANumber::Infinite => "infinite_value",
        };
        let marks = self.sheet.marks;
        let thousands = guess_thousands(text, marks.decimal).filter(|_| marks.thousands.is_none());
        self.refuse(column, code, problems, |_| match (why, marks.decimal) {
            (NotANumber::Text, _) => (
                format!("`{text}` is not a number"),
                match thousands {
                    Some(mark) => format!("if `{mark}` stands between thousands, set `thousands: \"{mark}\"` in `{section}`"),
                    None => format!(
                        "correct it, empty the cell if the value is missing, or declare the word in `{section}.missing`"
                    ),
                },
            ),
            (NotANumber::Grouping, _) => (
                format!("`{text}` has the mark between thousands where no three digits follow"),
                format!("correct it, or the settings `thousands` and `decimal` in `{section}`"),
            ),
            (NotANumber::OtherDecimal, Decimal::Point) => (
                format!("`{text}` is written with a decimal comma, which is not declared"),
                match thousands {
                    Some(mark) => format!(
                        "set `decimal: \",\"` in `{section}`, or, if it stands between thousands, `thousands: \"{mark}\"`"
                    ),
                    None => format!("set `decimal: \",\"` in `{section}`"),
                },
            ),
            (NotANumber::OtherDecimal, Decimal::Comma) => (
                format!("`{text}` is written with a decimal point, and the file's decimal mark is declared as a comma"),
                format!("correct it, or set `decimal: \".\"` in `{section}`"),
            ),
            (NotANumber::Infinite, _) => (
                format!("`{text}` is not a finite number"),
                "correct it, or empty the cell if the value is missing".into(),
            ),
        });
    }
}

/// A text without the spaces around it; quick where there are none, as in nearly every cell.
#[inline]
fn trimmed(text: &str) -> &str {
    match text.as_bytes() {
        [first, .., last] if first.is_ascii_graphic() && last.is_ascii_graphic() => text,
        _ => text.trim(),
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn spaces_of_every_kind_around_a_text_are_left_out() {
        for text in ["", " ", "a", "ab", " a", "a ", "\u{a0}a b\u{2003}", "β ", "\t-1\t", "é"] {
            assert_eq!(super::trimmed(text), text.trim());
        }
    }
}
