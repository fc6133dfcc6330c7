//! Correction of each sample's dilution or amount.
//!
//! Most methods divide a sample by one factor; `quantile` gives every sample the same distribution, `vsn` calibrates and
//! transforms, and `internal_standard` divides each analyte by a standard of its own. Probabilistic quotient
//! normalization follows Dieterle 2006 (10.1021/ac051632c) without its first step, the division by the sample's total:
//! write `sample: {method: sum}` before it where that is wanted.

pub mod by_reference;
pub mod factor;
pub mod internal_standard;
pub mod quantile;
pub mod vsn;

use std::borrow::Cow;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Fitted, State, StepError, StepNote, Training};
pub use factor::PqnReference;

/// Correction of each sample's dilution or amount.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "method", rename_all = "snake_case", deny_unknown_fields)]
pub enum SampleStep {
    /// No correction.
    None {
        /// The classes of analytes that the step is for, as the panel names them. Default: all.
        #[serde(default)]
        classes: Vec<String>,
    },
    /// Probabilistic quotient normalization (Dieterle 2006, 10.1021/ac051632c): division by the median quotient
    /// to a reference.
    Pqn {
        /// The reference profile. Default: median_of_all.
        #[serde(default)]
        reference: PqnReference,
        /// The classes of analytes that the step is for, as the panel names them. Default: all.
        #[serde(default)]
        classes: Vec<String>,
    },
    /// Every sample is brought to the study's median sum; sums are over the values that are there.
    Sum {
        /// The classes of analytes that the step is for, as the panel names them. Default: all.
        #[serde(default)]
        classes: Vec<String>,
    },
    /// Every sample is brought to the study's median of sample medians.
    Median {
        /// The classes of analytes that the step is for, as the panel names them. Default: all.
        #[serde(default)]
        classes: Vec<String>,
    },
    /// Every sample receives the study's mean quantiles by its own ranks (Bolstad 2003, 10.1093/bioinformatics/19.2.185).
    Quantile {
        /// The classes of analytes that the step is for, as the panel names them. Default: all.
        #[serde(default)]
        classes: Vec<String>,
    },
    /// Variance stabilization (Huber 2002, 10.1093/bioinformatics/18.suppl_1.S96): an offset and a factor per sample,
    /// then arsinh, by maximum likelihood. It transforms: the result is like a natural logarithm.
    Vsn {
        /// The classes of analytes that the step is for, as the panel names them. Default: all.
        #[serde(default)]
        classes: Vec<String>,
    },
    /// Each analyte is divided by its internal standard in the same sample, times the standard's median over the study.
    InternalStandard {
        /// One standard for all analytes, by its name. Default: each analyte's own, the panel's `internal_standard`.
        #[serde(default)]
        standard: Option<String>,
        /// Whether the standards stay among the analytes. Default: false, they are dropped after the step.
        #[serde(default)]
        keep_standards: bool,
        /// The classes of analytes that the step is for, as the panel names them. Default: all.
        #[serde(default)]
        classes: Vec<String>,
    },
    /// Each sample is divided by its creatinine, osmolality or the like, relative to the study's median.
    Reference {
        /// An analyte, or a column of numbers declared for the samples.
        by: String,
        /// The classes of analytes that the step is for, as the panel names them. Default: all.
        #[serde(default)]
        classes: Vec<String>,
    },
}

/// What a correction learned.
#[derive(Debug, Clone, PartialEq)]
pub enum FittedSample {
    Factor(factor::Factor),
    Quantile(quantile::Quantile),
    Vsn(vsn::Vsn),
    Standards(internal_standard::Standards),
    Reference(by_reference::Reference),
}

impl SampleStep {
    pub(super) fn classes(&self) -> &[String] {
        match self {
            SampleStep::None { classes }
            | SampleStep::Pqn { classes, .. }
            | SampleStep::Sum { classes }
            | SampleStep::Median { classes }
            | SampleStep::Quantile { classes }
            | SampleStep::Vsn { classes }
            | SampleStep::InternalStandard { classes, .. }
            | SampleStep::Reference { classes, .. } => classes,
        }
    }

    pub(super) fn learns_from_qc(&self) -> bool {
        matches!(self, SampleStep::Pqn { reference: PqnReference::MedianOfQc | PqnReference::MeanOfQc, .. })
    }

