//! Several measurements of the same participant at the same timepoint become one sample.
//!
//! The sample keeps the name and the facts of its first replicate. Replicates that a person left out take no part.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::Inputs;
use super::params::Replicates;
use super::schema::OVER_BATCHES;
use crate::contract::schema::Cell;
use crate::contract::{Finding, Place, Problem, StageContext, Table, TableError};
use crate::ingest::schema::{Abundances, Panel, SampleRow, Samples};
use crate::laboratory::{self, Codes, replicate_order};
use crate::statistics::normalization::Combine;
use crate::statistics::repeatability;

/// The RSD of replicates and the number of groups behind it, by analyte.
type Spreads = BTreeMap<String, (f64, usize)>;

/// The samples of one participant and timepoint, in the order of their replicates.
pub type Group = Vec<SampleRow>;

/// The study after its replicates became one.
pub struct Combined {
    pub samples: Table<Samples>,
    pub abundances: Table<Abundances>,
    pub groups: Vec<Group>,
    /// The RSD within groups, pooled by degrees of freedom, and how many groups it is of, by analyte.
    pub rsd: BTreeMap<String, (f64, usize)>,
}

/// The groups of replicates; `left_out` are the samples that a person left out.
pub fn groups(samples: &Table<Samples>, left_out: &BTreeSet<&str>) -> Vec<Group> {
    let mut groups: BTreeMap<(String, String), Group> = BTreeMap::new();
    for sample in samples.rows() {
        let of = (sample.r#type == "study").then(|| sample.participant_id.clone().zip(sample.timepoint.clone()));
        if let Some(of) = of.flatten().filter(|_| !left_out.contains(sample.sample_id.as_str())) {
            groups.entry(of).or_default().push(sample);
        }
    }
    let mut groups: Vec<Group> = groups.into_values().filter(|group| group.len() > 1).collect();
    groups.iter_mut().for_each(|group| group.sort_by_key(replicate_order));
    groups
}

/// What is wrong with the replicates: no rule says what becomes of them, or two have the same name.
pub fn problems(groups: &[Group], rule: Option<&Replicates>) -> Vec<Problem> {
    let names =
        |group: &Group| group.iter().map(|sample| format!("`{}`", sample.sample_id)).collect::<Vec<_>>().join(", ");
    let mut problems = Vec::new();
    if let (Some(first), None) = (groups.first(), rule) {
        let message = format!(
            "{} timepoints of participants were measured more than once, the first as {}, and no rule says what becomes of \
             these replicates",
            groups.len(),
            names(first)
        );
        let remedy = "write `replicates: {combine: mean}` (or median, or first), or exclude all but one by `decisions`";
        problems.push(Problem::new("replicates", Place::setting("stages.qc.samples.replicates"), message, remedy));
    }
    let same =
        |group: &&Group| group.iter().map(|sample| &sample.replicate).collect::<BTreeSet<_>>().len() < group.len();
    for group in groups.iter().filter(same) {
        let place = Place::Source { role: "samples", column: "replicate".into() };
        let message = format!("the samples {} are of one participant and timepoint and not told apart", names(group));
        problems.push(Problem::new("equal_replicates", place, message, "give each its own `replicate`"));
    }
    problems
}

/// How replicates become one after normalization; nothing where they are one already.
pub fn later(rule: Option<&Replicates>) -> &'static str {
    rule.filter(|rule| rule.after_normalize).map_or("", |rule| rule.combine.word())
}

/// The groups whose replicates are of several batches, each by its samples.
pub fn over_batches(groups: &[Group]) -> Vec<String> {
    let several = |group: &&Group| group.iter().any(|sample| sample.batch != group[0].batch);
    let name = |sample: &SampleRow| match &sample.batch {
        Some(batch) => format!("`{}` (batch `{batch}`)", sample.sample_id),
        None => format!("`{}` (no batch)", sample.sample_id),
    };
    groups.iter().filter(several).map(|group| group.iter().map(name).collect::<Vec<_>>().join(", ")).collect()
}

/// Records groups whose replicates are of several batches.
pub fn report_over_batches(groups: &[Group], context: &mut StageContext<'_>) {
    let over = over_batches(groups);
    if !over.is_empty() {
        // METHOD: the sample has the batch and the order of its first replicate, and its value is of all of them; a
        // correction of drift or batches would take out what only one of them has, so normalize refuses it.
        let message =
            format!("replicates of several batches became one sample, in the first one's batch: {}", over.join("; "));
        let hint = "differences between batches stay in these samples; `replicates: {after_normalize: true}` takes them out \
                    before";
        context.find(Finding::warning(OVER_BATCHES, "", message).hint(hint));
    }
}

/// Combines each group, on the scale of the file; a value is missing only if all of its replicates are.
pub fn combine(
    how: Combine,
    groups: Vec<Group>,
    Inputs { samples, abundances, panel, .. }: &Inputs,
) -> Result<Combined, TableError> {
    let mut members: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    let mut absorbed: BTreeSet<&str> = BTreeSet::new();
    for group in &groups {
        let ids: Vec<&str> = group.iter().map(|sample| sample.sample_id.as_str()).collect();
        absorbed.extend(&ids[1..]);
        members.insert(ids[0], ids);
    }
    let names: Vec<String> = samples.column("sample_id");
    let samples = samples.filter(|row| !absorbed.contains(names[row].as_str()))?;
    let mut merger = Merger::new(how, abundances, lods(panel, abundances));
    for name in names.iter().map(String::as_str).filter(|name| !absorbed.contains(name)) {
        match members.get(name) {
            Some(ids) => merger.merge(name, ids),
            None => merger.copy(name),
        }
    }
    let (abundances, rsd) = merger.finish()?;
    Ok(Combined { samples, abundances, groups, rsd })
}

