//! One value per analyte: half of the smallest, or the median.

use rayon::prelude::*;

use super::{Filled, gaps, put_all};
use crate::statistics::descriptive;
use crate::statistics::normalization::{State, StepNote};

/// The value that each analyte's missing values receive.
#[derive(Debug, Clone, PartialEq)]
pub struct FittedValue {
    method: &'static str,
    fill: Vec<Option<f64>>,
}

impl FittedValue {
    /// METHOD: the smallest positive value, so that a zero put in below the limit of detection is not halved.
    pub(super) fn half_min(state: &State<'_>, study: &[usize]) -> Self {
        Self::learn("half_min", state, study, |values| {
            let positive = values.iter().copied().filter(|value| *value > 0.0);
            positive.min_by(f64::total_cmp).map(|low| low / 2.0)
        })
    }

    pub(super) fn median(state: &State<'_>, study: &[usize]) -> Self {
        Self::learn("median", state, study, descriptive::median_in_place)
    }

    fn learn(
        method: &'static str,
        state: &State<'_>,
        study: &[usize],
        of: impl Fn(&mut [f64]) -> Option<f64> + Sync,
    ) -> Self {
        let analytes = (0..state.grid.analytes.len()).into_par_iter();
        let fill = analytes.map(|analyte| of(&mut state.present(analyte, study))).collect();
        FittedValue { method, fill }
    }

    pub(super) fn apply(&self, state: &mut State<'_>) -> StepNote {
        let of = |analyte: usize| {
            let fill = self.fill.get(analyte).copied().flatten().unwrap_or(f64::NAN);
            Filled { analyte, values: gaps(state, analyte).into_iter().map(|row| (row, fill)).collect() }
        };
        let found = state.analytes().into_iter().map(of).collect();
        put_all(state, self.method, found, &format!("no study sample has a value for `{}`", self.method))
    }
}
