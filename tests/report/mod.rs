//! The page, made from a whole study in code: safe with odd names, equal from run to run, true to what it was given.

mod certainty;
mod repeatability;
mod screened;
mod study;

use stages::contract::vocabulary::EndpointFacts;
use stages::contract::{Document, Place, Silent, Stage, StageContext, StageError, Vocabulary};
use stages::report::{Inputs, Params, Report};
use study::{ODD, about, nothing};

fn params(settings: serde_json::Value) -> Params {
    let params: Params = serde_json::from_value(settings).expect("valid settings");
    Params { about: about(), ..params }
}

fn run(params: &Params, inputs: Inputs) -> Result<Vec<Document>, StageError> {
    Report::run(params, inputs, &mut StageContext::new(1, &Silent)).map(|outputs| outputs.documents)
}

fn text(documents: &[Document], path: &str) -> String {
    let document = documents.iter().find(|document| document.path == path).unwrap_or_else(|| panic!("no {path}"));
    String::from_utf8(document.bytes.clone()).expect("UTF-8")
}

fn published(values: serde_json::Value) -> serde_json::Value {
    serde_json::json!({"published": {"source": "A paper. doi:10.1111/pcn.13870", "values": values}})
}

/// The printed numbers of the study's own tables, one of them wrong.
fn printed() -> serde_json::Value {
    let row =
        serde_json::json!({"model": "published", "outcome": "improvement_infusion_4", "analyte": "3-hydroxybutyrate"});
    published(serde_json::json!([
        {"label": "Remission after infusion 4, %", "value": "26.7", "table": "outcomes/rates",
         "row": {"endpoint": "remission_infusion_4"}, "column": "rate", "times": 100},
        {"label": "Participants", "value": 30, "table": "outcomes/trajectory", "row": {"visit": "baseline"}, "column": "n"},
        {"label": "3-hydroxybutyrate, β", "value": "1.35", "table": "screen/associations", "row": row, "column": "estimate"},
        {"label": "3-hydroxybutyrate, P", "value": "0.006", "table": "screen/associations", "row": row, "column": "p_value"},
    ]))
}

#[test]
fn the_page_is_written_whole_and_can_be_looked_at() {
    let documents = run(&params(printed()), study::study(12)).expect("a report");
    let folder = std::env::temp_dir().join("ketascreen-report-page");
    for document in &documents {
        let path = folder.join(&document.path);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::fs::write(path, &document.bytes).expect("written");
    }
    let page = text(&documents, "report.html");
    let order = ["What was asked", "Who was in it", "Did people improve", "How sure one can be", "Provenance"];
    let places: Vec<usize> =
        order.iter().map(|title| page.rfind(&format!(">{title}</h2>")).expect("a chapter")).collect();
    assert!(places.is_sorted());
    assert!(page.contains("Synthetic data") && page.contains("p\u{a0}=\u{a0}0.0093 by Student&#x27;s t"));
    assert!(
        documents
            .iter()
            .filter(|d| d.path.ends_with(".svg"))
            .all(|d| text(&documents, &d.path).contains("Synthetic data"))
    );
}

#[test]
fn an_odd_name_is_escaped_everywhere_and_file_names_are_plain() {
    let settings = serde_json::json!({"highlight": [ODD]});
    let documents = run(&params(settings), study::study(12)).expect("a report");
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "-_./".contains(c);
    assert!(documents.iter().all(|document| document.path.chars().all(plain)));
    for document in documents.iter().filter(|document| !document.path.ends_with(".csv")) {
        let all = text(&documents, &document.path);
        // The page's own script is the only one.
        assert_eq!(all.matches("<script").count(), usize::from(document.path == "report.html"), "{}", document.path);
        assert!(!all.contains(ODD));
    }
    let csv = text(&documents, "tables/analyte_quality.csv");
    assert!(csv.contains("\n\"'=1+1, \"\"β/3-HB\"\"<script>\",60,"));
}

#[test]
fn the_same_study_gives_the_same_bytes_and_ids_are_unique_on_the_page() {
    let make = || run(&params(printed()), study::study(12)).expect("a report");
    let (first, second) = (make(), make());
    assert_eq!(first, second);
    let page = text(&first, "report.html");
    let mut ids: Vec<&str> = page.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    let all = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), all);
}

#[test]
fn nothing_is_loaded_from_elsewhere() {
    let page = text(&run(&params(printed()), study::study(12)).expect("a report"), "report.html");
    let addresses = page.replace("http://www.w3.org/2000/svg", "");
    assert!(!addresses.contains("http:") && !addresses.contains("https:") && !addresses.contains("@import"));
    assert!(!addresses.contains(" src=") && !addresses.contains("<link") && !addresses.contains("url(//"));
}

#[test]
fn printed_numbers_stand_beside_computed_ones_with_a_mark_and_a_word() {
    let page = text(&run(&params(printed()), study::study(12)).expect("a report"), "report.html");
    assert!(page.contains("3 of 4 numbers agree to the printed digits."));
    assert!(page.contains("✗ differs") && page.contains("✓ agrees") && page.contains("by construction"));
}

