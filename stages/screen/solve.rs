//! Fits a case, or says why it cannot be fitted.

use crate::statistics::cluster::{self, ClusterError, Robust};
use crate::statistics::covariance::{Covariance, covariance};
use crate::statistics::design::{Design, DesignError};
use crate::statistics::fit::{Fit, FitError, fit};
use crate::statistics::glm::{GlmError, Likelihood, fit_glm};
use crate::statistics::inference::Reference;

use super::case::Case;
use super::expand::Refusal;
use super::model::{Estimator, OnSeparation};

/// A case with its fit.
pub struct Solved<'a> {
    pub case: Case<'a>,
    pub design: Design,
    pub fit: Fit,
    /// The likelihood that was maximized, with a negative binomial's shape.
    pub likelihood: Likelihood,
}

impl<'a> Solved<'a> {
    /// Fits the case, or says why it cannot be fitted.
    pub fn new(case: Case<'a>) -> Result<Self, Refusal> {
        let (design, fit, likelihood) = solve(&case)?;
        Ok(Solved { case, design, fit, likelihood })
    }

    /// The place of a term among the coefficients.
    pub fn place(&self, term: &str) -> Option<usize> {
        self.design.terms().iter().position(|known| known == term)
    }

    /// Whether Firth's penalty was added.
    pub fn is_firth(&self) -> bool {
        self.likelihood.penalized
    }

    pub fn df_residual(&self) -> f64 {
        self.fit.df_residual as f64
    }

    /// The standard error of every coefficient with its reference, by the model's covariance.
    pub fn errors(&self) -> Result<Vec<(f64, Reference)>, Refusal> {
        let model = self.case.question.model;
        let kind = model.covariance.estimator();
        let plain = model.inference.reference(self.df_residual());
        if !model.satterthwaite() && self.case.clusters.is_none() {
            let matrix =
                covariance(&self.fit, kind).map_err(|undefined| self.undefined(undefined.observation, kind))?;
            return Ok((0..self.design.rank()).map(|j| (matrix[(j, j)].max(0.0).sqrt(), plain)).collect());
        }
        let reference = |robust: &Robust| match plain {
            Reference::T(_) if model.satterthwaite() => Reference::T(robust.df),
            other => other,
        };
        let robust = self.robust(kind)?;
        Ok(robust.iter().map(|robust| (robust.variance.sqrt(), reference(robust))).collect())
    }

    fn robust(&self, kind: Covariance) -> Result<Vec<Robust>, Refusal> {
        let alone: Vec<usize> = (0..self.fit.working.len()).collect();
        let clusters = self.case.clusters.as_ref().unwrap_or(&alone);
        // The hat matrix of the last weighted regression: √w X A.
        let weighted = |i: usize, j: usize| {
            let x = self.design.matrix();
            let dot: f64 = (0..x.ncols()).map(|k| x[(i, k)] * self.fit.pseudo_inverse[(k, j)]).sum();
            self.fit.root_weights[i] * dot
        };
        cluster::robust(&self.fit, &weighted, clusters, kind).map_err(|error| match error {
            ClusterError::Leverage { observation } => self.undefined(observation, kind),
            ClusterError::OneCluster => (
                "covariance_undefined",
                "every participant of this test is in one cluster, so their dependence cannot be estimated; use covariance: model"
                    .to_owned(),
            ),
        })
    }

    fn undefined(&self, observation: usize, kind: Covariance) -> Refusal {
        let detail = format!(
            "{} alone determines a coefficient (leverage 1), so {} is undefined; use covariance: model or leave the covariate out",
            self.case.participant(observation),
            kind.name()
        );
        ("covariance_undefined", detail)
    }
}

fn solve(case: &Case<'_>) -> Result<(Design, Fit, Likelihood), Refusal> {
    if let Some(refusal) = &case.refusal {
        return Err(refusal.clone());
    }
    if case.y.is_empty() {
        let what = "no participant has the outcome, the metabolite and every covariate";
        return Err(("missing_input", format!("{what}; see what quality control left out")));
    }
    let design = Design::new(case.y.len(), &case.variables).map_err(refuse)?;
    let model = case.question.model;
    if model.has_free_scale() {
        let fit = fit(&design, &case.y).map_err(|error| no_fit(error, case))?;
        let likelihood = Likelihood { family: model.family(), link: model.link(), penalized: false };
        return Ok((design, fit, likelihood));
    }
    let penalized = model.estimator == Estimator::Firth;
    let likelihood = Likelihood { family: model.family(), link: model.link(), penalized };
    let (fit, likelihood) = match fit_glm(&design, &case.y, likelihood) {
        Err(GlmError::Separated(_)) if model.on_separation == OnSeparation::Firth => {
            let penalized = Likelihood { penalized: true, ..likelihood };
            (fit_glm(&design, &case.y, penalized).map_err(|error| no_glm(error, case))?, penalized)
        }
        other => (other.map_err(|error| no_glm(error, case))?, likelihood),
    };
    let likelihood = Likelihood { family: fit.family, ..likelihood };
    Ok((design, fit, likelihood))
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

fn the_same(case: &Case<'_>) -> Refusal {
    let what = if case.question.model.is_moderated() { "metabolite" } else { "outcome" };
    ("no_variation", format!("the {what} is the same for all {} participants", case.y.len()))
}

fn no_fit(error: FitError, case: &Case<'_>) -> Refusal {
    match error {
        FitError::NoVariation => the_same(case),
        FitError::NotFinite => ("missing_input", error.to_string()),
    }
}

fn no_glm(error: GlmError, case: &Case<'_>) -> Refusal {
    let family = case.question.model.family();
    match &error {
        GlmError::NoVariation => the_same(case),
        GlmError::OutsideSupport { observation, value } => (
            "outside_support",
            format!(
                "{} has {value}, and a {} model needs {}; correct the value, or choose another family",
                case.participant(*observation),
                family.name().replace('_', " "),
                family.support()
            ),
        ),
        GlmError::Separated(found) => (
            "separation",
            format!(
                "the predictors separate the outcome {}, so no estimate is finite; on_separation: firth gives a finite one",
                if found.complete { "completely" } else { "in part" }
            ),
        ),
        GlmError::NotOverdispersed => ("not_converged", format!("{error}; use family: poisson")),
        GlmError::NotConverged(_) => {
            ("not_converged", format!("{error}; look for extreme values, or choose another link or family"))
        }
    }
}
