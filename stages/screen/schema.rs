//! What the screen makes: a row for every test that was asked for, whether or not it could be made.

use crate::schema;

schema! {
    /// Every metabolite × outcome × model: the estimate, its uncertainty and its status.
    Associations "associations" AssociationRow key [model, outcome, predictor, stratum, analyte] {
        model: String, "", "the model's name";
        outcome: String, "", "the endpoint";
        predictor: String, "", "`change: MEASURE` or `level: TIMEPOINT`";
        stratum: String, "", "the stratum; empty where there is none";
        analyte: String, "", "the tested metabolite";
        covariates: String, "", "the model's covariates as a JSON list";
        family: String, "", "gaussian, binomial, …";
        link: String, "", "the family's link: identity, logit, …";
        covariance: String, "", "model, hc0, hc1, hc2 or hc3";
        inference: String, "", "wald (normal reference) or t";
        confidence: f64, "", "the confidence level of the limits";
        n: i64, "", "participants in the fit";
        df_residual: Option<f64>, "", "n - rank of the design";
        estimate: Option<f64>, "outcome per unit of predictor", "the coefficient of the predictor";
        std_error: Option<f64>, "as estimate", "its standard error";
        statistic: Option<f64>, "", "estimate / std_error";
        p_value: Option<f64>, "", "two-sided";
        conf_low: Option<f64>, "as estimate", "lower limit";
        conf_high: Option<f64>, "as estimate", "upper limit";
        estimate_standardized: Option<f64>, "SD of outcome per SD of predictor", "estimate × sd(predictor) / sd(outcome)";
        partial_r2: Option<f64>, "fraction", "t²/(t² + df) with the model covariance's t";
        p_adjusted: Option<f64>, "", "p adjusted within the named family of tests";
        adjustment: String, "", "the adjustment's name, for example bh";
        tests_in_family: i64, "", "finite p-values in the named family of tests";
        p_permutation: Option<f64>, "", "permutation p; missing unless asked for";
        p_max_t: Option<f64>, "", "step-down max-T p; missing unless asked for";
        boot_low: Option<f64>, "as estimate", "lower bootstrap limit; missing unless asked for";
        boot_high: Option<f64>, "as estimate", "upper bootstrap limit; missing unless asked for";
        loo_min: Option<f64>, "as estimate", "smallest estimate with one participant left out";
        loo_max: Option<f64>, "as estimate", "largest estimate with one participant left out";
        loo_p_max: Option<f64>, "", "largest p with one participant left out";
        loo_flips: Option<bool>, "", "whether leaving one participant out moves p across 1 - confidence";
        status: String, "", "ok, or why there are no numbers: no_variation, too_few_observations, rank_deficient, perfect_fit, missing_input, covariance_undefined, …";
        detail: String, "", "what happened and what to do; empty when ok";
        dropped_participants: String, "", "who was left out for a missing value, as a JSON list";
    }
}

schema! {
    /// How well each model fits as a whole.
    Fits "fits" FitRow key [model, outcome, predictor, stratum, analyte] {
        model: String, "", "the model's name";
        outcome: String, "", "the endpoint";
        predictor: String, "", "`change: MEASURE` or `level: TIMEPOINT`";
        stratum: String, "", "the stratum; empty where there is none";
        analyte: String, "", "the tested metabolite";
        r_squared: Option<f64>, "fraction", "1 - RSS/TSS";
        log_lik: Option<f64>, "", "log-likelihood, as R counts it";
        aic: Option<f64>, "", "Akaike's criterion, as R counts it (the error variance is a parameter)";
        deviance: Option<f64>, "", "residual sum of squares for a Gaussian model";
        null_deviance: Option<f64>, "", "deviance of the intercept alone";
        dispersion: Option<f64>, "", "RSS / df for a Gaussian model";
        condition: Option<f64>, "", "condition number (2-norm) of the design, its columns scaled to unit length";
        diagnostics: Option<String>, "", "what the model's diagnostics say; missing unless asked for";
    }
}

schema! {
    /// Every coefficient of every model; terms are named as R names them.
    Coefficients "coefficients" CoefficientRow key [model, outcome, predictor, stratum, analyte, term] {
        model: String, "", "the model's name";
        outcome: String, "", "the endpoint";
        predictor: String, "", "`change: MEASURE` or `level: TIMEPOINT`";
        stratum: String, "", "the stratum; empty where there is none";
        analyte: String, "", "the tested metabolite";
        term: String, "", "(Intercept), a covariate, or the analyte";
        estimate: Option<f64>, "", "the coefficient";
        std_error: Option<f64>, "", "its standard error";
        statistic: Option<f64>, "", "estimate / std_error";
        p_value: Option<f64>, "", "two-sided";
        conf_low: Option<f64>, "", "lower limit";
        conf_high: Option<f64>, "", "upper limit";
    }
}

schema! {
    /// What each participant does to each estimate.
    Influence "influence" InfluenceRow key [model, outcome, predictor, stratum, analyte, participant_id] {
        model: String, "", "the model's name";
        outcome: String, "", "the endpoint";
        predictor: String, "", "`change: MEASURE` or `level: TIMEPOINT`";
        stratum: String, "", "the stratum; empty where there is none";
        analyte: String, "", "the tested metabolite";
        participant_id: String, "", "the participant";
        predictor_value: f64, "", "the participant's predictor";
        outcome_value: f64, "", "the participant's outcome";
        fitted: f64, "", "the model's value";
        leverage: Option<f64>, "", "diagonal of the hat matrix";
        studentized: Option<f64>, "", "externally studentized residual";
        cooks_distance: Option<f64>, "", "Cook's distance";
        dfbeta: Option<f64>, "as estimate", "estimate minus the estimate without this participant";
        dfbetas: Option<f64>, "", "dfbeta / its standard error with sigma without this participant";
        loo_estimate: Option<f64>, "as estimate", "the estimate without this participant";
        loo_p_value: Option<f64>, "", "its p with the model's own covariance and reference";
    }
}
