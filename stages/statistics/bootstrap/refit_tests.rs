//! Refits of a small study: against brute force, and their properties.

use super::*;
use crate::statistics::design::{Design, Variable};
use crate::statistics::fit::fit;
use crate::statistics::influence::influence;
use crate::statistics::random::Stream;
use crate::statistics::{covariance::Covariance, inference::Inference};

/// A small study: outcome, three predictors (one of them rare), a covariate, a three-level site and a two-level sex.
struct Study {
    y: Vec<f64>,
    predictors: Vec<Vec<f64>>,
    covariates: Vec<(String, Variable)>,
}

fn study(n: usize) -> Study {
    let mut stream = Stream::new(20_250_715, "a small study", n as u64);
    let mut normal = |mean: f64, sd: f64| (0..n).map(|_| mean + sd * stream.normal()).collect::<Vec<f64>>();
    let (age, first, second, noise) = (normal(45.0, 12.0), normal(0.3, 1.5), normal(2e4, 3.0), normal(0.0, 8.0));
    let rare = (0..n).map(|i| f64::from(u8::from(i % 10 == 3))).collect();
    let y = (0..n).map(|i| 30.0 + 0.4 * age[i] + 1.3 * first[i] + noise[i]).collect();
    let category = |period: usize, levels: &[&str]| {
        let codes = (0..n).map(|i| (i * i / 3) % period).collect();
        Variable::Category { codes, levels: levels.iter().map(|&level| level.to_owned()).collect() }
    };
    let (sex, site) = (category(2, &["female", "male"]), category(3, &["a", "b", "c"]));
    let covariates = vec![("age".into(), Variable::Numeric(age)), ("sex".into(), sex), ("site".into(), site)];
    Study { y, predictors: vec![first, second, rare], covariates }
}

/// The values of the rows that a resample has, each as often as it is in it.
fn repeated<T: Copy>(values: &[T], counts: &[f64]) -> Vec<T> {
    values.iter().zip(counts).flat_map(|(value, count)| vec![*value; *count as usize]).collect()
}

/// The coefficient of x by a least-squares fit of the resampled rows themselves.
fn brute_force(covariates: &[(String, Variable)], y: &[f64], x: &[f64], counts: &[f64]) -> Option<f64> {
    let mut columns = vec![("x".to_owned(), Variable::Numeric(repeated(x, counts)))];
    for (name, variable) in covariates {
        let variable = match variable {
            Variable::Numeric(values) => Variable::Numeric(repeated(values, counts)),
            // `Design` drops a level that nobody has; here its column stays, and the design is deficient.
            Variable::Category { codes, .. } if has_gaps(codes, &repeated(codes, counts)) => return None,
            Variable::Category { codes, levels } => {
                Variable::Category { codes: repeated(codes, counts), levels: levels.clone() }
            }
        };
        columns.push((name.clone(), variable));
    }
    let y = repeated(y, counts);
    Some(fit(&Design::new(y.len(), &columns).ok()?, &y).ok()?.coefficients[1])
}

fn has_gaps(all: &[usize], some: &[usize]) -> bool {
    all.iter().any(|code| !some.contains(code))
}

#[test]
fn a_refit_by_products_is_the_fit_of_the_resampled_rows() {
    let (mut failed, mut made) = (0, 0);
    for n in [14, 30] {
        let study = study(n);
        for covariates in [&study.covariates[..], &study.covariates[..1], &study.covariates[1..], &[]] {
            let resamples = Resamples::new(n, 8, 150);
            let group = Group::new(&Design::new(n, covariates).unwrap(), &study.y, &study.predictors).unwrap();
            for (x, refits) in study.predictors.iter().zip(group.refits(&resamples).unwrap()) {
                let brute = |counts: &Vec<f64>| brute_force(covariates, &study.y, x, counts);
                let brute = |counts: &[Vec<f64>]| counts.iter().map(brute).collect();
                for (fast, brute) in refits.iter().zip(replicates(&resamples, &[brute]).remove(0)) {
                    let gap = fast.zip(brute).map_or(0.0, |(fast, brute)| (fast - brute).abs() / (1.0 + brute.abs()));
                    assert!(fast.is_some() == brute.is_some() && gap < 1e-10, "{n} {fast:?} {brute:?}");
                    if fast.is_some() { made += 1 } else { failed += 1 }
                }
            }
        }
    }
    assert!(failed > 100 && made > 1000, "{failed} failed and {made} were made");
}

