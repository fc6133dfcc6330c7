//! The settings of normalization: the steps in their order, and the change that is taken afterwards.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::below_lod::BelowLod;
use super::change::Measure;
use super::impute::Impute;
use super::sample::SampleStep;
use super::scale::Scale;
use super::transform::{Transform, TransformMethod};
use super::{Fitted, State, StepError};
use crate::contract::quantity::{Fraction, NonNegative};

/// The settings of normalize: the steps in their order, and the change that is taken afterwards.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Recipe {
    /// The steps, in this order; each is one of the built-in kinds with its own settings. Default: none, the values as
    /// they were measured. What a step learns it learns from the study or QC samples it names, all timepoints, after qc.
    pub steps: Vec<Step>,
    /// The change of each metabolite within each participant. Default: none is taken.
    pub change: Option<ChangeSettings>,
}

/// One step of normalization.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// A QC rule applied between steps (not built yet).
    Filter(Filter),
    /// What becomes of values below the limit of detection.
    BelowLod(BelowLod),
    /// Correction of drift over the injection order or between batches (not built yet, but for `none`).
    Drift(Drift),
    /// Correction of each sample's dilution or amount.
    Sample(SampleStep),
    /// What is put in for missing values.
    Impute(Impute),
    /// A transformation of every value.
    Transform(Transform),
    /// Centring and scaling of each analyte.
    Scale(Scale),
}

/// A QC rule applied between steps.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Filter {
    /// Largest share of missing values among study samples, 0 to 1.
    pub max_missing: Option<Fraction>,
    /// Largest RSD of the pooled QC samples, as a fraction (Broadhurst 2018, 10.1007/s11306-018-1367-3).
    pub max_qc_rsd: Option<NonNegative>,
    /// Largest ratio of the spread of QC to that of study samples (Broadhurst 2018, 10.1007/s11306-018-1367-3).
    pub max_d_ratio: Option<NonNegative>,
}

/// Correction of drift.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Drift {
    /// The method; only `none` is built yet.
    pub method: DriftMethod,
}

/// Methods of drift correction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DriftMethod {
    /// No correction.
    None,
    /// A smoothing spline through the pooled QC samples (not built yet).
    QcRsc,
    /// Local regression through the pooled QC samples (not built yet).
    Loess,
    /// Batches brought to a common median (not built yet).
    BatchMedian,
    /// Empirical-Bayes batch correction (not built yet).
    Combat,
}

impl DriftMethod {
    fn word(self) -> &'static str {
        match self {
            DriftMethod::None => "none",
            DriftMethod::QcRsc => "qc_rsc",
            DriftMethod::Loess => "loess",
            DriftMethod::BatchMedian => "batch_median",
            DriftMethod::Combat => "combat",
        }
    }
}

/// The change that is taken within each participant.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeSettings {
    /// The earlier timepoint.
    pub from: String,
    /// The later timepoint.
    pub to: String,
    /// The measures: percent and the ratios are of the values as they stand before the first transform or scale step,
    /// difference and residualized on the final scale.
    pub measures: Vec<Measure>,
}

impl ChangeSettings {
    /// The contrast as tables name it.
    pub fn contrast(&self) -> String {
        format!("{} - {}", self.to, self.from)
    }
}

impl Recipe {
    /// Whether a step learns from the pooled QC samples.
    pub fn learns_from_qc(&self) -> bool {
        self.steps.iter().any(|step| matches!(step, Step::Sample(sample) if sample.learns_from_qc()))
    }

    /// The final scale in words: `log2, auto-scaled`; `as measured` where no step changes it.
    pub fn scale(&self) -> String {
        let words: Vec<&str> = self.steps.iter().filter_map(Step::scale_word).collect();
        if words.is_empty() { "as measured".to_owned() } else { words.join(", ") }
    }

    /// The steps that this version cannot do: place, setting below the step, and the word.
    pub fn not_built(&self) -> Vec<(usize, &'static str, &'static str)> {
        let steps = self.steps.iter().enumerate();
        steps.filter_map(|(place, step)| step.not_built().map(|(setting, word)| (place, setting, word))).collect()
    }
}

impl Step {
    /// The step's kind, as the configuration writes it.
    pub fn kind(&self) -> &'static str {
        match self {
            Step::Filter(_) => "filter",
            Step::BelowLod(_) => "below_lod",
            Step::Drift(_) => "drift",
            Step::Sample(_) => "sample",
            Step::Impute(_) => "impute",
            Step::Transform(_) => "transform",
            Step::Scale(_) => "scale",
        }
    }

    /// Whether the values after this step are no longer on a scale measured from zero.
    pub fn leaves_the_measured_scale(&self) -> bool {
        match self {
            Step::Transform(step) => step.method != TransformMethod::None,
            Step::Scale(step) => step.method != super::scale::ScaleMethod::None,
            _ => false,
        }
    }

    /// The sentence of the methods section; none for a step that does nothing.
    pub fn sentence(&self) -> Option<String> {
        match self {
            Step::Filter(_) | Step::Drift(_) => None,
            Step::BelowLod(step) => step.sentence(),
            Step::Sample(step) => step.sentence(),
            Step::Impute(step) => step.sentence(),
            Step::Transform(step) => step.sentence(),
            Step::Scale(step) => step.sentence(),
        }
    }

    fn scale_word(&self) -> Option<&'static str> {
        match self {
            Step::Sample(step) => step.scale_word(),
            Step::Transform(step) => step.scale_word(),
            Step::Scale(step) => step.scale_word(),
            Step::Filter(_) | Step::BelowLod(_) | Step::Drift(_) | Step::Impute(_) => None,
        }
    }

    fn not_built(&self) -> Option<(&'static str, &'static str)> {
        match self {
            Step::Filter(_) => Some(("filter", "filter")),
            Step::Drift(Drift { method: DriftMethod::None }) => None,
            Step::Drift(Drift { method }) => Some(("drift.method", method.word())),
            Step::Sample(SampleStep::InternalStandard {}) => Some(("sample.method", "internal_standard")),
            Step::Impute(step) => step.method.not_built().map(|word| ("impute.method", word)),
            Step::Transform(step) => step.method.not_built().map(|word| ("transform.method", word)),
            Step::Sample(_) | Step::BelowLod(_) | Step::Scale(_) => None,
        }
    }

    /// Learns the step from the study or the QC rows of `state`.
    pub(super) fn fit(
        &self,
        place: usize,
        state: &State<'_>,
        study: &[usize],
        qc: &[usize],
    ) -> Result<Fitted, StepError> {
        if let Some((setting, word)) = self.not_built() {
            let message = format!("`{word}` is part of the contract and not built yet");
            let remedy = "choose another method, or leave the step out".to_owned();
            return Err(StepError { step: place, setting, code: "not_built", message, remedy });
        }
        Ok(match self {
            Step::Filter(_) | Step::Drift(_) => Fitted::Nothing(self.kind()),
            Step::BelowLod(step) => step.fit(),
            Step::Sample(step) => return step.fit(place, state, study, qc),
            Step::Impute(step) => step.fit(state, study),
            Step::Transform(step) => step.fit(),
            Step::Scale(step) => step.fit(state, study),
        })
    }
}