#[test]
fn a_printed_number_that_names_no_row_or_no_column_is_a_problem_at_its_setting() {
    let value = |row: &str, column: &str| serde_json::json!({"label": "x", "value": "1", "table": "outcomes/rates", "row": {"endpoint": row}, "column": column});
    let unchecked = params(published(serde_json::json!([value("remission_infusion_5", "rate")])));
    let facts = EndpointFacts { kind: "at_most".into(), binary: true, baseline_visit: None };
    let with =
        |name: &str| Vocabulary { endpoints: [(name.to_owned(), facts.clone())].into(), ..Vocabulary::default() };
    let problems = Report::check(&unchecked, &with("remission_infusion_4"));
    assert_eq!(problems[0].place, Place::setting("stages.report.published.values[0].row.endpoint"));
    assert!(problems.len() == 1 && problems[0].remedy.contains("remission_infusion_4"), "{problems:?}");
    // A name that the configuration defines and no row has: only the tables tell.
    assert!(Report::check(&unchecked, &with("remission_infusion_5")).is_empty());
    let Err(StageError::Input(problems)) = run(&unchecked, study::study(12)) else { panic!("it should be refused") };
    assert_eq!(problems[0].place, Place::setting("stages.report.published.values[0].row"));
    assert!(problems[0].remedy.contains("remission_infusion_4"), "{}", problems[0].remedy);
    let unknown = params(published(serde_json::json!([value("remission_infusion_4", "rates")])));
    let problems = Report::check(&unknown, &with("remission_infusion_4"));
    assert_eq!((problems[0].code, problems.len()), ("unknown_column", 1));
    assert!(problems[0].remedy.contains("`rate`"));
}

#[test]
fn an_unknown_highlight_is_a_problem_with_the_nearest_name() {
    let outcome = run(&params(serde_json::json!({"highlight": ["3-hydroxybutyrat"]})), study::study(12));
    let Err(StageError::Input(problems)) = outcome else { panic!("it should be refused") };
    assert!(problems[0].remedy.contains("`3-hydroxybutyrate`"));
}

#[test]
fn a_report_that_leaves_the_hospital_names_nobody_and_shows_no_small_count() {
    let settings = serde_json::json!({"privacy": {"participant_points": false, "min_cell": 5}});
    let documents = run(&params(settings), study::study(12)).expect("a report");
    for document in &documents {
        let all = text(&documents, &document.path);
        let person = (1..=30).map(|person| format!("P{person:02}")).find(|id| all.contains(id.as_str()));
        assert_eq!(person, None, "{}", document.path);
    }
    let paths: Vec<&str> = documents.iter().map(|document| document.path.as_str()).collect();
    for table in ["influence", "predictions", "endpoints", "changes", "sample_quality"] {
        assert!(!paths.contains(&format!("tables/{table}.csv").as_str()));
    }
    let decisions = text(&documents, "tables/decisions.csv");
    assert!(decisions.contains("the peak of [withheld] was integrated again") && !decisions.contains("haemolysed"));
    let batches = text(&documents, "tables/batch_quality.csv");
    assert!(batches.contains("plate <1>") && batches.contains("<5") && !batches.contains("17.25"), "{batches}");
    let rates = text(&documents, "tables/rates.csv");
    assert!(rates.contains("remission_month_12,<5,30,,,,,\n"), "{rates}");
    assert!(!text(&documents, "figures/rates.svg").contains("month"));
    assert!(text(&documents, "tables/flow.csv").contains("time_window,samples,2,60,withheld"));
}

#[test]
fn a_study_without_anything_and_a_study_of_two_thousand_analytes_have_a_page() {
    let page = text(&run(&params(serde_json::json!({})), nothing()).expect("a report"), "report.html");
    assert!(page.contains("no repeated clinical assessments") && page.contains("Nothing was screened"));
    assert!(page.contains("no pooled QC samples") && !page.contains("<figure>"));
    let page = text(&run(&params(serde_json::json!({})), study::study(2000)).expect("a report"), "report.html");
    assert!(page.len() < 1_500_000, "{}", page.len());
    assert!(page.contains("The first 60 of 4000 rows"));
}

#[test]
fn the_flow_shows_what_was_left_out_and_keeps_every_step_for_those_who_open_it() {
    let page = text(&run(&params(serde_json::json!({})), study::study(12)).expect("a report"), "report.html");
    let (shown, rest) = page.split_once("<summary>Every step").expect("all steps, folded away");
    assert!(shown.contains("<b>Quality control</b>") && shown.contains("1 left out: P04-post"), "{shown}");
    assert!(!shown.contains("at most 20 % missing") && rest.contains("at most 20 % missing"));
}

#[test]
fn names_between_backticks_are_code_and_names_elsewhere_are_words() {
    let page = text(&run(&params(serde_json::json!({})), study::study(12)).expect("a report"), "report.html");
    assert!(
        page.contains("<code>improvement_month_12</code>, <code>&lt;b&gt;</code> and improvement infusion\u{a0}4 by")
    );
    assert!(page.contains("published hc3") && !page.contains(">published_hc3<"));
}

#[test]
fn a_study_without_assessments_is_answered_by_how_many_tests_are_small() {
    let inputs = Inputs { trajectory: study::nothing().trajectory, ..study::study(12) };
    let page = text(&run(&params(serde_json::json!({})), inputs).expect("a report"), "report.html");
    let answer =
        page.split_once("The answer</h2>").and_then(|(_, rest)| rest.split_once("</section>")).expect("an answer").0;
    assert_eq!(answer.matches("<p>").count(), 3);
    assert!(
        answer.contains("p below 0.05 before adjustment for many tests")
            && answer.contains("Whether people improved was not asked")
    );
}

#[test]
fn what_is_not_built_is_refused_by_name() {
    let problems = Report::check(&params(serde_json::json!({"formats": ["html", "pdf"]})), &Vocabulary::default());
    assert_eq!((problems[0].code, problems[0].message.contains("`pdf`")), ("not_built", true));
}
