//! One test: one metabolite, one outcome, one model, on its own complete cases.

use crate::statistics::covariance::covariance;
use crate::statistics::design::{Design, DesignError, INTERCEPT, Variable};
use crate::statistics::fit::{Fit, FitError, fit};
use crate::statistics::inference::{Test, test};
use crate::study::{Study, Values};

use super::params::Params;
use super::question::{Answer, Question, blank};
use super::schema::{AssociationRow, CoefficientRow, FitRow};
use super::sensitivity;

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
pub struct Solved<'a> {
    pub question: &'a Question<'a>,
    pub study: &'a Study,
    pub params: &'a Params,
    pub rows: Vec<usize>,
    pub variables: Vec<(String, Variable)>,
    pub y: Vec<f64>,
    pub design: Design,
    pub model: Fit,
}

impl Solved<'_> {
    /// The tested coefficient: the last one.
    pub fn term(&self) -> usize {
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
    sensitivity::examine(answer, solved, kind);
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
