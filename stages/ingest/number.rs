//! Text to a number, strictly: no guess at a decimal mark, no infinity, no NaN.

use super::file::Decimal;

/// Why a cell's text is no number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotANumber {
    Text,
    /// It would be a number if the declared decimal mark were the other one.
    OtherDecimal,
    Infinite,
}

/// Reads a finite number; an exponent and a typographic minus are understood, marks between thousands are not.
pub fn parse(text: &str, decimal: Decimal) -> Result<f64, NotANumber> {
    let swapped = || text.replace('.', "\u{0}").replace(',', ".");
    match (decimal, finite(text)) {
        (Decimal::Point, Err(NotANumber::Text)) if text.contains(',') => match finite(&swapped()) {
            Ok(_) => Err(NotANumber::OtherDecimal),
            Err(_) => Err(NotANumber::Text),
        },
        (Decimal::Point, result) => result,
        (Decimal::Comma, Ok(_)) if text.contains('.') => Err(NotANumber::OtherDecimal),
        (Decimal::Comma, _) => finite(&swapped()),
    }
}

fn finite(text: &str) -> Result<f64, NotANumber> {
    let text = match text.strip_prefix('\u{2212}') {
        Some(rest) => std::borrow::Cow::Owned(format!("-{rest}")),
        None => std::borrow::Cow::Borrowed(text),
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

    #[test]
    fn the_declared_decimal_mark_is_the_only_one_read() {
        assert_eq!(parse("1.5", Decimal::Point), Ok(1.5));
        assert_eq!(parse("1,5", Decimal::Comma), Ok(1.5));
        assert_eq!(parse("1,5", Decimal::Point), Err(OtherDecimal));
        assert_eq!(parse("1.5", Decimal::Comma), Err(OtherDecimal));
        assert_eq!(parse("1.234,5", Decimal::Comma), Err(Text));
        assert_eq!(parse("1,234,5", Decimal::Point), Err(Text));
        assert_eq!(parse("\u{2212}2e-3", Decimal::Point), Ok(-0.002));
    }

    #[test]
    fn what_is_not_a_finite_number_is_refused() {
        assert_eq!(["inf", "1e999", "-Infinity"].map(|t| parse(t, Decimal::Point)), [Err(Infinite); 3]);
        assert_eq!(["nan", "12a", "0x10", "1_000", "", "-"].map(|t| parse(t, Decimal::Point)), [Err(Text); 6]);
    }
}
