//! Many analyses of one question together: what all of them say, and how often chance alone would say as much.
//!
//! It knows effects and orderings of participants, and no model: whoever fits hands over what each ordering gives.

use rayon::prelude::*;

use super::descriptive::median_in_place;
use super::tails;

/// What one analysis says: its estimate, where it has one, and its p as a signed standard normal number.
pub type Said = Option<(Option<f64>, f64)>;

/// The smallest p that a z is made of.
const SMALLEST: f64 = 1e-300;
/// Statistics that differ by less than this share of the larger one are equal: sums in another order differ by as much.
const EQUAL: f64 = 1e-9;

/// A two-sided p with the sign of its estimate as a standard normal number: `sign · Φ⁻¹(1 − p/2)`.
pub fn signed_z(estimate: f64, p_value: f64) -> f64 {
    // An estimate of zero has p = 1 and z = 0 whatever its sign.
    -tails::normal_quantile(p_value.clamp(SMALLEST, 1.0) / 2.0) * estimate.signum()
}

/// The joint statistics of one curve.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Joint {
    /// The analyses that gave an answer.
    pub answered: usize,
    /// Those with a positive effect.
    pub positive: usize,
    /// Those that are significant and positive, and significant and negative.
    pub significant: [usize; 2],
    /// The median of the estimates.
    pub median: Option<f64>,
    /// The share of the answered that are significant with the dominant sign.
    pub share: f64,
    /// The average of the z.
    pub average_z: f64,
}

/// How the curves are counted.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rule {
    /// |z| from here on is significant.
    pub critical: f64,
}

impl Rule {
    /// An analysis is significant where its two-sided p is below `alpha`.
    pub fn new(alpha: f64) -> Self {
        Rule { critical: tails::normal_quantile(1.0 - alpha / 2.0) }
    }

    /// The joint statistics of the analyses of one question.
    ///
    /// `median(bₖ)`; the share significant with the dominant sign, which is the sign of most estimates (of the larger
    /// share where they are as many); the average z, which is Stouffer's `Σ zₖ/√K` over √K.
    /// Source: Simonsohn, Simmons and Nelson 2020, 10.1038/s41562-020-0912-z.
    pub fn joint(&self, said: impl Iterator<Item = Said>) -> Joint {
        let mut joint = Joint::default();
        let (mut estimates, mut sum) = (Vec::new(), 0.0);
        for (estimate, z) in said.flatten() {
            joint.answered += 1;
            joint.positive += usize::from(z > 0.0);
            if z.abs() > self.critical {
                joint.significant[usize::from(z < 0.0)] += 1;
            }
            estimates.extend(estimate);
            sum += z;
        }
        joint.median = median_in_place(&mut estimates);
        if joint.answered > 0 {
            joint.share = joint.significant[joint.dominant()] as f64 / joint.answered as f64;
            joint.average_z = sum / joint.answered as f64;
        }
        joint
    }

    /// The same of several questions together, whose effects may point either way: the median size of the estimates,
    /// the share significant with any sign, the average size of z.
    pub fn panel(&self, said: impl Iterator<Item = Said>) -> Joint {
        let sized = said.map(|one| one.map(|(estimate, z)| (estimate.map(f64::abs), z.abs())));
        self.joint(sized)
    }
}

impl Joint {
    /// The place of the dominant sign among `significant`: 0 positive, 1 negative.
    pub fn dominant(&self) -> usize {
        match (2 * self.positive).cmp(&self.answered) {
            std::cmp::Ordering::Greater => 0,
            std::cmp::Ordering::Less => 1,
            std::cmp::Ordering::Equal => usize::from(self.significant[1] > self.significant[0]),
        }
    }

    /// The statistics by size: two-sided tests ask how often chance gives as much.
    fn sizes(&self) -> [Option<f64>; 3] {
        let any = (self.answered > 0).then_some(());
        [self.median.map(f64::abs), any.map(|()| self.share), any.map(|()| self.average_z.abs())]
    }
}

/// A curve with its permutation p-values.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Tested {
    pub joint: Joint,
    /// Of the median, the share and the average z; none where the statistic is not there.
    pub p_values: [Option<f64>; 3],
    /// Of the average z among those of all curves: the family-wise error of the curves is at most this.
    pub p_family: Option<f64>,
}

