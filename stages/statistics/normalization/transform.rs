//! A transformation of every value.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Fitted, Remark, State, StepNote};

/// A transformation of every value.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Transform {
    /// The function.
    pub method: TransformMethod,
}

/// The functions that values can be transformed by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TransformMethod {
    /// The values stay as they are.
    None,
    /// Logarithm to base 2.
    Log2,
    /// Natural logarithm.
    Ln,
    /// Logarithm to base 10.
    Log10,
    /// Generalized logarithm (not built yet).
    Glog,
    /// Cube root, of negative values too.
    CubeRoot,
}

impl TransformMethod {
    fn word(self) -> &'static str {
        match self {
            TransformMethod::None => "none",
            TransformMethod::Log2 => "log2",
            TransformMethod::Ln => "ln",
            TransformMethod::Log10 => "log10",
            TransformMethod::Glog => "glog",
            TransformMethod::CubeRoot => "cube_root",
        }
    }

    pub(super) fn not_built(self) -> Option<&'static str> {
        (self == TransformMethod::Glog).then_some("glog")
    }

    /// The transformed value; NaN where it is undefined (the logarithm of zero or less).
    fn of(self, value: f64) -> f64 {
        // METHOD: the logarithm of zero or of a negative number is missing, never minus infinity.
        let log = |function: fn(f64) -> f64| if value > 0.0 { function(value) } else { f64::NAN };
        match self {
            TransformMethod::None | TransformMethod::Glog => value,
            TransformMethod::Log2 => log(libm::log2),
            TransformMethod::Ln => log(libm::log),
            TransformMethod::Log10 => log(libm::log10),
            TransformMethod::CubeRoot => libm::cbrt(value),
        }
    }

    pub(super) fn apply(self, state: &mut State<'_>) -> StepNote {
        let (mut changed, mut remarks) = (0, Vec::new());
        let analytes = state.grid.analytes.clone();
        for (analyte, column) in state.grid.columns_mut() {
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
        let detail = format!("{} of {changed} values; {lost} analytes with values of zero or less", self.word());
        StepNote { step: "transform", method: self.word(), values_changed: changed, detail, remarks }
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
    pub(super) fn fit(&self) -> Fitted {
        match self.method {
            TransformMethod::None => Fitted::Nothing("transform"),
            method => Fitted::Transform(method),
        }
    }

    pub(super) fn scale_word(&self) -> Option<&'static str> {
        match self.method {
            TransformMethod::None => None,
            TransformMethod::CubeRoot => Some("cube root"),
            method => Some(method.word()),
        }
    }

    pub(super) fn sentence(&self) -> Option<String> {
        let what = match self.method {
            TransformMethod::None | TransformMethod::Glog => return None,
            TransformMethod::Log2 => "log2-transformed; values of zero or less became missing",
            TransformMethod::Ln => "transformed by the natural logarithm; values of zero or less became missing",
            TransformMethod::Log10 => "log10-transformed; values of zero or less became missing",
            TransformMethod::CubeRoot => "transformed by the cube root",
        };
        Some(format!("Abundances were {what}."))
    }
}
