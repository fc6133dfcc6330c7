use serde_json::json;

use super::*;
use crate::contract::Silent;

fn sample(id: &str, participant: Option<&str>, timepoint: Option<&str>, kind: &str) -> ingest::SampleRow {
    ingest::SampleRow {
        sample_id: id.into(),
        participant_id: participant.map(Into::into),
        timepoint: timepoint.map(Into::into),
        r#type: kind.into(),
        batch: None,
        injection_order: None,
        hours_after_infusion: None,
        window_low: None,
        window_high: None,
        ..Default::default()
    }
}

fn value(sample: &str, analyte: &str, value: Option<f64>) -> ingest::AbundanceRow {
    ingest::AbundanceRow { sample_id: sample.into(), analyte: analyte.into(), value, unit: None, below_lod: false }
}

const ODD: &str = "=1+1, \"β/3-HB\"<script>";

fn study() -> Inputs {
    let samples = vec![
        sample("s1", Some("p1"), Some("before"), "study"),
        sample("s2", Some("p1"), Some("after"), "study"),
        sample("s3", Some("p2"), Some("before"), "study"),
        sample("q1", None, None, "pooled_qc"),
        sample("b1", None, None, "blank"),
    ];
    let abundances = vec![
        value("s1", ODD, Some(4.0)),
        value("s2", ODD, Some(8.0)),
        value("s3", ODD, Some(0.0)),
        value("q1", ODD, Some(100.0)),
        value("b1", ODD, Some(0.1)),
    ];
    Inputs {
        abundances: Table::from_rows(abundances).unwrap(),
        samples: Table::from_rows(samples).unwrap(),
        panel: Table::empty(),
    }
}

fn params(value: serde_json::Value) -> Params {
    serde_json::from_value(value).unwrap()
}

#[test]
fn every_participant_with_either_sample_has_a_row_per_measure_and_blanks_and_qc_have_none() {
    let settings = params(json!({
        "steps": [{"transform": {"method": "log2"}}],
        "change": {"from": "before", "to": "after", "measures": ["difference", "percent"]},
    }));
    let mut context = StageContext::new(1, &Silent);
    let out = Normalize::run(&settings, study(), &mut context).unwrap();
    let values: Vec<(String, String, Option<f64>)> =
        out.changes.rows().into_iter().map(|row| (row.participant_id, row.measure, row.value)).collect();
    let expected = [
        ("p1", "difference", Some(1.0)),
        ("p1", "percent", Some(100.0)),
        ("p2", "difference", None),
        ("p2", "percent", None),
    ];
    assert_eq!(values, expected.map(|(p, m, v)| (p.to_owned(), m.to_owned(), v)));
    assert_eq!(out.abundances.column::<String>("sample_id"), ["s1", "s2", "s3"]);
    assert_eq!(out.abundances.column::<Option<f64>>("value"), [Some(2.0), Some(3.0), None]);
    assert_eq!(out.abundances.metadata()["scale"], "log2");
    let codes: Vec<&str> = context.into_findings().iter().map(|finding| finding.code).collect();
    assert_eq!(codes, ["not_positive", "incomplete_pairs"]);
}

#[test]
fn without_settings_the_values_pass_as_measured() {
    let mut context = StageContext::new(1, &Silent);
    let out = Normalize::run(&Params::default(), study(), &mut context).unwrap();
    assert_eq!(out.abundances.metadata()["scale"], "as measured");
    assert!(out.changes.is_empty() && out.steps.is_empty() && context.into_findings().is_empty());
    let none = Inputs { abundances: Table::empty(), samples: Table::empty(), panel: Table::empty() };
    let out = Normalize::run(&Params::default(), none, &mut StageContext::new(1, &Silent)).unwrap();
    assert!(out.abundances.is_empty());
}

#[test]
fn a_step_that_lacks_pooled_qc_is_an_error_at_its_setting() {
    let settings = params(json!({"steps": [{"sample": {"method": "pqn", "reference": "median_of_qc"}}]}));
    let mut inputs = study();
    let out = Normalize::run(&settings, inputs.clone(), &mut StageContext::new(1, &Silent)).unwrap();
    assert_eq!(out.abundances.height(), 3);
    inputs.samples = inputs.samples.filter(|row| row != 1).unwrap();
    let samples: Vec<String> = inputs.samples.column("sample_id");
    assert_eq!(samples, ["b1", "s1", "s2", "s3"]);
    let error = Normalize::run(&settings, inputs, &mut StageContext::new(1, &Silent)).unwrap_err();
    let StageError::Input(problems) = error else { panic!("{error}") };
    assert_eq!(problems[0].place, Place::setting("stages.normalize.steps.0.sample.reference"));
}

