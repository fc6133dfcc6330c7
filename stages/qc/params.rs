//! The settings of qc.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The settings of qc.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Params {}
