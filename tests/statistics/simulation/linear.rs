//! One term of a linear model: how often a true null is rejected, and a true effect covered.

use stages::statistics::bootstrap::{Group, Interval, Replicates, Resamples, acceleration};
use stages::statistics::cluster::robust;
use stages::statistics::covariance::{Covariance, covariance};
use stages::statistics::design::Design;
use stages::statistics::fit::{Fit, fit};
use stages::statistics::inference::{Inference, Reference, test};
use stages::statistics::influence::influence;
use stages::statistics::permutation::{Block, Settings, permute};
use stages::statistics::tails;

use super::world::{N, World, add, covariates, normals, times, unequal};
use super::{ALPHA, CONFIDENCE, Expected, Said, Scenario};

/// Orderings behind a permutation p: with these, p is at most 0.05 with probability 0.05.
pub const ORDERINGS: u32 = 199;
const RESAMPLES: usize = 399;
const EFFECT: f64 = 0.5;

pub fn scenarios() -> Vec<Scenario> {
    let size = |name, replicate| Scenario { group: "linear", name, replicates: 10_000, replicate };
    let limits = |name, replicate| Scenario { group: "linear", name, replicates: 4_000, replicate };
    vec![
        size("equal normal errors", |stream| {
            let (x, y) = (normals(stream), normals(stream));
            rejections(&World { covariates: Vec::new(), x, y }, stream.bits(), true)
        }),
        size("the same, three covariates", |stream| {
            let others = covariates(stream);
            let (x, y) = (add(&normals(stream), &others.pull), add(&normals(stream), &others.push));
            rejections(&World { covariates: others.columns, x, y }, stream.bits(), true)
        }),
        size("unequal skewed errors", |stream| {
            let x = normals(stream);
            let y = unequal(stream, &x);
            rejections(&World { covariates: Vec::new(), x, y }, stream.bits(), false)
        }),
        limits("a true effect, equal normal errors", |stream| {
            let x = normals(stream);
            let y = add(&times(EFFECT, &x), &normals(stream));
            coverage(&World { covariates: Vec::new(), x, y }, stream.bits(), true)
        }),
        limits("a true effect, unequal skewed errors", |stream| {
            let x = normals(stream);
            let y = add(&times(EFFECT, &x), &unequal(stream, &x));
            coverage(&World { covariates: Vec::new(), x, y }, stream.bits(), false)
        }),
    ]
}

/// The standard errors of the last term, each with its reference and, under normal errors, the chance that a true value
/// is outside.
fn errors(design: &Design, fit: &Fit, normal: bool) -> Vec<(&'static str, f64, Reference, Expected)> {
    let (last, df) = (design.rank() - 1, fit.df_residual as f64);
    let error = |kind| covariance(fit, kind).expect("no leverage is 1")[(last, last)].sqrt();
    let alone: Vec<usize> = (0..N).collect();
    let hc2 = robust(fit, &|i, j| design.factor().hat(i, j), &alone, Covariance::Hc2).expect("no leverage is 1")[last];
    let known = |p| if normal { Expected::Exactly(p) } else { Expected::Unknown };
    let wald = tails::t_two_sided(Reference::Normal.critical(CONFIDENCE), df);
    vec![
        ("t", error(Covariance::Model), Reference::T(df), known(ALPHA)),
        ("Wald", error(Covariance::Model), Reference::Normal, known(wald)),
        ("HC3, t", error(Covariance::Hc3), Reference::T(df), Expected::Unknown),
        ("HC3, Wald", error(Covariance::Hc3), Reference::Normal, Expected::Unknown),
        ("HC2, Satterthwaite's t", hc2.variance.sqrt(), Reference::T(hc2.df), Expected::Unknown),
    ]
}

