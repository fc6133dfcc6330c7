//! The engine against refits, against all orderings listed one by one, and against published numbers.

mod families;
mod published;
mod refit;

use super::*;
use crate::statistics::design::{Design, Variable};
use crate::statistics::random::Stream;

/// Participants with an outcome, two covariates and metabolites, all from a seed.
struct Cohort {
    y: Vec<f64>,
    covariates: Vec<Vec<f64>>,
    metabolites: Vec<Vec<f64>>,
}

impl Cohort {
    fn new(seed: u64, n: usize, covariates: usize, metabolites: usize) -> Self {
        let mut stream = Stream::new(seed, "permutation test", n as u64);
        let mut column = || (0..n).map(|_| stream.normal()).collect::<Vec<f64>>();
        let covariates: Vec<_> = (0..covariates).map(|_| column()).collect();
        let shared = column();
        let metabolites: Vec<_> = (0..metabolites).map(|_| add(&column(), &shared)).collect();
        let y = covariates.iter().fold(column(), |y, covariate| add(&y, covariate));
        Cohort { y, covariates, metabolites }
    }

    /// The participants of these rows alone.
    fn at(&self, rows: &[usize]) -> Self {
        let columns = |columns: &[Vec<f64>]| columns.iter().map(|column| pick(column, rows)).collect();
        Cohort {
            y: pick(&self.y, rows),
            covariates: columns(&self.covariates),
            metabolites: columns(&self.metabolites),
        }
    }

    fn design(&self, predictor: Option<usize>) -> Design {
        let tested = predictor.map(|metabolite| &self.metabolites[metabolite]);
        let columns = self.covariates.iter().chain(tested).enumerate();
        let variables: Vec<_> = columns.map(|(k, v)| (format!("x{k}"), Variable::Numeric(v.clone()))).collect();
        Design::new(self.y.len(), &variables).unwrap()
    }
}

fn add(a: &[f64], b: &[f64]) -> Vec<f64> {
    a.iter().zip(b).map(|(a, b)| a + b).collect()
}

fn pick(values: &[f64], rows: &[usize]) -> Vec<f64> {
    rows.iter().map(|&row| values[row]).collect()
}

fn settings(draws: u32) -> Settings<'static> {
    Settings { seed: 11, draws, strata: None }
}

fn family(block: usize, tests: usize) -> Vec<TestId> {
    (0..tests).map(|test| TestId { block, test }).collect()
}

fn run(participants: usize, blocks: &[Block], families: &[Vec<TestId>], settings: &Settings) -> Permutation {
    permute(participants, blocks, families, settings, &|_| {}).unwrap()
}

/// What the engine works with: each draw's donors per block, and all statistics (draws × tests).
fn engine(participants: usize, blocks: &[Block], settings: &Settings) -> (Vec<Vec<Vec<usize>>>, Vec<Vec<f64>>) {
    let involved = plan::involved(participants, blocks).unwrap();
    let orderings = Orderings::new(involved, participants, settings).unwrap();
    let orders = orderings.write(0..orderings.count());
    let places = orderings.places();
    let donors = |block: &Block| {
        let rows = restriction::Restriction::new(block.rows(), places).donors(&orders, places.len());
        rows.chunks(block.rows().len()).map(|draw| draw.iter().map(|&row| row as usize).collect()).collect()
    };
    let statistics = Plan::new(blocks, places).statistics(&orders);
    let columns = statistics.chunks(orderings.count() as usize).map(<[f64]>::to_vec).collect();
    (blocks.iter().map(donors).collect(), columns)
}

/// Every ordering of `0..n`, by insertion.
fn all_orderings(n: usize) -> Vec<Vec<usize>> {
    let Some(last) = n.checked_sub(1) else { return vec![Vec::new()] };
    let insert = |shorter: Vec<usize>| {
        (0..n).map(move |place| [&shorter[..place], &[last][..], &shorter[place..]].concat()).collect::<Vec<_>>()
    };
    all_orderings(last).into_iter().flat_map(insert).collect()
}
