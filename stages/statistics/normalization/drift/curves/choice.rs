//! Whether a correction helps, by pooled QC samples that its curve did not see.

use super::{Bench, Scale};
use crate::statistics::descriptive::{self, MAD_TO_SD, show};
use crate::statistics::repeatability;

/// The spread of an analyte before and after its correction.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in super::super) struct Judged {
    before: Precision,
    after: Precision,
}

/// The robust RSD of the pooled QC samples, or their robust SD where a ratio has no meaning; and the D-ratio.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Precision {
    spread: Option<f64>,
    d_ratio: Option<f64>,
}

impl Precision {
    fn new(qc: &[f64], study: &[f64], scale: Scale) -> Self {
        let sd = || descriptive::mad(qc).filter(|_| qc.len() > 1).map(|mad| MAD_TO_SD * mad);
        Precision {
            spread: if scale == Scale::Difference { sd() } else { repeatability::rsd(qc, true) },
            d_ratio: repeatability::d_ratio(qc, study, true),
        }
    }
}

impl Judged {
    /// Compares an analyte with itself corrected.
    ///
    /// `at` is the curve at every row, `held` what the others' curve predicts at each pooled QC row that shaped one.
    ///
    /// METHOD: a curve of n points that is judged by the same points always looks good, so each pooled QC sample is
    /// corrected by the curve of the others, at the smoothness chosen with it. Beyond the others' first or last one
    /// that curve is held constant, as it is for a study sample there.
    pub fn new(bench: &Bench, column: &[f64], at: &[f64], held: &[(usize, f64)]) -> Judged {
        let mut unseen = at.to_vec();
        held.iter().for_each(|(row, value)| unseen[*row] = *value);
        let measured =
            |rows: &[usize]| descriptive::present(&rows.iter().map(|&row| column[row]).collect::<Vec<f64>>());
        let corrected = |rows: &[usize]| {
            let value = |&row: &usize| bench.scale.corrected(column[row], unseen[row]);
            descriptive::present(&rows.iter().map(value).collect::<Vec<f64>>())
        };
        Judged {
            before: Precision::new(&measured(&bench.qc), &measured(&bench.study), bench.scale),
            after: Precision::new(&corrected(&bench.qc), &corrected(&bench.study), bench.scale),
        }
    }

    /// Whether both measures are lower than before; the D-ratio has no say where it is undefined before and after.
    pub fn helps(&self) -> bool {
        let lower = |after: Option<f64>, before: Option<f64>| match (after, before) {
            (Some(after), Some(before)) => after < before,
            _ => false,
        };
        let no_d_ratio = self.before.d_ratio.is_none() && self.after.d_ratio.is_none();
        lower(self.after.spread, self.before.spread) && (no_d_ratio || lower(self.after.d_ratio, self.before.d_ratio))
    }

    /// Both measures, before and after.
    pub fn words(&self, scale: Scale) -> String {
        let what = if scale == Scale::Difference { "robust SD" } else { "robust RSD" };
        let text = |value: Option<f64>| value.map_or("undefined".to_owned(), show);
        format!(
            "{what} of pooled QC {} to {}, D-ratio {} to {} (each pooled QC by a curve without it)",
            text(self.before.spread),
            text(self.after.spread),
            text(self.before.d_ratio),
            text(self.after.d_ratio)
        )
    }

    /// Robust RSD and D-ratio after the correction, as a decision holds them.
    pub fn after(&self, scale: Scale) -> (Option<f64>, Option<f64>) {
        (self.after.spread.filter(|_| scale != Scale::Difference), self.after.d_ratio)
    }
}
