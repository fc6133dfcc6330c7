//! One cell of the metabolites' file: a number, nothing, or a mark that says "below the limit of detection".

use super::params::Values;
use super::problems::Problems;
use super::row::Row;

/// What a cell says of one analyte in one sample.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Measurement {
    Missing,
    /// Marked as below the limit of detection; a number after `<` is the limit, not a value.
    BelowLod,
    Value(f64),
}

/// The words that laboratories write for "below the limit of detection", in lower case.
const BELOW_LOD: [&str; 11] = ["lod", "loq", "nd", "n.d.", "n.d", "bdl", "blod", "bql", "blq", "lloq", "llod"];

/// Reads one cell; refuses text, infinity, and a negative number among raw values.
pub fn read(row: &Row<'_>, column: usize, values: Values, problems: &mut Problems) -> Measurement {
    let Some(text) = row.text(column) else {
        return Measurement::Missing;
    };
    if is_below_lod(text) {
        return Measurement::BelowLod;
    }
    let Some(number) = row.number(column, problems) else {
        return Measurement::Missing;
    };
    if values == Values::Raw && number < 0.0 {
        row.refuse(column, "negative_value", problems, |_| {
            let message = format!("`{text}` is negative, and a raw concentration is not");
            (message, "correct it, or say `values: transformed` if these are logs or differences".into())
        });
        return Measurement::Missing;
    }
    Measurement::Value(number)
}

/// Whether a cell that is not empty holds words: neither a number of any writing nor a mark of the laboratory.
pub fn is_words(row: &Row<'_>, column: usize) -> Option<bool> {
    row.text(column).map(|text| !is_below_lod(text) && !row.is_number_like(column))
}

fn is_below_lod(text: &str) -> bool {
    if !text.starts_with(['<', 'l', 'L', 'n', 'N', 'b', 'B']) {
        return false;
    }
    let word = text.trim_start_matches('<').trim().to_lowercase();
    let limit = || word.starts_with(|c: char| c.is_ascii_digit()) && word.replace(',', ".").parse::<f64>().is_ok();
    BELOW_LOD.contains(&word.as_str()) || (text.starts_with('<') && limit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_usual_marks_are_recognised_and_other_words_are_not() {
        for mark in ["<LOD", "LOD", "ND", "n.d.", "<0.5", "< 0,5", "<LLOQ", "lod", "BLQ"] {
            assert!(is_below_lod(mark), "{mark}");
        }
        for other in ["0.5", ">ULOQ", "low", "<", "< low", "NA", "-1", "<-1"] {
            assert!(!is_below_lod(other), "{other}");
        }
    }
}
