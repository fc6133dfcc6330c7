//! Reads the measured abundances, long or wide, into one grid of samples and analytes.

use std::collections::{BTreeMap, BTreeSet};

use super::cells::{At, Cells, Read};
use super::flag_columns::flag_columns;
use super::grid::Grid;
use super::known::Known;
use super::measurement;
use super::names::Names;
use super::panel::Analytes;
use super::params::{Layout, Metabolites, Values};
use super::problems::Problems;
use super::row::Row;
use super::shape::Across;
use super::sheet::Sheet;
use crate::contract::{Finding, Place, Problem};

/// The abundances as read.
#[derive(Debug, Clone, Default)]
pub struct Abundances {
    pub grid: Grid,
    /// The unit of each of the grid's analytes.
    pub units: Vec<Option<String>>,
    /// The limit of detection of each of them: the panel's, else what the cells themselves say.
    pub lods: Vec<Option<f64>>,
    /// What was noticed while reading.
    pub findings: Vec<Finding>,
}

impl Abundances {
    fn of(grid: Grid, read: Read) -> Self {
        Abundances { grid, units: read.units, lods: read.lods, findings: read.findings }
    }
}

/// Whose the rows are: ids of samples, or of participants.
pub struct Owners<'a> {
    pub header: &'a str,
    /// `sample` or `participant`.
    pub what: &'static str,
    pub known: &'a Known,
}

/// Reads the metabolites' file; none where its columns could not be found.
pub fn read(
    params: &Metabolites,
    sheet: &Sheet<'_>,
    owners: &Owners<'_>,
    panel: &Analytes,
    problems: &mut Problems,
) -> Option<Abundances> {
    let id = sheet.column(owners.header, problems);
    let mut abundances = match params.layout {
        Layout::Long => read_long(params, sheet, id, owners, panel, problems),
        Layout::Wide => read_wide(params, sheet, id?, owners, panel, problems),
    }?;
    if params.values == Values::Raw {
        abundances.grid.mark_below_lod(&abundances.lods);
    }
    Some(abundances)
}

fn read_long(
    params: &Metabolites,
    sheet: &Sheet<'_>,
    id: Option<usize>,
    owners: &Owners<'_>,
    panel: &Analytes,
    problems: &mut Problems,
) -> Option<Abundances> {
    let (name, value) = (sheet.column(&params.analyte, problems), sheet.column(&params.value, problems));
    let flag = params.flag_column.as_ref().map(|header| sheet.column(header, problems));
    let (id, name, value, unit) = (id?, name?, value?, sheet.find(&params.unit_column));
    let flag = flag.flatten();
    let samples = owned(sheet, id, owners, problems);
    let mut listed: BTreeSet<String> = BTreeSet::new();
    sheet.for_each(|row| {
        if let Some(analyte) = row.required(name, problems).filter(|analyte| !listed.contains(*analyte)) {
            listed.insert(analyte.to_owned());
        }
    });
    let names = Names::of(params, sheet, &listed.iter().map(String::as_str).collect(), panel, problems);
    let mut grid = allocate(sheet, &samples, &names.analytes(), problems)?;
    let mut cells = Cells::new(params, &names, panel, sheet.name, problems);
    let places = names.places(&grid);
    sheet.for_each(|row| {
        let Some(analyte) = row.text(name).and_then(|name| places.get(name).copied()) else {
            return;
        };
        let measured = cells.read(&row, At { analyte, value, unit, flag }, problems);
        let Some(sample) = row.text(id).and_then(|id| grid.sample(id)) else {
            return;
        };
        if let Err(earlier) = grid.put(sample, analyte, measured, row.line) {
            row.refuse(name, "duplicate_measurement", problems, |_| {
                let (what, id, name) = (owners.what, row.raw(id), row.raw(name));
                let (first, again) = (row.at(earlier), row.at(row.line));
                let message = format!("{what} `{id}` has `{name}` {first} and again {again}");
                (message, "keep one of the two rows".into())
            });
        }
    });
    Some(Abundances::of(grid, cells.finish(sheet.name, problems)))
}

fn read_wide(
    params: &Metabolites,
    sheet: &Sheet<'_>,
    id: usize,
    owners: &Owners<'_>,
    panel: &Analytes,
    problems: &mut Problems,
) -> Option<Abundances> {
    let samples = owned(sheet, id, owners, problems);
    let columns: BTreeMap<&str, usize> = sheet.headers.iter().map(String::as_str).zip(0..).collect();
    let flags = flag_columns(params, sheet, problems);
    let beside = |name: &str| params.metadata.iter().any(|fact| fact == name) || sheet.facts.contains(name);
    let skipped = |name: &str| name.is_empty() || beside(name);
    let others = columns.iter().filter(|(name, column)| **column != id && !skipped(name)).map(|(name, _)| *name);
    let others = others.filter(|name| !flags.contains_key(name)).collect();
    let names = Names::of(params, sheet, &others, panel, problems);
    refuse_unnamed(sheet, &params.analytes, problems);
    let mut grid = allocate(sheet, &samples, &names.analytes(), problems)?;
    let headers = names.headers(sheet, problems);
    let beside: BTreeMap<&str, usize> = flags.values().copied().collect();
    let place = |header: &&str| Some((columns.get(header).copied()?, beside.get(header).copied()));
    let places: Vec<(usize, Option<usize>)> = headers.iter().filter_map(place).collect();
    let words = refuse_words(params, sheet, &places, problems);
    let open: Vec<(usize, At)> = places
        .iter()
        .enumerate()
        .filter(|(_, (column, _))| !words.contains(column))
        .map(|(analyte, (value, flag))| (analyte, At { analyte, value: *value, unit: None, flag: *flag }))
        .collect();
    let mut cells = Cells::new(params, &names, panel, sheet.name, problems);
    let mut seen = Known::of(true);
    sheet.for_each(|row| {
        let Some(name) = row.text(id) else {
            return;
        };
        let new = seen.add(name, &row, id, "duplicate_measurement", problems);
        let sample = grid.sample(name).filter(|_| new);
        for (analyte, at) in &open {
            let value = cells.read(&row, *at, problems);
            if let Some(sample) = sample {
                // Cannot be there already: each row's name is new, and each column is read once.
                let _ = grid.put(sample, *analyte, value, row.line);
            }
        }
    });
    Some(Abundances::of(grid, cells.finish(sheet.name, problems)))
}

