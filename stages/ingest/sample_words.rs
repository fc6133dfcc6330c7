//! The settings' words for samples: what a column holds, what a sample is, when it should have been drawn.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::contract::quantity::{NonNegative, Range};

/// A column of the samples' file that has a meaning of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SampleColumn {
    /// The timepoint at which a study sample was drawn.
    Timepoint,
    /// The type of sample; a study sample where it is missing.
    Type,
    /// The analytical batch.
    Batch,
    /// The place in the order of injection, a whole number.
    InjectionOrder,
    /// Hours after the infusion.
    HoursAfterInfusion,
    /// Days since baseline.
    Day,
    /// Which of several measurements of the same participant and timepoint.
    Replicate,
    /// The concentration of a dilution relative to the undiluted pool.
    Dilution,
    /// Hours since the last meal.
    FastingHours,
    /// The time of day: `08:30`, or hours after midnight.
    TimeOfDay,
}

impl SampleColumn {
    /// The column's own name.
    pub fn name(self) -> &'static str {
        match self {
            SampleColumn::Timepoint => "timepoint",
            SampleColumn::Type => "type",
            SampleColumn::Batch => "batch",
            SampleColumn::InjectionOrder => "injection_order",
            SampleColumn::HoursAfterInfusion => "hours_after_infusion",
            SampleColumn::Day => "day",
            SampleColumn::Replicate => "replicate",
            SampleColumn::Dilution => "dilution",
            SampleColumn::FastingHours => "fasting_hours",
            SampleColumn::TimeOfDay => "time_of_day",
        }
    }
}

/// What a sample is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SampleType {
    /// Of a participant.
    Study,
    /// A pool of the study's samples, measured again and again.
    PooledQc,
    /// A dilution of the pool.
    Dilution,
    /// A reference material from elsewhere.
    Reference,
    /// Everything but a sample.
    Blank,
}

impl SampleType {
    pub const ALL: [SampleType; 5] =
        [SampleType::Study, SampleType::PooledQc, SampleType::Dilution, SampleType::Reference, SampleType::Blank];

    /// The type's name, as tables write it.
    pub fn name(self) -> &'static str {
        match self {
            SampleType::Study => "study",
            SampleType::PooledQc => "pooled_qc",
            SampleType::Dilution => "dilution",
            SampleType::Reference => "reference",
            SampleType::Blank => "blank",
        }
    }
}

/// A further number of each sample.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Covariate {
    /// Its unit, for the reader. Default: none.
    pub unit: Option<String>,
    /// Its header, where that is not its name.
    pub column: Option<String>,
}

/// When a timepoint's samples should have been drawn, and how a sample without a timepoint finds its own.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Timepoint {
    /// The declared window in hours after the infusion, bounds included; qc judges it. Default: none.
    pub hours_after_infusion: Option<Range>,
    /// Days since baseline, bounds included: a sample without a timepoint, drawn on such a day, is of this one.
    pub day: Option<Range>,
    /// A visit: a sample without a timepoint, drawn within `within_days` of the participant's visit, is of this one.
    pub visit: Option<String>,
    /// How many days a sample may lie from the visit, either way. Default: 0, the same day.
    pub within_days: Option<NonNegative>,
}
