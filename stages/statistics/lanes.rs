//! Eight numbers side by side, in the widest vectors that the machine has, each with the bits it has alone.
//!
//! The elementary functions repeat those of `libm`, operation by operation and without a branch, so that a lane holds what
//! `libm` gives: a test asks for that to the bit. Nothing is contracted to a fused multiply-add.
//!
//! The algorithms and their constants are those of FreeBSD's `e_exp.c` and `e_log.c`: Copyright (C) 1993, 2004 by Sun
//! Microsystems, Inc. All rights reserved. Permission to use, copy, modify, and distribute this software is freely granted,
//! provided that this notice is preserved.

/// How many lanes there are.
pub const WIDTH: usize = 8;

/// One number per lane.
pub type Lanes = [f64; WIDTH];

const LN2_HIGH: f64 = 6.931_471_803_691_238e-1;
const LN2_LOW: f64 = 1.908_214_929_270_587_7e-10;
const INVERSE_LN2: f64 = std::f64::consts::LOG2_E;
/// The first number of which the last digit before the point is one.
const TWO_52: f64 = 4_503_599_627_370_496.0;

/// Does what `work` does in the widest vectors that the machine has.
///
/// `work` is to be inlined, with all that it calls: `#[inline(always)] ||`. What is not stays in narrow vectors.
pub fn widest<R>(work: impl FnMut() -> R) -> R {
    struct Work<F>(F);
    impl<R, F: FnMut() -> R> pulp::NullaryFnOnce for Work<F> {
        type Output = R;
        #[inline(always)]
        fn call(mut self) -> R {
            // A closure called as `FnOnce` would not be inlined, whatever it says.
            (self.0)()
        }
    }
    pulp::Arch::new().dispatch(Work(work))
}

/// eˣ for −708 ≤ x ≤ 0; another x gives an unspecified number.
#[inline(always)]
pub fn exp(x: Lanes) -> Lanes {
    each(|lane| exp_one(x[lane]))
}

/// log x for a normal x > 0; another x gives an unspecified number.
#[inline(always)]
pub fn log(x: Lanes) -> Lanes {
    each(|lane| log_one(x[lane]))
}

/// A number for each lane. (The array's own `map` and `from_fn` are functions of their own, out of the wide vectors' reach.)
#[inline(always)]
pub fn each(number: impl Fn(usize) -> f64) -> Lanes {
    let mut lanes = [0.0; WIDTH];
    for (lane, value) in lanes.iter_mut().enumerate() {
        *value = number(lane);
    }
    lanes
}

#[inline(always)]
fn exp_one(x: f64) -> f64 {
    const P: [f64; 5] = [
        1.666_666_666_666_660_2e-1,
        -2.777_777_777_701_559_3e-3,
        6.613_756_321_437_934e-5,
        -1.653_390_220_546_525_2e-6,
        4.138_136_797_057_238_5e-8,
    ];
    let high_word = (x.to_bits() >> 32) & 0x7fff_ffff;
    // Below half of ln 2 nothing is split off.
    let k = if high_word > 0x3fd6_2e42 { (INVERSE_LN2 * x - 0.5).trunc() } else { 0.0 };
    let (high, low) = (x - k * LN2_HIGH, k * LN2_LOW);
    let r = high - low;
    let square = r * r;
    let c = r - square * (P[0] + square * (P[1] + square * (P[2] + square * (P[3] + square * P[4]))));
    let y = 1.0 + (r * c / (2.0 - c) - low + high);
    // 2ᵏ: its exponent's bits are the low bits of 2⁵² + 1023 + k.
    let scaled = y * f64::from_bits((TWO_52 + (1023.0 + k)).to_bits() << 52);
    if high_word > 0x3e30_0000 { scaled } else { 1.0 + x }
}

#[inline(always)]
fn log_one(x: f64) -> f64 {
    const G: [f64; 7] = [
        6.666_666_666_666_735e-1,
        3.999_999_999_940_942e-1,
        2.857_142_874_366_239e-1,
        2.222_219_843_214_978_4e-1,
        1.818_357_216_161_805e-1,
        1.531_383_769_920_937_3e-1,
        1.479_819_860_511_658_6e-1,
    ];
    let bits = x.to_bits();
    // Into [√½, √2]: the high word moved by that of √½, whose exponent then tells how far.
    let moved = (bits >> 32) + (0x3ff0_0000 - 0x3fe6_a09e);
    let k = f64::from_bits(TWO_52.to_bits() | (moved >> 20)) - (TWO_52 + 1023.0);
    let reduced = (((moved & 0x000f_ffff) + 0x3fe6_a09e) << 32) | (bits & 0xffff_ffff);
    let f = f64::from_bits(reduced) - 1.0;
    let half_square = 0.5 * f * f;
    let s = f / (2.0 + f);
    let z = s * s;
    let w = z * z;
    let even = w * (G[1] + w * (G[3] + w * G[5]));
    let odd = z * (G[0] + w * (G[2] + w * (G[4] + w * G[6])));
    let r = odd + even;
    s * (half_square + r) + k * LN2_LOW - half_square + f + k * LN2_HIGH
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statistics::random::Stream;

    #[test]
    fn the_elementary_functions_are_those_of_libm_to_the_bit() {
        let mut stream = Stream::new(1, "lanes", 0);
        let near = |x: f64| (-40..=40).map(move |step: i64| f64::from_bits(x.to_bits().wrapping_add_signed(step)));
        let ln2 = std::f64::consts::LN_2;
        let edges = [0.5 * ln2, 1.5 * ln2, 2.5 * ln2, 2f64.powi(-28), 1e-300, 700.0, 707.9, 1.0, 0.3465735];
        // The high words at which libm turns: both sides of each.
        let words = [0x3fd6_2e42_u64, 0x3ff0_a2b2, 0x3e30_0000].map(|word| f64::from_bits(word << 32));
        let far = [f64::from_bits(0x3fd6_2e43 << 32), f64::from_bits(0x3e30_0001 << 32)];
        let mut inputs: Vec<f64> = edges.into_iter().chain(words).chain(far).flat_map(near).map(|x| -x).collect();
        inputs.extend([0.0, -0.0]);
        for scale in [1e-9, 1e-3, 0.3, 1.0, 5.0, 700.0] {
            inputs.extend((0..100_000).map(|_| -scale * stream.uniform()));
        }
        inputs.resize(inputs.len().next_multiple_of(WIDTH), -1.0);
        let arch = pulp::Arch::new();
        for x in inputs.chunks_exact(WIDTH) {
            let x: Lanes = x.try_into().unwrap();
            let (exponential, e) = (arch.dispatch(|| exp(x)), x.map(libm::exp));
            assert_eq!(exponential.map(f64::to_bits), e.map(f64::to_bits), "exp {x:?}");
            for x in [e, x.map(|x| 1.0 / (1.0 - x)), x.map(|x| 1.0 - x)] {
                let logarithm = arch.dispatch(|| log(x));
                assert_eq!(logarithm.map(f64::to_bits), x.map(libm::log).map(f64::to_bits), "log {x:?}");
            }
        }
    }
}
