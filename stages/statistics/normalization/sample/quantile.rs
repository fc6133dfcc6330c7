//! Quantile normalization: every sample receives the study's mean quantiles by its own ranks.
//!
//! Source: Bolstad 2003, 10.1093/bioinformatics/19.2.185. It takes for granted that samples differ in how much was
//! measured and not in how it is distributed.

use crate::statistics::normalization::blocks::{each_of, rewrite_rows};
use crate::statistics::normalization::{State, StepNote};

pub(super) const SENTENCE: &str = "Samples were brought to one distribution by quantile normalization (Bolstad 2003, \
     10.1093/bioinformatics/19.2.185): each value was replaced by the mean, over study samples, of the values of its rank; \
     equal values share their mean rank, and ranks among the values that are there are stretched over the whole.";

/// Rows whose order statistics are held at a time.
const ROWS: usize = 512;

/// The mean order statistics of the training samples, one per analyte of the step.
#[derive(Debug, Clone, PartialEq)]
pub struct Quantile {
    target: Vec<f64>,
}

impl Quantile {
    pub(super) fn fit(state: &State<'_>, study: &[usize]) -> Quantile {
        let analytes = state.analytes();
        let width = analytes.len();
        let (mut sums, mut count) = (vec![0.0; width], 0_usize);
        for rows in study.chunks(ROWS) {
            for sorted in each_of(&state.grid, &analytes, rows, |_, row| stretched(row)).into_iter().flatten() {
                sums.iter_mut().zip(sorted).for_each(|(sum, value)| *sum += value);
                count += 1;
            }
        }
        Quantile { target: sums.into_iter().map(|sum| sum / count as f64).collect() }
    }

    pub(super) fn apply(&self, state: &mut State<'_>) -> StepNote {
        let analytes = state.analytes();
        let changed = rewrite_rows(&mut state.grid, &analytes, |_, row| assign(row, &self.target));
        let detail = format!("{} samples were given the mean quantiles of {} analytes", changed.len(), analytes.len());
        StepNote {
            step: "sample",
            method: "quantile",
            values_changed: changed.into_iter().sum(),
            detail,
            remarks: Vec::new(),
            decisions: Vec::new(),
        }
    }
}

/// The sorted values of a row, stretched over as many places as the row has; none where nothing is there.
///
/// METHOD: with m of p values there, place j takes the order statistic at `j (m - 1)/(p - 1)`, linear in between.
fn stretched(row: &[f64]) -> Option<Vec<f64>> {
    let mut sorted: Vec<f64> = row.iter().copied().filter(|value| value.is_finite()).collect();
    sorted.sort_by(f64::total_cmp);
    let (last, places) = (sorted.len().checked_sub(1)? as f64, row.len());
    if sorted.len() == places {
        return Some(sorted);
    }
    let step = if places > 1 { last / (places - 1) as f64 } else { 0.0 };
    Some((0..places).map(|place| at(&sorted, place as f64 * step)).collect())
}

/// The value at a place between order statistics; `sorted` has at least one.
fn at(sorted: &[f64], place: f64) -> f64 {
    let last = sorted.len() - 1;
    let low = (place.floor() as usize).min(last);
    let (below, above) = (sorted[low], sorted[(low + 1).min(last)]);
    below + (place - low as f64) * (above - below)
}

/// Replaces each value by the target at its rank; counts the values.
///
/// METHOD: equal values share their mean rank; a value that is alone in its sample takes the middle of the target.
fn assign(row: &mut [f64], target: &[f64]) -> usize {
    let mut order: Vec<(f64, usize)> = row.iter().copied().enumerate().map(|(at, value)| (value, at)).collect();
    order.retain(|(value, _)| value.is_finite());
    order.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    let (count, last) = (order.len(), target.len().saturating_sub(1) as f64);
    let mut from = 0;
    while from < count {
        let equal = order[from..].iter().take_while(|(value, _)| *value == order[from].0).count();
        let rank = from as f64 + (equal - 1) as f64 / 2.0;
        let share = if count > 1 { rank / (count - 1) as f64 } else { 0.5 };
        let place = if count == target.len() { rank } else { share * last };
        let value = at(target, place);
        order[from..from + equal].iter().for_each(|(_, at)| row[*at] = value);
        from += equal;
    }
    count
}
