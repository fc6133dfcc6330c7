//! The common frame of corrections by a curve through the pooled QC samples.
//!
//! Each analyte has a reference m, its median over all pooled QC samples, and in each batch a curve g over the order of
//! injection through `ln(value/m)` of that batch's pooled QC samples; the corrected value is `value / exp(g)`. Without
//! the logarithm the curve is of `value/m`, and after a transform of `value - m` with a difference for the ratio.
//!
//! Whether a correction helps is judged by pooled QC samples that its curve did not see: each is corrected by the curve
//! of the others.

mod choice;
mod local;
mod nested;
mod plan;
pub mod plain;
mod scale;
mod spline;
mod taken;

use rayon::prelude::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::super::{Decision, Remark, State, StepError, Training};
use super::batches::{self, Batches};
use crate::statistics::descriptive;
use choice::{Held, Judged};
use local::Laid;
pub(super) use plan::Method;
use plan::{Curve, Plan};
use scale::Scale;

/// With fewer pooled QC samples no curve can be judged by leaving one out.
pub(super) const LEAST_QC: u32 = 4;

/// Whether the correction of an analyte is taken only where it helps.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Keep {
    /// Only where it lowers the robust RSD of the pooled QC samples and their D-ratio, and lies nearer to them than their
    /// median does, each pooled QC sample being corrected by a curve that did not see it; other analytes stay as they
    /// are.
    #[default]
    WhereItHelps,
    /// For every analyte.
    Always,
}

/// A correction by a curve, as its settings say.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Frame {
    pub place: usize,
    pub method: Method,
    pub min_qc: usize,
    pub log: bool,
    pub keep: Keep,
}

/// Which rows there are, and what is known of the batches' pooled QC samples before any value is looked at.
pub(super) struct Bench {
    pub scale: Scale,
    order: Vec<f64>,
    pub study: Vec<usize>,
    pub qc: Vec<usize>,
    /// The pooled QC rows of each batch, with what a curve through all of them needs.
    pub batches: Vec<(Vec<usize>, Result<Plan, String>)>,
    /// Where each batch's curve is looked up.
    places: Vec<Places>,
}

/// The rows of one batch.
struct Places {
    rows: Vec<usize>,
    order: Vec<f64>,
    /// What local curves through all pooled QC samples of the batch need there.
    laid: Option<Laid>,
}

/// The curves of one analyte, by batch.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Curves {
    reference: f64,
    curves: Vec<Curve>,
}

/// What a correction by curves learned.
#[derive(Debug, Clone, PartialEq)]
pub(in super::super) struct FittedCurves {
    method: &'static str,
    scale: Scale,
    frame: Frame,
    batches: Batches,
    /// The first and the last pooled QC sample of each batch.
    ends: Vec<(f64, f64)>,
    /// The orders of each batch's pooled QC samples.
    orders: Vec<Vec<f64>>,
    /// By analyte; none where it is left as it is.
    curves: Vec<Option<Curves>>,
    decisions: Vec<Decision>,
    remarks: Vec<Remark>,
}

/// A number of pooled QC samples from which nothing can be judged, as a problem of the setting.
pub(super) fn too_small(min_qc: u32) -> (&'static str, String, String) {
    let message = format!("{min_qc} pooled QC samples cannot show whether a curve helps");
    ("drift.min_qc", message, format!("give {LEAST_QC} or more; 5 is usual"))
}

impl Bench {
    /// Arranges the rows; the batches' plans are made here once for all analytes.
    pub fn new(
        frame: &Frame,
        scale: Scale,
        batch: Vec<Option<usize>>,
        order: Vec<f64>,
        training: Training<'_>,
    ) -> Bench {
        let count = batch.iter().flatten().max().map_or(0, |last| last + 1);
        let of = |wanted: usize| {
            let rows: Vec<usize> = training.qc.iter().copied().filter(|&row| batch[row] == Some(wanted)).collect();
            let plan = frame.method.plan(&rows.iter().map(|&row| order[row]).collect::<Vec<f64>>());
            (rows, plan)
        };
        let batches: Vec<(Vec<usize>, Result<Plan, String>)> = (0..count).map(of).collect();
        let plans = batches.iter().map(|(_, plan)| plan.as_ref().ok());
        let places = places(plans, &batch, &order);
        Bench { scale, study: training.study.to_vec(), qc: training.qc.to_vec(), batches, places, order }
    }

