//! What becomes of values below the limit of detection.
//!
//! It replaces every value that is marked as below the limit: a missing one, and a number below the panel's limit,
//! which the instrument does not vouch for. It does not judge which values those are; ingest marks them.

pub mod censored;

use schemars::{JsonSchema, Schema};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{Fitted, Remark, State, StepNote};
use crate::contract::quantity::{NonNegative, Positive};
use crate::statistics::descriptive::show;

/// What becomes of values below the limit of detection.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "method", rename_all = "snake_case", deny_unknown_fields)]
pub enum BelowLod {
    /// They stay as they are.
    None {
        /// The classes of analytes that the step is for, as the panel names them. Default: all.
        #[serde(default)]
        classes: Vec<String>,
    },
    /// Zero.
    Zero {
        /// The classes of analytes that the step is for, as the panel names them. Default: all.
        #[serde(default)]
        classes: Vec<String>,
    },
    /// Half the limit.
    HalfLod {
        /// The classes of analytes that the step is for, as the panel names them. Default: all.
        #[serde(default)]
        classes: Vec<String>,
    },
    /// The limit divided by the square root of two (Hornung & Reed 1990, 10.1080/1047322X.1990.10389587).
    LodOverSqrt2 {
        /// The classes of analytes that the step is for, as the panel names them. Default: all.
        #[serde(default)]
        classes: Vec<String>,
    },
    /// The limit divided by a constant.
    LodOver {
        /// What the limit is divided by, above 0.
        divisor: Positive,
        /// The classes of analytes that the step is for, as the panel names them. Default: all.
        #[serde(default)]
        classes: Vec<String>,
    },
    /// One number for all.
    Constant {
        /// The number, in the unit of the values, 0 or more.
        value: NonNegative,
        /// The classes of analytes that the step is for, as the panel names them. Default: all.
        #[serde(default)]
        classes: Vec<String>,
    },
    /// They become missing, numbers too.
    Missing {
        /// The classes of analytes that the step is for, as the panel names them. Default: all.
        #[serde(default)]
        classes: Vec<String>,
    },
    /// What a left-censored normal distribution of the analyte's logarithms, fitted by maximum likelihood, expects below
    /// the limit (Tobin 1958, 10.2307/1907382).
    #[serde(alias = "tobit")]
    #[schemars(transform = also_tobit)]
    CensoredMl {
        /// The mean below the limit, the same for all, or a draw for each value. Default: mean.
        #[serde(default)]
        fill: censored::Fill,
        /// The classes of analytes that the step is for, as the panel names them. Default: all.
        #[serde(default)]
        classes: Vec<String>,
    },
}

/// Tells an editor the other name that the method goes by.
fn also_tobit(schema: &mut Schema) {
    let said = schema.get("description").cloned();
    if let Some(method) = schema.pointer_mut("/properties/method") {
        let other = json!({"const": "tobit", "description": "Another name of `censored_ml`."});
        *method = json!({"description": said, "oneOf": [{"const": "censored_ml", "description": said}, other]});
    }
}

/// What the step learned.
#[derive(Debug, Clone, PartialEq)]
pub enum FittedBelowLod {
    /// Nothing: a rule for each value.
    Rule(BelowLod),
    Censored(censored::FittedCensored),
}

