//! Permutation p-values of every test, alone and by step-down max-T within the named families.

use std::collections::BTreeMap;

use crate::contract::{Finding, StageContext};
use crate::statistics::glm::Likelihood;
use crate::statistics::permutation::{self, Block, Permuted, TestId};
use crate::statistics::term::Term;
use crate::study::Study;

use super::adjust::family;
use super::associate::Answered;
use super::block::{Place, Tests, group};
use super::params::{Model, Params, Permutation};

/// What permutation says of each test, by its place.
pub struct Said {
    pub orderings: i64,
    pub tests: Vec<(Place, &'static str, Permuted)>,
}

/// Permutes participants under every test at once, so that tests keep their dependence.
pub fn permute(
    answered: &[Answered<'_>],
    study: &Study,
    params: &Params,
    settings: &Permutation,
    context: &mut StageContext<'_>,
) -> Option<Said> {
    left_out(params, context);
    let groups = group(answered, |solved| why_not(solved.case.question.model).is_none());
    let (mut blocks, mut places) = (Vec::new(), Vec::<(&'static str, Vec<Place>)>::new());
    for tests in &groups {
        match block(tests) {
            Ok((block, how)) => {
                blocks.push(block);
                places.push((how, tests.members.iter().map(|member| member.place).collect()));
            }
            Err(error) => {
                let question = tests.first().solved.case.question;
                let subject = format!("{} · {} · {}", question.name, question.outcome, question.analyte);
                context.find(Finding::warning("permutation_not_made", subject, error));
            }
        }
    }
    let strata = settings.strata.as_ref().map(|column| codes(study, column));
    let families = if settings.adjust.is_some() { families(answered, &places, params) } else { Vec::new() };
    let asked = permutation::Settings { seed: context.seed, draws: settings.draws, strata: strata.as_deref() };
    context.progress.start("permutations", u64::from(settings.draws));
    let progress = context.progress;
    let tick = move |done: u64| progress.advance(done);
    let found = match permutation::permute(study.participants.len(), &blocks, &families, &asked, &tick) {
        Ok(found) => found,
        Err(error) => {
            context.find(Finding::warning("permutation_not_made", "", error.to_string()));
            return None;
        }
    };
    let mut tests = Vec::new();
    for ((how, places), results) in places.iter().zip(found.tests) {
        tests.extend(places.iter().zip(results).filter_map(|(place, permuted)| Some((*place, *how, permuted?))));
    }
    let observed = u64::from(!found.enumerated);
    Some(Said { orderings: (found.orderings - observed) as i64, tests })
}

/// Why a model has no permutation p.
fn why_not(model: &Model) -> Option<&'static str> {
    // METHOD: participants of one cluster are not exchangeable with those of another.
    if model.covariance.cluster().is_some() {
        return Some(
            "participants of one cluster do not change places with those of another, so there is no permutation p",
        );
    }
    model
        .is_moderated()
        .then_some("moderated variances are compared with their own distribution, so there is no permutation p")
}

/// Says which models have no permutation p, and why.
fn left_out(params: &Params, context: &mut StageContext<'_>) {
    for (name, model) in &params.models {
        if let Some(why) = why_not(model) {
            context.find(Finding::note("permutation_not_made", name.as_str(), why));
        }
    }
}

/// Fills the rows.
pub fn fill(answered: &mut [Answered<'_>], said: Said) {
    for (place, how, permuted) in said.tests {
        let row = &mut answered[place.question].answers[place.target].association;
        row.p_permutation = Some(permuted.p_value);
        row.p_permutation_std_error = Some(permuted.p_std_error);
        row.p_max_t = permuted.p_max_t;
        row.p_max_t_std_error = permuted.p_max_t_std_error;
        row.permutation = Some(how.to_owned());
        row.orderings = Some(said.orderings);
    }
}

fn block(tests: &Tests<'_>) -> Result<(Block, &'static str), String> {
    let solved = tests.first().solved;
    let (rows, predictors) = (solved.case.rows.clone(), tests.predictors());
    if solved.is_least_squares() {
        let covariance = solved.case.question.model.covariance.estimator();
        let block = Block::freedman_lane(rows, &tests.covariates, &solved.case.y, covariance, &predictors);
        let block = block.map_err(|error| error.to_string())?;
        return Ok((block, "freedman_lane"));
    }
    let (score, weight) =
        null_fit(tests).ok_or("the covariates alone have no finite fit, so there is no score to permute")?;
    let block =
        Block::score(rows, &tests.covariates, &score, &weight, &predictors).map_err(|error| error.to_string())?;
    Ok((block, "score"))
}

/// Each row's score and information about η under the fit without the predictor, over its dispersion.
fn null_fit(tests: &Tests<'_>) -> Option<(Vec<f64>, Vec<f64>)> {
    let first = tests.first();
    // METHOD: the null fit is by plain maximum likelihood, also where the estimate needed Firth's penalty: without the
    // separating predictor it is finite, unless the covariates alone separate, and the score test needs no more.
    let likelihood = Likelihood { penalized: false, ..first.solved.likelihood };
    let term = Term::new(&first.solved.design, first.term, &first.solved.case.y, likelihood);
    let null = term.climb(Some(0.0), None).ok().filter(|null| term.is_finite(null))?;
    let dispersion = term.dispersion(&null);
    let over = |values: &[f64]| values.iter().map(|value| value / dispersion).collect();
    Some((over(&null.peak.score), over(&null.peak.weights)))
}

/// The families of tests, by the columns that `within` names.
fn families(answered: &[Answered<'_>], places: &[(&'static str, Vec<Place>)], params: &Params) -> Vec<Vec<TestId>> {
    let mut families: BTreeMap<Vec<String>, Vec<TestId>> = BTreeMap::new();
    for (block, (_, places)) in places.iter().enumerate() {
        for (test, place) in places.iter().enumerate() {
            let row = &answered[place.question].answers[place.target].association;
            // METHOD: a family compares tests that were made: one without a p-value is in none.
            if row.p_value.is_some() {
                families.entry(family(row, &params.multiplicity.within)).or_default().push(TestId { block, test });
            }
        }
    }
    families.into_values().collect()
}

/// A code per participant; whoever has none stays in place.
pub fn codes(study: &Study, column: &str) -> Vec<usize> {
    let codes = study.codes(column);
    let free = codes.len() + study.levels(column).len();
    codes.iter().enumerate().map(|(row, code)| code.unwrap_or(free + row)).collect()
}
