//! Exact p-values: all orderings, a hypergeometric probability, and a published example.

use super::*;
use crate::statistics::covariance::{Covariance, covariance};
use crate::statistics::fit::fit;

fn gaussian(n: usize, y: &[f64], predictors: &[Vec<f64>]) -> Block {
    let design = Design::new(n, &[]).unwrap();
    Block::freedman_lane((0..n).collect(), &design, y, Covariance::Model, predictors).unwrap()
}

fn t2(cohort: &Cohort, y: &[f64]) -> f64 {
    let fit = fit(&cohort.design(Some(0)), y).unwrap();
    let last = fit.coefficients.len() - 1;
    fit.coefficients[last].powi(2) / covariance(&fit, Covariance::Model).unwrap()[(last, last)]
}

#[test]
fn few_orderings_are_all_taken() {
    for (n, covariates) in [(5, 0), (5, 1), (6, 0), (6, 2)] {
        let cohort = Cohort::new(31, n, covariates, 1);
        let null = fit(&cohort.design(None), &cohort.y).unwrap();
        let observed = t2(&cohort, &cohort.y) * (1.0 - 1e-9);
        let orderings = all_orderings(n);
        let outcome = |order: &Vec<usize>| add(&null.fitted, &pick(&null.residuals, order));
        let reached = orderings.iter().filter(|order| t2(&cohort, &outcome(order)) >= observed).count();
        let design = cohort.design(None);
        let block = Block::freedman_lane((0..n).collect(), &design, &cohort.y, Covariance::Model, &cohort.metabolites);
        let result = run(n, &[block.unwrap()], &[family(0, 1)], &settings(720));
        let permuted = result.tests[0][0].unwrap();
        assert!(result.enumerated && result.orderings == orderings.len() as u64);
        assert_eq!(permuted.p_value, reached as f64 / orderings.len() as f64);
        assert_eq!((permuted.p_max_t, permuted.p_max_t_std_error), (Some(permuted.p_value), Some(0.0)));
        assert_eq!(permuted.p_std_error, 0.0);
    }
}

/// Three of seven are treated; four respond, three of them treated: as far from expectation as that or farther are
/// C(4,3)/C(7,3) = 4/35 and, with no treated responder, 1/35.
#[test]
fn two_groups_and_a_binary_outcome_are_hypergeometric() {
    let treated = vec![1.0, 1.0, 1.0, 0.0, 0.0, 0.0, 0.0];
    let response = [1.0, 1.0, 1.0, 1.0, 0.0, 0.0, 0.0];
    let result = run(7, &[gaussian(7, &response, &[treated])], &[], &settings(5040));
    assert!(result.enumerated);
    assert!((result.tests[0][0].unwrap().p_value - 1.0 / 7.0).abs() < 1e-15);
}

#[test]
fn a_statistic_of_zero_is_reached_by_every_ordering() {
    let block = gaussian(4, &[1.0, -1.0, 1.0, -1.0], &[vec![1.0, 1.0, -1.0, -1.0]]);
    let permuted = run(4, &[block], &[family(0, 1)], &settings(24)).tests[0][0].unwrap();
    assert_eq!((permuted.statistic, permuted.p_value, permuted.p_max_t), (0.0, 1.0, Some(1.0)));
}

#[test]
fn strata_are_enumerated_each_on_its_own() {
    let y = [1.0, 3.0, 2.5, 7.0, 4.0, 9.0];
    let codes = [1, 0, 1, 0, 1, 0];
    let settings = Settings { strata: Some(&codes), ..settings(36) };
    let result = run(6, &[gaussian(6, &y, &[vec![0.2, 0.1, 0.9, 0.5, 0.4, 0.8]])], &[], &settings);
    assert!(result.enumerated && result.orderings == 36);
}

/// Westfall and Wolfinger 1997, tables 4 and 5: `tests/reference/published/westfall_wolfinger.py` has the exact values.
#[test]
fn step_down_meets_westfall_and_wolfingers_example() {
    let counts = table(include_str!("../../../../tests/reference/published/westfall_wolfinger.csv"));
    let expected = table(include_str!("../../../../tests/reference/published/westfall_wolfinger_expected.csv"));
    let (mut group, mut response) = (Vec::new(), Vec::new());
    for (category, row) in counts.iter().enumerate() {
        for (arm, &count) in row.iter().enumerate() {
            group.extend(std::iter::repeat_n(arm as f64, count as usize));
            response.extend(std::iter::repeat_n(category, count as usize));
        }
    }
    let indicator = |category: usize| response.iter().map(|&r| f64::from(u8::from(r == category))).collect();
    let indicators: Vec<Vec<f64>> = (0..counts.len()).map(indicator).collect();
    let n = group.len();
    let result = run(n, &[gaussian(n, &group, &indicators)], &[family(0, counts.len())], &settings(29_999));
    for (permuted, expected) in result.tests[0].iter().zip(expected) {
        let Permuted { p_value, p_max_t, .. } = permuted.unwrap();
        for (p, exact, published) in [(p_value, expected[0], expected[2]), (p_max_t.unwrap(), expected[1], expected[3])]
        {
            let std_error = |draws: f64| (exact * (1.0 - exact) / draws).sqrt();
            assert!((p - exact).abs() <= 3.3 * std_error(30_000.0), "{p} is not {exact}");
            assert!((published - exact).abs() <= 3.3 * std_error(100_000.0), "{published} is not {exact}");
        }
    }
}

/// The numbers of a table, without its header and its first column.
fn table(text: &str) -> Vec<Vec<f64>> {
    let numbers = |line: &str| line.split(',').skip(1).map(|value| value.parse().unwrap()).collect();
    text.lines().skip(1).map(numbers).collect()
}
