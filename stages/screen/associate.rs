//! One test: one metabolite, one outcome, one model — a row whatever happens.

use std::collections::BTreeSet;

use crate::statistics::covariance::{Covariance, covariance};
use crate::statistics::design::{Design, DesignError, INTERCEPT, Variable};
use crate::statistics::fit::{Fit, FitError, fit};
use crate::statistics::inference::{Test, test};
use crate::statistics::influence::{Influence, influence};
use crate::study::{Study, Values};

use super::params::{Model, Params, Sensitivity};
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

/// Answers one question.
pub fn associate(question: &Question<'_>, study: &Study, params: &Params) -> Answer {
    let outcome = study.outcome(question.outcome);
    let covariates: Vec<(String, Values)> = question
        .model
        .covariates
        .iter()
        .filter_map(|name| Some((name.clone(), study.covariate(name, question.outcome)?)))
        .collect();
    let gaps = vec![None; study.participants.len()];
    let predictor = Values::Numeric(question.predictor.map_or(gaps, <[_]>::to_vec));
    let rows = complete(&outcome, &predictor, &covariates);
    let mut answer = Answer {
        association: blank(question, params, study, &rows),
        fit: None,
        coefficients: Vec::new(),
        influence: Vec::new(),
    };
    let y: Vec<f64> = rows.iter().filter_map(|&row| outcome[row]).collect();
    // METHOD: the covariates come before the metabolite, so that of two collinear terms the metabolite is blamed.
    let mut variables: Vec<(String, Variable)> = Vec::new();
    variables.extend(covariates.iter().map(|(name, values)| (name.clone(), values.select(&rows))));
    variables.push((term_name(question.analyte, &covariates), predictor.select(&rows)));
    match solve(&y, &variables) {
        Ok((design, model)) => {
            report(&mut answer, &Solved { question, study, params, rows, variables, y, design, model })
        }
        Err((status, detail)) => {
            answer.association.status = status.to_owned();
            answer.association.detail = detail;
        }
    }
    answer
}

/// The metabolite's term: its own name, unless a covariate's term has that name already.
fn term_name(analyte: &str, covariates: &[(String, Values)]) -> String {
    let taken = covariates.iter().any(|(name, values)| match values {
        Values::Numeric(_) => name == analyte,
        Values::Category { levels, .. } => levels.iter().any(|level| *analyte == format!("{name}{level}")),
    });
    if taken || analyte == INTERCEPT { format!("{analyte} (metabolite)") } else { analyte.to_owned() }
}

/// The participants with everything the test uses.
fn complete(outcome: &[Option<f64>], predictor: &Values, covariates: &[(String, Values)]) -> Vec<usize> {
    let known = |row: usize| {
        outcome[row].is_some_and(f64::is_finite)
            && predictor.is_known(row)
            && covariates.iter().all(|(_, values)| values.is_known(row))
    };
    (0..outcome.len()).filter(|&row| known(row)).collect()
}

fn blank(question: &Question<'_>, params: &Params, study: &Study, rows: &[usize]) -> AssociationRow {
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

/// A status and what happened, for a test that could not be made.
type Refusal = (&'static str, String);

fn solve(y: &[f64], variables: &[(String, Variable)]) -> Result<(Design, Fit), Refusal> {
    if y.is_empty() {
        let what = "no participant has the outcome, the metabolite and every covariate";
        return Err(("missing_input", format!("{what}; see what quality control left out")));
    }
    let design = Design::new(y.len(), variables).map_err(refuse)?;
    let model = fit(&design, y).map_err(|error| match error {
        FitError::NoVariation => ("no_variation", format!("the outcome is the same for all {} participants", y.len())),
        FitError::NotFinite => ("missing_input", error.to_string()),
    })?;
    Ok((design, model))
}

fn refuse(error: DesignError) -> Refusal {
    let remedy = match &error {
        DesignError::TooFewObservations { .. } => "; at least one more is needed",
        DesignError::NoVariation { .. } => " among the complete cases",
        DesignError::NotFinite { .. } => "",
        DesignError::RankDeficient { .. } => "; leave one of them out",
    };
    (error.status(), format!("{error}{remedy}"))
}

/// Everything known of a test that could be fitted.
struct Solved<'a> {
    question: &'a Question<'a>,
    study: &'a Study,
    params: &'a Params,
    rows: Vec<usize>,
    variables: Vec<(String, Variable)>,
    y: Vec<f64>,
    design: Design,
    model: Fit,
}

impl Solved<'_> {
    /// The tested coefficient: the last one.
    fn term(&self) -> usize {
        self.design.rank() - 1
    }

    fn df(&self) -> f64 {
        self.model.df_residual as f64
    }

    fn test(&self, term: usize, error: f64) -> Option<Test> {
        let inference = self.question.model.inference;
        test(self.model.coefficients[term], error, self.df(), inference, self.params.confidence.get())
    }
}

