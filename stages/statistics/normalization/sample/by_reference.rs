//! Division by a measure of dilution: an analyte such as creatinine, or what was measured of the sample (osmolality).

use crate::statistics::descriptive::{self, show};
use crate::statistics::normalization::{Decision, Remark, State, StepError, StepNote};

use super::factor::{divide, with_range};

/// Where the measure of dilution is found, and its median over the study.
#[derive(Debug, Clone, PartialEq)]
pub struct Reference {
    by: String,
    /// The analyte, where it is one.
    analyte: Option<usize>,
    median: f64,
}

/// Finds the measure of dilution and learns its median over the training study samples.
///
/// A sample's factor is `value / median`: a sample of typical dilution keeps its values.
///
/// # Errors
/// No such analyte or column, both of that name, or no positive value among the study samples.
pub(super) fn fit(place: usize, state: &State<'_>, study: &[usize], by: &str) -> Result<Reference, StepError> {
    let refuse = |code, message: String, remedy: &str| {
        Err(StepError { step: place, setting: "sample.by", code, message, remedy: remedy.to_owned() })
    };
    let named = |analyte: &usize| state.kept[*analyte] && state.grid.analytes[*analyte] == by;
    let analyte = (0..state.grid.analytes.len()).find(named);
    let column = state.sheet.injections.iter().any(|injection| injection.covariates.contains_key(by));
    match (analyte, column) {
        (None, false) => {
            let message = format!("`{by}` is neither an analyte that is still there nor a declared column of samples");
            return refuse("unknown_reference", message, "name an analyte, or a column of numbers of the samples");
        }
        (Some(_), true) => {
            let message = format!("`{by}` is both an analyte and a declared column of the samples");
            return refuse("ambiguous_reference", message, "rename the column of the samples");
        }
        _ => {}
    }
    let mut reference = Reference { by: by.to_owned(), analyte, median: 1.0 };
    let values: Vec<f64> = study.iter().filter_map(|&row| reference.of(state, row)).collect();
    let Some(median) = descriptive::median(&values) else {
        let message = format!("no study sample has a positive `{by}`");
        return refuse("no_reference_values", message, "give the values, or choose another method");
    };
    reference.median = median;
    Ok(reference)
}

impl Reference {
    /// A sample's factor; none where the measure is missing or not positive.
    fn of(&self, state: &State<'_>, row: usize) -> Option<f64> {
        let value = match self.analyte {
            Some(analyte) => Some(state.grid.get(row, analyte)),
            None => state.sheet.injections.get(row).and_then(|injection| injection.covariates.get(&self.by).copied()),
        };
        value.filter(|value| value.is_finite() && *value > 0.0).map(|value| value / self.median)
    }

    pub(super) fn apply(&self, state: &mut State<'_>) -> StepNote {
        let rows = 0..state.grid.samples.len();
        let factors: Vec<Option<f64>> = rows.map(|row| self.of(state, row)).collect();
        // METHOD: an analyte that is the measure of dilution is left as it is; divided by itself it would be constant.
        let analytes: Vec<usize> = state.analytes().into_iter().filter(|a| Some(*a) != self.analyte).collect();
        let without = (0..factors.len()).filter(|&row| factors[row].is_none());
        let (pooled_qc, study): (Vec<usize>, Vec<usize>) = without.partition(|&row| state.sheet.is_qc(row));
        let name = |&row: &usize| state.grid.samples[row].as_str();
        let pooled_qc = (!pooled_qc.is_empty())
            .then(|| self.missing_qc(&pooled_qc.iter().map(name).collect::<Vec<_>>().join(", ")));
        let remarks = study.iter().map(|row| self.missing(name(row))).chain(pooled_qc).collect();
        let values_changed = divide(state, &analytes, &factors);
        let known: Vec<f64> = factors.into_iter().flatten().collect();
        let learned = format!("`{}` has a median of {} in the study samples", self.by, show(self.median));
        let itself = |analyte| Decision {
            analyte,
            decision: "left",
            reason: "it is the measure of dilution itself".to_owned(),
            after: None,
        };
        let decisions = self.analyte.filter(|&analyte| state.scope[analyte]).map(itself);
        let detail = with_range(learned, &known);
        StepNote {
            step: "sample",
            method: "reference",
            values_changed,
            detail,
            remarks,
            decisions: decisions.into_iter().collect(),
        }
    }

    fn missing_qc(&self, names: &str) -> Remark {
        Remark {
            code: "reference_missing_in_qc",
            subject: String::new(),
            message: format!(
                "pooled QC samples have no positive `{}`; nothing can be judged or corrected by them from here on: {names}",
                self.by
            ),
            hint: "give their values, or do what learns from pooled QC samples (drift, filter) before",
        }
    }

    fn missing(&self, sample: &str) -> Remark {
        Remark {
            code: "reference_missing",
            subject: sample.to_owned(),
            message: format!("the sample has no positive `{}`; its values are missing from here on", self.by),
            hint: "give the value, or leave the sample out",
        }
    }
}
