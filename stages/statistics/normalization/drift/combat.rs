//! Empirical-Bayes correction of batches (ComBat; Johnson 2007, 10.1093/biostatistics/kxj037).
//!
//! An analyte's values are `α + x β + batch effect`: x are covariates whose effect is to stay. Standardized residuals of
//! a batch have a location and a spread, which are shrunk over the analytes ([`super::empirical_bayes`]) and taken out.

mod design;

use rayon::prelude::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::super::{Decision, Remark, State, StepError, StepNote, Training};
use super::batches::{self, Batches};
use super::empirical_bayes::{self, Effect};
use design::{Coding, Designs, Located};

/// The reserved name of the covariate that every study sample has: its timepoint.
pub const TIMEPOINT: &str = "timepoint";

/// A spread of so little beside the largest value is what rounding leaves.
const ROUNDING: f64 = 1e-13;

/// Empirical-Bayes correction of each batch's location and spread, learned from the study samples.
///
/// For each analyte `value = α + x β + σ (γ + √δ ε)` with γ and δ the location and the variance of its batch, both
/// shrunk towards those of the other analytes of that batch; the corrected value is `σ (z - γ)/√δ + α + x β`, with z
/// the standardized value. On the scale measured from zero this is done to natural logarithms (values of zero or less
/// have none and become missing). Missing values take no part. The numbers are those of R's sva::ComBat with parametric
/// priors. (Johnson 2007, 10.1093/biostatistics/kxj037)
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Combat {
    /// Covariates whose effect is not to be taken for a batch's: `timepoint`, or numeric columns of the samples. Never
    /// an outcome, and beware where they are unevenly spread over batches (Nygaard 2016,
    /// 10.1093/biostatistics/kxv027). Default: [timepoint].
    pub protect: Vec<String>,
    /// Whether only the location of a batch is corrected, and not its spread. Default: false.
    pub mean_only: bool,
    /// The batch that stays as it is and to which the others are brought. Default: none, all are brought to their mean.
    pub reference: Option<String>,
    /// Whether logarithms are corrected where values are measured from zero; after a transform the values are corrected
    /// as they are. Default: true.
    pub log: bool,
    /// The classes of analytes that the step is for, as the panel names them. Default: all.
    pub classes: Vec<String>,
}

/// What the correction learned.
#[derive(Debug, Clone, PartialEq)]
pub(in super::super) struct FittedCombat {
    log: bool,
    batches: Batches,
    /// By analyte; none where it is left as it is.
    fits: Vec<Option<Fit>>,
    coding: Coding,
    decisions: Vec<Decision>,
}

/// What the correction learned of one analyte.
#[derive(Debug, Clone, PartialEq)]
struct Fit {
    located: Located,
    sigma: f64,
    /// By batch; none for a batch that had no value to learn from.
    effects: Vec<Option<Effect>>,
}

impl Default for Combat {
    fn default() -> Self {
        Combat {
            protect: vec![TIMEPOINT.to_owned()],
            mean_only: false,
            reference: None,
            log: true,
            classes: Vec::new(),
        }
    }
}

/// One analyte on its way: where it lies, and its standardized values by row.
struct Standard {
    analyte: usize,
    located: Located,
    sigma: f64,
    z: Vec<f64>,
}

impl Combat {
    pub(super) fn fit(
        &self,
        place: usize,
        state: &State<'_>,
        Training { study, .. }: Training<'_>,
    ) -> Result<FittedCombat, StepError> {
        let sheet = state.sheet;
        let batches = Batches::of(sheet, place)?;
        let reference = self.reference(place, &batches)?;
        self.enough(place, state, &batches)?;
        let log = self.log && !state.is_transformed();
        let mut designs = Designs::new(self, place, sheet, &batches, study)?;
        let gap = |&analyte: &usize| {
            let column = state.grid.column(analyte);
            study.iter().any(|&row| !forward(column[row], log).is_finite())
        };
        designs.has_gaps = state.analytes().iter().any(gap);
        let analyte = |analyte: usize| {
            let values: Vec<f64> = state.grid.column(analyte).iter().map(|value| forward(*value, log)).collect();
            self.standardize(analyte, &designs, &batches, &values, reference).map_err(|why| (analyte, why))
        };
        let (mut standard, mut left) = (Vec::new(), Vec::new());
        for result in state.analytes().into_par_iter().map(analyte).collect::<Vec<_>>() {
            match result {
                Ok(one) => standard.push(one),
                Err(why) => left.push(why),
            }
        }
        let fits = vec![None; sheet.grid.analytes.len()];
        let mut fitted = FittedCombat { log, fits, decisions: Vec::new(), coding: designs.coding.clone(), batches };
        self.shrink(&mut fitted, &designs, standard, left, reference);
        fitted.decisions.sort_by_key(|decision| decision.analyte);
        Ok(fitted)
    }

