//! The settings of ingest: one section a file.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::file::{self, Reading, section};
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

/// What a participant variable holds. `column` is its header in the file where that is not its name.
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
    },
    /// A whole number of at least 0.
    Count {
        #[serde(default)]
        unit: Option<String>,
        #[serde(default)]
        range: Option<Range>,
        #[serde(default)]
        column: Option<String>,
    },
    /// Yes or no: 1/0, true/false, yes/no.
    Binary {
        #[serde(default)]
        column: Option<String>,
    },
    /// One of the levels; the first is the reference.
    Category {
        levels: Vec<String>,
        #[serde(default)]
        column: Option<String>,
    },
}

impl Column {
    /// The header in the file, if it is not the variable's name.
    pub fn header(&self) -> Option<&str> {
        match self {
            Column::Number { column, .. }
            | Column::Count { column, .. }
            | Column::Binary { column }
            | Column::Category { column, .. } => column.as_deref(),
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
    /// The samples' file: one row a sample, with sample_id, participant_id, timepoint and, where given, type (study,
    /// pooled_qc or blank), batch, injection_order and hours_after_infusion.
    Samples "samples" {
        /// The timepoints at which study samples were drawn.
        #[serde(default)]
        timepoints: BTreeMap<String, Timepoint>,
        /// The header of the samples' ids. Default: sample_id.
        #[serde(default = "sample_id")]
        sample: String,
        /// The header of the participants' ids. Default: participant_id.
        #[serde(default = "participant_id")]
        participant: String,
    }
}

/// When a timepoint's samples should have been drawn.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Timepoint {
    /// The declared window in hours after the infusion, bounds included; qc judges it. Default: none.
    #[serde(default)]
    pub hours_after_infusion: Option<Range>,
}

section! {
    /// The metabolites' file, by sample or by participant.
    Metabolites "metabolites" {
        /// long: a row a sample and analyte; wide: a column an analyte. Default: long.
        #[serde(default)]
        layout: Layout,
        /// The header of the samples' ids. Default: sample_id.
        #[serde(default = "sample_id")]
        sample: String,
        /// The header of the participants' ids, where there is one sample a participant and no samples' file.
        #[serde(default)]
        participant: Option<String>,
        /// Names or globs (`m??`, `lipid_*`) of the analytes to read. Default: all (wide: every other column).
        #[serde(default)]
        analytes: Vec<String>,
        /// Long: the header of the analytes. Default: analyte.
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
        /// The unit of all values. Default: the unit column's, else the panel's.
        #[serde(default)]
        unit: Option<String>,
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
    /// The panel's file: analyte and, where given, display_name, unit, lod, hmdb, chebi, kegg, plausible_low,
    /// plausible_high.
    Panel "panel" {
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
