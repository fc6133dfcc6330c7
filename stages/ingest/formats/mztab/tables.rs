//! The tables that an mzTab-M file holds: samples, metabolites, panel.

use std::collections::BTreeMap;

use csv::StringRecord;

use super::super::collect::Collector;
use super::super::identifiers::{COLUMNS, Identifiers};
use super::super::long::{Analyte, Matrix, distinct};
use super::metadata::{Metadata, Param, Property};
use super::{File, Records};
use crate::ingest::decode::Fault;

/// One row an assay, which is what has abundances: `sample_id` is the assay's name.
///
/// Beside it the names of its sample, study variables and run, and what is said of each of these: custom parameters and
/// factors by their own names.
pub fn samples(file: &File) -> Result<Records, Vec<Fault>> {
    let metadata = &file.metadata;
    let names = assay_names(metadata)?;
    let mut table = Collector::default();
    for (assay, name) in &names {
        let line = metadata.element("assay", *assay).first().map_or(1, |property| property.line);
        let mut cells: Vec<(u8, String, String)> = vec![(0, "sample_id".into(), name.clone())];
        let samples = metadata.references(("assay", *assay), "sample_ref", "sample");
        let runs = metadata.references(("assay", *assay), "ms_run_ref", "ms_run");
        let of_variable = |variable: &usize| {
            metadata.references(("study_variable", *variable), "assay_refs", "assay").contains(assay)
        };
        let variables: Vec<usize> = metadata.numbers("study_variable").filter(of_variable).collect();
        cells.extend(joined(metadata, "sample", &samples, "sample").map(|text| (1, "sample".into(), text)));
        cells.extend(
            joined(metadata, "study_variable", &variables, "study_variable")
                .map(|text| (2, "study_variable".into(), text)),
        );
        cells.extend(described(metadata.element("assay", *assay)).map(|(name, value)| (3, name, value)));
        for sample in &samples {
            cells.extend(described(metadata.element("sample", *sample)).map(|(name, value)| (4, name, value)));
        }
        for variable in &variables {
            cells
                .extend(described(metadata.element("study_variable", *variable)).map(|(name, value)| (5, name, value)));
        }
        for run in &runs {
            cells.extend(
                metadata.property("ms_run", *run, "location").map(|place| (6, "ms_run".into(), place.to_owned())),
            );
        }
        table.row(line, cells.iter().map(|(origin, name, value)| (*origin, name.as_str(), value.as_str())));
    }
    Ok(table.into_records(1))
}

fn joined(metadata: &Metadata, element: &'static str, numbers: &[usize], what: &str) -> Option<String> {
    let name = |number: &usize| {
        metadata.property(element, *number, "").map_or_else(|| format!("{what}[{number}]"), str::to_owned)
    };
    (!numbers.is_empty()).then(|| numbers.iter().map(name).collect::<Vec<_>>().join("|"))
}

/// What is said of an element, by the names of its parameters.
fn described(properties: &[Property]) -> impl Iterator<Item = (String, String)> {
    properties.iter().flat_map(|property| {
        let kind = property.name.split('[').next().unwrap_or_default();
        let params = || split_params(&property.value).into_iter();
        match kind {
            "custom" | "factors" | "group_refs" => params().map(|param| (param.name, param.value)).collect(),
            "species" | "tissue" | "cell_type" | "disease" => {
                params().map(|param| (kind.to_owned(), param.name)).collect()
            }
            "description" if property.value != "null" => vec![(kind.to_owned(), property.value.clone())],
            _ => Vec::new(),
        }
    })
}

/// The parameters of a list `[…]|[…]`.
fn split_params(text: &str) -> Vec<Param> {
    if text.is_empty() || text.eq_ignore_ascii_case("null") {
        return Vec::new();
    }
    text.replace("]|[", "]\u{0}[").split('\u{0}').map(|param| Param::of(param.trim())).collect()
}

/// The assays by their numbers, each with its name, or with `assay[n]` where it has none.
fn assay_names(metadata: &Metadata) -> Result<BTreeMap<usize, String>, Vec<Fault>> {
    let mut names = BTreeMap::new();
    let mut known: BTreeMap<String, u64> = BTreeMap::new();
    let mut faults = Vec::new();
    for assay in metadata.numbers("assay") {
        let name = metadata.property("assay", assay, "").map_or_else(|| format!("assay[{assay}]"), str::to_owned);
        let properties = metadata.element("assay", assay);
        let line =
            properties.iter().find(|property| property.name.is_empty()).or(properties.first()).map_or(1, |p| p.line);
        if let Some(earlier) = known.insert(name.clone(), line) {
            let message = format!("two assays are called `{name}`: on line {earlier} and on line {line}");
            faults.push(Fault::new("duplicate_sample", Some(line), message, "give each assay a name of its own"));
        }
        names.insert(assay, name);
    }
    if names.is_empty() {
        let message = "the metadata declare no assay";
        faults.push(Fault::new("no_assays", None, message, "it needs a line `MTD`, `assay[1]`, and its name"));
    }
    if faults.is_empty() { Ok(names) } else { Err(faults) }
}

