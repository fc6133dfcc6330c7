//! What one participant does to an estimate: leave-one-out in the association's row, influence as a table.

use crate::statistics::covariance::Covariance;
use crate::statistics::design::Variable;
use crate::statistics::influence::{Influence, influence};

use super::associate::Solved;
use super::params::Sensitivity;
use super::question::Answer;
use super::schema::{AssociationRow, InfluenceRow};

/// Leave-one-out and influence, where they were asked for.
pub fn examine(answer: &mut Answer, solved: &Solved<'_>, kind: Covariance) {
    let asked = &solved.params.sensitivity;
    if asked.is_empty() {
        return;
    }
    let each = influence(&solved.design, &solved.model, solved.term(), kind, solved.question.model.inference);
    if asked.contains(&Sensitivity::LeaveOneOut) {
        leave_one_out(&mut answer.association, &each);
    }
    if asked.contains(&Sensitivity::Influence) {
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
