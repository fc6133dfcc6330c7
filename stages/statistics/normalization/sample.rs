//! Correction of each sample's dilution or amount: one factor per sample.
//!
//! Probabilistic quotient normalization follows Dieterle 2006 (10.1021/ac051632c) without its first step, the division
//! by the sample's total: write `sample: {method: sum}` before it where that is wanted.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Fitted, Remark, State, StepError, StepNote};
use crate::statistics::descriptive::{self, show};

/// Correction of each sample's dilution or amount.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "method", rename_all = "snake_case", deny_unknown_fields)]
pub enum SampleStep {
    /// No correction.
    None {},
    /// Probabilistic quotient normalization (Dieterle 2006, 10.1021/ac051632c): division by the median quotient
    /// to a reference.
    Pqn {
        /// The reference profile. Default: median_of_all.
        #[serde(default)]
        reference: PqnReference,
    },
    /// Every sample is brought to the study's median sum; sums are over the values that are there.
    Sum {},
    /// Every sample is brought to the study's median of sample medians.
    Median {},
    /// Division by an internal standard (not built yet).
    InternalStandard {},
}

/// What PQN takes as the reference profile.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PqnReference {
    /// The median of each analyte over all study samples.
    #[default]
    MedianOfAll,
    /// The median of each analyte over the pooled QC samples.
    MedianOfQc,
    /// The mean of each analyte over the pooled QC samples.
    MeanOfQc,
}

/// What a correction learned.
#[derive(Debug, Clone, PartialEq)]
pub enum FittedSample {
    /// The reference profile; an analyte without one is not used.
    Pqn { reference: Vec<Option<f64>>, source: &'static str },
    /// The sum that every sample is brought to.
    Sum { target: f64 },
    /// The median that every sample is brought to.
    Median { target: f64 },
}

impl SampleStep {
    pub(super) fn learns_from_qc(&self) -> bool {
        matches!(self, SampleStep::Pqn { reference: PqnReference::MedianOfQc | PqnReference::MeanOfQc })
    }

    pub(super) fn fit(
        &self,
        place: usize,
        state: &State<'_>,
        study: &[usize],
        qc: &[usize],
    ) -> Result<Fitted, StepError> {
        let fitted = match self {
            SampleStep::None {} | SampleStep::InternalStandard {} => return Ok(Fitted::Nothing("sample")),
            SampleStep::Pqn { .. } if self.learns_from_qc() && qc.is_empty() => return Err(no_qc(place)),
            SampleStep::Pqn { reference } => reference.learn(state, study, qc),
            SampleStep::Sum {} => FittedSample::Sum { target: typical(state, study, sum) },
            SampleStep::Median {} => FittedSample::Median { target: typical(state, study, descriptive::median) },
        };
        Ok(Fitted::Sample(fitted))
    }

    pub(super) fn scale_word(&self) -> Option<&'static str> {
        match self {
            SampleStep::None {} | SampleStep::InternalStandard {} => None,
            SampleStep::Pqn { .. } => Some("PQN-normalized"),
            SampleStep::Sum {} => Some("sum-normalized"),
            SampleStep::Median {} => Some("median-normalized"),
        }
    }

    pub(super) fn sentence(&self) -> Option<String> {
        Some(match self {
            SampleStep::None {} | SampleStep::InternalStandard {} => return None,
            SampleStep::Pqn { reference } => format!(
                "Samples were brought to a common dilution by probabilistic quotient normalization (Dieterle 2006, \
                 10.1021/ac051632c): each was divided by the median, over analytes, of its quotients to the {}; no \
                 total-sum normalization came before it unless stated.",
                reference.phrase()
            ),
            SampleStep::Sum {} => {
                "Each sample was scaled so that its values sum to the median sum of the study samples.".to_owned()
            }
            SampleStep::Median {} => {
                "Each sample was scaled so that its median equals the median of the study samples' medians.".to_owned()
            }
        })
    }
}

