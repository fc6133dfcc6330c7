//! The answers to one question: the fit told as rows, one for each tested term.

use crate::study::Study;

use super::case::Case;
use super::expand::Refusal;
use super::params::Params;
use super::question::{Answer, Question};
use super::schema::{AssociationRow, CoefficientRow, FitRow};
use super::solve::Solved;
use super::test_term::{Tested, test_terms};
use super::{beside, sensitivity};

/// What became of one question: an answer for each tested term, and the fit where there is one.
pub struct Answered<'a> {
    pub answers: Vec<Answer>,
    pub solved: Option<Solved<'a>>,
}

/// Answers one question.
pub fn associate<'a>(question: &'a Question<'a>, study: &'a Study, params: &'a Params) -> Answered<'a> {
    let case = Case::new(question, study, params);
    let mut answers: Vec<Answer> =
        case.targets.iter().map(|target| Answer::blank(question, target, params, study, &case.rows)).collect();
    match Solved::new(case) {
        Err(refusal) => {
            answers.iter_mut().for_each(|answer| answer.refuse(refusal.0, &refusal.1));
            Answered { answers, solved: None }
        }
        Ok(solved) => {
            let tests = test_terms(&solved);
            answers.iter_mut().for_each(|answer| report(answer, &solved, &tests));
            Answered { answers, solved: Some(solved) }
        }
    }
}

/// Fills the answer about one term from the fit and its tests.
fn report(answer: &mut Answer, solved: &Solved<'_>, tests: &Result<Vec<Option<Tested>>, Refusal>) {
    let Some(place) = solved.place(&answer.association.term) else {
        let detail = format!("no complete case makes the term {}, or it is the reference", answer.association.term);
        return answer.refuse("no_variation", detail);
    };
    let row = &mut answer.association;
    let unit = solved.case.unit.coefficient(&row.term);
    let estimate = solved.fit.coefficients[place] * unit;
    row.estimate = Some(estimate).filter(|estimate| estimate.is_finite());
    row.df_residual = Some(solved.df_residual());
    row.events = events(solved);
    row.estimate_standardized = standardized(solved, place);
    if solved.is_firth() {
        row.status = "firth".to_owned();
        row.estimator = "firth".to_owned();
        row.inference = "penalized_lr".to_owned();
    }
    answer.fit = Some(describe_fit(solved, &answer.association));
    if !estimate.is_finite() {
        return answer.refuse("out_of_range", "the estimate is larger than a number can hold; change the units");
    }
    if solved.fit.is_perfect() {
        return answer.refuse(
            "perfect_fit",
            "the model fits without error, so no standard error can be made; check whether the outcome is computed from the predictors",
        );
    }
    match tests {
        Err((status, detail)) => answer.refuse(status, detail),
        Ok(tests) => {
            answer.coefficients = coefficients(solved, &answer.association, tests);
            fill_test(answer, solved, place, tests[place].as_ref());
        }
    }
    sensitivity::examine(answer, solved, place);
    beside::fill(answer, solved, place);
    to_units(answer, solved);
}

fn fill_test(answer: &mut Answer, solved: &Solved<'_>, place: usize, tested: Option<&Tested>) {
    let Some(tested) = tested else {
        return answer.refuse(
            "covariance_undefined",
            "the standard error is zero: every residual that bears on the estimate is",
        );
    };
    let unit = solved.case.unit.coefficient(&answer.association.term);
    let row = &mut answer.association;
    row.df_reference = tested.reference.df();
    row.std_error = Some(tested.std_error * unit);
    row.statistic = Some(tested.statistic);
    row.p_value = Some(tested.p_value);
    row.conf_low = tested.conf_low.map(|limit| limit * unit);
    row.conf_high = tested.conf_high.map(|limit| limit * unit);
    let variance = solved.fit.dispersion() * solved.fit.gram_inverse[(place, place)];
    let square = tested.estimate * tested.estimate / variance;
    row.partial_r2 = solved.is_least_squares().then_some(square / (square + solved.df_residual()));
}

/// Participants who reached a yes-or-no outcome.
fn events(solved: &Solved<'_>) -> Option<i64> {
    let binary = solved.case.y.iter().all(|y| *y == 0.0 || *y == 1.0) && !solved.case.question.model.is_moderated();
    binary.then(|| solved.case.y.iter().filter(|y| **y == 1.0).count() as i64)
}

