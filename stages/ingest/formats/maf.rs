//! MetaboLights' metabolite assignment file (`m_….tsv`): a row a metabolite, columns that describe it, a column a sample.
//!
//! Format: <https://www.ebi.ac.uk/metabolights/guides/MAF/Title>; Haug et al. 2020, 10.1093/nar/gkz1019.

use csv::StringRecord;

use super::super::decode::{Fault, decode};
use super::super::file::{Format, Reading};
use super::super::{measurement, number};
use super::cells::{fit, quoted_rows, repeated, without_tail};
use super::identifiers::{COLUMNS, Identifiers};
use super::long::{Analyte, Matrix, distinct};
use super::{Records, no_such_table};

/// The columns that describe a metabolite, of all versions; every other column is of a sample.
const DESCRIBING: [&str; 25] = [
    "database_identifier",
    "identifier",
    "chemical_formula",
    "smiles",
    "inchi",
    "metabolite_identification",
    "description",
    "chemical_shift",
    "multiplicity",
    "mass_to_charge",
    "fragmentation",
    "modifications",
    "charge",
    "retention_time",
    "taxid",
    "species",
    "database",
    "database_version",
    "reliability",
    "uri",
    "search_engine",
    "search_engine_score",
    "smallmolecule_abundance_sub",
    "smallmolecule_abundance_stdev_sub",
    "smallmolecule_abundance_std_error_sub",
];

/// A file, its rows as long as its header.
struct File {
    line: u64,
    header: Vec<String>,
    rows: Vec<(u64, Vec<String>)>,
}

/// Reads the table that belongs to the role.
///
/// # Errors
/// A file without the columns of a MAF, rows of a wrong length, samples that occur twice, metabolites without any name.
pub fn read(bytes: &[u8], reading: &Reading<'_>) -> Result<Records, Vec<Fault>> {
    let text = decode(bytes, reading.encoding).map_err(|fault| vec![fault])?;
    match reading.role {
        "metabolites" => metabolites(parse(&text)?),
        "panel" => panel(&parse(&text)?),
        role => Err(no_such_table(Format::Maf, role, "metabolites and their abundances")),
    }
}

fn parse(text: &str) -> Result<File, Vec<Fault>> {
    let mut rows = quoted_rows(text).into_iter();
    let (line, header) = rows.next().unwrap_or_default();
    let (header, width) = without_tail(header);
    if !header.iter().any(|name| is(name, "metabolite_identification") || is(name, "database_identifier")) {
        let message = "the header has neither `metabolite_identification` nor `database_identifier`: it is no MAF";
        return Err(vec![Fault::new("not_maf", Some(line.max(1)), message, "check the file, or its `format`")]);
    }
    let mut faults = Vec::new();
    let mut fitted = Vec::new();
    for (line, cells) in rows {
        match fit(line, cells, width, "the header") {
            Ok(cells) => fitted.push((line, cells)),
            Err(fault) => faults.push(fault),
        }
    }
    if faults.is_empty() { Ok(File { line, header, rows: fitted }) } else { Err(faults) }
}

fn is(header: &str, name: &str) -> bool {
    header.eq_ignore_ascii_case(name)
}

fn describes(header: &str) -> bool {
    DESCRIBING.iter().any(|name| is(header, name))
}

impl File {
    fn cell<'a>(&self, cells: &'a [String], name: &str) -> &'a str {
        let place = self.header.iter().position(|header| is(header, name));
        place.map_or("", |place| cells[place].as_str())
    }

    /// The columns of samples.
    ///
    /// A column that is not of the format and holds words alone is a submitter's own description, no sample; one that is
    /// empty is a sample without any value.
    fn samples(&self) -> Vec<usize> {
        let measured = |text: &str| {
            measurement::is_below_lod(text)
                || number::parse(text, number::Marks::default()) != Err(number::NotANumber::Text)
        };
        let of_sample = |column: &usize| {
            let mut cells =
                self.rows.iter().map(|(_, cells)| cells[*column].as_str()).filter(|cell| !cell.is_empty()).peekable();
            cells.peek().is_none() || cells.any(measured)
        };
        (0..self.header.len()).filter(|column| !describes(&self.header[*column])).filter(of_sample).collect()
    }

    /// What each metabolite is called: its identification, else its identifier, else its mass and time; one whose name
    /// occurs again by its line too.
    fn names(&self) -> Result<Vec<String>, Vec<Fault>> {
        let mut faults = Vec::new();
        let mut names = Vec::new();
        for (line, cells) in &self.rows {
            match self.name(cells) {
                Some(name) => names.push((name, format!("row {line}"))),
                None => {
                    let message = "the metabolite has no name, no identifier, and no mass with its retention time";
                    let remedy = "fill in `metabolite_identification`, with any name of your own";
                    faults.push(Fault::new("no_name", Some(*line), message, remedy));
                }
            }
        }
        if faults.is_empty() { Ok(distinct(names)) } else { Err(faults) }
    }

    fn name(&self, cells: &[String]) -> Option<String> {
        let named = ["metabolite_identification", "database_identifier", "identifier"];
        let name = named.into_iter().map(|column| self.cell(cells, column)).find(|cell| !cell.is_empty());
        let (mass, time) = (self.cell(cells, "mass_to_charge"), self.cell(cells, "retention_time"));
        let feature = || (!mass.is_empty() && !time.is_empty()).then(|| format!("m/z {mass} at {time}"));
        name.map(str::to_owned).or_else(feature)
    }
}

fn metabolites(file: File) -> Result<Records, Vec<Fault>> {
    let places = file.samples();
    let samples: Vec<String> = places.iter().map(|place| file.header[*place].clone()).collect();
    let mut faults = repeated(file.line, &samples, "sample");
    if let Some(place) = places.iter().find(|place| file.header[**place].is_empty()) {
        let message = format!("column {} has values and no header", place + 1);
        faults.push(Fault::new("unnamed_column", Some(file.line), message, "write the sample's name above it"));
    }
    if places.is_empty() {
        let message = "no column is of a sample: all of them describe the metabolites";
        faults.push(Fault::new("no_abundances", Some(file.line), message, "the abundances are not in this file"));
    }
    if !faults.is_empty() {
        return Err(faults);
    }
    let names = file.names()?;
    let values = |cells: &[String]| places.iter().map(|place| cells[*place].clone()).collect();
    let analytes =
        file.rows.iter().zip(names).map(|((line, cells), name)| Analyte { line: *line, name, values: values(cells) });
    let analytes = analytes.collect();
    Ok(Matrix { samples, header_line: file.line, unit: None, analytes }.into_long())
}

fn panel(file: &File) -> Result<Records, Vec<Fault>> {
    let row = |((line, cells), name): (&(u64, Vec<String>), String)| {
        let mut identifiers = Identifiers::default();
        identifiers.take(file.cell(cells, "database_identifier"));
        (*line, std::iter::once(name).chain(identifiers.columns()).collect::<StringRecord>())
    };
    let headers = std::iter::once("analyte").chain(COLUMNS).map(str::to_owned).collect();
    Ok(Records {
        headers,
        header_line: file.line,
        rows: file.rows.iter().zip(file.names()?).map(row).collect(),
        ..Records::default()
    })
}
