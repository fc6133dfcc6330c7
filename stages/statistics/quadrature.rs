//! Integrals of smooth functions over finite intervals, to a relative error.
//!
//! Adaptive Gauss-Kronrod: an interval whose two rules disagree is halved. It looks only where it is told to: a caller
//! whose integrand has a narrow peak or an endless range passes break points that enclose it.

/// The non-negative nodes of the 15-point Kronrod rule on [−1, 1]; every second one is a node of the 7-point Gauss rule.
const NODES: [f64; 8] = [
    0.991_455_371_120_812_6,
    0.949_107_912_342_758_5,
    0.864_864_423_359_769_1,
    0.741_531_185_599_394_5,
    0.586_087_235_467_691_1,
    0.405_845_151_377_397_2,
    0.207_784_955_007_898_48,
    0.0,
];
const KRONROD: [f64; 8] = [
    0.022_935_322_010_529_224,
    0.063_092_092_629_978_56,
    0.104_790_010_322_250_19,
    0.140_653_259_715_525_92,
    0.169_004_726_639_267_9,
    0.190_350_578_064_785_42,
    0.204_432_940_075_298_89,
    0.209_482_141_084_727_82,
];
const GAUSS: [f64; 4] =
    [0.129_484_966_168_869_7, 0.279_705_391_489_276_64, 0.381_830_050_505_118_9, 0.417_959_183_673_469_4];

/// How many intervals are looked at before the rest are taken as they are: an integrand that is mostly rounding error
/// would be halved for ever.
const MOST: usize = 20_000;

/// Integrates `f` over the intervals between successive `breaks` (increasing), to `relative` of the integral of |f|.
///
/// None where there is no interval, or where the integral is not finite. Source of the rule: Piessens et al. 1983,
/// QUADPACK, 10.1007/978-3-642-61786-7.
pub fn integrate(f: impl Fn(f64) -> f64, breaks: &[f64], relative: f64) -> Option<f64> {
    let intervals = || breaks.windows(2).map(|ends| (ends[0], ends[1]));
    let size: f64 = intervals().map(|(low, high)| rule(&f, low, high).size).sum();
    if breaks.len() < 2 || !size.is_finite() {
        return None;
    }
    // The leftmost interval is the last, so that the sum runs from left to right.
    let mut pending: Vec<(f64, f64)> = intervals().rev().collect();
    let (mut total, mut looked_at) = (0.0, 0);
    while let Some((low, high)) = pending.pop() {
        let whole = rule(&f, low, high);
        looked_at += 1;
        // METHOD: the difference of the rules is the error of the poorer one; the better one's is far below it.
        if whole.error <= (relative * size).max(1e-15 * whole.size) || looked_at > MOST {
            total += whole.kronrod;
        } else {
            let middle = 0.5 * (low + high);
            pending.extend([(middle, high), (low, middle)]);
        }
    }
    total.is_finite().then_some(total)
}

/// One application of both rules.
struct Rule {
    kronrod: f64,
    error: f64,
    /// The integral of |f|.
    size: f64,
}

fn rule(f: &impl Fn(f64) -> f64, low: f64, high: f64) -> Rule {
    let (center, half) = (0.5 * (low + high), 0.5 * (high - low));
    let (mut kronrod, mut gauss, mut size) = (0.0, 0.0, 0.0);
    for (k, node) in NODES.iter().enumerate() {
        let (left, right) = (f(center - half * node), if *node == 0.0 { 0.0 } else { f(center + half * node) });
        kronrod += KRONROD[k] * (left + right);
        size += KRONROD[k] * (left.abs() + right.abs());
        if k % 2 == 1 {
            gauss += GAUSS[k / 2] * (left + right);
        }
    }
    Rule { kronrod: half * kronrod, error: half * (kronrod - gauss).abs(), size: half * size }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integrals_have_their_closed_forms() {
        let normal = integrate(|x| libm::exp(-0.5 * x * x), &[-40.0, 0.0, 40.0], 1e-13).unwrap();
        assert!((normal - (2.0 * std::f64::consts::PI).sqrt()).abs() < 1e-13);
        let root = integrate(|x| x.sqrt(), &[0.0, 1.0], 1e-12).unwrap();
        assert!((root - 2.0 / 3.0).abs() < 1e-12);
        // Exact for polynomials up to degree 22, in one step.
        let power = integrate(|x| 23.0 * x.powi(22), &[0.0, 1.0], 1e-3).unwrap();
        assert!((power - 1.0).abs() < 1e-14);
    }

    #[test]
    fn what_has_no_integral_has_none() {
        assert_eq!(integrate(|x| x, &[], 1e-9), None);
        assert_eq!(integrate(|x| x, &[1.0], 1e-9), None);
        assert_eq!(integrate(|_| f64::NAN, &[0.0, 1.0], 1e-9), None);
        assert_eq!(integrate(|x| if x < 0.5 { 1.0 } else { f64::INFINITY }, &[0.0, 0.4, 1.0], 1e-9), None);
    }

    #[test]
    fn noise_is_not_halved_for_ever() {
        let noisy = |x: f64| 1.0 + 1e-3 * libm::sin(1e9 * x * x);
        assert!((integrate(noisy, &[0.0, 1.0], 1e-14).unwrap() - 1.0).abs() < 1e-3);
    }
}
