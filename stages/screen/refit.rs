//! The screen's tests once more, with each participant given the metabolites of another: what a joint test of many
//! analyses asks again and again.
//!
//! Linear models with one predictor go through [`LinearRefit`], which takes a microsecond; every other model, and what
//! that one is unsure of, is fitted as the screen itself fits it. Nothing is adjusted, resampled or told.

use std::cell::LazyCell;
use std::collections::BTreeMap;

use super::Inputs;
use super::assemble::Metabolites;
use super::associate::standardized;
use super::case::Case;
use super::covariate::Covariate;
use super::model::Model;
use super::params::Params;
use super::question::{Question, Target};
use super::solve::Solved;
use super::test_term::test_term;
use super::unit::{Unit, is_everyday};
use crate::contract::{Effect, Specification};
use crate::statistics::design::Design;
use crate::statistics::linear_refit::{LinearRefit, Slope};
use crate::statistics::specification_curve::signed_z;
use crate::study::{BASELINE_LEVEL, Study};

/// Which tests are wanted, and on which scale.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Wanted {
    /// Names of models; all where there are none.
    pub models: Vec<String>,
    /// Endpoints; all where there are none.
    pub outcomes: Vec<String>,
    /// Whether effects are `b · sd(x)/sd(y)`.
    pub standardized: bool,
}

impl Wanted {
    pub fn has(&self, model: &str, outcome: &str) -> bool {
        let among = |names: &[String], name: &str| names.is_empty() || names.iter().any(|known| known == name);
        among(&self.models, model) && among(&self.outcomes, outcome)
    }
}

/// One universe's screen.
pub struct Refit {
    params: Params,
    study: Study,
    metabolites: Metabolites,
    standardized: bool,
    specifications: Vec<Specification>,
    fits: Vec<Again>,
    linear: Vec<Linear>,
    /// Models whose tests have no exchangeable participants, with the reason.
    pub left_out: BTreeMap<String, &'static str>,
}

/// One fit to be made again.
struct Again {
    /// Its number among the screen's questions.
    question: usize,
    /// The tests that it makes.
    targets: usize,
    /// The number of its linear model, and the metabolite's values by participant.
    quick: Option<(usize, Vec<f64>)>,
}

/// A linear model that metabolites share: its rows and what does not move.
struct Linear {
    rows: Vec<usize>,
    refit: LinearRefit,
}

impl Refit {
    pub fn new(params: Params, inputs: &Inputs, wanted: &Wanted) -> Self {
        let study = Study::new(&inputs.participants, &inputs.variables, &inputs.endpoints);
        let metabolites = Metabolites::new(&params, inputs, &study);
        let mut refit = Refit {
            params: params.clone(),
            metabolites: metabolites.clone(),
            study: study.clone(),
            standardized: wanted.standardized,
            specifications: Vec::new(),
            fits: Vec::new(),
            linear: Vec::new(),
            left_out: BTreeMap::new(),
        };
        let mut known: BTreeMap<(String, String, String), Option<usize>> = BTreeMap::new();
        for (number, question) in metabolites.questions(&params).iter().enumerate() {
            if !wanted.has(question.name, question.outcome) {
                continue;
            }
            if let Some(why) = not_exchangeable(question.model) {
                refit.left_out.insert(question.name.to_owned(), why);
                continue;
            }
            let stratum = question.stratum.map(|stratum| stratum.label.clone()).unwrap_or_default();
            let key = (question.name.to_owned(), question.outcome.to_owned(), stratum.clone());
            let linear = *known.entry(key).or_insert_with(|| {
                let linear = Linear::new(question, &study, &params)?;
                refit.linear.push(linear);
                Some(refit.linear.len() - 1)
            });
            refit.add(number, question, &stratum, linear);
        }
        refit
    }

    fn add(&mut self, number: usize, question: &Question<'_>, stratum: &str, linear: Option<usize>) {
        let targets = Case::new(question, &self.study, &self.params).targets;
        let specification = |target: &Target| Specification {
            model: question.name.to_owned(),
            outcome: question.outcome.to_owned(),
            predictor: target.predictor.clone(),
            stratum: stratum.to_owned(),
            analyte: question.analyte.to_owned(),
        };
        self.specifications.extend(targets.iter().map(specification));
        let values = question.predictors.first().copied().flatten().map(gapped);
        let quick = linear.zip(values.filter(|values| is_everyday(values)));
        self.fits.push(Again { question: number, targets: targets.len(), quick });
    }

