//! The samples' section.

use std::collections::BTreeMap;

use crate::ingest::file::section;
use crate::ingest::sample_words::{Covariate, SampleColumn, SampleType, Timepoint};
use crate::ingest::shape::{Across, Shape};

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
        /// Samples in columns: how many rows of the samples' facts stand above the header, each with the
        /// fact's name before the first sample. Default: 0.
        #[serde(default)]
        facts_above: usize,
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
            above: self.facts_above,
        }
    }
}

fn participant_id() -> String {
    "participant_id".into()
}
fn sample_id() -> String {
    "sample_id".into()
}
fn analyte() -> String {
    "analyte".into()
}