/// The header of the summary.
struct Header<'a> {
    line: u64,
    cells: &'a [String],
}

impl<'a> Header<'a> {
    fn of(file: &'a File) -> Result<Self, Vec<Fault>> {
        let none = || {
            let message = "the file has no summary of small molecules (SMH, SML)";
            vec![Fault::new("no_abundances", None, message, "export the summary too: features alone are not read")]
        };
        let (line, cells) = file.header.as_ref().ok_or_else(none)?;
        Ok(Header { line: *line, cells })
    }

    fn find(&self, name: &str) -> Option<usize> {
        self.cells.iter().position(|cell| cell == name)
    }
}

/// Long records of the abundances of the assays.
pub fn metabolites(file: &File) -> Result<Records, Vec<Fault>> {
    let header = Header::of(file)?;
    let assays = assay_names(&file.metadata)?;
    let (mut samples, mut places, mut faults) = (Vec::new(), Vec::new(), Vec::new());
    let mut seen = std::collections::BTreeSet::new();
    for (place, cell) in header.cells.iter().enumerate() {
        let Some(number) = cell.strip_prefix("abundance_assay[").and_then(|rest| rest.strip_suffix(']')) else {
            continue;
        };
        let name = number.parse().ok().and_then(|number: usize| assays.get(&number));
        match name {
            Some(name) if seen.insert(name) => {
                samples.push(name.clone());
                places.push(place);
            }
            Some(_) => {
                let message = format!("the column `{cell}` occurs twice");
                faults.push(Fault::new("duplicate_sample", Some(header.line), message, "keep one of the two"));
            }
            None => {
                let message = format!("the column `{cell}` is of an assay that the metadata do not declare");
                let remedy = format!("add `MTD`, `assay[{number}]` and its name");
                faults.push(Fault::new("unknown_assay", Some(header.line), message, remedy));
            }
        }
    }
    if places.is_empty() && faults.is_empty() {
        let message = "the summary has no column `abundance_assay[1]`";
        faults.push(Fault::new("no_abundances", Some(header.line), message, "export the abundances of the assays"));
    }
    if !faults.is_empty() {
        return Err(faults);
    }
    let values = |cells: &[String]| places.iter().map(|place| cells[*place].clone()).collect();
    let names = names(file, &header)?;
    let analytes =
        file.rows.iter().zip(names).map(|((line, cells), name)| Analyte { line: *line, name, values: values(cells) });
    let analytes = analytes.collect();
    Ok(Matrix { samples, header_line: header.line, unit: file.metadata.unit.clone(), analytes }.into_long())
}

/// What each small molecule is called: its chemical name, else its identifier in a database, else its number; one whose
/// name occurs again by its number too.
fn names(file: &File, header: &Header<'_>) -> Result<Vec<String>, Vec<Fault>> {
    let Some(id) = header.find("SML_ID") else {
        let message = "the summary has no column `SML_ID`";
        return Err(vec![Fault::new("missing_column", Some(header.line), message, "number the rows in it, from 1")]);
    };
    let mut seen: BTreeMap<&str, u64> = BTreeMap::new();
    for (line, cells) in &file.rows {
        if let Some(earlier) = seen.insert(&cells[id], *line) {
            let message = format!("the SML_ID `{}` stands on line {earlier} and again on line {line}", cells[id]);
            let remedy = "number each small molecule once, or remove one of the two rows";
            return Err(vec![Fault::new("duplicate_row", Some(*line), message, remedy).of_column("SML_ID")]);
        }
    }
    let (name, identifier) = (header.find("chemical_name"), header.find("database_identifier"));
    let named = |(_, cells): &(u64, Vec<String>)| {
        let filled = |place: Option<usize>| place.map(|place| &cells[place]).filter(|cell| !cell.is_empty());
        let number = format!("SML {}", cells[id]);
        (filled(name).or(filled(identifier)).cloned().unwrap_or_else(|| number.clone()), number)
    };
    Ok(distinct(file.rows.iter().map(named).collect()))
}

/// One row a small molecule: `analyte`, its identifiers, and other names.
pub fn panel(file: &File) -> Result<Records, Vec<Fault>> {
    let header = Header::of(file)?;
    let names = names(file, &header)?;
    let identifier = header.find("database_identifier");
    let row = |((line, cells), name): (&(u64, Vec<String>), String)| {
        let mut identifiers = Identifiers::default();
        identifier.into_iter().for_each(|place| identifiers.take(&cells[place]));
        (*line, std::iter::once(name).chain(identifiers.columns()).collect::<StringRecord>())
    };
    let headers = std::iter::once("analyte").chain(COLUMNS).map(str::to_owned).collect();
    Ok(Records {
        headers,
        header_line: header.line,
        rows: file.rows.iter().zip(names).map(row).collect(),
        ..Records::default()
    })
}
