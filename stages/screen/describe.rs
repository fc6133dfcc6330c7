//! The methods section of the screen, as the settings have it.

use super::model::{Covariate, Estimator, FamilyName, Model, OnSeparation};
use super::params::{BayesPrior, Bootstrap, BootstrapInterval, Multiplicity, Params, Permutation, Sensitivity, Within};
use crate::contract::Predictor;
use crate::statistics::covariance::Covariance;
use crate::statistics::inference::Inference;
use crate::statistics::multiplicity::Adjustment;

/// A paragraph for the models, one for many tests, one for each further kind of inference.
pub fn methods(params: &Params) -> Vec<String> {
    if params.models.is_empty() {
        return Vec::new();
    }
    let mut paragraphs = vec![fitting(params)];
    paragraphs.extend(params.models.iter().map(|(name, model)| describe_model(name, model)));
    paragraphs.push(format!(
        "Limits are at {:.0} % confidence. {}",
        params.confidence.get() * 100.0,
        adjustment(&params.multiplicity)
    ));
    paragraphs.extend(params.permutation.as_ref().map(permutation));
    paragraphs.extend(params.bootstrap.as_ref().map(bootstrap));
    paragraphs.extend(sensitivity(&params.sensitivity));
    paragraphs.extend(params.bayes_factor.map(evidence));
    paragraphs
}

fn fitting(params: &Params) -> String {
    let linear = params.models.values().any(Model::has_free_scale);
    let other = params.models.values().any(|model| !model.has_free_scale());
    let how = match (linear, other) {
        (true, false) => "least squares (QR decomposition)",
        (false, _) => "maximum likelihood (iteratively reweighted least squares)",
        (true, true) => {
            "least squares (QR decomposition) or, for outcomes that are not measured on a scale, maximum likelihood \
             (iteratively reweighted least squares)"
        }
    };
    format!(
        "Each metabolite was tested against each outcome by {how}, one metabolite at a time, on the participants with \
         complete data for that test; categories were coded against their first level. A test that could not be made has \
         a row that says why."
    )
}

fn describe_model(name: &str, model: &Model) -> String {
    let predictors: Vec<String> = model.predictor.iter().map(predictor).collect();
    let strata = model.strata.as_ref().map_or(String::new(), |column| format!(" within each {column}"));
    format!(
        "Model “{name}”: {} on {}{}, {}{strata}, {}, {}.{}{}",
        model.outcomes.join(", "),
        predictors.join(" and "),
        interactions(model),
        covariates(model),
        family(model),
        inference(model),
        separation(model),
        margin(model)
    )
}

fn predictor(predictor: &Predictor) -> String {
    match predictor {
        Predictor::Change { measure, contrast: None } => format!("the metabolite's change ({measure})"),
        Predictor::Change { measure, contrast: Some(contrast) } => {
            format!("the metabolite's change ({measure}, {contrast})")
        }
        Predictor::Level(timepoint) => format!("the metabolite's level at {timepoint}"),
    }
}

fn interactions(model: &Model) -> String {
    match model.interactions.as_slice() {
        [] => String::new(),
        names => format!(" and its product with {}", names.join(", ")),
    }
}

fn covariates(model: &Model) -> String {
    let one = |covariate: &Covariate| match covariate {
        Covariate::Column(column) => column.clone(),
        Covariate::Spline { column, df } => format!("a natural cubic spline of {column} ({df} df)"),
        Covariate::Category(column) => format!("the categories of {column}"),
    };
    match model.covariates.as_slice() {
        [] => "without covariates".to_owned(),
        many => format!("with {} as covariates", many.iter().map(one).collect::<Vec<_>>().join(", ")),
    }
}

fn family(model: &Model) -> String {
    let name = match model.family {
        FamilyName::Gaussian => "a Gaussian",
        FamilyName::Binomial => "a binomial",
        FamilyName::Poisson => "a Poisson",
        FamilyName::NegativeBinomial => "a negative binomial (shape by maximum likelihood)",
        FamilyName::Gamma => "a gamma",
        FamilyName::Tweedie => "a Tweedie",
    };
    let power = model.power.map_or(String::new(), |power| format!(" of power {}", power.get()));
    format!("by {name} model{power} with {} link", model.link().name())
}

fn inference(model: &Model) -> String {
    if model.estimator == Estimator::Firth {
        return "by Firth's penalized likelihood, with penalized likelihood-ratio tests and profile limits (Firth 1993; \
                Heinze and Schemper 2002)"
            .to_owned();
    }
    let errors = match model.covariance.estimator() {
        Covariance::Model => "model-based standard errors".to_owned(),
        kind @ (Covariance::Cr0 | Covariance::Cr1 | Covariance::Cr2) => format!(
            "{} standard errors, robust to dependence within {}",
            kind.name().to_uppercase(),
            model.covariance.cluster().unwrap_or("clusters")
        ),
        robust => format!("{} heteroscedasticity-consistent standard errors", robust.name().to_uppercase()),
    };
    let df = if model.satterthwaite() { "Satterthwaite's" } else { "the residual" };
    match model.inference {
        Inference::Wald => {
            format!("with {errors} and a normal reference (Wald), which is too narrow in small samples")
        }
        Inference::T => format!("with {errors} and Student's t with {df} degrees of freedom"),
        Inference::LikelihoodRatio => "with likelihood-ratio tests and profile-likelihood limits".to_owned(),
        Inference::Score => "with Rao's score tests and the limits at which they do not reject".to_owned(),
        Inference::Moderated => format!(
            "each metabolite as the response and the outcome as the tested term, with variances moderated across \
             metabolites (Smyth 2004{})",
            if model.robust { "; robustly, Phipson et al. 2016" } else { "" }
        ),
    }
}

