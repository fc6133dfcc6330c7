//! The settings of ingest: one section a file.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::file::{self, Reading, section};
use super::measurement::{Flag, Zeros};
use super::names::Naming;
pub use super::sample_words::{Covariate, SampleColumn, SampleType, Timepoint};
use super::shape::{Across, Shape};
use crate::contract::quantity::Range;

/// The one timepoint of a study whose metabolites are given by participant.
pub const ONLY_TIMEPOINT: &str = "baseline";

/// The settings of ingest. Only the participants are required; a table that is not declared comes out empty.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Params {
    /// Who is in the study, with every variable that a model may use.
    #[serde(deserialize_with = "file::required")]
    #[schemars(schema_with = "file::required_schema::<Participants>")]
    pub participants: Participants,
    /// The clinical ratings.
    #[serde(default, deserialize_with = "file::optional")]
    #[schemars(schema_with = "file::optional_schema::<Assessments>")]
    pub assessments: Option<Assessments>,
    /// The measured samples.
    #[serde(default, deserialize_with = "file::optional")]
    #[schemars(schema_with = "file::optional_schema::<Samples>")]
    pub samples: Option<Samples>,
    /// The measured abundances.
    #[serde(default, deserialize_with = "file::optional")]
    #[schemars(schema_with = "file::optional_schema::<Metabolites>")]
    pub metabolites: Option<Metabolites>,
    /// What is known of each analyte.
    #[serde(default, deserialize_with = "file::optional")]
    #[schemars(schema_with = "file::optional_schema::<Panel>")]
    pub panel: Option<Panel>,
}

impl Params {
    /// How each declared file is to be read, in the order in which the files are.
    pub fn readings(&self) -> Vec<Reading<'_>> {
        let optional = [
            self.assessments.as_ref().map(Assessments::reading),
            self.samples.as_ref().map(Samples::reading),
            self.metabolites.as_ref().map(Metabolites::reading),
            self.panel.as_ref().map(Panel::reading),
        ];
        [Some(self.participants.reading())].into_iter().chain(optional).flatten().collect()
    }
}

section! {
    /// The participants' file: one row a participant.
    Participants "participants" {
        /// The header of the participants' ids. Default: participant_id.
        #[serde(default = "participant_id")]
        id: String,
        /// The variables that a model may use, by name. Default: none.
        #[serde(default)]
        columns: BTreeMap<String, Column>,
    }
}

/// What a participant variable holds. `column` is its header in the file where that is not its name; `missing` are the
/// codes that mean "missing" in this column alone (default: none).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Column {
    /// A number, with its unit and the range it must lie in, bounds included.
    Number {
        #[serde(default)]
        unit: Option<String>,
        #[serde(default)]
        range: Option<Range>,
        #[serde(default)]
        column: Option<String>,
        #[serde(default)]
        missing: Vec<String>,
    },
    /// A whole number of at least 0.
    Count {
        #[serde(default)]
        unit: Option<String>,
        #[serde(default)]
        range: Option<Range>,
        #[serde(default)]
        column: Option<String>,
        #[serde(default)]
        missing: Vec<String>,
    },
    /// Yes or no: 1/0, true/false, yes/no.
    Binary {
        #[serde(default)]
        column: Option<String>,
        #[serde(default)]
        missing: Vec<String>,
    },
    /// One of the levels; the first is the reference.
    Category {
        levels: Vec<String>,
        #[serde(default)]
        column: Option<String>,
        #[serde(default)]
        missing: Vec<String>,
    },
}

impl Column {
    /// The header in the file, if it is not the variable's name.
    pub fn header(&self) -> Option<&str> {
        match self {
            Column::Number { column, .. }
            | Column::Count { column, .. }
            | Column::Binary { column, .. }
            | Column::Category { column, .. } => column.as_deref(),
        }
    }

    /// The codes that mean "missing" in this column alone.
    pub fn missing(&self) -> &[String] {
        match self {
            Column::Number { missing, .. }
            | Column::Count { missing, .. }
            | Column::Binary { missing, .. }
            | Column::Category { missing, .. } => missing,
        }
    }
}

