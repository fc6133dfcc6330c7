//! The settings of normalize.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The settings of normalize.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Params {}
