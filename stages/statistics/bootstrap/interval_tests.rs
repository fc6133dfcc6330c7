//! Limits from given replicates: against R's boot, and what has no limits.

use super::*;

/// Ninety-nine replicates that R can make to the last bit: `u + u²` for `u = (37 j mod 101)/101`.
fn given_replicates() -> Vec<Option<f64>> {
    let u = |j: u32| f64::from(37 * j % 101) / 101.0;
    (1..100).map(|j| Some(u(j) + u(j) * u(j))).collect()
}

/// By R 4.2, `boot.ci(b, conf, type = c("perc", "bca"), t0 = t0, t = t, L = L)`, with t as above and
/// `i <- 0:11; theta <- 0.7 + ((5*i*i + 3*i) %% 13)/100; L <- 11 * (mean(theta) - theta)`: confidence, percentile
/// limits, BCa limits for t0 = 0.7 and for t0 = 0.9.
const BY_R: [(f64, [[f64; 2]; 3]); 4] = [
    (
        0.80,
        [
            [0.108_812_861_484_168_23, 1.712_773_257_523_772_4],
            [0.078_447_097_643_894_54, 1.628_659_819_482_375_1],
            [0.206_331_730_493_061_6, 1.845_366_948_145_941_2],
        ],
    ),
    (
        0.90,
        [
            [0.051_955_690_618_566_81, 1.853_935_888_638_368_6],
            [0.034_104_020_036_356_83, 1.792_776_174_063_456_2],
            [0.103_102_099_765_937_79, 1.924_537_294_466_976],
        ],
    ),
    (
        0.95,
        [
            [0.025_828_688_057_740_853, 1.925_145_539_588_839_5],
            [0.015_475_050_100_987_257, 1.884_395_825_292_011_4],
            [0.051_558_806_364_086_29, 1.961_704_799_356_110_5],
        ],
    ),
    (
        0.97,
        [
            [0.015_842_979_957_237_82, 1.953_537_481_654_197_7],
            [0.009_999_019_703_950_594, 1.923_626_819_837_095],
            [0.030_882_416_627_441_463, 1.970_395_059_307_911],
        ],
    ),
];

#[test]
fn limits_are_those_of_boot_ci() {
    let theta = |i: u32| 0.7 + f64::from((5 * i * i + 3 * i) % 13) / 100.0;
    let jackknife: Vec<Option<f64>> = (0..12).map(|i| Some(theta(i))).collect();
    let a = acceleration(&jackknife, &Strata::one(12)).unwrap();
    assert!((a / -0.021_782_167_040_802_415 - 1.0).abs() < 1e-12);
    let replicates = Replicates::new(&given_replicates()).unwrap();
    let same = |ours: Interval, by_r: [f64; 2], z0: Option<f64>, at_extreme: bool| {
        let limits = (ours.low / by_r[0] - 1.0).abs() < 1e-11 && (ours.high / by_r[1] - 1.0).abs() < 1e-11;
        let z0 = ours.z0.zip(z0).map_or(ours.z0 == z0, |(ours, by_r)| (ours / by_r - 1.0).abs() < 1e-12);
        assert!(limits && z0 && ours.at_extreme == at_extreme, "{ours:?} {by_r:?}");
    };
    for (confidence, [percentile, of_7, of_9]) in BY_R {
        // R warns of extreme order statistics at the last confidence.
        let extreme = confidence == 0.97;
        same(replicates.percentile(confidence).unwrap(), percentile, None, false);
        same(replicates.bca(0.7, a, confidence).unwrap(), of_7, Some(-0.063_341_023_256_858_7), extreme);
        same(replicates.bca(0.9, a, confidence).unwrap(), of_9, Some(0.191_052_006_146_174_2), extreme);
    }
}

#[test]
fn bca_limits_are_percentile_limits_without_bias_and_acceleration() {
    let symmetric: Vec<Option<f64>> = (0..200).map(|i| Some((f64::from(i) - 99.5).powi(3))).collect();
    let replicates = Replicates::new(&symmetric).unwrap();
    for confidence in [0.5, 0.9, 0.95] {
        let (percentile, bca) =
            (replicates.percentile(confidence).unwrap(), replicates.bca(0.0, 0.0, confidence).unwrap());
        assert!((percentile.low / bca.low - 1.0).abs() < 1e-10 && (percentile.high / bca.high - 1.0).abs() < 1e-10);
        assert!((percentile.low + percentile.high).abs() < 1e-6);
        assert_eq!((bca.z0, bca.acceleration, percentile.z0), (Some(0.0), Some(0.0), None));
    }
}

#[test]
fn failed_refits_are_counted_and_left_out() {
    let mut values = given_replicates();
    let whole = Replicates::new(&values).unwrap().percentile(0.9).unwrap();
    values.extend([None, Some(f64::NAN), Some(f64::INFINITY)]);
    let some = Replicates::new(&values).unwrap().percentile(0.9).unwrap();
    assert_eq!(some, Interval { draws: 102, failed: 3, ..whole });
    values.extend(vec![None; 97]);
    assert_eq!(Replicates::new(&values), Err(BootstrapError::RefitsFailed { failed: 100, draws: 199 }));
    assert_eq!(Replicates::new(&[]), Err(BootstrapError::NoDraws));
    assert_eq!(Replicates::new(&[None]), Err(BootstrapError::RefitsFailed { failed: 1, draws: 1 }));
}

#[test]
fn what_has_no_limits_says_why() {
    let replicates = Replicates::new(&given_replicates()).unwrap();
    assert_eq!(replicates.bca(-1.0, 0.0, 0.9), Err(BootstrapError::OneSided { below: 0, kept: 99 }));
    assert_eq!(replicates.bca(9.0, 0.0, 0.9), Err(BootstrapError::OneSided { below: 99, kept: 99 }));
    assert_eq!(replicates.bca(f64::NAN, 0.0, 0.9), Err(BootstrapError::OneSided { below: 0, kept: 99 }));
    assert_eq!(replicates.bca(0.7, 0.8, 0.95), Err(BootstrapError::Accelerated { acceleration: 0.8 }));
    assert!(replicates.bca(0.7, f64::NAN, 0.95).is_err());
    for confidence in [0.0, 1.0, -0.5, 95.0, f64::NAN] {
        assert!(matches!(replicates.percentile(confidence), Err(BootstrapError::Confidence { .. })));
    }
    let few = Replicates::new(&[Some(1.0), Some(2.0)]).unwrap().percentile(0.95).unwrap();
    assert!(few.at_extreme && few.low == 1.0 && few.high == 2.0);
    let exact = Replicates::new(&(0..39).map(|i| Some(f64::from(i))).collect::<Vec<_>>()).unwrap();
    let exact = exact.percentile(0.95).unwrap();
    assert!(!exact.at_extreme && exact.low < 1e-9 && exact.high > 38.0 - 1e-9);
}
