//! One term of a logistic model of a yes-or-no outcome with about eight events among thirty participants.

use stages::statistics::covariance::{Covariance, covariance};
use stages::statistics::design::Design;
use stages::statistics::family::Family;
use stages::statistics::fit::Fit;
use stages::statistics::glm::{GlmError, Likelihood, fit_glm};
use stages::statistics::inference::Reference;
use stages::statistics::link::Link;
use stages::statistics::permutation::{Block, Settings, permute};
use stages::statistics::profile::{Statistic, at_zero, profile};
use stages::statistics::random::Stream;
use stages::statistics::term::{Term, Top};

use super::linear::{ORDERINGS, covers, rejects};
use super::world::{N, World, add, covariates, normals, times};
use super::{ALPHA, CONFIDENCE, Expected, Said, Scenario};

const EFFECT: f64 = 1.0;

pub fn scenarios() -> Vec<Scenario> {
    let scenario = |name, replicate| Scenario { group: "binary", name, replicates: 4_000, replicate };
    vec![
        scenario("yes or no", |stream| {
            let x = normals(stream);
            // ln(8/22): eight events on average.
            let y = events(stream, &[-1.011_600_911; N]);
            rejections(&World { covariates: Vec::new(), x, y }, stream.bits())
        }),
        scenario("yes or no, three covariates", |stream| {
            let others = covariates(stream);
            let x = add(&normals(stream), &others.pull);
            let y = events(stream, &others.push.iter().map(|push| push - 1.38).collect::<Vec<_>>());
            rejections(&World { covariates: others.columns, x, y }, stream.bits())
        }),
        Scenario {
            replicates: 2_000,
            ..scenario("a true effect, yes or no", |stream| {
                let x = normals(stream);
                let y = events(stream, &times(EFFECT, &x).iter().map(|eta| eta - 1.17).collect::<Vec<_>>());
                coverage(&World { covariates: Vec::new(), x, y })
            })
        },
    ]
}

fn events(stream: &mut Stream, eta: &[f64]) -> Vec<f64> {
    eta.iter().map(|eta| f64::from(u8::from(stream.uniform() < 1.0 / (1.0 + libm::exp(-eta))))).collect()
}

/// A fit with the likelihood of its last term.
struct Fitted<'a> {
    fit: Fit,
    term: Term<'a>,
    top: Top,
}

impl<'a> Fitted<'a> {
    fn new(design: &'a Design, y: &'a [f64], penalized: bool) -> Result<Self, GlmError> {
        let likelihood = Likelihood { family: Family::Binomial, link: Link::Logit, penalized };
        let fit = fit_glm(design, y, likelihood)?;
        let term = Term::new(design, design.rank() - 1, y, likelihood);
        let top = term.climb(None, None)?;
        Ok(Fitted { fit, term, top })
    }

    fn estimate(&self) -> f64 {
        self.term.estimate(&self.top)
    }

    /// The p of the likelihood ratio or the score.
    fn p(&self, statistic: Statistic) -> Option<f64> {
        at_zero(&self.term, &self.top, statistic).ok().map(|root| Reference::Normal.p_value(root))
    }

    /// The p of the estimate over its standard error.
    fn wald(&self, kind: Covariance, reference: fn(f64) -> Reference) -> f64 {
        reference(self.fit.df_residual as f64).p_value(self.estimate() / self.error(kind))
    }

    fn error(&self, kind: Covariance) -> f64 {
        let last = self.fit.coefficients.len() - 1;
        covariance(&self.fit, kind).map_or(f64::NAN, |matrix| matrix[(last, last)].sqrt())
    }

    fn limits(&self, statistic: Statistic) -> Option<(Option<f64>, Option<f64>)> {
        let found = profile(&self.term, &self.top, statistic, Reference::Normal.critical(CONFIDENCE)).ok()?;
        Some((found.low, found.high))
    }
}

fn rejections(world: &World, seed: u64) -> Vec<Said> {
    let design = world.design();
    let plain = Fitted::new(&design, &world.y, false);
    let firth = Fitted::new(&design, &world.y, true).ok().and_then(|fitted| fitted.p(Statistic::Ratio));
    let separated = matches!(plain, Err(GlmError::Separated(_)));
    let plain = plain.ok();
    let of = |p: &dyn Fn(&Fitted<'_>) -> Option<f64>| plain.as_ref().and_then(p);
    let ratio = of(&|fitted| fitted.p(Statistic::Ratio));
    let exact = if world.covariates.is_empty() { Expected::AtMost(ALPHA) } else { Expected::Unknown };
    let unknown = |method, p| rejects(method, Expected::Unknown, p);
    vec![
        unknown("Wald", of(&|fitted| Some(fitted.wald(Covariance::Model, |_| Reference::Normal)))),
        unknown("t", of(&|fitted| Some(fitted.wald(Covariance::Model, Reference::T)))),
        unknown("HC3, t", of(&|fitted| Some(fitted.wald(Covariance::Hc3, Reference::T)))),
        unknown("likelihood ratio", ratio),
        unknown("score", of(&|fitted| fitted.p(Statistic::Score))),
        unknown("Firth", firth),
        unknown("likelihood ratio, Firth where separated", if separated { firth } else { ratio }),
        rejects("permutation of the score", exact, permuted(world, &design, seed)),
    ]
}

/// The permutation p of the score test, as the screen makes it: under the fit without the predictor.
fn permuted(world: &World, design: &Design, seed: u64) -> Option<f64> {
    let likelihood = Likelihood { family: Family::Binomial, link: Link::Logit, penalized: false };
    fit_glm(design, &world.y, Likelihood { penalized: true, ..likelihood }).ok()?;
    let term = Term::new(design, design.rank() - 1, &world.y, likelihood);
    // Covariates that separate the outcome by themselves leave no fit to permute under.
    let null = term.climb(Some(0.0), None).ok().filter(|null| term.is_finite(null))?;
    let (score, weight) = (&null.peak.score, &null.peak.weights);
    let x = std::slice::from_ref(&world.x);
    let block = Block::score((0..N).collect(), &world.without(), score, weight, x).ok()?;
    let settings = Settings { seed, draws: ORDERINGS, strata: None };
    let permutation = permute(N, &[block], &[], &settings, &|_| {}).ok()?;
    permutation.tests[0][0].map(|test| test.p_value)
}

fn coverage(world: &World) -> Vec<Said> {
    let design = world.design();
    let plain = Fitted::new(&design, &world.y, false).ok();
    let firth = Fitted::new(&design, &world.y, true).ok();
    let around = |fitted: &Fitted<'_>, reference: Reference| {
        let half = reference.critical(CONFIDENCE) * fitted.error(Covariance::Model);
        (Some(fitted.estimate() - half), Some(fitted.estimate() + half))
    };
    let unknown = |method, limits| covers(method, Expected::Unknown, EFFECT, limits);
    vec![
        unknown("Wald", plain.as_ref().map(|fitted| around(fitted, Reference::Normal))),
        unknown("t", plain.as_ref().map(|fitted| around(fitted, Reference::T(fitted.fit.df_residual as f64)))),
        unknown("likelihood ratio", plain.as_ref().and_then(|fitted| fitted.limits(Statistic::Ratio))),
        unknown("score", plain.as_ref().and_then(|fitted| fitted.limits(Statistic::Score))),
        unknown("Firth", firth.as_ref().and_then(|fitted| fitted.limits(Statistic::Ratio))),
    ]
}
