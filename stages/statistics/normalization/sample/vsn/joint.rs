//! The joint maximum over all training samples: a quasi-Newton climb on the profile likelihood.

use rayon::prelude::*;

use super::size;
use crate::statistics::product::dot;

/// The joint maximum-likelihood estimate.
#[derive(Debug, Clone, PartialEq)]
pub struct Calibration {
    /// a, by sample.
    pub offsets: Vec<f64>,
    /// ln b, by sample.
    pub log_factors: Vec<f64>,
    /// μ, by analyte; NaN where no sample has it.
    pub means: Vec<f64>,
    /// σ², the residual sum of squares over the number of values.
    pub variance: f64,
    pub converged: bool,
}

const ITERATIONS: usize = 2000;
/// Steps that the quasi-Newton matrix remembers.
const MEMORY: usize = 12;
/// The largest derivative per value at which the climb ends.
const FLAT: f64 = 1e-10;

/// Maximizes `-N/2 ln Σ(h - μ)² + Σ ln h′` over the offset and the log factor of each sample.
///
/// `rows` are samples, each with the values of the same analytes; NaN is missing. L-BFGS (Liu & Nocedal 1989,
/// 10.1007/BF01589116) with a backtracking search. None where the calibrated samples are equal.
///
/// METHOD: the search is over α and ln b of `b (y + α)`, each sample in units of its own size. Where there is hardly a
/// floor of noise, every b may grow at once; in α and ln b that valley is straight.
pub fn calibrate(rows: &[Vec<f64>]) -> Option<Calibration> {
    let sizes: Vec<f64> = rows.iter().map(|row| size(row).unwrap_or(1.0)).collect();
    let shrink = |(row, size): (&Vec<f64>, &f64)| row.iter().map(|y| y / size).collect();
    let rows: &[Vec<f64>] = &rows.iter().zip(&sizes).map(shrink).collect::<Vec<_>>();
    let mut x = vec![0.0; 2 * rows.len()];
    let mut here = Point::at(rows, &x)?;
    let (mut steps, mut converged): (Vec<Pair>, bool) = (Vec::new(), false);
    for _ in 0..ITERATIONS {
        converged = here.steepest() <= FLAT * here.per_sample;
        if converged {
            break;
        }
        let mut direction = descend(&here.gradient, &steps);
        if dot(&direction, &here.gradient) >= 0.0 {
            steps.clear();
            direction = descend(&here.gradient, &steps);
        }
        if steps.is_empty() {
            let scale = 1.0 / here.per_sample;
            direction.iter_mut().for_each(|d| *d *= scale);
        }
        let Some((next_x, next)) = search(rows, &x, &here, &direction) else { break };
        steps.extend(Pair::new(&x, &next_x, &here.gradient, &next.gradient));
        if steps.len() > MEMORY {
            steps.remove(0);
        }
        (x, here) = (next_x, next);
    }
    let found = x.chunks(2).zip(&sizes).map(|(x, size)| (libm::exp(x[1]) * x[0], x[1] - libm::log(*size)));
    let (offsets, log_factors) = found.unzip();
    Some(Calibration { offsets, log_factors, means: here.means, variance: here.variance, converged })
}

/// Halves the step until the objective falls as far as its slope promises (Armijo 1966).
fn search(rows: &[Vec<f64>], x: &[f64], here: &Point, direction: &[f64]) -> Option<(Vec<f64>, Point)> {
    let slope = dot(direction, &here.gradient);
    // METHOD: no log factor moves by more than 2, and no offset by more than twice the sample's size, at once.
    let longest = direction.iter().fold(0.0_f64, |longest, d| longest.max(d.abs()));
    let mut length = (2.0 / longest).min(1.0);
    for _ in 0..50 {
        let to: Vec<f64> = x.iter().zip(direction).map(|(x, d)| x + length * d).collect();
        let better = |point: &Point| {
            // Near the summit the objective changes by less than its last digits, and the slope still tells.
            let level = point.objective <= here.objective + 1e-12 * here.objective.abs();
            point.objective <= here.objective + 1e-4 * length * slope || (level && point.steepest() < here.steepest())
        };
        if let Some(point) = Point::at(rows, &to).filter(better) {
            return Some((to, point));
        }
        length *= 0.5;
    }
    None
}

/// A step and the change of the gradient along it.
struct Pair {
    step: Vec<f64>,
    change: Vec<f64>,
    product: f64,
}

impl Pair {
    fn new(from: &[f64], to: &[f64], before: &[f64], after: &[f64]) -> Option<Pair> {
        let step: Vec<f64> = to.iter().zip(from).map(|(to, from)| to - from).collect();
        let change: Vec<f64> = after.iter().zip(before).map(|(after, before)| after - before).collect();
        let product = dot(&step, &change);
        (product > 1e-14 * dot(&change, &change)).then_some(Pair { step, change, product })
    }
}

