//! Looks for samples that may be somebody else's. What is suspected becomes a finding; nothing is left out.

use std::collections::{BTreeMap, BTreeSet};

use super::arrange::{Bench, levels};
use super::likeness::{self, Nearest};
use super::params::{SexCheck, Swaps};
use super::sex;
use crate::contract::{Finding, StageContext, Table};
use crate::ingest::schema::Participants;
use crate::statistics::descriptive::{self, show};

/// The fewest analytes by which samples are told apart.
const FEWEST_ANALYTES: usize = 10;

/// What was found of one sample.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Likeness {
    /// The participant's other sample that it is most like: its name and the correlation.
    pub own: Option<(String, f64)>,
    /// The same among everybody else's.
    pub other: Option<(String, f64)>,
    pub sex_z: Option<f64>,
}

/// Compares the given rows over the given analytes; what is known of each, by row.
pub fn find(
    rule: &Swaps,
    bench: &Bench,
    (rows, analytes): (&[usize], &[usize]),
    participants: &Table<Participants>,
    context: &mut StageContext<'_>,
) -> BTreeMap<usize, Likeness> {
    let mut found: BTreeMap<usize, Likeness> = BTreeMap::new();
    if rule.within_participant {
        compare(rule, bench, (rows, analytes), &mut found, context);
    }
    if let Some(check) = &rule.sex {
        compare_sexes(check, bench, rows, participants, &mut found, context);
    }
    found
}

/// Log values, standardized within each timepoint: `(log x - mean)/sd` of the timepoint; a missing value is at the mean.
fn profiles(bench: &Bench, rows: &[usize], analytes: &[usize]) -> Vec<Vec<f64>> {
    // METHOD: within the timepoint, so that what an infusion does to everyone does not make everyone alike.
    let mut at: BTreeMap<&Option<String>, Vec<usize>> = BTreeMap::new();
    for (place, &row) in rows.iter().enumerate() {
        at.entry(&bench.samples[row].timepoint).or_default().push(place);
    }
    let mut profiles = vec![Vec::with_capacity(analytes.len()); rows.len()];
    for &analyte in analytes {
        let logs = bench.logs(analyte, rows);
        profiles.iter_mut().for_each(|profile| profile.push(0.0));
        for places in at.values() {
            let present: Vec<f64> = places.iter().map(|&place| logs[place]).filter(|log| log.is_finite()).collect();
            let Some((mean, sd)) = descriptive::mean(&present).zip(descriptive::sd(&present)) else { continue };
            for &place in places.iter().filter(|&&place| logs[place].is_finite() && sd > 0.0) {
                if let Some(cell) = profiles[place].last_mut() {
                    *cell = (logs[place] - mean) / sd;
                }
            }
        }
    }
    profiles
}

fn compare(
    rule: &Swaps,
    bench: &Bench,
    (rows, analytes): (&[usize], &[usize]),
    found: &mut BTreeMap<usize, Likeness>,
    context: &mut StageContext<'_>,
) {
    let owned = |row: &&usize| bench.samples[**row].participant_id.is_some();
    let rows: Vec<usize> = rows.iter().filter(owned).copied().collect();
    if analytes.len() < FEWEST_ANALYTES || rows.is_empty() {
        let message = format!(
            "exchanged samples were not looked for: {} analytes, and {FEWEST_ANALYTES} are needed to tell people apart",
            analytes.len()
        );
        context.find(Finding::note("swaps_undefined", "", message));
        return;
    }
    let person: Vec<&str> = rows.iter().filter_map(|&row| bench.samples[row].participant_id.as_deref()).collect();
    let nearest = likeness::nearest(&profiles(bench, &rows, analytes), &person, context.progress);
    let named = |nearest: Nearest| nearest.map(|(at, r)| (bench.samples[rows[at]].sample_id.clone(), r));
    for (at, (own, other)) in nearest.iter().enumerate() {
        let likeness = found.entry(rows[at]).or_default();
        (likeness.own, likeness.other) = (named(*own), named(*other));
    }
    let suspects = Suspects::new(&nearest, &person, rule.margin.get());
    suspects.report(bench, &rows, context);
}

/// Samples that are more like somebody else's than like every own one.
struct Suspects<'a> {
    nearest: &'a [(Nearest, Nearest)],
    person: &'a [&'a str],
    places: Vec<usize>,
}

impl<'a> Suspects<'a> {
    fn new(nearest: &'a [(Nearest, Nearest)], person: &'a [&'a str], margin: f64) -> Self {
        let unlike = |at: &usize| matches!(nearest[*at], (Some((_, own)), Some((_, other))) if other > own + margin);
        Suspects { nearest, person, places: (0..nearest.len()).filter(unlike).collect() }
    }

    /// Whose sample the suspect is most like.
    fn like(&self, at: usize) -> Option<&'a str> {
        self.nearest[at].1.map(|(other, _)| self.person[other])
    }

