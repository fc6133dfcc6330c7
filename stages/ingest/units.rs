//! The unit of each analyte: one and the same wherever the files state it.

use std::collections::BTreeSet;

use super::panel::Analytes;
use super::problems::Problems;
use super::row::Row;
use crate::contract::{Place, Problem};

/// Who stated a unit first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Source {
    Panel,
    Setting,
    Line(u64),
}

impl Source {
    fn words(self) -> String {
        match self {
            Source::Panel => "in the panel".into(),
            Source::Setting => "in `stages.ingest.metabolites.unit`".into(),
            Source::Line(line) => format!("on line {line}"),
        }
    }
}

/// The stated units of the analytes, in their order.
#[derive(Debug, Clone)]
pub struct Units {
    stated: Vec<Option<(String, Source)>>,
    /// What of the panel and the setting does not agree: analyte, the panel's unit, the setting's.
    conflicts: Vec<(String, String, String)>,
}

impl Units {
    /// Starts from what the panel and the setting state.
    pub fn new(analytes: &BTreeSet<&str>, setting: Option<&str>, panel: &Analytes) -> Self {
        let mut conflicts = Vec::new();
        let stated = analytes.iter().map(|name| {
            let listed = panel.get(*name).and_then(|row| row.unit.clone());
            if let Some((listed, given)) = listed.as_ref().zip(setting).filter(|(a, b)| !same(a, b)) {
                conflicts.push(((*name).to_owned(), listed.clone(), given.to_owned()));
            }
            let given = || Some((setting?.to_owned(), Source::Setting));
            listed.map(|unit| (unit, Source::Panel)).or_else(given)
        });
        let stated = stated.collect();
        Units { stated, conflicts }
    }

    /// Takes the unit that a row states; refuses it, naming both places, where another was stated before.
    pub fn claim(&mut self, analyte: usize, row: &Row<'_>, column: Option<usize>, problems: &mut Problems) {
        let (Some((column, unit)), Some(stated)) = (column.zip(row.text(column)), self.stated.get_mut(analyte)) else {
            return;
        };
        match stated {
            None => *stated = Some((unit.to_owned(), Source::Line(row.line))),
            Some((known, source)) if !same(known, unit) => row.refuse(column, "mixed_units", problems, |_| {
                let message = format!("the unit is `{unit}` here and `{known}` {}", source.words());
                (message, "convert the values to one unit for each analyte".into())
            }),
            Some(_) => {}
        }
    }

    /// The units, after refusing a setting that the panel contradicts.
    pub fn into_result(self, file: &str, problems: &mut Problems) -> Vec<Option<String>> {
        for (analyte, listed, given) in self.conflicts {
            problems.add(file, "mixed_units", || {
                let message = format!("the unit of `{analyte}` is `{given}` here and `{listed}` in the panel");
                let remedy = "convert the values, or correct one of the two";
                Problem::new("mixed_units", Place::setting("stages.ingest.metabolites.unit"), message, remedy)
            });
        }
        self.stated.into_iter().map(|stated| stated.map(|(unit, _)| unit)).collect()
    }
}

/// Whether two units are spelled the same; Unicode has two signs for micro.
fn same(a: &str, b: &str) -> bool {
    a == b || a.replace('\u{3bc}', "\u{b5}") == b.replace('\u{3bc}', "\u{b5}")
}
