//! Limits by inverting a test: the values of a coefficient at which the likelihood ratio, or the score, is not yet large.

use super::glm::GlmError;
use super::inference::Reference;
use super::irls::ClimbError;
use super::term::{Term, Top};

/// Which statistic is inverted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Statistic {
    Ratio,
    Score,
}

/// The test of a coefficient against zero, and its limits.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Profile {
    /// Signed root of the statistic at zero.
    pub root: f64,
    /// None where the statistic never grows that large (the limit is infinite).
    pub low: Option<f64>,
    pub high: Option<f64>,
}

/// Tests a coefficient against zero and finds its limits.
///
/// The statistic's signed root is compared with a standard normal quantile `critical`; a limit is where the root equals
/// it, found to 1e-12 of the distance from the estimate by bracketing and false position (Illinois). Source: Venzon and
/// Moolgavkar 1988, 10.2307/2347496; for penalized likelihood Heinze and Schemper 2002, 10.1002/sim.1047.
pub fn profile(term: &Term<'_>, full: &Top, statistic: Statistic, critical: f64) -> Result<Profile, GlmError> {
    let root = at_zero(term, full, statistic)?;
    let wald = critical * term.std_error(full);
    let search = Search { term, full, statistic, critical, estimate: term.estimate(full), wald };
    Ok(Profile { root, low: search.limit(-1.0), high: search.limit(1.0) })
}

/// The signed root of a statistic at zero.
pub fn at_zero(term: &Term<'_>, full: &Top, statistic: Statistic) -> Result<f64, GlmError> {
    let estimate = term.estimate(full);
    let wald = Reference::Normal.critical(0.95) * term.std_error(full);
    let search = Search { term, full, statistic, critical: 0.0, estimate, wald };
    let mut at = Held { distance: 0.0, top: full.clone() };
    match search.walk(-estimate.signum(), estimate.abs(), &mut at) {
        Some(()) => Ok(size(term, full, &at.top, statistic).sqrt().copysign(estimate)),
        None => Err(GlmError::NotConverged(ClimbError::NotConverged)),
    }
}

fn size(term: &Term<'_>, full: &Top, held: &Top, statistic: Statistic) -> f64 {
    match statistic {
        Statistic::Ratio => term.ratio(full, held),
        Statistic::Score => term.score(full, held),
    }
}

struct Search<'a> {
    term: &'a Term<'a>,
    full: &'a Top,
    statistic: Statistic,
    critical: f64,
    estimate: f64,
    /// The half-width of Wald's limits.
    wald: f64,
}

/// A distance from the estimate, and the excess of the statistic's root there.
type Point = (f64, f64);

/// The last maximum with the coefficient held at a distance from the estimate.
struct Held {
    distance: f64,
    top: Top,
}

impl Search<'_> {
    /// The root of the statistic less the critical value, at a distance from the estimate.
    fn excess(&self, side: f64, distance: f64, at: &mut Held) -> Option<f64> {
        self.walk(side, distance, at)?;
        let excess = size(self.term, self.full, &at.top, self.statistic).sqrt() - self.critical;
        excess.is_finite().then_some(excess)
    }

    /// Climbs at a distance from the estimate, starting from the last place.
    ///
    /// METHOD: under Firth's penalty in strides of at most half a Wald width, since the penalized likelihood may have more
    /// than one top and its profile is the one that begins at the estimate.
    fn walk(&self, side: f64, distance: f64, at: &mut Held) -> Option<()> {
        let stride = if self.term.is_penalized() { 0.5 * self.wald } else { f64::INFINITY };
        while at.distance != distance {
            let next = distance.clamp(at.distance - stride, at.distance + stride);
            let top = self.term.climb(Some(self.estimate + side * next), Some(&at.top.peak)).ok()?;
            *at = Held { distance: next, top };
        }
        Some(())
    }

    fn limit(&self, side: f64) -> Option<f64> {
        if !(self.wald > 0.0 && self.wald.is_finite()) {
            return None;
        }
        let (low, high, at) = self.bracket(side)?;
        self.between(side, low, high, at).map(|distance| self.estimate + side * distance)
    }

    /// Two distances with the limit between them, each with its excess, and the last maximum.
    ///
    /// METHOD: outwards by doubling; from a distance at which the likelihood has no maximum (a mean would leave its range)
    /// halfway back. A root still too small 64 Wald widths away has no limit on this side.
    fn bracket(&self, side: f64) -> Option<(Point, Point, Held)> {
        let start = || Held { distance: 0.0, top: self.full.clone() };
        let (mut at, mut inner, mut outer, mut edge) = (start(), (0.0, -self.critical), self.wald, f64::INFINITY);
        for _ in 0..60 {
            match self.excess(side, outer, &mut at) {
                Some(above) if above >= 0.0 => return Some((inner, (outer, above), at)),
                Some(below) => inner = (outer, below),
                None => {
                    at = start();
                    edge = outer;
                }
            }
            outer = (2.0 * inner.0.max(0.5 * self.wald)).min(0.5 * (inner.0 + edge));
            if inner.0 > 64.0 * self.wald || (edge.is_finite() && edge - inner.0 <= 1e-9 * edge) {
                return None;
            }
        }
        None
    }

    /// The zero between two distances, by the Illinois form of false position.
    fn between(&self, side: f64, low: Point, high: Point, mut at: Held) -> Option<f64> {
        let ((mut a, mut fa), (mut b, mut fb)) = (low, high);
        let mut last = 0;
        for _ in 0..100 {
            let middle = (a * fb - b * fa) / (fb - fa);
            let value = self.excess(side, middle, &mut at)?;
            if value.abs() <= 1e-13 * self.critical || (b - a).abs() <= 1e-13 * b {
                return Some(middle);
            }
            if value > 0.0 {
                (b, fb) = (middle, value);
                fa *= if last == 1 { 0.5 } else { 1.0 };
                last = 1;
            } else {
                (a, fa) = (middle, value);
                fb *= if last == -1 { 0.5 } else { 1.0 };
                last = -1;
            }
        }
        Some(0.5 * (a + b))
    }
}
