//! Batches brought to a common median.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::super::{Decision, Remark, State, StepError, StepNote, Training};
use super::batches::{self, Batches};
use crate::statistics::descriptive;
use crate::statistics::grid::Grid;

/// Each batch's median is brought to the overall median, analyte by analyte.
///
/// A value becomes `value · M/m` with m the median of its batch and M that of all batches together; after a transform
/// `value + M - m`. It takes out shifts between batches, and no drift within one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct BatchMedian {
    /// The samples whose medians are taken. Default: qc.
    pub of: Of,
    /// Fewest such samples that a batch must have; 1 or more. Default: 3.
    #[schemars(range(min = 1))]
    pub min_samples: u32,
    /// The classes of analytes that the step is for, as the panel names them. Default: all.
    pub classes: Vec<String>,
}

/// The samples whose medians are taken.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Of {
    /// The pooled QC samples, which are the same in every batch.
    #[default]
    Qc,
    /// The study samples: right where each batch holds a random share of them.
    Study,
    /// Both.
    All,
}

/// What the correction learned.
#[derive(Debug, Clone, PartialEq)]
pub(in super::super) struct FittedMedians {
    ratio: bool,
    batches: Batches,
    /// By analyte: the overall median and that of each batch; none where it is left as it is.
    medians: Vec<Option<(f64, Vec<f64>)>>,
    decisions: Vec<Decision>,
}

impl Default for BatchMedian {
    fn default() -> Self {
        BatchMedian { of: Of::Qc, min_samples: 3, classes: Vec::new() }
    }
}

impl Of {
    fn phrase(self) -> &'static str {
        match self {
            Of::Qc => "pooled QC samples",
            Of::Study => "study samples",
            Of::All => "study and pooled QC samples",
        }
    }

    fn rows(self, study: &[usize], qc: &[usize]) -> Vec<usize> {
        let mut rows = match self {
            Of::Qc => qc.to_vec(),
            Of::Study => study.to_vec(),
            Of::All => [study, qc].concat(),
        };
        rows.sort_unstable();
        rows
    }
}

impl BatchMedian {
    pub(super) fn fit(
        &self,
        place: usize,
        state: &State<'_>,
        Training { study, qc }: Training<'_>,
    ) -> Result<FittedMedians, StepError> {
        let sheet = state.sheet;
        let batches = Batches::of(sheet, place)?;
        self.enough(place, state, &batches)?;
        let of = batches.of_rows(sheet);
        let rows = self.of.rows(study, qc);
        let mut fitted = FittedMedians {
            ratio: !state.is_transformed(),
            medians: vec![None; sheet.grid.analytes.len()],
            decisions: Vec::new(),
            batches,
        };
        for analyte in state.analytes() {
            let learned = fitted.learn(state, analyte, &of, &rows, self.of);
            fitted.decide(analyte, learned);
        }
        Ok(fitted)
    }

    /// METHOD: whether a batch is large enough is asked of all its samples, so that a fold of a prediction, which leaves
    /// one participant out, does not stop where the whole study goes on.
    fn enough(&self, place: usize, state: &State<'_>, batches: &Batches) -> Result<(), StepError> {
        let sheet = state.sheet;
        let (qc, study): (Vec<usize>, Vec<usize>) = (0..sheet.injections.len()).partition(|&row| sheet.is_qc(row));
        let counts = batches.count(sheet, self.of.rows(&study, &qc).into_iter());
        let few = |(batch, n): (usize, &usize)| {
            (*n < self.min_samples as usize).then(|| format!("{} has {n}", batches.say(batch)))
        };
        let few: Vec<String> = counts.iter().enumerate().filter_map(few).collect();
        if few.is_empty() {
            return Ok(());
        }
        Err(StepError {
            step: place,
            setting: "drift.min_samples",
            code: if self.of == Of::Qc { "too_few_qc" } else { "batch_too_small" },
            message: format!("each batch needs {} {}: {}", self.min_samples, self.of.phrase(), few.join(", ")),
            remedy: "leave the batch out, or join it to another in `batch`".to_owned(),
        })
    }

