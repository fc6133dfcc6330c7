//! Whether a correction helps, by pooled QC samples that its curve did not see.

use super::{Bench, Scale};
use crate::statistics::descriptive::{self, MAD_TO_SD, show};
use crate::statistics::repeatability;

/// A pooled QC sample that shaped a curve, with what the curve of the others predicts of it, on the scale of the curve.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in super::super) struct Held {
    pub row: usize,
    pub drawn: f64,
    pub predicted: f64,
}

/// The spread of an analyte before and after its correction.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in super::super) struct Judged {
    before: Precision,
    after: Precision,
}

/// The robust RSD of the pooled QC samples, or their robust SD where a ratio has no meaning; the D-ratio; and how far the
/// pooled QC samples lie on average from their median or, afterwards, from the curve of the others.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Precision {
    spread: Option<f64>,
    d_ratio: Option<f64>,
    distance: f64,
}

impl Precision {
    fn new(qc: &[f64], study: &[f64], distance: f64, scale: Scale) -> Self {
        let sd = || descriptive::mad(qc).filter(|_| qc.len() > 1).map(|mad| MAD_TO_SD * mad);
        Precision {
            spread: if scale == Scale::Difference { sd() } else { repeatability::rsd(qc, true) },
            d_ratio: repeatability::d_ratio(qc, study, true),
            distance,
        }
    }
}

impl Judged {
    /// Compares an analyte with itself corrected.
    ///
    /// `at` is the curve at every row.
    ///
    /// METHOD: a curve of n points that is judged by the same points always looks good, so each pooled QC sample is
    /// corrected by the curve of the others, at the smoothness chosen without it. Beyond the others' first or last one
    /// that curve is held constant, as it is for a study sample there.
    pub fn new(bench: &Bench, column: &[f64], at: &[f64], held: &[Held]) -> Judged {
        let mut unseen = at.to_vec();
        held.iter().for_each(|held| unseen[held.row] = held.predicted);
        let measured =
            |rows: &[usize]| descriptive::present(&rows.iter().map(|&row| column[row]).collect::<Vec<f64>>());
        let corrected = |rows: &[usize]| {
            let value = |&row: &usize| bench.scale.corrected(column[row], unseen[row]);
            descriptive::present(&rows.iter().map(value).collect::<Vec<f64>>())
        };
        let (from_median, from_curve) = distances(held);
        Judged {
            before: Precision::new(&measured(&bench.qc), &measured(&bench.study), from_median, bench.scale),
            after: Precision::new(&corrected(&bench.qc), &corrected(&bench.study), from_curve, bench.scale),
        }
    }

    /// Whether all measures are lower than before; the D-ratio has no say where it is undefined before and after.
    ///
    /// METHOD: the robust measures ignore the outer half of the samples and so vary much with few of them: by themselves
    /// they keep a correction of pure noise in about one analyte of four. The mean distance asks all samples.
    pub fn helps(&self) -> bool {
        let lower = |after: Option<f64>, before: Option<f64>| match (after, before) {
            (Some(after), Some(before)) => after < before,
            _ => false,
        };
        let no_d_ratio = self.before.d_ratio.is_none() && self.after.d_ratio.is_none();
        lower(self.after.spread, self.before.spread)
            && (no_d_ratio || lower(self.after.d_ratio, self.before.d_ratio))
            && self.after.distance < self.before.distance
    }

    /// The measures, before and after.
    pub fn words(&self, scale: Scale) -> String {
        let what = if scale == Scale::Difference { "robust SD" } else { "robust RSD" };
        let text = |value: Option<f64>| value.map_or("undefined".to_owned(), show);
        format!(
            "{what} of pooled QC {} to {}, D-ratio {} to {}, mean distance {} from the median to {} from the curve (each \
             pooled QC by a curve without it)",
            text(self.before.spread),
            text(self.after.spread),
            text(self.before.d_ratio),
            text(self.after.d_ratio),
            show(self.before.distance),
            show(self.after.distance)
        )
    }

    /// Robust RSD and D-ratio after the correction, as a decision holds them.
    pub fn after(&self, scale: Scale) -> (Option<f64>, Option<f64>) {
        (self.after.spread.filter(|_| scale != Scale::Difference), self.after.d_ratio)
    }
}

/// The mean distance of the pooled QC samples from their median and from what the others' curves predict.
fn distances(held: &[Held]) -> (f64, f64) {
    let drawn: Vec<f64> = held.iter().map(|held| held.drawn).collect();
    let median = descriptive::median(&drawn).unwrap_or(f64::NAN);
    let mean = |distance: &dyn Fn(&Held) -> f64| held.iter().map(distance).sum::<f64>() / held.len() as f64;
    (mean(&|held| (held.drawn - median).abs()), mean(&|held| (held.drawn - held.predicted).abs()))
}
