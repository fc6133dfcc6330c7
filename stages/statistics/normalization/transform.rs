//! A transformation of every value.

pub mod glog;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Fitted, Remark, State, StepError, StepNote, Training};

/// A transformation of every value.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "method", rename_all = "snake_case", deny_unknown_fields)]
pub enum Transform {
    /// The values stay as they are.
    None {
        /// The classes of analytes that the step is for, as the panel names them. Default: all.
        #[serde(default)]
        classes: Vec<String>,
    },
    /// Logarithm to base 2.
    Log2 {
        /// The classes of analytes that the step is for, as the panel names them. Default: all.
        #[serde(default)]
        classes: Vec<String>,
    },
    /// Natural logarithm.
    Ln {
        /// The classes of analytes that the step is for, as the panel names them. Default: all.
        #[serde(default)]
        classes: Vec<String>,
    },
    /// Logarithm to base 10.
    Log10 {
        /// The classes of analytes that the step is for, as the panel names them. Default: all.
        #[serde(default)]
        classes: Vec<String>,
    },
    /// Generalized logarithm, `ln(y + √(y² + λ))` (Durbin & Rocke 2003, 10.1093/bioinformatics/btg107).
    Glog {
        /// λ, one for all analytes: a number above 0 in squared units of the values, or `estimated` from the pooled QC
        /// samples by maximum likelihood. Default: estimated.
        #[serde(default)]
        lambda: glog::Lambda,
        /// The classes of analytes that the step is for, as the panel names them. Default: all.
        #[serde(default)]
        classes: Vec<String>,
    },
    /// Cube root, of negative values too.
    CubeRoot {
        /// The classes of analytes that the step is for, as the panel names them. Default: all.
        #[serde(default)]
        classes: Vec<String>,
    },
}

/// The function that values are transformed by.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Function {
    Log2,
    Ln,
    Log10,
    Glog(glog::Glog),
    CubeRoot,
}

impl Function {
    fn word(self) -> &'static str {
        match self {
            Function::Log2 => "log2",
            Function::Ln => "ln",
            Function::Log10 => "log10",
            Function::Glog(_) => "glog",
            Function::CubeRoot => "cube_root",
        }
    }

    /// The transformed value; NaN where it is undefined (the logarithm of zero or less).
    fn of(self, value: f64) -> f64 {
        // METHOD: the logarithm of zero or of a negative number is missing, never minus infinity.
        let log = |function: fn(f64) -> f64| if value > 0.0 { function(value) } else { f64::NAN };
        match self {
            Function::Log2 => log(libm::log2),
            Function::Ln => log(libm::log),
            Function::Log10 => log(libm::log10),
            Function::Glog(glog) => glog.of(value),
            Function::CubeRoot => libm::cbrt(value),
        }
    }

    pub(super) fn apply(self, state: &mut State<'_>) -> StepNote {
        let (mut changed, mut remarks) = (0, Vec::new());
        let analytes = state.grid.analytes.clone();
        for (analyte, column) in state.columns_mut() {
            let mut lost = 0;
            for value in column.iter_mut().filter(|value| !value.is_nan()) {
                *value = self.of(*value);
                changed += 1;
                lost += usize::from(value.is_nan());
            }
            if let (1.., Some(name)) = (lost, analytes.get(analyte)) {
                remarks.push(not_positive(name, self.word(), lost));
            }
        }
        let lost = remarks.len();
        let mut detail = format!("{} of {changed} values; {lost} analytes with values of zero or less", self.word());
        if let Function::Glog(glog) = self {
            detail = glog.detail(changed);
            remarks.extend(glog.remark());
        }
        StepNote {
            step: "transform",
            method: self.word(),
            values_changed: changed,
            detail,
            remarks,
            decisions: Vec::new(),
        }
    }
}

fn not_positive(analyte: &str, function: &str, values: usize) -> Remark {
    Remark {
        code: "not_positive",
        subject: analyte.to_owned(),
        message: format!("{values} values of zero or less have no {function} and are missing from here on"),
        hint: "replace values below the limit of detection before the logarithm, or use cube_root",
    }
}

impl Transform {
    pub(super) fn classes(&self) -> &[String] {
        match self {
            Transform::None { classes }
            | Transform::Log2 { classes }
            | Transform::Ln { classes }
            | Transform::Log10 { classes }
            | Transform::Glog { classes, .. }
            | Transform::CubeRoot { classes } => classes,
        }
    }

    pub(super) fn learns_from_qc(&self) -> bool {
        matches!(self, Transform::Glog { lambda: glog::Lambda::Estimated, .. })
    }

    /// Whether the values after the step are no longer measured from zero.
    pub fn leaves_the_measured_scale(&self) -> bool {
        !matches!(self, Transform::None { .. })
    }

    pub(super) fn fit(&self, place: usize, state: &State<'_>, training: Training<'_>) -> Result<Fitted, StepError> {
        Ok(Fitted::Transform(match self {
            Transform::None { .. } => return Ok(Fitted::Nothing("transform")),
            Transform::Log2 { .. } => Function::Log2,
            Transform::Ln { .. } => Function::Ln,
            Transform::Log10 { .. } => Function::Log10,
            Transform::Glog { lambda, .. } => Function::Glog(glog::Glog::fit(place, state, training.qc, *lambda)?),
            Transform::CubeRoot { .. } => Function::CubeRoot,
        }))
    }

    pub(super) fn scale_word(&self) -> Option<&'static str> {
        match self {
            Transform::None { .. } => None,
            Transform::Log2 { .. } => Some("log2"),
            Transform::Ln { .. } => Some("ln"),
            Transform::Log10 { .. } => Some("log10"),
            Transform::Glog { .. } => Some("glog"),
            Transform::CubeRoot { .. } => Some("cube root"),
        }
    }

    pub(super) fn sentence(&self) -> Option<String> {
        let what = match self {
            Transform::None { .. } => return None,
            Transform::Log2 { .. } => "log2-transformed; values of zero or less became missing".to_owned(),
            Transform::Ln { .. } => {
                "transformed by the natural logarithm; values of zero or less became missing".to_owned()
            }
            Transform::Log10 { .. } => "log10-transformed; values of zero or less became missing".to_owned(),
            Transform::Glog { lambda, .. } => glog::sentence(*lambda),
            Transform::CubeRoot { .. } => "transformed by the cube root".to_owned(),
        };
        Some(format!("Abundances were {what}."))
    }
}
