//! The settings of outcomes: the endpoints and the course over visits.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};

pub use super::visits::Visits;
use crate::contract::quantity::Finite;

/// The settings of outcomes: the endpoints and the course over visits.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Params {
    /// The endpoints by name. Default: none.
    #[serde(deserialize_with = "named")]
    pub endpoints: BTreeMap<String, Endpoint>,
    /// The course of the totals over the visits. Default: described at every visit.
    pub trajectory: Trajectory,
}

/// An endpoint: one value per participant.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Endpoint {
    /// `100 (from - to) / from`, in percent: positive where the total fell.
    PercentImprovement {
        /// The earlier visit; its total is baseline_score.
        from: String,
        /// The later visit.
        to: String,
        /// What becomes of a missing later total: exclude (default) or locf.
        #[serde(default)]
        missing: Missing,
    },
    /// `to - from`, in points: negative where the total fell.
    Difference {
        /// The earlier visit; its total is baseline_score.
        from: String,
        /// The later visit.
        to: String,
        /// What becomes of a missing later total: exclude (default) or locf.
        #[serde(default)]
        missing: Missing,
    },
    /// Whether the total at a visit is at most a value, as in remission.
    AtMost {
        /// The largest total that counts, in points, itself included.
        value: Finite,
        /// The visit.
        visit: String,
        /// What becomes of a missing total: exclude (default), non_responder or locf.
        #[serde(default)]
        missing: Missing,
    },
    /// Whether the total fell by at least so many percent, as in response.
    ImprovementAtLeast {
        /// The smallest improvement that counts, in percent of `from`, itself included.
        percent: Finite,
        /// The earlier visit; its total is baseline_score.
        from: String,
        /// The later visit.
        to: String,
        /// What becomes of a missing later total: exclude (default), non_responder or locf.
        #[serde(default)]
        missing: Missing,
    },
    /// A participant column, as it is; a yes-or-no column gives 1 and 0.
    Column {
        /// The column. Default: the endpoint's own name.
        #[serde(default)]
        column: Option<String>,
        /// Only exclude: there is no earlier visit to fill a missing value from.
        #[serde(default)]
        missing: Missing,
    },
}

/// What becomes of a participant whose total at the endpoint's visit is missing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Missing {
    /// The endpoint is missing, too.
    #[default]
    Exclude,
    /// The participant counts as not having reached a yes-or-no endpoint.
    NonResponder,
    /// The last total after the earlier visit is carried forward; the earlier visit's own total never is.
    Locf,
}

/// The course of the totals over the visits.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "model", rename_all = "snake_case", deny_unknown_fields)]
pub enum Trajectory {
    /// Number, mean, spread and quartiles at each visit, and the paired change from the first.
    Descriptive {
        /// Which visits: all (default), or a list.
        #[serde(default)]
        visits: Visits,
    },
    /// A mixed model for repeated measures (not built yet).
    Mmrm {
        /// Which visits: all (default), or a list.
        #[serde(default)]
        visits: Visits,
        /// The covariance between visits, for example unstructured.
        #[serde(default = "unstructured")]
        covariance: String,
        /// How degrees of freedom are found, for example kenward_roger.
        #[serde(default = "kenward_roger")]
        df: String,
    },
}

fn unstructured() -> String {
    "unstructured".to_owned()
}

fn kenward_roger() -> String {
    "kenward_roger".to_owned()
}

impl Default for Trajectory {
    fn default() -> Self {
        Trajectory::Descriptive { visits: Visits::All }
    }
}

impl Trajectory {
    /// The visits asked for.
    pub fn visits(&self) -> &Visits {
        match self {
            Trajectory::Descriptive { visits } | Trajectory::Mmrm { visits, .. } => visits,
        }
    }
}

/// Reads the endpoints and fills in the column of those that take a column of their own name.
fn named<'de, D: Deserializer<'de>>(deserializer: D) -> Result<BTreeMap<String, Endpoint>, D::Error> {
    let mut endpoints = BTreeMap::<String, Endpoint>::deserialize(deserializer)?;
    for (name, endpoint) in &mut endpoints {
        if let Endpoint::Column { column, .. } = endpoint {
            column.get_or_insert_with(|| name.clone());
        }
    }
    Ok(endpoints)
}

impl Endpoint {
    /// The kind's name.
    pub fn kind(&self) -> &'static str {
        match self {
            Endpoint::PercentImprovement { .. } => "percent_improvement",
            Endpoint::Difference { .. } => "difference",
            Endpoint::AtMost { .. } => "at_most",
            Endpoint::ImprovementAtLeast { .. } => "improvement_at_least",
            Endpoint::Column { .. } => "column",
        }
    }

    /// The visit whose total the endpoint is about; none for a column.
    pub fn visit(&self) -> Option<&str> {
        match self {
            Endpoint::PercentImprovement { to, .. }
            | Endpoint::Difference { to, .. }
            | Endpoint::ImprovementAtLeast { to, .. } => Some(to),
            Endpoint::AtMost { visit, .. } => Some(visit),
            Endpoint::Column { .. } => None,
        }
    }

    /// The earlier visit, where the endpoint names one.
    pub fn from(&self) -> Option<&str> {
        match self {
            Endpoint::PercentImprovement { from, .. }
            | Endpoint::Difference { from, .. }
            | Endpoint::ImprovementAtLeast { from, .. } => Some(from),
            Endpoint::AtMost { .. } | Endpoint::Column { .. } => None,
        }
    }

    /// The rule for a missing total.
    pub fn missing(&self) -> Missing {
        match self {
            Endpoint::PercentImprovement { missing, .. }
            | Endpoint::Difference { missing, .. }
            | Endpoint::AtMost { missing, .. }
            | Endpoint::ImprovementAtLeast { missing, .. }
            | Endpoint::Column { missing, .. } => *missing,
        }
    }

    /// Whether the kind is yes or no by itself; a column may be so by what it holds.
    pub fn is_yes_or_no(&self) -> bool {
        matches!(self, Endpoint::AtMost { .. } | Endpoint::ImprovementAtLeast { .. })
    }
}
