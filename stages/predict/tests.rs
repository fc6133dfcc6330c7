//! What the prediction promises: nothing that is judged has been seen.

use std::collections::BTreeMap;

use polars::prelude::Column;

use super::{Inputs, Outputs, Params, Predict};
use crate::contract::{Silent, Stage, StageContext, Table};
use crate::ingest::schema::{AbundanceRow, PanelRow, SampleRow, VariableRow};
use crate::outcomes::schema::EndpointRow;
use crate::statistics::random::Stream;

const N: usize = 20;

/// Twenty participants; the change of `signal` drives the outcome, `noise` does not; one change is missing.
fn study(outcome_of_first: Option<f64>) -> Inputs {
    let mut random = Stream::new(7, "test", 0);
    let (mut samples, mut abundances, mut endpoints, mut ages) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for i in 0..N {
        let participant_id = format!("P{i:02}");
        let change = random.normal();
        for (timepoint, factor) in [("before", 1.0), ("after", 1.0 + 0.1 * change)] {
            let sample_id = format!("{participant_id}_{timepoint}");
            samples.push(SampleRow {
                sample_id: sample_id.clone(),
                participant_id: Some(participant_id.clone()),
                timepoint: Some(timepoint.into()),
                r#type: "study".into(),
                batch: None,
                injection_order: None,
                hours_after_infusion: None,
                window_low: None,
                window_high: None,
                ..Default::default()
            });
            for (analyte, value) in [("signal", 100.0 * factor), ("noise", 50.0 + random.normal())] {
                let value = Some(value).filter(|_| !(i == 4 && analyte == "noise" && timepoint == "after"));
                let (sample_id, analyte) = (sample_id.clone(), analyte.to_owned());
                abundances.push(AbundanceRow { sample_id, analyte, value, unit: None, below_lod: false });
            }
        }
        let value = Some(30.0 + 12.0 * change + 3.0 * random.normal());
        let value = if i == 0 { outcome_of_first.or(value) } else { value };
        endpoints.push(EndpointRow {
            participant_id,
            endpoint: "improvement".into(),
            value,
            kind: "column".into(),
            imputed: false,
            how: "observed".into(),
            baseline: None,
        });
        ages.push(40.0 + 8.0 * random.normal());
    }
    let panel = |analyte: &str| PanelRow {
        analyte: analyte.into(),
        display_name: analyte.into(),
        unit: None,
        lod: None,
        hmdb: None,
        chebi: None,
        kegg: None,
        plausible_low: None,
        plausible_high: None,
        ..Default::default()
    };
    let ids: Vec<String> = (0..N).map(|i| format!("P{i:02}")).collect();
    let columns = vec![Column::new("participant_id".into(), ids), Column::new("age".into(), ages)];
    let age =
        VariableRow { variable: "age".into(), kind: "number".into(), unit: None, low: None, high: None, levels: None };
    Inputs {
        abundances: Table::from_rows(abundances).unwrap(),
        samples: Table::from_rows(samples).unwrap(),
        participants: Table::from_columns(N, columns).unwrap(),
        panel: Table::from_rows(vec![panel("noise"), panel("signal")]).unwrap(),
        variables: Table::from_rows(vec![age]).unwrap(),
        endpoints: Table::from_rows(endpoints).unwrap(),
    }
}

fn predict(inputs: Inputs) -> Outputs {
    predict_after(inputs, r#"{"scale": {"method": "auto"}}"#)
}

fn predict_after(inputs: Inputs, step: &str) -> Outputs {
    let settings = r#"{"outcomes": ["improvement"], "predictor": {"change": "percent"}, "covariates": ["age"],
        "features": ["covariates", "each", "best_in_fold", "all"], "validation": {"permutations": 99}}"#;
    let change = r#"{"from": "before", "to": "after", "measures": ["percent"]}"#;
    let recipe = format!(r#"{{"steps": [{step}], "change": {change}}}"#);
    let mut params: Params = serde_json::from_str(settings).unwrap();
    params.normalization = serde_json::from_str(&recipe).unwrap();
    Predict::run(&params, inputs, &mut StageContext::new(1, &Silent)).unwrap()
}

#[test]
fn a_real_signal_predicts_and_noise_does_not() {
    let outputs = predict(study(None));
    let rows: BTreeMap<(String, String), _> =
        outputs.performance.rows().into_iter().map(|row| ((row.features.clone(), row.analyte.clone()), row)).collect();
    let of = |features: &str, analyte: &str| &rows[&(features.to_owned(), analyte.to_owned())];
    assert_eq!(rows.len(), 5);
    assert!(rows.values().all(|row| row.status == "ok" && row.n == N as i64), "{rows:#?}");
    assert!(of("each", "signal").q2.unwrap() > 0.7 && of("each", "signal").permutation_p.unwrap() == 0.01);
    for (features, analyte) in [("covariates", ""), ("each", "noise")] {
        let row = of(features, analyte);
        assert!(row.q2.unwrap() < 0.3 && row.permutation_p.unwrap() > 0.01, "{row:?}");
    }
    assert_eq!(of("best_in_fold", "").q2, of("each", "signal").q2);
    assert_eq!(of("best_in_fold", "").detail, "chosen: signal in 20 folds");
}

#[test]
fn a_participants_own_outcome_does_not_move_its_prediction() {
    let of_first = |outputs: Outputs| {
        let rows = outputs.predictions.rows().into_iter().filter(|row| row.participant_id == "P00");
        rows.map(|row| (row.features, row.analyte, row.predicted, row.chosen)).collect::<Vec<_>>()
    };
    assert_eq!(of_first(predict(study(None))), of_first(predict(study(Some(-500.0)))));
}

#[test]
fn an_analyte_that_a_filter_drops_in_a_fold_is_no_feature_there() {
    let outputs = predict_after(study(None), r#"{"filter": {"max_missing": 0.0}}"#);
    let status = |features: &str, analyte: &str| {
        let row = outputs.performance.rows().into_iter().find(|row| row.features == features && row.analyte == analyte);
        row.map(|row| (row.status, row.detail)).unwrap()
    };
    let (dropped, detail) = status("each", "noise");
    assert!(dropped == "dropped_by_filter" && detail.contains("leaves out noise"), "{detail}");
    assert_eq!([status("each", "signal").0, status("all", "").0], ["ok", "ok"]);
    let chosen = status("best_in_fold", "").1;
    assert!(chosen.contains("signal in"), "{chosen}");
}
