//! What is put in for missing values.
//!
//! `half_min` and `median` learn one value per analyte, `knn` which analytes (or training samples) are alike, `svd` the
//! components that analytes share, all from the training samples; `qrilc` needs nothing but the sample itself. None of
//! them gives back what was not measured: standard errors after a single imputation are too small.

pub mod knn;
mod nearest;
pub mod qrilc;
pub mod svd;
mod value;

use std::num::NonZeroU32;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Fitted, Remark, State, StepError, StepNote};
use crate::contract::quantity::{Fraction, Positive};
pub use knn::Neighbours;
pub use nearest::nearest;

/// What is put in for missing values.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "method", rename_all = "snake_case", deny_unknown_fields)]
pub enum Impute {
    /// Missing values stay missing.
    None {
        /// The classes of analytes that the step is for, as the panel names them. Default: all.
        #[serde(default)]
        classes: Vec<String>,
    },
    /// Half of the analyte's smallest positive value among the study samples.
    HalfMin {
        /// The classes of analytes that the step is for, as the panel names them. Default: all.
        #[serde(default)]
        classes: Vec<String>,
    },
    /// The analyte's median among the study samples.
    Median {
        /// The classes of analytes that the step is for, as the panel names them. Default: all.
        #[serde(default)]
        classes: Vec<String>,
    },
    /// The mean of the k nearest neighbours (Troyanskaya 2001, 10.1093/bioinformatics/17.6.520), for values that are
    /// missing at random.
    Knn {
        /// How many neighbours, at least 1. Default: 10.
        #[serde(default = "ten")]
        k: NonZeroU32,
        /// What a neighbour is. Default: analytes, as in R's impute.knn; `samples` is the same on the transposed values.
        #[serde(default)]
        neighbours: Neighbours,
        /// The largest share of missing values, 0 to 1, of what has neighbours; beyond it, an analyte's gaps receive
        /// the sample's mean (a sample's gaps the analyte's mean). Default: 0.5.
        #[serde(default = "half")]
        rowmax: Fraction,
        /// The largest share of missing values of a sample (where samples are the neighbours, of an analyte), 0 to 1;
        /// beyond it, the step is refused. Default: 0.8.
        #[serde(default = "four_fifths")]
        colmax: Fraction,
        /// The classes of analytes that the step is for, as the panel names them. Default: all.
        #[serde(default)]
        classes: Vec<String>,
    },
    /// Draws from the normal distribution of the sample's logarithms below their censored share (QRILC, Lazar 2016,
    /// 10.1021/acs.jproteome.5b00981), for values that are missing because they are small.
    Qrilc {
        /// What the standard deviation of the draws is multiplied by, above 0. Default: 1.
        #[serde(default = "one")]
        tune_sigma: Positive,
        /// The classes of analytes that the step is for, as the panel names them. Default: all.
        #[serde(default)]
        classes: Vec<String>,
    },
    /// The components that analytes share (iterative SVD, Troyanskaya 2001, 10.1093/bioinformatics/17.6.520).
    Svd {
        /// How many components, at least 1. Default: 2.
        #[serde(default = "two")]
        components: NonZeroU32,
        /// The classes of analytes that the step is for, as the panel names them. Default: all.
        #[serde(default)]
        classes: Vec<String>,
    },
}

fn ten() -> NonZeroU32 {
    NonZeroU32::MIN.saturating_add(9)
}

fn two() -> NonZeroU32 {
    NonZeroU32::MIN.saturating_add(1)
}

fn half() -> Fraction {
    share(0.5)
}

fn four_fifths() -> Fraction {
    share(0.8)
}

fn share(value: f64) -> Fraction {
    Fraction::new(value).expect("0.5 and 0.8 are fractions")
}

fn one() -> Positive {
    Positive::new(1.0).expect("one is above zero")
}

/// What an imputation learned.
#[derive(Debug, Clone, PartialEq)]
pub enum FittedImpute {
    Value(value::FittedValue),
    Knn(knn::FittedKnn),
    Qrilc(qrilc::Qrilc),
    Svd(svd::FittedSvd),
}

impl Impute {
    pub(super) fn classes(&self) -> &[String] {
        match self {
            Impute::None { classes }
            | Impute::HalfMin { classes }
            | Impute::Median { classes }
            | Impute::Knn { classes, .. }
            | Impute::Qrilc { classes, .. }
            | Impute::Svd { classes, .. } => classes,
        }
    }

