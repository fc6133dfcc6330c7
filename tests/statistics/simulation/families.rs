//! Families of eleven correlated metabolites against one outcome: errors within the family, and what is found.

use stages::statistics::covariance::{Covariance, covariance};
use stages::statistics::design::{Design, Variable};
use stages::statistics::fit::fit;
use stages::statistics::inference::{Reference, test};
use stages::statistics::multiplicity::{Adjustment, adjust};
use stages::statistics::permutation::{Block, Settings, TestId, permute};
use stages::statistics::random::Stream;

use super::linear::ORDERINGS;
use super::world::{N, add, covariates, normals, times};
use super::{ALPHA, CONFIDENCE, Expected, Said, Scenario};

const METABOLITES: usize = 11;
/// The metabolites that go along with the outcome, where some do.
const FOUND: usize = 3;
/// Of any two metabolites with each other.
const CORRELATION: f64 = 0.5;
/// Of the outcome in the metabolites that go along with it: a correlation of 0.51.
const EFFECT: f64 = 0.6;
/// The share of values that are missing, where some are.
const MISSING: f64 = 0.1;

pub fn scenarios() -> Vec<Scenario> {
    let scenario = |name, replicate| Scenario { group: "family", name, replicates: 6_000, replicate };
    vec![
        scenario("no effect", |stream| {
            let (y, metabolites) = (normals(stream), correlated(stream));
            Panel { y, metabolites, covariates: Vec::new(), gaps: None, effects: 0 }.errors(stream.bits())
        }),
        scenario("no effect, a tenth missing", |stream| {
            let (y, metabolites) = (normals(stream), correlated(stream));
            let gaps = metabolites.iter().map(|_| present(stream)).collect();
            Panel { y, metabolites, covariates: Vec::new(), gaps: Some(gaps), effects: 0 }.errors(stream.bits())
        }),
        scenario("no effect, three covariates", |stream| {
            let others = covariates(stream);
            let y = add(&normals(stream), &others.push);
            let metabolites = correlated(stream).iter().map(|x| add(x, &others.pull)).collect();
            Panel { y, metabolites, covariates: others.columns, gaps: None, effects: 0 }.errors(stream.bits())
        }),
        scenario("three of eleven", |stream| {
            let y = normals(stream);
            // The outcome adds to the metabolites, and so leaves the other eight, correlated as all are, free of it.
            let mut metabolites = correlated(stream);
            metabolites.iter_mut().take(FOUND).for_each(|x| *x = add(x, &times(EFFECT, &y)));
            Panel { y, metabolites, covariates: Vec::new(), gaps: None, effects: FOUND }.errors(stream.bits())
        }),
    ]
}

/// Metabolites of which any two have the same correlation.
fn correlated(stream: &mut Stream) -> Vec<Vec<f64>> {
    let shared = times(CORRELATION.sqrt(), &normals(stream));
    let one = |_| add(&times((1.0 - CORRELATION).sqrt(), &normals(stream)), &shared);
    (0..METABOLITES).map(one).collect()
}

/// The participants whose value is there.
fn present(stream: &mut Stream) -> Vec<usize> {
    (0..N).filter(|_| stream.uniform() > MISSING).collect()
}

/// An outcome with its metabolites; the first `effects` of them go along with it.
struct Panel {
    y: Vec<f64>,
    metabolites: Vec<Vec<f64>>,
    covariates: Vec<(String, Variable)>,
    /// Per metabolite, who has a value; everyone has every one where this is none.
    gaps: Option<Vec<Vec<usize>>>,
    effects: usize,
}

