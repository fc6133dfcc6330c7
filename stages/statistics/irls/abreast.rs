//! Eight climbs abreast: one logistic likelihood under eight sets of counts, each with the bits it has alone.
//!
//! A bootstrap of a logistic model is tens of thousands of small climbs of one shape. Here the usual one is taken: plain
//! scoring from a common start whose every full step is uphill, arriving within a few steps. A lane that meets anything
//! else (a singular information, a step that must be halved, no arrival in time) is left to [`Slope::climb`].

use super::super::cholesky::TOLERANCE;
use super::super::family::Family;
use super::super::lanes::{Lanes, WIDTH, each, exp, log, widest};
use super::super::link::Link;
use super::{NEAR, PATIENCE, SLACK, Slope};

/// Where a climb arrived.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Arrival {
    /// The last coordinate.
    pub last: f64,
    /// The least information along an axis: [`Cholesky::least`](super::super::cholesky::Cholesky::least).
    pub least: f64,
}

/// One place per lane.
struct Places {
    coordinates: Vec<Lanes>,
    /// Of the information, rows after one another.
    lower: Vec<Lanes>,
    gradient: Vec<Lanes>,
    deviance: Lanes,
    /// Whether the information is positive definite.
    definite: [bool; WIDTH],
}

impl Slope<'_> {
    /// Whether [`Slope::climb_abreast`] knows this likelihood.
    pub fn can_climb_abreast(&self) -> bool {
        self.family == Family::Binomial && self.link == Link::Logit && !self.penalized && self.held.is_none()
    }

    /// Climbs a logistic likelihood under up to eight sets of counts; none where a climb is not the usual one.
    pub fn climb_abreast(&self, start: &[f64], counts: &[Vec<f64>]) -> [Option<Arrival>; WIDTH] {
        let rows: Vec<Lanes> = (0..self.y.len())
            .map(|row| std::array::from_fn(|lane| counts.get(lane).map_or(1.0, |counts| counts[row])))
            .collect();
        widest(
            #[inline(always)]
            || self.scoring(start, &rows),
        )
    }

    /// The steps of [`Slope::climb`], all lanes at once.
    #[inline(always)]
    fn scoring(&self, start: &[f64], counts: &[Lanes]) -> [Option<Arrival>; WIDTH] {
        let mut arrivals = [None; WIDTH];
        let mut place = self.places(start.iter().map(|at| [*at; WIDTH]).collect(), counts);
        let mut climbing = std::array::from_fn(|lane| place.definite[lane] && place.deviance[lane].is_finite());
        for _ in 0..PATIENCE {
            if climbing == [false; WIDTH] {
                break;
            }
            let step = solve(&place.lower, &place.gradient);
            let decrement = dot(&step, &place.gradient);
            let moved = |(at, step): (&Lanes, &Lanes)| each(|lane| at[lane] + step[lane]);
            let next = self.places(place.coordinates.iter().zip(&step).map(moved).collect(), counts);
            for lane in (0..WIDTH).filter(|lane| climbing[*lane]).collect::<Vec<_>>() {
                let (before, after) = (place.deviance[lane], next.deviance[lane]);
                let valid = next.definite[lane] && after.is_finite();
                let arrived = decrement[lane] <= NEAR;
                if arrived && valid {
                    arrivals[lane] = next.arrival(lane);
                }
                climbing[lane] = !arrived && valid && after <= before + SLACK * (before.abs() + 1.0);
            }
            place = next;
        }
        arrivals
    }

    /// What [`Slope::place`] computes, row by row in the same order.
    #[inline(always)]
    fn places(&self, coordinates: Vec<Lanes>, counts: &[Lanes]) -> Places {
        let p = coordinates.len();
        let columns: Vec<&[f64]> = (0..p).map(|j| self.basis.col_as_slice(j)).collect();
        let mut information = vec![[-0.0; WIDTH]; p * p];
        let mut gradient = vec![[-0.0; WIDTH]; p];
        let mut deviance = [0.0; WIDTH];
        for (row, (&y, count)) in self.y.iter().zip(counts).enumerate() {
            let mut eta = [0.0; WIDTH];
            for (column, coordinate) in columns.iter().zip(&coordinates) {
                let q = column[row];
                (0..WIDTH).for_each(|lane| eta[lane] += q * coordinate[lane]);
            }
            let row_of = logistic(y, &eta, count);
            (0..WIDTH).for_each(|lane| deviance[lane] += row_of.deviance[lane]);
            for i in 0..p {
                let q = columns[i][row];
                (0..WIDTH).for_each(|lane| gradient[i][lane] += q * row_of.pull[lane]);
                let weighted = each(|lane| q * row_of.weight[lane]);
                for j in 0..=i {
                    let (q, sum) = (columns[j][row], &mut information[i * p + j]);
                    (0..WIDTH).for_each(|lane| sum[lane] += q * weighted[lane]);
                }
            }
        }
        let definite = factor(&mut information, p);
        Places { coordinates, lower: information, gradient, deviance, definite }
    }
}

