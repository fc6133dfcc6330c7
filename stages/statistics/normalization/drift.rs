//! Correction of drift over the injections and between batches.
//!
//! Two methods draw a curve through the pooled QC samples of each batch ([`qc_rsc`], [`loess`], in the common frame of
//! [`curves`]); one brings batches to a common median ([`batch_median`]); one shrinks batch effects towards what all
//! analytes have in common ([`combat`]). On values measured from zero a correction is a ratio, after a transform a
//! difference.
//!
//! It corrects no sample by its own value: what is learned is learned from pooled QC samples, or from all study samples
//! of a batch together.

mod batches;
mod batch_median;
mod combat;
mod curves;
mod empirical_bayes;
mod loess;
mod qc_rsc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use batch_median::BatchMedian;
pub use combat::{Combat, TIMEPOINT};
pub use curves::Keep;
pub use curves::plain::{Injected, correct};
pub use loess::{Degree, Loess, Span};
pub use qc_rsc::{QcRsc, Smoothing};

use super::{Fitted, State, StepError, StepNote, Training};
use batch_median::FittedMedians;
use combat::FittedCombat;
use curves::FittedCurves;

/// Correction of drift over the order of injection, or between batches.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "method", rename_all = "snake_case", deny_unknown_fields)]
pub enum Drift {
    /// No correction.
    None {
        /// The classes of analytes that the step is for, as the panel names them. Default: all.
        #[serde(default)]
        classes: Vec<String>,
    },
    /// A smoothing spline through the pooled QC samples of each batch.
    QcRsc(QcRsc),
    /// Local regression through the pooled QC samples of each batch.
    Loess(Loess),
    /// Each batch's median is brought to the overall median.
    BatchMedian(BatchMedian),
    /// Empirical-Bayes correction of each batch's location and spread.
    Combat(Combat),
}

/// What a correction learned.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum FittedDrift {
    Curves(FittedCurves),
    Medians(FittedMedians),
    Combat(FittedCombat),
}

impl Drift {
    pub(super) fn classes(&self) -> &[String] {
        match self {
            Drift::None { classes } => classes,
            Drift::QcRsc(step) => &step.classes,
            Drift::Loess(step) => &step.classes,
            Drift::BatchMedian(step) => &step.classes,
            Drift::Combat(step) => &step.classes,
        }
    }

    /// The covariates whose effect is not to be taken for a batch's.
    pub fn protected(&self) -> &[String] {
        match self {
            Drift::Combat(step) => &step.protect,
            _ => &[],
        }
    }

    /// Whether the correction learns from the pooled QC samples.
    pub(super) fn learns_from_qc(&self) -> bool {
        match self {
            Drift::QcRsc(_) | Drift::Loess(_) => true,
            Drift::BatchMedian(step) => step.of != batch_median::Of::Study,
            Drift::None { .. } | Drift::Combat(_) => false,
        }
    }

    /// A setting that is out of its range, with what is wrong and what to do.
    pub fn out_of_range(&self) -> Option<(&'static str, String, String)> {
        match self {
            Drift::QcRsc(step) => step.out_of_range(),
            Drift::Loess(step) => step.out_of_range(),
            Drift::BatchMedian(step) => step.out_of_range(),
            Drift::Combat(step) => step.out_of_range(),
            Drift::None { .. } => None,
        }
    }

    pub(super) fn fit(&self, place: usize, state: &State<'_>, training: Training<'_>) -> Result<Fitted, StepError> {
        let fitted = match self {
            Drift::None { .. } => return Ok(Fitted::Nothing("drift")),
            Drift::QcRsc(step) => FittedDrift::Curves(step.frame(place).fit(state, training)?),
            Drift::Loess(step) => FittedDrift::Curves(step.frame(place).fit(state, training)?),
            Drift::BatchMedian(step) => FittedDrift::Medians(step.fit(place, state, training)?),
            Drift::Combat(step) => FittedDrift::Combat(step.fit(place, state, training)?),
        };
        Ok(Fitted::Drift(fitted))
    }

    /// The sentences of the methods section; `transformed` where a transform or scale step comes before.
    pub(super) fn sentence(&self, transformed: bool) -> Option<String> {
        match self {
            Drift::None { .. } => None,
            Drift::QcRsc(step) => Some(step.sentence(transformed)),
            Drift::Loess(step) => Some(step.sentence(transformed)),
            Drift::BatchMedian(step) => Some(step.sentence(transformed)),
            Drift::Combat(step) => Some(step.sentence(transformed)),
        }
    }
}

impl FittedDrift {
    pub(super) fn apply(&self, state: &mut State<'_>) -> StepNote {
        match self {
            FittedDrift::Curves(fitted) => fitted.apply(state),
            FittedDrift::Medians(fitted) => fitted.apply(state),
            FittedDrift::Combat(fitted) => fitted.apply(state),
        }
    }
}

#[cfg(test)]
mod tests;