    /// Pairs at the same timepoint, each most like a sample of the other's participant.
    fn pairs(&self, bench: &Bench, rows: &[usize]) -> Vec<(usize, usize)> {
        let timepoint = |at: usize| &bench.samples[rows[at]].timepoint;
        let mut pairs = Vec::new();
        for (place, &a) in self.places.iter().enumerate() {
            let crosswise = |b: usize| {
                timepoint(a) == timepoint(b)
                    && self.like(a) == Some(self.person[b])
                    && self.like(b) == Some(self.person[a])
            };
            pairs.extend(self.places[place + 1..].iter().filter(|b| crosswise(**b)).map(|&b| (a, b)));
        }
        pairs
    }

    fn report(&self, bench: &Bench, rows: &[usize], context: &mut StageContext<'_>) {
        let name = |at: usize| bench.samples[rows[at]].sample_id.as_str();
        let r = |nearest: Nearest| nearest.map_or_else(String::new, |(_, r)| show(r));
        let pairs = self.pairs(bench, rows);
        for &(a, b) in &pairs {
            let same = |&&(c, d): &&(usize, usize)| {
                (c, d) != (a, b)
                    && BTreeSet::from([self.person[c], self.person[d]])
                        == BTreeSet::from([self.person[a], self.person[b]])
            };
            let either: Vec<String> =
                pairs.iter().filter(same).map(|&(c, d)| format!("`{}` and `{}`", name(c), name(d))).collect();
            let or = match either.is_empty() {
                true => String::new(),
                false => format!("; as likely {}, which these numbers cannot tell", either.join(" or ")),
            };
            let message = format!(
                "`{}` of {} and `{}` of {} may be exchanged: each is more like the other's samples (correlation {} and {}) than \
                 like its own participant's ({} and {}){or}",
                name(a),
                self.person[a],
                name(b),
                self.person[b],
                r(self.nearest[a].1),
                r(self.nearest[b].1),
                r(self.nearest[a].0),
                r(self.nearest[b].0),
            );
            context.find(Finding::warning("sample_swap", name(a), message).hint(HINT));
        }
        for &at in self.places.iter().filter(|at| !pairs.iter().any(|(a, b)| a == *at || b == *at)) {
            let other = self.nearest[at].1.map_or("", |(other, _)| name(other));
            let message = format!(
                "the sample of {} is more like `{other}` of {} (correlation {}) than like any other of its own participant ({})",
                self.person[at],
                self.like(at).unwrap_or_default(),
                r(self.nearest[at].1),
                r(self.nearest[at].0),
            );
            context.find(Finding::warning("sample_unlike_own", name(at), message).hint(HINT));
        }
    }
}

const HINT: &str = "look at labels and plate maps; leave a sample out by `decisions` where the exchange is certain";

fn compare_sexes(
    check: &SexCheck,
    bench: &Bench,
    rows: &[usize],
    participants: &Table<Participants>,
    found: &mut BTreeMap<usize, Likeness>,
    context: &mut StageContext<'_>,
) {
    let level = levels(participants, &check.column);
    let of = |&row: &usize| Some((row, level.get(bench.samples[row].participant_id.as_ref()?)?.as_str()));
    let known: Vec<(usize, &str)> = rows.iter().filter_map(of).collect();
    let names: BTreeSet<&str> = known.iter().map(|(_, level)| *level).collect();
    let names: Vec<&str> = names.into_iter().collect();
    let analytes = check.analytes.iter().filter_map(|name| bench.analytes().iter().position(|known| known == name));
    let rows: Vec<usize> = known.iter().map(|(row, _)| *row).collect();
    let columns: Vec<Vec<f64>> = analytes.map(|analyte| bench.logs(analyte, &rows)).collect();
    let second: Vec<bool> = known.iter().map(|(_, level)| names.get(1) == Some(level)).collect();
    let scores = if names.len() == 2 { sex::scores(&columns, &second) } else { None };
    let Some(scores) = scores else {
        let message = format!(
            "samples were not compared with `{}`: at least three samples of each of two levels, with a value of the named \
             analytes and a difference between the levels, are needed",
            check.column
        );
        context.find(Finding::note("sex_undefined", "", message));
        return;
    };
    for ((row, level), score) in known.iter().zip(scores) {
        let Some(score) = score else { continue };
        found.entry(*row).or_default().sex_z = Some(score.z);
        if score.beyond_midpoint && score.z > check.limit.get() {
            let other = names.iter().find(|name| *name != level).copied().unwrap_or_default();
            let message = format!(
                "`{}` is {level}, and by {} the sample is {other}: {} robust standard deviations towards {other}, beyond the \
                 midpoint",
                check.column,
                check.analytes.join(", "),
                show(score.z)
            );
            context.find(Finding::warning("sex_mismatch", &bench.samples[*row].sample_id, message).hint(HINT));
        }
    }
}
