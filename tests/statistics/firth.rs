//! Separation is found, and answered by Firth's penalized likelihood.

use super::{ADJUSTED, Row, Screened, cohort, near, number, of_r};
use crate::common::Study;

/// A one-table study of a small data set with a yes-or-no outcome `y`; the metabolite is the last of `columns`.
fn small(file: &str, id: Option<&str>, y: &str, columns: &[&str], model: &str) -> Study {
    let rows = of_r(file);
    let study = Study::empty();
    let mut text = format!("id,{y},{}\n", columns.join(","));
    for (i, row) in rows.iter().enumerate() {
        let id = id.map_or_else(|| format!("P{i:03}"), |id| row[id].clone());
        let values: Vec<&str> = columns.iter().map(|column| row[*column].as_str()).collect();
        text += &format!("{id},{},{}\n", row[y], values.join(","));
    }
    study.write("table.csv", &text);
    let (metabolite, covariates) = columns.split_last().expect("a column");
    let declared: Vec<String> = covariates.iter().map(|name| format!("{name}: {{kind: number}}")).collect();
    study.write(
        "pipeline.yaml",
        &format!(
            "study: {{title: Small, seed: 1, data: .}}
stages:
  ingest:
    participants: {{file: table.csv, id: id, columns: {{{y}: {{kind: binary}}, {}}}}}
    metabolites: {{file: table.csv, layout: wide, participant: id, analytes: [{metabolite}], values: transformed}}
  outcomes: {{endpoints: {{{y}: {{kind: column}}}}}}
  screen:
    models:
      m: {{outcomes: [{y}], predictor: {{level: baseline}}, covariates: [{}], family: binomial, {model}}}
",
            declared.join(", "),
            covariates.join(", ")
        ),
    );
    study
}

#[track_caller]
fn compare(screened: &Screened, model: &str, row: &Row, analyte: &str) {
    let what = format!("{}, {}, {}", row["model"], row["metabolite"], row["term"]);
    let error = number(row, "std_error");
    let found = screened.coefficient(model, analyte, &row["term"]);
    near(found.estimate, number(row, "estimate"), error, 1e-9, &what);
    near(found.std_error, error, 0.0, 1e-9, &what);
    near(found.statistic.map(|root| root * root), number(row, "penalized_lr"), 1e-3, 1e-8, &what);
    near(found.p_value, number(row, "penalized_lr_p"), 1e-3, 1e-8, &what);
    near(found.conf_low, number(row, "conf_low_profile"), error, 1e-8, &what);
    near(found.conf_high, number(row, "conf_high_profile"), error, 1e-8, &what);
}

/// Endometrial cancer, 79 women: neovasculization occurs only where the grade is high. Published by Heinze and Schemper
/// 2002, 10.1002/sim.1047: NV 2.929, standard error 1.551, penalized profile limits 0.610 to 7.855, p 0.0091.
#[test]
fn the_endometrial_study_has_its_published_numbers() {
    let study = small("endometrial.csv", None, "HG", &["PI", "EH", "NV"], "on_separation: firth");
    let screened = Screened::of(&study);
    let found = screened.association("m", "NV");
    let printed = |value: Option<f64>| format!("{:.3}", value.expect("a number"));
    assert_eq!((found.status.as_str(), found.inference.as_str()), ("firth", "penalized_lr"));
    assert_eq!([printed(found.estimate), printed(found.std_error)], ["2.929", "1.551"]);
    assert_eq!([printed(found.conf_low), printed(found.conf_high)], ["0.610", "7.855"]);
    assert_eq!(format!("{:.4}", found.p_value.unwrap()), "0.0091");
    for row in of_r("firth.csv").into_iter().filter(|row| row["model"] == "endometrial") {
        compare(&screened, "m", &row, "NV");
    }
}

#[test]
fn complete_and_partial_separation_are_reported_without_numbers_or_answered() {
    for (set, word) in [("separated", "completely"), ("quasi", "in part")] {
        let file = format!("{set}.csv");
        let reported = Screened::of(&small(&file, Some("id"), "y", &["z", "x"], "on_separation: report"));
        let row = reported.association("m", "x");
        assert_eq!(row.status, "separation");
        assert!(row.detail.contains(word) && row.detail.contains("on_separation: firth"), "{}", row.detail);
        assert!(row.estimate.is_none() && row.p_value.is_none() && row.conf_low.is_none());
        let answered = Screened::of(&small(&file, Some("id"), "y", &["z", "x"], "on_separation: firth"));
        assert_eq!(answered.association("m", "x").status, "firth");
        for row in of_r("firth.csv").into_iter().filter(|row| row["model"] == set) {
            compare(&answered, "m", &row, "x");
        }
    }
}

#[test]
fn a_whole_family_of_tests_can_have_firths_estimator() {
    let remission = format!("outcomes: [remission], {ADJUSTED}, family: binomial, estimator: firth");
    let events = format!("outcomes: [events], {ADJUSTED}, family: poisson, estimator: firth");
    let screened = Screened::of(&cohort(&[("remission", &remission), ("events_poisson", &events)], ""));
    for row in of_r("firth.csv") {
        let model = row["model"].clone();
        if ["remission", "events_poisson"].contains(&model.as_str()) {
            compare(&screened, &model, &row, &row["metabolite"]);
            let found = screened.association(&model, &row["metabolite"]);
            assert_eq!((found.status.as_str(), found.estimator.as_str()), ("firth", "firth"));
        }
    }
}
