//! The program's numbers against R's and against exact solutions, through the whole pipeline.
//!
//! `reference/r` holds R 4.2's numbers beside the script that made them; `reference/nist` exact solutions beside the
//! script that computes them in 120 digits.

use std::collections::BTreeMap;

use stages::screen::schema::{Associations, Coefficients, Fits, Influence};

use crate::common::{Study, repository};
use crate::statistics::{self, agree, number, reference};

/// The one-table study of R's cohort with every Gaussian model of the reference.
fn cohort(multiplicity: &str) -> Study {
    let covariates = [("none", ""), ("adjusted", "age, sex, madrs0"), ("site", "age, sex, madrs0, site")];
    let mut models = Vec::new();
    for (name, covariates) in covariates {
        for covariance in ["model", "hc0", "hc1", "hc2", "hc3"] {
            for inference in ["t", "wald"] {
                let settings = format!(
                    "outcomes: [improvement], covariates: [{covariates}], covariance: {covariance}, inference: {inference}"
                );
                models.push((format!("{name}_{covariance}_{inference}"), settings));
            }
        }
    }
    let models: Vec<(&str, &str)> = models.iter().map(|(name, settings)| (name.as_str(), settings.as_str())).collect();
    let screen = format!(
        "    multiplicity: {{method: {multiplicity}, within: [model]}}\n    sensitivity: [leave_one_out, influence]\n"
    );
    statistics::cohort(&models, &screen)
}

type Key = (String, String, String);

#[test]
fn every_linear_model_gives_the_numbers_of_r() {
    let study = cohort("bh");
    study.run(&["run"]).fine();
    let coefficients: BTreeMap<Key, _> = study
        .table::<Coefficients>("screen")
        .rows()
        .into_iter()
        .map(|row| ((row.model.clone(), row.analyte.clone(), row.term.clone()), row))
        .collect();
    let fits: BTreeMap<(String, String), _> = study
        .table::<Fits>("screen")
        .rows()
        .into_iter()
        .map(|row| ((row.model.clone(), row.analyte.clone()), row))
        .collect();
    let associations = study.table::<Associations>("screen").rows();
    let folder = repository().join("tests/reference/r");

    let rows = reference(&folder.join("lm.csv"));
    assert_eq!(rows.len(), 11 * (2 + 5 + 7));
    for row in rows {
        let (model, metabolite, term) = (&row["model"], &row["metabolite"], &row["term"]);
        let what = format!("{model}, {metabolite}, {term}");
        for (inference, suffix) in [("t", ""), ("wald", "_wald")] {
            let found = &coefficients[&(format!("{model}_model_{inference}"), metabolite.clone(), term.clone())];
            agree(found.estimate, number(&row, "estimate"), 1e-9, &what);
            agree(found.std_error, number(&row, "std_error"), 1e-9, &what);
            agree(found.statistic, number(&row, "statistic"), 1e-9, &what);
            agree(found.p_value, number(&row, &format!("p_value{suffix}")), 1e-9, &what);
            agree(found.conf_low, number(&row, &format!("conf_low{suffix}")), 1e-9, &what);
            agree(found.conf_high, number(&row, &format!("conf_high{suffix}")), 1e-9, &what);
        }
        let fit = &fits[&(format!("{model}_model_t"), metabolite.clone())];
        agree(fit.r_squared, number(&row, "r_squared"), 1e-9, &what);
        agree(fit.log_lik, number(&row, "log_lik"), 1e-9, &what);
        agree(fit.aic, number(&row, "aic"), 1e-9, &what);
        let association =
            associations.iter().find(|a| a.model == format!("{model}_model_t") && a.analyte == *metabolite);
        let association = association.expect("every test has a row");
        assert_eq!((association.n as f64, association.df_residual), (number(&row, "n"), Some(number(&row, "df"))));
        assert_eq!(association.status, "ok");
    }

    let rows = reference(&folder.join("lm_hc.csv"));
    assert_eq!(rows.len(), 4 * 11 * (2 + 5 + 7));
    for row in rows {
        let (metabolite, term) = (&row["metabolite"], &row["term"]);
        let kind = row["type"].to_lowercase();
        for (inference, p) in [("t", "p_value_t"), ("wald", "p_value_z")] {
            let model = format!("{}_{kind}_{inference}", row["model"]);
            let what = format!("{model}, {metabolite}, {term}");
            let found = &coefficients[&(model, metabolite.clone(), term.clone())];
            agree(found.std_error, number(&row, "std_error"), 1e-9, &what);
            agree(found.statistic, number(&row, "statistic"), 1e-9, &what);
            agree(found.p_value, number(&row, p), 1e-9, &what);
        }
    }
    influence_is_that_of_r(&study);
}