#[test]
fn all_problems_of_the_settings_are_found_at_once() {
    let settings = params(json!({
        "steps": [{"sample": {"method": "vsn"}}, {"below_lod": {"method": "zero"}},
            {"sample": {"method": "pqn", "reference": {"timepoint": "befor"}}}],
        "change": {"from": "befor", "to": "befor", "measures": []},
    }));
    let names = Vocabulary { timepoints: vec!["before".into(), "after".into()], ..Vocabulary::default() };
    let problems = Normalize::check(&settings, &names);
    let codes: Vec<&str> = problems.iter().map(|problem| problem.code).collect();
    let expected = [
        "step_order",
        "step_order",
        "unknown_timepoint",
        "unknown_timepoint",
        "unknown_timepoint",
        "same_timepoint",
        "no_measure",
    ];
    assert_eq!(codes, expected);
    assert_eq!(problems[3].remedy, "did you mean `before`?");
}

#[test]
fn the_methods_follow_from_the_settings() {
    assert_eq!(Normalize::methods(&Params::default()).len(), 1);
    let settings = params(json!({
        "steps": [{"below_lod": {"method": "half_lod"}}, {"transform": {"method": "none"}}, {"scale": {"method": "auto"}}],
        "change": {"from": "a", "to": "b", "measures": ["percent"]},
    }));
    let text = Normalize::methods(&settings).join("\n");
    assert!(
        text.contains("half that limit") && text.contains("auto-scaling") && text.contains("100 (to - from) / from")
    );
    assert!(!text.contains("final scale"));
}

#[test]
fn drift_and_filters_are_checked_before_any_value_is_read() {
    let settings = params(json!({"steps": [
        {"filter": {}},
        {"drift": {"method": "qc_rsc", "min_qc": 3}},
        {"drift": {"method": "qc_rsc", "smoothing": {"df": 2}}},
        {"drift": {"method": "loess", "smoothing": {"span": 1.5}}},
        {"drift": {"method": "batch_median", "min_samples": 0}},
        {"drift": {"method": "combat", "protect": ["a", "a"]}},
        {"transform": {"method": "log2"}},
        {"drift": {"method": "qc_rsc"}},
        {"filter": {"max_missing": 0.5}},
        {"filter": {"max_qc_rsd": 0.3}},
        {"drift": {"method": "combat", "protect": ["timepoint", "osmolalty"]}},
    ]}));
    let sample_columns = ["a", "osmolality"].map(String::from).into();
    let problems = Normalize::check(&settings, &Vocabulary { sample_columns, ..Vocabulary::default() });
    let places: Vec<String> = problems.iter().map(|problem| format!("{} {:?}", problem.code, problem.place)).collect();
    let expected = [
        ("step_order", "9.filter"),
        ("out_of_range", "0.filter"),
        ("out_of_range", "1.drift.min_qc"),
        ("out_of_range", "2.drift.smoothing"),
        ("out_of_range", "3.drift.smoothing"),
        ("out_of_range", "4.drift.min_samples"),
        ("out_of_range", "5.drift.protect"),
        ("unknown_covariate", "10.drift.protect.1"),
    ];
    assert_eq!(problems[7].remedy, "did you mean `osmolality`?");
    let said =
        |(code, place): (&str, &str)| format!("{code} {:?}", Place::setting(format!("stages.normalize.steps.{place}")));
    assert_eq!(places, expected.map(said));
}

