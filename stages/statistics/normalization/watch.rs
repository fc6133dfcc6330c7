//! What can be seen of the rows between two steps, for whoever records what each step did.

use super::StepNote;
use crate::statistics::grid::Grid;

/// The rows as one step left them.
#[derive(Debug, Clone, Copy)]
pub struct Moment<'a> {
    /// The step's place in the recipe, from 0.
    pub place: usize,
    pub note: &'a StepNote,
    /// Every value after the step; missing of an analyte that was dropped.
    pub grid: &'a Grid,
    /// Whether a step put the value in; laid out as the grid.
    pub imputed: &'a [bool],
    /// Whether the step is for each analyte.
    pub scope: &'a [bool],
    /// Whether each analyte's values are no longer measured from zero: a transform, scale or vsn step was for it.
    pub transformed: &'a [bool],
}
