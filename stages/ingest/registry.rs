//! The panel as a registry of names: which of its analytes a laboratory's name means.
//!
//! A name that the panel holds as an analyte means that analyte. Any other is looked up among display names, synonyms,
//! RefMet names and accessions as they are written, and, where none agrees, among the same names in one spelling
//! (`fold`). A name that two analytes share means neither. No database is carried: all names come from the panel's file.

mod fold;
mod identifier;

use std::collections::{BTreeMap, BTreeSet};

pub use fold::composed;
use fold::fold;
use identifier::Identifier;

use super::panel::Analytes;
use super::schema::PanelRow;

/// What a name means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Meaning<'a> {
    /// No analyte of the panel.
    Unknown,
    /// The analyte of that name.
    Exact(&'a str),
    /// An analyte by another of its names, and by which.
    Resolved(&'a str, String),
    /// More than one.
    Ambiguous(Vec<&'a str>),
}

/// The names of a panel.
#[derive(Debug, Default)]
pub struct Registry<'a> {
    panel: Option<&'a Analytes>,
    written: Index<'a, String>,
    accessions: Index<'a, Identifier>,
    folded: Index<'a, String>,
}

/// Analytes by one of their names, each with what kind of name it is.
type Index<'a, Key> = BTreeMap<Key, BTreeMap<&'a str, &'static str>>;

impl<'a> Registry<'a> {
    pub fn of(panel: &'a Analytes) -> Self {
        let mut registry = Registry { panel: Some(panel), ..Registry::default() };
        panel.values().for_each(|row| registry.add(row));
        registry
    }

    fn add(&mut self, row: &'a PanelRow) {
        let analyte = row.analyte.as_str();
        self.fold_name(analyte, analyte, "name");
        self.add_name(analyte, &row.display_name, "display name");
        for synonym in synonyms(row) {
            self.add_name(analyte, synonym, "synonym");
            self.add_accession(analyte, Identifier::any(synonym));
        }
        row.refmet.iter().for_each(|name| self.add_name(analyte, name, "RefMet name"));
        self.add_accession(analyte, row.hmdb.as_deref().and_then(Identifier::hmdb));
        self.add_accession(analyte, row.kegg.as_deref().and_then(Identifier::kegg));
        self.add_accession(analyte, row.chebi.as_deref().and_then(Identifier::of_chebi_column));
        self.add_accession(analyte, row.inchikey.as_deref().and_then(Identifier::inchikey));
    }

    fn add_name(&mut self, analyte: &'a str, name: &str, kind: &'static str) {
        self.written.entry(composed(name).into_owned()).or_default().entry(analyte).or_insert(kind);
        self.fold_name(analyte, name, kind);
    }

    fn fold_name(&mut self, analyte: &'a str, name: &str, kind: &'static str) {
        self.folded.entry(fold(name)).or_default().entry(analyte).or_insert(kind);
    }

    fn add_accession(&mut self, analyte: &'a str, accession: Option<Identifier>) {
        if let Some(accession) = accession {
            let kind = accession.word();
            self.accessions.entry(accession).or_default().insert(analyte, kind);
        }
    }

    /// What a name, in composed form, means.
    pub fn meaning(&self, name: &str) -> Meaning<'a> {
        if let Some((analyte, _)) = self.panel.and_then(|panel| panel.get_key_value(name)) {
            return Meaning::Exact(analyte);
        }
        let accession = Identifier::any(name).and_then(|accession| self.accessions.get(&accession));
        let mut found: BTreeMap<&str, &str> = accession.cloned().unwrap_or_default();
        found.extend(self.written.get(name).into_iter().flatten());
        if !found.is_empty() {
            return among(found, "");
        }
        match self.folded.get(&fold(name)) {
            Some(found) => among(found.clone(), ", spelled otherwise"),
            None => Meaning::Unknown,
        }
    }
}

fn among<'a>(found: BTreeMap<&'a str, &str>, how: &str) -> Meaning<'a> {
    let mut all = found.iter();
    match (all.next(), all.next()) {
        (Some((analyte, kind)), None) => Meaning::Resolved(analyte, format!("{kind}{how}")),
        _ => Meaning::Ambiguous(found.into_keys().collect::<BTreeSet<_>>().into_iter().collect()),
    }
}

/// The other names of an analyte.
pub fn synonyms(row: &PanelRow) -> impl Iterator<Item = &str> {
    row.synonyms.iter().flat_map(|names| names.split('|')).map(str::trim).filter(|name| !name.is_empty())
}

#[cfg(test)]
mod tests {
    use super::super::panel::unlisted;
    use super::*;

    fn panel() -> Analytes {
        let rows = [
            PanelRow {
                display_name: "3-Hydroxybutyrate".into(),
                synonyms: Some("β-hydroxybutyrate | BHB|3-HBA".into()),
                hmdb: Some("HMDB0000357".into()),
                kegg: Some("C01089".into()),
                chebi: Some("17066".into()),
                ..unlisted("3-HB")
            },
            PanelRow { synonyms: Some("BHB".into()), refmet: Some("2-Hydroxybutyric acid".into()), ..unlisted("2-HB") },
            PanelRow { display_name: "3-HB".into(), ..unlisted("lactate") },
        ];
        rows.into_iter().map(|row| (row.analyte.clone(), row)).collect()
    }

    #[test]
    fn a_name_means_the_analyte_that_has_it() {
        let panel = panel();
        let registry = Registry::of(&panel);
        for (name, analyte, how) in [
            ("3-Hydroxybutyrate", "3-HB", "display name"),
            ("beta-Hydroxy butyrate", "3-HB", "synonym, spelled otherwise"),
            ("HMDB00357", "3-HB", "HMDB accession"),
            ("cpd:C01089", "3-HB", "KEGG compound"),
            ("CHEBI:17066", "3-HB", "ChEBI identifier"),
            ("2-hydroxybutyric acid", "2-HB", "RefMet name, spelled otherwise"),
            ("LACTATE", "lactate", "name, spelled otherwise"),
        ] {
            assert_eq!(registry.meaning(name), Meaning::Resolved(analyte, how.into()), "{name}");
        }
        // An analyte's own name comes first, whosever display name it is.
        assert_eq!(registry.meaning("3-HB"), Meaning::Exact("3-HB"));
        assert_eq!(registry.meaning("17066"), Meaning::Unknown);
        assert_eq!(registry.meaning("4-HB"), Meaning::Unknown);
    }

    #[test]
    fn a_name_that_two_share_means_neither() {
        let panel = panel();
        assert_eq!(Registry::of(&panel).meaning("BHB"), Meaning::Ambiguous(vec!["2-HB", "3-HB"]));
        assert_eq!(Registry::of(&panel).meaning("3-hb"), Meaning::Ambiguous(vec!["3-HB", "lactate"]));
    }
}
