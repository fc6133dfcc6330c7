//! Quality-control-based robust spline correction: a smoothing spline of the logarithm of the pooled QC samples over the
//! order of injection (Kirwan 2013, 10.1007/s00216-013-6856-7; Broadhurst 2018, 10.1007/s11306-018-1367-3).

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::curves::{Frame, Keep, LEAST_QC, Method, too_small};
use crate::contract::quantity::{NonNegative, Positive};

/// A smoothing spline through the pooled QC samples of each batch over the order of injection.
///
/// A value becomes `value · m / exp(g)`: m is the analyte's median over all pooled QC samples, g the cubic smoothing
/// spline of the logarithms of its batch's pooled QC samples. So drift within batches and shifts between them are taken
/// out together. Before the first and after the last pooled QC sample of a batch the curve is held constant. Values of
/// zero or less have no logarithm and do not shape the curve; they are corrected like any other. (Kirwan 2013,
/// 10.1007/s00216-013-6856-7; Broadhurst 2018, 10.1007/s11306-018-1367-3)
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct QcRsc {
    /// Fewest pooled QC samples that a batch must have; 4 or more. Default: 5.
    #[schemars(range(min = 4))]
    pub min_qc: u32,
    /// Whether the spline is of logarithms. After a transform it is of the values as they are, and the correction a
    /// difference. Default: true.
    pub log: bool,
    /// How smooth the curve is. Default: cross_validated.
    pub smoothing: Smoothing,
    /// Whether the correction of an analyte is taken only where it helps. Default: where_it_helps.
    pub keep: Keep,
    /// The classes of analytes that the step is for, as the panel names them. Default: all.
    pub classes: Vec<String>,
}

/// How smooth a smoothing spline is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Smoothing {
    /// As smooth as predicts each pooled QC sample best from the others: leave-one-out cross-validation, per analyte and
    /// batch.
    #[default]
    CrossValidated,
    /// The weight of the curvature, where a batch's pooled QC samples run from 0 to 1: the lambda of R's smooth.spline.
    /// 0 or more.
    Lambda(NonNegative),
    /// Degrees of freedom, the trace of the smoother: above 2, a straight line, and below the number of pooled QC
    /// samples of any batch.
    Df(Positive),
}

impl Default for QcRsc {
    fn default() -> Self {
        let (smoothing, keep) = (Smoothing::default(), Keep::default());
        QcRsc { min_qc: 5, log: true, smoothing, keep, classes: Vec::new() }
    }
}

impl QcRsc {
    /// What the two kinds of curve share.
    pub(super) fn frame(&self, place: usize) -> Frame {
        let method = Method::Spline(self.smoothing);
        Frame { place, method, min_qc: self.need(), log: self.log, keep: self.keep }
    }

    fn need(&self) -> usize {
        let by_df = if let Smoothing::Df(df) = self.smoothing { df.get().floor() as usize + 1 } else { 0 };
        (self.min_qc as usize).max(by_df)
    }

    pub(super) fn out_of_range(&self) -> Option<(&'static str, String, String)> {
        match self.smoothing {
            _ if self.min_qc < LEAST_QC => Some(too_small(self.min_qc)),
            Smoothing::Df(df) if df.get() <= 2.0 => {
                let message = format!("{} degrees of freedom, and a straight line has 2", df.get());
                Some(("drift.smoothing", message, "give a number above 2".to_owned()))
            }
            _ => None,
        }
    }

    pub(super) fn sentence(&self, transformed: bool) -> String {
        let smooth = match self.smoothing {
            Smoothing::CrossValidated => "its smoothness chosen by leave-one-out cross-validation".to_owned(),
            Smoothing::Lambda(lambda) => format!("lambda {} with the batch's QC from 0 to 1", lambda.get()),
            Smoothing::Df(df) => format!("{} degrees of freedom", df.get()),
        };
        format!(
            "Drift was corrected by quality-control-based robust spline correction (Kirwan 2013, 10.1007/s00216-013-6856-7; \
             Broadhurst 2018, 10.1007/s11306-018-1367-3): for each analyte and batch, a cubic smoothing spline, {smooth}, \
             {}",
            self.frame(0).sentence(transformed)
        )
    }
}
