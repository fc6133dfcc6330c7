//! What becomes of smoothers when points are left out, for few points: as tables of n times n, eight λ side by side.

use std::array::from_fn;

use super::super::lanes::{Lanes, WIDTH, widest};
use super::{Knots, Smoother};

/// The linear maps `C = I - H` from points to their distances from the curve, one λ per lane; symmetric.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Distances {
    /// The lower triangle, row by row.
    c: Vec<Lanes>,
    /// One over each element of the diagonal.
    over: Vec<Lanes>,
}

impl Knots {
    /// The distances from the curves of up to eight λ above 0; further lanes repeat the last of them.
    pub fn distances(&self, lambdas: &[f64]) -> Distances {
        let smoothers: Vec<Smoother> = lambdas.iter().map(|lambda| self.smoother(*lambda)).collect();
        let n = self.knot.len();
        let mut distances = Distances::default();
        for i in 0..n {
            let mut unit = vec![0.0; n];
            unit[i] = 1.0;
            let points = self.points(&unit);
            let rows: Vec<Vec<f64>> = smoothers.iter().map(|smoother| smoother.above(self, &points)).collect();
            distances.c.extend((0..=i).map(|j| abreast(&rows, |row| row[j])));
        }
        distances.invert(n);
        distances
    }
}

impl Distances {
    /// The maps of the points `there` when those at `absent` were never measured; together they are all points.
    ///
    /// A curve that never saw some points M is the curve through all of them with these put where it passes, so that the
    /// map of the others is the Schur complement `C_NN - C_NM C_MM⁻¹ C_MN`.
    pub fn without(&self, there: &[usize], absent: &[usize], into: &mut Distances) {
        let order = [there, absent].concat();
        into.c.clear();
        for (i, &row) in order.iter().enumerate() {
            into.c.extend(order[..=i].iter().map(|&column| self.c[place(row.max(column), row.min(column))]));
        }
        widest(
            #[inline(always)]
            || into.remove_last(absent.len(), there.len()),
        );
        into.invert(there.len());
    }

    /// The maps of the first `n` points without the others behind them, the last first.
    #[inline(always)]
    fn remove_last(&mut self, others: usize, n: usize) {
        for m in (n..n + others).rev() {
            let (mut before, last) = self.c.split_at_mut(place(m, 0));
            for i in 0..m {
                let (row, later) = before.split_at_mut(i + 1);
                let share: Lanes = from_fn(|lane| last[i][lane] / last[m][lane]);
                for (own, last) in row.iter_mut().zip(&*last) {
                    *own = from_fn(|lane| own[lane] - share[lane] * last[lane]);
                }
                before = later;
            }
        }
        self.c.truncate(place(n, 0));
    }

    fn invert(&mut self, n: usize) {
        self.over.clear();
        self.over.extend((0..n).map(|i| self.c[place(i, i)].map(|own| 1.0 / own)));
    }

    /// How far each point lies above what the curve of the others predicts: `Σ Cᵢⱼ yⱼ / Cᵢᵢ`.
    #[inline(always)]
    pub fn above(&self, y: &[f64], into: &mut [Lanes]) {
        let mut rest = &self.c[..];
        for i in 0..y.len() {
            let (row, later) = rest.split_at(i + 1);
            let mut own = [0.0; WIDTH];
            for ((c, above), other) in row.iter().zip(&mut *into).zip(y) {
                own = from_fn(|lane| own[lane] + c[lane] * other);
                *above = from_fn(|lane| above[lane] + c[lane] * y[i]);
            }
            into[i] = own;
            rest = later;
        }
        for (above, over) in into.iter_mut().zip(&self.over) {
            *above = from_fn(|lane| above[lane] * over[lane]);
        }
    }

    /// The weight of point `j` in the prediction of point `i` by all others, `-Cᵢⱼ / Cᵢᵢ`, and that of `i` in that of `j`; j < i.
    #[inline(always)]
    pub fn weights(&self, i: usize, j: usize) -> (Lanes, Lanes) {
        let c = &self.c[place(i, j)];
        let weight = |of: usize| from_fn(|lane| -c[lane] * self.over[of][lane]);
        (weight(i), weight(j))
    }

    /// Where the others' curve, without point `i`, passes at the place of another point `at`.
    ///
    /// `y` are the points and `above` what each lies above the prediction by all others.
    pub fn passes(&self, y: &[f64], above: &[Lanes], i: usize, at: usize, lane: usize) -> f64 {
        let own = self.c[place(at, at)][lane] * above[at][lane];
        y[at] - (own - self.c[place(at.max(i), at.min(i))][lane] * above[i][lane])
    }
}

/// A number of each of up to eight, side by side; further lanes repeat the last one.
pub fn abreast<T>(of: &[T], number: impl Fn(&T) -> f64) -> Lanes {
    from_fn(|lane| of.get(lane).or(of.last()).map_or(f64::NAN, &number))
}

/// Where a lower triangle, row by row, holds its element of row i and column j.
#[inline(always)]
fn place(i: usize, j: usize) -> usize {
    i * (i + 1) / 2 + j
}
