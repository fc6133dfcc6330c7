//! The study's own names within sentences that other stages wrote: shown with spaces, as everywhere on the page.

use std::collections::BTreeSet;

use super::Inputs;
use super::words;
use crate::screen::schema::AssociationRow;

/// Names of the configuration that have an underscore.
#[derive(Debug, Clone, Default)]
pub struct Names {
    known: BTreeSet<String>,
}

impl Names {
    /// The names of models, outcomes, covariates, visits, timepoints and endpoints.
    pub fn new(inputs: &Inputs, associations: &[AssociationRow]) -> Self {
        let mut known: BTreeSet<String> = BTreeSet::from(["baseline_score".to_owned()]);
        for row in associations {
            for name in [&row.model, &row.outcome] {
                if !known.contains(name) {
                    known.insert(name.clone());
                }
            }
        }
        known.extend(inputs.trajectory.rows().into_iter().map(|row| row.visit));
        known.extend(inputs.rates.rows().into_iter().map(|row| row.endpoint));
        known.extend(inputs.variables.rows().into_iter().map(|row| row.variable));
        known.extend(inputs.samples.rows().into_iter().filter_map(|row| row.timepoint));
        known.extend(inputs.flow.rows().into_iter().map(|row| row.step));
        known.retain(|name| name.contains('_'));
        Names { known }
    }

    /// The text with every known name as words.
    pub fn readable(&self, text: &str) -> String {
        if !text.contains('_') {
            return text.to_owned();
        }
        let inner = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-');
        let mut clean = String::with_capacity(text.len());
        let mut rest = text;
        while !rest.is_empty() {
            let end = rest.find(|c| !inner(c)).unwrap_or(rest.len());
            let (word, after) = rest.split_at(end);
            clean.push_str(&if self.known.contains(word) { words::spaced(word) } else { word.to_owned() });
            let between = after.find(inner).unwrap_or(after.len());
            clean.push_str(&after[..between]);
            rest = &after[between..];
        }
        clean
    }

    /// A paragraph cut at its backticks: plain text, with readable names, and the names between them, as they are.
    pub fn parts(&self, text: &str) -> Vec<(String, bool)> {
        let pieces: Vec<&str> = text.split('`').collect();
        let closed = pieces.len() % 2 == 1;
        let part = |(at, piece): (usize, &&str)| match at % 2 == 1 && (closed || at + 1 < pieces.len()) {
            true => ((*piece).to_owned(), true),
            false => (self.readable(piece), false),
        };
        pieces.iter().enumerate().map(part).filter(|(piece, _)| !piece.is_empty()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_names_become_words_and_others_stay() {
        let names = Names { known: BTreeSet::from(["month_12".to_owned(), "published_t".to_owned()]) };
        assert_eq!(
            names.readable("P05_month_12, month_12. published_t: x_y"),
            "P05_month_12, month\u{a0}12. published t: x_y"
        );
        let parts = names.parts("At `month_12` and month_12");
        assert_eq!(parts.iter().filter(|part| part.1).map(|part| part.0.as_str()).collect::<Vec<_>>(), ["month_12"]);
        assert_eq!(names.parts("an open ` tick").iter().filter(|part| part.1).count(), 0);
    }
}
