use serde_json::json;

use super::*;
use crate::contract::schema::{Cell, Schema};
use crate::contract::{Finding, Silent};

const VISITS: [&str; 4] = ["baseline", "week_1", "week_2", "month_1"];

fn assessments(totals: &[(&str, [Option<f64>; 4])]) -> Table<qc::Assessments> {
    let rows = totals.iter().flat_map(|(participant, totals)| {
        totals.iter().zip(VISITS).enumerate().map(|(index, (total, visit))| crate::ingest::schema::AssessmentRow {
            participant_id: (*participant).to_owned(),
            instrument: "madrs".to_owned(),
            visit: visit.to_owned(),
            visit_index: index as i64,
            total: *total,
            items_total: None,
            hours_after_infusion: None,
            day: None,
        })
    });
    Table::from_rows(rows.collect()).unwrap()
}

fn participants(ids: &[&str], relapsed: &[Option<bool>]) -> Table<qc::Participants> {
    let rows = ids.iter().map(|id| crate::ingest::schema::ParticipantRow { participant_id: (*id).to_owned() });
    let mut columns = qc::Participants::write(rows.collect());
    columns.push(Cell::column("relapsed", relapsed.to_vec()));
    Table::from_columns(ids.len(), columns).unwrap()
}

fn study() -> Inputs {
    let totals = [
        ("p1", [Some(30.0), Some(20.0), Some(15.0), Some(10.0)]),
        ("p2", [Some(40.0), Some(30.0), Some(28.0), None]),
        ("p3", [Some(20.0), None, None, None]),
        ("p4", [None, Some(9.0), Some(8.0), None]),
        ("p5", [Some(0.0), Some(1.0), Some(2.0), Some(3.0)]),
    ];
    let ids = ["p1", "p2", "p3", "p4", "p5", "p6"];
    let relapsed = [Some(true), Some(false), None, Some(false), Some(false), None];
    Inputs { participants: participants(&ids, &relapsed), assessments: assessments(&totals) }
}

fn params(endpoints: serde_json::Value) -> Params {
    serde_json::from_value(json!({ "endpoints": endpoints })).unwrap()
}

fn run(endpoints: serde_json::Value) -> (Outputs, Vec<Finding>) {
    let mut context = StageContext::new(1, &Silent);
    let outputs = Outcomes::run(&params(endpoints), study(), &mut context).unwrap();
    (outputs, context.into_findings())
}

fn values(outputs: &Outputs) -> Vec<Option<f64>> {
    outputs.endpoints.column("value")
}

#[test]
fn percent_improvement_has_a_row_for_everyone_and_is_undefined_from_zero() {
    let (outputs, findings) = run(json!({"i": {"kind": "percent_improvement", "from": "baseline", "to": "week_2"}}));
    assert_eq!(values(&outputs), [Some(50.0), Some(30.0), None, None, None, None]);
    let baseline: Vec<Option<f64>> = outputs.endpoints.column("baseline");
    assert_eq!(baseline, [Some(30.0), Some(40.0), Some(20.0), None, Some(0.0), None]);
    let codes: Vec<&str> = findings.iter().map(|finding| finding.code).collect();
    assert_eq!(codes, ["zero_baseline", "missing_outcome"]);
    assert!(findings[0].message.ends_with("for p5"));
}

#[test]
fn the_last_total_is_carried_forward_but_never_the_baseline() {
    let (outputs, _) =
        run(json!({"d": {"kind": "difference", "from": "baseline", "to": "month_1", "missing": "locf"}}));
    assert_eq!(values(&outputs), [Some(-20.0), Some(-12.0), None, None, Some(3.0), None]);
    let how: Vec<String> = outputs.endpoints.column("how");
    assert_eq!(how, ["observed", "locf from week_2", "missing", "missing", "observed", "missing"]);
    let (outputs, _) = run(json!({"r": {"kind": "at_most", "value": 10, "visit": "month_1", "missing": "locf"}}));
    assert_eq!(values(&outputs), [Some(1.0), Some(0.0), None, Some(1.0), Some(1.0), None]);
}

#[test]
fn a_missing_visit_counts_as_non_response_only_where_the_rule_says_so() {
    let excluded = json!({"r": {"kind": "at_most", "value": 10, "visit": "month_1"}});
    let (outputs, _) = run(excluded);
    assert_eq!(values(&outputs), [Some(1.0), None, None, None, Some(1.0), None]);
    let rates = &outputs.rates.rows()[0];
    assert_eq!((rates.events, rates.n, rates.rate), (2, 2, Some(1.0)));
    let counted = json!({"r": {"kind": "at_most", "value": 10, "visit": "month_1", "missing": "non_responder"}});
    let (outputs, _) = run(counted);
    assert_eq!(values(&outputs), [Some(1.0), Some(0.0), Some(0.0), Some(0.0), Some(1.0), Some(0.0)]);
    assert_eq!(outputs.rates.rows()[0].n, 6);
}

#[test]
fn a_fall_of_exactly_the_limit_is_a_response_and_a_missing_baseline_is_unknown() {
    let endpoint = json!({"r": {"kind": "improvement_at_least", "percent": 50, "from": "baseline", "to": "week_2",
        "missing": "non_responder"}});
    let (outputs, _) = run(endpoint);
    assert_eq!(values(&outputs), [Some(1.0), Some(0.0), Some(0.0), None, None, None]);
}