impl BelowLod {
    fn word(&self) -> &'static str {
        match self {
            BelowLod::None { .. } => "none",
            BelowLod::Zero { .. } => "zero",
            BelowLod::HalfLod { .. } => "half_lod",
            BelowLod::LodOverSqrt2 { .. } => "lod_over_sqrt2",
            BelowLod::LodOver { .. } => "lod_over",
            BelowLod::Constant { .. } => "constant",
            BelowLod::Missing { .. } => "missing",
            BelowLod::CensoredMl { .. } => "censored_ml",
        }
    }

    pub(super) fn classes(&self) -> &[String] {
        match self {
            BelowLod::None { classes }
            | BelowLod::Zero { classes }
            | BelowLod::HalfLod { classes }
            | BelowLod::LodOverSqrt2 { classes }
            | BelowLod::LodOver { classes, .. }
            | BelowLod::Constant { classes, .. }
            | BelowLod::Missing { classes }
            | BelowLod::CensoredMl { classes, .. } => classes,
        }
    }

    /// Whether what it puts in is a size, measured from zero.
    pub fn puts_a_size_in(&self) -> bool {
        !matches!(self, BelowLod::None { .. } | BelowLod::Missing { .. })
    }

    /// Whether what it puts in is made of the limit, in the unit in which the values were measured.
    pub fn uses_the_limit(&self) -> bool {
        match self {
            BelowLod::HalfLod { .. }
            | BelowLod::LodOverSqrt2 { .. }
            | BelowLod::LodOver { .. }
            | BelowLod::CensoredMl { .. } => true,
            BelowLod::None { .. } | BelowLod::Zero { .. } | BelowLod::Constant { .. } | BelowLod::Missing { .. } => {
                false
            }
        }
    }

    pub(super) fn draws(&self) -> bool {
        matches!(self, BelowLod::CensoredMl { fill: censored::Fill::Draw, .. })
    }

    /// What stands for a value below the limit; none where the value stays as it is.
    fn substitute(&self, lod: Option<f64>) -> Option<f64> {
        match self {
            BelowLod::None { .. } | BelowLod::CensoredMl { .. } => None,
            BelowLod::Zero { .. } => Some(0.0),
            BelowLod::HalfLod { .. } => lod.map(|lod| lod / 2.0),
            BelowLod::LodOverSqrt2 { .. } => lod.map(|lod| lod / std::f64::consts::SQRT_2),
            BelowLod::LodOver { divisor, .. } => lod.map(|lod| lod / divisor.get()).filter(|value| value.is_finite()),
            BelowLod::Constant { value, .. } => Some(value.get()),
            BelowLod::Missing { .. } => Some(f64::NAN),
        }
    }

    pub(super) fn fit(&self, state: &State<'_>, study: &[usize]) -> Fitted {
        match self {
            BelowLod::None { .. } => Fitted::Nothing("below_lod"),
            BelowLod::CensoredMl { fill, .. } => {
                Fitted::BelowLod(FittedBelowLod::Censored(censored::FittedCensored::fit(state, study, *fill)))
            }
            _ => Fitted::BelowLod(FittedBelowLod::Rule(self.clone())),
        }
    }

    pub(super) fn sentence(&self) -> Option<String> {
        let what = match self {
            BelowLod::None { .. } => return None,
            BelowLod::Zero { .. } => "were set to zero".to_owned(),
            BelowLod::HalfLod { .. } => "were replaced by half that limit".to_owned(),
            BelowLod::LodOverSqrt2 { .. } => {
                "were replaced by that limit divided by √2 (Hornung & Reed 1990, 10.1080/1047322X.1990.10389587)"
                    .to_owned()
            }
            BelowLod::LodOver { divisor, .. } => format!("were replaced by that limit divided by {}", divisor.get()),
            BelowLod::Constant { value, .. } => format!("were replaced by {}", value.get()),
            BelowLod::Missing { .. } => "were treated as missing".to_owned(),
            BelowLod::CensoredMl { fill, .. } => fill.phrase().to_owned(),
        };
        Some(format!("Values below the limit of detection (LOD) {what}."))
    }
}

impl FittedBelowLod {
    pub(super) fn apply(&self, state: &mut State<'_>) -> StepNote {
        match self {
            FittedBelowLod::Rule(step) => {
                let substitute = |lod, _: usize, _: usize| step.substitute(lod);
                replace(state, step.word(), substitute, &no_limit)
            }
            FittedBelowLod::Censored(fitted) => fitted.apply(state),
        }
    }
}

/// Replaces each value below the limit by what `substitute` makes of the limit, the row and the analyte.
fn replace(
    state: &mut State<'_>,
    method: &'static str,
    substitute: impl Fn(Option<f64>, usize, usize) -> Option<f64>,
    otherwise: &dyn Fn(&str, usize) -> Remark,
) -> StepNote {
    let (mut changed, mut touched, mut remarks) = (0, 0, Vec::new());
    for analyte in state.analytes() {
        let rows = 0..state.grid.samples.len();
        let below: Vec<usize> = rows.filter(|&row| state.sheet.is_below_lod(row, analyte)).collect();
        let lod = state.sheet.lod(analyte);
        let values: Option<Vec<f64>> = below.iter().map(|&row| substitute(lod, row, analyte)).collect();
        match values {
            _ if below.is_empty() => {}
            None => remarks.push(otherwise(&state.grid.analytes[analyte], below.len())),
            Some(values) => {
                below.iter().zip(values).for_each(|(&row, value)| state.put(row, analyte, value));
                (changed, touched) = (changed + below.len(), touched + 1);
            }
        }
    }
    let detail = format!("{changed} values of {touched} analytes lay below the limit of detection");
    StepNote { step: "below_lod", method, values_changed: changed, detail, remarks, decisions: Vec::new() }
}

fn no_limit(analyte: &str, values: usize) -> Remark {
    Remark {
        code: "lod_unknown",
        subject: analyte.to_owned(),
        message: format!("{values} values are marked as below the limit of detection, and the panel gives no limit"),
        hint: "give the analyte's lod in the panel, or add an impute step",
    }
}

/// A median of fitted parameters, for a sentence.
fn shown(values: &mut [f64]) -> String {
    crate::statistics::descriptive::median_in_place(values).map_or("none".to_owned(), show)
}
