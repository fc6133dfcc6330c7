//! Reads the measured abundances, long or wide, into one grid of samples and analytes.

use std::collections::{BTreeMap, BTreeSet};

use super::grid::Grid;
use super::known::Known;
use super::measurement;
use super::panel::Analytes;
use super::params::{Layout, Metabolites, Values};
use super::problems::Problems;
use super::select::select;
use super::sheet::Sheet;
use super::units::Units;
use crate::contract::{Place, Problem};

/// The abundances as read.
#[derive(Debug, Clone, Default)]
pub struct Abundances {
    pub grid: Grid,
    /// The unit of each of the grid's analytes.
    pub units: Vec<Option<String>>,
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
        abundances.grid.mark_below_lod(panel);
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
    let (id, name, value, unit) = (id?, name?, value?, sheet.find(&params.unit_column));
    let samples = owned(sheet, id, owners, problems);
    let mut listed: BTreeSet<String> = BTreeSet::new();
    sheet.for_each(|row| {
        if let Some(analyte) = row.required(name, problems).filter(|analyte| !listed.contains(*analyte)) {
            listed.insert(analyte.to_owned());
        }
    });
    let analytes = select(&params.analytes, &listed.iter().map(String::as_str).collect(), problems);
    let mut grid = allocate(sheet, &samples, &analytes, problems)?;
    let mut units = Units::new(&analytes, params.unit.as_deref(), panel);
    sheet.for_each(|row| {
        let Some(analyte) = row.text(name).and_then(|name| grid.analyte(name)) else {
            return;
        };
        let measured = measurement::read(&row, value, params.values, problems);
        units.claim(analyte, &row, unit, problems);
        let Some(sample) = row.text(id).and_then(|id| grid.sample(id)) else {
            return;
        };
        if let Err(earlier) = grid.put(sample, analyte, measured, row.line) {
            row.refuse(name, "duplicate_measurement", problems, |_| {
                let (what, id, name) = (owners.what, row.raw(id), row.raw(name));
                let message = format!("{what} `{id}` has `{name}` on line {earlier} and again on line {}", row.line);
                (message, "keep one of the two rows".into())
            });
        }
    });
    let units = units.into_result(sheet.name, problems);
    Some(Abundances { grid, units })
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
    let others = columns.iter().filter(|(name, column)| **column != id && !name.is_empty()).map(|(name, _)| *name);
    let analytes = select(&params.analytes, &others.collect(), problems);
    refuse_unnamed(sheet, &params.analytes, problems);
    let mut grid = allocate(sheet, &samples, &analytes, problems)?;
    let places: Vec<usize> = analytes.iter().filter_map(|name| columns.get(name).copied()).collect();
    let words = refuse_words(sheet, &places, problems);
    let mut seen = Known::of(true);
    sheet.for_each(|row| {
        let Some(name) = row.text(id) else {
            return;
        };
        let new = seen.add(name, &row, id, "duplicate_measurement", problems);
        let sample = grid.sample(name).filter(|_| new);
        for (analyte, column) in places.iter().enumerate().filter(|(_, column)| !words.contains(column)) {
            let measured = measurement::read(&row, *column, params.values, problems);
            if let Some(sample) = sample {
                // Cannot be there already: each row's name is new, and each column is read once.
                let _ = grid.put(sample, analyte, measured, row.line);
            }
        }
    });
    let units = Units::new(&analytes, params.unit.as_deref(), panel).into_result(sheet.name, problems);
    Some(Abundances { grid, units })
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
            let place = Place::cell(sheet.name, *line, owners.header);
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
fn refuse_words(sheet: &Sheet<'_>, columns: &[usize], problems: &mut Problems) -> BTreeSet<usize> {
    let mut first: BTreeMap<usize, (u64, String)> = BTreeMap::new();
    let mut measured = BTreeSet::new();
    sheet.for_each(|row| {
        for column in columns.iter().filter(|column| !measured.contains(*column)).copied().collect::<Vec<_>>() {
            match measurement::is_words(&row, column) {
                Some(true) => drop(first.entry(column).or_insert_with(|| (row.line, row.raw(column).to_owned()))),
                Some(false) => drop(measured.insert(column)),
                None => {}
            }
        }
    });
    first.retain(|column, _| !measured.contains(column));
    for (column, (line, text)) in &first {
        problems.add(sheet.name, "text_in_number", || {
            let header = sheet.headers.get(*column).map_or("", String::as_str);
            let message = format!("`{text}` is not a number, nor is any other cell of the column");
            let remedy = format!(
                "if `{header}` is no analyte, name those that are: `analytes:` in `{}` takes names and globs",
                sheet.section
            );
            Problem::new("text_in_number", Place::cell(sheet.name, *line, header), message, remedy)
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
