//! Counts what was read of cells that are more than plain numbers, and says it.

use std::collections::{BTreeMap, BTreeSet};

use super::measurement::{Flag, Measurement, Zeros};
use super::params::Metabolites;
use crate::contract::Finding;

/// Limits that differ by less than this, relatively, are one limit in two units.
const SAME: f64 = 1e-12;
/// How many limits of one analyte are listed.
const LISTED: usize = 5;

/// What was noticed in the cells.
#[derive(Debug, Clone, Default)]
pub struct Tally {
    /// Cells that held a declared missing code.
    pub codes: usize,
    /// Zeros that do not count as zero.
    pub zeros: usize,
    flags: BTreeMap<String, (Flag, usize)>,
    analytes: Vec<OfAnalyte>,
}

#[derive(Debug, Clone, Default)]
struct OfAnalyte {
    name: String,
    above: usize,
    below: usize,
    /// The limits after `<`, each with how many cells say it; one more than is listed, at most.
    limits: Vec<(f64, usize)>,
}

impl Tally {
    pub fn of(analytes: &BTreeSet<&str>) -> Self {
        let of = |name: &&str| OfAnalyte { name: (*name).to_owned(), ..OfAnalyte::default() };
        Tally { analytes: analytes.iter().map(of).collect(), ..Tally::default() }
    }

    pub fn flag(&mut self, word: &str, flag: Flag) {
        match self.flags.get_mut(word) {
            Some((_, count)) => *count += 1,
            None => drop(self.flags.insert(word.to_owned(), (flag, 1))),
        }
    }

    pub fn note(&mut self, analyte: usize, measured: Measurement) {
        let (Measurement::BelowLod(_) | Measurement::AboveLimit, Some(analyte)) =
            (measured, self.analytes.get_mut(analyte))
        else {
            return;
        };
        match measured {
            Measurement::AboveLimit => analyte.above += 1,
            Measurement::BelowLod(limit) => {
                analyte.below += 1;
                limit.into_iter().for_each(|limit| analyte.note_limit(limit));
            }
            _ => {}
        }
    }

    /// Everything noticed; fills the limits of detection that only the cells say.
    pub fn into_findings(self, params: &Metabolites, lods: Option<&mut Vec<Option<f64>>>) -> Vec<Finding> {
        let mut findings = Vec::new();
        findings.extend(self.flags.iter().map(|(word, (flag, count))| flag_finding(word, *flag, *count)));
        if self.codes > 0 {
            let message = format!("{} cells hold a code that is declared to mean missing", self.codes);
            findings.push(Finding::note("missing_codes", "", message));
        }
        if self.zeros > 0 {
            let (code, meaning) = match params.zeros {
                Zeros::BelowLod => ("zeros_below_lod", "as below the limit of detection"),
                _ => ("zeros_missing", "as missing"),
            };
            findings.push(Finding::note(code, "", format!("{} zeros count {meaning}, as declared", self.zeros)));
        }
        findings.extend(self.analytes.iter().filter_map(OfAnalyte::above));
        for (analyte, lod) in self.analytes.iter().zip(lods.into_iter().flatten()) {
            findings.extend(analyte.limit(lod));
        }
        findings
    }
}

impl OfAnalyte {
    fn note_limit(&mut self, limit: f64) {
        if let Some((_, count)) = self.limits.iter_mut().find(|(known, _)| is_same(*known, limit)) {
            *count += 1;
        } else if self.limits.len() <= LISTED {
            self.limits.push((limit, 1));
        }
    }

    fn above(&self) -> Option<Finding> {
        let message =
            format!("{} values of `{}` are marked as above the upper limit of quantification", self.above, self.name);
        let hint = "they count as missing, though they are the largest: dilute and measure again, or mind the bias";
        (self.above > 0).then(|| Finding::warning("above_uloq", &self.name, message).hint(hint))
    }

    /// What the cells say of the limit of detection; it is taken where they agree and the panel says nothing.
    fn limit(&self, lod: &mut Option<f64>) -> Option<Finding> {
        let name = &self.name;
        match (self.limits.as_slice(), *lod) {
            ([], _) => None,
            ([(limit, _)], Some(lod)) if is_same(*limit, lod) => None,
            ([(limit, count)], None) => {
                *lod = Some(*limit);
                let message = format!(
                    "the panel gives no limit of detection of `{name}`: it is {limit}, as {count} of {} marked cells say",
                    self.below
                );
                Some(Finding::note("lod_from_cells", name, message))
            }
            (limits, Some(lod)) => {
                let message = format!(
                    "cells of `{name}` are marked {}, and the panel's limit of detection is {lod}",
                    listed(limits)
                );
                let hint = "the panel's limit is used; a diluted sample has a higher one";
                Some(Finding::note("limits_beside_lod", name, message).hint(hint))
            }
            (limits, None) => {
                let message =
                    format!("cells of `{name}` are marked with different limits of detection: {}", listed(limits));
                let hint = "none of them is taken: give the analyte's `lod` in the panel";
                Some(Finding::warning("limits_differ", name, message).hint(hint))
            }
        }
    }
}

fn is_same(a: f64, b: f64) -> bool {
    (a - b).abs() <= SAME * b.abs()
}

fn listed(limits: &[(f64, usize)]) -> String {
    let mut sorted = limits.to_vec();
    sorted.sort_by(|a, b| a.0.total_cmp(&b.0));
    let words: Vec<String> = sorted.iter().take(LISTED).map(|(limit, count)| format!("<{limit} ({count})")).collect();
    let more = if limits.len() > LISTED { ", …" } else { "" };
    format!("{}{more}", words.join(", "))
}

fn flag_finding(word: &str, flag: Flag, count: usize) -> Finding {
    let meaning = match flag {
        Flag::Keep => "which changes nothing",
        Flag::Missing => "which count as missing",
        Flag::BelowLod => "which count as below the limit of detection",
        Flag::AboveUloq => "which count as above the upper limit of quantification, and so as missing",
    };
    Finding::note("flagged_values", word, format!("{count} cells have the flag `{word}`, {meaning}"))
}
