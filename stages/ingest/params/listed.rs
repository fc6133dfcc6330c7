//! The panel's section.

use crate::ingest::file::section;
use crate::ingest::shape::{Across, Shape};

section! {
    /// The panel's file: analyte and, where given, display_name, unit, lod, plausible_low, plausible_high, molar_mass
    /// (g/mol), class, role (internal_standard), internal_standard (an analyte), synonyms (separated by `|`), refmet,
    /// inchikey, hmdb, chebi, kegg.
    Panel "panel" shape Panel::shape, {
        /// The header of the analytes. Default: analyte.
        #[serde(default = "analyte")]
        analyte: String,
        /// rows: a row an analyte; columns: a column an analyte, whose facts stand in rows called as the columns above.
        /// Default: rows.
        #[serde(default)]
        analytes: Across,
        /// Analytes in columns: the header of the column that names the rows. Default: sample_id.
        #[serde(default = "sample_id")]
        sample: String,
        /// The names of rows (or, with analytes in columns, of columns) that are no analytes. Default: none.
        #[serde(default)]
        metadata: Vec<String>,
        /// Analytes in rows: how many rows of the samples' facts stand above the header, each with the
        /// fact's name before the first sample. Default: 0.
        #[serde(default)]
        facts_above: usize,
    }
}

impl Panel {
    /// Which way the table lies in the file.
    fn shape(&self) -> Shape<'_> {
        Shape {
            turned: self.analytes == Across::Columns,
            names: if self.analytes == Across::Columns { &self.sample } else { &self.analyte },
            id: &self.analyte,
            beside: &self.metadata,
            above: self.facts_above,
        }
    }
}

fn sample_id() -> String {
    "sample_id".into()
}
fn analyte() -> String {
    "analyte".into()
}
