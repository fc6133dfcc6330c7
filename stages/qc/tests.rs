use serde_json::json;

use super::*;
use crate::contract::{Finding, Place, Silent};

const ODD: &str = "=1+1, \"β/3-HB\"<script>";

fn sample(id: &str, person: Option<&str>, kind: &str, order: i64, hours: Option<f64>) -> ingest::SampleRow {
    ingest::SampleRow {
        sample_id: id.into(),
        participant_id: person.map(Into::into),
        timepoint: person.map(|_| if id.starts_with('a') { "before".into() } else { "after".into() }),
        r#type: kind.into(),
        batch: None,
        injection_order: Some(order),
        hours_after_infusion: hours,
        window_low: hours.map(|_| 1.5),
        window_high: hours.map(|_| 2.0),
        ..Default::default()
    }
}

/// Three people with a sample before (a) and after (z), four pooled QC samples and two blanks; `noisy` has a poor RSD,
/// `gaps` is missing in two of six, [`ODD`] is good.
fn study() -> Inputs {
    let samples = vec![
        sample("a1", Some("p1"), "study", 1, None),
        sample("a2", Some("p2"), "study", 2, None),
        sample("a3", Some("p3"), "study", 3, None),
        sample("z1", Some("p1"), "study", 4, Some(1.5)),
        sample("z2", Some("p2"), "study", 5, Some(2.1)),
        sample("z3", Some("p3"), "study", 6, Some(2.0)),
        sample("q1", None, "pooled_qc", 7, None),
        sample("q2", None, "pooled_qc", 8, None),
        sample("q3", None, "pooled_qc", 9, None),
        sample("q4", None, "pooled_qc", 10, None),
        sample("x1", None, "blank", 11, None),
        sample("x2", None, "blank", 12, None),
    ];
    let order = ["a1", "a2", "a3", "z1", "z2", "z3", "q1", "q2", "q3", "q4", "x1", "x2"];
    let some = |values: [f64; 12]| values.map(|value| (!value.is_nan()).then_some(value));
    let good = some([10.0, 20.0, 30.0, 40.0, 50.0, 60.0, 9.0, 10.0, 11.0, 10.0, 1.0, 3.0]);
    let noisy = some([10.0, 20.0, 30.0, 40.0, 50.0, 60.0, 5.0, 20.0, 5.0, 20.0, 40.0, 60.0]);
    let gaps = some([f64::NAN, 20.0, 30.0, f64::NAN, 50.0, 60.0, 9.0, 10.0, 11.0, 10.0, f64::NAN, f64::NAN]);
    let mut rows = Vec::new();
    for (analyte, values) in [(ODD, good), ("noisy", noisy), ("gaps", gaps)] {
        rows.extend(order.iter().zip(values).map(|(sample, value)| ingest::AbundanceRow {
            sample_id: (*sample).into(),
            analyte: analyte.into(),
            value,
            unit: None,
            below_lod: value.is_none(),
        }));
    }
    Inputs {
        participants: people(&["p1", "p2", "p3", "p4"]),
        assessments: Table::from_rows(vec![visit("p1", 0, 30.0, 30.0), visit("p1", 1, 20.0, 21.0)]).unwrap(),
        samples: Table::from_rows(samples).unwrap(),
        abundances: Table::from_rows(rows).unwrap(),
        panel: Table::empty(),
        decisions: None,
    }
}

fn people(ids: &[&str]) -> Table<ingest::Participants> {
    Table::from_rows(ids.iter().map(|id| ingest::ParticipantRow { participant_id: (*id).into() }).collect()).unwrap()
}

fn visit(person: &str, index: i64, total: f64, items: f64) -> ingest::AssessmentRow {
    ingest::AssessmentRow {
        participant_id: person.into(),
        instrument: "madrs".into(),
        visit: format!("visit_{index}"),
        visit_index: index,
        total: Some(total),
        items_total: Some(items),
        hours_after_infusion: None,
        day: None,
    }
}

fn params(value: serde_json::Value) -> Params {
    serde_json::from_value(value).unwrap()
}

fn run(settings: serde_json::Value) -> (Outputs, Vec<Finding>) {
    let mut context = StageContext::new(1, &Silent);
    let outputs = Qc::run(&params(settings), study(), &mut context).unwrap();
    (outputs, context.into_findings())
}

