//! What must not change a result, asked of the whole program.

use std::collections::BTreeMap;

use stages::contract::schema::Schema;
use stages::predict::schema::{Performance, Predictions};
use stages::screen::schema::{Associations, Coefficients, Fits, Influence};
use stages::{normalize, outcomes, qc};

use crate::common::{Study, repository};
use crate::sheet::Sheet;

const FILES: [&str; 5] = ["participants", "madrs", "metabolites", "samples", "panel"];

/// Rewrites a CSV file of the study: the header and the rows go through `change`.
fn rewrite(study: &Study, file: &str, change: impl Fn(Vec<Vec<String>>) -> Vec<Vec<String>>) {
    let path = study.path(&format!("data/{file}.csv"));
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_path(&path).unwrap();
    let rows = reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect();
    let mut writer = csv::Writer::from_path(&path).unwrap();
    change(rows).into_iter().for_each(|row| writer.write_record(row).unwrap());
    writer.flush().unwrap();
}

/// A fixed order of `n` places that no sorting would give: steps of a length that shares no factor with `n`.
fn shuffled(n: usize) -> Vec<usize> {
    let common = |mut a: usize, mut b: usize| {
        while b > 0 {
            (a, b) = (b, a % b);
        }
        a
    };
    let step = (n * 5 / 8..).find(|step| common(*step, n) == 1).unwrap();
    (0..n).map(|i| (i * step + n / 3) % n).collect()
}

fn run(change: impl Fn(&Study)) -> Study {
    let study = Study::of_the_repository();
    change(&study);
    study.run(&["run"]).fine();
    study
}

const BY_ORDER: [&str; 11] = [
    "fold",
    "permutation_p",
    "dropped_participants",
    "loo_flips_by",
    "p_permutation",
    "p_permutation_std_error",
    "p_max_t",
    "p_max_t_std_error",
    "boot_low",
    "boot_high",
    "boot_failed",
];

/// Compares one table of two studies, the first's participants renamed.
fn same<S: Schema>(stage: &str, (a, b): (&Study, &Study), rename: impl Fn(&str) -> String, tolerance: f64) {
    // The order of participants numbers the folds, names the places that chance fills, and orders lists of people.
    let by_order: &[&str] = if tolerance > 0.0 { &BY_ORDER } else { &[] };
    let expected = Sheet::made::<S>(a, stage).renamed(rename).without(by_order);
    expected.assert_met_by(&Sheet::made::<S>(b, stage), tolerance);
}

fn same_results(studies: (&Study, &Study), rename: impl Fn(&str) -> String, tolerance: f64) {
    same::<qc::schema::AnalyteQuality>("qc", studies, &rename, tolerance);
    same::<qc::schema::SampleQuality>("qc", studies, &rename, tolerance);
    same::<normalize::schema::Changes>("normalize", studies, &rename, tolerance);
    same::<outcomes::schema::Trajectory>("outcomes", studies, &rename, tolerance);
    same::<outcomes::schema::Endpoints>("outcomes", studies, &rename, tolerance);
    same::<outcomes::schema::Rates>("outcomes", studies, &rename, tolerance);
    same::<Associations>("screen", studies, &rename, tolerance);
    same::<Fits>("screen", studies, &rename, tolerance);
    same::<Coefficients>("screen", studies, &rename, tolerance);
    same::<Influence>("screen", studies, &rename, tolerance);
    same::<Performance>("predict", studies, &rename, tolerance);
    same::<Predictions>("predict", studies, &rename, tolerance);
}

#[test]
fn the_order_of_rows_and_columns_changes_no_byte_of_any_result() {
    let plain = run(|_| ());
    let permuted = run(|study| {
        for file in FILES {
            rewrite(study, file, |rows| {
                let (columns, below) = (shuffled(rows[0].len()), shuffled(rows.len() - 1));
                let order = std::iter::once(0).chain(below.into_iter().map(|row| row + 1));
                order.map(|row| columns.iter().map(|column| rows[row][*column].clone()).collect()).collect()
            });
        }
    });
    let results = |study: &Study| -> BTreeMap<String, Vec<u8>> {
        let of = |path: &String| {
            ["qc/", "normalize/", "outcomes/", "screen/", "predict/"].iter().any(|s| path.starts_with(s))
        };
        study.shown().into_iter().filter(|(path, _)| of(path)).collect()
    };
    let (plain, permuted) = (results(&plain), results(&permuted));
    assert!(plain.contains_key("screen/associations.parquet"));
    assert!(plain.keys().eq(permuted.keys()));
    let different: Vec<_> = plain.keys().filter(|path| plain[*path] != permuted[*path]).collect();
    assert!(different.is_empty(), "these differ: {different:?}");
}

