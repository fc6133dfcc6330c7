//! The methods section of the screen, as the settings have it.

use super::params::{Model, Multiplicity, Params, Predictor, Sensitivity, Within};
use crate::statistics::covariance::Covariance;
use crate::statistics::inference::Inference;
use crate::statistics::multiplicity::Adjustment;

/// A paragraph for the models, one for many tests, one for sensitivity.
pub fn methods(params: &Params) -> Vec<String> {
    if params.models.is_empty() {
        return Vec::new();
    }
    let mut paragraphs = vec![
        "Each metabolite was tested against each outcome by least squares (QR decomposition), one metabolite at a time, \
         on the participants with complete data for that test; categories were coded against their first level. A test \
         that could not be made has a row that says why."
            .to_owned(),
    ];
    paragraphs.extend(params.models.iter().map(|(name, model)| describe_model(name, model)));
    paragraphs.push(format!(
        "Limits are at {:.0} % confidence. {}",
        params.confidence.get() * 100.0,
        adjustment(&params.multiplicity)
    ));
    paragraphs.extend(sensitivity(&params.sensitivity));
    paragraphs
}

fn describe_model(name: &str, model: &Model) -> String {
    let predictor = match &model.predictor {
        Predictor::Change(measure) => format!("the metabolite's change ({measure})"),
        Predictor::Level(timepoint) => format!("the metabolite's level at {timepoint}"),
    };
    let covariates = match model.covariates.as_slice() {
        [] => "without covariates".to_owned(),
        names => format!("with {} as covariates", names.join(", ")),
    };
    let errors = match model.covariance.estimator().unwrap_or_default() {
        Covariance::Model => "model-based standard errors".to_owned(),
        robust => format!("{} heteroscedasticity-consistent standard errors", robust.name().to_uppercase()),
    };
    let reference = match model.inference {
        Inference::Wald => "a normal reference (Wald), which is too narrow in small samples",
        Inference::T => "Student's t with the residual degrees of freedom",
    };
    format!(
        "Model “{name}”: {} on {predictor}, {covariates}, with {errors} and {reference}.",
        model.outcomes.join(", ")
    )
}

fn adjustment(settings: &Multiplicity) -> String {
    let method = match settings.method {
        Adjustment::Bonferroni => "Bonferroni's method",
        Adjustment::Holm => "Holm's method",
        Adjustment::Hochberg => "Hochberg's method",
        Adjustment::Bh => "Benjamini and Hochberg's false discovery rate",
        Adjustment::By => "Benjamini and Yekutieli's false discovery rate",
        Adjustment::Storey => "Storey's q-value",
    };
    let column = |within: &Within| match within {
        Within::Model => "model",
        Within::Outcome => "outcome",
        Within::Predictor => "predictor",
        Within::Stratum => "stratum",
        Within::Analyte => "analyte",
    };
    let columns: Vec<&str> = settings.within.iter().map(column).collect();
    let family = if columns.is_empty() {
        "over all tests together".to_owned()
    } else {
        format!("within each {}", columns.join(" × "))
    };
    format!("P-values were adjusted for the number of tests by {method}, {family}.")
}

fn sensitivity(asked: &[Sensitivity]) -> Option<String> {
    (!asked.is_empty()).then(|| {
        "Each estimate was recomputed with one participant left out at a time (exactly, in closed form); the range, and \
         whether one participant moves the p-value across the threshold, stand beside it, with leverage, Cook's \
         distance, DFBETA and DFBETAS (Belsley, Kuh and Welsch 1980)."
            .to_owned()
    })
}
