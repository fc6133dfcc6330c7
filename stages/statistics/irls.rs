//! The climb to the top of a likelihood, in the coordinates of an orthonormal basis of the design.
//!
//! In these coordinates the information is as well conditioned as the weights allow, whatever the units of the columns.
//! The last coordinate can be held at a value: with the tested term last in the basis, that is its profile likelihood.
//! The climb knows nothing of tests and limits, and it does not look for separation: [`separation`](super::separation)
//! does, before it.

use faer::Mat;

use super::cholesky::Cholesky;
use super::family::Family;
use super::link::{Link, Mean};

pub mod abreast;
mod place;

use place::Place;

/// What is to be climbed.
#[derive(Debug, Clone, Copy)]
pub struct Slope<'a> {
    /// n × p with orthonormal columns.
    pub basis: &'a Mat<f64>,
    /// One outcome per row, in the family's support.
    pub y: &'a [f64],
    /// How often each row counts; once where this is none.
    pub counts: Option<&'a [f64]>,
    pub family: Family,
    pub link: Link,
    /// Whether half the log-determinant of the information is added (Firth's penalty; Jeffreys' prior).
    pub penalized: bool,
    /// The value at which the last coordinate is held.
    pub held: Option<f64>,
}

/// The top.
#[derive(Debug, Clone)]
pub struct Peak {
    /// One per column of the basis.
    pub coordinates: Vec<f64>,
    pub means: Vec<Mean>,
    /// dl/dη of each row at dispersion 1, not counted.
    pub score: Vec<f64>,
    /// Each row's expected information about η at dispersion 1, not counted.
    pub weights: Vec<f64>,
    /// Of all coordinates, p × p.
    pub information: Cholesky,
    /// The gradient of the log-likelihood (penalized where asked) along the last coordinate.
    pub last_gradient: f64,
    /// The sum of the unit deviances.
    pub deviance: f64,
    /// `deviance − log det information` where penalized, else the deviance: −2 log L but for a constant.
    pub objective: f64,
    pub iterations: usize,
}

/// Why there is no top.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ClimbError {
    #[error("no admissible start: the link has no mean there")]
    NoStart,
    #[error("the information is singular")]
    Singular,
    #[error("the likelihood rises without end")]
    Diverged,
    #[error("not converged after {LIMIT} steps")]
    NotConverged,
}

const LIMIT: usize = 200;

/// Information along an axis of the basis that is none: a standard error above 10⁴ per unit column. METHOD: along a
/// direction of recession the information vanishes with the gradient.
pub(super) const VANISHED: f64 = 1e-8;

/// METHOD: the Newton decrement at which one more step arrives, where scoring is Newton's method: it leaves the square.
const NEAR: f64 = 1e-13;
/// What rounding may add to an objective: this share of it, and of its unit.
const SLACK: f64 = 1e-14;

/// Scoring steps after which a climb turns to Newton's.
const PATIENCE: usize = 10;

