//! One fit that was asked for, the terms tested in it, and the answer: a row for each, whatever happens.

use crate::study::Study;

use super::params::{Model, Params};
use super::schema::{AssociationRow, CoefficientRow, FitRow, InfluenceRow};

/// One metabolite against one outcome in one model, within one stratum.
pub struct Question<'a> {
    pub name: &'a str,
    pub model: &'a Model,
    pub outcome: &'a str,
    pub analyte: &'a str,
    /// Who is asked about, where the model has strata.
    pub stratum: Option<&'a Stratum>,
    /// The metabolite's values by predictor of the model, a row per participant.
    pub predictors: Vec<Option<&'a [Option<f64>]>>,
    /// The metabolite before its change, where a covariate asks for it.
    pub baseline_level: Option<&'a [Option<f64>]>,
    /// The SD that assay noise alone gives each predictor that is a relative change, by its label.
    pub noise: Vec<(String, f64)>,
}

/// One level of the column that separates strata.
#[derive(Debug, Clone, PartialEq)]
pub struct Stratum {
    /// `sex=female`.
    pub label: String,
    /// Whether each participant is in it.
    pub members: Vec<bool>,
}

/// A tested term: how the tables name the predictor, and how the coefficients name the term.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    pub predictor: String,
    pub term: String,
}

/// The answer about one term: always a row, and what else could be made.
#[derive(Debug, Clone)]
pub struct Answer {
    pub association: AssociationRow,
    pub fit: Option<FitRow>,
    pub coefficients: Vec<CoefficientRow>,
    pub influence: Vec<InfluenceRow>,
}

impl Answer {
    /// The answer before anything is known but who could be in it.
    pub fn blank(question: &Question<'_>, target: &Target, params: &Params, study: &Study, rows: &[usize]) -> Self {
        let association = blank(question, target, params, study, rows);
        Answer { association, fit: None, coefficients: Vec::new(), influence: Vec::new() }
    }

    /// Says why there are no numbers.
    pub fn refuse(&mut self, status: &str, detail: impl Into<String>) {
        self.association.status = status.to_owned();
        self.association.detail = detail.into();
    }
}

fn blank(q: &Question<'_>, target: &Target, params: &Params, study: &Study, rows: &[usize]) -> AssociationRow {
    let model = q.model;
    let asked = |row: &usize| q.stratum.is_none_or(|stratum| stratum.members[*row]);
    let dropped: Vec<&str> = study.others(rows, asked);
    AssociationRow {
        model: q.name.to_owned(),
        outcome: q.outcome.to_owned(),
        predictor: target.predictor.clone(),
        stratum: q.stratum.map(|stratum| stratum.label.clone()).unwrap_or_default(),
        analyte: q.analyte.to_owned(),
        term: target.term.clone(),
        response: if model.is_moderated() { "analyte" } else { "outcome" }.to_owned(),
        covariates: json(&model.covariate_labels()),
        family: model.family().name().to_owned(),
        link: model.link().name().to_owned(),
        estimator: "ml".to_owned(),
        covariance: model.covariance.estimator().name().to_owned(),
        inference: model.inference.name().to_owned(),
        confidence: params.confidence.get(),
        n: rows.len() as i64,
        margin: model.equivalence.map(|equivalence| equivalence.margin.get()),
        adjustment: params.multiplicity.method.name().to_owned(),
        status: "ok".to_owned(),
        dropped_participants: json(&dropped),
        ..AssociationRow::default()
    }
}

/// A list of names as JSON.
pub fn json<T: serde::Serialize>(names: &T) -> String {
    serde_json::to_string(names).unwrap_or_default()
}