/// Whether each test rejects at 5 %.
fn rejections(world: &World, seed: u64, normal: bool) -> Vec<Said> {
    let design = world.design();
    let fit = fit(&design, &world.y).expect("a continuous outcome");
    let estimate = fit.coefficients[design.rank() - 1];
    let of_error = |(method, error, reference, expected)| {
        let p = test(estimate, error, reference, CONFIDENCE).map(|test| test.p_value);
        rejects(method, expected, p)
    };
    let mut said: Vec<Said> = errors(&design, &fit, normal).into_iter().map(of_error).collect();
    // Without covariates the orderings are exchangeable as long as the errors are: exact.
    let reached = (ALPHA * f64::from(ORDERINGS + 1)).floor() / f64::from(ORDERINGS + 1);
    let exact = normal && world.covariates.is_empty();
    let expected = if exact { Expected::Exactly(reached) } else { Expected::Unknown };
    for (method, kind) in [("permutation", Covariance::Model), ("permutation, HC3", Covariance::Hc3)] {
        said.push(rejects(method, expected, Some(permuted(world, kind, seed))));
    }
    said
}

pub fn rejects(method: &'static str, expected: Expected, p: Option<f64>) -> Said {
    let value = p.map(|p| f64::from(u8::from(p <= ALPHA)));
    Said { method, measure: "size", expected, value }
}

fn permuted(world: &World, kind: Covariance, seed: u64) -> f64 {
    let x = std::slice::from_ref(&world.x);
    let block = Block::freedman_lane((0..N).collect(), &world.without(), &world.y, kind, x).expect("a sound block");
    let settings = Settings { seed, draws: ORDERINGS, strata: None };
    let permutation = permute(N, &[block], &[], &settings, &|_| {}).expect("sound blocks");
    permutation.tests[0][0].expect("a continuous predictor").p_value
}

/// Whether each pair of limits covers the effect.
fn coverage(world: &World, seed: u64, normal: bool) -> Vec<Said> {
    let design = world.design();
    let fit = fit(&design, &world.y).expect("a continuous outcome");
    let estimate = fit.coefficients[design.rank() - 1];
    let of_error = |(method, error, reference, expected)| {
        let test = test(estimate, error, reference, CONFIDENCE);
        let expected = match expected {
            Expected::Exactly(p) => Expected::Exactly(1.0 - p),
            other => other,
        };
        covers(method, expected, EFFECT, test.map(|test| (Some(test.conf_low), Some(test.conf_high))))
    };
    let mut said: Vec<Said> = errors(&design, &fit, normal).into_iter().map(of_error).collect();
    let [percentile, bca] = resampled(world, &design, &fit, seed);
    let both = |interval: Option<Interval>| interval.map(|interval| (Some(interval.low), Some(interval.high)));
    said.push(covers("percentile bootstrap", Expected::Unknown, EFFECT, both(percentile)));
    said.push(covers("BCa bootstrap", Expected::Unknown, EFFECT, both(bca)));
    said
}

/// Whether limits cover the truth; one that is missing is infinite.
pub fn covers(
    method: &'static str,
    expected: Expected,
    truth: f64,
    limits: Option<(Option<f64>, Option<f64>)>,
) -> Said {
    let inside = |(low, high): (Option<f64>, Option<f64>)| {
        low.is_none_or(|low| low <= truth) && high.is_none_or(|high| truth <= high)
    };
    let value = limits.map(|limits| f64::from(u8::from(inside(limits))));
    Said { method, measure: "coverage", expected, value }
}

/// Percentile and BCa limits.
fn resampled(world: &World, design: &Design, fit: &Fit, seed: u64) -> [Option<Interval>; 2] {
    let last = design.rank() - 1;
    let resamples = Resamples::new(N, seed, RESAMPLES);
    let group = Group::new(&world.without(), &world.y, std::slice::from_ref(&world.x)).expect("a sound group");
    let refits = group.refits(&resamples).expect("resamples of as many rows");
    let Ok(replicates) = Replicates::new(&refits[0]) else { return [None, None] };
    let each = influence(design, fit, last, Covariance::Model, Inference::T);
    let jackknife: Vec<Option<f64>> = each.into_iter().map(|one| one.loo_estimate).collect();
    let bca = acceleration(&jackknife, &resamples.strata)
        .and_then(|acceleration| replicates.bca(fit.coefficients[last], acceleration, CONFIDENCE));
    [replicates.percentile(CONFIDENCE).ok(), bca.ok()]
}
