//! Text to a number, strictly: no guess at a decimal mark or at thousands, no infinity, no NaN.

use std::borrow::Cow;

use super::file::{Decimal, Thousands};

/// The marks within a number.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Marks {
    pub decimal: Decimal,
    pub thousands: Option<Thousands>,
}

impl Thousands {
    /// The characters that are this mark.
    pub fn signs(self) -> &'static [char] {
        match self {
            Thousands::Comma => &[','],
            Thousands::Point => &['.'],
            Thousands::Space => &[' ', '\u{a0}', '\u{202f}', '\u{2009}'],
            Thousands::Apostrophe => &['\'', '\u{2019}'],
        }
    }
}

/// Why a cell's text is no number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotANumber {
    Text,
    /// It would be a number if the declared decimal mark were the other one.
    OtherDecimal,
    /// The declared mark between thousands stands where no three digits follow.
    Grouping,
    Infinite,
}

/// Reads a finite number; an exponent and a typographic minus are understood, marks between thousands only where they
/// are declared and stand before three digits each.
pub fn parse(text: &str, marks: Marks) -> Result<f64, NotANumber> {
    let text = ungrouped(text, marks)?;
    let swapped = || text.replace('.', "\u{0}").replace(',', ".");
    match (marks.decimal, finite(&text)) {
        (Decimal::Point, Err(NotANumber::Text)) if text.contains(',') => match finite(&swapped()) {
            Ok(_) => Err(NotANumber::OtherDecimal),
            Err(_) => Err(NotANumber::Text),
        },
        (Decimal::Point, result) => result,
        (Decimal::Comma, Ok(_)) if text.contains('.') => Err(NotANumber::OtherDecimal),
        (Decimal::Comma, _) => finite(&swapped()),
    }
}

/// The mark between thousands with which a text would be a number, where without one it is none.
pub fn guess_thousands(text: &str, decimal: Decimal) -> Option<&'static str> {
    let candidates =
        [(Thousands::Comma, ","), (Thousands::Point, "."), (Thousands::Space, " "), (Thousands::Apostrophe, "'")];
    let reads =
        |mark: Thousands| text.contains(mark.signs()) && parse(text, Marks { decimal, thousands: Some(mark) }).is_ok();
    candidates.into_iter().find(|(mark, _)| reads(*mark)).map(|(_, word)| word)
}

/// The text without its marks between thousands.
fn ungrouped(text: &str, marks: Marks) -> Result<Cow<'_, str>, NotANumber> {
    let Some(signs) = marks.thousands.map(Thousands::signs).filter(|signs| text.contains(*signs)) else {
        return Ok(Cow::Borrowed(text));
    };
    let decimal = if marks.decimal == Decimal::Comma { ',' } else { '.' };
    let end = text.find([decimal, 'e', 'E']).unwrap_or(text.len());
    let (whole, rest) = text.split_at(end);
    let (sign, digits) = match whole.strip_prefix(['-', '+', '\u{2212}']) {
        Some(digits) => whole.split_at(whole.len() - digits.len()),
        None => ("", whole),
    };
    if digits.chars().any(char::is_alphabetic) {
        return Err(NotANumber::Text);
    }
    let is_digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let mut groups = digits.split(signs);
    let first = groups.next().unwrap_or_default();
    let sound = is_digits(first) && first.len() <= 3 && !rest.contains(signs);
    if !sound || !groups.all(|group| group.len() == 3 && is_digits(group)) {
        return Err(NotANumber::Grouping);
    }
    Ok(Cow::Owned(format!("{sign}{}{rest}", digits.replace(signs, ""))))
}

fn finite(text: &str) -> Result<f64, NotANumber> {
    let text = match text.strip_prefix('\u{2212}') {
        Some(rest) => Cow::Owned(format!("-{rest}")),
        None => Cow::Borrowed(text),
    };
    match text.parse::<f64>() {
        Ok(number) if number.is_finite() => Ok(number),
        Ok(number) if number.is_infinite() => Err(NotANumber::Infinite),
        _ => Err(NotANumber::Text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use NotANumber::*;

    const POINT: Marks = Marks { decimal: Decimal::Point, thousands: None };
    const COMMA: Marks = Marks { decimal: Decimal::Comma, thousands: None };

    #[test]
    fn the_declared_decimal_mark_is_the_only_one_read() {
        assert_eq!(parse("1.5", POINT), Ok(1.5));
        assert_eq!(parse("1,5", COMMA), Ok(1.5));
        assert_eq!(parse("1,5", POINT), Err(OtherDecimal));
        assert_eq!(parse("1.5", COMMA), Err(OtherDecimal));
        assert_eq!(parse("1.234,5", COMMA), Err(Text));
        assert_eq!(parse("1,234,5", POINT), Err(Text));
        assert_eq!(parse("\u{2212}2e-3", POINT), Ok(-0.002));
    }

    #[test]
    fn what_is_not_a_finite_number_is_refused() {
        assert_eq!(["inf", "1e999", "-Infinity"].map(|t| parse(t, POINT)), [Err(Infinite); 3]);
        assert_eq!(["nan", "12a", "0x10", "1_000", "", "-"].map(|t| parse(t, POINT)), [Err(Text); 6]);
    }

    #[test]
    fn thousands_are_read_where_they_are_declared_and_stand_before_three_digits() {
        let marks = |decimal, mark| Marks { decimal, thousands: Some(mark) };
        let us = marks(Decimal::Point, Thousands::Comma);
        assert_eq!(parse("1,234,567.5e1", us), Ok(12_345_675.0));
        assert_eq!(parse("-12,345", us), Ok(-12_345.0));
        assert_eq!(["1,5", "1234,567", ",123", "1,234.5,6", "1,,234"].map(|t| parse(t, us)), [Err(Grouping); 5]);
        assert_eq!(["none, yet", "low,123"].map(|t| parse(t, us)), [Err(Text); 2]);
        assert_eq!(parse("1.234,5", marks(Decimal::Comma, Thousands::Point)), Ok(1234.5));
        assert_eq!(parse("1.5", marks(Decimal::Comma, Thousands::Point)), Err(Grouping));
        for space in [' ', '\u{a0}', '\u{202f}', '\u{2009}'] {
            assert_eq!(parse(&format!("\u{2212}1{space}234,5"), marks(Decimal::Comma, Thousands::Space)), Ok(-1234.5));
        }
        assert_eq!(parse("1'234\u{2019}567", marks(Decimal::Point, Thousands::Apostrophe)), Ok(1_234_567.0));
    }

    #[test]
    fn a_mark_that_would_make_a_number_of_a_text_is_proposed_and_not_taken() {
        assert_eq!(guess_thousands("1,234,567", Decimal::Point), Some(","));
        assert_eq!(guess_thousands("1 234,5", Decimal::Comma), Some(" "));
        assert_eq!(guess_thousands("12a", Decimal::Point), None);
    }
}
