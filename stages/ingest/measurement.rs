//! One cell of the metabolites' file: a number, nothing, or a mark of the laboratory.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::number::{self, Marks, NotANumber};

/// What a cell says of one analyte in one sample.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Measurement {
    Missing,
    /// Marked as below the limit of detection; a number after `<` is the limit, not a value.
    BelowLod(Option<f64>),
    /// A number that is marked as below the limit of detection: kept with its mark, as a number below the panel's is.
    ValueBelowLod(f64),
    /// Marked as above the upper limit of quantification: there is a value, larger than anyone knows.
    AboveLimit,
    Value(f64),
}

impl Measurement {
    /// The number in it, value or limit.
    pub fn number(self) -> Option<f64> {
        match self {
            Measurement::Value(number) | Measurement::ValueBelowLod(number) => Some(number),
            Measurement::BelowLod(limit) => limit,
            Measurement::Missing | Measurement::AboveLimit => None,
        }
    }
}

/// What a flag beside a number, or instead of one, means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Flag {
    /// The number counts as it is.
    Keep,
    /// There is no value, whatever number stands there.
    Missing,
    /// Below the limit of detection; a number is kept with that mark.
    BelowLod,
    /// Above the upper limit of quantification: missing, and said so.
    AboveUloq,
}

/// What a zero means.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Zeros {
    /// Zero.
    #[default]
    Keep,
    /// That nothing was measured.
    Missing,
    /// That the value lies below the limit of detection.
    BelowLod,
}

/// What text that is no number means.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Mark<'t> {
    BelowLod(Option<f64>),
    AboveLimit,
    /// A flag that is declared, with the number before it.
    Flag(Flag, &'t str, Option<f64>),
    /// A number with a flag that is not declared.
    Undeclared(&'t str),
    /// A number whose decimal mark is not the declared one, and a flag.
    OtherDecimal,
    /// Any other text.
    Text,
}

/// The words that laboratories write for "below the limit of detection", in lower case.
const BELOW_LOD: [&str; 14] =
    ["lod", "loq", "nd", "n.d.", "n.d", "n/d", "not detected", "bdl", "blod", "bql", "blq", "blloq", "lloq", "llod"];
/// The words for "above the upper limit of quantification".
const ABOVE_LIMIT: [&str; 4] = ["uloq", "aloq", "aql", "alq"];

/// Reads text that is no number; declared flags come first, so that a laboratory may give `ND` a meaning of its own.
pub fn mark<'t>(text: &'t str, flags: &BTreeMap<String, Flag>, marks: Marks) -> Mark<'t> {
    if let Some(flag) = flags.get(text) {
        return Mark::Flag(*flag, text, None);
    }
    if let Some(found) = below_lod(text, marks) {
        return Mark::BelowLod(found);
    }
    if is_above_limit(text, marks) {
        return Mark::AboveLimit;
    }
    match number_before(text, marks) {
        Some((Err(()), rest)) if !rest.chars().any(char::is_numeric) => Mark::OtherDecimal,
        Some((Err(()), _)) => Mark::Text,
        Some((Ok(number), rest)) => match declared(rest, flags) {
            Some((flag, word)) => Mark::Flag(flag, word, Some(number)),
            None if rest.chars().any(char::is_numeric) => Mark::Text,
            None => Mark::Undeclared(rest),
        },
        None => Mark::Text,
    }
}

/// Whether text is a mark, or a number with a declared flag.
pub fn is_mark(text: &str, flags: &BTreeMap<String, Flag>, marks: Marks) -> bool {
    matches!(mark(text, flags, marks), Mark::BelowLod(_) | Mark::AboveLimit | Mark::Flag(..))
}

/// Whether a cell is one of the laboratory's marks for "below the limit of detection".
pub fn is_below_lod(text: &str) -> bool {
    below_lod(text, Marks::default()).is_some()
}

/// `<LOD`, `LOD`, `n.d.`, `<0.5`, `≤ 0.5`; the limit where it is a number in the declared decimal mark.
fn below_lod(text: &str, marks: Marks) -> Option<Option<f64>> {
    let (bare, signed) = after(text, ['<', '≤']);
    if BELOW_LOD.contains(&bare.to_lowercase().as_str()) {
        return Some(None);
    }
    limit(bare, marks).filter(|_| signed)
}

/// `>ULOQ`, `ULOQ`, `> 500`, `≥500`.
fn is_above_limit(text: &str, marks: Marks) -> bool {
    let (bare, signed) = after(text, ['>', '≥']);
    ABOVE_LIMIT.contains(&bare.to_lowercase().as_str()) || (signed && limit(bare, marks).is_some())
}

fn after(text: &str, signs: [char; 2]) -> (&str, bool) {
    let bare = text.trim_start_matches(signs);
    (bare.trim(), bare.len() < text.len())
}

/// The number of a limit, which no sign precedes; a number in the other decimal mark is a limit of unknown size.
fn limit(text: &str, marks: Marks) -> Option<Option<f64>> {
    if !text.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    match number::parse(text, marks) {
        Ok(number) => Some(Some(number)),
        Err(NotANumber::OtherDecimal) => Some(None),
        Err(_) => None,
    }
}

