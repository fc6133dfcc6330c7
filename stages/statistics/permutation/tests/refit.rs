//! The statistics of every draw against a fit made anew.

use faer::Mat;

use super::*;
use crate::statistics::covariance::{Covariance, covariance};
use crate::statistics::fit::fit;

const KINDS: [Covariance; 5] = [Covariance::Model, Covariance::Hc0, Covariance::Hc1, Covariance::Hc2, Covariance::Hc3];

/// Fits y on covariates and predictor: t².
fn t2(cohort: &Cohort, predictor: usize, y: &[f64], kind: Covariance) -> f64 {
    let design = cohort.design(Some(predictor));
    let fit = fit(&design, y).unwrap();
    let last = design.rank() - 1;
    fit.coefficients[last].powi(2) / covariance(&fit, kind).unwrap()[(last, last)]
}

/// Freedman and Lane's outcome of one draw.
fn outcome(cohort: &Cohort, donors: &[usize]) -> Vec<f64> {
    let null = fit(&cohort.design(None), &cohort.y).unwrap();
    add(&null.fitted, &pick(&null.residuals, donors))
}

#[track_caller]
fn close(value: f64, expected: f64) {
    // The rounding of t² is that of 1 − r².
    assert!((value - expected).abs() <= 1e-10 * expected.max(1.0), "{value:e} is not {expected:e}");
}

fn block(cohort: &Cohort, rows: Vec<usize>, kind: Covariance) -> Block {
    Block::freedman_lane(rows, &cohort.design(None), &cohort.y, kind, &cohort.metabolites).unwrap()
}

#[test]
fn every_draw_is_the_refit_of_its_outcome() {
    for (n, covariates, seed) in [(8, 2, 1), (12, 2, 2), (10, 0, 3)] {
        let cohort = Cohort::new(seed, n, covariates, 3);
        for kind in KINDS {
            let blocks = [block(&cohort, (0..n).collect(), kind)];
            let (donors, statistics) = engine(n, &blocks, &settings(150));
            for (draw, donors) in donors[0].iter().enumerate() {
                let y = outcome(&cohort, donors);
                for (test, column) in statistics.iter().enumerate() {
                    close(column[draw], t2(&cohort, test, &y, kind));
                }
            }
        }
    }
}

#[test]
fn blocks_with_other_complete_cases_and_strata_are_refits_of_their_own() {
    let cohort = Cohort::new(4, 14, 1, 2);
    let codes: Vec<usize> = (0..14).map(|participant| participant % 2).collect();
    let rows = [(0..14).collect(), vec![0, 1, 2, 4, 5, 7, 8, 9, 11, 12, 13], vec![1, 2, 3, 4, 6, 7, 9, 10, 12]];
    let blocks: Vec<Block> = rows.iter().map(|rows| block(&cohort.at(rows), rows.clone(), Covariance::Hc3)).collect();
    let settings = Settings { strata: Some(&codes), ..settings(60) };
    let (donors, statistics) = engine(14, &blocks, &settings);
    for (index, (rows, donors)) in rows.iter().zip(&donors).enumerate() {
        let cases = cohort.at(rows);
        for (draw, donors) in donors.iter().enumerate() {
            assert!(donors.iter().enumerate().all(|(row, &donor)| rows[row] % 2 == rows[donor] % 2));
            let y = outcome(&cases, donors);
            (0..2).for_each(|test| close(statistics[2 * index + test][draw], t2(&cases, test, &y, Covariance::Hc3)));
        }
    }
}

#[test]
fn the_observed_statistic_is_the_models_own() {
    let cohort = Cohort::new(5, 25, 2, 4);
    for kind in KINDS {
        let result = run(25, &[block(&cohort, (0..25).collect(), kind)], &[], &settings(9));
        for (test, permuted) in result.tests[0].iter().enumerate() {
            close(permuted.unwrap().statistic.powi(2), t2(&cohort, test, &cohort.y, kind));
        }
    }
}

