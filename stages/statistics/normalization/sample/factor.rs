//! One factor per sample: probabilistic quotients, sums and medians.

use rayon::prelude::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::statistics::descriptive::{self, median_in_place, show};
use crate::statistics::normalization::blocks::each_row;
use crate::statistics::normalization::{Remark, State, StepError, StepNote, Training};

/// What PQN takes as the reference profile.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PqnReference {
    /// The median of each analyte over all study samples.
    #[default]
    MedianOfAll,
    /// The median of each analyte over the pooled QC samples.
    MedianOfQc,
    /// The mean of each analyte over the pooled QC samples.
    MeanOfQc,
    /// The median of each analyte over the study samples of one timepoint: `{timepoint: baseline}`.
    Timepoint(String),
}

/// What every sample is divided by.
#[derive(Debug, Clone, PartialEq)]
pub enum Factor {
    /// The reference profile; an analyte without one is not used.
    Pqn { reference: Vec<Option<f64>>, source: String },
    /// The sum that every sample is brought to.
    Sum { target: f64 },
    /// The median that every sample is brought to.
    Median { target: f64 },
}

impl PqnReference {
    pub(super) fn phrase(&self) -> Cow {
        match self {
            PqnReference::MedianOfAll => "median of all study samples".into(),
            PqnReference::MedianOfQc => "median of the pooled QC samples".into(),
            PqnReference::MeanOfQc => "mean of the pooled QC samples".into(),
            PqnReference::Timepoint(timepoint) => format!("median of the study samples of `{timepoint}`").into(),
        }
    }

    /// Learns the reference profile, a value per analyte of the grid.
    pub(super) fn fit(
        &self,
        place: usize,
        state: &State<'_>,
        Training { study, qc }: Training<'_>,
    ) -> Result<Factor, StepError> {
        let of = |row: &usize, timepoint: &String| {
            state.sheet.injections.get(*row).is_some_and(|injection| injection.timepoint.as_ref() == Some(timepoint))
        };
        let rows: Vec<usize> = match self {
            PqnReference::MedianOfAll => study.to_vec(),
            PqnReference::MedianOfQc | PqnReference::MeanOfQc => qc.to_vec(),
            PqnReference::Timepoint(timepoint) => study.iter().copied().filter(|row| of(row, timepoint)).collect(),
        };
        if rows.is_empty() && *self != PqnReference::MedianOfAll {
            return Err(self.nothing_to_refer_to(place));
        }
        let profile = |analyte: usize| match self {
            PqnReference::MeanOfQc => descriptive::mean(&state.present(analyte, &rows)),
            _ => median_in_place(&mut state.present(analyte, &rows)),
        };
        // METHOD: an analyte whose reference is zero or less has no quotient and does not vote.
        let positive = |analyte: &usize| profile(*analyte).filter(|value| *value > 0.0);
        let analytes = state.analytes();
        let learned: Vec<Option<f64>> = analytes.par_iter().map(positive).collect();
        let mut reference = vec![None; state.grid.analytes.len()];
        analytes.iter().zip(learned).for_each(|(&analyte, value)| reference[analyte] = value);
        Ok(Factor::Pqn { reference, source: self.phrase().into_owned() })
    }

    fn nothing_to_refer_to(&self, place: usize) -> StepError {
        let (code, message, remedy) = match self {
            PqnReference::Timepoint(timepoint) => (
                "no_reference_samples",
                format!("the reference is the study samples of `{timepoint}`, and there are none to learn from"),
                "name a timepoint that has study samples, or use `reference: median_of_all`",
            ),
            _ => (
                "no_pooled_qc",
                "the reference is the pooled QC samples, and there are none".to_owned(),
                "use `reference: median_of_all`, or give samples of type pooled_qc",
            ),
        };
        StepError { step: place, setting: "sample.reference", code, message, remedy: remedy.to_owned() }
    }
}

type Cow = std::borrow::Cow<'static, str>;

fn sum(values: &mut [f64]) -> Option<f64> {
    (!values.is_empty()).then(|| values.iter().sum())
}

/// The median, over some rows, of each row's own amount.
///
/// METHOD: a sample whose amount is zero has no factor, and says nothing of what a typical sample holds.
fn typical(state: &State<'_>, rows: &[usize], amount: fn(&mut [f64]) -> Option<f64>) -> f64 {
    let amounts = each_row(&state.grid, &state.analytes(), |_, values| amount(&mut descriptive::present(values)));
    let mut amounts: Vec<f64> = rows.iter().filter_map(|&row| amounts[row]).filter(|amount| *amount > 0.0).collect();
    median_in_place(&mut amounts).unwrap_or(f64::NAN)
}

impl Factor {
    pub(super) fn sum(state: &State<'_>, study: &[usize]) -> Factor {
        Factor::Sum { target: typical(state, study, sum) }
    }

    pub(super) fn median(state: &State<'_>, study: &[usize]) -> Factor {
        Factor::Median { target: typical(state, study, median_in_place) }
    }

