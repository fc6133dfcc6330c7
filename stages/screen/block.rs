//! Tests that share complete cases, response and covariates: what permutation and the bootstrap take together.

use crate::statistics::design::{Design, Variable};

use super::associate::Answered;
use super::solve::Solved;

/// Where a test's answer is: the question's index, and its target's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    pub question: usize,
    pub target: usize,
}

/// Tests of one predictor each, with everything else alike; never empty.
pub struct Tests<'a> {
    /// The design without the tested term.
    pub covariates: Design,
    pub members: Vec<Member<'a>>,
}

/// One test of a group.
pub struct Member<'a> {
    pub place: Place,
    pub solved: &'a Solved<'a>,
    /// The tested term among the fit's coefficients.
    pub term: usize,
}

impl<'a> Tests<'a> {
    /// The fit of the first test: rows, response and likelihood are those of all.
    pub fn first(&self) -> &Member<'a> {
        &self.members[0]
    }

    /// The tested columns.
    pub fn predictors(&self) -> Vec<Vec<f64>> {
        self.members.iter().map(|member| member.solved.column(member.term)).collect()
    }
}

/// Groups every test that has a fit; a group holds questions that follow one another.
pub fn group<'a>(answered: &'a [Answered<'a>], wanted: impl Fn(&Solved<'_>) -> bool) -> Vec<Tests<'a>> {
    let mut groups: Vec<(Tests<'a>, Vec<(String, Variable)>)> = Vec::new();
    for (question, one) in answered.iter().enumerate() {
        let Some(solved) = one.solved.as_ref().filter(|solved| wanted(solved) && !solved.fit.is_perfect()) else {
            continue;
        };
        for (target, answer) in one.answers.iter().enumerate() {
            let term = &answer.association.term;
            let Some(place) = solved.place(term) else { continue };
            let others: Vec<(String, Variable)> =
                solved.case.variables.iter().filter(|(name, _)| name != term).cloned().collect();
            let member = Member { place: Place { question, target }, solved, term: place };
            // Some places back the same target of the metabolite before may stand.
            let like = groups.iter_mut().rev().take(8).find(|(tests, variables)| {
                let first = tests.first();
                first.place.target == target && alike(first.solved, solved) && *variables == others
            });
            match like {
                Some((tests, _)) => tests.members.push(member),
                None => {
                    let Ok(covariates) = Design::new(solved.case.y.len(), &others) else { continue };
                    groups.push((Tests { covariates, members: vec![member] }, others));
                }
            }
        }
    }
    groups.into_iter().map(|(tests, _)| tests).collect()
}

/// Whether two fits have the same rows, response and likelihood, under the same model.
fn alike(a: &Solved<'_>, b: &Solved<'_>) -> bool {
    a.case.question.name == b.case.question.name
        && a.case.question.outcome == b.case.question.outcome
        && a.case.question.stratum == b.case.question.stratum
        && a.likelihood == b.likelihood
        && a.case.rows == b.case.rows
        && a.case.y == b.case.y
}
