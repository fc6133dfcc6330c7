//! The tables that an mwTab file holds: samples, participants, metabolites, panel.

use std::collections::{BTreeMap, BTreeSet};

use csv::StringRecord;

use super::super::collect::{Collector, Item, by_owner};
use super::super::identifiers::{COLUMNS, Identifiers};
use super::super::long::{Analyte, Matrix, distinct};
use super::{Data, Entry, File, Metabolite, Pairs, Records, factors};
use crate::ingest::decode::Fault;

/// One row a sample: `sample_id`, `participant_id` where subjects are named, a column a factor, and the additional data.
pub fn samples(file: &File) -> Result<Records, Vec<Fault>> {
    let first = file.entries.first().ok_or_else(|| no_samples("it has no lines SUBJECT_SAMPLE_FACTORS"))?;
    let mut table = Collector::default();
    for entry in &file.entries {
        let subject = subject(entry).map(|subject| (1, "participant_id", subject));
        let sample: Item<'_> = (0, "sample_id", &entry.sample);
        let factors = entry.factors.iter().map(|(name, value)| (2, name.as_str(), value.as_str()));
        let additional = entry.additional.iter().map(|(name, value)| (3, name.as_str(), value.as_str()));
        table.row(entry.line, std::iter::once(sample).chain(subject).chain(factors).chain(additional));
    }
    Ok(table.into_records(first.line))
}

/// One row a subject: `participant_id`, and what does not differ between the samples of a subject.
pub fn participants(file: &File) -> Result<Records, Vec<Fault>> {
    let records = samples(file)?;
    let owner = records.headers.iter().position(|header| header == "participant_id");
    let owner = owner.filter(|_| file.entries.iter().any(|entry| subject(entry).is_some()));
    let owner = owner.ok_or_else(|| no_samples("its samples name no subject"))?;
    Ok(by_owner(&records, owner, &["sample_id"]))
}

fn subject(entry: &Entry) -> Option<&str> {
    (!matches!(entry.subject.as_str(), "" | "-")).then_some(entry.subject.as_str())
}

fn no_samples(why: &str) -> Vec<Fault> {
    let message = format!("the file says nothing of this table: {why}");
    vec![Fault::new("no_such_table", None, message, "read the table from another file")]
}

/// Long records of the block of abundances.
pub fn metabolites(file: File) -> Result<Records, Vec<Fault>> {
    let wrong = |data: &Data| match data.repeated.is_empty() {
        true => contradictions(data, &file.entries),
        false => data.repeated.clone(),
    };
    let wrong: Vec<Fault> = file.data.as_ref().map_or_else(Vec::new, wrong);
    if !wrong.is_empty() {
        return Err(wrong);
    }
    let data = file.data.ok_or_else(|| no_data(file.results_file.as_deref()))?;
    let names = names(&data);
    let analytes = data.rows.into_iter().zip(names).map(|((line, _, values), name)| Analyte { line, name, values });
    let analytes = analytes.collect();
    Ok(Matrix { samples: data.samples, header_line: data.line, unit: data.unit, analytes }.into_long())
}

fn no_data(results_file: Option<&str>) -> Vec<Fault> {
    let remedy = match results_file {
        Some(name) => format!("they are in a file of their own, `{name}`: read that one"),
        None => "it needs a block such as MS_METABOLITE_DATA".to_owned(),
    };
    vec![Fault::new("no_abundances", None, "the file has no abundances", remedy)]
}

/// The analytes of the block; one whose name occurs again is called by the row in which it stands, too.
fn names(data: &Data) -> Vec<String> {
    let named = (1..).zip(&data.rows).map(|(nth, (_, name, _))| (name.clone(), format!("row {nth}")));
    distinct(named.collect())
}

/// Where the block repeats the factors, they must be those of the sample: if not, its columns may have been moved.
fn contradictions(data: &Data, entries: &[Entry]) -> Vec<Fault> {
    let Some((line, texts)) = &data.factors else { return Vec::new() };
    let listed: BTreeMap<&str, &Entry> = entries.iter().map(|entry| (entry.sample.as_str(), entry)).collect();
    let as_set = |pairs: &Pairs| pairs.iter().cloned().collect::<BTreeSet<_>>();
    let contradicts = |(sample, text): (&String, &String)| {
        let entry = listed.get(sample.as_str())?;
        let same = text.is_empty() || factors(text).is_ok_and(|here| as_set(&here) == as_set(&entry.factors));
        (!same).then(|| {
            let message = format!(
                "the factors of sample `{sample}` are `{text}` here and others on line {}: columns may have been moved",
                entry.line
            );
            Fault::new("contradicting_factors", Some(*line), message, "correct the one or the other")
        })
    };
    data.samples.iter().zip(texts).filter_map(contradicts).take(20).collect()
}

/// One row a metabolite: `analyte`, its identifiers, and other names.
pub fn panel(file: File) -> Result<Records, Vec<Fault>> {
    if file.metabolites.is_empty() && file.data.is_none() {
        return Err(no_samples("it has no block METABOLITES and no abundances"));
    }
    let headers = std::iter::once("analyte").chain(COLUMNS).map(str::to_owned).collect();
    let rows = match &file.data {
        Some(data) => of_the_data(data, &file.metabolites),
        None => {
            let named = (1..).zip(&file.metabolites).map(|(nth, row)| (row.name.clone(), format!("row {nth}")));
            let names = distinct(named.collect());
            file.metabolites.iter().zip(names).map(|(row, name)| (row.line, name, Some(row))).collect()
        }
    };
    let record = |(line, name, facts): (u64, String, Option<&Metabolite>)| {
        let mut identifiers = Identifiers::default();
        let known = facts.iter().flat_map(|metabolite| &metabolite.facts);
        known.for_each(|(header, cell)| identifiers.take_under(header, cell));
        (line, std::iter::once(name).chain(identifiers.columns()).collect::<StringRecord>())
    };
    Ok(Records { headers, header_line: 1, rows: rows.into_iter().map(record).collect(), ..Records::default() })
}

/// The analytes of the block with what METABOLITES says of each.
///
/// The n-th bearer of a repeated name has the n-th row of that name, where there are as many of the one as of the other;
/// otherwise nothing is known of any of them.
fn of_the_data<'a>(data: &'a Data, metabolites: &'a [Metabolite]) -> Vec<(u64, String, Option<&'a Metabolite>)> {
    let mut facts: BTreeMap<&str, Vec<&Metabolite>> = BTreeMap::new();
    metabolites.iter().for_each(|row| facts.entry(&row.name).or_default().push(row));
    let mut bearers: BTreeMap<&str, usize> = BTreeMap::new();
    data.rows.iter().for_each(|(_, name, _)| *bearers.entry(name).or_default() += 1);
    let mut used: BTreeMap<&str, usize> = BTreeMap::new();
    let row = |((line, name, _), distinct): (&'a (u64, String, Vec<String>), String)| {
        let nth = used.entry(name).or_default();
        let known = facts.get(name.as_str()).filter(|rows| rows.len() == bearers[name.as_str()]);
        let found = known.and_then(|rows| rows.get(*nth).copied());
        *nth += 1;
        (found.map_or(*line, |found| found.line), distinct, found)
    };
    data.rows.iter().zip(names(data)).map(row).collect()
}
