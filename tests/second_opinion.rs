//! Every number of the default study against a second computation of it, which shares nothing with the program.
//!
//! `reference/default` holds the numbers beside the scripts that made them from `data/` alone, with numpy, scipy,
//! statsmodels and scikit-learn. What is not random is met to a relative 1e-9. What is random was drawn there with other
//! draws: a permutation p, a bootstrap limit and a share of failed resamples agree within the Monte-Carlo error of both.

use std::collections::BTreeMap;
use std::path::PathBuf;

use stages::contract::schema::Schema;
use stages::predict::schema::Performance;
use stages::screen::schema::{AssociationRow, Associations, Coefficients, Fits, Influence};
use stages::{normalize, outcomes, predict, qc};

use crate::common::{Study, repository};
use crate::sheet::Sheet;

const TOLERANCE: f64 = 1e-9;
/// Permutations behind the reference's p of the prediction.
const REFERENCE_DRAWS: f64 = 9999.0;
/// Standard errors allowed between two Monte-Carlo numbers: one in 150 000 is beyond by chance, 440 are compared, and the
/// draws of both sides are fixed.
const STANDARD_ERRORS: f64 = 4.5;

type Cells = BTreeMap<String, String>;

fn folder() -> PathBuf {
    repository().join("tests/reference/default")
}

/// Compares one table; gives how many cells were compared.
fn second<S: Schema>(study: &Study, stage: &str) -> usize {
    second_but::<S>(study, stage, &["permutation_p"])
}

fn second_but<S: Schema>(study: &Study, stage: &str, others: &[&str]) -> usize {
    let expected = Sheet::reference::<S>(&folder()).without(others);
    expected.assert_met_by(&Sheet::made::<S>(study, stage), TOLERANCE)
}

fn number(cells: &Cells, column: &str) -> f64 {
    cells[column].parse().unwrap_or_else(|_| panic!("{column} is a number: {:?}", cells[column]))
}

/// Compares one column of the screen whose numbers are small differences of larger ones. In the rows of the logistic model
/// they keep the absolute error of those, which `allowed` gives; elsewhere, and where it is less, a relative 1e-9 is met.
#[track_caller]
fn difference<S: Schema>(study: &Study, column: &str, allowed: impl Fn(&Cells) -> f64) -> usize {
    let (expected, found) = (Sheet::reference::<S>(&folder()), Sheet::made::<S>(study, "screen"));
    for (key, cells) in &expected.rows {
        let (wanted, ours) = (number(cells, column), number(&found.rows[key], column));
        let floor = if key[0] == "remission" { allowed(cells) } else { 0.0 };
        let tolerance = floor.max(TOLERANCE * wanted.abs());
        assert!((ours - wanted).abs() <= tolerance, "{key:?} {column}: {ours} instead of {wanted} ± {tolerance}");
    }
    expected.rows.len()
}

#[test]
fn every_number_of_the_default_study_is_found_a_second_time() {
    let study = Study::of_the_repository();
    study.run(&["run"]).fine();
    let mut compared = 0;
    compared += second::<qc::schema::AnalyteQuality>(&study, "qc");
    compared += second::<qc::schema::SampleQuality>(&study, "qc");
    compared += second::<normalize::schema::Changes>(&study, "normalize");
    compared += second::<outcomes::schema::Trajectory>(&study, "outcomes");
    compared += second::<outcomes::schema::Endpoints>(&study, "outcomes");
    compared += second::<outcomes::schema::Rates>(&study, "outcomes");
    compared += second_but::<Associations>(&study, "screen", &["statistic"]);
    compared += second_but::<Fits>(&study, "screen", &["r_squared"]);
    compared += second_but::<Coefficients>(&study, "screen", &["statistic"]);
    compared += second_but::<Influence>(&study, "screen", &["dfbeta", "dfbetas"]);
    compared += second::<predict::schema::Performance>(&study, "predict");
    compared += second::<predict::schema::Predictions>(&study, "predict");

    // The square of the statistic is the difference of two deviances of up to 35, each exact to some 1e-14.
    let root = |cells: &Cells| 1e-13 / number(cells, "statistic").abs();
    compared += difference::<Associations>(&study, "statistic", root);
    compared += difference::<Coefficients>(&study, "statistic", root);
    compared += difference::<Fits>(&study, "r_squared", |_| 1e-14);
    // Both estimates are met to a relative 1e-9; what the participant does to them may be a millionth of either.
    let estimates = |cells: &Cells| TOLERANCE * number(cells, "loo_estimate").abs();
    compared += difference::<Influence>(&study, "dfbeta", estimates);
    compared += difference::<Influence>(&study, "dfbetas", |cells| {
        estimates(cells) * (number(cells, "dfbetas") / number(cells, "dfbeta")).abs()
    });
    assert!(compared > 44_000, "{compared} cells were compared");
}