/// Fills the answer from a fit.
fn report(answer: &mut Answer, solved: &Solved<'_>) {
    let row = &mut answer.association;
    let term = solved.term();
    let estimate = solved.model.coefficients[term];
    row.estimate = Some(estimate);
    row.df_residual = Some(solved.df());
    row.estimate_standardized = standardized(solved, estimate);
    answer.fit = Some(describe_fit(solved, &answer.association));
    if solved.model.is_perfect() {
        refuse_error(
            answer,
            "perfect_fit",
            "the model fits without error, so no standard error can be made; check whether the outcome is computed from the predictors",
        );
        return;
    }
    let kind = solved.question.model.covariance.estimator().unwrap_or_default();
    match covariance(&solved.model, kind) {
        Err(undefined) => {
            let who = &solved.study.participants[solved.rows[undefined.observation]];
            let detail = format!(
                "{who} alone determines a coefficient (leverage 1), so {} is undefined; use covariance: model or leave the covariate out",
                kind.name()
            );
            refuse_error(answer, "covariance_undefined", &detail);
        }
        Ok(matrix) => {
            let errors: Vec<f64> = (0..solved.design.rank()).map(|j| matrix[(j, j)].max(0.0).sqrt()).collect();
            answer.coefficients = coefficients(solved, &answer.association, &errors);
            fill_test(&mut answer.association, solved, errors[term]);
        }
    }
    sensitivity(answer, solved, kind);
}

fn refuse_error(answer: &mut Answer, status: &str, detail: &str) {
    answer.association.status = status.to_owned();
    answer.association.detail = detail.to_owned();
}

fn fill_test(row: &mut AssociationRow, solved: &Solved<'_>, error: f64) {
    let term = solved.term();
    let Some(test) = solved.test(term, error) else {
        row.status = "covariance_undefined".to_owned();
        row.detail = "the standard error is zero: every residual that bears on the estimate is".to_owned();
        return;
    };
    row.std_error = Some(test.std_error);
    row.statistic = Some(test.statistic);
    row.p_value = Some(test.p_value);
    row.conf_low = Some(test.conf_low);
    row.conf_high = Some(test.conf_high);
    let variance = solved.model.dispersion() * solved.model.gram_inverse[(term, term)];
    let square = test.estimate * test.estimate / variance;
    row.partial_r2 = Some(square / (square + solved.df()));
}

/// `β · sd(x) / sd(y)` over the complete cases.
fn standardized(solved: &Solved<'_>, estimate: f64) -> Option<f64> {
    let (_, Variable::Numeric(x)) = solved.variables.last()? else { return None };
    let mean = x.iter().sum::<f64>() / x.len() as f64;
    let spread: f64 = x.iter().map(|v| (v - mean) * (v - mean)).sum();
    let value = estimate * (spread / solved.model.tss).sqrt();
    value.is_finite().then_some(value)
}