/// Three study samples in two batches and no pooled QC.
fn without_qc() -> Inputs {
    let mut inputs = study();
    let mut samples = inputs.samples.rows();
    samples.retain(|sample| sample.r#type == "study");
    for (sample, batch) in samples.iter_mut().zip(["A", "A", "β, 2"]) {
        (sample.batch, sample.injection_order) = (Some(batch.into()), Some(1));
    }
    inputs.samples = Table::from_rows(samples).unwrap();
    inputs
}

#[test]
fn a_step_that_lacks_what_it_learns_from_stops_at_its_setting_and_says_what_to_do() {
    let lacking = [
        (json!({"sample": {"method": "pqn", "reference": "mean_of_qc"}}), "no_pooled_qc", "sample.reference"),
        (
            json!({"sample": {"method": "pqn", "reference": {"timepoint": "later"}}}),
            "no_reference_samples",
            "sample.reference",
        ),
        (json!({"sample": {"method": "reference", "by": "osmolality"}}), "unknown_reference", "sample.by"),
        (json!({"sample": {"method": "internal_standard", "standard": "d4"}}), "unknown_analyte", "sample.standard"),
        (json!({"transform": {"method": "glog"}}), "no_pooled_qc", "transform.lambda"),
        (json!({"filter": {"max_qc_rsd": 0.3}}), "no_pooled_qc", "filter.max_qc_rsd"),
        (json!({"filter": {"max_d_ratio": 0.5}}), "no_pooled_qc", "filter.max_d_ratio"),
        (json!({"impute": {"method": "svd"}}), "too_few_values", "impute.components"),
        (json!({"drift": {"method": "qc_rsc"}}), "too_few_qc", "drift.min_qc"),
        (json!({"drift": {"method": "loess"}}), "too_few_qc", "drift.min_qc"),
        (json!({"drift": {"method": "batch_median"}}), "too_few_qc", "drift.min_samples"),
        (json!({"drift": {"method": "batch_median", "of": "study"}}), "batch_too_small", "drift.min_samples"),
        (json!({"drift": {"method": "combat"}}), "batch_of_one", "drift.mean_only"),
        (json!({"drift": {"method": "combat", "reference": "C"}}), "unknown_batch", "drift.reference"),
    ];
    for (step, code, setting) in lacking {
        let settings = params(json!({"steps": [{"below_lod": {"method": "none"}}, step]}));
        let error = Normalize::run(&settings, without_qc(), &mut StageContext::new(1, &Silent)).unwrap_err();
        let StageError::Input(problems) = error else { panic!("{step}: {error}") };
        let place = Place::setting(format!("stages.normalize.steps.1.{setting}"));
        assert_eq!((problems[0].code, &problems[0].place), (code, &place), "{step}");
        assert!(!problems[0].remedy.is_empty(), "{step}");
    }
}

#[test]
fn the_analytes_that_steps_name_stand_after_their_places() {
    let settings = params(json!({"steps": [{"transform": {"method": "none"}},
        {"sample": {"method": "internal_standard", "standard": ODD}}, {"sample": {"method": "reference", "by": "x"}}]}));
    let named = [("1.sample.standard", ODD), ("2.sample.by", "x")];
    let named = named.map(|(place, name)| (format!("stages.normalize.steps.{place}"), name.to_owned()));
    assert_eq!(Normalize::analytes(&settings), named);
}

#[test]
fn an_analyte_that_a_filter_drops_has_a_finding_and_no_row() {
    let settings = params(json!({
        "steps": [{"filter": {"max_missing": 0.1}}],
        "change": {"from": "before", "to": "after", "measures": ["difference"]},
    }));
    let mut inputs = study();
    let mut rows = inputs.abundances.rows();
    rows.extend([value("s1", "β, 2", Some(1.0)), value("s2", "β, 2", None), value("s3", "β, 2", Some(3.0))]);
    inputs.abundances = Table::from_rows(rows).unwrap();
    let mut context = StageContext::new(1, &Silent);
    let out = Normalize::run(&settings, inputs, &mut context).unwrap();
    let names = |names: Vec<String>| names.into_iter().all(|name| name == ODD);
    assert!(names(out.abundances.column("analyte")) && names(out.changes.column("analyte")));
    assert!(out.abundances.height() == 3 && !out.changes.is_empty());
    let findings = context.into_findings();
    assert!(findings.iter().any(|finding| finding.code == "dropped_by_filter" && finding.subject == "β, 2"));
}

/// The code and the setting of each problem.
fn problems(settings: serde_json::Value, transformed: bool) -> Vec<(&'static str, String)> {
    let timepoints = vec!["a".to_owned(), "b".to_owned(), "c".to_owned()];
    let names = Vocabulary { timepoints, transformed, ..Vocabulary::default() };
    let place = |problem: &Problem| match &problem.place {
        Place::Setting(path) => path.trim_start_matches("stages.normalize.").to_owned(),
        place => panic!("{place:?}"),
    };
    Normalize::check(&params(settings), &names).iter().map(|problem| (problem.code, place(problem))).collect()
}

#[test]
fn values_that_were_transformed_before_are_not_taken_for_sizes() {
    let settings = json!({
        "steps": [{"below_lod": {"method": "missing"}}, {"below_lod": {"method": "half_lod"}}, {"sample": {"method": "sum"}},
            {"sample": {"method": "pqn"}}, {"sample": {"method": "quantile"}}, {"transform": {"method": "none"}},
            {"transform": {"method": "log2"}}, {"filter": {"max_qc_rsd": 0.3}}, {"filter": {"max_d_ratio": 0.5}},
            {"impute": {"method": "half_min"}}, {"drift": {"method": "combat"}}, {"scale": {"method": "auto"}}],
        "change": {"from": "a", "to": "b", "measures": ["percent", "difference", "ratio", "log2_ratio", "ln_ratio", "residualized"]},
    });
    let found = problems(settings.clone(), true);
    let places = ["1.below_lod", "2.sample", "3.sample", "6.transform", "7.filter.max_qc_rsd", "9.impute"];
    let steps = places.map(|place| format!("steps.{place}"));
    let expected: Vec<String> = steps.into_iter().chain((0..4).map(|_| "change.measures".to_owned())).collect();
    assert_eq!(found.iter().map(|(_, place)| place.clone()).collect::<Vec<_>>(), expected);
    assert!(found.iter().all(|(code, _)| *code == "transformed_values"), "{found:?}");
    assert!(problems(settings, false).iter().all(|(code, _)| *code == "step_order"));
}

/// Batch b of an analyte of logarithms reads 2 more; batch medians are differences of logarithms, not ratios.
#[test]
fn steps_take_transformed_values_as_they_come() {
    let row = |(place, cell): (usize, f64)| {
        let (id, batch) = (format!("s{place}"), if place < 3 { "a" } else { "b" });
        let injected = ingest::SampleRow {
            batch: Some(batch.into()),
            ..sample(&id, Some(&format!("p{place}")), Some("before"), "study")
        };
        (injected, value(&id, ODD, Some(cell)))
    };
    let (samples, abundances): (Vec<_>, Vec<_>) =
        [-1.0, 0.0, 1.0, 1.0, 2.0, 3.0].into_iter().enumerate().map(row).unzip();
    let abundances: Table<qc::Abundances> = Table::from_rows(abundances).unwrap();
    let inputs = Inputs {
        abundances: abundances.with_metadata(ingest::VALUES, ingest::TRANSFORMED),
        samples: Table::from_rows(samples).unwrap(),
        panel: Table::empty(),
    };
    let settings = params(json!({"steps": [{"drift": {"method": "batch_median", "of": "study"}}]}));
    let out = Normalize::run(&settings, inputs, &mut StageContext::new(1, &Silent)).unwrap();
    assert_eq!(out.abundances.column::<Option<f64>>("value"), [0.0, 1.0, 2.0, 0.0, 1.0, 2.0].map(Some));
    assert!(out.quality.column::<Option<f64>>("qc_rsd_after").iter().all(Option::is_none));
}

#[test]
fn a_correction_after_the_transform_is_refused_where_a_measure_does_not_see_it() {
    let with = |steps: serde_json::Value, measures: serde_json::Value| {
        problems(json!({"steps": steps, "change": {"from": "a", "to": "b", "measures": measures}}), false)
    };
    let late = json!([{"transform": {"method": "log2"}}, {"drift": {"method": "combat"}},
        {"sample": {"method": "quantile"}}, {"filter": {"max_d_ratio": 0.5}}, {"drift": {"method": "none"}}]);
    let places = ["1.drift", "2.sample", "3.filter"].map(|place| ("step_order", format!("steps.{place}")));
    assert_eq!(with(late.clone(), json!(["difference", "percent"])), places);
    assert!(with(late.clone(), json!(["difference", "residualized"])).is_empty());
    let area = json!({"steps": late, "area": {"timepoints": ["a", "b", "c"], "measures": ["incremental_area"]}});
    assert_eq!(problems(area, false), places);
    let early =
        json!([{"drift": {"method": "combat"}}, {"sample": {"method": "pqn"}}, {"transform": {"method": "log2"}}]);
    assert!(with(early, json!(["percent"])).is_empty());
    let names = Vocabulary { timepoints: vec!["a".into(), "b".into()], ..Vocabulary::default() };
    let settings = params(json!({"steps": [{"transform": {"method": "ln"}}, {"drift": {"method": "combat"}}],
        "change": {"from": "a", "to": "b", "measures": ["percent", "log2_ratio"]}}));
    let said = &Normalize::check(&settings, &names)[0].message;
    assert!(said.contains("`drift` comes after `transform`") && said.contains("`percent`, `log2_ratio`"), "{said}");
}

#[test]
fn limits_of_detection_are_not_used_after_the_values_were_scaled() {
    for scaled in [json!({"sample": {"method": "pqn"}}), json!({"drift": {"method": "combat"}})] {
        for method in ["half_lod", "lod_over_sqrt2", "censored_ml"] {
            let steps = json!({"steps": [scaled, {"below_lod": {"method": method}}]});
            assert_eq!(problems(steps, false), [("step_order", "steps.1.below_lod".to_owned())], "{method}");
        }
        let steps =
            json!({"steps": [{"below_lod": {"method": "half_lod"}}, scaled, {"below_lod": {"method": "missing"}}]});
        assert!(problems(steps, false).is_empty());
    }
    let classes = |class: &str| {
        json!({"steps": [{"sample": {"method": "sum", "classes": ["x", "y"]}}, {"sample": {"method": "none"}},
            {"below_lod": {"method": "half_lod", "classes": [class]}}]})
    };
    assert!(problems(classes("z"), false).is_empty() && problems(classes("y"), false).len() == 1);
}

#[test]
fn replicates_of_several_batches_stop_a_correction_of_drift_and_nothing_else() {
    let run = |steps: serde_json::Value| {
        let mut inputs = study();
        inputs.samples =
            inputs.samples.with_metadata(crate::qc::schema::OVER_BATCHES, format!("`{ODD}` (batch `b0`), `x`"));
        Normalize::run(&params(json!({ "steps": steps })), inputs, &mut StageContext::new(1, &Silent))
    };
    let steps = json!([{"sample": {"method": "sum"}}, {"drift": {"method": "batch_median"}}]);
    let Err(StageError::Input(problems)) = run(steps) else { panic!("the drift step must stop") };
    assert_eq!((problems.len(), problems[0].code), (1, "replicates_over_batches"));
    assert!(problems[0].message.contains(ODD));
    assert!(run(json!([{"drift": {"method": "none"}}, {"sample": {"method": "sum"}}])).is_ok());
}

#[test]
fn each_class_is_followed_through_the_steps_that_are_for_it() {
    let with = |steps: serde_json::Value, measures: serde_json::Value| {
        problems(json!({"steps": steps, "change": {"from": "a", "to": "b", "measures": measures}}), false)
    };
    let log = |class: &str| json!({"transform": {"method": "log2", "classes": [class]}});
    let sum = |classes: &[&str]| json!({"sample": {"method": "sum", "classes": classes}});
    let late = ("step_order", "steps.1.sample".to_owned());
    assert_eq!(with(json!([log("x"), sum(&["x"])]), json!(["difference"])), std::slice::from_ref(&late));
    assert_eq!(with(json!([log("x"), sum(&[])]), json!(["difference"])), [late]);
    assert!(with(json!([log("x"), sum(&["y"])]), json!(["percent"])).is_empty());
    // The correction of class y does reach its percent, which are of values that nothing transformed.
    let drift = |class: &str| json!({"drift": {"method": "combat", "classes": [class]}});
    assert!(with(json!([log("x"), drift("y")]), json!(["percent"])).is_empty());
    assert_eq!(with(json!([log("x"), drift("x")]), json!(["percent"])), [("step_order", "steps.1.drift".to_owned())]);
}

#[test]
fn vsn_constants_and_standards_are_refused_where_they_would_not_do_what_they_say() {
    let with = |steps: serde_json::Value, measures: serde_json::Value| {
        problems(json!({"steps": steps, "change": {"from": "a", "to": "b", "measures": measures}}), false)
    };
    let vsn = json!([{"sample": {"method": "vsn"}}]);
    assert_eq!(with(vsn.clone(), json!(["percent", "difference"])), [("step_order", "steps.0.sample".to_owned())]);
    assert!(with(vsn, json!(["difference", "residualized"])).is_empty());
    let constant = json!([{"sample": {"method": "sum"}}, {"below_lod": {"method": "constant", "value": 1.0}}]);
    assert_eq!(with(constant, json!(["percent"])), [("step_order", "steps.1.below_lod".to_owned())]);
    let marks = json!([{"transform": {"method": "log2"}}, {"below_lod": {"method": "missing"}}]);
    assert!(with(marks, json!(["percent"])).is_empty());
    let standard = json!({"sample": {"method": "internal_standard"}});
    let after = json!([{"drift": {"method": "combat", "classes": ["x"]}}, standard]);
    assert_eq!(with(after, json!(["percent"])), [("step_order", "steps.1.sample".to_owned())]);
    assert!(with(json!([standard, {"drift": {"method": "combat"}}]), json!(["percent"])).is_empty());
}

#[test]
fn the_seed_is_a_part_of_the_key_only_where_a_step_draws() {
    let draws = |step: serde_json::Value| Normalize::draws(&params(json!({ "steps": [step] })));
    assert!(draws(json!({"impute": {"method": "qrilc"}})));
    assert!(draws(json!({"below_lod": {"method": "censored_ml", "fill": "draw"}})));
    assert!(!draws(json!({"below_lod": {"method": "censored_ml"}})));
    assert!(!draws(json!({"impute": {"method": "svd"}})));
}
