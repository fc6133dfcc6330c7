//! The metabolites' section.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::ingest::file::section;
use crate::ingest::measurement::{Flag, Zeros};
use crate::ingest::names::Naming;
use crate::ingest::shape::{Across, Shape};

section! {
    /// The metabolites' file, by sample or by participant.
    Metabolites "metabolites" shape Metabolites::shape, {
        /// long: a row a sample and analyte; wide: a column an analyte. Default: long.
        #[serde(default)]
        layout: Layout,
        /// Wide: rows: a row a sample, a column an analyte; columns: a column a sample, a row an analyte. Default: rows.
        #[serde(default)]
        samples: Across,
        /// Wide: the names of the rows and columns beside the abundances that are neither sample nor analyte, such as
        /// batch or injection_order of each sample, or an identifier of each analyte. Default: none.
        #[serde(default)]
        metadata: Vec<String>,
        /// Samples in columns: how many rows of the samples' facts stand above the header, each with the
        /// fact's name before the first sample. Default: 0.
        #[serde(default)]
        facts_above: usize,
        /// The header of the samples' ids. Default: sample_id.
        #[serde(default = "sample_id")]
        sample: String,
        /// The header of the participants' ids, where there is one sample a participant and no samples' file.
        #[serde(default)]
        participant: Option<String>,
        /// Names or globs (`m??`, `lipid_*`) of the analytes to read. Default: all (wide: every other column).
        #[serde(default)]
        analytes: Vec<String>,
        /// Long, or samples in columns: the header of the analytes. Default: analyte.
        #[serde(default = "analyte")]
        analyte: String,
        /// Long: the header of the values. Default: value.
        #[serde(default = "value")]
        value: String,
        /// Long: the header of the units, a column that may be absent. Default: unit.
        #[serde(default = "unit")]
        unit_column: String,
        /// raw: concentrations or intensities, never negative; transformed: any number. Default: raw.
        #[serde(default)]
        values: Values,
        /// The unit of all values of the file, converted to the panel's. Default: the unit column's, else the panel's.
        #[serde(default)]
        unit: Option<String>,
        /// The unit of single analytes' values, by name or glob: `{lactate: mg/dL}`; it comes before `unit`. Default: none.
        #[serde(default)]
        units: BTreeMap<String, String>,
        /// registry: a name that the panel does not hold is looked up in its display names, synonyms and identifiers;
        /// exact: it is an analyte of its own. Default: registry.
        #[serde(default)]
        names: Naming,
        /// What flags mean, after a number (`12.3*`, `1.2 (H)`), instead of one, or in a flag column: keep, missing,
        /// below_lod or above_uloq. One that is not declared is refused. Default: none.
        #[serde(default)]
        flags: BTreeMap<String, Flag>,
        /// Long: the header of the values' flags. Default: none.
        #[serde(default)]
        flag_column: Option<String>,
        /// Wide: a column named as an analyte and this holds the analyte's flags: `_flag`. Default: none.
        #[serde(default)]
        flag_suffix: Option<String>,
        /// Codes that mean "missing" for single analytes, by name or glob: `{"lipid_*": ["0", "-1"]}`. Default: none.
        #[serde(default)]
        missing_values: BTreeMap<String, Vec<String>>,
        /// What a zero means, in every sample: keep, missing or below_lod. Default: keep.
        #[serde(default)]
        zeros: Zeros,
    }
}

impl Metabolites {
    /// Which way the table lies in the file.
    fn shape(&self) -> Shape<'_> {
        let id = self.participant.as_ref().unwrap_or(&self.sample);
        let turned = self.samples == Across::Columns && self.layout == Layout::Wide;
        Shape {
            turned,
            names: if turned { &self.analyte } else { id },
            id,
            beside: &self.metadata,
            above: self.facts_above,
        }
    }
}

/// How the metabolites' file is laid out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Layout {
    /// A row per sample and analyte.
    #[default]
    Long,
    /// A row per sample and a column per analyte, or the other way round.
    Wide,
}

/// What the metabolites' numbers are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Values {
    /// Concentrations or intensities: never negative.
    #[default]
    Raw,
    /// Any finite number, for example logarithms. The panel's limits, which are raw, do not apply.
    Transformed,
}

fn sample_id() -> String {
    "sample_id".into()
}
fn analyte() -> String {
    "analyte".into()
}
fn value() -> String {
    "value".into()
}
fn unit() -> String {
    "unit".into()
}