/// Where the draws come from: how many, whether they are all there are, and what each analysis says under each.
pub struct Draws<'a> {
    pub count: u64,
    pub enumerated: bool,
    pub effects: &'a (dyn Fn(u64) -> Vec<Said> + Sync),
    pub progress: &'a (dyn Fn(u64) + Sync),
}

/// Tests each curve and all of them together; the last of the answer is the panel.
///
/// `curves` are the places of each curve's analyses within `observed`. With B draws, `p = (1 + #{T* ≥ T}) / (1 + B)`; where
/// the draws are all orderings, the observed one among them, `p = #{T* ≥ T} / B`. For the family, T* is the largest
/// |average z| of any curve (Westfall and Young's single-step max-T).
/// Source: Simonsohn et al. 2020, as above; Phipson and Smyth 2010, 10.2202/1544-6115.1585 (never p = 0).
pub fn test(rule: Rule, curves: &[Vec<usize>], observed: &[Said], draws: &Draws<'_>) -> Vec<Tested> {
    let joints = joints(rule, curves, observed);
    let reach: Vec<[Option<f64>; 3]> = joints.iter().map(Joint::sizes).collect();
    let count = |draw: u64| {
        let drawn = self::joints(rule, curves, &(draws.effects)(draw));
        let counts = exceeding(&reach, &drawn.iter().map(Joint::sizes).collect::<Vec<_>>());
        (draws.progress)(1);
        counts
    };
    let none = || vec![[0_u64; 4]; joints.len()];
    let counts = (0..draws.count).into_par_iter().map(count).reduce(none, add);
    // METHOD: of random draws, the observed ordering is one of those that could have been; it counts for itself.
    let own = u64::from(!draws.enumerated);
    let p = |count: u64| (count + own) as f64 / (draws.count + own) as f64;
    let tested = |((joint, reach), counts): ((Joint, [Option<f64>; 3]), [u64; 4])| Tested {
        joint,
        p_values: std::array::from_fn(|at| reach[at].map(|_| p(counts[at]))),
        p_family: reach[2].map(|_| p(counts[3])),
    };
    let panel = joints.len() - 1;
    let mut all: Vec<Tested> = joints.into_iter().zip(reach).zip(counts).map(tested).collect();
    all[panel].p_family = None;
    all
}

/// Each curve's statistics, then the panel's.
fn joints(rule: Rule, curves: &[Vec<usize>], said: &[Said]) -> Vec<Joint> {
    let each = curves.iter().map(|places| rule.joint(places.iter().map(|place| said[*place])));
    each.chain([rule.panel(curves.iter().flatten().map(|place| said[*place]))]).collect()
}

/// Which statistics of a draw reach the observed ones, curve by curve: the three, and the family's.
fn exceeding(reach: &[[Option<f64>; 3]], drawn: &[[Option<f64>; 3]]) -> Vec<[u64; 4]> {
    let curves = reach.len() - 1;
    let largest = drawn[..curves]
        .iter()
        .filter_map(|sizes| sizes[2])
        .fold(None, |a: Option<f64>, b| Some(a.map_or(b, |a| a.max(b))));
    let compare = |(reach, drawn): (&[Option<f64>; 3], &[Option<f64>; 3])| {
        [
            reaches(drawn[0], reach[0]),
            reaches(drawn[1], reach[1]),
            reaches(drawn[2], reach[2]),
            reaches(largest, reach[2]),
        ]
    };
    reach.iter().zip(drawn).map(compare).collect()
}

/// METHOD: a draw in which a statistic cannot be made counts as one that reaches it, which makes p larger.
fn reaches(drawn: Option<f64>, observed: Option<f64>) -> u64 {
    u64::from(match (drawn, observed) {
        (Some(drawn), Some(observed)) => drawn >= observed * (1.0 - EQUAL),
        (None, Some(_)) => true,
        (_, None) => false,
    })
}

fn add(mut a: Vec<[u64; 4]>, b: Vec<[u64; 4]>) -> Vec<[u64; 4]> {
    for (a, b) in a.iter_mut().zip(b) {
        a.iter_mut().zip(b).for_each(|(a, b)| *a += b);
    }
    a
}

#[cfg(test)]
mod tests;