/// The longest number that the text begins with, and what follows it; an error where its decimal mark is the other one.
fn number_before(text: &str, marks: Marks) -> Option<(Result<f64, ()>, &str)> {
    let numeric = |c: char| c.is_ascii_digit() || matches!(c, '.' | ',' | '+' | '-' | '\u{2212}' | 'e' | 'E');
    let ends = text.char_indices().take_while(|(_, c)| numeric(*c)).map(|(at, c)| at + c.len_utf8());
    let ends: Vec<usize> = ends.take(40).collect();
    let parts = |end: &usize| {
        let (head, rest) = text.split_at_checked(*end)?;
        let number = match number::parse(head, marks) {
            Ok(number) => Ok(number),
            Err(NotANumber::OtherDecimal) => Err(()),
            Err(_) => return None,
        };
        Some((number, rest.trim()))
    };
    ends.iter().rev().find_map(parts).filter(|(_, rest)| !rest.is_empty())
}

/// A declared flag, written alone or in parentheses or brackets.
fn declared<'t>(rest: &'t str, flags: &BTreeMap<String, Flag>) -> Option<(Flag, &'t str)> {
    let inner = |open, close| rest.strip_prefix(open)?.strip_suffix(close).map(str::trim);
    let spellings = [Some(rest), inner('(', ')'), inner('[', ']')];
    spellings.into_iter().flatten().find_map(|word| flags.get(word).map(|flag| (*flag, word)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::file::Decimal;

    const POINT: Marks = Marks { decimal: Decimal::Point, thousands: None };
    const COMMA: Marks = Marks { decimal: Decimal::Comma, thousands: None };

    fn flags() -> BTreeMap<String, Flag> {
        let all = [("*", Flag::Keep), ("H", Flag::Missing), ("<LOQ", Flag::BelowLod), ("E", Flag::AboveUloq)];
        all.into_iter().map(|(word, flag)| (word.to_owned(), flag)).collect()
    }

    #[test]
    fn the_usual_marks_are_recognised_and_other_words_are_not() {
        let none = BTreeMap::new();
        for word in ["<LOD", "LOD", "ND", "n.d.", "<LLOQ", "lod", "BLQ", "< lod", "Not detected", "≤LOQ", "< 0,5"] {
            assert_eq!(mark(word, &none, POINT), Mark::BelowLod(None), "{word}");
        }
        for word in ["<0.5", "< 0.5", "<<0.5", "≤0.5", "<5e-1"] {
            assert_eq!(mark(word, &none, POINT), Mark::BelowLod(Some(0.5)), "{word}");
        }
        assert_eq!(mark("< 0,5", &none, COMMA), Mark::BelowLod(Some(0.5)));
        for word in [">ULOQ", "ULOQ", "> 500", "≥500", ">1e3", "AQL"] {
            assert_eq!(mark(word, &none, POINT), Mark::AboveLimit, "{word}");
        }
        for word in
            ["low", "<", "< low", "NA", "<-1", ">LOD", ">", "", "<0.5 *", "2024-01-01", "1.2.3", "1,234,5", "- 5"]
        {
            assert_eq!(mark(word, &none, POINT), Mark::Text, "{word}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "\\PC{0,12}|[0-9.,eE<> ()*-]{0,12}") {
            for decimal in [POINT, COMMA] {
                mark(&text, &flags(), decimal);
            }
        }

        #[test]
        fn a_limit_is_the_number_after_the_sign(limit in 0.0..1e9) {
            let (below, flagged) = (format!("< {limit}"), format!("{limit} H"));
            proptest::prop_assert_eq!(mark(&below, &flags(), POINT), Mark::BelowLod(Some(limit)));
            proptest::prop_assert_eq!(mark(&flagged, &flags(), POINT), Mark::Flag(Flag::Missing, "H", Some(limit)));
        }
    }

    #[test]
    fn a_number_with_a_flag_is_what_the_flag_declares() {
        let flags = flags();
        let read = |text| mark(text, &flags, POINT);
        assert_eq!(read("12.3*"), Mark::Flag(Flag::Keep, "*", Some(12.3)));
        assert_eq!(read("12.3 H"), Mark::Flag(Flag::Missing, "H", Some(12.3)));
        assert_eq!(read("1.2 (<LOQ)"), Mark::Flag(Flag::BelowLod, "<LOQ", Some(1.2)));
        assert_eq!(read("12E"), Mark::Flag(Flag::AboveUloq, "E", Some(12.0)));
        assert_eq!(read("12e3[E]"), Mark::Flag(Flag::AboveUloq, "E", Some(12e3)));
        assert_eq!(read("\u{2212}2*"), Mark::Flag(Flag::Keep, "*", Some(-2.0)));
        assert_eq!(read("H"), Mark::Flag(Flag::Missing, "H", None));
        assert_eq!(read("12.3 L"), Mark::Undeclared("L"));
        assert_eq!(read("12.3**"), Mark::Undeclared("**"));
        assert_eq!(read("1,5*"), Mark::OtherDecimal);
        assert_eq!(mark("1,5*", &flags, COMMA), Mark::Flag(Flag::Keep, "*", Some(1.5)));
        assert_eq!(read("12 mg2"), Mark::Text);
    }
}