/// The p at 999 draws has an error of 0.016 about one half; at 19 999 the reference's own 0.005 remains. Four standard
/// errors of the difference: one in sixteen thousand is beyond by chance, and the draws of both sides are fixed.
#[test]
fn permutation_p_values_agree_with_brute_force_within_their_monte_carlo_error() {
    let expected = Sheet::reference::<Performance>(&folder());
    for draws in ["999", "19999"] {
        let study = Study::of_the_repository();
        if draws != "999" {
            study.edit(|text| text.replace("permutations: 999", &format!("permutations: {draws}")));
        }
        study.run(&["run", "predict"]).fine();
        let found = Sheet::made::<Performance>(&study, "predict");
        assert_eq!(expected.rows.len(), 14);
        for (key, cells) in &expected.rows {
            let p: f64 = cells["permutation_p"].parse().unwrap();
            let ours: f64 = found.rows[key]["permutation_p"].parse().unwrap();
            let error = (p * (1.0 - p) * (1.0 / draws.parse::<f64>().unwrap() + 1.0 / REFERENCE_DRAWS)).sqrt();
            assert!((ours - p).abs() <= 4.0 * error, "{key:?}: {ours} of {draws} draws instead of {p} ± {error}");
        }
    }
}

/// The screen's associations, each with its row of one of the Monte-Carlo references.
fn beside(file: &str) -> Vec<(AssociationRow, Cells)> {
    let study = Study::of_the_repository();
    study.run(&["run", "screen"]).fine();
    let mut reader = csv::Reader::from_path(folder().join(file)).unwrap();
    let cells = reader.deserialize::<Cells>().map(Result::unwrap);
    let key =
        |cells: &Cells| ["model", "outcome", "predictor", "stratum", "analyte"].map(|column| cells[column].clone());
    let mut expected: BTreeMap<_, _> = cells.map(|cells| (key(&cells), cells)).collect();
    let rows = study.table::<Associations>("screen").rows();
    assert_eq!((rows.len(), expected.len()), (110, 110));
    let pair = |row: AssociationRow| {
        let own = [&row.model, &row.outcome, &row.predictor, &row.stratum, &row.analyte].map(String::clone);
        let cells = expected.remove(&own).expect("the reference has every test");
        (row, cells)
    };
    rows.into_iter().map(pair).collect()
}

/// Two shares, each with its number of draws: within a number of standard errors of their difference, were both draws of
/// the same chance.
#[track_caller]
fn same_chance((a, of_a): (f64, f64), (b, of_b): (f64, f64), standard_errors: f64, what: &str) {
    let chance = (a * of_a + b * of_b) / (of_a + of_b);
    let error = (chance * (1.0 - chance) * (1.0 / of_a + 1.0 / of_b)).sqrt();
    assert!((a - b).abs() <= standard_errors * error, "{what}: {a} instead of {b} ± {error}");
}

#[test]
fn permuted_residuals_and_scores_give_the_p_of_other_permutations() {
    for (row, cells) in beside("permuted.csv") {
        let (draws, theirs) = (row.orderings.unwrap() as f64, number(&cells, "draws"));
        let both = [
            ("p_permutation", row.p_permutation, row.p_permutation_std_error),
            ("p_max_t", row.p_max_t, row.p_max_t_std_error),
        ];
        for (column, p, std_error) in both {
            let (p, std_error) = (p.unwrap(), std_error.unwrap());
            let what = format!("{}, {}, {}: {column}", row.model, row.outcome, row.analyte);
            same_chance((p, draws), (number(&cells, column), theirs), STANDARD_ERRORS, &what);
            let binomial = (p * (1.0 - p) / draws).sqrt();
            assert!((std_error - binomial).abs() <= 1e-3 * binomial, "{what}: its standard error is {std_error}");
        }
    }
}

/// The reference holds the standard deviation of each limit from 2000 draws, in the median 2.2 % of the interval's width
/// (and 5.6 % at most, where resamples are nearly separated); its own 20 000 draws add a tenth of the variance.
#[test]
fn resampled_participants_give_the_limits_of_other_resamples() {
    for (row, cells) in beside("resampled.csv") {
        let (draws, theirs) = (row.boot_draws.unwrap() as f64, number(&cells, "draws"));
        let what = format!("{}, {}, {}", row.model, row.outcome, row.analyte);
        for (side, limit) in [("low", row.boot_low), ("high", row.boot_high)] {
            let (ours, wanted) = (limit.unwrap(), number(&cells, &format!("boot_{side}")));
            let error = number(&cells, &format!("{side}_deviation")) * (1.0 + draws / theirs).sqrt();
            assert!(
                (ours - wanted).abs() <= STANDARD_ERRORS * error,
                "{what}: boot_{side} is {ours} instead of {wanted} ± {error}"
            );
        }
        let failed = (row.boot_failed.unwrap() as f64 / draws, draws);
        same_chance(failed, (number(&cells, "boot_failed") / theirs, theirs), 5.0, &format!("{what}: boot_failed"));
    }
}
