//! What is put in for missing values.
//!
//! It learns one value per analyte from the training samples. It does not use other analytes or other participants'
//! similarity; k nearest neighbours and QRILC are not built yet.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Fitted, Remark, State, StepNote};
use crate::statistics::descriptive;

/// What is put in for missing values.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Impute {
    /// The value that is put in.
    pub method: ImputeMethod,
}

/// Methods of imputation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ImputeMethod {
    /// Missing values stay missing.
    None,
    /// Half of the analyte's smallest positive value among the study samples.
    HalfMin,
    /// The analyte's median among the study samples.
    Median,
    /// k nearest neighbours (not built yet).
    Knn,
    /// Quantile regression of left-censored data (not built yet).
    Qrilc,
}

impl ImputeMethod {
    pub(super) fn not_built(self) -> Option<&'static str> {
        matches!(self, ImputeMethod::Knn | ImputeMethod::Qrilc).then_some(self.word())
    }

    fn word(self) -> &'static str {
        match self {
            ImputeMethod::None => "none",
            ImputeMethod::HalfMin => "half_min",
            ImputeMethod::Median => "median",
            ImputeMethod::Knn => "knn",
            ImputeMethod::Qrilc => "qrilc",
        }
    }

    fn learn(self, values: &[f64]) -> Option<f64> {
        match self {
            // METHOD: the smallest positive value, so that a zero put in below the limit of detection is not halved.
            ImputeMethod::HalfMin => {
                let positive: Vec<f64> = values.iter().copied().filter(|value| *value > 0.0).collect();
                descriptive::extremes(&positive).map(|(low, _)| low / 2.0)
            }
            ImputeMethod::Median => descriptive::median(values),
            ImputeMethod::None | ImputeMethod::Knn | ImputeMethod::Qrilc => None,
        }
    }
}

/// The value that each analyte's missing values receive.
#[derive(Debug, Clone, PartialEq)]
pub struct FittedImpute {
    method: ImputeMethod,
    fill: Vec<Option<f64>>,
}

impl Impute {
    pub(super) fn fit(&self, state: &State<'_>, study: &[usize]) -> Fitted {
        if self.method == ImputeMethod::None {
            return Fitted::Nothing("impute");
        }
        let analytes = 0..state.grid.analytes.len();
        let fill = analytes.map(|analyte| self.method.learn(&state.present(analyte, study))).collect();
        Fitted::Impute(FittedImpute { method: self.method, fill })
    }

    pub(super) fn sentence(&self) -> Option<String> {
        let what = match self.method {
            ImputeMethod::None | ImputeMethod::Knn | ImputeMethod::Qrilc => return None,
            ImputeMethod::HalfMin => "half of the analyte's smallest positive value among the study samples",
            ImputeMethod::Median => "the analyte's median among the study samples",
        };
        Some(format!("Missing values were replaced by {what}."))
    }
}

impl FittedImpute {
    pub(super) fn apply(&self, state: &mut State<'_>) -> StepNote {
        let (mut changed, mut remarks, mut touched) = (0, Vec::new(), 0);
        for analyte in 0..state.grid.analytes.len() {
            let column = state.grid.column(analyte).iter().enumerate();
            let missing: Vec<usize> = column.filter(|(_, value)| value.is_nan()).map(|(row, _)| row).collect();
            if missing.is_empty() {
                continue;
            }
            let Some(fill) = self.fill.get(analyte).copied().flatten() else {
                remarks.push(nothing_to_learn(&state.grid.analytes[analyte], missing.len(), self.method));
                continue;
            };
            missing.iter().for_each(|&row| state.put(row, analyte, fill));
            (changed, touched) = (changed + missing.len(), touched + 1);
        }
        let detail = format!("{changed} missing values of {touched} analytes were put in");
        StepNote { step: "impute", method: self.method.word(), values_changed: changed, detail, remarks }
    }
}

fn nothing_to_learn(analyte: &str, values: usize, method: ImputeMethod) -> Remark {
    Remark {
        code: "not_imputed",
        subject: analyte.to_owned(),
        message: format!("{values} missing values stay missing: no study sample has a value for `{}`", method.word()),
        hint: "set qc's max_missing so that analytes without values are left out",
    }
}
