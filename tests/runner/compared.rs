//! `diff` and `graph`.

use std::collections::BTreeMap;

use stages::screen::schema::{AssociationRow, Associations};

use super::{json, lines, once, steady, twice};
use crate::common::Study;

#[test]
fn diff_shows_the_setting_the_tables_and_that_nothing_moved() {
    let study = twice();
    let said = study.run(&["diff", "last~1", "last"]).fine();
    // How many files and columns a stage has is another matter.
    let mut settings = insta::Settings::clone_current();
    settings.add_filter(r"the same \d+ files", "the same FILES");
    settings.add_filter(r"\d+ of \d+ files differ", "SOME of FILES differ");
    settings.add_filter(r"\d+ -> \d+ rows", "OLD -> NEW rows");
    let _counts = settings.bind_to_scope();
    let _steady = steady();
    insta::assert_snapshot!(lines(&said.out, |line| !line.starts_with("columns")), @r"
    old  RUN
    new  RUN

    setting  stages.screen.confidence 0.95 -> 0.9

    ingest     the same FILES
    qc         the same FILES
    normalize  the same FILES
    outcomes   the same FILES
    screen     SOME of FILES differ
      associations.parquet  110 rows
      coefficients.parquet  286 rows
      findings.parquet  OLD -> NEW rows
    predict    the same FILES
    report     SOME of FILES differ
      report.html

    110 associations compared: 0 moved, 0 crossed a threshold, 0 only old, 0 only new
    ");
    let columns = said.out.lines().find(|line| line.starts_with("columns")).unwrap_or_default().to_owned();
    assert!(columns.contains("confidence (") && columns.contains("conf_high ("), "{columns}");
    assert_eq!(
        study.run(&["diff", "last~1"]).fine().out.replace("now", "RUN").lines().count(),
        said.out.lines().count()
    );
}

/// By their key, the rows whose estimate, error, p, adjusted p or status differ: a second count.
fn moved(old: &[AssociationRow], new: &[AssociationRow]) -> Vec<(Vec<String>, bool)> {
    let key = |row: &AssociationRow| {
        [&row.model, &row.outcome, &row.predictor, &row.stratum, &row.analyte].map(String::clone).to_vec()
    };
    let new: BTreeMap<Vec<String>, &AssociationRow> = new.iter().map(|row| (key(row), row)).collect();
    let numbers = |row: &AssociationRow| (row.estimate, row.std_error, row.p_value, row.p_adjusted, row.status.clone());
    let small = |p: Option<f64>| p.map(|p| p < 0.05);
    let crossed = |a: &AssociationRow, b: &AssociationRow| {
        small(a.p_value) != small(b.p_value)
            || small(a.p_adjusted) != small(b.p_adjusted)
            || a.status != b.status
            || a.estimate.map(f64::signum) != b.estimate.map(f64::signum)
    };
    let rows = old.iter().filter_map(|row| Some((row, *new.get(&key(row))?)));
    let differs = rows.filter(|(a, b)| numbers(a) != numbers(b));
    let mut moved: Vec<(Vec<String>, bool)> = differs.map(|(a, b)| (key(a), crossed(a, b))).collect();
    moved.sort();
    moved
}

#[test]
fn diff_finds_every_association_that_moved_and_every_one_that_crossed_a_threshold() {
    let study = once();
    let before = study.table::<Associations>("screen").rows();
    // One participant's measurements go: tests lose a row, and some p cross.
    study.edit(|text| text.replace("method: bh ", "method: bonferroni "));
    let table = std::fs::read_to_string(study.path("data/madrs.csv")).unwrap();
    let last = table.trim_end().rsplit_once('\n').unwrap().1.split(',').next().unwrap().to_owned();
    let kept: String = table.lines().filter(|line| !line.starts_with(&last)).map(|line| format!("{line}\n")).collect();
    study.write("data/madrs.csv", &kept);
    study.run(&["run"]).fine();
    let after = study.table::<Associations>("screen").rows();
    let told = json(&study.run(&["diff", "last~1", "--json"]).fine());
    let found = told["difference"]["associations"]["moved"].as_array().unwrap();
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    let pair = |found: &serde_json::Value| {
        let key: Vec<String> = found["association"].as_array().unwrap().iter().map(text).collect();
        (key, !found["crossed"].as_array().unwrap().is_empty())
    };
    let mut found: Vec<(Vec<String>, bool)> = found.iter().map(pair).collect();
    found.sort();
    let expected = moved(&before, &after);
    assert!(expected.len() > 50 && expected.iter().any(|(_, crossed)| *crossed), "the study moves");
    assert_eq!(found, expected);
    let said = study.run(&["diff", "last~1"]).fine();
    for words in ["input    madrs.csv (assessments)", "stages.screen.multiplicity.method", "standard errors", "(--all)"]
    {
        assert!(said.out.contains(words), "{words}\n{}", said.out);
    }
}

#[test]
fn diff_says_when_results_were_collected() {
    let study = twice();
    study.run(&["gc", "--keep-runs", "1"]).fine();
    let said = study.run(&["diff", "last~1", "last"]).fine();
    assert!(said.out.contains("screen     not compared: the result of "), "{}", said.out);
    assert!(said.out.contains("was collected"), "{}", said.out);
    assert!(said.out.contains("ingest     the same "), "{}", said.out);
    assert!(said.out.contains("associations cannot be compared"), "{}", said.out);
}

#[test]
fn a_graph_is_coloured_by_how_each_stage_stands() {
    let study = once();
    study.edit(|text| text.replace("confidence: 0.95", "confidence: 0.9"));
    let file = study.path("outputs/qc/flow.parquet");
    std::fs::remove_file(&file).unwrap();
    let mermaid = study.run(&["graph"]).fine().out;
    for words in [
        "flowchart LR",
        "ingest[\"ingest<br/>cached\"]:::cached",
        "qc[\"qc<br/>altered\"]:::altered",
        "screen[\"screen<br/>outdated\"]:::outdated",
        "normalize[\"normalize<br/>maybe\"]:::maybe",
        "[/\"madrs.csv (assessments)\"/] --> ingest",
    ] {
        assert!(mermaid.contains(words), "{words}\n{mermaid}");
    }
    let dot = study.run(&["graph", "--format", "dot"]).fine().out;
    assert!(dot.contains("qc [label=\"qc\\naltered\", fillcolor=\"#f4cccc\"];"), "{dot}");
    let fresh = Study::of_the_repository();
    assert!(fresh.run(&["graph"]).fine().out.contains("ingest[\"ingest<br/>never run\"]:::never_run"));
}
