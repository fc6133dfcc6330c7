//! Centring and scaling of each analyte: `(x - mean) / divisor`, with mean and divisor learned from training samples.
//!
//! Source: van den Berg 2006, 10.1186/1471-2164-7-142.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Fitted, Remark, State, StepNote};
use crate::statistics::descriptive::{self, show};

/// Centring and scaling of each analyte.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Scale {
    /// What the centred values are divided by.
    pub method: ScaleMethod,
    /// The classes of analytes that the step is for, as the panel names them. Default: all.
    #[serde(default)]
    pub classes: Vec<String>,
}

/// What centred values are divided by (van den Berg 2006, 10.1186/1471-2164-7-142); sd is of the study samples, n - 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ScaleMethod {
    /// Neither centred nor scaled.
    None,
    /// The standard deviation.
    Auto,
    /// The square root of the standard deviation.
    Pareto,
    /// The range, largest minus smallest.
    Range,
    /// The standard deviation times the coefficient of variation (sd²/mean).
    Vast,
    /// The mean.
    Level,
    /// One: values are centred and not scaled.
    Center,
    /// 1.4826 times the median absolute deviation, about the median instead of the mean.
    Robust,
}

impl ScaleMethod {
    fn word(self) -> &'static str {
        match self {
            ScaleMethod::None => "none",
            ScaleMethod::Auto => "auto",
            ScaleMethod::Pareto => "pareto",
            ScaleMethod::Range => "range",
            ScaleMethod::Vast => "vast",
            ScaleMethod::Level => "level",
            ScaleMethod::Center => "center",
            ScaleMethod::Robust => "robust",
        }
    }

    fn learn(self, values: &[f64]) -> Option<Learned> {
        let mean = descriptive::mean(values)?;
        let sd = descriptive::sd(values)?;
        // METHOD: level and vast scaling take the mean as a size; a mean of zero or less (as after a logarithm) is none.
        // So is one that is rounding (as after a centring).
        let more = |size: f64| descriptive::is_more_than_rounding(size, values);
        let size = || Some(mean).filter(|mean| more(*mean));
        let divisor = match self {
            ScaleMethod::None => 1.0,
            // METHOD: what does not vary may still be centred.
            ScaleMethod::Center => return Some(Learned { mean, divisor: 1.0 }),
            ScaleMethod::Robust => return robust(values),
            ScaleMethod::Auto => sd,
            ScaleMethod::Pareto => sd.sqrt(),
            ScaleMethod::Range => descriptive::extremes(values).map(|(low, high)| high - low)?,
            ScaleMethod::Vast => sd * sd / size()?,
            ScaleMethod::Level => size()?,
        };
        // METHOD: an analyte without spread has no scale; its values become missing rather than zero or infinite.
        (divisor.is_finite() && divisor > 0.0 && more(sd)).then_some(Learned { mean, divisor })
    }
}

fn robust(values: &[f64]) -> Option<Learned> {
    let divisor = descriptive::MAD_TO_SD * descriptive::mad(values)?;
    let mean = descriptive::median(values)?;
    let more = descriptive::is_more_than_rounding(divisor, values);
    (more && divisor.is_finite()).then_some(Learned { mean, divisor })
}

/// A centre and a divisor.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Learned {
    mean: f64,
    divisor: f64,
}

/// Each analyte's centre and divisor; none where the scale is undefined.
#[derive(Debug, Clone, PartialEq)]
pub struct FittedScale {
    method: ScaleMethod,
    learned: Vec<Option<Learned>>,
}

impl Scale {
    pub(super) fn fit(&self, state: &State<'_>, study: &[usize]) -> Fitted {
        if self.method == ScaleMethod::None {
            return Fitted::Nothing("scale");
        }
        let analytes = 0..state.grid.analytes.len();
        let learned = analytes.map(|analyte| self.method.learn(&state.present(analyte, study))).collect();
        Fitted::Scale(FittedScale { method: self.method, learned })
    }

    pub(super) fn scale_word(&self) -> Option<&'static str> {
        Some(match self.method {
            ScaleMethod::None => return None,
            ScaleMethod::Auto => "auto-scaled",
            ScaleMethod::Pareto => "Pareto-scaled",
            ScaleMethod::Range => "range-scaled",
            ScaleMethod::Vast => "vast-scaled",
            ScaleMethod::Level => "level-scaled",
            ScaleMethod::Center => "centred",
            ScaleMethod::Robust => "robustly scaled",
        })
    }

    pub(super) fn sentence(&self) -> Option<String> {
        let divisor = match self.method {
            ScaleMethod::None => return None,
            ScaleMethod::Auto => "its standard deviation (auto-scaling)",
            ScaleMethod::Pareto => "the square root of its standard deviation (Pareto scaling)",
            ScaleMethod::Range => "its range (range scaling)",
            ScaleMethod::Vast => "its variance over its mean (vast scaling)",
            ScaleMethod::Level => "its mean (level scaling)",
            ScaleMethod::Center => {
                return Some("Each analyte was centred at its mean in the study samples of all timepoints.".to_owned());
            }
            ScaleMethod::Robust => {
                return Some(
                    "Each analyte was centred at its median and divided by 1.4826 times its median absolute deviation, both \
                     of the study samples of all timepoints."
                        .to_owned(),
                );
            }
        };
        Some(format!(
            "Each analyte was centred at its mean and divided by {divisor}, both of the study samples of all \
             timepoints (van den Berg 2006, 10.1186/1471-2164-7-142)."
        ))
    }
}

impl FittedScale {
    pub(super) fn apply(&self, state: &mut State<'_>) -> StepNote {
        let (mut changed, mut remarks) = (0, Vec::new());
        let analytes = state.grid.analytes.clone();
        for (analyte, column) in state.columns_mut() {
            let learned = self.learned.get(analyte).copied().flatten();
            let present = column.iter_mut().filter(|value| !value.is_nan());
            let scaled = present.map(|value| *value = learned.map_or(f64::NAN, |l| (*value - l.mean) / l.divisor));
            let count = scaled.count();
            changed += count;
            if let (None, 1.., Some(name)) = (learned, count, analytes.get(analyte)) {
                remarks.push(no_scale(name, self.method));
            }
        }
        let detail = self.detail();
        StepNote {
            step: "scale",
            method: self.method.word(),
            values_changed: changed,
            detail,
            remarks,
            decisions: Vec::new(),
        }
    }

    fn detail(&self) -> String {
        let divisors: Vec<f64> = self.learned.iter().flatten().map(|learned| learned.divisor).collect();
        let (known, all) = (divisors.len(), self.learned.len());
        match descriptive::extremes(&divisors) {
            Some((low, high)) => format!("{known} of {all} analytes, divided by {} to {}", show(low), show(high)),
            None => format!("{known} of {all} analytes have a scale"),
        }
    }
}

fn no_scale(analyte: &str, method: ScaleMethod) -> Remark {
    Remark {
        code: "no_scale",
        subject: analyte.to_owned(),
        message: format!(
            "`{}` scaling is undefined (fewer than two values, no spread, or a mean of zero or less); the values are \
             missing from here on",
            method.word()
        ),
        hint: "leave the analyte out in qc, or choose another scaling",
    }
}