    /// Whether the values must be sizes, measured from zero.
    pub fn needs_the_measured_scale(&self) -> bool {
        !matches!(self, SampleStep::None { .. } | SampleStep::Quantile { .. })
    }

    /// Whether the values after the step are no longer measured from zero.
    pub fn leaves_the_measured_scale(&self) -> bool {
        matches!(self, SampleStep::Vsn { .. })
    }

    /// The analytes that the settings name, each with the setting below `sample`; `by` may be a column of the samples too.
    pub fn analytes(&self) -> Vec<(String, &'static str)> {
        match self {
            SampleStep::InternalStandard { standard: Some(name), .. } => vec![(name.clone(), "standard")],
            SampleStep::Reference { by, .. } => vec![(by.clone(), "by")],
            _ => Vec::new(),
        }
    }

    pub(super) fn fit(&self, place: usize, state: &State<'_>, training: Training<'_>) -> Result<Fitted, StepError> {
        let fitted = match self {
            SampleStep::None { .. } => return Ok(Fitted::Nothing("sample")),
            SampleStep::Pqn { reference, .. } => FittedSample::Factor(reference.fit(place, state, training)?),
            SampleStep::Sum { .. } => FittedSample::Factor(factor::Factor::sum(state, training.study)),
            SampleStep::Median { .. } => FittedSample::Factor(factor::Factor::median(state, training.study)),
            SampleStep::Quantile { .. } => FittedSample::Quantile(quantile::Quantile::fit(state, training.study)),
            SampleStep::Vsn { .. } => FittedSample::Vsn(vsn::fit(place, state, training.study)?),
            SampleStep::InternalStandard { standard, keep_standards, .. } => {
                let keep = *keep_standards;
                let standards = internal_standard::fit(place, state, training.study, standard.as_deref(), keep)?;
                FittedSample::Standards(standards)
            }
            SampleStep::Reference { by, .. } => {
                FittedSample::Reference(by_reference::fit(place, state, training.study, by)?)
            }
        };
        Ok(Fitted::Sample(fitted))
    }

    pub(super) fn scale_word(&self) -> Option<Cow<'static, str>> {
        Some(match self {
            SampleStep::None { .. } => return None,
            SampleStep::Pqn { .. } => "PQN-normalized".into(),
            SampleStep::Sum { .. } => "sum-normalized".into(),
            SampleStep::Median { .. } => "median-normalized".into(),
            SampleStep::Quantile { .. } => "quantile-normalized".into(),
            SampleStep::Vsn { .. } => "vsn (arsinh)".into(),
            SampleStep::InternalStandard { .. } => "relative to internal standards".into(),
            SampleStep::Reference { by, .. } => format!("relative to {by}").into(),
        })
    }

    pub(super) fn sentence(&self) -> Option<String> {
        Some(match self {
            SampleStep::None { .. } => return None,
            SampleStep::Pqn { reference, .. } => format!(
                "Samples were brought to a common dilution by probabilistic quotient normalization (Dieterle 2006, \
                 10.1021/ac051632c): each was divided by the median, over analytes, of its quotients to the {}; no \
                 total-sum normalization came before it unless stated.",
                reference.phrase()
            ),
            SampleStep::Sum { .. } => {
                "Each sample was scaled so that its values sum to the median sum of the study samples.".to_owned()
            }
            SampleStep::Median { .. } => {
                "Each sample was scaled so that its median equals the median of the study samples' medians.".to_owned()
            }
            SampleStep::Quantile { .. } => quantile::SENTENCE.to_owned(),
            SampleStep::Vsn { .. } => vsn::SENTENCE.to_owned(),
            SampleStep::InternalStandard { standard, keep_standards, .. } => {
                internal_standard::sentence(standard.as_deref(), *keep_standards)
            }
            SampleStep::Reference { by, .. } => format!(
                "Each sample was divided by its {by} relative to the median {by} of the study samples; {by} itself was \
                 left as it was measured."
            ),
        })
    }
}

impl FittedSample {
    pub(super) fn apply(&self, state: &mut State<'_>) -> StepNote {
        match self {
            FittedSample::Factor(fitted) => fitted.apply(state),
            FittedSample::Quantile(fitted) => fitted.apply(state),
            FittedSample::Vsn(fitted) => fitted.apply(state),
            FittedSample::Standards(fitted) => fitted.apply(state),
            FittedSample::Reference(fitted) => fitted.apply(state),
        }
    }
}
