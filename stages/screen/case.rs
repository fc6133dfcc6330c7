//! The data of one question: its complete cases, the outcome, and the variables in the order of the design.

use crate::statistics::design::Variable;
use crate::study::{BASELINE_LEVEL, Study, Values};

use super::covariate::Covariate;
use super::expand::{self, Refusal};
use super::params::Params;
use super::question::{Question, Target};
use super::unit::Unit;

/// What a fit is made of.
#[derive(Clone)]
pub struct Case<'a> {
    pub question: &'a Question<'a>,
    pub params: &'a Params,
    pub study: &'a Study,
    /// The complete cases, as rows of the study.
    pub rows: Vec<usize>,
    /// What stands on the left: the outcome, or the metabolite under moderated inference.
    pub y: Vec<f64>,
    /// METHOD: covariates come before the metabolite, so that of two collinear terms the metabolite is blamed.
    pub variables: Vec<(String, Variable)>,
    pub targets: Vec<Target>,
    /// A code per complete case, where the covariance is by cluster.
    pub clusters: Option<Vec<usize>>,
    pub unit: Unit,
    /// Why the variables could not be made.
    pub refusal: Option<Refusal>,
}

impl<'a> Case<'a> {
    pub fn new(question: &'a Question<'a>, study: &'a Study, params: &'a Params) -> Self {
        let gaps = || Values::Numeric(vec![None; study.participants.len()]);
        let numeric = |values: Option<&[Option<f64>]>| values.map_or_else(gaps, |v| Values::Numeric(v.to_vec()));
        let outcome = Values::Numeric(study.outcome(question.outcome));
        let predictors: Vec<Values> = question.predictors.iter().map(|values| numeric(*values)).collect();
        let covariates: Vec<(&Covariate, Values)> = question
            .model
            .covariates
            .iter()
            .map(|covariate| {
                let values = match covariate.column() {
                    BASELINE_LEVEL => Some(numeric(question.baseline_level)),
                    name => study.covariate(name, question.outcome),
                };
                (covariate, values.unwrap_or_else(gaps))
            })
            .collect();
        let cluster = question.model.covariance.cluster().map(|name| study.codes(name));
        let known = |row: &usize| {
            question.stratum.is_none_or(|stratum| stratum.members[*row])
                && outcome.is_known(*row)
                && predictors.iter().all(|values| values.is_known(*row))
                && covariates.iter().all(|(_, values)| values.is_known(*row))
                && cluster.as_ref().is_none_or(|codes| codes[*row].is_some())
        };
        let asked: Vec<usize> = (0..study.participants.len())
            .filter(|row| question.stratum.is_none_or(|stratum| stratum.members[*row]))
            .collect();
        let rows: Vec<usize> = asked.iter().copied().filter(known).collect();
        let clusters = cluster.map(|codes| rows.iter().filter_map(|row| codes[*row]).collect());
        let expanded = expand::variables(question, &covariates, &predictors, &asked, &rows);
        let targets = expand::targets(question, &covariates);
        let y = expand::numbers(&outcome, &rows);
        let (variables, refusal) = match expanded {
            Ok(variables) => (variables, None),
            Err(refusal) => (Vec::new(), Some(refusal)),
        };
        Case { question, params, study, rows, y, variables, targets, clusters, unit: Unit::default(), refusal }
            .oriented()
            .scaled()
    }

    /// Under moderated inference the metabolite is the response and the outcome the tested term.
    fn oriented(mut self) -> Self {
        if self.question.model.is_moderated()
            && let Some((name, Variable::Numeric(values))) = self.variables.last_mut()
        {
            std::mem::swap(values, &mut self.y);
            self.question.outcome.clone_into(name);
            self.targets.iter_mut().for_each(|target| self.question.outcome.clone_into(&mut target.term));
        }
        self
    }

    /// Numbers of extreme size are brought near one by a power of two, which costs no bit.
    fn scaled(mut self) -> Self {
        let scale_y = self.question.model.has_free_scale();
        self.unit = Unit::of(&mut self.y, scale_y, &mut self.variables);
        self
    }

    /// The name of the participant at one of the complete cases.
    pub fn participant(&self, observation: usize) -> &str {
        &self.study.participants[self.rows[observation]]
    }

    /// The same case without one of its observations.
    pub fn without(&self, observation: usize) -> Case<'a> {
        let mut case = self.clone();
        case.rows.remove(observation);
        case.y.remove(observation);
        for (_, variable) in &mut case.variables {
            match variable {
                Variable::Numeric(values) => drop(values.remove(observation)),
                Variable::Category { codes, .. } => drop(codes.remove(observation)),
            }
        }
        if let Some(clusters) = &mut case.clusters {
            clusters.remove(observation);
        }
        case
    }
}