/// `β · sd(x) / sd(y)` over the complete cases, for a linear model of a numeric term.
pub fn standardized(solved: &Solved<'_>, place: usize) -> Option<f64> {
    if !solved.is_least_squares() {
        return None;
    }
    let spread: f64 = solved.squares(place).iter().sum();
    let value = solved.fit.coefficients[place] * (spread / solved.fit.null_deviance).sqrt();
    value.is_finite().then_some(value)
}

fn describe_fit(solved: &Solved<'_>, row: &AssociationRow) -> FitRow {
    let fit = &solved.fit;
    let unless_perfect = |value: Option<f64>| value.filter(|value| !fit.is_perfect() && value.is_finite());
    // METHOD: under Firth's penalty R's counts of likelihood do not apply; the deviance is the plain likelihood's.
    let of_likelihood = |value: Option<f64>| if solved.is_firth() { None } else { unless_perfect(value) };
    let square = solved.case.unit.response() * solved.case.unit.response();
    let in_units = |value: f64| Some(value * square).filter(|value| value.is_finite());
    let log_unit =
        fit.minus_two_log_lik.map(|_| 2.0 * fit.working.len() as f64 * libm::log(solved.case.unit.response()));
    let shifted = |value: Option<f64>, times: f64| Some(value? + times * log_unit?);
    FitRow {
        model: row.model.clone(),
        outcome: row.outcome.clone(),
        predictor: row.predictor.clone(),
        stratum: row.stratum.clone(),
        analyte: row.analyte.clone(),
        r_squared: Some(fit.r_squared()),
        log_lik: of_likelihood(shifted(fit.log_lik(), -0.5)),
        aic: of_likelihood(shifted(fit.aic(), 1.0)),
        deviance: in_units(fit.deviance),
        null_deviance: in_units(fit.null_deviance),
        dispersion: if fit.family.has_dispersion() { in_units(fit.dispersion()) } else { Some(1.0) },
        theta: match fit.family {
            crate::statistics::family::Family::NegativeBinomial { theta } => Some(theta),
            _ => None,
        },
        iterations: fit.iterations.map(|steps| steps as i64),
        condition: solved.design.factor().condition(),
        ..FitRow::default()
    }
}

fn coefficients(solved: &Solved<'_>, row: &AssociationRow, tests: &[Option<Tested>]) -> Vec<CoefficientRow> {
    let one = |(place, term): (usize, &String)| {
        let unit = solved.case.unit.coefficient(term);
        let tested = tests[place];
        CoefficientRow {
            model: row.model.clone(),
            outcome: row.outcome.clone(),
            predictor: row.predictor.clone(),
            stratum: row.stratum.clone(),
            analyte: row.analyte.clone(),
            term: term.clone(),
            estimate: Some(solved.fit.coefficients[place] * unit),
            std_error: tested.map(|t| t.std_error * unit),
            statistic: tested.map(|t| t.statistic),
            p_value: tested.map(|t| t.p_value),
            conf_low: tested.and_then(|t| Some(t.conf_low? * unit)),
            conf_high: tested.and_then(|t| Some(t.conf_high? * unit)),
        }
    };
    solved.design.terms().iter().enumerate().map(one).collect()
}

/// Gives what sensitivity and its neighbours left in the fit's units back the study's.
fn to_units(answer: &mut Answer, solved: &Solved<'_>) {
    let unit = &solved.case.unit;
    let (response, slope) = (unit.response(), unit.coefficient(&answer.association.term));
    let predictor = unit.variable(&answer.association.term);
    if response == 1.0 && predictor == 1.0 {
        return;
    }
    let row = &mut answer.association;
    for value in [&mut row.loo_min, &mut row.loo_max] {
        *value = value.map(|value| value * slope);
    }
    for row in &mut answer.influence {
        row.predictor_value *= predictor;
        row.outcome_value *= response;
        row.fitted *= response;
        row.dfbeta = row.dfbeta.map(|value| value * slope);
        row.loo_estimate = row.loo_estimate.map(|value| value * slope);
    }
}

impl Solved<'_> {
    /// Whether the model is linear, fitted by least squares.
    pub fn is_least_squares(&self) -> bool {
        self.case.question.model.has_free_scale()
    }

    /// The squares of one term's column about its mean.
    pub fn squares(&self, place: usize) -> Vec<f64> {
        let column = self.column(place);
        let mean = column.iter().sum::<f64>() / column.len() as f64;
        column.iter().map(|x| (x - mean) * (x - mean)).collect()
    }

    /// The values of one term's column.
    pub fn column(&self, place: usize) -> Vec<f64> {
        self.design.matrix().col(place).iter().copied().collect()
    }
}
