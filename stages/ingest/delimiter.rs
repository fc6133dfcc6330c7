//! Finds the delimiter of a text file where the settings do not give it.

/// What is tried, the most usual first.
const CANDIDATES: [u8; 3] = [b',', b';', b'\t'];
/// How many records are looked at.
const LOOKED_AT: usize = 50;
/// How much of the text is looked at.
const LOOKED_AT_BYTES: usize = 16 << 20;

/// The delimiter by which the file is a table.
///
/// METHOD: a delimiter that gives every one of the first records the header's number of cells is preferred to one
/// that does not (names such as `1,5-anhydrosorbitol` and decimal commas do not agree from line to line), then the
/// one that gives more cells.
pub fn detect(text: &str) -> u8 {
    let mut end = text.len().min(LOOKED_AT_BYTES);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let start = text.get(..end).unwrap_or(text);
    let mut best = (CANDIDATES[0], (false, 1));
    for candidate in CANDIDATES {
        let found = agreement(start, candidate, end < text.len());
        if found > best.1 {
            best = (candidate, found);
        }
    }
    best.0
}

/// Whether the first records agree on their number of cells, and that number in the header.
fn agreement(text: &str, delimiter: u8, cut: bool) -> (bool, usize) {
    let mut reader = crate::contract::delimited::csv_reader(text, delimiter);
    let mut counts: Vec<usize> = reader.records().take(LOOKED_AT).flatten().map(|record| record.len()).collect();
    if cut && counts.len() > 1 && counts.len() < LOOKED_AT {
        // The last of them ends where the look ended.
        counts.pop();
    }
    let header = counts.first().copied().unwrap_or(0);
    (header > 1 && counts.iter().all(|count| *count == header), header)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_with_commas_and_decimal_commas_do_not_mislead() {
        assert_eq!(detect("id,age\nP1,5\n"), b',');
        assert_eq!(detect("id\tage\nP1\t5\n"), b'\t');
        assert_eq!(detect("id;1,5-anhydrosorbitol;2,3,4-x\nP1;1;2\n"), b';');
        assert_eq!(detect("id;x;y\nP1;1,5;2,5\nP2;1,5;2,5\n"), b';');
        assert_eq!(detect("id,\"a;b;c;d\"\nP1,2\n"), b',');
        assert_eq!(detect("id\nP1\n"), b',');
    }
}