/// Minus the approximate inverse Hessian times the gradient: the two loops of Nocedal 1980, 10.1090/S0025-5718-1980-0572855-7.
fn descend(gradient: &[f64], pairs: &[Pair]) -> Vec<f64> {
    let mut q = gradient.to_vec();
    let mut weights = Vec::with_capacity(pairs.len());
    for pair in pairs.iter().rev() {
        let weight = dot(&pair.step, &q) / pair.product;
        add(&mut q, -weight, &pair.change);
        weights.push(weight);
    }
    if let Some(last) = pairs.last() {
        let scale = last.product / dot(&last.change, &last.change);
        q.iter_mut().for_each(|q| *q *= scale);
    }
    for (pair, weight) in pairs.iter().zip(weights.into_iter().rev()) {
        let back = dot(&pair.change, &q) / pair.product;
        add(&mut q, weight - back, &pair.step);
    }
    q.iter_mut().for_each(|q| *q = -*q);
    q
}

fn add(x: &mut [f64], times: f64, y: &[f64]) {
    x.iter_mut().zip(y).for_each(|(x, y)| *x += times * y);
}

/// Minus the profile log-likelihood at one place, with its gradient.
struct Point {
    objective: f64,
    gradient: Vec<f64>,
    means: Vec<f64>,
    variance: f64,
    /// The mean number of values of a sample.
    per_sample: f64,
}

impl Point {
    fn at(rows: &[Vec<f64>], x: &[f64]) -> Option<Point> {
        let calibrated = |(row, x): (&Vec<f64>, &[f64])| -> Vec<f64> {
            let factor = libm::exp(x[1]);
            row.iter().map(|y| libm::asinh(factor * (y + x[0]))).collect()
        };
        let h: Vec<Vec<f64>> = rows.par_iter().zip(x.par_chunks(2)).map(calibrated).collect();
        let means = means(&h, rows.first()?.len());
        let sums = |((row, h), x): ((&Vec<f64>, &Vec<f64>), &[f64])| Sums::of(row, h, &means, x[0], libm::exp(x[1]));
        let sums: Vec<Sums> = rows.par_iter().zip(&h).zip(x.par_chunks(2)).map(sums).collect();
        let count: f64 = sums.iter().map(|s| s.count).sum();
        let squares: f64 = sums.iter().map(|s| s.squares).sum();
        let jacobian: f64 = sums.iter().zip(x.chunks(2)).map(|(s, x)| s.log_root - s.count * x[1]).sum();
        let gradient = sums.iter().flat_map(|s| s.gradient(count / squares)).collect();
        let objective = 0.5 * count * libm::log(squares) + jacobian;
        let sound = objective.is_finite() && squares > 1e-24 * count;
        let per_sample = count / rows.len() as f64;
        sound.then_some(Point { objective, gradient, means, variance: squares / count, per_sample })
    }
}

impl Point {
    fn steepest(&self) -> f64 {
        self.gradient.iter().fold(0.0, |steepest: f64, slope| steepest.max(slope.abs()))
    }
}

/// Each analyte's mean over the samples that have it; sums run in the order of the samples.
fn means(h: &[Vec<f64>], analytes: usize) -> Vec<f64> {
    let mean = |analyte: usize| {
        let (mut sum, mut count) = (0.0, 0_usize);
        for value in h.iter().map(|row| row[analyte]).filter(|value| !value.is_nan()) {
            (sum, count) = (sum + value, count + 1);
        }
        sum / count as f64
    };
    (0..analytes).into_par_iter().map(mean).collect()
}

/// One sample's share of the objective and of its gradient.
#[derive(Default)]
struct Sums {
    count: f64,
    squares: f64,
    log_root: f64,
    /// Of the residuals, by α and by ln b.
    residual: [f64; 2],
    /// Of the Jacobian, by α and by ln b.
    root: [f64; 2],
}

impl Sums {
    fn of(row: &[f64], h: &[f64], means: &[f64], offset: f64, factor: f64) -> Sums {
        let mut sums = Sums::default();
        for ((y, h), mean) in row.iter().zip(h).zip(means).filter(|((y, _), _)| !y.is_nan()) {
            let (u, residual) = (factor * (y + offset), h - mean);
            let root = libm::hypot(1.0, u);
            let tilt = (u / root) / root;
            sums.count += 1.0;
            sums.squares += residual * residual;
            sums.log_root += libm::log(root);
            sums.residual[0] += residual * (factor / root);
            sums.residual[1] += residual * (u / root);
            sums.root[0] += tilt * factor;
            sums.root[1] += tilt * u;
        }
        sums
    }

    fn gradient(&self, precision: f64) -> [f64; 2] {
        let by_factor = precision * self.residual[1] + self.root[1] - self.count;
        [precision * self.residual[0] + self.root[0], by_factor]
    }
}