    /// The tests of one fit as the screen makes them.
    fn whole(&self, question: &Question<'_>, targets: usize) -> Vec<Option<Effect>> {
        let case = Case::new(question, &self.study, &self.params);
        let asked = case.targets.clone();
        match Solved::new(case) {
            Ok(solved) => asked.iter().map(|target| self.effect(&solved, &target.term)).collect(),
            Err(_) => vec![None; targets],
        }
    }

    fn effect(&self, solved: &Solved<'_>, term: &str) -> Option<Effect> {
        let place = solved.place(term).filter(|_| !solved.fit.is_perfect())?;
        let (estimate, p_value) = test_term(solved, place)?;
        let in_units = estimate * solved.case.unit.coefficient(term);
        let usable = in_units.is_finite() && p_value.is_finite();
        let told = if self.standardized { standardized(solved, place) } else { Some(in_units) };
        usable.then(|| Effect { estimate: told, z: signed_z(estimate, p_value) })
    }

    fn quick(&self, slope: Slope) -> Effect {
        let estimate = if self.standardized { slope.standardized } else { slope.estimate };
        Effect { estimate: Some(estimate), z: signed_z(slope.estimate, slope.p_value) }
    }
}

impl crate::contract::Refit for Refit {
    fn participants(&self) -> &[String] {
        &self.study.participants
    }

    fn specifications(&self) -> &[Specification] {
        &self.specifications
    }

    // METHOD: a participant's metabolites change hands whole, with their gaps, their predictors of all models and the
    // level before the change; outcome, covariates and strata stay. The hypothesis is that they are independent of all
    // of these, and under it every universe's statistics have the permutation distribution exactly, also together.
    fn effects(&self, donors: &[u32]) -> Vec<Option<Effect>> {
        let given = LazyCell::new(|| self.metabolites.reordered(donors));
        let questions = LazyCell::new(|| given.questions(&self.params));
        let mut effects = Vec::with_capacity(self.specifications.len());
        for fit in &self.fits {
            let quick = fit.quick.as_ref().and_then(|(linear, values)| self.linear[*linear].fit(values, donors));
            match quick {
                Some(slope) => effects.push(Some(self.quick(slope))),
                None => effects.extend(self.whole(&questions[fit.question], fit.targets)),
            }
        }
        effects
    }
}

impl Linear {
    /// The model where it is linear with one predictor that alone changes hands; none where only the whole fit will do.
    fn new(question: &Question<'_>, study: &Study, params: &Params) -> Option<Self> {
        let model = question.model;
        let moves = model.covariates.iter().map(Covariate::column).any(|column| column == BASELINE_LEVEL);
        let alone = model.predictor.as_slice().len() == 1 && model.interactions.is_empty();
        if !model.has_free_scale() || !alone || moves || model.satterthwaite() {
            return None;
        }
        // Everyone is given a value, so that the complete cases are those of outcome and covariates.
        let values = vec![Some(0.0); study.participants.len()];
        let everyone = Question { predictors: vec![Some(&values)], noise: Vec::new(), ..*question };
        let case = Case::new(&everyone, study, params);
        let (_, covariates) = case.variables.split_last()?;
        let design = Design::new(case.y.len(), covariates).ok().filter(|_| case.unit == Unit::default())?;
        let columns = design.matrix().col_iter().map(|column| column.iter().copied().collect()).collect();
        let refit = LinearRefit::new(case.y.clone(), columns, model.covariance.estimator(), model.inference);
        Some(Linear { rows: case.rows.clone(), refit })
    }

    fn fit(&self, values: &[f64], donors: &[u32]) -> Option<Slope> {
        let x: Vec<f64> = self.rows.iter().map(|row| values[donors[*row] as usize]).collect();
        self.refit.fit(&x).ok()
    }
}

/// Why participants of a model may not change places.
fn not_exchangeable(model: &Model) -> Option<&'static str> {
    if model.covariance.cluster().is_some() {
        return Some("participants of one cluster do not change places with those of another");
    }
    model.is_moderated().then_some("moderated variances belong to all metabolites of one screen together")
}

/// Missing values as NaN.
fn gapped(values: &[Option<f64>]) -> Vec<f64> {
    values.iter().map(|value| value.unwrap_or(f64::NAN)).collect()
}

#[cfg(test)]
mod tests;