fn separation(model: &Model) -> &'static str {
    let answers = model.family == FamilyName::Binomial || model.family == FamilyName::Poisson;
    match (answers && model.estimator == Estimator::Ml, model.on_separation) {
        (true, OnSeparation::Firth) => {
            " Where the predictors separate the outcome, Firth's penalized likelihood answers instead, with its own test \
             and limits, and the row says so."
        }
        (true, OnSeparation::Report) => {
            " Where the predictors separate the outcome, there is no estimate, and the row says so."
        }
        (false, _) => "",
    }
}

fn margin(model: &Model) -> String {
    model.equivalence.map_or(String::new(), |equivalence| {
        format!(
            " Equivalence was tested against a smallest effect of interest of ±{} by two one-sided tests (Schuirmann 1987).",
            equivalence.margin.get()
        )
    })
}

fn adjustment(settings: &Multiplicity) -> String {
    let method = match settings.method {
        Adjustment::Bonferroni => "Bonferroni's method",
        Adjustment::Holm => "Holm's method",
        Adjustment::Hochberg => "Hochberg's method",
        Adjustment::Bh => "Benjamini and Hochberg's false discovery rate",
        Adjustment::By => "Benjamini and Yekutieli's false discovery rate",
        Adjustment::Storey => "Storey's q-value (λ = 0.5)",
    };
    format!("P-values were adjusted for the number of tests by {method}, {}.", within(settings))
}

fn within(settings: &Multiplicity) -> String {
    let column = |within: &Within| match within {
        Within::Model => "model",
        Within::Outcome => "outcome",
        Within::Predictor => "predictor",
        Within::Stratum => "stratum",
        Within::Analyte => "analyte",
    };
    let columns: Vec<&str> = settings.within.iter().map(column).collect();
    if columns.is_empty() {
        "over all tests together".to_owned()
    } else {
        format!("within each {}", columns.join(" × "))
    }
}

fn permutation(settings: &Permutation) -> String {
    let strata = settings.strata.as_ref().map_or(String::new(), |column| format!(" within {column}"));
    let family = match settings.adjust {
        Some(_) => {
            " The same orderings gave p-values adjusted for each family of tests by the step-down maximum of |t| (Westfall \
             and Young 1993)."
        }
        None => "",
    };
    format!(
        "Permutation p-values came from {} random orderings of the participants{strata} (every ordering, where there are \
         fewer): of the outcome's residuals on the covariates for linear models (Freedman and Lane 1983), with the \
         statistic studentized by the model's own covariance; of the covariate-adjusted metabolite, with the score \
         statistic, for others.{family}",
        settings.draws
    )
}

fn bootstrap(settings: &Bootstrap) -> String {
    let kind = match settings.interval {
        BootstrapInterval::Bca => "bias-corrected and accelerated (Efron 1987)",
        BootstrapInterval::Percentile => "percentile",
    };
    let strata = settings.strata.as_ref().map_or(String::new(), |column| format!(" within {column}"));
    format!(
        "Bootstrap limits are {kind}, from {} resamples of the participants{strata}; resamples in which a model could not \
         be fitted are counted and left out.",
        settings.draws
    )
}

fn sensitivity(asked: &[Sensitivity]) -> Vec<String> {
    let has = |what| asked.contains(&what);
    let mut paragraphs = Vec::new();
    if has(Sensitivity::LeaveOneOut) || has(Sensitivity::Influence) {
        paragraphs.push(
            "Each estimate was recomputed with one participant left out at a time (exactly: in closed form for linear \
             models, by another fit for others); the range, and whether one participant moves the p-value across the \
             threshold, stand beside it, with leverage, Cook's distance, DFBETA and DFBETAS (Belsley, Kuh and Welsch 1980)."
                .to_owned(),
        );
    }
    if has(Sensitivity::Diagnostics) {
        paragraphs.push(
            "Each linear model was examined for unequal spread (Breusch-Pagan, studentized), normality of residuals \
             (Shapiro-Wilk), and each model for variance inflation and for curvature (a quadratic term)."
                .to_owned(),
        );
    }
    if has(Sensitivity::Ancova) {
        paragraphs.push(
            "Beside each model of a change score stands the analysis of covariance: the follow-up total on the metabolite \
             and the baseline total, with the same covariates and errors."
                .to_owned(),
        );
    }
    if has(Sensitivity::AssayNoise) {
        paragraphs.push(
            "The spread that assay noise alone would give a change, √2 times the RSD of the pooled QC samples, stands beside \
             the spread of the change."
                .to_owned(),
        );
    }
    paragraphs
}

fn evidence(prior: BayesPrior) -> String {
    let prior = match prior {
        BayesPrior::Bic => "unit-information prior (from the difference of BIC)",
        BayesPrior::Jzs => "Jeffreys-Zellner-Siow prior of scale √2/4 (Liang et al. 2008; Rouder and Morey 2012)",
    };
    format!("Bayes factors compare each linear model with the one without its tested term, under the {prior}.")
}
