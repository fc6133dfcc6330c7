//! The steps against the numbers of R and of independent programs, kept beside their scripts in
//! `tests/reference/normalization`.

use serde_json::{Value, json};

use super::below_lod::censored::LogNormal;
use super::impute::qrilc::Censored;
use super::sample::vsn::calibrate;
use super::transform::glog;
use super::*;
use crate::statistics::descriptive;

macro_rules! file {
    ($name:literal) => {
        read(include_str!(concat!("../../../tests/reference/normalization/", $name)))
    };
}

struct Matrix {
    names: Vec<String>,
    rows: Vec<Vec<f64>>,
}

fn read(text: &str) -> Matrix {
    let mut lines = text.lines();
    let names = lines.next().unwrap().split(',').map(str::to_owned).collect();
    let cell = |cell: &str| if cell.is_empty() { f64::NAN } else { cell.parse().unwrap() };
    Matrix { names, rows: lines.map(|line| line.split(',').map(cell).collect()).collect() }
}

impl Matrix {
    fn map(mut self, of: fn(f64) -> f64) -> Matrix {
        self.rows.iter_mut().flatten().for_each(|value| *value = of(*value));
        self
    }

    /// The same without some columns.
    fn without(mut self, columns: &[usize]) -> Matrix {
        let keep = |at: &usize| !columns.contains(at);
        let kept: Vec<usize> = (0..self.names.len()).filter(keep).collect();
        self.names = kept.iter().map(|&at| self.names[at].clone()).collect();
        self.rows.iter_mut().for_each(|row| *row = kept.iter().map(|&at| row[at]).collect());
        self
    }

    fn sheet(&self) -> Sheet {
        let samples = (0..self.rows.len()).map(|row| format!("s{row}")).collect();
        let mut grid = Grid::missing(samples, self.names.clone());
        for (row, values) in self.rows.iter().enumerate() {
            values.iter().enumerate().for_each(|(analyte, value)| grid.set(row, analyte, *value));
        }
        Sheet::plain(grid)
    }
}

fn run(step: Value, sheet: &Sheet) -> Normalized {
    let recipe: Recipe = serde_json::from_value(json!({ "steps": [step] })).unwrap();
    let rows: Vec<usize> = (0..sheet.grid.samples.len()).collect();
    recipe.fit(sheet, &rows, 1).unwrap().apply(sheet)
}

#[track_caller]
fn agree(grid: &Grid, expected: &Matrix, relative: f64) {
    for (row, values) in expected.rows.iter().enumerate() {
        for (analyte, expected) in values.iter().enumerate() {
            let found = grid.get(row, analyte);
            let close = (found - expected).abs() <= relative * expected.abs().max(1e-3);
            assert!(close || (found.is_nan() && expected.is_nan()), "row {row}, analyte {analyte}: {found} {expected}");
        }
    }
}

#[test]
fn nearest_neighbours_are_those_of_impute_knn() {
    let logs = file!("matrix.csv").map(libm::log);
    let knn = |neighbours| json!({"impute": {"method": "knn", "k": 5, "neighbours": neighbours}});
    let out = run(knn("analytes"), &logs.sheet());
    agree(&out.scaled, &file!("knn_analytes.csv"), 1e-12);
    for (cell, imputed) in out.imputed.iter().enumerate() {
        assert_eq!(*imputed, logs.rows[cell % 24][cell / 24].is_nan());
    }
    let out = run(knn("samples"), &file!("knn_samples_data.csv").sheet());
    agree(&out.scaled, &file!("knn_samples.csv"), 1e-12);
}

#[test]
fn quantiles_are_those_of_preprocess_core_with_ties_and_gaps() {
    let step = json!({"sample": {"method": "quantile"}});
    let data = file!("quantile_data.csv");
    agree(&run(step.clone(), &data.sheet()).scaled, &file!("quantile.csv"), 1e-12);
    let full = data.map(|value| if value.is_nan() { 7.0 } else { value });
    agree(&run(step, &full.sheet()).scaled, &file!("quantile_full.csv"), 1e-12);
}

