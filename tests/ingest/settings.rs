//! Settings that do not fit together.

use serde_json::{Value, json};
use stages::contract::Place;
use stages::ingest::Params;

use super::{check, settings};

#[test]
fn settings_that_contradict_each_other_or_are_not_built_are_refused_by_path() {
    let refused = |change: &dyn Fn(&mut Value), code: &str, path: &str| {
        let mut settings = settings();
        change(&mut settings);
        let problems = check(&settings);
        let found = problems.iter().find(|problem| problem.code == code && problem.place == Place::setting(path));
        assert!(found.is_some(), "no {code} at {path}: {problems:#?}");
    };
    refused(&|s| s["samples"]["file"] = json!("samples.xls"), "unknown_format", "stages.ingest.samples.file");
    let unfitting = |key: &'static str, value: Value, file: &'static str| {
        let change = move |s: &mut Value| s["panel"] = json!({"file": file, key: value.clone()});
        refused(&change, "contradicting_setting", &format!("stages.ingest.panel.{key}"));
    };
    unfitting("sheet", json!("one"), "panel.csv");
    unfitting("range", json!("A1:B2"), "panel.parquet");
    unfitting("delimiter", json!(";"), "panel.xlsx");
    unfitting("encoding", json!("utf-8"), "panel.ods");
    unfitting("decimal", json!(","), "panel.xpt");
    unfitting("skip", json!(3), "panel.parquet");
    unfitting("thousands", json!("."), "panel.csv");
    refused(
        &|s| s["metabolites"]["samples"] = json!("columns"),
        "contradicting_setting",
        "stages.ingest.metabolites.samples",
    );
    refused(
        &|s| s["assessments"]["visit_names"] = json!({"v1": "baselin"}),
        "unknown_visit",
        "stages.ingest.assessments.visit_names.v1",
    );
    refused(&|s| s["panel"] = json!("panel.dat"), "unknown_format", "stages.ingest.panel.file");
    refused(&|s| s["assessments"]["items"] = json!(9), "contradicting_setting", "stages.ingest.assessments.items");
    refused(
        &|s| s["assessments"]["instrument"] = json!("phq9"),
        "missing_setting",
        "stages.ingest.assessments.total_range",
    );
    refused(
        &|s| s["metabolites"]["participant"] = json!("id"),
        "contradicting_setting",
        "stages.ingest.metabolites.participant",
    );
    refused(&|s| s["samples"] = Value::Null, "missing_setting", "stages.ingest.metabolites.file");
    let set = |key: &'static str, value: Value| move |s: &mut Value| s["metabolites"][key] = value.clone();
    refused(&set("flag_suffix", json!("_f")), "contradicting_setting", "stages.ingest.metabolites.flag_suffix");
    refused(&set("flag_suffix", json!("")), "empty_name", "stages.ingest.metabolites.flag_suffix");
    refused(&set("flags", json!({" H": "keep"})), "empty_name", "stages.ingest.metabolites.flags");
    let logs = |s: &mut Value| s["metabolites"] = json!({"file": "m.csv", "values": "transformed", "zeros": "missing"});
    refused(&logs, "contradicting_setting", "stages.ingest.metabolites.zeros");
    let wide = |s: &mut Value| s["metabolites"] = json!({"file": "m.csv", "layout": "wide", "flag_column": "flag"});
    refused(&wide, "contradicting_setting", "stages.ingest.metabolites.flag_column");
    let name = |s: &mut Value| s["participants"]["columns"]["baseline_score"] = json!({"kind": "number"});
    refused(&name, "reserved_name", "stages.ingest.participants.columns.baseline_score");
}

#[test]
fn settings_survive_being_written_out_in_full() {
    let params: Params = serde_json::from_value(settings()).unwrap();
    let written = serde_json::to_value(&params).unwrap();
    assert_eq!(written["panel"]["decimal"], json!("."));
    assert_eq!(serde_json::from_value::<Params>(written).unwrap(), params);
    let wrong = json!({"participants": {"file": "p.csv", "colums": {}}});
    assert!(serde_json::from_value::<Params>(wrong).unwrap_err().to_string().contains("colums"));
}
