//! NIST's two polynomials of the fifth degree, whose exact coefficients are known, through the one-table study.
//!
//! Both fit without error, so that a row keeps its estimate alone: each power takes its turn as the tested one, the
//! other four as covariates. The condition number of the scaled design is 2220.

use std::fmt::Write;

use stages::screen::schema::{Associations, Fits};

use crate::common::{Study, repository};

/// Runs the five models on one dataset; model `m3` tests x3.
fn wampler(dataset: &str) -> Study {
    let study = Study::empty();
    study.copy(&repository().join(format!("tests/reference/nist/{dataset}.csv")));
    let (mut columns, mut models) = ("        y: {kind: number}\n".to_owned(), String::new());
    for tested in 1..=5 {
        let others: Vec<_> = (1..=5).filter(|power| *power != tested).map(|power| format!("x{power}")).collect();
        writeln!(columns, "        x{tested}: {{kind: number}}").unwrap();
        let settings = format!("outcomes: [y], predictor: {{level: baseline}}, covariates: [{}]", others.join(", "));
        writeln!(models, "      m{tested}: {{{settings}}}").unwrap();
    }
    study.write(
        "pipeline.yaml",
        &format!(
            "study: {{title: Wampler, seed: 1, data: .}}
stages:
  ingest:
    participants:
      file: {dataset}.csv
      id: id
      columns:
{columns}    metabolites: {{file: {dataset}.csv, layout: wide, participant: id, analytes: [\"x?\"], values: transformed}}
  outcomes: {{endpoints: {{y: {{kind: column}}}}}}
  screen:
    models:
{models}"
        ),
    );
    study.run(&["run", "screen"]).fine();
    study
}

#[test]
fn wamplers_polynomials_are_solved_to_ten_digits() {
    for (dataset, base) in [("wampler1", 1.0), ("wampler2", 0.1_f64)] {
        let study = wampler(dataset);
        let (associations, fits) = (study.table::<Associations>("screen").rows(), study.table::<Fits>("screen").rows());
        for power in 1..=5 {
            let (model, analyte, exact) = (format!("m{power}"), format!("x{power}"), base.powi(power));
            let found = associations.iter().find(|row| row.model == model && row.analyte == analyte).unwrap();
            assert_eq!((found.status.as_str(), found.std_error), ("perfect_fit", None), "{dataset} {analyte}");
            let error = (found.estimate.unwrap() / exact - 1.0).abs();
            assert!(error < 1e-10, "{dataset} {analyte}: {:?} instead of {exact}", found.estimate);
            let fit = fits.iter().find(|row| row.model == model && row.analyte == analyte).unwrap();
            assert!((fit.condition.unwrap() / 2220.208 - 1.0).abs() < 1e-6, "{fit:?}");
        }
    }
}
