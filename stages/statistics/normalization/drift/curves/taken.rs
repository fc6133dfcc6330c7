//! Curves that were drawn: where they are taken, what they do to the values, and what is said of it.

use std::collections::BTreeSet;

use rayon::prelude::*;

use super::super::super::{Decision, Remark, Sheet, State, StepNote};
use super::super::batches::{self, shorten};
use super::choice::Judged;
use super::{Curves, FittedCurves, Method, Places, Plan, at_rows, places};
use crate::statistics::grid::Grid;

/// A column with its analyte.
type Numbered<'a> = (usize, &'a mut [f64]);

impl FittedCurves {
    pub(super) fn decide(
        &mut self,
        analyte: usize,
        name: &str,
        curves: Result<Curves, String>,
        judged: Option<Judged>,
    ) {
        let words = judged.as_ref().map(|judged| judged.words(self.scale)).unwrap_or_default();
        let after = judged.map(|judged| judged.after(self.scale));
        let (decision, reason) = match curves {
            Ok(curves) => {
                self.curves[analyte] = Some(curves);
                ("done", words)
            }
            Err(why) if why.is_empty() => ("left", format!("the correction would not help: {words}")),
            Err(why) => {
                self.remarks.push(not_corrected(name, &why));
                ("left", why)
            }
        };
        let after = after.filter(|_| decision == "done");
        self.decisions.push(Decision { analyte, decision, reason, after });
    }

    pub fn apply(&self, state: &mut State<'_>) -> StepNote {
        let sheet = state.sheet;
        let batch = self.batches.of_rows(sheet);
        let order: Vec<f64> = sheet.injections.iter().map(|injection| injection.order.unwrap_or(f64::NAN)).collect();
        let places = self.places(&batch, &order);
        let missing = || Grid::missing(sheet.grid.samples.clone(), sheet.grid.analytes.clone());
        let mut drift = state.curve.take().unwrap_or_else(missing);
        let here: BTreeSet<usize> = state.analytes().into_iter().filter(|&a| self.of(a).is_some()).collect();
        let values = state.columns_mut().filter(|(analyte, _)| here.contains(analyte));
        let drifts = drift.columns_mut().filter(|(analyte, _)| here.contains(analyte));
        let work: Vec<(Numbered<'_>, Numbered<'_>)> = values.zip(drifts).collect();
        let correct = |((analyte, values), (_, drifts)): (Numbered<'_>, Numbered<'_>)| {
            let curves = self.of(analyte)?;
            let at = at_rows(curves, &places, batch.len());
            let (changed, lost) = self.scale.correct(values, drifts, &at, curves.reference);
            Some((analyte, changed, lost))
        };
        let done: Vec<(usize, usize, usize)> = work.into_par_iter().filter_map(correct).collect();
        state.curve = Some(drift);
        let lost = done.iter().filter(|(_, _, lost)| *lost > 0);
        let lost = lost.map(|(analyte, _, lost)| no_value(&sheet.grid.analytes[*analyte], *lost));
        StepNote {
            step: "drift",
            method: self.method,
            values_changed: done.iter().map(|(_, changed, _)| changed).sum(),
            detail: self.detail(done.len()),
            remarks: self.remarks.iter().cloned().chain(lost).chain(self.held(sheet, &batch, &order)).collect(),
            decisions: self.decisions.clone(),
        }
    }

    fn of(&self, analyte: usize) -> Option<&Curves> {
        self.curves.get(analyte).and_then(Option::as_ref)
    }

    fn places(&self, batch: &[Option<usize>], order: &[f64]) -> Vec<Places> {
        let plan = |orders: &Vec<f64>| match self.frame.method {
            Method::Local { .. } => self.frame.method.plan(orders).ok(),
            Method::Spline(_) => None,
        };
        let plans: Vec<Option<Plan>> = self.orders.iter().map(plan).collect();
        places(plans.iter().map(Option::as_ref), batch, order)
    }

    fn detail(&self, done: usize) -> String {
        let counts: Vec<usize> = self.orders.iter().map(Vec::len).collect();
        let (least, most) = (counts.iter().min().unwrap_or(&0), counts.iter().max().unwrap_or(&0));
        let qc = if least == most { least.to_string() } else { format!("{least} to {most}") };
        let batches = if counts.len() == 1 { "one batch".to_owned() } else { format!("{} batches", counts.len()) };
        format!("{done} of {} analytes were corrected; {qc} pooled QC samples in {batches}", self.decisions.len())
    }

    /// Study samples beyond their batch's pooled QC samples, and such of a batch that was not there to learn from.
    fn held(&self, sheet: &Sheet, batch: &[Option<usize>], order: &[f64]) -> Vec<Remark> {
        let study: Vec<usize> = (0..batch.len()).filter(|&row| !sheet.is_qc(row)).collect();
        let names = |is: &dyn Fn(usize) -> bool| {
            study.iter().filter(|row| is(**row)).map(|&row| sheet.grid.samples[row].as_str()).collect::<Vec<&str>>()
        };
        let mut remarks = Vec::new();
        for (b, (first, last)) in self.ends.iter().enumerate() {
            let outside = names(&|row| batch[row] == Some(b) && (order[row] < *first || order[row] > *last));
            if !outside.is_empty() {
                remarks.push(outside_qc(self.batches.name(b), &self.batches.say(b), &outside));
            }
        }
        let unknown = names(&|row| batch[row].is_none());
        if !unknown.is_empty() {
            remarks.push(batches::unknown(&unknown));
        }
        remarks
    }
}

fn not_corrected(analyte: &str, why: &str) -> Remark {
    Remark {
        code: "drift_not_corrected",
        subject: analyte.to_owned(),
        message: format!("drift is not corrected: {why}"),
        hint: "a filter step with max_missing, or qc's, leaves such analytes out",
    }
}

fn no_value(analyte: &str, values: usize) -> Remark {
    Remark {
        code: "drift_undefined",
        subject: analyte.to_owned(),
        message: format!(
            "{values} values are missing from here on, since their curve is not above zero or their batch unknown"
        ),
        hint: "use `log: true`, whose curve is always above zero",
    }
}

fn outside_qc(batch: &str, said: &str, samples: &[&str]) -> Remark {
    Remark {
        code: "outside_qc",
        subject: batch.to_owned(),
        message: format!(
            "{} study samples of {said} were injected before its first or after its last pooled QC sample, where the \
             curve is held constant: {}",
            samples.len(),
            shorten(samples)
        ),
        hint: "begin and end each batch with pooled QC samples",
    }
}
