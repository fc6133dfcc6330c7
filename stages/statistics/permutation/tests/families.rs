//! Families, threads, gaps, scale, and what the engine refuses.

use super::*;
use crate::statistics::covariance::Covariance;

fn block(cohort: &Cohort, rows: Vec<usize>) -> Block {
    let cases = cohort.at(&rows);
    Block::freedman_lane(rows, &cases.design(None), &cases.y, Covariance::Model, &cases.metabolites).unwrap()
}

/// A family across blocks, one alone, and one test outside.
fn example() -> (Vec<Block>, Vec<Vec<TestId>>) {
    let mut cohort = Cohort::new(21, 18, 1, 4);
    cohort.y = add(&cohort.y, &cohort.metabolites[2]);
    let blocks = vec![block(&cohort, (0..18).collect()), block(&cohort, (2..18).collect())];
    let id = |block, test| TestId { block, test };
    (blocks, vec![vec![id(0, 0), id(1, 2), id(0, 2), id(1, 3), id(0, 3)], vec![id(1, 1), id(1, 0)]])
}

/// Westfall and Young's algorithm 4.1 from the table of all statistics: count of orderings per test of the family.
fn naive(observed: &[f64], draws: &[Vec<f64>]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..observed.len()).collect();
    order.sort_by(|&a, &b| observed[b].total_cmp(&observed[a]));
    let mut counts = vec![0; observed.len()];
    let mut highest = 0;
    for rank in 0..order.len() {
        let maximum = |draw: usize| order[rank..].iter().map(|&test| draws[test][draw]).fold(0.0, f64::max);
        let reached = (0..draws[0].len()).filter(|&draw| maximum(draw) >= observed[order[rank]] * (1.0 - 1e-9)).count();
        highest = highest.max(reached);
        counts[order[rank]] = highest;
    }
    counts
}

#[test]
fn step_down_is_westfall_and_youngs_algorithm() {
    let (blocks, families) = example();
    let result = run(18, &blocks, &families, &settings(700));
    let (_, statistics) = engine(18, &blocks, &settings(700));
    let observed = |id: &TestId| result.tests[id.block][id.test].unwrap();
    for family in &families {
        let squares: Vec<f64> = family.iter().map(|id| observed(id).statistic.powi(2)).collect();
        let draws: Vec<Vec<f64>> = family.iter().map(|id| statistics[4 * id.block + id.test].clone()).collect();
        for ((id, count), draws) in family.iter().zip(naive(&squares, &draws)).zip(&draws) {
            let permuted = observed(id);
            let p = (1 + count) as f64 / 701.0;
            assert_eq!(permuted.p_max_t, Some(p));
            assert_eq!(permuted.p_max_t_std_error, Some((p * (1.0 - p) / 701.0).sqrt()));
            let square = permuted.statistic.powi(2) * (1.0 - 1e-9);
            let alone = draws.iter().filter(|&&value| value >= square).count();
            assert_eq!(permuted.p_value, (1 + alone) as f64 / 701.0);
            assert!(permuted.p_value <= p);
        }
    }
    assert_eq!(result.tests[0][1].unwrap().p_max_t, None);
    assert!(!result.enumerated && result.orderings == 701);
}

#[test]
fn threads_change_nothing_and_progress_counts_every_draw() {
    let (blocks, families) = example();
    let with = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let done = std::sync::atomic::AtomicU64::new(0);
        let progress = |draws: u64| {
            done.fetch_add(draws, std::sync::atomic::Ordering::Relaxed);
        };
        let result = pool.install(|| permute(18, &blocks, &families, &settings(2_000), &progress).unwrap());
        assert_eq!(done.into_inner(), 2_000);
        result
    };
    assert_eq!(with(1), with(2));
}

#[test]
fn a_block_alone_gets_the_draws_that_it_gets_among_others() {
    let (blocks, _) = example();
    let together = run(18, &blocks, &[], &settings(500));
    let alone = run(18, &blocks[..1], &[], &settings(500));
    assert_eq!(together.tests[0], alone.tests[0]);
}