fn influence_is_that_of_r(study: &Study) {
    let influence = study.table::<Influence>("screen").rows();
    for row in reference(&repository().join("tests/reference/r/influence_m01.csv")) {
        let id = &row["id"];
        let mine = |r: &&stages::screen::schema::InfluenceRow| {
            r.model == "adjusted_model_t" && r.analyte == "m01" && r.participant_id == *id
        };
        let found = influence.iter().find(mine).expect("every participant of the fit has a row");
        agree(found.leverage, number(&row, "leverage"), 1e-9, id);
        agree(found.cooks_distance, number(&row, "cooks_distance"), 1e-9, id);
        agree(found.studentized, number(&row, "studentized"), 1e-9, id);
        agree(found.dfbeta, number(&row, "dfbeta_m01"), 1e-9, id);
        agree(found.dfbetas, number(&row, "dfbetas_m01"), 1e-9, id);
        agree(found.loo_estimate, number(&row, "loo_estimate"), 1e-9, id);
    }
}

#[test]
fn adjusted_p_values_are_those_of_r() {
    let study = cohort("bh");
    for method in ["bonferroni", "holm", "hochberg", "bh", "by"] {
        study.run(&["run", "screen", "-S", &format!("stages.screen.multiplicity.method={method}")]).fine();
        let associations = study.table::<Associations>("screen").rows();
        for row in reference(&repository().join("tests/reference/r/p_adjust.csv")) {
            let mine = |a: &&stages::screen::schema::AssociationRow| {
                a.model == "adjusted_model_t" && a.analyte == row["metabolite"]
            };
            let found = associations.iter().find(mine).expect("every test has a row");
            agree(found.p_adjusted, number(&row, method), 1e-9, &format!("{method} of {}", row["metabolite"]));
        }
    }
}

/// The correct digits of a number, as the certified sets count them.
fn digits(found: f64, expected: f64) -> f64 {
    -(found / expected - 1.0).abs().max(1e-17).log10()
}

#[test]
fn longley_is_solved_to_ten_digits() {
    let folder = repository().join("tests/reference/nist");
    let study = Study::empty();
    study.copy(&folder.join("longley.csv"));
    study.write(
        "pipeline.yaml",
        "study: {title: Longley, seed: 1, data: .}
stages:
  ingest:
    participants:
      file: longley.csv
      id: id
      columns: {y: {kind: number}, x2: {kind: number}, x3: {kind: number}, x4: {kind: number}, x5: {kind: number}, x6: {kind: number}}
    metabolites: {file: longley.csv, layout: wide, participant: id, analytes: [x1]}
  outcomes: {endpoints: {y: {kind: column}}}
  screen: {models: {longley: {outcomes: [y], predictor: {level: baseline}, covariates: [x2, x3, x4, x5, x6]}}}
",
    );
    study.run(&["run", "screen"]).fine();
    let coefficients = study.table::<Coefficients>("screen").rows();
    let fits = study.table::<Fits>("screen").rows();
    for row in reference(&folder.join("expected.csv")).into_iter().filter(|row| row["dataset"] == "longley") {
        let found = coefficients.iter().find(|c| c.term == row["term"]).expect("every term has a row");
        assert!(digits(found.estimate.unwrap(), number(&row, "estimate")) >= 10.0, "{found:?}");
        assert!(digits(found.std_error.unwrap(), number(&row, "std_error")) >= 10.0, "{found:?}");
        assert!(digits(fits[0].r_squared.unwrap(), number(&row, "r_squared")) >= 10.0);
        assert!(digits(fits[0].dispersion.unwrap().sqrt(), number(&row, "residual_sd")) >= 10.0);
    }
}

#[test]
fn a_real_study_goes_through_whole_and_gives_the_numbers_of_r() {
    let folder = repository().join("../shared/real/saliva");
    if !folder.is_dir() {
        eprintln!("SKIPPED: the saliva study is not beside the project (its data are not ours to redistribute)");
        return;
    }
    let study = Study::empty();
    for name in ["pipeline.yaml", "participants.csv", "samples.csv", "metabolites.csv"] {
        study.copy(&folder.join(name));
    }
    study.run(&["run"]).fine();
    let associations = study.table::<Associations>("screen").rows();
    assert_eq!(associations.len(), 207);
    let expected = reference(&folder.join("expected.csv"));
    let regressions: Vec<_> = expected.iter().filter(|row| row["outcome"] == "pisa").collect();
    assert_eq!(regressions.len(), 207);
    for row in regressions {
        let what = format!("{}, {}", row["model"], row["analyte"]);
        let found = associations.iter().find(|a| a.model == row["model"] && a.analyte == row["analyte"]);
        let found = found.unwrap_or_else(|| panic!("{what} has a row"));
        assert_eq!((found.n as f64, found.df_residual), (number(row, "n"), Some(number(row, "df_residual"))));
        agree(found.estimate, number(row, "estimate"), 1e-9, &what);
        agree(found.std_error, number(row, "std_error"), 1e-9, &what);
        agree(found.statistic, number(row, "statistic"), 1e-9, &what);
        agree(found.p_value, number(row, "p_value"), 1e-9, &what);
        agree(found.conf_low, number(row, "conf_low"), 1e-9, &what);
        agree(found.conf_high, number(row, "conf_high"), 1e-9, &what);
        agree(found.p_adjusted, number(row, "p_bh"), 1e-9, &what);
    }
    let page = std::fs::read_to_string(study.path("outputs/report/report.html")).unwrap();
    assert!(page.contains("1,5-Anhydrosorbitol"), "the page names the metabolites as the study does");
}