    /// The curve of its batch at each row.
    pub fn at_rows(&self, curves: &Curves) -> Vec<f64> {
        at_rows(curves, &self.places, self.order.len())
    }
}

/// The rows of each batch, in the order of the plans.
fn places<'p>(plans: impl Iterator<Item = Option<&'p Plan>>, batch: &[Option<usize>], order: &[f64]) -> Vec<Places> {
    let place = |(wanted, plan): (usize, Option<&Plan>)| {
        let rows: Vec<usize> = (0..batch.len()).filter(|&row| batch[row] == Some(wanted)).collect();
        let order: Vec<f64> = rows.iter().map(|&row| order[row]).collect();
        let laid = if let Some(Plan::Local(plan)) = plan { Some(plan.lay(&order)) } else { None };
        Places { rows, order, laid }
    };
    plans.enumerate().map(place).collect()
}

/// The curve of its batch at each row; missing where the batch has none.
fn at_rows(curves: &Curves, places: &[Places], height: usize) -> Vec<f64> {
    let mut at = vec![f64::NAN; height];
    for (curve, place) in curves.curves.iter().zip(places) {
        let values = curve.at(&place.order, place.laid.as_ref());
        place.rows.iter().zip(values).for_each(|(&row, value)| at[row] = value);
    }
    at
}

impl Frame {
    /// Draws the curves of every analyte that the step is for, and decides where they are taken.
    pub fn fit(&self, state: &State<'_>, training: Training<'_>) -> Result<FittedCurves, StepError> {
        let sheet = state.sheet;
        let batches = Batches::of(sheet, self.place)?;
        let order = batches::orders(sheet, self.place)?;
        self.enough(&batches, &batches.count(sheet, training.qc.iter().copied()))?;
        let bench = Bench::new(self, self.scale(state.is_transformed()), batches.of_rows(sheet), order, training);
        let analytes = state.analytes();
        let learned: Vec<(usize, Result<Curves, String>, Option<Judged>)> = analytes
            .into_par_iter()
            .map(|analyte| {
                let (curves, judged) = self.learn(&bench, &state.measured_column(analyte), &batches);
                (analyte, curves, judged)
            })
            .collect();
        let mut fitted = self.blank(&bench, batches, sheet.grid.analytes.len());
        for (analyte, curves, judged) in learned {
            fitted.decide(analyte, &sheet.grid.analytes[analyte], curves, judged);
        }
        Ok(fitted)
    }

    pub fn scale(&self, transformed: bool) -> Scale {
        match (transformed, self.log) {
            (true, _) => Scale::Difference,
            (false, true) => Scale::Log,
            (false, false) => Scale::Ratio,
        }
    }

    /// Every batch must have its pooled QC samples; all that have not are named.
    fn enough(&self, batches: &Batches, counts: &[usize]) -> Result<(), StepError> {
        let few = |(batch, n): (usize, &usize)| (*n < self.min_qc).then(|| format!("{} has {n}", batches.say(batch)));
        let few: Vec<String> = counts.iter().enumerate().filter_map(few).collect();
        if few.is_empty() {
            return Ok(());
        }
        Err(StepError {
            step: self.place,
            setting: "drift.min_qc",
            code: "too_few_qc",
            message: format!("each batch needs {} pooled QC samples: {}", self.min_qc, few.join(", ")),
            remedy: "leave the batch out, join it to another in `batch`, or use `method: combat`".to_owned(),
        })
    }

    /// The curves of one analyte with how they are judged, or why it stays as it is.
    pub fn learn(&self, bench: &Bench, column: &[f64], batches: &Batches) -> (Result<Curves, String>, Option<Judged>) {
        match self.draw(bench, column, batches) {
            Err(why) => (Err(why), None),
            Ok((curves, held)) => {
                let at = bench.at_rows(&curves);
                let judged = Judged::new(bench, column, &at, &held);
                let taken = self.keep == Keep::Always || judged.helps();
                (if taken { Ok(curves) } else { Err(String::new()) }, Some(judged))
            }
        }
    }