/// Gives every participant (P01 … P30) another name, wherever one stands.
fn rename_participants(study: &Study, name: impl Fn(&str) -> String) {
    for file in ["participants", "madrs", "samples"] {
        rewrite(study, file, |mut rows| {
            let id = rows[0].iter().position(|column| column == "participant_id").unwrap();
            rows.iter_mut().skip(1).filter(|row| !row[id].is_empty()).for_each(|row| row[id] = name(&row[id]));
            rows
        });
    }
}

/// Sends every participant's name in a text, alone or in a list, through `name`; samples keep theirs (P01_pre).
fn in_text(text: &str, name: impl Fn(&str) -> String) -> String {
    let participant = |part: &str| part.len() == 3 && part.starts_with('P') && part[1..].parse::<u8>().is_ok();
    text.split('"')
        .map(|part| if participant(part) { name(part) } else { part.to_owned() })
        .collect::<Vec<_>>()
        .join("\"")
}

#[test]
fn other_names_in_the_same_order_change_no_bit_of_any_number() {
    let name = |id: &str| format!("person {id}");
    let (plain, renamed) = (run(|_| ()), run(|study| rename_participants(study, name)));
    same_results((&plain, &renamed), |text| in_text(text, name), 0.0);
}

#[test]
fn other_names_in_another_order_change_no_number_beyond_its_rounding() {
    let name = |id: &str| format!("Q{:02}", 31 - id[1..].parse::<u8>().unwrap());
    let (plain, renamed) = (run(|_| ()), run(|study| rename_participants(study, name)));
    // A likelihood ratio near zero is the difference of two sums that are added in another order.
    same_results((&plain, &renamed), |text| in_text(text, name), 1e-8);
}

/// Multiplies an analyte's numbers in these columns of a file by 1000.
fn thousandfold(study: &Study, file: &str, analyte: &str, columns: &[&str]) {
    rewrite(study, file, |mut rows| {
        let header = rows[0].clone();
        let place = |name: &str| header.iter().position(|column| column == name).unwrap();
        for row in rows.iter_mut().filter(|row| row[place("analyte")] == analyte) {
            for column in columns {
                let cell = &mut row[place(column)];
                *cell = (cell.parse::<f64>().unwrap() * 1000.0).to_string();
            }
        }
        rows
    });
}

#[test]
fn an_analyte_in_units_a_thousand_times_smaller_has_the_same_quality_relative_changes_and_associations() {
    let plain = run(|_| ());
    let scaled = run(|study| {
        thousandfold(study, "metabolites", "GABA", &["value"]); // two of its values lie below the limit of detection
        thousandfold(study, "panel", "GABA", &["lod", "plausible_low", "plausible_high"]);
    });
    let (studies, unchanged) = ((&plain, &scaled), str::to_owned);
    same::<qc::schema::AnalyteQuality>("qc", studies, unchanged, 1e-9);
    same::<qc::schema::SampleQuality>("qc", studies, unchanged, 1e-9);
    same::<Associations>("screen", studies, unchanged, 1e-9);
    same::<Performance>("predict", studies, unchanged, 1e-9);
    let relative = |study| {
        let mut sheet =
            Sheet::made::<normalize::schema::Changes>(study, "normalize").without(&["from_value", "to_value"]);
        sheet.rows.retain(|key, _| key[3] != "difference");
        sheet
    };
    assert_eq!(relative(&plain).assert_met_by(&relative(&scaled), 1e-9), 2 * 11 * 30);
}