section! {
    /// The ratings' file: one row a participant and visit, with the items, the total, or both.
    Assessments "assessments" {
        /// The rating scale: madrs (10 items of 0 to 6, total 0 to 60), or a name of one's own. Default: madrs.
        #[serde(default = "madrs")]
        instrument: String,
        /// How many items the scale has; 0 where only totals are given. Default: the instrument's; else 0.
        #[serde(default)]
        items: Option<usize>,
        /// The range of one item, bounds included. Default: the instrument's; needed where there are items.
        #[serde(default)]
        item_range: Option<Range>,
        /// The range of the total, bounds included. Default: the instrument's; else needed.
        #[serde(default)]
        total_range: Option<Range>,
        /// The visits in their order.
        visits: Vec<String>,
        /// What the file calls a visit, where that is not its name: `{baseline_arm_1: baseline}`. Default: nothing.
        #[serde(default)]
        visit_names: BTreeMap<String, String>,
        /// The header of the participants' ids. Default: participant_id.
        #[serde(default = "participant_id")]
        participant: String,
        /// The header of the visits. Default: visit.
        #[serde(default = "visit")]
        visit: String,
        /// The header of the totals. Default: total.
        #[serde(default = "total")]
        total: String,
        /// What the items' headers begin with, before their number. Default: item_.
        #[serde(default = "item_prefix")]
        item_prefix: String,
    }
}

section! {
    /// The samples' file: one row a sample. Only the sample's id must be there for every sample; a study sample also
    /// needs its participant, and a timepoint or the day on which it was drawn.
    Samples "samples" shape Samples::shape, {
        /// ISA-Tab: the study's file (s_….txt) that is joined to the assay's (a_….txt) by `Sample Name`. Default: none.
        #[serde(default)]
        study: Option<String>,
        /// The timepoints at which study samples were drawn.
        #[serde(default)]
        timepoints: BTreeMap<String, Timepoint>,
        /// The header of the samples' ids. Default: sample_id.
        #[serde(default = "sample_id")]
        sample: String,
        /// The header of the participants' ids. Default: participant_id.
        #[serde(default = "participant_id")]
        participant: String,
        /// Other headers, by what the column holds: timepoint, type, batch, injection_order, hours_after_infusion, day,
        /// replicate, dilution, fasting_hours, time_of_day. Default: each by its own name, where it is there.
        #[serde(default)]
        headers: BTreeMap<SampleColumn, String>,
        /// The file's words for types of samples, by word: `{QC: pooled_qc, S: study}`. Default: the types' own names.
        #[serde(default)]
        types: BTreeMap<String, SampleType>,
        /// Further numbers that steps may divide by or adjust for (osmolality, volume), by name. Default: none.
        #[serde(default)]
        columns: BTreeMap<String, Covariate>,
        /// rows: a row a sample; columns: a column a sample, whose facts stand in rows called as the columns above.
        /// Default: rows.
        #[serde(default)]
        samples: Across,
        /// Samples in columns: the header of the column that names the rows. Default: analyte.
        #[serde(default = "analyte")]
        analyte: String,
        /// The names of columns (or, with samples in rows, of rows) that are no samples. Default: none.
        #[serde(default)]
        metadata: Vec<String>,
    }
}

impl Samples {
    /// Which way the table lies in the file.
    fn shape(&self) -> Shape<'_> {
        Shape {
            turned: self.samples == Across::Columns,
            names: if self.samples == Across::Columns { &self.analyte } else { &self.sample },
            id: &self.sample,
            beside: &self.metadata,
        }
    }
}

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
        Shape { turned, names: if turned { &self.analyte } else { id }, id, beside: &self.metadata }
    }
}

/// How the metabolites' file is laid out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Layout {
    #[default]
    Long,
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
        }
    }
}

fn participant_id() -> String {
    "participant_id".into()
}
fn sample_id() -> String {
    "sample_id".into()
}
fn madrs() -> String {
    "madrs".into()
}
fn visit() -> String {
    "visit".into()
}
fn total() -> String {
    "total".into()
}
fn item_prefix() -> String {
    "item_".into()
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
