//! Permutation tests: wall time, beside the time of the matrix products that they cannot do without.
//!
//! `cargo bench --bench permutation` prints medians; nothing here fails for being slow. The bare products are of the
//! same shapes and in the same batches as the engine's, and make no ordering, no statistic and no count.

use std::time::Instant;

use faer::linalg::matmul::matmul;
use faer::{Accum, Mat, Par};
use stages::statistics::covariance::Covariance;
use stages::statistics::design::{Design, Variable};
use stages::statistics::permutation::{Block, Settings, TestId, permute};
use stages::statistics::random::Stream;

const DRAWS: u32 = 9_999;
/// The engine's batch at these sizes.
const BATCH: usize = 256;
const OUTCOMES: usize = 2;

struct Study {
    n: usize,
    covariates: Design,
    metabolites: Vec<Vec<f64>>,
    outcomes: Vec<Vec<f64>>,
}

fn main() {
    println!("{:<66} {:>10} {:>9}", "9,999 orderings, two outcomes, three covariates", "median ms", "products");
    let small = Study::new(30, 11);
    let large = Study::new(500, 1000);
    for (study, runs) in [(&small, 21), (&large, 5)] {
        let size = format!("n = {}, {} metabolites", study.n, study.metabolites.len());
        let bare = median(runs, || study.products());
        println!("{:<66} {bare:>10.2} {:>9}", format!("{size}: one bare product per outcome"), 1);
        for (name, covariance, products) in [("model", Covariance::Model, 1), ("HC3", Covariance::Hc3, 3)] {
            let blocks = study.freedman_lane(covariance);
            report(&format!("{size}: Freedman-Lane, {name}"), runs, study, &blocks, bare * f64::from(products));
        }
        // Numerator, information, and one per column of the covariates.
        report(&format!("{size}: score"), runs, study, &study.score(), bare * 6.0);
    }
}

fn report(name: &str, runs: usize, study: &Study, blocks: &[Block], products: f64) {
    for threads in [1, 2] {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads can be started");
        let time = median(runs, || pool.install(|| study.permute(blocks)));
        let ratio = if threads == 1 { format!("x {:.2}", time / products) } else { String::new() };
        let threads = if threads == 1 { "1 thread" } else { "2 threads" };
        println!("{:<66} {time:>10.2} {ratio:>9}", format!("{name}, {threads}"));
    }
}

fn median(runs: usize, mut work: impl FnMut()) -> f64 {
    work();
    let mut times: Vec<f64> = (0..runs)
        .map(|_| {
            let start = Instant::now();
            work();
            start.elapsed().as_secs_f64() * 1000.0
        })
        .collect();
    times.sort_by(f64::total_cmp);
    times[runs / 2]
}

impl Study {
    fn new(n: usize, metabolites: usize) -> Self {
        let mut stream = Stream::new(1, "benchmark", n as u64);
        let mut column = || (0..n).map(|_| stream.normal()).collect::<Vec<f64>>();
        let covariates: Vec<_> = ["a", "b", "c"].map(|name| (name.to_owned(), Variable::Numeric(column()))).into();
        Study {
            n,
            covariates: Design::new(n, &covariates).expect("normal columns are a design"),
            metabolites: (0..metabolites).map(|_| column()).collect(),
            outcomes: (0..OUTCOMES).map(|_| column()).collect(),
        }
    }

    fn freedman_lane(&self, covariance: Covariance) -> Vec<Block> {
        let block = |y: &Vec<f64>| {
            Block::freedman_lane((0..self.n).collect(), &self.covariates, y, covariance, &self.metabolites)
        };
        self.outcomes.iter().map(|y| block(y).expect("the block is sound")).collect()
    }

    fn score(&self) -> Vec<Block> {
        let weight: Vec<f64> = (0..self.n).map(|row| 0.1 + 0.15 * (row % 2) as f64).collect();
        let block = |y: &Vec<f64>| Block::score((0..self.n).collect(), &self.covariates, y, &weight, &self.metabolites);
        self.outcomes.iter().map(|y| block(y).expect("the block is sound")).collect()
    }

    /// One family per outcome, as a screen has them.
    fn permute(&self, blocks: &[Block]) {
        let family = |block| (0..self.metabolites.len()).map(|test| TestId { block, test }).collect();
        let families: Vec<Vec<TestId>> = (0..OUTCOMES).map(family).collect();
        let settings = Settings { seed: 1, draws: DRAWS, strata: None };
        let result = permute(self.n, blocks, &families, &settings, &|_| {}).expect("the blocks are sound");
        std::hint::black_box(result);
    }

    fn products(&self) {
        let predictors = Mat::from_fn(self.n, self.metabolites.len(), |i, j| self.metabolites[j][i]);
        let mut product = Mat::<f64>::zeros(BATCH, self.metabolites.len());
        for y in &self.outcomes {
            let outcomes = Mat::from_fn(self.n, BATCH, |i, _| y[i]);
            for _ in 0..(DRAWS as usize).div_ceil(BATCH) {
                matmul(&mut product, Accum::Replace, outcomes.transpose(), &predictors, 1.0, Par::Seq);
                std::hint::black_box(&product);
            }
        }
    }
}