    /// The curves of one analyte, and for every pooled QC row that shaped one what the others' predict there.
    fn draw(&self, bench: &Bench, column: &[f64], batches: &Batches) -> Result<(Curves, Vec<Held>), String> {
        let values: Vec<f64> =
            bench.qc.iter().map(|&row| column[row]).filter(|value| bench.scale.takes(*value)).collect();
        let reference = descriptive::median(&values).unwrap_or(f64::NAN);
        if bench.scale == Scale::Ratio && reference <= 0.0 {
            return Err("the median of its pooled QC samples is zero or less".to_owned());
        }
        let (mut curves, mut held) = (Vec::with_capacity(bench.batches.len()), Vec::new());
        for (batch, (rows, shared)) in bench.batches.iter().enumerate() {
            let point = |&row: &usize| {
                let value = Some(column[row]).filter(|value| bench.scale.takes(*value));
                value.and_then(|value| bench.scale.drawn(value, reference)).unwrap_or(f64::NAN)
            };
            let y: Vec<f64> = rows.iter().map(point).collect();
            let n = y.iter().filter(|y| !y.is_nan()).count();
            if n < self.min_qc {
                let need = self.min_qc;
                return Err(format!("{n} usable pooled QC values in {}, and {need} are needed", batches.say(batch)));
            }
            let drawn = shared.as_ref().map_err(String::clone).and_then(|plan| plan.draw(&y));
            let not = || format!("no curve can be drawn in {}", batches.say(batch));
            let (curve, predicted) = drawn.map_err(|why| format!("{}: {why}", batches.say(batch)))?.ok_or_else(not)?;
            curves.push(curve);
            let point = |((&row, drawn), predicted)| Held { row, drawn, predicted };
            held.extend(rows.iter().zip(y).zip(predicted).map(point).filter(|held| !held.drawn.is_nan()));
        }
        Ok((Curves { reference, curves }, held))
    }

    fn blank(&self, bench: &Bench, batches: Batches, analytes: usize) -> FittedCurves {
        let orders: Vec<Vec<f64>> =
            bench.batches.iter().map(|(rows, _)| rows.iter().map(|&row| bench.order[row]).collect()).collect();
        let ends = orders.iter().map(|orders| descriptive::extremes(orders).unwrap_or((f64::NAN, f64::NAN)));
        FittedCurves {
            method: self.method.word(),
            scale: bench.scale,
            frame: *self,
            ends: ends.collect(),
            batches,
            orders,
            curves: vec![None; analytes],
            decisions: Vec::new(),
            remarks: Vec::new(),
        }
    }

    /// The rest of the sentence of the methods section, from what the curve is of.
    pub fn sentence(&self, transformed: bool) -> String {
        let (of, correction) = match self.scale(transformed) {
            Scale::Log => (
                "the logarithms",
                "a value was divided by the curve and multiplied by the analyte's median over all pooled QC samples",
            ),
            Scale::Ratio => (
                "the values",
                "a value was divided by the curve and multiplied by the analyte's median over all pooled QC samples",
            ),
            Scale::Difference => (
                "the values",
                "the curve was subtracted from a value and the analyte's median over all pooled QC samples added",
            ),
        };
        let keep = match self.keep {
            Keep::Always => "Every analyte was corrected.",
            Keep::WhereItHelps => {
                "The correction of an analyte was kept only where it lowered the robust RSD (1.4826 MAD/median) of the \
                 pooled QC samples and their D-ratio (MAD(QC)/MAD(study)) and lay nearer to them on average than their \
                 median, each pooled QC sample being corrected by a curve fitted, and its smoothness chosen, without it."
            }
        };
        format!(
            "was fitted to {of} of its pooled QC samples over the order of injection (at least {} in each batch), and \
             {correction}. Before the first and after the last pooled QC sample the \
             curve was held constant. {keep}",
            self.min_qc
        )
    }
}