impl Slope<'_> {
    /// Climbs by Fisher scoring with step-halving, from `start` or from the outcome itself.
    ///
    /// METHOD: it has arrived when the deviance stands still (to 1e-12 of itself) and the step is shorter than 1e-10
    /// standard errors (the Newton decrement, which no change of units touches). Source: McCullagh and Nelder 1989, 2.5;
    /// the penalty's gradient: Firth 1993, 10.1093/biomet/80.1.27, and Kosmidis and Firth 2021, 10.1093/biomet/asaa052.
    pub fn climb(&self, start: Option<&[f64]>) -> Result<Peak, ClimbError> {
        let mut place = self.start(start)?;
        // METHOD: the step that is taken last leaves the square of this where scoring is Newton's method, a share elsewhere.
        let near = if self.is_canonical() { NEAR } else { 1e-20 };
        for iterations in 1..=LIMIT {
            if iterations > PATIENCE && self.diverges(&place) {
                return Err(ClimbError::Diverged);
            }
            let step = if iterations > PATIENCE && !self.is_canonical() { self.newton(&place) } else { None };
            let step = step.map_or_else(|| self.step(&place), Ok)?;
            let decrement: f64 = step.iter().zip(&place.gradient).map(|(a, b)| a * b).sum();
            let unit = self.unit(place.deviance);
            if decrement <= near * unit {
                return Ok(self.arrive(self.last(place, &step), iterations));
            }
            let before = place.objective;
            match self.improve(&place, &step) {
                Some(next) => place = next,
                // Nothing is gained by any step in this direction: rounding, if the step is short.
                None if decrement <= 1e-12 * unit => return Ok(self.arrive(place, iterations)),
                None => return Err(ClimbError::NotConverged),
            }
            let still = (before - place.objective).abs() <= 1e-12 * (place.objective.abs() + unit);
            if still && decrement <= 1e-24 * unit {
                return Ok(self.arrive(place, iterations));
            }
        }
        Err(ClimbError::NotConverged)
    }

    /// Whether scoring is Newton's method already.
    fn is_canonical(&self) -> bool {
        let own = matches!(
            (self.family, self.link),
            (Family::Gaussian, Link::Identity)
                | (Family::Binomial, Link::Logit)
                | (Family::Poisson, Link::Log)
                | (Family::Gamma, Link::Inverse)
        );
        own && !self.penalized
    }

    /// Whether a likelihood without a held coordinate rises towards a separated infinity.
    fn diverges(&self, place: &Place) -> bool {
        let may = !(self.penalized || self.family.has_dispersion() || self.held.is_some());
        may && place.information.least() < VANISHED
    }

    /// What one unit of −2 log L is: the dispersion, as far as it is known on the way.
    fn unit(&self, deviance: f64) -> f64 {
        let free = (self.y.len() as f64 - self.basis.ncols() as f64).max(1.0);
        if self.family.has_dispersion() { (deviance / free).max(f64::MIN_POSITIVE) } else { 1.0 }
    }

    /// Takes the step that is shorter than the tolerance too: what it leaves is its square.
    fn last(&self, place: Place, step: &[f64]) -> Place {
        self.place(place.coordinates.iter().zip(step).map(|(at, step)| at + step).collect()).unwrap_or(place)
    }

    fn arrive(&self, place: Place, iterations: usize) -> Peak {
        Peak {
            last_gradient: place.gradient.last().copied().unwrap_or(0.0),
            coordinates: place.coordinates,
            means: place.means,
            score: place.score,
            weights: place.weights,
            information: place.information,
            deviance: place.deviance,
            objective: place.objective,
            iterations,
        }
    }

    fn start(&self, start: Option<&[f64]>) -> Result<Place, ClimbError> {
        let warm = start.and_then(|start| self.place(self.hold(start.to_vec())));
        warm.or_else(|| self.place(self.start_of_outcome()))
            .or_else(|| self.place(self.start_of_average()))
            .ok_or(ClimbError::NoStart)
    }

    fn hold(&self, mut coordinates: Vec<f64>) -> Vec<f64> {
        if let (Some(value), Some(last)) = (self.held, coordinates.last_mut()) {
            *last = value;
        }
        coordinates
    }

    fn average(&self) -> f64 {
        self.y.iter().sum::<f64>() / self.y.len() as f64
    }

    fn start_of_outcome(&self) -> Vec<f64> {
        let average = self.average();
        let eta: Vec<f64> = self.y.iter().map(|y| self.link.predictor(self.family.start(*y, average))).collect();
        self.hold(self.project(&eta))
    }

    fn start_of_average(&self) -> Vec<f64> {
        let average = self.average();
        let eta = self.link.predictor(self.family.start(average, average));
        self.hold(self.project(&vec![eta; self.y.len()]))
    }

    /// The scoring step, 0 along a held coordinate.
    fn step(&self, place: &Place) -> Result<Vec<f64>, ClimbError> {
        let p = self.basis.ncols();
        if self.held.is_none() {
            return Ok(place.information.solve(&place.gradient));
        }
        let matrix = self.information(&place.weights);
        let free: Vec<f64> = (0..p - 1).flat_map(|i| matrix[i * p..i * p + p - 1].to_vec()).collect();
        let factor = Cholesky::new(p - 1, &free).ok_or(ClimbError::Singular)?;
        let mut step = factor.solve(&place.gradient[..p - 1]);
        step.push(0.0);
        Ok(step)
    }

    /// Newton's step, by differences of the gradient; none where the curve is not that of a top.
    ///
    /// METHOD: scoring knows the expected curvature alone. It slows down, or goes to and fro, where the observed one or the
    /// penalty's rules: far from the top of a link that is not the family's own, far along a separated direction. Newton's
    /// step does not.
    fn newton(&self, place: &Place) -> Option<Vec<f64>> {
        let free = self.basis.ncols() - usize::from(self.held.is_some());
        // η has a natural unit but for an inverse or identity link, whose unit is the outcome's.
        let unit = if matches!(self.link, Link::Inverse | Link::Identity) { f64::MIN_POSITIVE } else { 1.0 };
        let size = place.coordinates.iter().map(|x| x * x).sum::<f64>().sqrt().max(unit);
        let mut curve = vec![0.0; free * free];
        for j in 0..free {
            let at = |shift: f64| {
                let mut moved = place.coordinates.clone();
                moved[j] += shift;
                self.place(moved)
            };
            let h = 1e-6 * size;
            let (up, down) = (at(h)?, at(-h)?);
            for i in 0..free {
                let slope = -(up.gradient[i] - down.gradient[i]) / (2.0 * h);
                curve[i * free + j] += 0.5 * slope;
                curve[j * free + i] += 0.5 * slope;
            }
        }
        let mut step = Cholesky::new(free, &curve)?.solve(&place.gradient[..free]);
        step.resize(self.basis.ncols(), 0.0);
        Some(step)
    }

    /// The share of a step that is taken at first.
    ///
    /// METHOD: all of it; a penalized likelihood, which need not be concave, moves no linear predictor by more than 2, so
    /// that it climbs the hill it stands on.
    fn stride(&self, step: &[f64]) -> f64 {
        if !self.penalized {
            return 1.0;
        }
        let farthest = self.predictor(step).into_iter().fold(0.0_f64, |far, eta| far.max(eta.abs()));
        (2.0 / farthest).min(1.0)
    }

    /// The place a step leads to, the step halved until it is not worse.
    fn improve(&self, place: &Place, step: &[f64]) -> Option<Place> {
        let slack = SLACK * (place.objective.abs() + self.unit(place.deviance));
        let mut share = self.stride(step);
        for _ in 0..40 {
            let next = place.coordinates.iter().zip(step).map(|(at, step)| at + share * step).collect();
            if let Some(next) = self.place(next).filter(|next| next.objective <= place.objective + slack) {
                return Some(next);
            }
            share *= 0.5;
        }
        None
    }
}
