//! Normalization of metabolite abundances as a sequence of steps, each a fit and an apply.
//!
//! Whatever a step learns (a reference spectrum, a fill value, a centre and a spread) it learns from the training rows;
//! what it does to a row depends on that and on the row alone. So the stage normalize can learn from the whole study,
//! and a prediction inside each fold, with the same code and without a leak.
//!
//! It does not decide which samples or analytes are good (that is quality control), it never fills a missing value
//! unless a step says so, and it never writes an infinite value: what a step cannot compute is missing, and counted.

pub mod area;
pub mod below_lod;
mod blocks;
pub mod change;
pub mod contrast;
pub mod drift;
pub mod filter;
mod idle_standards;
pub mod impute;
pub mod recipe;
pub mod replicates;
pub mod sample;
pub mod scale;
pub mod sheet;
mod state;
pub mod transform;
pub mod watch;

pub use area::AreaMeasure;
pub use change::{ChangeFit, Measure, Occasions};
pub use contrast::{AreaSettings, ChangeSettings, Clock};
pub use recipe::{Recipe, Step};
pub use replicates::Combine;
pub use sheet::{Facts, Injection, Sheet};
use state::State;
pub use watch::Moment;

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
    /// filter, below_lod, drift, sample, impute, transform or scale.
    pub step: &'static str,
    pub method: &'static str,
    /// Values that the step replaced or put in.
    pub values_changed: usize,
    /// What it learned, in words and numbers.
    pub detail: String,
    pub remarks: Vec<Remark>,
    /// What was decided about single analytes, by a step that decides analyte by analyte.
    pub decisions: Vec<Decision>,
}

/// What a step decided about one analyte.
#[derive(Debug, Clone, PartialEq)]
pub struct Decision {
    pub analyte: usize,
    /// done, left or dropped, as `quality` says it.
    pub decision: &'static str,
    pub reason: String,
    /// The robust RSD and D-ratio of pooled QC after the step, where the step knows them better than its result shows
    /// (a drift curve is judged by pooled QC samples that it did not see).
    pub after: Option<(Option<f64>, Option<f64>)>,
}

/// The rows that a step learns from.
#[derive(Debug, Clone, Copy)]
pub struct Training<'a> {
    pub study: &'a [usize],
    pub qc: &'a [usize],
}

/// A recipe with everything its steps learned.
#[derive(Debug, Clone, PartialEq)]
pub struct FittedRecipe {
    steps: Vec<FittedStep>,
    scale: String,
}

/// One step with what it learned and the analytes that it is for.
#[derive(Debug, Clone, PartialEq)]
struct FittedStep {
    scope: Vec<bool>,
    fitted: Fitted,
}

/// What one step learned.
#[derive(Debug, Clone, PartialEq)]
enum Fitted {
    Nothing(&'static str),
    BelowLod(below_lod::FittedBelowLod),
    Drift(drift::FittedDrift),
    Filter(filter::FittedFilter),
    Sample(sample::FittedSample),
    Impute(impute::FittedImpute),
    Transform(transform::Function),
    Scale(scale::FittedScale),
}

/// Normalized rows.
#[derive(Debug, Clone, PartialEq)]
pub struct Normalized {
    /// The values as they stand before the first transform, scale or vsn step: percent and the ratios use these.
    pub before_transform: Grid,
    /// The values after every step.
    pub scaled: Grid,
    /// Whether a step put the value in; laid out as the grid.
    pub imputed: Vec<bool>,
    /// The final scale in words: `log2, auto-scaled`.
    pub scale: String,
    /// What each step did, in order.
    pub notes: Vec<StepNote>,
    /// Whether an analyte is still there: a filter drops analytes, and the grids hold nothing of these.
    pub kept: Vec<bool>,
    /// The drift that was taken out of each value, in the unit of the values; missing where none was.
    pub curve: Option<Grid>,
}

impl Recipe {
    /// Learns every step, in order, from the training rows.
    ///
    /// Steps learn from the study samples among `train_rows`, and from the pooled QC samples among them where the step
    /// names these. A step that draws takes its numbers from streams named by `seed`, sample and analyte.
    ///
    /// # Errors
    /// A step that lacks what it is to learn from.
    pub fn fit(&self, sheet: &Sheet, train_rows: &[usize], seed: u64) -> Result<FittedRecipe, StepError> {
        let (steps, _) = self.learn(sheet, train_rows, seed, &mut |_| {})?;
        Ok(FittedRecipe { steps, scale: self.scale() })
    }

