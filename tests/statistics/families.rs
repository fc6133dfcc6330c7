//! Every family and link: estimates, errors, tests, limits and influence as R has them.

use stages::screen::schema::Influence;
use stages::statistics::design::{Design, Variable};
use stages::statistics::family::Family;
use stages::statistics::glm::Likelihood;
use stages::statistics::link::Link;
use stages::statistics::profile::{Statistic, profile};
use stages::statistics::tails::normal_quantile;
use stages::statistics::term::Term;

use super::{ADJUSTED, Screened, agree, cohort, maybe, near, number, of_r};

const OUTCOMES: [(&str, &str, &str); 12] = [
    ("binomial_logit", "remission", "family: binomial"),
    ("binomial_probit", "remission", "family: binomial, link: probit"),
    ("binomial_cloglog", "remission", "family: binomial, link: cloglog"),
    ("poisson_log", "events", "family: poisson"),
    ("gaussian_log", "cost", "link: log"),
    ("gamma_log", "cost", "family: gamma, link: log"),
    ("gamma_inverse", "cost", "family: gamma"),
    ("negbin_events", "events", "family: negative_binomial"),
    ("negbin_count2", "count2", "family: negative_binomial"),
    ("negbin_log", "count2", "family: negative_binomial"),
    ("tweedie_cost", "cost", "family: tweedie, power: 1.5"),
    ("tweedie_spend", "spend", "family: tweedie, power: 1.5"),
];

/// Models of every family with one kind of inference and covariance.
fn models(inference: &str, covariance: &str) -> Vec<(&'static str, String)> {
    let settings = |outcome: &str, family: &str| {
        format!("outcomes: [{outcome}], {family}, {ADJUSTED}, inference: {inference}, covariance: {covariance}")
    };
    OUTCOMES.iter().map(|(name, outcome, family)| (*name, settings(outcome, family))).collect()
}

fn screened(inference: &str, covariance: &str, screen: &str) -> (crate::common::Study, Screened) {
    let models = models(inference, covariance);
    let models: Vec<(&str, &str)> = models.iter().map(|(name, settings)| (*name, settings.as_str())).collect();
    let study = cohort(&models, screen);
    let screened = Screened::of(&study);
    (study, screened)
}

/// R's own `glm.csv`, whose fits stop when the deviance stands still to 1e-14: that leaves a gamma model's coefficient,
/// which converges linearly, up to 1.3e-7 standard errors from its maximum. The tight fits below agree to 1e-9.
#[test]
fn every_generalized_linear_model_gives_the_numbers_of_r() {
    let (_, wald) = screened("wald", "model", "");
    let (_, t) = screened("t", "model", "");
    let robust: Vec<Screened> = ["hc0", "hc1", "hc2", "hc3"].map(|kind| screened("wald", kind, "").1).into();
    let names = [("binomial", "binomial_logit"), ("poisson", "poisson_log"), ("gamma", "gamma_log")];
    let rows = of_r("glm.csv").into_iter().map(|row| {
        let model = names.iter().find(|(family, _)| *family == row["family"]).expect("a known family").1;
        (model.to_owned(), if model == "gamma_log" { 3e-7 } else { 1e-7 }, row)
    });
    let tight = of_r("glm_families.csv").into_iter().map(|row| (row["model"].clone(), 1e-9, row));
    let rows: Vec<_> = rows.chain(tight).collect();
    assert_eq!(rows.len(), 3 * 11 * 5 + 395);
    for (model, tolerance, row) in rows {
        let (metabolite, term) = (&row["metabolite"], &row["term"]);
        let what = format!("{model}, {metabolite}, {term}");
        let (error, estimate) = (number(&row, "std_error"), number(&row, "estimate"));
        let found = wald.coefficient(&model, metabolite, term);
        near(found.estimate, estimate, error, tolerance, &what);
        near(found.statistic, number(&row, "statistic"), 1.0, tolerance, &what);
        near(found.conf_low, number(&row, "conf_low_wald"), error, tolerance, &what);
        near(found.conf_high, number(&row, "conf_high_wald"), error, tolerance, &what);
        // R's standard errors are of the weights before the last step.
        agree(found.std_error, error, tolerance.max(2e-8), &what);
        for (screened, kind) in robust.iter().zip(["hc0", "hc1", "hc2", "hc3"]) {
            let found = screened.coefficient(&model, metabolite, term).std_error;
            agree(found, number(&row, &format!("std_error_{kind}")), 1e-7, &format!("{what}, {kind}"));
        }
        let fit = wald.fit(&model, metabolite);
        agree(fit.deviance, number(&row, "deviance"), 1e-9, &what);
        agree(fit.null_deviance, number(&row, "null_deviance"), 1e-7, &what);
        agree(fit.dispersion, number(&row, "dispersion"), 1e-7, &what);
        maybe(&row, "aic").into_iter().for_each(|aic| agree(fit.aic, aic, 1e-9, &what));
        if let Some(theta) = row.get("theta").and_then(|_| maybe(&row, "theta")) {
            agree(fit.theta, theta, 1e-7, &what);
        }
        // R's summary refers to t where the dispersion is estimated.
        let reference = if number(&row, "dispersion") == 1.0 { &wald } else { &t };
        let p = reference.coefficient(&model, metabolite, term).p_value;
        agree(
            p,
            number(&row, "p_value"),
            if tolerance < 1e-8 { 1e-8 } else { 10.0 * tolerance },
            &format!("{what}, p"),
        );
    }
}

