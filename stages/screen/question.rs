//! One test that was asked for, and its answer: a row whatever happens.

use crate::study::Study;

use super::params::{Model, Params};
use super::schema::{AssociationRow, CoefficientRow, FitRow, InfluenceRow};

/// One test that was asked for.
pub struct Question<'a> {
    pub name: &'a str,
    pub model: &'a Model,
    pub outcome: &'a str,
    pub analyte: &'a str,
    /// The metabolite's values, a row per participant.
    pub predictor: Option<&'a [Option<f64>]>,
}

/// The answer to one question: always a row, and what else could be made.
pub struct Answer {
    pub association: AssociationRow,
    pub fit: Option<FitRow>,
    pub coefficients: Vec<CoefficientRow>,
    pub influence: Vec<InfluenceRow>,
}

/// The row of a test before anything is known but who could be in it.
pub fn blank(question: &Question<'_>, params: &Params, study: &Study, rows: &[usize]) -> AssociationRow {
    let model = question.model;
    let covariance = model.covariance.estimator().unwrap_or_default();
    AssociationRow {
        model: question.name.to_owned(),
        outcome: question.outcome.to_owned(),
        predictor: model.predictor.label(),
        stratum: String::new(),
        analyte: question.analyte.to_owned(),
        covariates: json(&model.covariates),
        family: "gaussian".to_owned(),
        link: "identity".to_owned(),
        covariance: covariance.name().to_owned(),
        inference: model.inference.name().to_owned(),
        confidence: params.confidence.get(),
        n: rows.len() as i64,
        df_residual: None,
        estimate: None,
        std_error: None,
        statistic: None,
        p_value: None,
        conf_low: None,
        conf_high: None,
        estimate_standardized: None,
        partial_r2: None,
        p_adjusted: None,
        adjustment: params.multiplicity.method.name().to_owned(),
        tests_in_family: 0,
        p_permutation: None,
        p_max_t: None,
        boot_low: None,
        boot_high: None,
        loo_min: None,
        loo_max: None,
        loo_p_max: None,
        loo_flips: None,
        status: "ok".to_owned(),
        detail: String::new(),
        dropped_participants: json(&study.others(rows)),
    }
}

fn json<T: serde::Serialize>(names: &T) -> String {
    serde_json::to_string(names).unwrap_or_default()
}
