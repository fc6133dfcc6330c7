//! What the screen answers, on studies small enough to see through.

use std::collections::BTreeMap;

use polars::prelude::Column;

use super::schema::AssociationRow;
use super::{Inputs, Outputs, Params, Screen};
use crate::contract::{Silent, Stage, StageContext, Table};
use crate::ingest::schema::{SampleRow, VariableRow};
use crate::normalize::schema::ChangeRow;
use crate::outcomes::schema::EndpointRow;

pub const N: usize = 8;
const AGE: [f64; N] = [30.0, 41.0, 52.0, 38.0, 61.0, 45.0, 29.0, 57.0];
const OUTCOME: [f64; N] = [10.0, 35.0, 20.0, 55.0, 41.0, 12.0, 33.0, 60.0];
const GOOD: [f64; N] = [1.0, 4.0, 2.5, 6.0, 5.0, 0.5, 3.0, 7.5];

pub fn name(i: usize) -> String {
    format!("P{i}")
}

/// A study of eight with the given analytes' changes; NaN is a gap.
pub fn study(analytes: &[(&str, [f64; N])], outcome: [f64; N]) -> Inputs {
    let known = |value: f64| (!value.is_nan()).then_some(value);
    let change = |analyte: &str, i: usize, value: f64| ChangeRow {
        participant_id: name(i),
        analyte: analyte.to_owned(),
        contrast: "after - before".into(),
        measure: "percent".into(),
        value: known(value),
        from_value: None,
        to_value: None,
    };
    let changes = analytes.iter().flat_map(|(a, values)| (0..N).map(move |i| change(a, i, values[i]))).collect();
    let endpoint = |i: usize| EndpointRow {
        participant_id: name(i),
        endpoint: "improvement".into(),
        value: known(outcome[i]),
        kind: "column".into(),
        imputed: false,
        how: "observed".into(),
        baseline: None,
    };
    let variable = |variable: &str, kind: &str, levels: Option<&str>| VariableRow {
        variable: variable.into(),
        kind: kind.into(),
        unit: None,
        low: None,
        high: None,
        levels: levels.map(str::to_owned),
    };
    let site: Vec<&str> = (0..N).map(|i| if i == 3 { "b" } else { "a" }).collect();
    let columns = vec![
        Column::new("participant_id".into(), (0..N).map(name).collect::<Vec<_>>()),
        Column::new("age".into(), AGE.to_vec()),
        Column::new("site".into(), site),
    ];
    Inputs {
        abundances: Table::empty(),
        changes: Table::from_rows(changes).unwrap(),
        samples: Table::from_rows(Vec::<SampleRow>::new()).unwrap(),
        participants: Table::from_columns(N, columns).unwrap(),
        quality: Table::empty(),
        variables: Table::from_rows(vec![
            variable("age", "number", None),
            variable("site", "category", Some(r#"["a","b"]"#)),
        ])
        .unwrap(),
        endpoints: Table::from_rows((0..N).map(endpoint).collect()).unwrap(),
    }
}

fn screen(model: &str, inputs: Inputs) -> Outputs {
    let settings = format!(
        r#"{{"models": {{"m": {{"outcomes": ["improvement"], "predictor": {{"change": "percent"}}{model}}}}},
            "sensitivity": ["leave_one_out", "influence"]}}"#
    );
    let params: Params = serde_json::from_str(&settings).unwrap();
    Screen::run(&params, inputs, &mut StageContext::new(1, &Silent)).unwrap()
}

fn by_analyte(outputs: &Outputs) -> BTreeMap<String, AssociationRow> {
    outputs.associations.rows().into_iter().map(|row| (row.analyte.clone(), row)).collect()
}