/// The ids of the file's rows that are known; each unknown one is refused once, with how often it occurs.
fn owned(sheet: &Sheet<'_>, column: usize, owners: &Owners<'_>, problems: &mut Problems) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut unknown: BTreeMap<String, (u64, u64)> = BTreeMap::new();
    sheet.for_each(|row| {
        let Some(id) = row.required(column, problems) else {
            return;
        };
        if owners.known.lacks(id) {
            unknown.entry(id.to_owned()).or_insert((row.line, 0)).1 += 1;
        } else if !found.contains(id) {
            found.insert(id.to_owned());
        }
    });
    let code = if owners.what == "sample" { "unknown_sample" } else { "unknown_participant" };
    for (id, (line, rows)) in &unknown {
        problems.add(sheet.name, code, || {
            let place = sheet.place(*line, column);
            let rows = if *rows > 1 { format!(" ({rows} rows)") } else { String::new() };
            let table = format!("{}s", owners.what);
            Problem::new(code, place, format!("unknown {} `{id}`{rows}", owners.what), owners.known.remedy(id, &table))
        });
    }
    found
}

/// More cells than this, most of them empty, are no table of abundances.
const MOST_EMPTY_CELLS: usize = 20_000_000;

fn allocate(
    sheet: &Sheet<'_>,
    samples: &BTreeSet<String>,
    analytes: &BTreeSet<&str>,
    problems: &mut Problems,
) -> Option<Grid> {
    let (rows, cells) = (sheet.rows, samples.len().checked_mul(analytes.len()));
    let listed = rows.saturating_mul(sheet.headers.len());
    if cells.is_none_or(|cells| cells > MOST_EMPTY_CELLS.max(listed.saturating_mul(10))) {
        let (samples, analytes) = (samples.len(), analytes.len());
        let message = format!("{rows} rows name {samples} samples and {analytes} analytes: nearly every pair is empty");
        let remedy = "check that the headers of samples and analytes are the right ones";
        problems.push(Problem::new("too_sparse", Place::file(sheet.name), message, remedy));
        return None;
    }
    Some(Grid::new(samples, analytes))
}

/// The columns that hold words and no number: no analytes, and each refused once.
fn refuse_words(
    params: &Metabolites,
    sheet: &Sheet<'_>,
    places: &[(usize, Option<usize>)],
    problems: &mut Problems,
) -> BTreeSet<usize> {
    let mut first: BTreeMap<usize, (u64, String)> = BTreeMap::new();
    // The columns of which no cell was a number so far: usually none is left after a few rows.
    let mut open: Vec<usize> = places.iter().map(|(column, _)| *column).collect();
    let words = |row: &Row<'_>, column: usize| {
        let is_words =
            |text: &str| !row.is_number_like(column) && !measurement::is_mark(text, &params.flags, row.marks());
        row.text(column).map(is_words)
    };
    sheet.while_each(|row| {
        open.retain(|column| match words(&row, *column) {
            Some(true) => {
                first.entry(*column).or_insert_with(|| (row.line, row.raw(*column).to_owned()));
                true
            }
            Some(false) => {
                first.remove(column);
                false
            }
            None => true,
        });
        !open.is_empty()
    });
    for (column, (line, text)) in &first {
        problems.add(sheet.name, "text_in_number", || {
            let header = sheet.headers.get(*column).map_or("", String::as_str);
            let of = if params.samples == Across::Columns { "row" } else { "column" };
            let message = format!("`{text}` is not a number, nor is any other cell of the {of}");
            let remedy = format!(
                "if `{header}` is no analyte, name it in `metadata:` of `{}`, or name those that are in `analytes:`",
                sheet.section
            );
            Problem::new("text_in_number", sheet.place(*line, *column), message, remedy)
        });
    }
    first.into_keys().collect()
}

/// A column without a name is no analyte; one that holds values is refused, since its values would be lost.
fn refuse_unnamed(sheet: &Sheet<'_>, patterns: &[String], problems: &mut Problems) {
    let unnamed = |(_, header): &(usize, &String)| header.is_empty() && patterns.is_empty();
    for (column, _) in sheet.headers.iter().enumerate().filter(unnamed) {
        let mut first = None;
        sheet.for_each(|row| first = first.or(row.text(column).map(|_| row.line)));
        if let Some(line) = first {
            problems.add(sheet.name, "unnamed_column", || {
                let place = Place::File { name: sheet.name.to_owned(), line: Some(line), column: None };
                let message = format!("column {} has values and no header", column + 1);
                let remedy = "name it, or choose the analytes with `stages.ingest.metabolites.analytes`";
                Problem::new("unnamed_column", place, message, remedy)
            });
        }
    }
}
