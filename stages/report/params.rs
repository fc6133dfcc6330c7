//! The settings of report.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::printed::Printed;
use crate::contract::About;
use crate::contract::quantity::Finite;

/// The settings of report.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Params {
    /// The documents to write; `html` is the page, its figures and its tables. Default: `[html]`.
    pub formats: Vec<Format>,
    /// What of single participants the report may show.
    pub privacy: Privacy,
    /// The model that the page leads with. Default: the first by name that has no covariates, else the first by name.
    pub primary: Option<String>,
    /// Analytes to draw against each outcome. Default: the one with the smallest p in the leading model.
    pub highlight: Vec<String>,
    /// Numbers printed elsewhere, to stand beside the computed ones. Default: none.
    pub published: Option<Published>,
    /// What the runner says of the run; never in the configuration file.
    #[serde(skip_deserializing)]
    #[schemars(skip)]
    pub about: About,
}

impl Default for Params {
    fn default() -> Self {
        Params {
            formats: vec![Format::Html],
            privacy: Privacy::default(),
            primary: None,
            highlight: Vec::new(),
            published: None,
            about: About::default(),
        }
    }
}

/// A kind of document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// One self-contained page, with figures as SVG and tables as CSV beside it.
    Html,
    /// Not built yet.
    Pdf,
    /// Not built yet.
    Xlsx,
    /// Not built yet.
    Markdown,
}

/// What of single participants the report may show.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Privacy {
    /// Whether single participants are shown: their points, lines, rows and identifiers. Default: true.
    pub participant_points: bool,
    /// Counts of people below this number are withheld, with what would give them away. Unit: people; 0 withholds
    /// nothing. Default: 0.
    pub min_cell: u32,
}

impl Default for Privacy {
    fn default() -> Self {
        Privacy { participant_points: true, min_cell: 0 }
    }
}

/// Numbers printed elsewhere.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Published {
    /// Where they are printed: a citation, with its DOI.
    pub source: String,
    /// The numbers, each with the cell of a table that should give it.
    pub values: Vec<PublishedValue>,
}

/// One printed number and where its computed twin stands.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PublishedValue {
    /// What the number is, in words.
    pub label: String,
    /// The number as printed, in quotes so that its digits are kept: "30.60" is not "30.6".
    pub value: Printed,
    /// The table of the computed value: `stage/table`, for example `outcomes/trajectory`.
    pub table: String,
    /// Columns and the text each must hold; together they name exactly one row.
    pub row: BTreeMap<String, String>,
    /// The column of the computed value.
    pub column: String,
    /// The computed value is multiplied by this before the comparison; 100 turns a fraction into percent. Default: 1.
    #[serde(default = "one")]
    pub times: Finite,
}

fn one() -> Finite {
    Finite::new(1.0).expect("1 is finite")
}
