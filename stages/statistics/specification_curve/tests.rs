//! Joint statistics by hand, p-values by every ordering, and what must not matter.

use super::*;
use crate::statistics::covariance::Covariance;
use crate::statistics::inference::Inference;
use crate::statistics::linear_refit::LinearRefit;
use crate::statistics::permutation::Reorderings;
use crate::statistics::random::Stream;

fn said(values: &[(f64, f64)]) -> Vec<Said> {
    values.iter().map(|(estimate, z)| Some((Some(*estimate), *z))).collect()
}

#[test]
fn the_joint_statistics_are_those_of_the_paper() {
    let rule = Rule::new(0.05);
    let all = said(&[(2.0, 2.5), (1.0, 1.0), (3.0, 3.0), (-1.0, -2.2)]);
    let joint = rule.joint(all.iter().copied().chain([None]));
    assert_eq!((joint.answered, joint.positive, joint.significant), (4, 3, [2, 1]));
    assert_eq!((joint.median, joint.share, joint.average_z), (Some(1.5), 0.5, 1.075));
    let mirrored = rule.joint(all.iter().map(|one| one.map(|(estimate, z)| (estimate.map(|e| -e), -z))));
    assert_eq!((mirrored.median, mirrored.share, mirrored.average_z), (Some(-1.5), 0.5, -1.075));
    let panel = rule.panel(all.into_iter());
    assert_eq!((panel.median, panel.share, panel.average_z), (Some(1.5), 0.75, 2.175));
    let tie = rule.joint(said(&[(1.0, 1.0), (-1.0, -3.0)]).into_iter());
    assert_eq!((tie.dominant(), tie.share), (1, 0.5));
    assert_eq!(rule.joint(std::iter::empty()), Joint::default());
}

#[test]
fn z_is_p_with_a_sign() {
    for p in [0.9, 0.05, 1e-12] {
        assert!((tails::normal_two_sided(signed_z(-3.0, p)) / p - 1.0).abs() < 1e-9);
        assert!(signed_z(-3.0, p) < 0.0 && signed_z(0.1, p) > 0.0);
    }
    assert_eq!(signed_z(1.0, 1.0).abs(), 0.0);
    assert!(signed_z(1.0, 0.0).is_finite());
}

/// Two outcomes and two predictors, each with a covariate and without: four analyses of each predictor.
struct Toy {
    refits: Vec<LinearRefit>,
    predictors: Vec<Vec<f64>>,
}

impl Toy {
    fn new(n: usize, draw: u64) -> Toy {
        let mut stream = Stream::new(11, "toy", draw);
        let mut normals = || (0..n).map(|_| stream.normal()).collect::<Vec<f64>>();
        let (common, z, ones) = (normals(), normals(), vec![1.0; n]);
        let outcomes: Vec<Vec<f64>> =
            (0..2).map(|_| normals().iter().zip(&common).map(|(own, common)| own + common).collect()).collect();
        let refit = |y: &Vec<f64>, covariates: Vec<Vec<f64>>| {
            LinearRefit::new(y.clone(), covariates, Covariance::Model, Inference::T)
        };
        let both = |y| [refit(y, vec![ones.clone()]), refit(y, vec![ones.clone(), z.clone()])];
        Toy { refits: outcomes.iter().flat_map(both).collect(), predictors: vec![normals(), normals()] }
    }

    fn effects(&self, order: &[u32]) -> Vec<Said> {
        let mut all = Vec::new();
        for x in &self.predictors {
            let x: Vec<f64> = order.iter().map(|&donor| x[donor as usize]).collect();
            all.extend(self.refits.iter().map(|refit| {
                let slope = refit.fit(&x).ok()?;
                Some((Some(slope.standardized), signed_z(slope.estimate, slope.p_value)))
            }));
        }
        all
    }

    fn test(&self, draws: u32, seed: u64) -> Vec<Tested> {
        let n = self.predictors[0].len() as u32;
        let orders = Reorderings::new(n, draws, seed).unwrap();
        let observed = self.effects(&(0..n).collect::<Vec<u32>>());
        let effects = |draw| self.effects(&orders.order(draw));
        let (count, enumerated) = (orders.count(), orders.enumerated());
        let draws = Draws { count, enumerated, effects: &effects, progress: &|_| () };
        test(Rule::new(0.05), &[(0..4).collect(), (4..8).collect()], &observed, &draws)
    }
}

