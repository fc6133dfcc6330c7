//! Quality-control-based correction by local regression (Dunn 2011, 10.1038/nprot.2011.335).

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::curves::{Frame, Keep, LEAST_QC, Method, too_small};
use crate::contract::quantity::Positive;

/// Local regression through the pooled QC samples of each batch over the order of injection.
///
/// As `qc_rsc`, with local regression in place of the spline: at each injection a line or a parabola through the
/// nearest pooled QC samples with tricube weights, R's `loess(family = "gaussian", surface = "direct")`. (QC-RLSC; Dunn
/// 2011, 10.1038/nprot.2011.335)
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Loess {
    /// Fewest pooled QC samples that a batch must have; 4 or more, and 3 more than the degree. Default: 5.
    #[schemars(range(min = 4))]
    pub min_qc: u32,
    /// Whether the curve is of logarithms. After a transform it is of the values as they are, and the correction a
    /// difference. Default: true.
    pub log: bool,
    /// The degree of the local polynomial, 1 or 2. Default: 2.
    #[schemars(range(min = 1, max = 2))]
    pub degree: Degree,
    /// The share of a batch's pooled QC samples that each local curve sees. Default: cross_validated.
    pub smoothing: Span,
    /// Whether the correction of an analyte is taken only where it helps. Default: where_it_helps.
    pub keep: Keep,
    /// The classes of analytes that the step is for, as the panel names them. Default: all.
    pub classes: Vec<String>,
}

/// The degree of a local polynomial, 1 or 2.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "u8", into = "u8")]
#[schemars(with = "u8")]
pub struct Degree(u8);

impl TryFrom<u8> for Degree {
    type Error = String;
    fn try_from(degree: u8) -> Result<Self, String> {
        if matches!(degree, 1 | 2) { Ok(Degree(degree)) } else { Err(format!("{degree} is not a degree of 1 or 2")) }
    }
}

impl From<Degree> for u8 {
    fn from(degree: Degree) -> u8 {
        degree.0
    }
}

/// How many of the pooled QC samples a local curve sees.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Span {
    /// The share k/n, k from the degree + 3 to all n of the batch, that predicts each pooled QC sample best from the
    /// others: leave-one-out cross-validation, per analyte and batch.
    #[default]
    CrossValidated,
    /// A share above 0, at most 1: the span of R's loess.
    Span(Positive),
}

impl Default for Loess {
    fn default() -> Self {
        let (smoothing, keep) = (Span::default(), Keep::default());
        Loess { min_qc: 5, log: true, degree: Degree(2), smoothing, keep, classes: Vec::new() }
    }
}

impl Loess {
    /// What the two kinds of curve share.
    pub(super) fn frame(&self, place: usize) -> Frame {
        let degree = usize::from(self.degree.0);
        let span = if let Span::Span(span) = self.smoothing { Some(span.get()) } else { None };
        let min_qc = (self.min_qc as usize).max(degree + 3);
        Frame { place, method: Method::Local { degree, span }, min_qc, log: self.log, keep: self.keep }
    }

    pub(super) fn out_of_range(&self) -> Option<(&'static str, String, String)> {
        match self.smoothing {
            _ if self.min_qc < LEAST_QC => Some(too_small(self.min_qc)),
            Span::Span(span) if span.get() > 1.0 => {
                let message = format!("a span of {}, and 1 is all of the pooled QC samples", span.get());
                Some(("drift.smoothing", message, "give a share above 0 and at most 1".to_owned()))
            }
            _ => None,
        }
    }

    pub(super) fn sentence(&self, transformed: bool) -> String {
        let span = match self.smoothing {
            Span::CrossValidated => "the span chosen by leave-one-out cross-validation".to_owned(),
            Span::Span(span) => format!("span {}", span.get()),
        };
        format!(
            "Drift was corrected by local regression on the pooled quality-control samples (QC-RLSC; Dunn 2011, \
             10.1038/nprot.2011.335): for each analyte and batch, a loess curve of degree {}, {span}, {}",
            self.degree.0,
            self.frame(0).sentence(transformed)
        )
    }
}