#[test]
fn every_test_asked_for_has_a_row_with_its_status_and_nothing_becomes_one() {
    let nan = f64::NAN;
    let odd = r#"=1+1, "β/3-HB"<script>"#;
    let analytes = [
        (odd, GOOD),
        ("constant", [3.0; N]),
        ("gone", [nan; N]),
        ("scarce", [1.0, 2.0, nan, nan, nan, nan, nan, nan]),
        ("age twice", AGE.map(|age| 2.0 * age - 5.0)),
        ("age", GOOD.map(|v| v * v)),
        ("the outcome itself", OUTCOME),
    ];
    let outputs = screen(r#", "covariates": ["age"]"#, study(&analytes, OUTCOME));
    let rows = by_analyte(&outputs);
    let status = |analyte: &str| rows[analyte].status.as_str();
    assert_eq!(rows.len(), analytes.len());
    assert_eq!(status(odd), "ok");
    assert_eq!(status("age"), "ok");
    assert_eq!(status("constant"), "no_variation");
    assert_eq!(status("gone"), "missing_input");
    assert_eq!(status("scarce"), "too_few_observations");
    assert_eq!(status("age twice"), "rank_deficient");
    assert!(rows["age twice"].detail.contains("age twice is a combination of (Intercept), age"));
    assert_eq!(status("the outcome itself"), "perfect_fit");
    for row in rows.values().filter(|row| row.status != "ok") {
        assert!(row.p_value.is_none() && row.p_adjusted.is_none() && row.conf_low.is_none(), "{row:?}");
        assert!(!row.detail.is_empty());
    }
    assert_eq!(rows[odd].tests_in_family, 2);
    assert_eq!(rows["scarce"].dropped_participants, r#"["P2","P3","P4","P5","P6","P7"]"#);
    let terms = outputs.coefficients.rows().into_iter().map(|row| row.term).collect::<Vec<_>>();
    assert!(terms.contains(&"age (metabolite)".to_owned()), "a metabolite named as a covariate has a term of its own");
}

#[test]
fn an_outcome_that_does_not_vary_is_said_to() {
    let rows = by_analyte(&screen("", study(&[("x", GOOD)], [7.0; N])));
    assert_eq!(rows["x"].status, "no_variation");
    assert!(rows["x"].detail.contains("outcome"));
}

#[test]
fn one_participant_alone_in_a_category_leaves_the_estimate_and_no_robust_error() {
    let inputs = || study(&[("x", GOOD)], OUTCOME);
    let robust = by_analyte(&screen(r#", "covariates": ["site"], "covariance": "hc3""#, inputs()));
    assert_eq!(robust["x"].status, "covariance_undefined");
    assert!(robust["x"].estimate.is_some() && robust["x"].std_error.is_none() && robust["x"].detail.contains("P3"));
    let plain = by_analyte(&screen(r#", "covariates": ["site"]"#, inputs()));
    assert_eq!((plain["x"].status.as_str(), plain["x"].estimate), ("ok", robust["x"].estimate));
}

#[test]
fn linfa_gives_the_same_coefficients() {
    use linfa::DatasetBase;
    use linfa::traits::Fit;
    use ndarray::{Array1, Array2};
    let outputs = screen(r#", "covariates": ["age"]"#, study(&[("x", GOOD)], OUTCOME));
    let records = Array2::from_shape_fn((N, 2), |(i, j)| [GOOD[i], AGE[i]][j]);
    let dataset = DatasetBase::new(records, Array1::from(OUTCOME.to_vec()));
    let model = linfa_linear::LinearRegression::default().fit(&dataset).unwrap();
    let mine: BTreeMap<String, f64> =
        outputs.coefficients.rows().into_iter().map(|row| (row.term, row.estimate.unwrap())).collect();
    let theirs = [("(Intercept)", model.intercept()), ("x", model.params()[0]), ("age", model.params()[1])];
    for (term, theirs) in theirs {
        assert!((mine[term] / theirs - 1.0).abs() < 1e-10, "{term}: {} and {theirs}", mine[term]);
    }
}

#[test]
fn leave_one_out_brackets_the_estimate_and_a_flip_is_found() {
    let lever = [1.0, 1.2, 0.9, 1.1, 1.0, 0.8, 1.3, 9.0];
    let outcome = [10.0, 12.0, 11.0, 9.0, 12.0, 10.0, 11.0, 40.0];
    let outputs = screen("", study(&[("x", lever)], outcome));
    let row = &by_analyte(&outputs)["x"];
    assert!(row.p_value.unwrap() < 0.001 && row.loo_flips == Some(true) && row.loo_p_max.unwrap() > 0.05);
    assert!(row.loo_min <= row.estimate && row.estimate <= row.loo_max);
    let worst =
        outputs.influence.rows().into_iter().max_by(|a, b| a.cooks_distance.partial_cmp(&b.cooks_distance).unwrap());
    assert_eq!(worst.unwrap().participant_id, "P7");
}

#[test]
fn names_that_nothing_defines_and_values_out_of_range_are_all_told() {
    let settings = r#"{"models": {"m": {"outcomes": ["improvment"], "predictor": {"change": "percent"},
        "covariates": ["baseline_score", "agee", "age", "age"], "family": "binomial", "covariance": {"cluster": "site"}}},
        "bootstrap": {"interval": "bca", "draws": 10}, "multiplicity": {"method": "storey"}}"#;
    let params: Params = serde_json::from_str(settings).unwrap();
    let mut names = crate::contract::Vocabulary::default();
    names.measures.insert("percent".into(), vec!["b - a".into()]);
    names.variables.insert("age".into(), crate::contract::vocabulary::Variable::Number);
    let facts =
        crate::contract::vocabulary::EndpointFacts { kind: "column".into(), binary: false, baseline_visit: None };
    names.endpoints.insert("improvement".into(), facts);
    let problems = Screen::check(&params, &names);
    let codes: Vec<&str> = problems.iter().map(|p| p.code).collect();
    let expected = ["unknown_outcome", "unknown_covariate", "duplicate_covariate", "unknown_column", "out_of_range"];
    assert_eq!(codes, expected, "{problems:#?}");
    assert!(problems.iter().any(|p| p.remedy == "did you mean `improvement`?"));
}