#[test]
fn units_and_constants_change_no_p_value() {
    let cohort = Cohort::new(22, 16, 2, 3);
    let scaled = |column: &Vec<f64>| column.iter().map(|value| 1e-7 * value + 0.3).collect();
    let other = Cohort {
        y: cohort.y.iter().map(|value| 1e9 * value - 5e8).collect(),
        covariates: cohort.covariates.iter().map(scaled).collect(),
        metabolites: cohort.metabolites.iter().map(scaled).collect(),
    };
    let of = |cohort: &Cohort| {
        let result = run(16, &[block(cohort, (0..16).collect())], &[family(0, 3)], &settings(800));
        result.tests[0].iter().map(|test| test.map(|test| (test.p_value, test.p_max_t))).collect::<Vec<_>>()
    };
    assert_eq!(of(&cohort), of(&other));
}

#[test]
fn without_an_effect_p_is_uniform() {
    let cohorts: Vec<Cohort> = (0..400).map(|seed| Cohort::new(1_000 + seed, 20, 0, 1)).collect();
    let blocks: Vec<Block> = cohorts.iter().map(|cohort| block(cohort, (0..20).collect())).collect();
    let result = run(20, &blocks, &[], &settings(199));
    let mut counts = [0_i32; 10];
    for tests in &result.tests {
        let rank = (tests[0].unwrap().p_value * 200.0).round() as usize;
        counts[(rank - 1) / 20] += 1;
    }
    // Chi-squared with 9 degrees of freedom: 27.9 is its 0.999 quantile.
    let chi2: f64 = counts.iter().map(|&count| f64::from((count - 40) * (count - 40)) / 40.0).sum();
    assert!(chi2 < 27.9, "{counts:?}");
}

#[test]
fn what_cannot_be_permuted_is_refused() {
    let cohort = Cohort::new(23, 6, 1, 2);
    let design = cohort.design(None);
    let of = |rows: Vec<usize>, y: &[f64], kind| Block::freedman_lane(rows, &design, y, kind, &cohort.metabolites);
    let refused = |block: Result<Block, _>| block.unwrap_err();
    let model = Covariance::Model;
    let ascending = || (0..6).collect::<Vec<usize>>();
    let length = |what, found| PermutationError::Length { what, found, expected: 6 };
    assert_eq!(refused(of(vec![0, 1, 2], &cohort.y, model)), length("participants", 3));
    assert_eq!(refused(of(vec![0, 1, 3, 2, 4, 5], &cohort.y, model)), PermutationError::Unordered);
    assert_eq!(refused(of(ascending(), &cohort.y[1..], model)), length("outcome", 5));
    assert_eq!(refused(of(ascending(), &[f64::NAN; 6], model)), PermutationError::NotFinite { what: "outcome" });
    let clustered = PermutationError::Unsupported { covariance: "cr1" };
    assert_eq!(refused(of(ascending(), &cohort.y, Covariance::Cr1)), clustered);
    let score = |weight| Block::score(ascending(), &design, &cohort.y, weight, &cohort.metabolites);
    assert_eq!(refused(score(&[-1.0; 6])), PermutationError::NegativeWeight);
    assert_eq!(refused(score(&[0.0; 6])), PermutationError::NoInformation);

    let blocks = [of(ascending(), &cohort.y, model).unwrap()];
    let call = |participants, families: &[Vec<TestId>], strata| {
        permute(participants, &blocks, families, &Settings { strata, ..settings(9) }, &|_| {})
    };
    let unknown = PermutationError::UnknownParticipant { block: 0, row: 5, participants: 5 };
    assert_eq!(call(5, &[], None), Err(unknown));
    assert_eq!(call(6, &[], Some(&[0, 1])), Err(length("strata", 2)));
    let id = |test| TestId { block: 0, test };
    assert_eq!(call(6, &[vec![id(2)]], None), Err(PermutationError::UnknownTest(id(2))));
    assert_eq!(call(6, &[vec![id(1)], vec![id(1)]], None), Err(PermutationError::TestTwice(id(1))));
    assert_eq!(permute(0, &[], &[], &settings(9), &|_| {}).unwrap().tests, Vec::<Vec<_>>::new());
    assert_eq!(run(6, &blocks, &[family(0, 2)], &settings(0)).tests[0][1].unwrap().p_max_t, Some(1.0));
}