const ONE_TABLE: &str = "study: {title: One table, seed: 1, data: .}
stages:
  ingest:
    participants:
      file: cohort.csv
      id: id
      columns:
        age: {kind: number, unit: years}
        sex: {kind: category, levels: [female, male]}
        improvement: {kind: number}
    metabolites: {file: cohort.csv, layout: wide, participant: id, analytes: [\"m??\"], values: transformed}
  outcomes: {endpoints: {improvement: {kind: column}}}
  screen:
    models: {m: {outcomes: [improvement], predictor: {level: baseline}, covariates: [age, sex], covariance: hc3, inference: t}}
    sensitivity: [leave_one_out, influence]
";

/// R's cohort with a constant added to its outcome.
fn shifted(constant: f64) -> Study {
    let study = Study::empty();
    let text = std::fs::read_to_string(repository().join("tests/reference/r/cohort.csv")).unwrap();
    let mut lines = text.lines().map(|line| line.split(',').map(str::to_owned).collect::<Vec<_>>());
    let mut rows = vec![lines.next().unwrap()];
    let outcome = rows[0].iter().position(|column| column == "improvement").unwrap();
    rows.extend(lines.map(|mut row| {
        if let Ok(value) = row[outcome].parse::<f64>() {
            row[outcome] = (value + constant).to_string();
        }
        row
    }));
    study.write("cohort.csv", &rows.iter().map(|row| row.join(",") + "\n").collect::<String>());
    study.write("pipeline.yaml", ONE_TABLE);
    study.run(&["run"]).fine();
    study
}

#[test]
fn a_constant_added_to_the_outcome_moves_the_intercept_and_nothing_else() {
    let (plain, moved) = (shifted(0.0), shifted(64.0));
    let unchanged = str::to_owned;
    same::<Associations>("screen", (&plain, &moved), unchanged, 1e-9);
    same::<Fits>("screen", (&plain, &moved), unchanged, 1e-9);
    let of_term = |study: &Study, intercept: bool| {
        let mut sheet = Sheet::made::<Coefficients>(study, "screen");
        sheet.rows.retain(|key, _| (key[5] == "(Intercept)") == intercept);
        sheet
    };
    assert_eq!(of_term(&plain, false).assert_met_by(&of_term(&moved, false), 1e-9), 11 * 3 * 6);
    let (before, after) = (of_term(&plain, true), of_term(&moved, true));
    for (key, cells) in before.rows {
        let number = |cells: &BTreeMap<String, String>, column: &str| cells[column].parse::<f64>().unwrap();
        let other = &after.rows[&key];
        for column in ["estimate", "conf_low", "conf_high"] {
            let step = number(other, column) - number(&cells, column);
            assert!((step - 64.0).abs() < 1e-9, "{key:?} {column} moved by {step}");
        }
    }
}

#[test]
fn replicates_that_are_equal_and_become_one_after_normalization_change_nothing() {
    let plain = run(|_| {});
    let twice = run(|study| {
        let again = |rows: Vec<Vec<String>>, also: &dyn Fn(&[String]) -> Option<Vec<String>>| {
            let more: Vec<Vec<String>> = rows.iter().filter_map(|row| also(row)).collect();
            rows.into_iter().chain(more).collect::<Vec<_>>()
        };
        rewrite(study, "samples", |rows| {
            let place = |name: &str| rows[0].iter().position(|head| head == name).unwrap();
            let (kind, order) = (place("type"), place("injection_order"));
            let with = |row: &[String], name: &str, replicate: &str| {
                let mut row = row.to_vec();
                row[0].push_str(name);
                row[order].clear();
                row.into_iter().chain([replicate.to_owned()]).collect::<Vec<String>>()
            };
            let mut head = rows[0].clone();
            head.push("replicate".to_owned());
            let is_study = |row: &&Vec<String>| row[kind] == "study";
            let first = rows[1..].iter().map(|row| with(row, "", if is_study(&row) { "1" } else { "" }));
            let second = rows[1..].iter().filter(is_study).map(|row| with(row, " β", "2"));
            std::iter::once(head).chain(first).chain(second).collect()
        });
        rewrite(study, "metabolites", |rows| {
            again(rows, &|row| {
                let mut row = row.to_vec();
                let is_study = row[0].starts_with('P');
                row[0].push_str(" β");
                is_study.then_some(row)
            })
        });
        let old = "    samples:\n      max_missing";
        let new = "    samples:\n      replicates: {combine: mean, after_normalize: true}\n      max_missing";
        study.edit(|text| text.replacen(old, new, 1));
    });
    let same_name = |name: &str| name.to_owned();
    same::<normalize::schema::Changes>("normalize", (&plain, &twice), same_name, 0.0);
    same::<Associations>("screen", (&plain, &twice), same_name, 0.0);
    same::<Performance>("predict", (&plain, &twice), same_name, 0.0);
    same::<Predictions>("predict", (&plain, &twice), same_name, 0.0);
}