fn problems(settings: serde_json::Value) -> Vec<Problem> {
    let error = Qc::run(&params(settings), study(), &mut StageContext::new(1, &Silent)).unwrap_err();
    let StageError::Input(problems) = error else { panic!("{error}") };
    problems
}

#[test]
fn every_measure_has_its_hand_value() {
    let (outputs, findings) = run(json!({}));
    let row = outputs.analyte_quality.rows().into_iter().find(|row| row.analyte == ODD).unwrap();
    let rsd = (2.0_f64 / 3.0).sqrt() / 10.0;
    assert!((row.qc_rsd.unwrap() - rsd).abs() < 1e-15);
    assert!((row.qc_rsd_robust.unwrap() - 1.4826 * 0.5 / 10.0).abs() < 1e-15);
    assert!((row.d_ratio.unwrap() - (2.0_f64 / 3.0).sqrt() / 350_f64.sqrt()).abs() < 1e-15);
    assert_eq!((row.blank_ratio, row.n, row.qc_n, row.missing_fraction), (Some(17.5), 6, 4, Some(0.0)));
    let gaps = outputs.analyte_quality.rows().into_iter().find(|row| row.analyte == "gaps").unwrap();
    assert_eq!((gaps.missing_fraction, gaps.below_lod, gaps.blank_ratio), (Some(2.0 / 6.0), 2, None));
    assert!(findings.is_empty() && outputs.abundances.height() == 36);
    assert!(outputs.analyte_quality.rows().iter().all(|row| row.decision == "keep" && row.reason.is_empty()));
}

#[test]
fn what_fails_is_left_out_flagged_or_kept_by_name_and_each_says_why() {
    let (outputs, findings) = run(json!({
        "analytes": {"max_missing": {"max": 0.3, "on_fail": "flag"}, "max_qc_rsd": 0.3, "min_blank_ratio": 20},
        "keep": [ODD],
    }));
    let rows = outputs.analyte_quality.rows();
    let said: Vec<(&str, &str, &str)> =
        rows.iter().map(|row| (row.analyte.as_str(), row.decision.as_str(), row.reason.as_str())).collect();
    assert_eq!(said[0], (ODD, "keep", "kept by name: min_blank_ratio: ratio to blanks 17.5 is below 20"));
    assert_eq!(said[1], ("gaps", "flag", "max_missing: missing fraction 0.3333 is above 0.3"));
    assert_eq!((said[2].0, said[2].1), ("noisy", "exclude"));
    assert!(said[2].2.starts_with("max_qc_rsd: RSD of pooled QC 0.6928 is above 0.3; min_blank_ratio"));
    let left: BTreeSet<String> = outputs.abundances.column::<String>("analyte").into_iter().collect();
    assert!(left.contains(ODD) && left.contains("gaps") && !left.contains("noisy"));
    let codes: Vec<&str> = findings.iter().map(|finding| finding.code).collect();
    assert_eq!(codes, ["blank_ratio_undefined", "qc_override", "qc_flagged", "qc_excluded"]);
}

#[test]
fn samples_are_judged_over_kept_analytes_and_pooled_qc_and_blanks_stay() {
    let (outputs, _) = run(json!({
        "analytes": {"max_qc_rsd": 0.3},
        "samples": {"max_missing": 0.4, "time_window": {"on_fail": "flag"}},
    }));
    let quality = outputs.sample_quality.rows();
    let decisions: Vec<(&str, &str)> =
        quality.iter().map(|row| (row.sample_id.as_str(), row.decision.as_str())).collect();
    let expected =
        [("a1", "exclude"), ("a2", "keep"), ("a3", "keep"), ("z1", "exclude"), ("z2", "flag"), ("z3", "keep")];
    assert_eq!(decisions, expected);
    assert_eq!(quality[4].reason, "time_window: drawn 2.1 h after the infusion, outside 1.5 to 2 h");
    let kept: Vec<String> = outputs.samples.column("sample_id");
    assert_eq!(kept, ["a2", "a3", "q1", "q2", "q3", "q4", "x1", "x2", "z2", "z3"]);
    assert_eq!(outputs.participants.height(), 4);
}

