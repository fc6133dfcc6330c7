//! What becomes of values below the limit of detection.
//!
//! It replaces every value that is marked as below the limit: a missing one, and a number below the panel's limit,
//! which the instrument does not vouch for. It does not judge which values those are; ingest marks them.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Fitted, Remark, State, StepNote};

/// What becomes of values below the limit of detection.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BelowLod {
    /// What is put in their place.
    pub method: BelowLodMethod,
}

/// What is put in the place of a value below the limit of detection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum BelowLodMethod {
    /// They stay as they are.
    None,
    /// Zero.
    Zero,
    /// Half the limit.
    HalfLod,
    /// The limit divided by the square root of two (Hornung & Reed 1990, 10.1080/1047322X.1990.10389587).
    LodOverSqrt2,
    /// They become missing, numbers too.
    Missing,
}

impl BelowLodMethod {
    fn word(self) -> &'static str {
        match self {
            BelowLodMethod::None => "none",
            BelowLodMethod::Zero => "zero",
            BelowLodMethod::HalfLod => "half_lod",
            BelowLodMethod::LodOverSqrt2 => "lod_over_sqrt2",
            BelowLodMethod::Missing => "missing",
        }
    }

    /// What stands for a value below the limit; none where the value stays as it is.
    fn substitute(self, lod: Option<f64>) -> Option<f64> {
        match self {
            BelowLodMethod::None => None,
            BelowLodMethod::Zero => Some(0.0),
            BelowLodMethod::HalfLod => lod.map(|lod| lod / 2.0),
            BelowLodMethod::LodOverSqrt2 => lod.map(|lod| lod / std::f64::consts::SQRT_2),
            BelowLodMethod::Missing => Some(f64::NAN),
        }
    }
}

impl BelowLod {
    pub(super) fn fit(&self) -> Fitted {
        match self.method {
            BelowLodMethod::None => Fitted::Nothing("below_lod"),
            _ => Fitted::BelowLod(self.clone()),
        }
    }

    pub(super) fn sentence(&self) -> Option<String> {
        let what = match self.method {
            BelowLodMethod::None => return None,
            BelowLodMethod::Zero => "were set to zero",
            BelowLodMethod::HalfLod => "were replaced by half that limit",
            BelowLodMethod::LodOverSqrt2 => {
                "were replaced by that limit divided by √2 (Hornung & Reed 1990, 10.1080/1047322X.1990.10389587)"
            }
            BelowLodMethod::Missing => "were treated as missing",
        };
        Some(format!("Values below the limit of detection (LOD) {what}."))
    }

    pub(super) fn apply(&self, state: &mut State<'_>) -> StepNote {
        let (mut changed, mut touched, mut remarks) = (0, 0, Vec::new());
        for analyte in 0..state.grid.analytes.len() {
            let rows = 0..state.grid.samples.len();
            let below: Vec<usize> = rows.filter(|&row| state.sheet.is_below_lod(row, analyte)).collect();
            if below.is_empty() {
                continue;
            }
            let lod = state.sheet.lod.get(analyte).copied().flatten();
            let Some(value) = self.method.substitute(lod) else {
                remarks.push(no_limit(&state.grid.analytes[analyte], below.len()));
                continue;
            };
            below.iter().for_each(|&row| state.put(row, analyte, value));
            (changed, touched) = (changed + below.len(), touched + 1);
        }
        let detail = format!("{changed} values of {touched} analytes lay below the limit of detection");
        StepNote { step: "below_lod", method: self.method.word(), values_changed: changed, detail, remarks }
    }
}

fn no_limit(analyte: &str, values: usize) -> Remark {
    Remark {
        code: "lod_unknown",
        subject: analyte.to_owned(),
        message: format!("{values} values are marked as below the limit of detection, and the panel gives no limit"),
        hint: "give the analyte's lod in the panel, or add an impute step",
    }
}
