//! The settings of normalization: the steps in their order, and the change that is taken afterwards.

use std::borrow::Cow;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::below_lod::BelowLod;
use super::contrast::{AreaSettings, ChangeSettings};
use super::drift::Drift;
use super::filter::Filter;
use super::impute::Impute;
use super::sample::SampleStep;
use super::scale::Scale;
use super::transform::Transform;
use super::{Fitted, Sheet, State, StepError, Training};
use crate::contract::OneOrMany;

/// The settings of normalize: the steps in their order, and the change that is taken afterwards.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Recipe {
    /// The steps, in this order; each is one of the built-in kinds with its own settings. Default: none, the values as
    /// they were measured. What a step learns it learns from the study or QC samples it names, all timepoints, after qc.
    pub steps: Vec<Step>,
    /// The change of each metabolite within each participant: one, or a list of them. Default: none is taken.
    pub change: Option<OneOrMany<ChangeSettings>>,
    /// The area under each metabolite's curve within each participant: one, or a list. Default: none is taken.
    pub area: Option<OneOrMany<AreaSettings>>,
}

/// One step of normalization.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// Rules of quality control applied between steps.
    Filter(Filter),
    /// What becomes of values below the limit of detection.
    BelowLod(BelowLod),
    /// Correction of drift over the injection order or between batches.
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

impl Recipe {
    /// Whether a step learns from the pooled QC samples.
    pub fn learns_from_qc(&self) -> bool {
        self.steps.iter().any(|step| match step {
            Step::Sample(step) => step.learns_from_qc(),
            Step::Drift(step) => step.learns_from_qc(),
            Step::Filter(step) => step.learns_from_qc(),
            Step::Transform(step) => step.learns_from_qc(),
            _ => false,
        })
    }

    /// The changes that are taken, in the order of the settings.
    pub fn changes(&self) -> &[ChangeSettings] {
        self.change.as_ref().map(OneOrMany::as_slice).unwrap_or_default()
    }

    /// The areas that are taken, in the order of the settings.
    pub fn areas(&self) -> &[AreaSettings] {
        self.area.as_ref().map(OneOrMany::as_slice).unwrap_or_default()
    }

    /// The final scale in words: `log2, auto-scaled`; `as measured` where no step changes it.
    pub fn scale(&self) -> String {
        let words: Vec<Cow<'static, str>> = self.steps.iter().filter_map(Step::scale_word).collect();
        if words.is_empty() { "as measured".to_owned() } else { words.join(", ") }
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

    /// The classes of analytes that the step is for; all where it names none.
    pub fn classes(&self) -> &[String] {
        match self {
            Step::BelowLod(step) => step.classes(),
            Step::Sample(step) => step.classes(),
            Step::Impute(step) => step.classes(),
            Step::Transform(step) => step.classes(),
            Step::Scale(step) => &step.classes,
            Step::Filter(step) => &step.classes,
            Step::Drift(step) => step.classes(),
        }
    }

    /// Whether the step is for the analytes of a class; for those of no named class where it is `None`.
    pub fn is_for_class(&self, class: Option<&str>) -> bool {
        let classes = self.classes();
        classes.is_empty() || class.is_some_and(|class| classes.iter().any(|one| one == class))
    }

    /// Whether some analyte may be of both steps.
    pub fn shares_classes_with(&self, other: &Step) -> bool {
        let classes = self.classes();
        other.classes().is_empty() || classes.is_empty() || classes.iter().any(|class| other.is_for_class(Some(class)))
    }

    /// Whether the step divides by internal standards.
    pub fn divides_by_standards(&self) -> bool {
        matches!(self, Step::Sample(SampleStep::InternalStandard { .. }))
    }

    /// Whether the step draws random numbers.
    pub fn draws(&self) -> bool {
        match self {
            Step::BelowLod(step) => step.draws(),
            Step::Impute(step) => matches!(step, Impute::Qrilc { .. }),
            _ => false,
        }
    }

    /// Whether the step has one scale for all of its analytes, or compares their values with each other.
    pub(super) fn needs_one_scale(&self) -> bool {
        match self {
            Step::Drift(step) => !matches!(step, Drift::None { .. }),
            Step::Sample(step) => !matches!(step, SampleStep::None { .. }),
            Step::Impute(step) => step.compares_analytes(),
            _ => false,
        }
    }

    /// Whether the step is for each analyte.
    pub(super) fn scope(&self, sheet: &Sheet) -> Vec<bool> {
        sheet.facts.iter().map(|facts| self.is_for_class(facts.class.as_deref())).collect()
    }

    /// Whether the values after this step are no longer on a scale measured from zero.
    pub fn leaves_the_measured_scale(&self) -> bool {
        match self {
            Step::Sample(step) => step.leaves_the_measured_scale(),
            Step::Transform(step) => step.leaves_the_measured_scale(),
            Step::Scale(step) => step.method != super::scale::ScaleMethod::None,
            _ => false,
        }
    }

    /// The sentence of the methods section; none for a step that does nothing. `transformed` where a step before left
    /// the scale measured from zero.
    pub fn sentence(&self, transformed: bool) -> Option<String> {
        match self {
            Step::Filter(step) => step.sentence(),
            Step::Drift(step) => step.sentence(transformed),
            Step::BelowLod(step) => step.sentence(),
            Step::Sample(step) => step.sentence(),
            Step::Impute(step) => step.sentence(),
            Step::Transform(step) => step.sentence(),
            Step::Scale(step) => step.sentence(),
        }
    }

    /// The analytes that the settings name, each with the setting below the step.
    pub fn analytes(&self) -> Vec<(String, String)> {
        match self {
            Step::Sample(step) => {
                step.analytes().into_iter().map(|(name, key)| (name, format!("sample.{key}"))).collect()
            }
            _ => Vec::new(),
        }
    }

    fn scale_word(&self) -> Option<Cow<'static, str>> {
        match self {
            Step::Sample(step) => step.scale_word(),
            Step::Transform(step) => step.scale_word().map(Cow::from),
            Step::Scale(step) => step.scale_word().map(Cow::from),
            Step::Filter(_) | Step::BelowLod(_) | Step::Drift(_) | Step::Impute(_) => None,
        }
    }

    /// Learns the step from the study or the QC rows of `state`.
    pub(super) fn fit(&self, place: usize, state: &State<'_>, training: Training<'_>) -> Result<Fitted, StepError> {
        Ok(match self {
            Step::Filter(step) => return step.fit(place, state, training),
            Step::Drift(step) => return step.fit(place, state, training),
            Step::BelowLod(step) => step.fit(state, training.study),
            Step::Sample(step) => return step.fit(place, state, training),
            Step::Impute(step) => return step.fit(place, state, training.study),
            Step::Transform(step) => return step.fit(place, state, training),
            Step::Scale(step) => step.fit(state, training.study),
        })
    }
}