    fn reference(&self, place: usize, batches: &Batches) -> Result<Option<usize>, StepError> {
        let Some(name) = &self.reference else { return Ok(None) };
        let unknown = || StepError {
            step: place,
            setting: "drift.reference",
            code: "unknown_batch",
            message: format!("no sample is of batch `{name}`"),
            remedy: format!("the batches are {}", batches.quoted()),
        };
        batches.find(name).map(Some).ok_or_else(unknown)
    }

    /// METHOD: whether a batch is large enough is asked of all study samples, so that a fold of a prediction, which
    /// leaves one participant out, does not stop where the whole study goes on; there a batch of one value keeps its
    /// spread.
    fn enough(&self, place: usize, state: &State<'_>, batches: &Batches) -> Result<(), StepError> {
        let sheet = state.sheet;
        let counts = batches.count(sheet, (0..sheet.injections.len()).filter(|&row| !sheet.is_qc(row)));
        let alone = counts.iter().enumerate().filter(|(_, n)| **n == 1).map(|(batch, _)| batches.say(batch));
        let alone: Vec<String> = alone.collect();
        if self.mean_only || alone.is_empty() || batches.len() < 2 {
            return Ok(());
        }
        Err(StepError {
            step: place,
            setting: "drift.mean_only",
            code: "batch_of_one",
            message: format!("one study sample shows no spread, and there is no more in {}", alone.join(", ")),
            remedy: "set `mean_only: true`, leave the batch out, or join it to another in `batch`".to_owned(),
        })
    }

    /// Location, spread and standardized values of one analyte; or why it stays as it is.
    fn standardize(
        &self,
        analyte: usize,
        designs: &Designs,
        batches: &Batches,
        values: &[f64],
        reference: Option<usize>,
    ) -> Result<Standard, String> {
        // METHOD: as in sva, an analyte that has one value throughout a batch stays as it is, and teaches the others nothing.
        // The values themselves are asked: what least squares leaves of equal ones is rounding, and no spread.
        if let Some(batch) = (0..batches.len()).find(|&batch| designs.are_alike(values, batch)) {
            return Err(format!("its values do not vary in {}", batches.say(batch)));
        }
        let (located, residuals) = designs.locate(values, reference)?;
        let pooled = residuals.iter().filter(|(row, _)| reference.is_none_or(|b| designs.rows[*row].batch == Some(b)));
        let pooled: Vec<f64> = pooled.map(|(_, residual)| *residual).collect();
        let largest = values.iter().filter(|value| value.is_finite()).map(|value| value.abs()).fold(0.0, f64::max);
        let sigma = designs.spread(&pooled).filter(|sigma| *sigma > ROUNDING * largest);
        let sigma = sigma.ok_or("its values do not vary beside batches and covariates".to_owned())?;
        let z: Vec<f64> =
            values.iter().zip(&designs.rows).map(|(value, row)| (value - located.centre(row)) / sigma).collect();
        Ok(Standard { analyte, located, sigma, z })
    }

    /// Shrinks each batch's effects over the analytes.
    fn shrink(
        &self,
        fitted: &mut FittedCombat,
        designs: &Designs,
        standard: Vec<Standard>,
        left: Vec<(usize, String)>,
        reference: Option<usize>,
    ) {
        let mut effects: Vec<Vec<Option<Effect>>> = vec![Vec::new(); standard.len()];
        let mut lacking = standard.len() < 2;
        for batch in 0..fitted.batches.len() {
            let own: Vec<Vec<f64>> = standard.iter().map(|standard| designs.of_batch(&standard.z, batch)).collect();
            let here = match reference {
                Some(stays) if stays == batch => vec![Some(Effect { gamma: 0.0, delta: 1.0 }); own.len()],
                _ => shrink_batch(&own, self.mean_only),
            };
            lacking |= here.iter().all(Option::is_none) && own.iter().any(|own| !own.is_empty());
            effects.iter_mut().zip(here).for_each(|(all, here)| all.push(here));
        }
        let why = "effects can be shrunk only over two or more analytes";
        for (analyte, why) in left {
            fitted.decisions.push(Decision { analyte, decision: "left", reason: why, after: None });
        }
        for (standard, effects) in standard.into_iter().zip(effects) {
            let (analyte, decision) = (standard.analyte, if lacking { "left" } else { "done" });
            let reason = if lacking { why.to_owned() } else { String::new() };
            fitted.decisions.push(Decision { analyte, decision, reason, after: None });
            let fit = Fit { located: standard.located, sigma: standard.sigma, effects };
            fitted.fits[analyte] = (!lacking).then_some(fit);
        }
    }