impl Panel {
    /// The errors of every method within the family, and where there are effects, what it finds.
    fn errors(&self, seed: u64) -> Vec<Said> {
        let p: Vec<f64> = (0..METABOLITES).map(|metabolite| self.p_value(metabolite)).collect();
        let by = |method| adjust(&p, method);
        let (any, at_most) = (Expected::Unknown, Expected::AtMost(ALPHA));
        // Every null true, nothing missing, no covariates: the largest of eleven is exchangeable.
        let of_max = match (self.effects, &self.gaps, self.covariates.is_empty()) {
            (0, None, true) => Expected::Exactly(ALPHA),
            (_, None, true) => at_most,
            _ => any,
        };
        let mut said = Vec::new();
        // Per method: what holds of the family-wise error, and what of the false discovery rate.
        for (method, adjusted, family_wise, discovery) in [
            ("unadjusted", p.clone(), any, any),
            ("Bonferroni", by(Adjustment::Bonferroni), at_most, at_most),
            ("Holm", by(Adjustment::Holm), at_most, at_most),
            ("Hochberg", by(Adjustment::Hochberg), any, any),
            ("max-T", self.max_t(seed), of_max, of_max),
            ("BH", by(Adjustment::Bh), any, any),
            ("BY", by(Adjustment::By), if self.effects == 0 { at_most } else { any }, at_most),
            ("Storey", by(Adjustment::Storey), any, any),
        ] {
            said.extend(self.judge(method, &adjusted, family_wise, discovery));
        }
        said
    }

    fn judge(&self, method: &'static str, adjusted: &[f64], family_wise: Expected, discovery: Expected) -> Vec<Said> {
        let rejected = |range: &[f64]| range.iter().filter(|p| **p <= ALPHA).count() as f64;
        let (right, wrong) = (rejected(&adjusted[..self.effects]), rejected(&adjusted[self.effects..]));
        let one = |measure, expected, value| Said { method, measure, expected, value: Some(value) };
        let mut said = vec![one("family-wise error", family_wise, wrong.min(1.0))];
        if self.effects > 0 {
            said.push(one("false discovery rate", discovery, wrong / (right + wrong).max(1.0)));
            said.push(one("power", Expected::Unknown, right / self.effects as f64));
        }
        said
    }

    /// The participants of one test.
    fn rows(&self, metabolite: usize) -> Vec<usize> {
        self.gaps.as_ref().map_or_else(|| (0..N).collect(), |gaps| gaps[metabolite].clone())
    }

    fn p_value(&self, metabolite: usize) -> f64 {
        let rows = self.rows(metabolite);
        let x = ("x".to_owned(), Variable::Numeric(pick(&self.metabolites[metabolite], &rows)));
        let variables: Vec<_> = self.covariates.iter().cloned().chain([x]).collect();
        let design = Design::new(rows.len(), &variables).expect("continuous columns");
        let fit = fit(&design, &pick(&self.y, &rows)).expect("a continuous outcome");
        let last = design.rank() - 1;
        let error = covariance(&fit, Covariance::Model).expect("the model's own is defined")[(last, last)].sqrt();
        let reference = Reference::T(fit.df_residual as f64);
        test(fit.coefficients[last], error, reference, CONFIDENCE).expect("errors").p_value
    }

    /// Step-down max-T: one block, or one for each metabolite where values are missing.
    fn max_t(&self, seed: u64) -> Vec<f64> {
        let block = |rows: Vec<usize>, x: &[Vec<f64>]| {
            let design = Design::new(rows.len(), &self.covariates).expect("continuous columns");
            let y = pick(&self.y, &rows);
            let x: Vec<Vec<f64>> = x.iter().map(|x| pick(x, &rows)).collect();
            Block::freedman_lane(rows, &design, &y, Covariance::Model, &x).expect("a sound block")
        };
        let blocks: Vec<Block> = match self.gaps {
            None => vec![block(self.rows(0), &self.metabolites)],
            Some(_) => {
                self.metabolites.iter().enumerate().map(|(k, x)| block(self.rows(k), std::slice::from_ref(x))).collect()
            }
        };
        let tests = |(block, tests): (usize, &Block)| (0..tests.tests()).map(move |test| TestId { block, test });
        let family: Vec<TestId> = blocks.iter().enumerate().flat_map(tests).collect();
        let settings = Settings { seed, draws: ORDERINGS, strata: None };
        let permutation = permute(N, &blocks, &[family], &settings, &|_| {}).expect("sound blocks");
        permutation.tests.iter().flatten().map(|test| test.and_then(|test| test.p_max_t).expect("a family")).collect()
    }
}

fn pick(values: &[f64], rows: &[usize]) -> Vec<f64> {
    rows.iter().map(|&row| values[row]).collect()
}