impl Places {
    fn arrival(&self, lane: usize) -> Option<Arrival> {
        let p = self.coordinates.len();
        let roots = (0..p).map(|j| self.lower[j * p + j][lane]);
        let least = roots.map(|root| root * root).fold(f64::INFINITY, f64::min);
        Some(Arrival { last: self.coordinates.last()?[lane], least })
    }
}

/// What one counted row adds.
struct Row {
    /// `c dl/dη`.
    pull: Lanes,
    /// `c μ (1 − μ)`.
    weight: Lanes,
    /// `−2 c log L`.
    deviance: Lanes,
}

/// A row of a logistic likelihood. The slope of the mean is the variance, so their quotient is exactly 1 and is left out.
#[inline(always)]
fn logistic(y: f64, eta: &Lanes, count: &Lanes) -> Row {
    let small = exp(each(|lane| -eta[lane].clamp(-700.0, 700.0).abs()));
    let near: Lanes = each(|lane| 1.0 / (1.0 + small[lane]));
    let far: Lanes = each(|lane| small[lane] / (1.0 + small[lane]));
    let value: Lanes = each(|lane| if eta[lane] < 0.0 { far[lane] } else { near[lane] });
    let complement: Lanes = each(|lane| if eta[lane] < 0.0 { near[lane] } else { far[lane] });
    let happened = y == 1.0;
    let likelihood = log(if happened { value } else { complement });
    Row {
        pull: each(|l| count[l] * (if happened { complement[l] } else { y - value[l] })),
        weight: each(|lane| near[lane] * far[lane] * count[lane]),
        deviance: each(|lane| count[lane] * (-2.0 * likelihood[lane])),
    }
}

/// The Cholesky factor in place of the lower half, as [`Cholesky::new`](super::super::cholesky::Cholesky::new) makes it.
#[inline(always)]
fn factor(matrix: &mut [Lanes], p: usize) -> [bool; WIDTH] {
    let mut definite = [true; WIDTH];
    for j in 0..p {
        let diagonal = matrix[j * p + j];
        for i in j..p {
            let mut products = [-0.0; WIDTH];
            for k in 0..j {
                let (a, b) = (matrix[i * p + k], matrix[j * p + k]);
                (0..WIDTH).for_each(|lane| products[lane] += a[lane] * b[lane]);
            }
            let pivot = matrix[j * p + j];
            let entry = &mut matrix[i * p + j];
            for lane in 0..WIDTH {
                let rest = entry[lane] - products[lane];
                if i == j {
                    definite[lane] &= rest > TOLERANCE * diagonal[lane] && rest.is_finite();
                    entry[lane] = rest.sqrt();
                } else {
                    entry[lane] = rest / pivot[lane];
                }
            }
        }
    }
    definite
}

/// `A⁻¹ b`.
#[inline(always)]
fn solve(lower: &[Lanes], b: &[Lanes]) -> Vec<Lanes> {
    let p = b.len();
    let mut x = b.to_vec();
    let below = (0..p).map(|i| (i, 0..i, false));
    let above = (0..p).rev().map(|i| (i, i + 1..p, true));
    for (i, others, transposed) in below.chain(above) {
        let mut products = [-0.0; WIDTH];
        for k in others {
            let entry = if transposed { lower[k * p + i] } else { lower[i * p + k] };
            (0..WIDTH).for_each(|lane| products[lane] += entry[lane] * x[k][lane]);
        }
        let pivot = lower[i * p + i];
        (0..WIDTH).for_each(|lane| x[i][lane] = (x[i][lane] - products[lane]) / pivot[lane]);
    }
    x
}