    /// Learns every step as [`Recipe::fit`] does and applies it to all rows, each step once; `watcher` is shown the rows
    /// after each of them. The result is that of `fit` and [`FittedRecipe::apply`].
    ///
    /// # Errors
    /// A step that lacks what it is to learn from.
    pub fn normalize(
        &self,
        sheet: &Sheet,
        train_rows: &[usize],
        seed: u64,
        watcher: &mut dyn FnMut(&Moment<'_>),
    ) -> Result<Normalized, StepError> {
        let (_, walk) = self.learn(sheet, train_rows, seed, watcher)?;
        Ok(walk.finish(self.scale()))
    }

    fn learn<'a>(
        &self,
        sheet: &'a Sheet,
        train_rows: &[usize],
        seed: u64,
        watcher: &mut dyn FnMut(&Moment<'_>),
    ) -> Result<(Vec<FittedStep>, Walk<'a>), StepError> {
        let known = train_rows.iter().copied().filter(|&row| row < sheet.grid.samples.len());
        let (qc, study): (Vec<usize>, Vec<usize>) = known.partition(|&row| sheet.is_qc(row));
        let mut walk = Walk::new(State { seed, ..State::new(sheet) });
        let mut steps = Vec::with_capacity(self.steps.len());
        for (place, step) in self.steps.iter().enumerate() {
            let scope = step.scope(sheet);
            walk.state.scope.clone_from(&scope);
            walk.state.divides_again = self.steps[place + 1..].iter().any(Step::divides_by_standards);
            one_scale(place, step, &walk.state)?;
            let fitted = step.fit(place, &walk.state, Training { study: &study, qc: &qc })?;
            let step = FittedStep { scope, fitted };
            walk.take(&step, watcher);
            steps.push(step);
        }
        Ok((steps, walk))
    }
}

impl FittedRecipe {
    /// Applies every step to all rows of `sheet`, which has the analytes that the recipe was fitted on.
    pub fn apply(&self, sheet: &Sheet) -> Normalized {
        let mut walk = Walk::new(State::new(sheet));
        self.steps.iter().for_each(|step| walk.take(step, &mut |_| {}));
        walk.finish(self.scale.clone())
    }
}

/// Refuses a step that has one scale for all of its analytes where some were transformed and others were not.
fn one_scale(place: usize, step: &Step, state: &State<'_>) -> Result<(), StepError> {
    let (left, measured): (Vec<usize>, Vec<usize>) =
        state.analytes().into_iter().partition(|&analyte| state.transformed[analyte]);
    let (Some(&left), Some(&measured)) = (left.first(), measured.first()) else { return Ok(()) };
    if !step.needs_one_scale() {
        return Ok(());
    }
    let names = &state.grid.analytes;
    let message = format!(
        "its analytes are on different scales: `{}` was transformed or scaled before, `{}` was not",
        names[left], names[measured]
    );
    let remedy = "move it before the step that was for some `classes`, or write it once for each scale, with `classes`";
    Err(StepError { step: place, setting: step.kind(), code: "mixed_scales", message, remedy: remedy.to_owned() })
}

/// Rows that take one step after the other.
struct Walk<'a> {
    state: State<'a>,
    /// Each analyte's values as they stood when a step first took them off their scale, and which were taken.
    before_transform: Option<Grid>,
    left: Vec<bool>,
    notes: Vec<StepNote>,
}

impl<'a> Walk<'a> {
    fn new(state: State<'a>) -> Self {
        let left = vec![false; state.scope.len()];
        Walk { state, before_transform: None, left, notes: Vec::new() }
    }

    /// Applies the next step and shows the rows to `watcher`.
    fn take(&mut self, step: &FittedStep, watcher: &mut dyn FnMut(&Moment<'_>)) {
        if step.fitted.leaves_the_measured_scale() {
            self.keep_measured(&step.scope);
        }
        let Walk { state, notes, .. } = self;
        let note = step.apply(state);
        let (grid, imputed, transformed) = (&state.grid, state.imputed.as_slice(), state.transformed.as_slice());
        watcher(&Moment { place: notes.len(), note: &note, grid, imputed, scope: &step.scope, transformed });
        notes.push(note);
    }

    /// Keeps the values that the step takes off their scale.
    fn keep_measured(&mut self, scope: &[bool]) {
        let Walk { state, before_transform, left, .. } = self;
        let kept = before_transform.get_or_insert_with(|| state.grid.clone());
        let leaves: Vec<bool> = left.iter().zip(scope).map(|(left, scope)| !left && *scope).collect();
        for (analyte, column) in kept.columns_mut().filter(|(analyte, _)| leaves[*analyte]) {
            column.copy_from_slice(state.grid.column(analyte));
            left[analyte] = true;
        }
    }

    fn finish(mut self, scale: String) -> Normalized {
        if self.before_transform.is_some() {
            self.keep_measured(&vec![true; self.left.len()]);
        }
        let State { grid: scaled, mut imputed, kept, curve, .. } = self.state;
        let samples = scaled.samples.len();
        for (cell, flag) in imputed.iter_mut().enumerate() {
            *flag &= !scaled.get(cell % samples, cell / samples).is_nan();
        }
        let before_transform = self.before_transform.unwrap_or_else(|| scaled.clone());
        Normalized { before_transform, scaled, imputed, scale, notes: self.notes, kept, curve }
    }
}

impl FittedStep {
    fn apply(&self, state: &mut State<'_>) -> StepNote {
        state.scope.clone_from(&self.scope);
        let note = self.fitted.apply(state);
        if self.fitted.leaves_the_measured_scale() {
            state.transformed.iter_mut().zip(&self.scope).for_each(|(left, scope)| *left |= scope);
        }
        note
    }
}

impl Fitted {
    fn apply(&self, state: &mut State<'_>) -> StepNote {
        match self {
            Fitted::Nothing(step) => {
                let detail = "nothing is done".to_owned();
                StepNote { step, method: "none", values_changed: 0, detail, remarks: Vec::new(), decisions: Vec::new() }
            }
            Fitted::BelowLod(step) => step.apply(state),
            Fitted::Drift(step) => step.apply(state),
            Fitted::Filter(step) => step.apply(state),
            Fitted::Sample(step) => step.apply(state),
            Fitted::Impute(step) => step.apply(state),
            Fitted::Transform(step) => step.apply(state),
            Fitted::Scale(step) => step.apply(state),
        }
    }

    fn leaves_the_measured_scale(&self) -> bool {
        matches!(self, Fitted::Transform(_) | Fitted::Scale(_) | Fitted::Sample(sample::FittedSample::Vsn(_)))
    }
}

#[cfg(test)]
mod tests;
#[cfg(test)]
mod reference_tests;