fn describe_fit(solved: &Solved<'_>, row: &AssociationRow) -> FitRow {
    let model = &solved.model;
    let perfect = model.is_perfect();
    let unless_perfect = |value: f64| (!perfect && value.is_finite()).then_some(value);
    FitRow {
        model: row.model.clone(),
        outcome: row.outcome.clone(),
        predictor: row.predictor.clone(),
        stratum: row.stratum.clone(),
        analyte: row.analyte.clone(),
        r_squared: Some(model.r_squared()),
        log_lik: unless_perfect(model.log_lik()),
        aic: unless_perfect(model.aic()),
        deviance: Some(model.rss),
        null_deviance: Some(model.tss),
        dispersion: Some(model.dispersion()),
        condition: solved.design.factor().condition(),
        diagnostics: None,
    }
}

fn coefficients(solved: &Solved<'_>, row: &AssociationRow, errors: &[f64]) -> Vec<CoefficientRow> {
    let one = |(term, name): (usize, &String)| {
        let test = solved.test(term, errors[term]);
        CoefficientRow {
            model: row.model.clone(),
            outcome: row.outcome.clone(),
            predictor: row.predictor.clone(),
            stratum: row.stratum.clone(),
            analyte: row.analyte.clone(),
            term: name.clone(),
            estimate: Some(solved.model.coefficients[term]),
            std_error: test.map(|t| t.std_error),
            statistic: test.map(|t| t.statistic),
            p_value: test.map(|t| t.p_value),
            conf_low: test.map(|t| t.conf_low),
            conf_high: test.map(|t| t.conf_high),
        }
    };
    solved.design.terms().iter().enumerate().map(one).collect()
}

/// Leave-one-out and influence, where they were asked for.
fn sensitivity(answer: &mut Answer, solved: &Solved<'_>, kind: Covariance) {
    let asked: BTreeSet<bool> = solved.params.sensitivity.iter().map(|s| *s == Sensitivity::LeaveOneOut).collect();
    if asked.is_empty() {
        return;
    }
    let each = influence(&solved.design, &solved.model, solved.term(), kind, solved.question.model.inference);
    if asked.contains(&true) {
        leave_one_out(&mut answer.association, &each);
    }
    if asked.contains(&false) {
        answer.influence = influence_rows(solved, &answer.association, &each);
    }
}

fn leave_one_out(row: &mut AssociationRow, each: &[Influence]) {
    let estimates: Vec<f64> = each.iter().filter_map(|one| one.loo_estimate).collect();
    let p_values: Vec<f64> = each.iter().filter_map(|one| one.loo_p_value).collect();
    row.loo_min = estimates.iter().copied().reduce(f64::min);
    row.loo_max = estimates.iter().copied().reduce(f64::max);
    row.loo_p_max = p_values.iter().copied().reduce(f64::max);
    let alpha = 1.0 - row.confidence;
    let significant = |p: f64| p < alpha;
    row.loo_flips = row.p_value.map(|p| p_values.iter().any(|&q| significant(q) != significant(p)));
}

fn influence_rows(solved: &Solved<'_>, row: &AssociationRow, each: &[Influence]) -> Vec<InfluenceRow> {
    let Some((_, Variable::Numeric(x))) = solved.variables.last() else { return Vec::new() };
    let one = |(i, one): (usize, &Influence)| InfluenceRow {
        model: row.model.clone(),
        outcome: row.outcome.clone(),
        predictor: row.predictor.clone(),
        stratum: row.stratum.clone(),
        analyte: row.analyte.clone(),
        participant_id: solved.study.participants[solved.rows[i]].clone(),
        predictor_value: x[i],
        outcome_value: solved.y[i],
        fitted: solved.model.fitted[i],
        leverage: Some(one.leverage),
        studentized: one.studentized,
        cooks_distance: one.cooks_distance,
        dfbeta: one.dfbeta,
        dfbetas: one.dfbetas,
        loo_estimate: one.loo_estimate,
        loo_p_value: one.loo_p_value,
    };
    each.iter().enumerate().map(one).collect()
}