#[inline(always)]
fn dot(a: &[Lanes], b: &[Lanes]) -> Lanes {
    let mut sum = [-0.0; WIDTH];
    for (a, b) in a.iter().zip(b) {
        (0..WIDTH).for_each(|lane| sum[lane] += a[lane] * b[lane]);
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statistics::bootstrap::Resamples;
    use crate::statistics::design::{Design, Variable};
    use crate::statistics::glm::Likelihood;
    use crate::statistics::random::Stream;
    use crate::statistics::term::Term;

    const LOGISTIC: Likelihood = Likelihood { family: Family::Binomial, link: Link::Logit, penalized: false };

    /// A study of n rows with a predictor and `others` covariates; `slope` separates the outcome where it is large.
    fn study(n: usize, others: usize, slope: f64) -> (Design, Vec<f64>) {
        let mut stream = Stream::new(20_250_715, "abreast", (n + others) as u64);
        let mut column =
            |name: String| (name, Variable::Numeric((0..n).map(|_| 50.0 + 9.0 * stream.normal()).collect()));
        let columns: Vec<(String, Variable)> = (0..=others).map(|k| column(format!("x{k}"))).collect();
        let Variable::Numeric(x) = &columns[0].1 else { panic!("numeric") };
        let chance = |x: &f64| 1.0 / (1.0 + libm::exp(0.4 - slope * (x - 50.0)));
        let y = x.iter().map(|x| f64::from(u8::from(stream.uniform() < chance(x)))).collect();
        (Design::new(n, &columns).unwrap(), y)
    }

    #[test]
    fn climbs_abreast_end_on_the_bits_of_climbs_alone() {
        let (mut usual, mut all, mut failed) = (0, 0, 0);
        for (n, others, slope) in [(30, 0, 0.1), (30, 3, 0.05), (30, 0, 0.6), (14, 1, 0.2), (101, 2, 0.1), (30, 1, 9.0)]
        {
            let (design, y) = study(n, others, slope);
            let term = Term::new(&design, 1, &y, LOGISTIC);
            let Ok(top) = term.climb(None, None) else { continue };
            let resamples = Resamples::new(n, 3, 403);
            let counts: Vec<Vec<f64>> = (0..403).map(|draw| resamples.counts(draw)).collect();
            for (counts, estimate) in counts.iter().zip(term.estimates(&counts, &top.peak)) {
                let term = term.counted(counts);
                let alone = term.climb(None, Some(&top.peak)).ok().filter(|top| term.is_finite(top));
                let alone = alone.map(|top| term.estimate(&top));
                assert_eq!(estimate.map(f64::to_bits), alone.map(f64::to_bits), "{n} {others} {slope} {counts:?}");
                failed += usize::from(alone.is_none());
            }
            // In the coordinates of the design's own basis: how many lanes are not left to the climb alone.
            let slope = LOGISTIC.slope(&design.factor().basis, &y);
            let start = slope.climb(None).unwrap().coordinates;
            let lanes =
                counts.chunks(WIDTH).flat_map(|eight| slope.climb_abreast(&start, eight)[..eight.len()].to_vec());
            all += counts.len();
            usual += lanes.flatten().count();
        }
        assert!(
            (usual + failed) * 20 > all * 19 && usual > 1000 && failed > 100,
            "{usual} of {all} are the usual climb, {failed} have no maximum"
        );
    }

    #[test]
    fn other_likelihoods_are_left_to_the_climb_alone() {
        let (design, y) = study(30, 0, 0.1);
        let basis = &design.factor().basis;
        assert!(LOGISTIC.slope(basis, &y).can_climb_abreast());
        let others = [
            Likelihood { penalized: true, ..LOGISTIC },
            Likelihood { link: Link::Probit, ..LOGISTIC },
            Likelihood { family: Family::Poisson, link: Link::Log, penalized: false },
        ];
        assert!(others.iter().all(|likelihood| !likelihood.slope(basis, &y).can_climb_abreast()));
        assert!(!Slope { held: Some(0.0), ..LOGISTIC.slope(basis, &y) }.can_climb_abreast());
    }
}
