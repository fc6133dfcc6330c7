//! Quantile regression imputation of left-censored data (QRILC): draws below what a sample shows.
//!
//! Sample by sample, as the authors' own program does it: the sample's values are taken for a normal distribution whose
//! lower part, as large as the missing share, was cut off. Mean and standard deviation come from the line of the present
//! values' quantiles on the normal quantiles above the cut; a gap receives a draw from the part below. Only the sample
//! itself is used, so nothing is learned. It is for logarithms.
//!
//! Source: Lazar 2016, 10.1021/acs.jproteome.5b00981. METHOD: the spread of the draws is the line's slope; the authors'
//! program hands it to its sampler as a variance.

use super::{Filled, put_all};
use crate::statistics::descriptive;
use crate::statistics::normalization::blocks::each_row;
use crate::statistics::normalization::{Remark, State, StepNote};
use crate::statistics::random::Stream;
use crate::statistics::tails::{normal_quantile, normal_sf};

/// The fewest values that a sample's distribution is estimated from.
const FEWEST: usize = 5;
/// Quantiles on the line: from 0.001 to 0.991 in steps of 0.01.
const QUANTILES: usize = 100;

/// What draws need.
#[derive(Debug, Clone, PartialEq)]
pub struct Qrilc {
    pub(super) seed: u64,
    pub(super) tune_sigma: f64,
}

/// A normal distribution and the share of it that was cut off below.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Censored {
    pub mean: f64,
    pub sd: f64,
    pub cut: f64,
}

impl Censored {
    /// Estimates the distribution of a sample with `missing` values below what is there.
    ///
    /// The quantiles of the present values at 0.001, 0.011, …, 0.991 (R's type 7) are regressed on the normal quantiles
    /// at as many equal steps from `π + 0.001` to 0.991, with π the missing share: intercept and slope are mean and
    /// standard deviation. None with fewer than five values, without spread, or where nearly all is missing.
    pub fn fit(present: &[f64], missing: usize) -> Option<Censored> {
        let share = missing as f64 / (present.len() + missing) as f64;
        if present.len() < FEWEST || share >= 0.99 {
            return None;
        }
        let mut sorted = present.to_vec();
        sorted.sort_by(f64::total_cmp);
        let steps = (QUANTILES - 1) as f64;
        let place = |step: usize| (0.001 + 0.99 * step as f64 / steps) * (sorted.len() - 1) as f64;
        let observed = (0..QUANTILES).map(|step| {
            let (low, part) = (place(step).floor() as usize, place(step).fract());
            sorted[low] + part * (sorted[(low + 1).min(sorted.len() - 1)] - sorted[low])
        });
        let normal = (0..QUANTILES).map(|step| normal_quantile(share + 0.001 + (0.99 - share) * step as f64 / steps));
        let (observed, normal): (Vec<f64>, Vec<f64>) = (observed.collect(), normal.collect());
        let (mean_y, mean_x) = (descriptive::mean(&observed)?, descriptive::mean(&normal)?);
        let cross: f64 = normal.iter().zip(&observed).map(|(x, y)| (x - mean_x) * (y - mean_y)).sum();
        let square: f64 = normal.iter().map(|x| (x - mean_x) * (x - mean_x)).sum();
        let sd = cross / square;
        let found = Censored { mean: mean_y - sd * mean_x, sd, cut: share + 0.001 };
        (sd > 0.0 && found.mean.is_finite()).then_some(found)
    }

    /// The value below which the sample is taken to be cut off.
    pub fn bound(&self) -> f64 {
        self.mean + self.sd * normal_quantile(self.cut)
    }

    /// The value at a share `u` of the part below the bound, its spread multiplied by `tune`.
    pub fn below(&self, u: f64, tune: f64) -> f64 {
        let sd = self.sd * tune;
        let part = normal_sf(-(self.bound() - self.mean) / sd);
        self.mean + sd * normal_quantile(u * part)
    }
}

impl Qrilc {
    pub(super) fn apply(&self, state: &mut State<'_>) -> StepNote {
        let analytes = state.analytes();
        let grid = &state.grid;
        let drawn = each_row(grid, &analytes, |row, values| {
            let present = descriptive::present(values);
            let missing = values.len() - present.len();
            let law = if missing == 0 { None } else { Censored::fit(&present, missing) };
            let value = |at: usize| {
                law.map_or(f64::NAN, |law| self.draw(&law, &grid.samples[row], &grid.analytes[analytes[at]]))
            };
            (0..values.len()).filter(|&at| !values[at].is_finite()).map(|at| (at, value(at))).collect::<Vec<_>>()
        });
        let mut found: Vec<Filled> = analytes.iter().map(|&analyte| Filled { analyte, values: Vec::new() }).collect();
        for (row, values) in drawn.into_iter().enumerate() {
            values.into_iter().for_each(|(at, value)| found[at].values.push((row, value)));
        }
        let not_logs = not_logarithms(state, &found);
        let mut note = put_all(state, "qrilc", found, "the sample has fewer than five values, or these have no spread");
        note.remarks.extend(not_logs);
        note
    }

    /// METHOD: a stream for each sample and analyte by their names, so that neither order nor neighbours change a draw.
    fn draw(&self, law: &Censored, sample: &str, analyte: &str) -> f64 {
        let name = format!("normalize/impute/qrilc/{}:{sample}/{analyte}", sample.len());
        law.below(Stream::new(self.seed, &name, 0).uniform(), self.tune_sigma)
    }
}

/// Draws of zero or less where everything measured is positive: the values are hardly logarithms.
fn not_logarithms(state: &State<'_>, found: &[Filled]) -> Option<Remark> {
    let positive = |&&Filled { analyte, .. }: &&Filled| {
        state.grid.column(analyte).iter().filter(|value| !value.is_nan()).all(|value| *value > 0.0)
    };
    let low = |filled: &Filled| filled.values.iter().filter(|(_, value)| *value <= 0.0).count();
    let count: usize = found.iter().filter(|filled| low(filled) > 0).filter(positive).map(low).sum();
    (count > 0).then(|| Remark {
        code: "imputed_not_positive",
        subject: "qrilc".to_owned(),
        message: format!("{count} draws are zero or less, of analytes whose measured values are all positive"),
        hint: "qrilc is for logarithms: put it after `transform: {method: log2}`",
    })
}

/// The end of the methods sentence.
pub(super) fn sentence(tune: f64) -> String {
    let tuned = if tune == 1.0 { String::new() } else { format!(", its standard deviation multiplied by {tune}") };
    format!(
        "replaced by draws from the left tail of a normal distribution fitted to the quantiles of the same sample (QRILC, \
         Lazar 2016, 10.1021/acs.jproteome.5b00981){tuned}; the draws are fixed by the seed"
    )
}