    pub(super) fn out_of_range(&self) -> Option<(&'static str, String, String)> {
        let twice = self.protect.iter().enumerate().find(|(i, name)| self.protect[..*i].contains(name));
        twice.map(|(_, name)| ("drift.protect", format!("`{name}` is named twice"), "name it once".to_owned()))
    }

    pub(super) fn sentence(&self, transformed: bool) -> String {
        let of = if self.log && !transformed { "natural logarithms" } else { "values" };
        let what = if self.mean_only { "location" } else { "location and spread" };
        let protect = match self.protect.as_slice() {
            [] => "no covariate being protected".to_owned(),
            names => format!("protecting the effect of {}", names.join(", ")),
        };
        let to = match &self.reference {
            Some(batch) => format!(", with batch `{batch}` as the reference"),
            None => String::new(),
        };
        format!(
            "Batch effects in {what} were removed from the {of} by the parametric empirical Bayes method (ComBat; Johnson \
             2007, 10.1093/biostatistics/kxj037), {protect}{to}; its parameters were learned from the study samples and \
             applied to pooled QC samples as well."
        )
    }
}

/// The effects of one batch; analytes without a value there have none, and such of one value keep their spread.
fn shrink_batch(own: &[Vec<f64>], mean_only: bool) -> Vec<Option<Effect>> {
    let least = if mean_only { 1 } else { 2 };
    let group = |is: &dyn Fn(usize) -> bool| (0..own.len()).filter(|i| is(own[*i].len())).collect::<Vec<usize>>();
    let mut effects = vec![None; own.len()];
    let several = group(&|n| n >= least);
    let single = group(&|n| n >= 1 && n < least);
    for (members, mean_only) in [(several, mean_only), (single, true)] {
        let values: Vec<Vec<f64>> = members.iter().map(|&i| own[i].clone()).collect();
        let shrunk = empirical_bayes::shrink(&values, mean_only).unwrap_or_default();
        members.iter().zip(shrunk).for_each(|(&i, effect)| effects[i] = Some(effect));
    }
    effects
}

/// The value as it is corrected; missing where it has no logarithm.
fn forward(value: f64, log: bool) -> f64 {
    match log {
        true if value > 0.0 => libm::log(value),
        true => f64::NAN,
        false => value,
    }
}

impl FittedCombat {
    pub fn apply(&self, state: &mut State<'_>) -> StepNote {
        let rows = self.coding.rows(state.sheet, &self.batches);
        let (mut changed, mut done, mut lost) = (0, 0, Vec::new());
        for (analyte, column) in state.columns_mut() {
            let Some(fit) = self.fits.get(analyte).and_then(Option::as_ref) else { continue };
            done += 1;
            let before = column.iter().filter(|value| !value.is_nan()).count();
            for (value, row) in column.iter_mut().zip(&rows) {
                let corrected = fit.corrected(forward(*value, self.log), row);
                let corrected = if self.log { libm::exp(corrected) } else { corrected };
                *value = if corrected.is_finite() { corrected } else { f64::NAN };
            }
            changed += before;
            let after = column.iter().filter(|value| !value.is_nan()).count();
            lost.extend((after < before).then_some((analyte, before - after)));
        }
        let all = self.decisions.len();
        StepNote {
            step: "drift",
            method: "combat",
            values_changed: changed,
            detail: format!("{done} of {all} analytes were corrected over {} batches", self.batches.len()),
            remarks: self.remarks(state, &lost),
            decisions: self.decisions.clone(),
        }
    }

    fn remarks(&self, state: &State<'_>, lost: &[(usize, usize)]) -> Vec<Remark> {
        let name = |analyte: usize| state.sheet.grid.analytes[analyte].clone();
        if self.batches.len() < 2 {
            return vec![batches::alone()];
        }
        let left = self.decisions.iter().filter(|decision| decision.decision == "left");
        let left = left.map(|decision| batches::not_aligned(name(decision.analyte), &decision.reason));
        let lost = lost.iter().map(|(analyte, values)| Remark {
            code: "drift_undefined",
            subject: name(*analyte),
            message: format!("{values} values are missing from here on: they have no logarithm, or nothing was learned of their batch"),
            hint: "put values in before the step, or set `log: false`",
        });
        left.chain(lost).collect()
    }
}

impl Fit {
    /// `σ (z - γ)/√δ + centre`.
    fn corrected(&self, value: f64, row: &design::Row) -> f64 {
        let effect = row.batch.and_then(|batch| self.effects.get(batch).copied().flatten());
        let centre = self.located.centre(row);
        match effect {
            None => f64::NAN,
            Some(effect) => {
                let z = (value - centre) / self.sigma;
                (z - effect.gamma) / effect.delta.sqrt() * self.sigma + centre
            }
        }
    }
}

#[cfg(test)]
mod tests;