#[test]
fn censored_maximum_likelihood_is_that_of_survreg() {
    let data = file!("matrix.csv");
    let expected = file!("censored.csv");
    assert!(expected.rows.len() > 80);
    for row in expected.rows {
        let values = data.rows.iter().map(|values| values[row[0] as usize]).filter(|value| !value.is_nan());
        let (above, below): (Vec<f64>, Vec<f64>) = values.partition(|value| *value >= row[1]);
        let logs: Vec<f64> = above.into_iter().map(libm::log).collect();
        let law = LogNormal::fit(&logs, libm::log(row[1]), below.len()).unwrap();
        assert!((law.mean - row[2]).abs() < 1e-8 * row[2].abs().max(1.0), "{law:?} {row:?}");
        assert!((law.sd / row[3] - 1.0).abs() < 1e-8, "{law:?} {row:?}");
    }
}

#[test]
fn each_scaling_is_that_of_rs_scale() {
    let of = |method: &str, data: Matrix| run(json!({"scale": {"method": method}}), &data.sheet()).scaled;
    let raw = || file!("matrix.csv").without(&[3, 8]);
    let logs = || raw().map(libm::log);
    agree(&of("auto", logs()), &file!("scale_auto.csv"), 1e-11);
    agree(&of("pareto", logs()), &file!("scale_pareto.csv"), 1e-11);
    agree(&of("range", logs()), &file!("scale_range.csv"), 1e-11);
    agree(&of("center", logs()), &file!("scale_center.csv"), 1e-11);
    agree(&of("robust", logs()), &file!("scale_robust.csv"), 1e-11);
    agree(&of("vast", raw()), &file!("scale_vast.csv"), 1e-11);
    agree(&of("level", raw()), &file!("scale_level.csv"), 1e-11);
}

#[test]
fn the_law_of_a_censored_sample_is_the_line_of_quantiles_that_lm_draws() {
    let logs = file!("matrix.csv").map(libm::log);
    for row in file!("qrilc.csv").rows {
        let present = descriptive::present(&logs.rows[row[0] as usize]);
        let law = Censored::fit(&present, 30 - present.len()).unwrap();
        assert!((law.mean - row[1]).abs() < 1e-11 && (law.sd / row[2] - 1.0).abs() < 1e-11, "{law:?} {row:?}");
    }
}

#[test]
fn lambda_is_where_rs_optimize_finds_the_likelihood_highest() {
    let data = file!("matrix.csv");
    let group = |at: usize| descriptive::present(&data.rows.iter().map(|row| row[at]).collect::<Vec<_>>());
    let groups: Vec<Vec<f64>> = (0..30).map(group).collect();
    let expected = file!("glog.csv").rows[0][0];
    let lambda = glog::estimate(&groups).unwrap().lambda();
    assert!((lambda / expected - 1.0).abs() < 1e-5, "{lambda} {expected}");
    // A change of unit changes λ by its square and nothing else.
    let scaled: Vec<Vec<f64>> = groups.iter().map(|group| group.iter().map(|y| y * 1e-4).collect()).collect();
    assert!((glog::estimate(&scaled).unwrap().lambda() / (lambda * 1e-8) - 1.0).abs() < 1e-10);
}

#[test]
fn vsn_is_where_an_independent_climb_ends_and_each_sample_finds_its_place_alone() {
    let data = file!("vsn_data.csv");
    let out = run(json!({"sample": {"method": "vsn"}}), &data.sheet());
    agree(&out.scaled, &file!("vsn.csv"), 1e-7);
    assert_eq!((out.scale.as_str(), out.notes[0].remarks.len()), ("vsn (arsinh)", 0));
    agree(&out.before_transform, &data, 0.0);
    let fit = file!("vsn_fit.csv");
    let sizes: Vec<f64> = data
        .rows
        .iter()
        .map(|row| descriptive::median(&descriptive::present(row).iter().map(|y| y.abs()).collect::<Vec<_>>()).unwrap())
        .collect();
    let unit = descriptive::median(&sizes).unwrap();
    let rows: Vec<Vec<f64>> = data.rows.iter().map(|row| row.iter().map(|value| value / unit).collect()).collect();
    let learned = calibrate(&rows).unwrap();
    assert!(learned.converged && (learned.variance.sqrt() / fit.rows[0][1] - 1.0).abs() < 1e-9, "{learned:?}");
}

#[test]
fn iterative_svd_ends_where_filling_and_decomposing_ends() {
    let data = file!("matrix.csv").without(&[3, 8]).map(libm::log);
    let out = run(json!({"impute": {"method": "svd", "components": 2}}), &data.sheet());
    agree(&out.scaled, &file!("svd.csv"), 1e-8);
    assert!(out.notes[0].remarks.is_empty());
}
