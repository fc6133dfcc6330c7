//! What becomes of a smoother when points are left out, for few points: as a table of n times n.

use super::{Knots, Smoother};

/// The linear map `C = I - H` from points to their distances from the curve at one λ; symmetric.
#[derive(Debug, Clone, PartialEq)]
pub struct Distances {
    n: usize,
    c: Vec<f64>,
}

/// How the curve of the others predicts each point.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct LeftOut {
    /// A table of n times n, row by row: the weights of the prediction at the point's own place, with 0 for itself.
    pub weights: Vec<f64>,
    /// Which share of its distance from that prediction a point keeps from the curve that it has a part in.
    pub share: Vec<f64>,
    /// One over it; 0 for an absent point.
    over_share: Vec<f64>,
}

impl Smoother {
    /// The distances from the curve of this λ, as a table; λ above 0.
    pub fn distances(&self, knots: &Knots) -> Distances {
        let n = knots.knot.len();
        let mut unit = vec![0.0; n];
        let mut c = Vec::with_capacity(n * n);
        for j in 0..n {
            unit[j] = 1.0;
            c.extend(self.above(knots, &knots.points(&unit)));
            unit[j] = 0.0;
        }
        Distances { n, c }
    }
}

impl Distances {
    /// How the curve of the others predicts each point when those at `absent` were never measured.
    ///
    /// A curve that never saw some points M is the curve through all of them with these put where it passes, so that the
    /// map of the others is the Schur complement `C_NN - C_NM C_MM⁻¹ C_MN`. Of absent points rows and columns are 0.
    pub fn left_out(&self, absent: &[usize], into: &mut LeftOut) {
        let (n, c) = (self.n, &mut into.weights);
        c.clear();
        c.extend_from_slice(&self.c);
        absent.iter().for_each(|&m| remove(c, n, m));
        into.share.clear();
        into.over_share.clear();
        for (i, row) in c.chunks_exact_mut(n).enumerate() {
            let over = if row[i] == 0.0 { 0.0 } else { 1.0 / row[i] };
            into.share.push(row[i]);
            into.over_share.push(over);
            row.iter_mut().for_each(|weight| *weight *= -over);
            row[i] = 0.0;
        }
    }
}

impl LeftOut {
    /// A table of weights, of which no shares are known.
    pub fn by_weights(weights: Vec<f64>) -> LeftOut {
        LeftOut { weights, ..LeftOut::default() }
    }

    /// The weights of point `i` in the predictions of those before it.
    ///
    /// As `C` is symmetric they are in row i, times `Cᵢᵢ/Cⱼⱼ`; without shares they are looked up.
    pub fn column(&self, i: usize, into: &mut [f64]) {
        let n = into.len();
        if self.share.is_empty() {
            into[..i].iter_mut().zip(self.weights[i..].iter().step_by(n)).for_each(|(to, weight)| *to = *weight);
            return;
        }
        let (row, own) = (&self.weights[i * n..][..i], self.share[i]);
        let weights = row.iter().zip(&self.over_share).map(|(weight, over)| weight * own * over);
        into.iter_mut().zip(weights).for_each(|(to, weight)| *to = weight);
    }

    /// Where the others' curve, without point `i`, passes at the place of another point `at`.
    ///
    /// `y` are the points and `above` what each lies above the prediction by all others.
    pub fn passes(&self, y: &[f64], above: &[f64], i: usize, at: usize) -> f64 {
        let weight = self.weights[at * self.share.len() + i];
        y[at] - self.share[at] * (above[at] + weight * above[i])
    }
}

/// The map without its point `m`.
fn remove(c: &mut [f64], n: usize, m: usize) {
    let pivot = c[m * n..][..n].to_vec();
    for row in c.chunks_exact_mut(n) {
        let share = row[m] / pivot[m];
        row.iter_mut().zip(&pivot).for_each(|(own, pivot)| *own -= share * pivot);
        row[m] = 0.0;
    }
    c[m * n..][..n].fill(0.0);
}