fn lods(panel: &Table<Panel>, abundances: &Table<Abundances>) -> BTreeMap<String, f64> {
    if laboratory::is_transformed(abundances) {
        return BTreeMap::new();
    }
    panel.rows().into_iter().filter_map(|row| Some((row.analyte, row.lod?))).collect()
}

/// Walks over the samples in their order and writes the cells of each.
struct Merger<'a> {
    how: Combine,
    analytes: Codes<'a>,
    values: Vec<Option<f64>>,
    below_lod: Vec<bool>,
    units: Vec<Option<String>>,
    rows_of: BTreeMap<&'a str, Range<usize>>,
    /// The limits of detection; none of values that were transformed.
    lods: BTreeMap<String, f64>,
    out: Out,
    /// The square of the RSD within each group and its degrees of freedom, by analyte.
    squares: BTreeMap<&'a str, Vec<(f64, f64)>>,
}

#[derive(Default)]
struct Out {
    samples: Vec<String>,
    analytes: Vec<String>,
    values: Vec<Option<f64>>,
    units: Vec<Option<String>>,
    below_lod: Vec<bool>,
}

impl<'a> Merger<'a> {
    fn new(how: Combine, table: &'a Table<Abundances>, lods: BTreeMap<String, f64>) -> Self {
        let samples = Codes::read(table.texts("sample_id"));
        let mut rows_of: BTreeMap<&str, Range<usize>> = BTreeMap::new();
        for (row, code) in samples.of.iter().enumerate() {
            // The table is sorted by sample, so the rows of each are next to each other.
            rows_of.entry(samples.names[*code]).or_insert(row..row).end = row + 1;
        }
        Merger {
            how,
            analytes: Codes::read(table.texts("analyte")),
            values: table.column("value"),
            below_lod: table.column("below_lod"),
            units: table.column("unit"),
            rows_of,
            lods,
            out: Out::default(),
            squares: BTreeMap::new(),
        }
    }

    fn analyte(&self, row: usize) -> &'a str {
        self.analytes.names[self.analytes.of[row]]
    }

    fn copy(&mut self, sample: &str) {
        for row in self.rows_of.get(sample).cloned().unwrap_or_default() {
            let cell = (self.values[row], self.below_lod[row], self.units[row].clone());
            let analyte = self.analyte(row);
            self.out.push(sample, analyte, cell);
        }
    }

    fn merge(&mut self, sample: &str, members: &[&str]) {
        let mut rows: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for row in members.iter().flat_map(|id| self.rows_of.get(*id).cloned().unwrap_or_default()) {
            rows.entry(self.analyte(row)).or_default().push(row);
        }
        for (analyte, rows) in rows {
            let present: Vec<usize> = rows.iter().copied().filter(|row| self.values[*row].is_some()).collect();
            let values: Vec<f64> = present.iter().filter_map(|row| self.values[*row]).collect();
            let value = self.how.of(&values);
            if let Some(rsd) = repeatability::rsd(&values, false) {
                self.squares.entry(analyte).or_default().push((rsd * rsd, values.len() as f64 - 1.0));
            }
            // METHOD: what is combined lies below the limit of detection where its number does; without a number or a limit,
            // where all that it is made of does.
            let made_of = if present.is_empty() { &rows } else { &present };
            let below = match value.zip(self.lods.get(analyte)) {
                Some((value, lod)) => value < *lod,
                None => made_of.iter().all(|row| self.below_lod[*row]),
            };
            let unit = rows.iter().find_map(|row| self.units[*row].clone());
            self.out.push(sample, analyte, (value, below, unit));
        }
    }

    fn finish(self) -> Result<(Table<Abundances>, Spreads), TableError> {
        // METHOD: groups are pooled by their degrees of freedom, as variances are: a group of five says more than a pair.
        let mean_square = |(analyte, squares): (&str, Vec<(f64, f64)>)| {
            let degrees: f64 = squares.iter().map(|(_, degrees)| degrees).sum();
            let sum: f64 = squares.iter().map(|(square, degrees)| square * degrees).sum();
            (degrees > 0.0).then(|| (analyte.to_owned(), ((sum / degrees).sqrt(), squares.len())))
        };
        Ok((self.out.table()?, self.squares.into_iter().filter_map(mean_square).collect()))
    }
}

impl Out {
    fn push(&mut self, sample: &str, analyte: &str, (value, below, unit): (Option<f64>, bool, Option<String>)) {
        self.samples.push(sample.to_owned());
        self.analytes.push(analyte.to_owned());
        self.values.push(value);
        self.units.push(unit);
        self.below_lod.push(below);
    }

    fn table(self) -> Result<Table<Abundances>, TableError> {
        let height = self.samples.len();
        let columns = vec![
            Cell::column("sample_id", self.samples),
            Cell::column("analyte", self.analytes),
            Cell::column("value", self.values),
            Cell::column("unit", self.units),
            Cell::column("below_lod", self.below_lod),
        ];
        Table::from_columns(height, columns)
    }
}