    fn word(&self) -> &'static str {
        match self {
            Factor::Pqn { .. } => "pqn",
            Factor::Sum { .. } => "sum",
            Factor::Median { .. } => "median",
        }
    }

    /// What a sample's values are divided by; none where it is undefined or not positive.
    ///
    /// METHOD: sums, medians and quotients are over the values that are there. A missing value lowers a sample's sum,
    /// so impute before `sum` where values are missing; medians and quotients hardly move.
    fn of(&self, row: &[f64], analytes: &[usize]) -> Option<f64> {
        let factor = match self {
            Factor::Pqn { reference, .. } => {
                let pairs = row.iter().zip(analytes);
                let quotients = pairs.filter_map(|(value, &a)| reference.get(a).copied().flatten().map(|r| value / r));
                median_in_place(&mut quotients.filter(|quotient| quotient.is_finite()).collect::<Vec<_>>())
            }
            Factor::Sum { target } => sum(&mut descriptive::present(row)).map(|sum| sum / target),
            Factor::Median { target } => median_in_place(&mut descriptive::present(row)).map(|m| m / target),
        };
        factor.filter(|factor| factor.is_finite() && *factor > 0.0)
    }

    pub(super) fn apply(&self, state: &mut State<'_>) -> StepNote {
        let analytes = state.analytes();
        let factors = each_row(&state.grid, &analytes, |_, row| {
            (self.of(row, &analytes), row.iter().any(|value| !value.is_nan()))
        });
        let without = factors.iter().enumerate().filter(|(_, (factor, any))| factor.is_none() && *any);
        let mut remarks: Vec<Remark> =
            without.map(|(row, _)| no_factor(&state.grid.samples[row], self.word())).collect();
        if let Factor::Sum { .. } = self {
            remarks.extend(sum_with_gaps(state, &analytes));
        }
        let factors: Vec<Option<f64>> = factors.into_iter().map(|(factor, _)| factor).collect();
        let values_changed = divide(state, &analytes, &factors);
        let detail = self.detail(&factors.into_iter().flatten().collect::<Vec<_>>());
        StepNote { step: "sample", method: self.word(), values_changed, detail, remarks, decisions: Vec::new() }
    }

    fn detail(&self, factors: &[f64]) -> String {
        let learned = match self {
            Factor::Pqn { reference, source } => {
                format!("reference: {source}, {} analytes", reference.iter().flatten().count())
            }
            Factor::Sum { target } => format!("brought to a sum of {}", show(*target)),
            Factor::Median { target } => format!("brought to a median of {}", show(*target)),
        };
        with_range(learned, factors)
    }
}

/// Divides the values of some analytes by their sample's factor; without one they become missing. Counts the values.
pub(super) fn divide(state: &mut State<'_>, analytes: &[usize], factors: &[Option<f64>]) -> usize {
    let mut wanted = vec![false; state.grid.analytes.len()];
    analytes.iter().for_each(|&analyte| wanted[analyte] = true);
    let columns: Vec<&mut [f64]> = state.grid.columns_mut().filter(|(a, _)| wanted[*a]).map(|(_, c)| c).collect();
    let of = |column: &mut [f64]| {
        let present = column.iter_mut().zip(factors).filter(|(value, _)| !value.is_nan());
        present.map(|(value, factor)| *value = quotient(*value, *factor)).count()
    };
    columns.into_par_iter().map(of).sum()
}

fn quotient(value: f64, factor: Option<f64>) -> f64 {
    factor.map(|factor| value / factor).filter(|value| value.is_finite()).unwrap_or(f64::NAN)
}

/// A sentence's end that says between what bounds the factors lie.
pub(super) fn with_range(learned: String, factors: &[f64]) -> String {
    match descriptive::extremes(factors) {
        Some((low, high)) => format!("{learned}; samples were divided by {} to {}", show(low), show(high)),
        None => learned,
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

/// Says that values are missing from sums, and which of the analytes with gaps has the largest part in them.
fn sum_with_gaps(state: &State<'_>, analytes: &[usize]) -> Option<Remark> {
    // A sample without any value has no sum at all, and is none that lacks a part.
    let gaps_of = each_row(&state.grid, analytes, |_, row| row.iter().filter(|value| value.is_nan()).count());
    let rows: Vec<usize> = (0..gaps_of.len()).filter(|&row| (1..analytes.len()).contains(&gaps_of[row])).collect();
    let with_gap = analytes.iter().filter(|&&a| rows.iter().any(|&row| state.grid.get(row, a).is_nan()));
    let sums = each_row(&state.grid, analytes, |_, row| sum(&mut descriptive::present(row)).unwrap_or(f64::NAN));
    let part = |&a: &usize| {
        let parts = state.grid.column(a).iter().zip(&sums).map(|(value, sum)| value / sum);
        Some((median_in_place(&mut parts.filter(|part| part.is_finite()).collect::<Vec<_>>())?, a))
    };
    let (share, largest) = with_gap.filter_map(part).max_by(|one, other| one.0.total_cmp(&other.0))?;
    let gaps: usize = rows.iter().map(|&row| gaps_of[row]).sum();
    let missing = rows.iter().filter(|&&row| state.grid.get(row, largest).is_nan()).count();
    Some(Remark {
        code: "sum_with_gaps",
        subject: state.grid.analytes[largest].clone(),
        message: format!(
            "{gaps} values are missing in {} samples that are divided by their sum, so that their other values come out \
             too large; `{}`, missing in {missing} of these, is typically {} % of the sum where it is there",
            rows.len(),
            state.grid.analytes[largest],
            show(100.0 * share)
        ),
        hint: "impute before `sum`, or use `pqn` or `median`, which gaps hardly move",
    })
}
