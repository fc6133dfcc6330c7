//! Which timepoints are compared within a participant, and how.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::area::AreaMeasure;
use super::change::Measure;
use crate::contract::OneOrMany;

/// A change that is taken within each participant.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeSettings {
    /// What tables and predictors call it. Default: `to - from`.
    #[serde(default)]
    pub name: Option<String>,
    /// The earlier timepoint; of several, the mean of the values that are there.
    pub from: OneOrMany<String>,
    /// The later timepoint; of several, the mean of the values that are there.
    pub to: OneOrMany<String>,
    /// The measures: percent and the ratios are of the values as they stand before the first transform, scale or vsn step,
    /// difference and residualized on the final scale.
    pub measures: Vec<Measure>,
}

impl ChangeSettings {
    /// The contrast as tables name it.
    pub fn contrast(&self) -> String {
        let default = || format!("{} - {}", occasion(self.to.as_slice()), occasion(self.from.as_slice()));
        self.name.clone().unwrap_or_else(default)
    }
}

/// A timepoint, or the mean of several, in words.
pub fn occasion(timepoints: &[String]) -> String {
    match timepoints {
        [one] => one.clone(),
        several => format!("mean({})", several.join(", ")),
    }
}

/// An area under the curve that is taken within each participant.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AreaSettings {
    /// What tables and predictors call it. Default: `area(a, b, c)`.
    #[serde(default)]
    pub name: Option<String>,
    /// The timepoints in the order of time, at least two.
    pub timepoints: Vec<String>,
    /// The time of each timepoint, in any unit, growing. Default: the samples' own times, by `clock`.
    #[serde(default)]
    pub times: Option<Vec<f64>>,
    /// Which of the samples' own times counts. Default: hours_after_infusion.
    #[serde(default)]
    pub clock: Clock,
    /// The measures: area, incremental_area, time_average.
    pub measures: Vec<AreaMeasure>,
}

/// A time that the samples' table gives.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Clock {
    /// Hours after the infusion.
    #[default]
    HoursAfterInfusion,
    /// Days since baseline.
    Day,
}

impl Clock {
    /// The column's name.
    pub fn word(self) -> &'static str {
        match self {
            Clock::HoursAfterInfusion => "hours_after_infusion",
            Clock::Day => "day",
        }
    }
}

impl AreaSettings {
    /// The contrast as tables name it.
    pub fn contrast(&self) -> String {
        self.name.clone().unwrap_or_else(|| format!("area({})", self.timepoints.join(", ")))
    }
}
