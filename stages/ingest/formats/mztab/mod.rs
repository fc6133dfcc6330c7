//! mzTab-M 2.0, the exchange format of the Proteomics and Metabolomics Standards Initiatives for small molecules.
//!
//! The metadata (MTD) say which assays there are, of which samples and study variables; the summary (SMH, SML) has a row a
//! small molecule and an abundance an assay. Features (SMF) and evidence (SME) are below what the analysis needs and are
//! passed over. `null` means "no value".
//!
//! Format: Hoffmann et al. 2019, 10.1021/acs.analchem.8b04310; <https://github.com/HUPO-PSI/mzTab-M>.

mod metadata;
mod tables;

use super::super::decode::{Fault, decode};
use super::super::file::{Format, Reading};
use super::cells::{Width, fit, lines};
use super::{Records, no_such_table};
use metadata::Metadata;

/// A file: its metadata, and its summary of small molecules.
#[derive(Debug, Default)]
pub struct File {
    pub metadata: Metadata,
    pub header: Option<(u64, Vec<String>)>,
    pub rows: Vec<(u64, Vec<String>)>,
}

/// Lines of other tables and comments.
const PASSED_OVER: [&str; 5] = ["COM", "SFH", "SMF", "SEH", "SME"];

/// Reads the table that belongs to the role.
///
/// # Errors
/// Another version, lines that are none of the format, rows of a wrong length, abundances of assays that are not declared.
pub fn read(bytes: &[u8], reading: &Reading<'_>) -> Result<Records, Vec<Fault>> {
    let text = decode(bytes, reading.encoding).map_err(|fault| vec![fault])?;
    let file = parse(&text)?;
    match reading.role {
        "samples" => tables::samples(&file),
        "metabolites" => tables::metabolites(&file),
        "panel" => tables::panel(&file),
        role => Err(no_such_table(Format::Mztab, role, "assays, small molecules and their abundances")),
    }
}

fn parse(text: &str) -> Result<File, Vec<Fault>> {
    let mut file = File::default();
    let mut faults = Vec::new();
    for (line, text) in lines(text) {
        let cells: Vec<String> = text.split('\t').map(|cell| cell.trim().to_owned()).collect();
        let done = match cells[0].as_str() {
            "MTD" => file.metadata.take(line, &cells),
            "SMH" => file.take_header(line, cells),
            "SML" => file.take_row(line, cells),
            word if PASSED_OVER.contains(&word) => Ok(()),
            word => Err(unknown(line, word)),
        };
        faults.extend(done.err());
    }
    // What is wrong with a file of another version is that, and nothing else.
    if let Err(fault) = file.metadata.check_version() {
        return Err(vec![fault]);
    }
    if faults.is_empty() { Ok(file) } else { Err(faults) }
}

fn unknown(line: u64, word: &str) -> Fault {
    let word: String = word.chars().take(40).collect();
    let message = format!("the line begins with `{word}`, which is no kind of line of mzTab-M");
    let remedy = "MTD, SMH, SML, SFH, SMF, SEH, SME or COM, and a tab after it";
    Fault::new("unknown_line", Some(line), message, remedy)
}

impl File {
    fn take_header(&mut self, line: u64, cells: Vec<String>) -> Result<(), Fault> {
        if let Some((earlier, _)) = &self.header {
            let message = format!("the summary has a second header; the first is on line {earlier}");
            return Err(Fault::new("duplicate_header", Some(line), message, "keep one of the two"));
        }
        self.header = Some((line, cells));
        Ok(())
    }

    fn take_row(&mut self, line: u64, cells: Vec<String>) -> Result<(), Fault> {
        let Some((_, header)) = &self.header else {
            let message = "a row SML stands above any header SMH";
            return Err(Fault::new("no_header", Some(line), message, "put the header before the rows"));
        };
        let cells = fit(line, cells, Width::of(header.len()), "the header SMH")?;
        let missing = |cell: String| if cell.eq_ignore_ascii_case("null") { String::new() } else { cell };
        self.rows.push((line, cells.into_iter().map(missing).collect()));
        Ok(())
    }
}