    pub(super) fn out_of_range(&self) -> Option<(&'static str, String, String)> {
        let message = || "the median of no sample is nothing".to_owned();
        (self.min_samples < 1).then(|| ("drift.min_samples", message(), "give 1 or more".to_owned()))
    }

    pub(super) fn sentence(&self, transformed: bool) -> String {
        let by = if transformed { "by a difference" } else { "by a ratio" };
        format!(
            "Batches were aligned {by}: for each analyte, the median of each batch's {} was brought to their median over \
             all batches.",
            self.of.phrase()
        )
    }
}

impl FittedMedians {
    fn learn(
        &self,
        state: &State<'_>,
        analyte: usize,
        of: &[Option<usize>],
        rows: &[usize],
        kind: Of,
    ) -> Result<(f64, Vec<f64>), String> {
        if self.batches.len() < 2 {
            return Err("all samples are of one batch".to_owned());
        }
        let sound = |median: Option<f64>, what: String| match median {
            None => Err(format!("no value among the {} of {what}", kind.phrase())),
            Some(median) if self.ratio && median <= 0.0 => Err(format!("the median of {what} is zero or less")),
            Some(median) => Ok(median),
        };
        let overall = sound(descriptive::median(&state.measured(analyte, rows)), "all batches".to_owned())?;
        let median = |batch: usize| {
            let own: Vec<usize> = rows.iter().copied().filter(|&row| of[row] == Some(batch)).collect();
            sound(descriptive::median(&state.measured(analyte, &own)), self.batches.say(batch))
        };
        Ok((overall, (0..self.batches.len()).map(median).collect::<Result<_, _>>()?))
    }

    fn decide(&mut self, analyte: usize, learned: Result<(f64, Vec<f64>), String>) {
        let (decision, reason) = match learned {
            Ok(medians) => {
                self.medians[analyte] = Some(medians);
                ("done", String::new())
            }
            Err(why) => ("left", why),
        };
        self.decisions.push(Decision { analyte, decision, reason, after: None });
    }

    pub fn apply(&self, state: &mut State<'_>) -> StepNote {
        let sheet = state.sheet;
        let of = self.batches.of_rows(sheet);
        let missing = || Grid::missing(sheet.grid.samples.clone(), sheet.grid.analytes.clone());
        let mut drift = state.curve.take().unwrap_or_else(missing);
        let (mut changed, mut done) = (0, 0);
        for (analyte, column) in state.columns_mut() {
            let Some((overall, medians)) = self.medians.get(analyte).and_then(Option::as_ref) else { continue };
            done += 1;
            for (row, value) in column.iter_mut().enumerate() {
                let median = of[row].map_or(f64::NAN, |batch| medians[batch]);
                drift.set(row, analyte, median);
                if !value.is_nan() {
                    let corrected = if self.ratio { *value / median * overall } else { *value - median + overall };
                    *value = if corrected.is_finite() { corrected } else { f64::NAN };
                    changed += 1;
                }
            }
        }
        state.curve = Some(drift);
        let all = self.decisions.len();
        StepNote {
            step: "drift",
            method: "batch_median",
            values_changed: changed,
            detail: format!("{done} of {all} analytes were aligned over {} batches", self.batches.len()),
            remarks: self.remarks(state, &of),
            decisions: self.decisions.clone(),
        }
    }

    fn remarks(&self, state: &State<'_>, of: &[Option<usize>]) -> Vec<Remark> {
        let name = |analyte: usize| state.sheet.grid.analytes[analyte].clone();
        let left = self.decisions.iter().filter(|decision| decision.decision == "left");
        let mut remarks: Vec<Remark> = match self.batches.len() {
            0 | 1 => vec![batches::alone()],
            _ => left.map(|decision| batches::not_aligned(name(decision.analyte), &decision.reason)).collect(),
        };
        let unknown: Vec<&str> =
            (0..of.len()).filter(|&row| of[row].is_none()).map(|row| state.sheet.grid.samples[row].as_str()).collect();
        remarks.extend((!unknown.is_empty()).then(|| batches::unknown(&unknown)));
        remarks
    }
}
