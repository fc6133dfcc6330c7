//! The settings of screen.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The settings of screen.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Params {}