    /// Whether the values must be sizes, measured from zero.
    pub fn needs_the_measured_scale(&self) -> bool {
        matches!(self, Impute::HalfMin { .. })
    }

    /// Whether what it puts into one analyte is made of the values of others.
    pub(super) fn compares_analytes(&self) -> bool {
        matches!(self, Impute::Knn { .. } | Impute::Qrilc { .. } | Impute::Svd { .. })
    }

    pub(super) fn fit(&self, place: usize, state: &State<'_>, study: &[usize]) -> Result<Fitted, StepError> {
        let fitted = match self {
            Impute::None { .. } => return Ok(Fitted::Nothing("impute")),
            Impute::HalfMin { .. } => FittedImpute::Value(value::FittedValue::half_min(state, study)),
            Impute::Median { .. } => FittedImpute::Value(value::FittedValue::median(state, study)),
            Impute::Knn { k, neighbours, rowmax, colmax, .. } => {
                let settings = knn::Settings { k: k.get() as usize, rowmax: rowmax.get(), colmax: colmax.get() };
                FittedImpute::Knn(knn::FittedKnn::fit(place, state, study, settings, *neighbours)?)
            }
            Impute::Qrilc { tune_sigma, .. } => {
                FittedImpute::Qrilc(qrilc::Qrilc { seed: state.seed, tune_sigma: tune_sigma.get() })
            }
            Impute::Svd { components, .. } => {
                FittedImpute::Svd(svd::FittedSvd::fit(place, state, study, components.get() as usize)?)
            }
        };
        Ok(Fitted::Impute(fitted))
    }

    pub(super) fn sentence(&self) -> Option<String> {
        let what = match self {
            Impute::None { .. } => return None,
            Impute::HalfMin { .. } => {
                "replaced by half of the analyte's smallest positive value among the study samples".to_owned()
            }
            Impute::Median { .. } => "replaced by the analyte's median among the study samples".to_owned(),
            Impute::Knn { k, neighbours, rowmax, .. } => knn::sentence(k.get(), *neighbours, rowmax.get()),
            Impute::Qrilc { tune_sigma, .. } => qrilc::sentence(tune_sigma.get()),
            Impute::Svd { components, .. } => svd::sentence(components.get()),
        };
        Some(format!("Missing values were {what}."))
    }
}

impl FittedImpute {
    pub(super) fn apply(&self, state: &mut State<'_>) -> StepNote {
        match self {
            FittedImpute::Value(fitted) => fitted.apply(state),
            FittedImpute::Knn(fitted) => fitted.apply(state),
            FittedImpute::Qrilc(fitted) => fitted.apply(state),
            FittedImpute::Svd(fitted) => fitted.apply(state),
        }
    }
}

/// The rows in which an analyte is missing.
fn gaps(state: &State<'_>, analyte: usize) -> Vec<usize> {
    let column = state.grid.column(analyte).iter().enumerate();
    column.filter(|(_, value)| value.is_nan()).map(|(row, _)| row).collect()
}

/// Puts the found values in, analyte by analyte, and says what was done and what stays missing.
fn put_all(state: &mut State<'_>, method: &'static str, found: Vec<Filled>, why_not: &str) -> StepNote {
    let (mut changed, mut touched, mut remarks) = (0, 0, Vec::new());
    for Filled { analyte, values } in found {
        let filled: Vec<(usize, f64)> = values.iter().copied().filter(|(_, value)| value.is_finite()).collect();
        filled.iter().for_each(|&(row, value)| state.put(row, analyte, value));
        let left = values.len() - filled.len();
        (changed, touched) = (changed + filled.len(), touched + usize::from(!filled.is_empty()));
        if left > 0 {
            remarks.push(not_imputed(&state.grid.analytes[analyte], left, why_not));
        }
    }
    let detail = format!("{changed} missing values of {touched} analytes were put in");
    StepNote { step: "impute", method, values_changed: changed, detail, remarks, decisions: Vec::new() }
}

/// What was found for the gaps of one analyte, NaN where nothing was.
struct Filled {
    analyte: usize,
    values: Vec<(usize, f64)>,
}

fn not_imputed(analyte: &str, values: usize, why: &str) -> Remark {
    Remark {
        code: "not_imputed",
        subject: analyte.to_owned(),
        message: format!("{values} missing values stay missing: {why}"),
        hint: "set qc's max_missing so that analytes and samples without values are left out",
    }
}
