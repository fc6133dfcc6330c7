//! The settings of predict.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The settings of predict.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Params {}
