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
        term: String, "", "the tested term, as the coefficients name it";
        response: String, "", "what stands on the model's left side: outcome, or analyte under moderated inference";
        covariates: String, "", "the model's covariates as a JSON list";
        family: String, "", "gaussian, binomial, …";
        link: String, "", "the family's link: identity, logit, …";
        estimator: String, "", "ml (maximum likelihood; least squares for a Gaussian model) or firth (Firth's penalized likelihood)";
        covariance: String, "", "model, hc0, hc1, hc2 or hc3; cr0, cr1 or cr2 by cluster";
        inference: String, "", "wald (normal reference), t, likelihood_ratio, score, moderated or penalized_lr";
        confidence: f64, "", "the confidence level of the limits";
        n: i64, "", "participants in the fit";
        events: Option<i64>, "", "participants in the fit who reached a yes-or-no outcome; missing for other outcomes";
        df_residual: Option<f64>, "", "n - rank of the design";
        df_reference: Option<f64>, "", "degrees of freedom of the t reference; missing where the reference is not t";
        estimate: Option<f64>, "outcome per unit of predictor", "the coefficient of the predictor";
        std_error: Option<f64>, "as estimate", "its standard error";
        statistic: Option<f64>, "", "estimate / std_error; the signed root of the statistic for likelihood_ratio, score and penalized_lr";
        p_value: Option<f64>, "", "two-sided";
        conf_low: Option<f64>, "as estimate", "lower limit";
        conf_high: Option<f64>, "as estimate", "upper limit";
        estimate_standardized: Option<f64>, "SD of outcome per SD of predictor", "estimate × sd(predictor) / sd(outcome)";
        partial_r2: Option<f64>, "fraction", "t²/(t² + df) with the model covariance's t";
        p_adjusted: Option<f64>, "", "p adjusted within the named family of tests";
        adjustment: String, "", "the adjustment's name, for example bh";
        tests_in_family: i64, "", "finite p-values in the named family of tests";
        pi0: Option<f64>, "fraction", "estimated share of true null hypotheses in the family of tests; for storey only";
        p_permutation: Option<f64>, "", "permutation p; missing unless asked for";
        p_permutation_std_error: Option<f64>, "", "its Monte-Carlo standard error; 0 where every ordering was used";
        p_max_t: Option<f64>, "", "step-down max-T p within the named family of tests; missing unless asked for";
        p_max_t_std_error: Option<f64>, "", "its Monte-Carlo standard error; 0 where every ordering was used";
        permutation: Option<String>, "", "what was permuted: freedman_lane (residuals of the outcome) or score (the covariate-adjusted predictor)";
        orderings: Option<i64>, "", "orderings behind the permutation p, the observed one not counted unless every one was used";
        boot_low: Option<f64>, "as estimate", "lower bootstrap limit; missing unless asked for";
        boot_high: Option<f64>, "as estimate", "upper bootstrap limit; missing unless asked for";
        boot_interval: Option<String>, "", "bca or percentile";
        boot_draws: Option<i64>, "", "resamples drawn";
        boot_failed: Option<i64>, "", "resamples in which the model could not be fitted; they are left out of the limits";
        loo_min: Option<f64>, "as estimate", "smallest estimate with one participant left out";
        loo_max: Option<f64>, "as estimate", "largest estimate with one participant left out";
        loo_p_max: Option<f64>, "", "largest p with one participant left out";
        loo_flips: Option<bool>, "", "whether leaving one participant out moves p across 1 - confidence";
        loo_flips_by: Option<String>, "", "the participants whose absence does, as a JSON list";
        loo_failed: Option<i64>, "", "participants without whom the model could not be fitted";
        ancova_estimate: Option<f64>, "points per unit of predictor", "the predictor's coefficient in follow-up total ~ predictor + baseline total + covariates; for change scores, where asked for";
        ancova_std_error: Option<f64>, "as ancova_estimate", "its standard error, by the model's covariance";
        ancova_p_value: Option<f64>, "", "its two-sided p, by the model's reference";
        ancova_conf_low: Option<f64>, "as ancova_estimate", "its lower limit";
        ancova_conf_high: Option<f64>, "as ancova_estimate", "its upper limit";
        noise_ratio: Option<f64>, "", "SD that assay noise alone gives the change (from sqrt(2)·RSD of the pooled QC) / SD of the change";
        margin: Option<f64>, "as estimate", "the smallest effect of interest; missing unless stated";
        p_equivalence: Option<f64>, "", "larger of the two one-sided p of |estimate| < margin (TOST)";
        bayes_factor: Option<f64>, "", "evidence for the tested term over its absence; missing unless asked for";
        log10_bayes_factor: Option<f64>, "", "its decimal logarithm, finite also where the factor is not";
        bayes_prior: Option<String>, "", "bic (unit information) or jzs (Jeffreys, Zellner and Siow)";
        status: String, "", "ok, firth, or why there are no numbers: no_variation, too_few_observations, rank_deficient, perfect_fit, missing_input, covariance_undefined, separation, not_converged, outside_support";
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
        r_squared: Option<f64>, "fraction", "1 - deviance / null deviance: R squared for a Gaussian model";
        log_lik: Option<f64>, "", "log-likelihood, as R counts it";
        aic: Option<f64>, "", "Akaike's criterion, as R counts it (the error variance is a parameter)";
        deviance: Option<f64>, "", "residual sum of squares for a Gaussian model";
        null_deviance: Option<f64>, "", "deviance of the intercept alone";
        dispersion: Option<f64>, "", "Pearson's chi-squared / df; 1 for binomial, Poisson and negative binomial models";
        theta: Option<f64>, "", "shape of a negative binomial model, by maximum likelihood; variance mu + mu²/theta";
        iterations: Option<i64>, "", "steps until the fit converged; missing for least squares";
        condition: Option<f64>, "", "condition number (2-norm) of the design, its columns scaled to unit length";
        vif: Option<f64>, "", "variance inflation factor of the tested term: 1 / (1 - R² of the term on the others)";
        breusch_pagan: Option<f64>, "", "Breusch-Pagan's statistic, studentized (Koenker): does the spread depend on the predictors";
        breusch_pagan_p: Option<f64>, "", "its p, chi-squared";
        shapiro_wilk: Option<f64>, "", "Shapiro-Wilk's W of the residuals";
        shapiro_wilk_p: Option<f64>, "", "its p";
        nonlinearity_p: Option<f64>, "", "two-sided p of the square of the tested predictor, added to the model";
        diagnostics: Option<String>, "", "what the model's diagnostics say, in words; missing unless asked for";
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
