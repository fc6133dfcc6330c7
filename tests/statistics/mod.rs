//! The screen's statistics against R and against published numbers, through the whole pipeline.
//!
//! `reference/r` holds R 4.2's numbers beside the scripts that made them. Each story writes a one-table study, runs the
//! program and reads its tables.

mod beside;
mod coupling;
mod families;
mod firth;
mod many_tests;
mod page;
mod questions;
mod robust;
mod simulation;
mod trouble;

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::{Path, PathBuf};

use stages::screen::schema::{AssociationRow, Associations, CoefficientRow, Coefficients, FitRow, Fits};

use crate::common::{Study, repository};

/// A row of a reference table by column name.
pub type Row = BTreeMap<String, String>;

/// A reference table.
pub fn reference(path: &Path) -> Vec<Row> {
    let mut reader = csv::Reader::from_path(path).unwrap_or_else(|e| panic!("{} can be read: {e}", path.display()));
    let header: Vec<String> = reader.headers().expect("a header").iter().map(str::to_owned).collect();
    let row = |record: csv::StringRecord| header.iter().cloned().zip(record.iter().map(str::to_owned)).collect();
    reader.records().map(|record| row(record.expect("a row"))).collect()
}

/// R's table of a name.
pub fn of_r(name: &str) -> Vec<Row> {
    reference(&r(name))
}

pub fn r(name: &str) -> PathBuf {
    repository().join("tests/reference/r").join(name)
}

/// A number of a reference table.
pub fn number(row: &Row, column: &str) -> f64 {
    maybe(row, column).unwrap_or_else(|| panic!("{column} holds a number, not {:?}", row[column]))
}

/// A number of a reference table, or none where R has none.
pub fn maybe(row: &Row, column: &str) -> Option<f64> {
    match row[column].as_str() {
        "Inf" => Some(f64::INFINITY),
        text => text.parse().ok(),
    }
}

/// Asserts that two numbers agree to a tolerance, relative or to a scale where that is larger.
#[track_caller]
pub fn near(found: Option<f64>, expected: f64, scale: f64, tolerance: f64, what: &str) {
    let Some(found) = found else { panic!("{what}: missing, expected {expected:e}") };
    if found == expected {
        return;
    }
    let error = (found - expected).abs() / expected.abs().max(scale.abs());
    assert!(error <= tolerance, "{what}: {found:e} instead of {expected:e}, off by {error:e}");
}

/// Asserts that two numbers agree to a relative tolerance.
#[track_caller]
pub fn agree(found: Option<f64>, expected: f64, tolerance: f64, what: &str) {
    near(found, expected, if expected == 0.0 { 1.0 } else { 0.0 }, tolerance, what);
}

/// A cell of `cohort.csv` and the tables beside it, joined by id.
pub fn joined() -> Vec<Row> {
    let mut rows = of_r("cohort.csv");
    for other in ["counts.csv", "clusters.csv"] {
        let by_id: BTreeMap<String, Row> = of_r(other).into_iter().map(|row| (row["id"].clone(), row)).collect();
        for row in &mut rows {
            row.extend(by_id[&row["id"]].clone());
        }
    }
    rows
}

/// The one-table study of R's cohort, with these models and further settings of the screen.
pub fn cohort(models: &[(&str, &str)], screen: &str) -> Study {
    cohort_of(&joined(), models, screen)
}

/// The same of other rows.
pub fn cohort_of(rows: &[Row], models: &[(&str, &str)], screen: &str) -> Study {
    let study = Study::empty();
    let columns: Vec<&String> = rows[0].keys().collect();
    let line = |row: &Row| columns.iter().map(|column| row[*column].as_str()).collect::<Vec<_>>().join(",");
    let header = columns.iter().map(|column| column.as_str()).collect::<Vec<_>>().join(",");
    let lines: Vec<String> = std::iter::once(header).chain(rows.iter().map(line)).collect();
    study.write("cohort.csv", &(lines.join("\n") + "\n"));
    let mut clusters: Vec<&str> =
        rows.iter().map(|row| row["cluster"].as_str()).filter(|code| !code.is_empty()).collect();
    clusters.sort_unstable();
    clusters.dedup();
    let mut list = String::new();
    for (name, settings) in models {
        writeln!(list, "      {name}: {{predictor: {{level: baseline}}, {settings}}}").unwrap();
    }
    study.write(
        "pipeline.yaml",
        &format!(
            "study: {{title: One table, seed: 1, data: .}}
stages:
  ingest:
    participants:
      file: cohort.csv
      id: id
      columns:
        age: {{kind: number, unit: years}}
        sex: {{kind: category, levels: [female, male]}}
        site: {{kind: category, levels: [a, b, c]}}
        cluster: {{kind: category, levels: [{}]}}
        madrs0: {{kind: number}}
        improvement: {{kind: number}}
        remission: {{kind: binary}}
        events: {{kind: number}}
        count2: {{kind: number}}
        spend: {{kind: number}}
        cost: {{kind: number}}
    metabolites: {{file: cohort.csv, layout: wide, participant: id, analytes: [\"m??\"], values: transformed}}
  outcomes:
    endpoints:
      improvement: {{kind: column}}
      remission: {{kind: column}}
      events: {{kind: column}}
      count2: {{kind: column}}
      spend: {{kind: column}}
      cost: {{kind: column}}
  screen:
    models:
{list}{screen}",
            clusters.join(", ")
        ),
    );
    study
}

/// The usual covariates of R's models.
pub const ADJUSTED: &str = "covariates: [age, sex, madrs0]";

/// What the screen says, by model, analyte and term or predictor.
pub struct Screened {
    pub associations: Vec<AssociationRow>,
    pub coefficients: Vec<CoefficientRow>,
    pub fits: Vec<FitRow>,
}

impl Screened {
    /// Runs the screen of a study.
    #[track_caller]
    pub fn of(study: &Study) -> Screened {
        study.run(&["run", "screen"]).fine();
        Screened {
            associations: study.table::<Associations>("screen").rows(),
            coefficients: study.table::<Coefficients>("screen").rows(),
            fits: study.table::<Fits>("screen").rows(),
        }
    }

    #[track_caller]
    pub fn association(&self, model: &str, analyte: &str) -> &AssociationRow {
        let found = self.associations.iter().find(|row| row.model == model && row.analyte == analyte);
        found.unwrap_or_else(|| panic!("{model}, {analyte} has a row"))
    }

    #[track_caller]
    pub fn coefficient(&self, model: &str, analyte: &str, term: &str) -> &CoefficientRow {
        let mut rows = self.coefficients.iter().filter(|row| row.model == model && row.analyte == analyte);
        rows.find(|row| row.term == term).unwrap_or_else(|| panic!("{model}, {analyte}, {term} has a row"))
    }

    #[track_caller]
    pub fn fit(&self, model: &str, analyte: &str) -> &FitRow {
        let found = self.fits.iter().find(|row| row.model == model && row.analyte == analyte);
        found.unwrap_or_else(|| panic!("{model}, {analyte} has a fit"))
    }
}