#[test]
fn a_predictor_that_the_covariates_explain_has_no_refit_and_a_constant_outcome_has_zero() {
    let study = study(30);
    let Variable::Numeric(age) = &study.covariates[0].1 else { panic!("age is numeric") };
    let half: Vec<f64> = age.iter().map(|age| 0.5 * age - 3.0).collect();
    let design = Design::new(30, &study.covariates).unwrap();
    let resamples = Resamples::new(30, 1, 70);
    let refits = |y: &[f64], x: Vec<f64>| Group::new(&design, y, &[x]).unwrap().refits(&resamples).unwrap().remove(0);
    assert!(refits(&study.y, half).iter().all(Option::is_none));
    assert!(refits(&study.y, vec![2.5; 30]).iter().all(Option::is_none));
    let made: Vec<f64> = refits(&[5.1; 30], study.predictors[0].clone()).into_iter().flatten().collect();
    assert!(made.len() > 60 && made.iter().all(|coefficient| *coefficient == 0.0));
}

#[test]
fn rows_that_do_not_fit_and_values_that_are_not_numbers_are_refused() {
    let study = study(30);
    let design = Design::new(30, &[]).unwrap();
    let differ = |found| BootstrapError::RowsDiffer { found, expected: 30 };
    assert_eq!(Group::new(&design, &study.y[1..], &[]).unwrap_err(), differ(29));
    assert_eq!(Group::new(&design, &study.y, &[vec![1.0; 31]]).unwrap_err(), differ(31));
    assert_eq!(Group::new(&design, &study.y, &[vec![f64::NAN; 30]]).unwrap_err(), BootstrapError::NotFinite);
    let group = Group::new(&design, &study.y, &[]).unwrap();
    assert_eq!(group.refits(&Resamples::new(29, 1, 5)), Err(differ(29)));
    assert_eq!(group.refits(&Resamples::new(30, 1, 5)), Ok(vec![]));
    let group = Group::new(&design, &study.y, &study.predictors).unwrap();
    assert_eq!(group.refits(&Resamples::new(30, 1, 0)), Ok(vec![vec![]; 3]));
    let huge: Vec<f64> = study.y.iter().map(|y| y * 1e300).collect();
    let tiny = study.predictors[0].iter().map(|x| x * 1e-300).collect();
    Group::new(&design, &huge, &[tiny, huge.clone()]).unwrap().refits(&Resamples::new(30, 1, 9)).unwrap();
}

#[test]
fn the_bits_are_the_same_with_one_thread_and_two_and_with_fewer_draws() {
    let study = study(30);
    let group = Group::new(&Design::new(30, &study.covariates).unwrap(), &study.y, &study.predictors).unwrap();
    let bits = |threads: usize, draws: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let refits = pool.install(|| group.refits(&Resamples::new(30, 4, draws)).unwrap());
        refits.iter().map(|test| test.iter().map(|v| v.map(f64::to_bits)).collect::<Vec<_>>()).collect::<Vec<_>>()
    };
    let one = bits(1, 500);
    assert_eq!(one, bits(2, 500));
    assert!(one.iter().zip(bits(2, 333)).all(|(all, some)| all[..333] == some));
}