#[test]
fn the_flow_adds_up_from_what_was_delivered_to_what_is_analysed() {
    let (outputs, _) =
        run(json!({"analytes": {"max_missing": 0.3, "max_qc_rsd": 0.3}, "samples": {"max_missing": 0.0},
        "assessments": {"total_matches_items": {}}}));
    let mut rows = outputs.flow.rows();
    rows.sort_by_key(|row| row.position);
    for what in ["analytes", "samples"] {
        let steps: Vec<(i64, i64)> =
            rows.iter().filter(|row| row.what == what).map(|row| (row.before, row.after)).collect();
        assert!(steps.windows(2).all(|pair| pair[0].1 == pair[1].0), "{what}: {steps:?}");
    }
    let of = |step: &str, what: &str| rows.iter().find(|row| row.step == step && row.what == what).unwrap();
    assert_eq!(of("max_missing", "analytes").excluded, r#"["gaps"]"#);
    assert_eq!(of("total_matches_items", "visits").excluded, r#"["p1 visit_1"]"#);
    assert_eq!((of("analysed", "analytes").after, of("analysed", "visits").after), (1, 1));
    let both = of("samples at every timepoint", "participants");
    assert_eq!((both.before, both.after, both.excluded.as_str()), (4, 3, r#"["p4"]"#));
    assert_eq!((of("with a total", "visits").before, of("with a total", "visits").after), (4, 1));
}

#[test]
fn a_rule_that_stops_names_every_place_that_failed() {
    let found = problems(json!({
        "analytes": {"max_missing": {"max": 0.1, "on_fail": "stop"}, "max_qc_rsd": 0.3},
        "assessments": {"total_matches_items": {"on_fail": "stop"}},
        "keep": ["noisi"],
    }));
    let codes: Vec<&str> = found.iter().map(|problem| problem.code).collect();
    assert_eq!(codes, ["unknown_keep", "qc_rule", "qc_rule"]);
    assert_eq!(found[0].remedy, "did you mean `noisy`?");
    assert_eq!(found[1].message, "analyte `gaps`: missing fraction 0.3333 is above 0.1");
    assert_eq!(found[2].message, "assessment `p1 visit_1`: the total 20 is not the sum of its items, 21");
    assert_eq!(found[2].place, Place::Source { role: "assessments", column: "total".into() });
}

#[test]
fn a_rule_without_anything_to_judge_by_keeps_and_says_so() {
    let mut inputs = study();
    inputs.samples = inputs.samples.filter(|row| !(3..=8).contains(&row)).unwrap();
    let settings = params(json!({"analytes": {"max_qc_rsd": 0.01, "min_blank_ratio": 3},
        "samples": {"time_window": {}, "outlier": {"method": "robust_pca", "alpha": 0.001}}}));
    let mut context = StageContext::new(1, &Silent);
    let mut rows = inputs.samples.rows();
    rows.iter_mut().for_each(|row| (row.window_low, row.window_high) = (None, None));
    inputs.samples = Table::from_rows(rows).unwrap();
    let outputs = Qc::run(&settings, inputs, &mut context).unwrap();
    assert!(outputs.analyte_quality.rows().iter().all(|row| row.decision == "keep" && row.qc_rsd.is_none()));
    let codes: Vec<&str> = context.into_findings().iter().map(|finding| finding.code).collect();
    assert_eq!(codes, ["no_pooled_qc", "no_blanks", "no_time_window", "outlier_imputed", "outlier_undefined"]);
}

#[test]
fn one_sample_unlike_the_others_is_flagged_as_an_outlier() {
    let mut samples = Vec::new();
    let mut rows = Vec::new();
    for i in 0..24_u32 {
        let id = format!("a{i:02}");
        samples.push(sample(&id, Some(&format!("p{i:02}")), "study", i64::from(i), None));
        for j in 0..6_u32 {
            let wobble = f64::from((i * (7 + 2 * j) + 5 * j * j) % 24) / 24.0;
            let value = libm::exp(wobble + if i == 5 { 6.0 * f64::from(j % 2) } else { 0.0 });
            let (sample_id, analyte) = (id.clone(), format!("m{j}"));
            rows.push(ingest::AbundanceRow { sample_id, analyte, value: Some(value), unit: None, below_lod: false });
        }
    }
    let inputs = Inputs {
        participants: people(&["p00"]),
        assessments: Table::empty(),
        samples: Table::from_rows(samples).unwrap(),
        abundances: Table::from_rows(rows).unwrap(),
        panel: Table::empty(),
        decisions: None,
    };
    let settings = params(json!({"samples": {"outlier": {"method": "robust_pca", "alpha": 0.001, "on_fail": "flag"}}}));
    let outputs = Qc::run(&settings, inputs, &mut StageContext::new(1, &Silent)).unwrap();
    let flagged: Vec<String> = outputs
        .sample_quality
        .rows()
        .into_iter()
        .filter(|row| row.decision == "flag")
        .map(|row| row.sample_id)
        .collect();
    assert_eq!(flagged, ["a05"]);
    assert_eq!(outputs.samples.height(), 24);
}

#[test]
fn a_study_without_metabolites_passes_through() {
    let empty = Inputs {
        participants: people(&["p1"]),
        assessments: Table::empty(),
        samples: Table::empty(),
        abundances: Table::empty(),
        panel: Table::empty(),
        decisions: None,
    };
    let settings =
        params(json!({"analytes": {"max_qc_rsd": 0.3, "min_blank_ratio": 3}, "samples": {"max_missing": 0.2}}));
    let mut context = StageContext::new(1, &Silent);
    let outputs = Qc::run(&settings, empty, &mut context).unwrap();
    assert!(outputs.abundances.is_empty() && context.into_findings().is_empty());
}

#[test]
fn settings_resolve_what_happens_and_refuse_what_they_do_not_know() {
    let short = params(json!({"analytes": {"max_missing": 0.2}, "samples": {"time_window": {}}, "on_fail": "flag"}));
    let written = json!({"analytes": {"max_missing": {"max": 0.2, "on_fail": "flag"}, "robust": false},
        "samples": {"time_window": {"on_fail": "flag"}}, "on_fail": "flag", "keep": [], "decisions": null});
    assert_eq!(short, params(written));
    let round = serde_json::to_value(&short).unwrap();
    assert_eq!(round["analytes"]["max_missing"], json!({"max": 0.2, "on_fail": "flag"}));
    assert_eq!(params(round), short);
    let refused = |value: serde_json::Value| serde_json::from_value::<Params>(value).unwrap_err().to_string();
    assert!(refused(json!({"analytes": {"max_missing": 1.2}})).contains("1.2 is not a fraction"));
    assert!(refused(json!({"analytes": {"min_blank_ratio": {"max": 3}}})).contains("unknown field `max`"));
    assert!(refused(json!({"analytes": {"max_rsd": 0.3}})).contains("max_rsd"));
    assert!(refused(json!({"sample": {}})).contains("unknown field"));
    assert_eq!(Qc::sources(&params(json!({"decisions": "x.csv"})))[0].path, "x.csv");
    let schema = serde_json::to_value(schemars::schema_for!(Params)).unwrap();
    assert_eq!(schema["additionalProperties"], json!(false));
    assert!(schema["properties"]["on_fail"].is_object());
    let text = Qc::methods(&short).join(" ");
    assert!(text.contains("missing in more than 0.2") && text.contains("flagged and kept"));
}

#[test]
fn batches_that_count_their_injections_anew_are_charted_as_the_whole_run_is() {
    let through = |anew: bool| {
        let mut inputs = study();
        let rows = inputs.samples.rows().into_iter().map(|row| {
            let order = row.injection_order.unwrap_or_default();
            let (batch, first) = if order > 8 { ("=2, β", 8) } else { ("=1", 0) };
            let injection_order = Some(if anew { order - first } else { order });
            ingest::SampleRow { batch: Some(batch.into()), injection_order, ..row }
        });
        inputs.samples = Table::from_rows(rows.collect()).unwrap();
        let wild = inputs.abundances.rows().into_iter().map(|row| {
            let value = if row.sample_id == "q4" && row.analyte == ODD { Some(30.0) } else { row.value };
            ingest::AbundanceRow { value, ..row }
        });
        inputs.abundances = Table::from_rows(wild.collect()).unwrap();
        let mut context = StageContext::new(1, &Silent);
        let settings = params(json!({"analytes": {"levey_jennings": {"first": 3}}}));
        let outputs = Qc::run(&settings, inputs, &mut context).unwrap();
        let said = context.into_findings().iter().filter(|finding| finding.code == "order_anew").count();
        (outputs.analyte_quality.rows(), outputs.control_chart.rows(), said)
    };
    let ((whole, charts, none), (anew, charts_anew, one)) = (through(false), through(true));
    assert_eq!(whole, anew);
    assert_eq!((none, one), (0, 1));
    assert!(whole.iter().any(|row| row.drift.is_some_and(|drift| drift != 0.0)) && !charts.is_empty());
    let samples = |rows: &[schema::ControlChartRow]| rows.iter().map(|row| row.sample_id.clone()).collect::<Vec<_>>();
    assert_eq!(samples(&charts), samples(&charts_anew));
    assert!(charts_anew.iter().all(|row| row.injection_order <= 8), "the file's own numbers");
}

#[test]
fn rules_that_compare_sizes_refuse_values_that_were_transformed() {
    let settings: Params = serde_json::from_value(json!({
        "analytes": {"max_missing": 0.2, "max_qc_rsd": 0.3, "max_d_ratio": 0.5, "min_blank_ratio": 3, "max_blank_share": 0.1},
        "samples": {"replicates": {"combine": "mean", "max_rsd": 0.2}, "total_signal": {"max_deviation": 3}},
    }))
    .unwrap();
    let names = Vocabulary { transformed: true, ..Vocabulary::default() };
    let problems = Qc::check(&settings, &names);
    let places: Vec<&Place> = problems.iter().map(|problem| &problem.place).collect();
    let expected = [
        "analytes.max_qc_rsd",
        "analytes.min_blank_ratio",
        "analytes.max_blank_share",
        "samples.replicates.max_rsd",
        "samples.total_signal",
    ];
    let expected = expected.map(|key| Place::setting(format!("stages.qc.{key}")));
    assert_eq!(places, expected.iter().collect::<Vec<_>>());
    assert!(Qc::check(&settings, &Vocabulary::default()).is_empty());
}

#[test]
fn replicates_of_several_batches_are_found_and_named() {
    let run = |batches: [&str; 2]| {
        let mut inputs = study();
        let mut rows = inputs.samples.rows();
        for (at, batch) in batches.into_iter().enumerate() {
            rows[at].batch = Some(batch.into());
            rows[at].replicate = Some((at + 1).to_string());
            rows[at].participant_id = Some("p1".into());
        }
        inputs.samples = Table::from_rows(rows).unwrap();
        let settings = params(json!({"samples": {"replicates": {"combine": "mean"}}}));
        let mut context = StageContext::new(1, &Silent);
        let outputs = Qc::run(&settings, inputs, &mut context).unwrap();
        let found = context.into_findings().iter().any(|finding| finding.code == schema::OVER_BATCHES);
        (found, outputs.samples.metadata()[schema::OVER_BATCHES].clone())
    };
    assert_eq!(run(["b, 0", "=b1"]), (true, "`a1` (batch `b, 0`), `a2` (batch `=b1`)".to_owned()));
    assert_eq!(run(["b, 0", "b, 0"]), (false, String::new()));
}

#[test]
fn nothing_left_and_pooled_qc_without_an_order_are_found() {
    let codes = |settings: serde_json::Value, inputs: Inputs| {
        let mut context = StageContext::new(1, &Silent);
        Qc::run(&params(settings), inputs, &mut context).unwrap();
        context.into_findings().iter().map(|finding| finding.code).collect::<Vec<_>>()
    };
    assert!(codes(json!({"analytes": {"max_qc_rsd": 0.001}}), study()).contains(&"no_analyte_left"));
    assert!(!codes(json!({"analytes": {"max_qc_rsd": 0.3}}), study()).contains(&"no_analyte_left"));
    let mut inputs = study();
    let mut rows = inputs.samples.rows();
    rows.iter_mut().filter(|row| row.sample_id == "q2").for_each(|row| row.injection_order = None);
    inputs.samples = Table::from_rows(rows).unwrap();
    assert_eq!(codes(json!({}), inputs), ["qc_without_order"]);
}
