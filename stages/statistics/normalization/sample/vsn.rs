//! Variance stabilization: `h = arsinh(a + b y)` with an offset and a factor per sample, by maximum likelihood.
//!
//! Model: h of analyte k in sample i is normal with a mean μ of its analyte and one variance σ² for all. What is learned
//! from the training samples are μ and σ²; a sample's own a and b then follow from these and its own values, as at the
//! joint maximum (where the derivatives in a and b given μ and σ² vanish too). All values take part: it is not the
//! robust, trimmed version.
//!
//! Source: Huber 2002, 10.1093/bioinformatics/18.suppl_1.S96; the likelihood is that of Huber 2003,
//! 10.2202/1544-6115.1008.

mod joint;
mod single;

use crate::statistics::descriptive::{self, show};
use crate::statistics::normalization::blocks::{each_of, rewrite_rows};
use crate::statistics::normalization::{Remark, State, StepError, StepNote};

pub use joint::{Calibration, calibrate};

pub(super) const SENTENCE: &str = "Samples were calibrated and their variance stabilized (vsn; Huber 2002, \
     10.1093/bioinformatics/18.suppl_1.S96): arsinh of an offset plus a factor times the value, both per sample, by \
     maximum likelihood over all study samples without trimming; a constant was subtracted so that large values are \
     natural logarithms.";

/// The fewest values that a sample's offset and factor are estimated from.
const FEWEST: usize = 5;

/// What the training samples taught.
#[derive(Debug, Clone, PartialEq)]
pub struct Vsn {
    /// By analyte of the step; missing where no training sample has it.
    means: Vec<f64>,
    variance: f64,
    /// What values are divided by before anything else.
    unit: f64,
    /// The offset that a sample's search starts from, and the logarithm of the typical factor.
    start: f64,
    typical: f64,
    converged: bool,
}

/// Learns the analytes' means and the variance from the training study samples.
///
/// # Errors
/// Fewer than two study samples with enough values, or values that the calibration makes equal.
pub(super) fn fit(place: usize, state: &State<'_>, study: &[usize]) -> Result<Vsn, StepError> {
    let refuse = |code, message: String| {
        let remedy = "use another method, or name classes with more analytes".to_owned();
        StepError { step: place, setting: "sample", code, message, remedy }
    };
    let analytes = state.analytes();
    let rows = each_of(&state.grid, &analytes, study, |_, row| row.to_vec());
    let rows: Vec<Vec<f64>> = rows.into_iter().filter(|row| descriptive::present(row).len() >= FEWEST).collect();
    if rows.len() < 2 {
        let message = format!("vsn needs two study samples with at least {FEWEST} values each");
        return Err(refuse("too_few_values", message));
    }
    let sizes: Vec<f64> = rows.iter().filter_map(|row| size(row)).collect();
    let unit = descriptive::median(&sizes).unwrap_or(1.0);
    let scaled: Vec<Vec<f64>> =
        rows.into_iter().map(|row| row.into_iter().map(|value| value / unit).collect()).collect();
    let learned = calibrate(&scaled).ok_or_else(|| {
        refuse("vsn_degenerate", "the calibrated samples are equal: there is no variance to stabilize".to_owned())
    })?;
    Ok(Vsn {
        start: descriptive::median(&learned.offsets).unwrap_or(0.0),
        typical: descriptive::mean(&learned.log_factors).unwrap_or(0.0),
        means: learned.means,
        variance: learned.variance,
        unit,
        converged: learned.converged,
    })
}

/// A sample's typical size: the median of its absolute values that are not zero.
fn size(row: &[f64]) -> Option<f64> {
    let sizes = row.iter().map(|value| value.abs()).filter(|value| value.is_finite() && *value > 0.0);
    descriptive::median_in_place(&mut sizes.collect::<Vec<_>>())
}

impl Vsn {
    pub(super) fn apply(&self, state: &mut State<'_>) -> StepNote {
        let analytes = state.analytes();
        let made = rewrite_rows(&mut state.grid, &analytes, |_, row| self.transform(row));
        let failed = made.iter().enumerate().filter(|(_, (factor, count))| factor.is_none() && *count > 0);
        let mut remarks: Vec<Remark> = failed.map(|(row, _)| not_calibrated(&state.grid.samples[row])).collect();
        if !self.converged {
            remarks.push(not_converged());
        }
        let factors: Vec<f64> = made.iter().filter_map(|(factor, _)| *factor).collect();
        let detail = super::factor::with_range(format!("σ = {}", show(self.variance.sqrt())), &factors)
            .replace("divided by", "multiplied by");
        let values_changed = made.iter().map(|(_, count)| count).sum();
        StepNote { step: "sample", method: "vsn", values_changed, detail, remarks, decisions: Vec::new() }
    }

    /// Transforms a sample; gives its factor relative to the typical one, and how many values it has.
    fn transform(&self, row: &mut [f64]) -> (Option<f64>, usize) {
        row.iter_mut().for_each(|value| *value /= self.unit);
        let count = row.iter().filter(|value| !value.is_nan()).count();
        let found = if count >= FEWEST { single::calibrate(row, &self.means, self.variance, self.start) } else { None };
        let Some((offset, log_factor)) = found else {
            row.fill(f64::NAN);
            return (None, count);
        };
        // METHOD: arsinh(x) is near ln(2x); ln(2 b) of the typical factor is subtracted, and the unit given back.
        let shift = libm::log(2.0) + self.typical - libm::log(self.unit);
        let factor = libm::exp(log_factor);
        row.iter_mut().for_each(|value| *value = libm::asinh(offset + factor * *value) - shift);
        (Some(libm::exp(log_factor - self.typical)), count)
    }
}

fn not_calibrated(sample: &str) -> Remark {
    Remark {
        code: "sample_not_normalized",
        subject: sample.to_owned(),
        message: format!("fewer than {FEWEST} values, or values without spread; they are missing from here on"),
        hint: "look at the sample, or leave it out",
    }
}

fn not_converged() -> Remark {
    Remark {
        code: "vsn_not_converged",
        subject: "vsn".to_owned(),
        message: "the likelihood was still rising when the iterations ended".to_owned(),
        hint: "values without a floor of noise have a flat likelihood: PQN and a logarithm say the same",
    }
}