#[test]
fn the_order_of_rows_does_not_matter_where_the_counts_follow() {
    let study = study(30);
    let reverse = |values: &[f64]| values.iter().rev().copied().collect::<Vec<f64>>();
    let backward: Vec<Vec<f64>> = study.predictors.iter().map(|x| reverse(x)).collect();
    let Variable::Numeric(age) = &study.covariates[0].1 else { panic!("age is numeric") };
    let design = |age: Vec<f64>| Design::new(30, &[("age".to_owned(), Variable::Numeric(age))]).unwrap();
    let here = Group::new(&design(age.clone()), &study.y, &study.predictors).unwrap();
    let there = Group::new(&design(reverse(age)), &reverse(&study.y), &backward).unwrap();
    let drawn: Vec<Vec<f64>> = (0..40).map(|draw| Resamples::new(30, 2, 40).counts(draw)).collect();
    let turned: Vec<Vec<f64>> = drawn.iter().map(|counts| reverse(counts)).collect();
    for (a, b) in here.under(&drawn).iter().flatten().zip(there.under(&turned).iter().flatten()) {
        let gap = a.zip(*b).map_or(0.0, |(a, b)| (a - b).abs() / (1.0 + b.abs()));
        assert!(a.is_some() == b.is_some() && gap < 1e-11, "{a:?} {b:?}");
    }
}

/// BCa and percentile limits of the first predictor, adjusted for age and sex.
fn limits_of(study: &Study, y: &[f64]) -> [f64; 4] {
    let (covariates, x) = (&study.covariates[..2], &study.predictors[..1]);
    let mut columns = vec![("x".to_owned(), Variable::Numeric(x[0].clone()))];
    columns.extend(covariates.to_vec());
    let design = Design::new(30, &columns).unwrap();
    let full = fit(&design, y).unwrap();
    let without = influence(&design, &full, 1, Covariance::Model, Inference::T);
    let jackknife: Vec<Option<f64>> = without.iter().map(|row| row.loo_estimate).collect();
    let resamples = Resamples::new(30, 6, 999);
    let group = Group::new(&Design::new(30, covariates).unwrap(), y, x).unwrap();
    let replicates = Replicates::new(&group.refits(&resamples).unwrap()[0]).unwrap();
    let a = acceleration(&jackknife, &resamples.strata).unwrap();
    let (percentile, bca) = (replicates.percentile(0.95), replicates.bca(full.coefficients[1], a, 0.95));
    let (percentile, bca) = (percentile.unwrap(), bca.unwrap());
    [percentile.low, percentile.high, bca.low, bca.high]
}

#[test]
fn limits_move_with_the_units_of_the_outcome_and_not_with_its_origin() {
    let study = study(30);
    let original = limits_of(&study, &study.y);
    let of = |factor: f64, shift: f64| {
        let y: Vec<f64> = study.y.iter().map(|y| factor * y + shift).collect();
        limits_of(&study, &y).map(|limit| limit / factor)
    };
    let close = |a: [f64; 4], b: [f64; 4]| a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-8 * (1.0 + b.abs()));
    assert!(close(of(250.0, 0.0), original) && close(of(1.0, 1e4), original));
    let [low, high, bca_low, bca_high] = of(-2.0, 7.0);
    assert!(close([high, low, bca_high, bca_low], original));
}

#[test]
fn the_jackknife_of_refits_is_the_closed_form() {
    let study = study(30);
    let columns = [("x".to_owned(), Variable::Numeric(study.predictors[0].clone())), study.covariates[0].clone()];
    let design = Design::new(30, &columns).unwrap();
    let full = fit(&design, &study.y).unwrap();
    let closed = influence(&design, &full, 1, Covariance::Model, Inference::T);
    let one = |counts: &Vec<f64>| brute_force(&study.covariates[..1], &study.y, &study.predictors[0], counts);
    let brute = jackknife(30, |counts| counts.iter().map(one).collect());
    assert!(closed.iter().zip(brute).all(|(a, b)| (a.loo_estimate.unwrap() - b.unwrap()).abs() < 1e-10));
}
