//! What the screen would say of the study made in code: every column that the report reads, plausible and deterministic.

use stages::report::Inputs;
use stages::screen::schema as screen;

use super::study::{Dice, OUTCOMES, PEOPLE, id, table};

pub const MODELS: [(&str, &str, &str, &str); 4] = [
    ("adjusted", "hc3", "t", r#"["age","sex","baseline_score"]"#),
    ("published", "model", "wald", "[]"),
    ("published_hc3", "hc3", "t", "[]"),
    ("published_t", "model", "t", "[]"),
];

pub fn screened(inputs: &mut Inputs, dice: &mut Dice, names: &[String]) {
    let (mut associations, mut influence, mut fits) = (Vec::new(), Vec::new(), Vec::new());
    for (outcome, (at, analyte)) in OUTCOMES.iter().flat_map(|o| names.iter().enumerate().map(move |a| (o, a))) {
        let (estimate, error) = match at {
            0 => (1.35, 0.482),
            _ => (0.4 * dice.normal(), 0.3 + 0.3 * dice.roll()),
        };
        for model in MODELS {
            let row = association(model, (outcome, analyte, at), (estimate, error), names.len());
            fits.push(fit(&row));
            associations.push(row);
            let drawn = at < 12 && model.3 == "[]";
            let people = (0..PEOPLE).filter(|person| *person != 3 && (drawn || at == 0));
            influence.extend(people.map(|person| person_row(model.0, outcome, analyte, person, estimate, dice)));
        }
    }
    associations.extend(names.iter().enumerate().map(|(at, analyte)| remission(at, analyte, dice)));
    inputs.associations = table::<screen::Associations>(associations);
    inputs.influence = table::<screen::Influence>(influence);
    inputs.fits = table::<screen::Fits>(fits);
}

fn association(
    (model, covariance, inference, covariates): (&str, &str, &str, &str),
    (outcome, analyte, at): (&str, &str, usize),
    (estimate, error): (f64, f64),
    tests: usize,
) -> screen::AssociationRow {
    let untested = at == 5;
    let some = |value: f64| (!untested).then_some(value);
    let critical = if inference == "t" { 2.048 } else { 1.96 };
    let z = estimate / error;
    let p = match (at, inference) {
        (0, "wald") => 0.0050,
        (0, _) => 0.0093,
        _ => (-0.8 * z.abs()).exp(),
    };
    let flips = at == 0 && model == "adjusted";
    screen::AssociationRow {
        model: model.into(),
        outcome: outcome.into(),
        predictor: "change: percent".into(),
        analyte: analyte.into(),
        term: analyte.into(),
        response: "outcome".into(),
        covariates: covariates.into(),
        family: "gaussian".into(),
        link: "identity".into(),
        estimator: "ml".into(),
        covariance: covariance.into(),
        inference: inference.into(),
        confidence: 0.95,
        n: 29,
        df_residual: some(27.0),
        df_reference: some(27.0).filter(|_| inference == "t"),
        estimate: some(estimate),
        std_error: some(error),
        statistic: some(z),
        p_value: some(p),
        conf_low: some(estimate - critical * error),
        conf_high: some(estimate + critical * error),
        estimate_standardized: some(0.18 * z),
        partial_r2: some(0.2),
        p_adjusted: some((p * 11.0).min(1.0)),
        adjustment: "bh".into(),
        tests_in_family: tests as i64 - 1,
        p_permutation: some(1.2 * p),
        p_permutation_std_error: some((p / 10_000.0).sqrt()),
        p_max_t: some((8.4 * p).min(1.0)),
        p_max_t_std_error: some((8.4 * p).min(1.0).sqrt() / 100.0),
        permutation: Some("freedman_lane".into()),
        orderings: Some(9999),
        boot_low: some(estimate - 2.2 * error),
        boot_high: some(estimate + 1.7 * error),
        boot_interval: Some("bca".into()),
        boot_draws: Some(2000),
        boot_failed: Some(0),
        loo_min: some(estimate - 0.15),
        loo_max: some(estimate + 0.2),
        loo_p_max: some(p * 3.0),
        loo_flips: (!untested).then_some(flips),
        loo_flips_by: (!untested).then(|| if flips { r#"["P07","P19"]"# } else { "[]" }.into()),
        loo_failed: Some(0),
        ancova_estimate: some(-0.4 * estimate),
        ancova_std_error: some(0.4 * error),
        ancova_p_value: some(1.1 * p),
        ancova_conf_low: some(-0.4 * estimate - 0.8 * error),
        ancova_conf_high: some(-0.4 * estimate + 0.8 * error),
        noise_ratio: some(0.21),
        margin: some(0.5),
        p_equivalence: some(0.6),
        bayes_factor: some((0.5 * z * z - 1.7).exp()),
        log10_bayes_factor: some((0.5 * z * z - 1.7) / std::f64::consts::LN_10),
        bayes_prior: Some("jzs".into()),
        status: if untested { "no_variation" } else { "ok" }.into(),
        detail: if untested { "every value is 0; look at the limit of detection" } else { "" }.into(),
        dropped_participants: r#"["P04"]"#.into(),
        ..Default::default()
    }
}

/// A yes-or-no outcome by likelihood ratio; the first but one is separated, answered by Firth, and has no upper limit.
fn remission(at: usize, analyte: &str, dice: &mut Dice) -> screen::AssociationRow {
    let separated = at == 1;
    let estimate = if at == 0 { 1.53 } else { 0.5 * dice.normal() };
    screen::AssociationRow {
        model: "remission".into(),
        outcome: "remission_infusion_4".into(),
        predictor: "change: log2_ratio".into(),
        analyte: analyte.into(),
        term: analyte.into(),
        response: "outcome".into(),
        covariates: "[]".into(),
        family: "binomial".into(),
        link: "logit".into(),
        estimator: if separated { "firth" } else { "ml" }.into(),
        covariance: "model".into(),
        inference: if separated { "penalized_lr" } else { "likelihood_ratio" }.into(),
        confidence: 0.95,
        n: 30,
        events: Some(3),
        estimate: Some(estimate),
        p_value: Some(if at == 0 { 0.012 } else { 0.4 }),
        conf_low: Some(estimate - 1.2),
        conf_high: (!separated).then_some(estimate + 1.4),
        p_adjusted: Some(0.13),
        adjustment: "bh".into(),
        tests_in_family: 12,
        status: if separated { "firth" } else { "ok" }.into(),
        dropped_participants: "[]".into(),
        ..Default::default()
    }
}

fn fit(row: &screen::AssociationRow) -> screen::FitRow {
    let curved = "the association is curved (p of the square = 4.00e-3)";
    screen::FitRow {
        model: row.model.clone(),
        outcome: row.outcome.clone(),
        predictor: row.predictor.clone(),
        analyte: row.analyte.clone(),
        r_squared: Some(0.2),
        vif: Some(1.1),
        nonlinearity_p: Some(0.004),
        diagnostics: Some(if row.model == "published_t" { curved } else { "" }.into()),
        ..Default::default()
    }
}

fn person_row(
    model: &str,
    outcome: &str,
    analyte: &str,
    person: usize,
    estimate: f64,
    dice: &mut Dice,
) -> screen::InfluenceRow {
    let x = 12.0 * dice.normal();
    screen::InfluenceRow {
        model: model.into(),
        outcome: outcome.into(),
        predictor: "change: percent".into(),
        stratum: String::new(),
        analyte: analyte.into(),
        participant_id: id(person),
        predictor_value: x,
        outcome_value: 34.0 + estimate * x + 20.0 * dice.normal(),
        fitted: 34.0 + estimate * x,
        leverage: Some(0.05),
        studentized: Some(dice.normal()),
        cooks_distance: Some(0.02),
        dfbeta: Some(0.01),
        dfbetas: Some(0.02),
        loo_estimate: Some(estimate),
        loo_p_value: Some(match person {
            6 => 0.081,
            18 => 0.062,
            _ => 0.0093,
        }),
    }
}
