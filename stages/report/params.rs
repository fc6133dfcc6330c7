//! The settings of report.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::contract::About;

/// The settings of report.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Params {
    /// What the runner says of the run; never in the configuration file.
    #[serde(skip_deserializing)]
    #[schemars(skip)]
    pub about: About,
}
