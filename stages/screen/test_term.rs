//! The test of one coefficient by the model's kind of inference.

use crate::statistics::inference::{Inference, Reference, Test, test};
use crate::statistics::profile::{Statistic, at_zero, profile};
use crate::statistics::term::Term;

use super::expand::Refusal;
use super::solve::Solved;

/// The estimate's test and limits, in the fit's units; the limits may be infinite.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Tested {
    pub estimate: f64,
    pub std_error: f64,
    pub statistic: f64,
    pub p_value: f64,
    pub conf_low: Option<f64>,
    pub conf_high: Option<f64>,
    pub reference: Reference,
}

impl From<(Test, Reference)> for Tested {
    fn from((test, reference): (Test, Reference)) -> Self {
        Tested {
            estimate: test.estimate,
            std_error: test.std_error,
            statistic: test.statistic,
            p_value: test.p_value,
            conf_low: Some(test.conf_low),
            conf_high: Some(test.conf_high),
            reference,
        }
    }
}

/// Tests every coefficient against zero; none where its standard error is zero or its likelihood has no maximum.
pub fn test_terms(solved: &Solved<'_>) -> Result<Vec<Option<Tested>>, Refusal> {
    let errors = solved.errors()?.into_iter().enumerate();
    Ok(match statistic(solved) {
        None => errors.map(|(place, (std_error, reference))| by_error(solved, place, std_error, reference)).collect(),
        Some(statistic) => errors.map(|(place, _)| by_likelihood(solved, place, statistic)).collect(),
    })
}

/// The estimate and p of one coefficient, without limits; none where there is no test.
pub fn test_term(solved: &Solved<'_>, place: usize) -> Option<(f64, f64)> {
    let estimate = solved.fit.coefficients[place];
    let Some(statistic) = statistic(solved) else {
        let (std_error, reference) = solved.errors().ok()?[place];
        let tested = by_error(solved, place, std_error, reference)?;
        return Some((estimate, tested.p_value));
    };
    let term = Term::new(&solved.design, place, &solved.case.y, solved.likelihood);
    let full = term.climb(None, None).ok()?;
    let root = at_zero(&term, &full, statistic).ok()?;
    Some((estimate, Reference::Normal.p_value(root)))
}

/// The likelihood's statistic where the test is one of those.
fn statistic(solved: &Solved<'_>) -> Option<Statistic> {
    match solved.case.question.model.inference {
        _ if solved.is_firth() => Some(Statistic::Ratio),
        Inference::LikelihoodRatio => Some(Statistic::Ratio),
        Inference::Score => Some(Statistic::Score),
        Inference::Wald | Inference::T | Inference::Moderated => None,
    }
}

fn by_error(solved: &Solved<'_>, place: usize, std_error: f64, reference: Reference) -> Option<Tested> {
    let confidence = solved.case.params.confidence.get();
    let test = test(solved.fit.coefficients[place], std_error, reference, confidence)?;
    Some((test, reference).into())
}

fn by_likelihood(solved: &Solved<'_>, place: usize, statistic: Statistic) -> Option<Tested> {
    let term = Term::new(&solved.design, place, &solved.case.y, solved.likelihood);
    let full = term.climb(None, None).ok()?;
    let critical = Reference::Normal.critical(solved.case.params.confidence.get());
    let found = profile(&term, &full, statistic, critical).ok()?;
    Some(Tested {
        estimate: solved.fit.coefficients[place],
        std_error: term.std_error(&full),
        statistic: found.root,
        p_value: Reference::Normal.p_value(found.root),
        conf_low: found.low,
        conf_high: found.high,
        reference: Reference::Normal,
    })
}
