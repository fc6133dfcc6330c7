//! Normalization of metabolite abundances as a sequence of steps, each a fit and an apply.
//!
//! Whatever a step learns (a reference spectrum, a fill value, a centre and a spread) it learns from the training rows;
//! what it does to a row depends on that and on the row alone. So the stage normalize can learn from the whole study,
//! and a prediction inside each fold, with the same code and without a leak.
//!
//! It does not decide which samples or analytes are good (that is quality control), it never fills a missing value
//! unless a step says so, and it never writes an infinite value: what a step cannot compute is missing, and counted.

pub mod below_lod;
pub mod change;
pub mod impute;
pub mod recipe;
pub mod sample;
pub mod scale;
pub mod sheet;
pub mod transform;

pub use change::{ChangeFit, Measure};
pub use recipe::{ChangeSettings, Recipe, Step};
pub use sheet::{Measurement, Sheet};

use super::grid::Grid;

/// Why a step could not learn what it needs.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("step {}: {message}", .step + 1)]
pub struct StepError {
    /// The step's place in the recipe, from 0.
    pub step: usize,
    /// The setting below the step, for example `sample.reference`.
    pub setting: &'static str,
    /// A stable name in snake_case.
    pub code: &'static str,
    pub message: String,
    pub remedy: String,
}

/// Something a step noticed.
#[derive(Debug, Clone, PartialEq)]
pub struct Remark {
    pub code: &'static str,
    /// The analyte or the sample.
    pub subject: String,
    pub message: String,
    pub hint: &'static str,
}

/// What one step did to the rows it was applied to.
#[derive(Debug, Clone, PartialEq)]
pub struct StepNote {
    /// below_lod, sample, impute, transform or scale.
    pub step: &'static str,
    pub method: &'static str,
    /// Values that the step replaced or put in.
    pub values_changed: usize,
    /// What it learned, in words and numbers.
    pub detail: String,
    pub remarks: Vec<Remark>,
}

/// A recipe with everything its steps learned.
#[derive(Debug, Clone, PartialEq)]
pub struct FittedRecipe {
    steps: Vec<Fitted>,
    scale: String,
}

/// What one step learned.
#[derive(Debug, Clone, PartialEq)]
enum Fitted {
    Nothing(&'static str),
    BelowLod(below_lod::BelowLod),
    Sample(sample::FittedSample),
    Impute(impute::FittedImpute),
    Transform(transform::TransformMethod),
    Scale(scale::FittedScale),
}

/// Normalized rows.
#[derive(Debug, Clone, PartialEq)]
pub struct Normalized {
    /// The values as they stand before the first transform or scale step: percent and the ratios use these.
    pub before_transform: Grid,
    /// The values after every step.
    pub scaled: Grid,
    /// Whether a step put the value in; laid out as the grid.
    pub imputed: Vec<bool>,
    /// The final scale in words: `log2, auto-scaled`.
    pub scale: String,
    /// What each step did, in order.
    pub notes: Vec<StepNote>,
}

/// The rows on their way through the steps.
struct State<'a> {
    sheet: &'a Sheet,
    grid: Grid,
    imputed: Vec<bool>,
}

impl<'a> State<'a> {
    fn new(sheet: &'a Sheet) -> Self {
        let cells = sheet.grid.samples.len() * sheet.grid.analytes.len();
        State { sheet, grid: sheet.grid.clone(), imputed: vec![false; cells] }
    }

    /// Puts a value in where none was measured.
    fn put(&mut self, row: usize, analyte: usize, value: f64) {
        self.grid.set(row, analyte, value);
        let cell = analyte * self.grid.samples.len() + row;
        if let Some(flag) = self.imputed.get_mut(cell) {
            *flag = !value.is_nan();
        }
    }

    /// The present values of an analyte in some rows.
    fn present(&self, analyte: usize, rows: &[usize]) -> Vec<f64> {
        let column = self.grid.column(analyte);
        rows.iter().filter_map(|&row| column.get(row).copied()).filter(|value| value.is_finite()).collect()
    }
}

impl Recipe {
    /// Learns every step, in order, from the training rows.
    ///
    /// Steps learn from the study samples among `train_rows`, and from the pooled QC samples among them where the step
    /// names these.
    ///
    /// # Errors
    /// A step that is not built, or one that lacks what it is to learn from.
    pub fn fit(&self, sheet: &Sheet, train_rows: &[usize]) -> Result<FittedRecipe, StepError> {
        let known = train_rows.iter().copied().filter(|&row| row < sheet.grid.samples.len());
        let (qc, study): (Vec<usize>, Vec<usize>) = known.partition(|&row| sheet.is_qc(row));
        let mut state = State::new(sheet);
        let mut steps = Vec::with_capacity(self.steps.len());
        for (place, step) in self.steps.iter().enumerate() {
            let fitted = step.fit(place, &state, &study, &qc)?;
            fitted.apply(&mut state);
            steps.push(fitted);
        }
        Ok(FittedRecipe { steps, scale: self.scale() })
    }
}

impl FittedRecipe {
    /// Applies every step to all rows of `sheet`, which has the analytes that the recipe was fitted on.
    pub fn apply(&self, sheet: &Sheet) -> Normalized {
        let mut state = State::new(sheet);
        let mut before_transform = None;
        let mut notes = Vec::with_capacity(self.steps.len());
        for step in &self.steps {
            if step.leaves_the_measured_scale() && before_transform.is_none() {
                before_transform = Some(state.grid.clone());
            }
            notes.push(step.apply(&mut state));
        }
        let State { grid: scaled, mut imputed, .. } = state;
        let samples = scaled.samples.len();
        for (cell, flag) in imputed.iter_mut().enumerate() {
            *flag &= !scaled.get(cell % samples, cell / samples).is_nan();
        }
        let before_transform = before_transform.unwrap_or_else(|| scaled.clone());
        Normalized { before_transform, scaled, imputed, scale: self.scale.clone(), notes }
    }
}

impl Fitted {
    fn apply(&self, state: &mut State<'_>) -> StepNote {
        match self {
            Fitted::Nothing(step) => {
                let detail = "nothing is done".to_owned();
                StepNote { step, method: "none", values_changed: 0, detail, remarks: Vec::new() }
            }
            Fitted::BelowLod(step) => step.apply(state),
            Fitted::Sample(step) => step.apply(state),
            Fitted::Impute(step) => step.apply(state),
            Fitted::Transform(step) => step.apply(state),
            Fitted::Scale(step) => step.apply(state),
        }
    }

    fn leaves_the_measured_scale(&self) -> bool {
        matches!(self, Fitted::Transform(_) | Fitted::Scale(_))
    }
}

#[cfg(test)]
mod tests;
