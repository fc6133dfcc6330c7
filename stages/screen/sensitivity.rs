//! What one participant does to an estimate: leave-one-out in the association's row, influence as a table.
//!
//! A linear model has it in closed form; every other model is fitted again without each participant, exactly as it was
//! fitted with everyone.

use rayon::prelude::*;

use crate::statistics::influence::{Influence, influence, standing};

use super::params::Sensitivity;
use super::question::{Answer, json};
use super::schema::{AssociationRow, InfluenceRow};
use super::solve::Solved;
use super::test_term::test_term;

/// Leave-one-out and influence, where they were asked for.
pub fn examine(answer: &mut Answer, solved: &Solved<'_>, place: usize) {
    let asked = &solved.case.params.sensitivity;
    let (range, table) = (asked.contains(&Sensitivity::LeaveOneOut), asked.contains(&Sensitivity::Influence));
    if !(range || table) {
        return;
    }
    let each = each(solved, place);
    if range {
        leave_one_out(&mut answer.association, &each, solved);
    }
    if table {
        answer.influence = influence_rows(solved, place, &answer.association, &each);
    }
}

/// The influence of every participant of the fit.
fn each(solved: &Solved<'_>, place: usize) -> Vec<Influence> {
    let model = solved.case.question.model;
    let closed = solved.is_least_squares() && solved.case.clusters.is_none();
    if closed {
        let kind = model.covariance.estimator();
        let mut each = influence(&solved.design, &solved.fit, place, kind, model.inference);
        if model.satterthwaite() {
            each.iter_mut()
                .enumerate()
                .for_each(|(i, one)| one.loo_p_value = again(solved, place, i).and_then(|(_, _, p)| p));
        }
        if model.is_moderated() {
            // Moderation borrows from the other metabolites: what it would say without one person is not in this fit.
            each.iter_mut().for_each(|one| one.loo_p_value = None);
        }
        return each;
    }
    (0..solved.case.y.len()).into_par_iter().map(|i| refitted(solved, place, i)).collect()
}

/// The influence of one participant by fitting again without.
fn refitted(solved: &Solved<'_>, place: usize, i: usize) -> Influence {
    let standing = standing(&solved.fit, i);
    let Some((estimate, dispersion, p_value)) = again(solved, place, i) else { return standing };
    let dfbeta = solved.fit.coefficients[place] - estimate;
    let error = (dispersion * solved.fit.gram_inverse[(place, place)]).sqrt();
    Influence {
        dfbeta: Some(dfbeta),
        dfbetas: Some(dfbeta / error).filter(|value| value.is_finite()),
        loo_estimate: Some(estimate),
        loo_p_value: p_value,
        ..standing
    }
}

/// Estimate, dispersion and p without one participant; none where the model cannot be fitted.
fn again(solved: &Solved<'_>, place: usize, i: usize) -> Option<(f64, f64, Option<f64>)> {
    let term = &solved.design.terms()[place];
    let without = Solved::new(solved.case.without(i)).ok()?;
    let place = without.place(term)?;
    let p_value = test_term(&without, place).map(|(_, p)| p);
    Some((without.fit.coefficients[place], without.fit.dispersion(), p_value))
}

fn leave_one_out(row: &mut AssociationRow, each: &[Influence], solved: &Solved<'_>) {
    let estimates: Vec<f64> = each.iter().filter_map(|one| one.loo_estimate).collect();
    row.loo_min = estimates.iter().copied().reduce(f64::min);
    row.loo_max = estimates.iter().copied().reduce(f64::max);
    row.loo_p_max = each.iter().filter_map(|one| one.loo_p_value).reduce(f64::max);
    row.loo_failed = Some((each.len() - estimates.len()) as i64);
    let alpha = 1.0 - row.confidence;
    let Some(p) = row.p_value.filter(|_| row.loo_p_max.is_some()) else { return };
    let flips = |one: &Influence| one.loo_p_value.is_some_and(|q| (q < alpha) != (p < alpha));
    let by = each.iter().enumerate().filter(|(_, one)| flips(one)).map(|(i, _)| solved.case.participant(i));
    let by: Vec<&str> = by.collect();
    row.loo_flips = Some(!by.is_empty());
    row.loo_flips_by = Some(json(&by));
}

fn influence_rows(solved: &Solved<'_>, place: usize, row: &AssociationRow, each: &[Influence]) -> Vec<InfluenceRow> {
    let x = solved.column(place);
    let one = |(i, one): (usize, &Influence)| InfluenceRow {
        model: row.model.clone(),
        outcome: row.outcome.clone(),
        predictor: row.predictor.clone(),
        stratum: row.stratum.clone(),
        analyte: row.analyte.clone(),
        participant_id: solved.case.participant(i).to_owned(),
        predictor_value: x[i],
        outcome_value: solved.case.y[i],
        fitted: solved.fit.fitted[i],
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
