use std::collections::BTreeMap;

use serde_json::json;

use crate::statistics::grid::Grid;
use crate::statistics::normalization::{Normalized, Recipe, Sheet};

const VALUES: &str = include_str!("../../../../../tests/reference/normalization/combat_values.csv");

type Row = BTreeMap<String, String>;

fn table(text: &str) -> Vec<Row> {
    let mut lines = text.lines().map(|line| line.split(',').map(str::to_owned).collect::<Vec<String>>());
    let header = lines.next().unwrap();
    lines.map(|cells| header.iter().cloned().zip(cells).collect()).collect()
}

fn sheet(rows: &[Row], set: &str) -> Sheet {
    let rows: Vec<&Row> = rows.iter().filter(|row| row["set"] == set).collect();
    let names = |column: &str| {
        let mut names: Vec<String> = rows.iter().map(|row| row[column].clone()).collect();
        names.sort();
        names.dedup();
        names
    };
    let mut sheet = Sheet::plain(Grid::missing(names("sample"), names("analyte")));
    for row in rows {
        let sample = sheet.grid.samples.iter().position(|name| *name == row["sample"]).unwrap();
        let analyte = sheet.grid.analytes.iter().position(|name| *name == row["analyte"]).unwrap();
        sheet.grid.set(sample, analyte, row["value"].parse().unwrap_or(f64::NAN));
        let injection = &mut sheet.injections[sample];
        injection.batch = Some(row["batch"].clone());
        injection.timepoint = Some(row["timepoint"].clone());
        injection.covariates.insert("osmolality".into(), row["osmolality"].parse().unwrap());
    }
    sheet
}

fn run(step: serde_json::Value, sheet: &Sheet) -> Normalized {
    let recipe: Recipe = serde_json::from_value(json!({"steps": [{"drift": step}]})).unwrap();
    let rows: Vec<usize> = (0..sheet.grid.samples.len()).collect();
    recipe.fit(sheet, &rows, 1).unwrap().apply(sheet)
}

#[test]
fn sva_gives_the_same_numbers() {
    let values = table(VALUES);
    let mut variants: BTreeMap<(String, String, String, String), Vec<Row>> = BTreeMap::new();
    for row in table(include_str!("../../../../../tests/reference/normalization/combat.csv")) {
        let key = ["set", "protect", "mean_only", "reference"].map(|column| row[column].clone());
        variants.entry(key.into()).or_default().push(row);
    }
    assert!(variants.len() > 20);
    for ((set, protect, mean_only, reference), rows) in variants {
        let protect = match protect.as_str() {
            "none" => json!([]),
            "timepoint" => json!(["timepoint"]),
            _ => json!(["timepoint", "osmolality"]),
        };
        let reference = if reference.is_empty() { json!(null) } else { json!(reference) };
        let step = json!({"method": "combat", "log": false, "protect": protect, "mean_only": mean_only == "true",
            "reference": reference});
        let sheet = sheet(&values, &set);
        let out = run(step.clone(), &sheet);
        for row in rows {
            let sample = sheet.grid.samples.iter().position(|name| *name == row["sample"]).unwrap();
            let analyte = sheet.grid.analytes.iter().position(|name| *name == row["analyte"]).unwrap();
            let (found, expected) = (out.scaled.get(sample, analyte), row["value"].parse::<f64>().unwrap());
            assert!((found - expected).abs() < 1e-8, "{set} {step} {row:?}: {found}");
        }
    }
}

#[test]
fn logarithms_are_corrected_where_values_are_measured_from_zero() {
    let logs = sheet(&table(VALUES), "whole");
    let mut measured = logs.clone();
    for analyte in 0..logs.grid.analytes.len() {
        for row in 0..logs.grid.samples.len() {
            measured.grid.set(row, analyte, libm::exp(logs.grid.get(row, analyte)));
        }
    }
    let (plain, exp) =
        (run(json!({"method": "combat", "log": false}), &logs), run(json!({"method": "combat"}), &measured));
    for row in 0..40 {
        assert!((libm::log(exp.scaled.get(row, 3)) - plain.scaled.get(row, 3)).abs() < 1e-10);
    }
    measured.grid.set(0, 0, 0.0);
    let out = run(json!({"method": "combat"}), &measured);
    assert!(out.scaled.get(0, 0).is_nan() && out.notes[0].remarks.iter().any(|r| r.code == "drift_undefined"));
}

#[test]
fn a_covariate_that_is_the_batch_and_a_batch_of_one_are_refused() {
    let mut data = sheet(&table(VALUES), "whole");
    let fit = |data: &Sheet, step: serde_json::Value| {
        let recipe: Recipe = serde_json::from_value(json!({"steps": [{"drift": step}]})).unwrap();
        recipe.fit(data, &(0..40).collect::<Vec<usize>>(), 1).map(|_| ()).unwrap_err()
    };
    for injection in &mut data.injections {
        injection.timepoint = injection.batch.clone();
    }
    assert_eq!(fit(&data, json!({"method": "combat"})).code, "confounded");
    assert_eq!(fit(&data, json!({"method": "combat", "protect": ["no, such"]})).code, "unknown_covariate");
    assert_eq!(fit(&data, json!({"method": "combat", "protect": [], "reference": "9"})).code, "unknown_batch");
    data.injections[7].batch = Some("α \"one\"".into());
    let error = fit(&data, json!({"method": "combat", "protect": []}));
    assert!(error.code == "batch_of_one" && error.message.contains("batch `α \"one\"`"), "{error}");
}