/// The score statistic of one draw, word for word: the predictor's residual moves, score and weight stay.
fn score_statistic(cohort: &Cohort, test: usize, score: &[f64], weight: &[f64], donors: &[usize]) -> f64 {
    let residuals = fit(&cohort.design(None), &cohort.metabolites[test]).unwrap().residuals;
    // Row i takes the score of row donors[i]; so the predictor of row i goes to row donors[i].
    let mut x = vec![0.0; residuals.len()];
    donors.iter().zip(&residuals).for_each(|(&donor, residual)| x[donor] = *residual);
    let z = cohort.design(None).matrix().clone();
    let (n, q) = (z.nrows(), z.ncols());
    let zwz = Mat::from_fn(q, q, |a, b| (0..n).map(|i| weight[i] * z[(i, a)] * z[(i, b)]).sum::<f64>());
    let zwx = Mat::from_fn(q, 1, |a, _| (0..n).map(|i| weight[i] * z[(i, a)] * x[i]).sum::<f64>());
    let solved = faer::linalg::solvers::Solve::solve(&faer::linalg::solvers::FullPivLu::new(zwz.as_ref()), &zwx);
    let taken: f64 = (0..q).map(|a| zwx[(a, 0)] * solved[(a, 0)]).sum();
    let information: f64 = (0..n).map(|i| weight[i] * x[i] * x[i]).sum::<f64>() - taken;
    let slope: f64 = x.iter().zip(score).map(|(x, score)| x * score).sum();
    slope * slope / information
}

#[test]
fn every_draw_of_a_score_test_is_the_formula() {
    for covariates in [0, 2] {
        let cohort = Cohort::new(6, 12, covariates, 3);
        let mut stream = Stream::new(6, "weights", 0);
        let weight: Vec<f64> = (0..12).map(|_| 0.02 + 5.0 * stream.uniform()).collect();
        let design = cohort.design(None);
        let blocks = [Block::score((0..12).collect(), &design, &cohort.y, &weight, &cohort.metabolites).unwrap()];
        let (donors, statistics) = engine(12, &blocks, &settings(200));
        for (draw, donors) in donors[0].iter().enumerate() {
            for (test, column) in statistics.iter().enumerate() {
                close(column[draw], score_statistic(&cohort, test, &cohort.y, &weight, donors));
            }
        }
    }
}

#[test]
fn without_covariates_the_score_test_of_equal_weights_is_freedman_and_lanes() {
    let cohort = Cohort::new(7, 20, 0, 5);
    let score = fit(&cohort.design(None), &cohort.y).unwrap().residuals;
    let score = Block::score((0..20).collect(), &cohort.design(None), &score, &[0.7; 20], &cohort.metabolites).unwrap();
    let of = |block: Block| {
        let result = run(20, &[block], &[family(0, 5)], &settings(999));
        result.tests[0].iter().map(|test| test.map(|test| (test.p_value, test.p_max_t))).collect::<Vec<_>>()
    };
    assert_eq!(of(score), of(block(&cohort, (0..20).collect(), Covariance::Model)));
}

#[test]
fn what_has_no_statistic_has_no_p_value() {
    let mut cohort = Cohort::new(8, 9, 1, 3);
    cohort.metabolites[0] = cohort.covariates[0].iter().map(|value| 3.0 * value - 1.0).collect();
    cohort.metabolites[1] = (0..9).map(|row| f64::from(u8::from(row == 4))).collect();
    let defined = |kind| {
        let result = run(9, &[block(&cohort, (0..9).collect(), kind)], &[family(0, 3)], &settings(99));
        result.tests[0].iter().map(Option::is_some).collect::<Vec<_>>()
    };
    assert_eq!(defined(Covariance::Model), [false, true, true]);
    assert_eq!(defined(Covariance::Hc3), [false, false, true]);
    cohort.y = cohort.covariates[0].clone();
    let explained = run(9, &[block(&cohort, (0..9).collect(), Covariance::Hc0)], &[], &settings(99));
    assert_eq!(explained.tests[0], [None; 3]);
    let saturated = Cohort::new(9, 3, 1, 2);
    let result = run(3, &[block(&saturated, (0..3).collect(), Covariance::Model)], &[], &settings(99));
    assert_eq!(result.tests[0], [None; 2]);
}