#[test]
fn likelihood_ratio_and_score_tests_and_profile_limits_are_those_of_r() {
    let (_, ratio) = screened("likelihood_ratio", "model", "");
    let (_, score) = screened("score", "model", "");
    for row in of_r("glm_tests.csv") {
        let (model, metabolite) = (&row["model"], &row["metabolite"]);
        let what = format!("{model}, {metabolite}");
        let error = number(&row, "std_error");
        let found = ratio.association(model, metabolite);
        near(found.estimate, number(&row, "estimate"), error, 1e-9, &what);
        let statistic = found.statistic.expect("a test");
        assert_eq!(statistic > 0.0, found.estimate.unwrap() > 0.0, "{what}: the root has the estimate's sign");
        near(Some(statistic * statistic), number(&row, "lr_statistic"), 1e-3, 1e-8, &what);
        near(found.p_value, number(&row, "lr_p_value"), 1e-3, 1e-8, &what);
        near(found.conf_low, number(&row, "conf_low_profile"), error, 1e-9, &what);
        near(found.conf_high, number(&row, "conf_high_profile"), error, 1e-9, &what);
        let found = score.association(model, metabolite);
        if let Some(statistic) = maybe(&row, "score_statistic") {
            near(found.statistic.map(|root| root * root), statistic, 1e-3, 1e-8, &what);
            near(found.p_value, number(&row, "score_p_value"), 1e-3, 1e-8, &what);
        }
        // The score limits are where the score test is at 5 %: between them lies the estimate.
        let (low, high) = (found.conf_low.expect("a limit"), found.conf_high.expect("a limit"));
        assert!(low < found.estimate.unwrap() && found.estimate.unwrap() < high, "{what}");
    }
}

#[test]
fn influence_in_other_families_is_that_of_r_and_leaving_one_out_is_an_exact_refit() {
    let (study, screened) = screened("wald", "model", "    sensitivity: [leave_one_out, influence]\n");
    let influence = study.table::<Influence>("screen").rows();
    for row in of_r("glm_influence.csv") {
        let mine = |found: &&stages::screen::schema::InfluenceRow| {
            found.model == row["model"] && found.analyte == "m01" && found.participant_id == row["id"]
        };
        let found = influence.iter().find(mine).expect("every participant of the fit has a row");
        let what = format!("{}, {}", row["model"], row["id"]);
        // What R computes from a fit that stopped a little early bears 1e-7.
        agree(found.leverage, number(&row, "hatvalue"), 1e-7, &what);
        near(found.cooks_distance, number(&row, "cooks_distance"), 1e-3, 1e-7, &what);
        agree(found.studentized, number(&row, "rstudent"), 1e-7, &what);
        near(found.loo_estimate, number(&row, "loo_estimate"), number(&row, "loo_std_error"), 1e-8, &what);
        if row["model"] != "gamma_log" {
            agree(found.loo_p_value, number(&row, "loo_p_value"), 1e-7, &what);
        }
        let estimate = screened.association(&row["model"], "m01").estimate.unwrap();
        near(found.dfbeta, estimate - number(&row, "loo_estimate"), number(&row, "loo_std_error"), 1e-8, &what);
    }
}

/// Small studies on which Fisher scoring goes to and fro away from the maximum: every limit that R finds is found.
#[test]
fn profile_limits_are_found_where_scoring_stalls() {
    let data = of_r("hard_profiles_data.csv");
    for row in of_r("hard_profiles.csv") {
        let rows: Vec<&super::Row> = data.iter().filter(|other| other["case"] == row["case"]).collect();
        let column = |name: &str| rows.iter().map(|row| number(row, name)).collect::<Vec<f64>>();
        let variables = ["age", "x"].map(|name| (name.to_owned(), Variable::Numeric(column(name))));
        let (family, link) = match rows[0]["link"].as_str() {
            "cloglog" => (Family::Binomial, Link::Cloglog),
            "probit" => (Family::Binomial, Link::Probit),
            _ => (Family::Gamma, Link::Inverse),
        };
        let (design, y) = (Design::new(rows.len(), &variables).unwrap(), column("y"));
        let term = Term::new(&design, 2, &y, Likelihood { family, link, penalized: false });
        let full = term.climb(None, None).unwrap();
        let found = profile(&term, &full, Statistic::Ratio, normal_quantile(0.975)).unwrap();
        let error = number(&row, "std_error");
        near(Some(term.estimate(&full)), number(&row, "estimate"), error, 1e-7, &row["case"]);
        near(found.low, number(&row, "conf_low"), error, 1e-8, &row["case"]);
        near(found.high, number(&row, "conf_high"), error, 1e-8, &row["case"]);
    }
}
