//! Checks a model's settings against each other and against the names that the study defines.

use super::covariate::Covariate;
use super::model::{Estimator, FamilyName, Model, OnSeparation};
use crate::contract::vocabulary::Variable;
use crate::contract::{Place, Predictor, Problem, Vocabulary};
use crate::statistics::covariance::Covariance;
use crate::statistics::inference::Inference;
use crate::study::{BASELINE_LEVEL, BASELINE_SCORE, check_covariates};

/// Every problem of one model, whose settings stand at `path`.
pub fn model(model: &Model, path: &str, names: &Vocabulary) -> Vec<Problem> {
    let mut check = Check { model, path, names, problems: Vec::new() };
    check.outcomes();
    check.predictors();
    check.covariates();
    check.interactions();
    check.columns();
    check.family();
    check.inference();
    check.firth();
    check.problems
}

struct Check<'a> {
    model: &'a Model,
    path: &'a str,
    names: &'a Vocabulary,
    problems: Vec<Problem>,
}

impl Check<'_> {
    fn say(&mut self, code: &'static str, setting: &str, message: impl Into<String>, remedy: impl Into<String>) {
        let place = Place::setting(format!("{}.{setting}", self.path));
        self.problems.push(Problem::new(code, place, message, remedy));
    }

    fn outcomes(&mut self) {
        if self.model.outcomes.is_empty() {
            self.say("no_outcome", "outcomes", "a model without outcomes tests nothing", "name at least one endpoint");
        }
        for (i, outcome) in self.model.outcomes.iter().enumerate() {
            self.problems.extend(self.names.check_endpoint(outcome, format!("{}.outcomes.{i}", self.path)));
            let facts = self.names.endpoints.get(outcome);
            if self.model.family == FamilyName::Binomial && facts.is_some_and(|facts| !facts.binary) {
                let message = format!("`{outcome}` is not yes or no, and a binomial model needs that");
                let remedy = "use an endpoint of kind at_most or improvement_at_least, or a binary column";
                self.say("not_binary", &format!("outcomes.{i}"), message, remedy);
            }
        }
    }

    fn predictors(&mut self) {
        let setting = format!("{}.predictor", self.path);
        for (i, predictor) in self.model.predictor.iter().enumerate() {
            let path = self.model.predictor.path(&setting, i);
            self.problems.extend(predictor.check(self.names, &path));
            if self.model.predictor.as_slice()[..i].contains(predictor) {
                let message = format!("the predictor `{}` is named twice", predictor.label());
                self.say("duplicate_predictor", "predictor", message, "name it once");
            }
        }
    }

    fn covariates(&mut self) {
        let columns: Vec<String> = self.model.covariates.iter().map(|c| c.column().to_owned()).collect();
        let (outcomes, reserved) = (&self.model.outcomes, [BASELINE_LEVEL]);
        self.problems.extend(check_covariates(&columns, outcomes, self.path, self.names, &reserved));
        let has_change = self.model.predictor.iter().any(|predictor| matches!(predictor, Predictor::Change { .. }));
        if columns.iter().any(|column| column == BASELINE_LEVEL) && !has_change {
            let message =
                format!("`{BASELINE_LEVEL}` is the metabolite before the change, and no change is a predictor");
            self.say("no_baseline_level", "covariates", message, "use {level: TIMEPOINT} as a predictor");
        }
        for (i, covariate) in self.model.covariates.iter().enumerate() {
            let kind = self.names.variables.get(covariate.column());
            let is_number = matches!(kind, Some(Variable::Number | Variable::Count))
                || [BASELINE_SCORE, BASELINE_LEVEL].contains(&covariate.column());
            let known = kind.is_some() || is_number;
            match covariate {
                Covariate::Spline { column, .. } | Covariate::Category(column) if known && !is_number => {
                    let message = format!("`{column}` is not a number");
                    self.say("not_a_number", &format!("covariates.{i}"), message, "name the column alone");
                }
                Covariate::Spline { df, .. } if !(1..=10).contains(df) => {
                    let message = format!("{df} degrees of freedom for a spline");
                    self.say(
                        "out_of_range",
                        &format!("covariates.{i}.df"),
                        message,
                        "give a whole number from 1 to 10",
                    );
                }
                _ => {}
            }
        }
    }

    fn interactions(&mut self) {
        for (i, name) in self.model.interactions.iter().enumerate() {
            let setting = format!("interactions.{i}");
            match self.model.covariates.iter().find(|covariate| covariate.column() == name) {
                Some(Covariate::Column(_)) => {}
                Some(_) => {
                    let message = format!(
                        "`{name}` enters as a curve or as categories, and its product with the metabolite is not defined"
                    );
                    self.say("no_interaction", &setting, message, "name the column alone among the covariates");
                }
                None => {
                    let message = format!("`{name}` is not among the covariates");
                    self.say("no_main_effect", &setting, message, format!("add `{name}` to covariates"));
                }
            }
        }
    }

    /// The columns that separate strata and clusters.
    fn columns(&mut self) {
        let columns = [
            ("strata", self.model.strata.clone()),
            ("covariance.cluster", self.model.covariance.cluster().map(str::to_owned)),
        ];
        for (setting, column) in columns {
            let Some(column) = column else { continue };
            let known = self.names.variables.keys().map(String::as_str);
            let path = format!("{}.{setting}", self.path);
            self.problems.extend(Vocabulary::unknown("unknown_column", "participant column", &column, known, path));
            let kind = self.names.variables.get(&column);
            if setting == "strata" && matches!(kind, Some(Variable::Number)) {
                let message = format!("`{column}` is a number, and strata need levels");
                self.say("not_a_category", setting, message, "declare it as a category, a count or yes or no");
            }
            if setting == "strata" && self.model.covariates.iter().any(|covariate| covariate.column() == column) {
                let message = format!("`{column}` is a covariate too, and does not vary within its own strata");
                self.say("stratum_is_covariate", setting, message, "leave it out of the covariates");
            }
        }
    }

    fn family(&mut self) {
        let (family, link) = (self.model.family(), self.model.link());
        if !family.links().contains(&link) {
            let known: Vec<String> = family.links().iter().map(|link| format!("`{}`", link.name())).collect();
            let message = format!("a {} model has no link `{}`", family.name(), link.name());
            self.say("no_such_link", "link", message, format!("use {}", known.join(" or ")));
        }
        match (self.model.family, self.model.power) {
            (FamilyName::Tweedie, Some(power)) if power.get() <= 1.0 || power.get() > 3.0 => {
                let message = format!("a power of {} for a Tweedie model", power.get());
                self.say("out_of_range", "power", message, "give a number above 1 and at most 3");
            }
            (FamilyName::Tweedie, None) => {
                self.say(
                    "missing_setting",
                    "family",
                    "a Tweedie model needs its power",
                    "add for example `power: 1.5`",
                );
            }
            (FamilyName::Tweedie, Some(_)) | (_, None) => {}
            (_, Some(_)) => {
                let message = format!("a {} model has no power", family.name());
                self.say("unused_setting", "power", message, "leave it out, or use family: tweedie");
            }
        }
    }

    fn inference(&mut self) {
        let model = self.model;
        let of_likelihood =
            matches!(model.inference, Inference::LikelihoodRatio | Inference::Score | Inference::Moderated);
        if of_likelihood && model.covariance.estimator() != Covariance::Model {
            let message = format!("inference {} belongs to the model's own covariance", model.inference.name());
            self.say("robust_likelihood", "covariance", message, "use covariance: model, or inference wald or t");
        }
        if model.inference == Inference::Moderated {
            let plain = model.family == FamilyName::Gaussian
                && model.link().name() == "identity"
                && model.predictor.as_slice().len() == 1
                && model.interactions.is_empty();
            if !plain {
                let message = "moderated inference fits each analyte on the outcome, by least squares";
                let remedy = "use one predictor, no interaction, family gaussian and link identity";
                self.say("not_moderated", "inference", message, remedy);
            }
        } else if model.robust {
            self.say(
                "unused_setting",
                "robust",
                "`robust` belongs to inference: moderated",
                "leave it out; covariance: hc3 is robust to unequal variances",
            );
        }
        if model.df.is_some() && !(model.satterthwaite_is_defined() && model.inference == Inference::T) {
            let message = "`df` belongs to inference t with covariance hc2, hc3 or clusters";
            self.say("unused_setting", "df", message, "leave it out");
        }
    }

    fn firth(&mut self) {
        let model = self.model;
        let fits = matches!(model.family, FamilyName::Binomial | FamilyName::Poisson);
        if !fits && model.estimator == Estimator::Firth {
            self.say("no_firth", "estimator", "Firth's likelihood is for binomial and Poisson models", "leave it out");
        }
        if !fits && model.on_separation == OnSeparation::Firth {
            self.say(
                "no_firth",
                "on_separation",
                "Firth's likelihood is for binomial and Poisson models",
                "leave it out",
            );
        }
        if model.estimator == Estimator::Firth && model.covariance.estimator() != Covariance::Model {
            let message = "Firth's likelihood has its own test and limits";
            self.say("robust_likelihood", "covariance", message, "use covariance: model");
        }
    }
}

impl Model {
    fn satterthwaite_is_defined(&self) -> bool {
        self.covariance.cluster().is_some() || matches!(self.covariance.estimator(), Covariance::Hc2 | Covariance::Hc3)
    }
}
