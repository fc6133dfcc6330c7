//! The settings of ingest: one section a file.

mod abundances;
mod listed;
mod measured;
mod people;
mod ratings;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use self::abundances::{Layout, Metabolites, Values};
pub use self::listed::Panel;
pub use self::measured::Samples;
pub use self::people::{Column, Participants};
pub use self::ratings::Assessments;
use super::file::{self, Reading};
pub use super::sample_words::{Covariate, SampleColumn, SampleType, Timepoint};

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
