//! Permutation p-values of many tests: each alone, and families of them by step-down max-T.
//!
//! A [`Block`] holds the tests that share participants, outcome and covariates; [`permute`] reorders the participants of
//! all blocks together, makes every test's statistic anew under each ordering and counts. The work is matrix products
//! over batches of orderings; the counts are integers, so that neither threads nor batches change a result.
//!
//! It fits nothing but the covariates: estimates, standard errors and reference distributions are
//! [`fit`](super::fit)'s and [`inference`](super::inference)'s. Cluster-robust statistics are not here: an ordering
//! would have to move whole clusters. Permutation is exact without covariates; with them it is so only in large samples.

use rayon::prelude::*;

mod block;
mod freedman_lane;
mod ordering;
mod plan;
mod reorderings;
mod restriction;
mod score;
mod step_down;
#[cfg(test)]
mod tests;

pub use block::Block;
pub use reorderings::{Reorderings, Subset};

use ordering::Orderings;
use plan::Plan;
use step_down::{Counts, StepDown};

/// One test: a predictor of a block, both counted from zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct TestId {
    pub block: usize,
    pub test: usize,
}

/// What decides the orderings.
#[derive(Debug, Clone, Copy)]
pub struct Settings<'a> {
    pub seed: u64,
    /// Random orderings to draw; where no more than these exist, each is taken once instead.
    pub draws: u32,
    /// A code per participant: only participants of equal code change places.
    pub strata: Option<&'a [usize]>,
}

/// The result of one call.
#[derive(Debug, Clone, PartialEq)]
pub struct Permutation {
    /// The orderings behind every p-value, the observed one among them.
    pub orderings: u64,
    /// Whether these are all orderings that exist, so that no p-value has a Monte-Carlo error.
    pub enumerated: bool,
    /// Per block, per test; none where the observed statistic is undefined.
    pub tests: Vec<Vec<Option<Permuted>>>,
}

/// The p-values of one test.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Permuted {
    /// The observed statistic's size: |t|, or the root of the score statistic.
    pub statistic: f64,
    /// Two-sided, of this test alone.
    pub p_value: f64,
    /// Monte-Carlo standard error of `p_value`.
    pub p_std_error: f64,
    /// Adjusted for the family by step-down max-T; none outside a family.
    pub p_max_t: Option<f64>,
    /// Monte-Carlo standard error of `p_max_t`.
    pub p_max_t_std_error: Option<f64>,
}

/// Why there is nothing to permute.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PermutationError {
    #[error("{found} values of the {what} for {expected} rows")]
    Length { what: &'static str, found: usize, expected: usize },
    #[error("the {what} holds a value that is not finite")]
    NotFinite { what: &'static str },
    #[error("the rows of a block are not in ascending order")]
    Unordered,
    #[error("permutation has no {covariance} standard errors")]
    Unsupported { covariance: &'static str },
    #[error("a weight is negative")]
    NegativeWeight,
    #[error("the weights leave no information on the covariates")]
    NoInformation,
    #[error("block {block} has participant {row} of {participants}")]
    UnknownParticipant { block: usize, row: usize, participants: usize },
    #[error("there is no test {} in block {}", .0.test, .0.block)]
    UnknownTest(TestId),
    #[error("test {} of block {} is in a family already", .0.test, .0.block)]
    TestTwice(TestId),
}

/// Computes the permutation p-values of every test, and the adjusted ones within each family.
///
/// With N orderings in all, the observed one among them, and c those whose statistic is at least the observed one,
/// `p = c / N` — for random draws `(1 + exceedances) / (1 + draws)` — and its Monte-Carlo error is `√(p(1−p)/N)`, or
/// nothing where the N are all that exist. A family, its tests ordered by observed |t|₍₁₎ ≥ … ≥ |t|₍ₘ₎, counts for test i
/// the orderings in which `max(|t|*₍ᵢ₎, …, |t|*₍ₘ₎) ≥ |t|₍ᵢ₎`; the running maximum of these p-values is `p_max_t`.
///
/// A test is in one family at most; undefined ones are left out of the maxima. `progress` is told, from any thread, how
/// many orderings more are done. Statistics of a family are compared by |t| whatever their degrees of freedom.
/// Source: Westfall and Young 1993, algorithm 4.1; Phipson and Smyth 2010, 10.2202/1544-6115.1585 (never p = 0).
pub fn permute(
    participants: usize,
    blocks: &[Block],
    families: &[Vec<TestId>],
    settings: &Settings,
    progress: &(dyn Fn(u64) + Sync),
) -> Result<Permutation, PermutationError> {
    let orderings = Orderings::new(plan::involved(participants, blocks)?, participants, settings)?;
    let plan = Plan::new(blocks, orderings.places());
    let observed = plan.statistics(orderings.places());
    let step_down = StepDown::new(&observed, &plan.families(families)?);
    let batch = plan.batch();
    let count = |index: u64| {
        let draws = index * batch..orderings.count().min((index + 1) * batch);
        let done = draws.end - draws.start;
        let counts = step_down.count(&plan.statistics(&orderings.write(draws)), done as usize);
        progress(done);
        counts
    };
    let batches = (0..orderings.count().div_ceil(batch)).into_par_iter();
    let counts = batches.map(count).reduce(|| Counts::none(observed.len()), Counts::add);
    let (counts, total) = if orderings.enumerated() {
        (counts, orderings.count())
    } else {
        // METHOD: the observed ordering is one of those that could have been; it counts for itself.
        (counts.add(Counts::one(observed.len())), orderings.count() + 1)
    };
    let tests = plan.by_block(step_down.p_values(counts, total, orderings.enumerated()));
    Ok(Permutation { orderings: total, enumerated: orderings.enumerated(), tests })
}