impl PqnReference {
    fn phrase(self) -> &'static str {
        match self {
            PqnReference::MedianOfAll => "median of all study samples",
            PqnReference::MedianOfQc => "median of the pooled QC samples",
            PqnReference::MeanOfQc => "mean of the pooled QC samples",
        }
    }

    fn learn(self, state: &State<'_>, study: &[usize], qc: &[usize]) -> FittedSample {
        let profile = |analyte| match self {
            PqnReference::MedianOfAll => descriptive::median(&state.present(analyte, study)),
            PqnReference::MedianOfQc => descriptive::median(&state.present(analyte, qc)),
            PqnReference::MeanOfQc => descriptive::mean(&state.present(analyte, qc)),
        };
        // METHOD: an analyte whose reference is zero or less has no quotient and does not vote.
        let positive = |analyte| profile(analyte).filter(|value| *value > 0.0);
        let reference = (0..state.grid.analytes.len()).map(positive).collect();
        FittedSample::Pqn { reference, source: self.phrase() }
    }
}

fn no_qc(place: usize) -> StepError {
    StepError {
        step: place,
        setting: "sample.reference",
        code: "no_pooled_qc",
        message: "the reference is the pooled QC samples, and there are none".to_owned(),
        remedy: "use `reference: median_of_all`, or give samples of type pooled_qc".to_owned(),
    }
}

fn sum(values: &[f64]) -> Option<f64> {
    (!values.is_empty()).then(|| values.iter().sum())
}

/// The median, over samples, of each sample's own amount.
fn typical(state: &State<'_>, rows: &[usize], amount: impl Fn(&[f64]) -> Option<f64>) -> f64 {
    let amounts = rows.iter().filter_map(|&row| amount(&descriptive::present(&state.grid.row(row))));
    descriptive::median(&amounts.collect::<Vec<_>>()).unwrap_or(f64::NAN)
}

impl FittedSample {
    fn word(&self) -> &'static str {
        match self {
            FittedSample::Pqn { .. } => "pqn",
            FittedSample::Sum { .. } => "sum",
            FittedSample::Median { .. } => "median",
        }
    }

    /// What a sample's values are divided by; none where it is undefined or not positive.
    ///
    /// METHOD: sums, medians and quotients are over the values that are there. A missing value lowers a sample's sum,
    /// so impute before `sum` where values are missing; medians and quotients hardly move.
    fn factor(&self, row: &[f64]) -> Option<f64> {
        let factor = match self {
            FittedSample::Pqn { reference, .. } => {
                let pairs = row.iter().zip(reference);
                let quotients = pairs.filter_map(|(value, reference)| reference.map(|reference| value / reference));
                descriptive::median(&descriptive::present(&quotients.collect::<Vec<_>>()))
            }
            FittedSample::Sum { target } => sum(&descriptive::present(row)).map(|sum| sum / target),
            FittedSample::Median { target } => descriptive::median(&descriptive::present(row)).map(|m| m / target),
        };
        factor.filter(|factor| factor.is_finite() && *factor > 0.0)
    }

    pub(super) fn apply(&self, state: &mut State<'_>) -> StepNote {
        let (mut changed, mut remarks, mut factors) = (0, Vec::new(), Vec::new());
        for row in 0..state.grid.samples.len() {
            let values = state.grid.row(row);
            let factor = self.factor(&values);
            if factor.is_none() && values.iter().any(|value| !value.is_nan()) {
                remarks.push(no_factor(&state.grid.samples[row], self.word()));
            }
            factors.extend(factor);
            for (analyte, value) in values.iter().enumerate().filter(|(_, value)| !value.is_nan()) {
                state.grid.set(row, analyte, factor.map_or(f64::NAN, |factor| value / factor));
                changed += 1;
            }
        }
        let detail = self.detail(&factors);
        StepNote { step: "sample", method: self.word(), values_changed: changed, detail, remarks }
    }

    fn detail(&self, factors: &[f64]) -> String {
        let learned = match self {
            FittedSample::Pqn { reference, source } => {
                format!("reference: {source}, {} analytes", reference.iter().flatten().count())
            }
            FittedSample::Sum { target } => format!("brought to a sum of {}", show(*target)),
            FittedSample::Median { target } => format!("brought to a median of {}", show(*target)),
        };
        match descriptive::extremes(factors) {
            Some((low, high)) => format!("{learned}; samples were divided by {} to {}", show(low), show(high)),
            None => learned,
        }
    }
}

fn no_factor(sample: &str, method: &str) -> Remark {
    Remark {
        code: "sample_not_normalized",
        subject: sample.to_owned(),
        message: format!("the sample has no positive factor for `{method}`; its values are missing from here on"),
        hint: "look at the sample; `sum`, `median` and `pqn` are for values measured from zero",
    }
}
