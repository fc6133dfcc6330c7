//! The names in the metabolites' file, each with the analyte it means.
//!
//! A name that the panel holds, or that no panel knows, is the analyte's own. Where the settings allow it, any other is
//! looked up in the panel (`registry`). The same name in two of Unicode's normal forms is one name: the composed one.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::grid::Grid;
use super::panel::Analytes;
use super::params::Metabolites;
use super::problems::Problems;
use super::registry::{Meaning, Registry, composed};
use super::select::{Said, assign, select};
use super::sheet::Sheet;
use crate::contract::{Finding, Place, Problem};

/// How names that the panel does not hold as analytes are understood.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Naming {
    /// By the panel's display names, synonyms and identifiers.
    #[default]
    Registry,
    /// As analytes of their own.
    Exact,
}

/// The file's names that were chosen, and the analytes they mean.
#[derive(Debug, Default)]
pub struct Names {
    /// Analyte by the file's name.
    chosen: BTreeMap<String, String>,
    /// How each name was understood that is not the analyte's own.
    how: BTreeMap<String, String>,
}

impl Names {
    /// Resolves the file's names and keeps those that the settings choose, by the file's name or the analyte's.
    pub fn of(
        params: &Metabolites,
        sheet: &Sheet<'_>,
        listed: &BTreeSet<&str>,
        panel: &Analytes,
        problems: &mut Problems,
    ) -> Names {
        let registry = match params.names {
            Naming::Registry => Registry::of(panel),
            Naming::Exact => Registry::default(),
        };
        let mut names = Names::default();
        let mut unclear: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for name in listed.iter().copied() {
            let plain = composed(name);
            let analyte = match registry.meaning(&plain) {
                Meaning::Unknown | Meaning::Exact(_) => plain.into_owned(),
                Meaning::Resolved(analyte, how) => {
                    names.how.insert(name.to_owned(), how);
                    analyte.to_owned()
                }
                Meaning::Ambiguous(all) => {
                    unclear.insert(name, all);
                    plain.into_owned()
                }
            };
            names.chosen.insert(name.to_owned(), analyte);
        }
        names.choose(params, problems);
        unclear.retain(|name, _| names.chosen.contains_key(*name));
        unclear.into_iter().for_each(|(name, all)| refuse_ambiguous(sheet, name, &all, problems));
        names
    }

    fn choose(&mut self, params: &Metabolites, problems: &mut Problems) {
        if params.analytes.is_empty() {
            return;
        }
        let spelled: Vec<(String, String)> = self.chosen.iter().map(|(n, a)| (n.clone(), a.clone())).collect();
        let all = spelled.iter().flat_map(|(name, analyte)| [name.as_str(), analyte.as_str()]).collect();
        let wanted = select(&params.analytes, &all, problems);
        self.chosen.retain(|name, analyte| wanted.contains(name.as_str()) || wanted.contains(analyte.as_str()));
    }

    /// The analytes, sorted.
    pub fn analytes(&self) -> BTreeSet<&str> {
        self.chosen.values().map(String::as_str).collect()
    }

    /// The grid's analyte of each name in the file.
    pub fn places(&self, grid: &Grid) -> HashMap<&str, usize> {
        self.chosen.iter().filter_map(|(name, analyte)| Some((name.as_str(), grid.analyte(analyte)?))).collect()
    }

    /// The file's name of each analyte, in the analytes' order; two columns that mean one analyte are refused.
    pub fn headers(&self, sheet: &Sheet<'_>, problems: &mut Problems) -> Vec<&str> {
        let mut headers: BTreeMap<&str, &str> = BTreeMap::new();
        for (name, analyte) in &self.chosen {
            let Some(earlier) = headers.insert(analyte, name) else {
                continue;
            };
            problems.add(sheet.name, "duplicate_analyte", || {
                let place = Place::File { name: sheet.name.to_owned(), line: Some(1), column: Some(name.clone()) };
                let message = format!("the columns `{earlier}` and `{name}` both mean `{analyte}`");
                let remedy = "choose one of the two with `analytes:`, or take every name as it is written with `names: exact` in `stages.ingest.metabolites`";
                Problem::new("duplicate_analyte", place, message, remedy)
            });
        }
        headers.into_values().collect()
    }

    /// What a setting's map says of each analyte, in their order, by the analyte's name or the file's.
    pub fn assign<'s, T: PartialEq>(
        &self,
        said: &'s BTreeMap<String, T>,
        key: &str,
        problems: &mut Problems,
    ) -> Vec<Option<&'s T>> {
        let analytes = self.analytes();
        if said.is_empty() {
            return vec![None; analytes.len()];
        }
        let all = self.chosen.iter().flat_map(|(name, analyte)| [name.as_str(), analyte.as_str()]).collect();
        let found = assign(said, &format!("stages.ingest.metabolites.{key}"), &all, problems);
        // A whole name, the analyte's or the file's, before any glob; the analyte's before the file's.
        let mut by_analyte: BTreeMap<&str, Said<'s, T>> = BTreeMap::new();
        for (name, analyte) in &self.chosen {
            for said in [found.get(analyte.as_str()), found.get(name.as_str())].into_iter().flatten() {
                let known = by_analyte.entry(analyte).or_insert(*said);
                if said.0 && !known.0 {
                    *known = *said;
                }
            }
        }
        analytes.into_iter().map(|analyte| by_analyte.get(analyte).map(|(_, what)| *what)).collect()
    }

    /// What was understood otherwise than written.
    pub fn findings(&self) -> Vec<Finding> {
        let chosen = self.how.iter().filter_map(|(name, how)| Some((name, self.chosen.get(name)?, how)));
        let finding = |(name, analyte, how): (&String, &String, &String)| {
            let message = format!("`{name}` in the metabolites' file is the panel's `{analyte}`, by its {how}");
            Finding::note("name_resolved", name, message).hint("`names: exact` takes every name as it is written")
        };
        chosen.map(finding).collect()
    }
}

fn refuse_ambiguous(sheet: &Sheet<'_>, name: &str, all: &[&str], problems: &mut Problems) {
    problems.add(sheet.name, "ambiguous_name", || {
        let column = sheet.find(name).map(|_| name.to_owned());
        let place = Place::File { name: sheet.name.to_owned(), line: column.is_some().then_some(1), column };
        let all: Vec<String> = all.iter().map(|analyte| format!("`{analyte}`")).collect();
        let message = format!("`{name}` may be any of the panel's {}", all.join(", "));
        let remedy = "give the name to one of them only, as the panel's `analyte` or in its `synonyms`; `names: exact` takes it as it is written";
        Problem::new("ambiguous_name", place, message, remedy)
    });
}