/// Every ordering of n, by Heap's algorithm: another way than that of the orderings.
fn heap(n: usize, order: &mut Vec<u32>, each: &mut impl FnMut(&[u32])) {
    if n <= 1 {
        return each(order);
    }
    for i in 0..n {
        heap(n - 1, order, each);
        let other = if n.is_multiple_of(2) { i } else { 0 };
        order.swap(other, n - 1);
    }
}

#[test]
fn with_few_participants_p_is_exact() {
    let toy = Toy::new(6, 1);
    let tested = toy.test(720, 5);
    let rule = Rule::new(0.05);
    let average = |said: &[Said]| rule.joint(said.iter().copied()).average_z.abs();
    let observed = toy.effects(&[0, 1, 2, 3, 4, 5]);
    let reach = [average(&observed[..4]), average(&observed[4..])];
    let (mut counts, mut all) = ([0; 4], 0);
    heap(6, &mut (0..6).collect(), &mut |order| {
        let drawn = toy.effects(order);
        let sizes = [average(&drawn[..4]), average(&drawn[4..])];
        let largest = sizes[0].max(sizes[1]);
        for curve in 0..2 {
            counts[curve] += i32::from(sizes[curve] >= reach[curve] - 1e-9);
            counts[2 + curve] += i32::from(largest >= reach[curve] - 1e-9);
        }
        all += 1;
    });
    assert_eq!(all, 720);
    for curve in 0..2 {
        assert_eq!(tested[curve].p_values[2], Some(f64::from(counts[curve]) / 720.0));
        assert_eq!(tested[curve].p_family, Some(f64::from(counts[2 + curve]) / 720.0));
    }
    // Random draws come near it: 3.3 Monte-Carlo errors of 5,000 draws of 10 people against another 5,000.
    let toy = Toy::new(10, 2);
    let (a, b) = (toy.test(5000, 1), toy.test(5000, 2));
    for (a, b) in a.iter().zip(&b).flat_map(|(a, b)| a.p_values.into_iter().zip(b.p_values)) {
        let (a, b) = (a.unwrap(), b.unwrap());
        assert!((a - b).abs() <= 3.3 * (2.0 * a * (1.0 - a) / 5000.0_f64).sqrt() + 1e-12, "{a} {b}");
    }
}

#[test]
fn where_nothing_is_p_is_uniform() {
    let studies = 400;
    let mut below = [[0; 4]; 3];
    for study in 0..studies {
        let tested = Toy::new(12, 100 + study).test(99, study);
        for (curve, tested) in tested.iter().enumerate() {
            let ps = tested.p_values.into_iter().chain([tested.p_family]);
            for (at, p) in ps.enumerate().filter_map(|(at, p)| Some((at, p?))) {
                below[curve][at] += i32::from(p <= 0.1);
            }
        }
    }
    // Expected 40 of 400, four Monte-Carlo errors are 24; the share is discrete, and may only be rarer.
    for (curve, below) in below.iter().enumerate() {
        assert!((16..=64).contains(&below[0]) && (16..=64).contains(&below[2]), "{curve}: {below:?}");
        assert!(below[1] <= 64, "{curve}: {below:?}");
    }
    // The smaller of two family-wise p is at most 0.1 in a tenth of the studies, so each of them in less.
    assert!(below[0][3] + below[1][3] <= 64 && below[0][3] < below[0][2], "{below:?}");
}

#[test]
fn the_order_of_the_analyses_does_not_matter() {
    let toy = Toy::new(9, 4);
    let turned = Toy { refits: toy.refits.iter().rev().cloned().collect(), predictors: toy.predictors.clone() };
    let (a, b) = (toy.test(300, 8), turned.test(300, 8));
    for (a, b) in a.iter().zip(&b) {
        assert_eq!((a.p_values, a.p_family), (b.p_values, b.p_family));
        assert_eq!((a.joint.median, a.joint.share), (b.joint.median, b.joint.share));
    }
}

#[test]
fn a_draw_without_an_answer_makes_p_larger() {
    let observed = said(&[(1.0, 2.0)]);
    let effects = |draw: u64| if draw == 0 { vec![None] } else { said(&[(0.1, 0.1)]) };
    let draws = Draws { count: 9, enumerated: false, effects: &effects, progress: &|_| () };
    let tested = test(Rule::new(0.05), &[vec![0]], &observed, &draws);
    assert_eq!(tested[0].p_values, [Some(0.2), Some(0.2), Some(0.2)]);
    let none = test(Rule::new(0.05), &[vec![0]], &[None], &draws);
    assert_eq!((none[0].p_values, none[0].joint), ([None; 3], Joint::default()));
}
