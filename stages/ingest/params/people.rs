//! The participants' section.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::contract::quantity::Range;
use crate::ingest::file::section;

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

/// What a participant variable holds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Column {
    /// A number, with its unit and the range it must lie in, bounds included.
    Number {
        /// Its unit, as it is shown. Default: none.
        #[serde(default)]
        unit: Option<String>,
        /// The smallest and the largest value that can be, bounds included, in this unit; others are errors. Default: any.
        #[serde(default)]
        range: Option<Range>,
        /// The header in the file. Default: the variable's name.
        #[serde(default)]
        column: Option<String>,
        /// Codes that mean "missing" in this column alone. Default: none.
        #[serde(default)]
        missing: Vec<String>,
    },
    /// A whole number of at least 0.
    Count {
        /// Its unit, as it is shown. Default: none.
        #[serde(default)]
        unit: Option<String>,
        /// The smallest and the largest value that can be, bounds included, in this unit; others are errors. Default: any.
        #[serde(default)]
        range: Option<Range>,
        /// The header in the file. Default: the variable's name.
        #[serde(default)]
        column: Option<String>,
        /// Codes that mean "missing" in this column alone. Default: none.
        #[serde(default)]
        missing: Vec<String>,
    },
    /// Yes or no: 1/0, true/false, yes/no.
    Binary {
        /// The header in the file. Default: the variable's name.
        #[serde(default)]
        column: Option<String>,
        /// Codes that mean "missing" in this column alone. Default: none.
        #[serde(default)]
        missing: Vec<String>,
    },
    /// One of the levels; the first is the reference.
    Category {
        /// The levels as the file writes them; the first is the reference.
        levels: Vec<String>,
        /// The header in the file. Default: the variable's name.
        #[serde(default)]
        column: Option<String>,
        /// Codes that mean "missing" in this column alone. Default: none.
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

fn participant_id() -> String {
    "participant_id".into()
}