#[test]
fn a_yes_or_no_column_gives_one_and_zero_and_a_rate() {
    let (outputs, _) = run(json!({"lapse": {"kind": "column", "column": "relapsed"}}));
    assert_eq!(values(&outputs), [Some(1.0), Some(0.0), None, Some(0.0), Some(0.0), None]);
    assert_eq!(outputs.rates.rows()[0].rate, Some(0.25));
    assert_eq!(outputs.endpoints.column::<Option<f64>>("baseline"), [None; 6]);
}

#[test]
fn the_course_has_hand_values_and_a_paired_t_test() {
    let (outputs, _) = run(json!({}));
    let rows = outputs.trajectory.rows();
    let names: Vec<&str> = rows.iter().map(|row| row.visit.as_str()).collect();
    assert_eq!(names, ["baseline", "month_1", "week_1", "week_2"]);
    let (first, week) = (&rows[0], &rows[2]);
    assert_eq!((first.n, first.mean, first.median, first.change), (4, Some(22.5), Some(25.0), None));
    // Differences -10, -10, 1 of p1, p2, p5: mean -19/3, sd √(121/3).
    let (mean, error) = (-19.0 / 3.0, (121.0_f64 / 3.0).sqrt() / 3f64.sqrt());
    assert!((week.change.unwrap() - mean).abs() < 1e-14 && (week.change_std_error.unwrap() - error).abs() < 1e-14);
    // For two degrees of freedom the t distribution has a closed form: P(|T| > t) = 1 - t/√(2 + t²).
    let t = mean.abs() / error;
    assert!((week.change_p.unwrap() - (1.0 - t / (2.0 + t * t).sqrt())).abs() < 1e-13);
    assert!((week.change_high.unwrap() - (mean + 4.302652729911275 * error)).abs() < 1e-9);
}

#[test]
fn a_study_without_assessments_has_no_course_and_no_problem() {
    let inputs = Inputs { assessments: Table::empty(), ..study() };
    let out =
        Outcomes::run(&params(json!({"relapsed": {"kind": "column"}})), inputs, &mut StageContext::new(1, &Silent));
    let out = out.unwrap();
    assert_eq!((out.trajectory.height(), out.endpoints.height(), out.rates.height()), (0, 6, 1));
}

#[test]
fn every_wrong_name_and_rule_is_found_at_once() {
    let settings = params(json!({
        "a": {"kind": "percent_improvement", "from": "baselin", "to": "week_2", "missing": "non_responder"},
        "b": {"kind": "difference", "from": "week_2", "to": "baseline"},
        "c": {"kind": "column", "column": "sexx"},
        "sex": {"kind": "column", "missing": "locf"},
    }));
    let names = Vocabulary {
        visits: VISITS.map(str::to_owned).to_vec(),
        has_assessments: true,
        variables: [("sex".to_owned(), Variable::Category(vec!["f".into(), "m".into()]))].into(),
        ..Vocabulary::default()
    };
    let problems = Outcomes::check(&settings, &names);
    let codes: Vec<&str> = problems.iter().map(|problem| problem.code).collect();
    let expected =
        ["missing_rule", "unknown_visit", "visit_order", "unknown_column", "missing_rule", "category_outcome"];
    assert_eq!(codes, expected);
    let bare = Outcomes::check(&settings, &Vocabulary::default());
    assert_eq!(bare.iter().filter(|problem| problem.code == "no_assessments").count(), 2);
}

#[test]
fn settings_fill_in_their_defaults_and_refuse_what_they_do_not_know() {
    let short = params(json!({"x": {"kind": "column"}}));
    let long = params(json!({"x": {"kind": "column", "column": "x", "missing": "exclude"}}));
    assert_eq!(short, long);
    let written = serde_json::to_value(&short).unwrap();
    assert_eq!(written["trajectory"], json!({"model": "descriptive", "visits": "all"}));
    assert_eq!(serde_json::from_value::<Params>(written).unwrap(), short);
    let refused = |value: serde_json::Value| serde_json::from_value::<Params>(value).is_err();
    assert!(refused(json!({"endpoints": {"x": {"kind": "at_most", "value": 1, "visit": "v", "from": "w"}}})));
    assert!(refused(json!({"trajectory": {"model": "descriptive", "visits": "some"}})));
    let mmrm: Params = serde_json::from_value(json!({"trajectory": {"model": "mmrm", "visits": ["week_1"]}})).unwrap();
    let names = Vocabulary { visits: vec!["week_1".into()], ..Vocabulary::default() };
    assert_eq!(Outcomes::check(&mmrm, &names)[0].code, "not_built");
}

#[test]
fn facts_name_the_baseline_visit_and_what_is_yes_or_no() {
    let mut names = Vocabulary { visits: VISITS.map(str::to_owned).to_vec(), ..Vocabulary::default() };
    names.variables.insert("flag".into(), Variable::Binary);
    let settings = params(json!({
        "r": {"kind": "at_most", "value": 10, "visit": "week_2"},
        "i": {"kind": "percent_improvement", "from": "week_1", "to": "week_2"},
        "flag": {"kind": "column"},
    }));
    Outcomes::define(&settings, &mut names);
    let of = |name: &str| (names.endpoints[name].binary, names.endpoints[name].baseline_visit.as_deref());
    assert_eq!([of("r"), of("i"), of("flag")], [(true, Some("baseline")), (false, Some("week_1")), (true, None)]);
    let text = Outcomes::methods(&settings).join("\n");
    assert!(text.contains("at most 10 at `week_2`") && text.contains("Wilson"));
}
