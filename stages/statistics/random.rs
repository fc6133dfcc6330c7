//! Random numbers by seed, name and draw.
//!
//! Every draw of a computation (the 17th permutation, the 3rd redraw of an analyte) has a stream of its own that depends
//! on nothing but the study's seed, the purpose's name and the draw's number. So the same draw gives the same numbers
//! whichever thread makes it, whatever was drawn before, and however the work was divided.
//!
//! There is no global generator and no seed from the clock: a number that nobody can draw again is of no use here.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use sha2::{Digest, Sha256};

/// One stream of random numbers.
#[derive(Debug, Clone)]
pub struct Stream(ChaCha8Rng);

impl Stream {
    /// Opens the stream of one draw for one purpose.
    ///
    /// The generator is ChaCha8 (Bernstein 2008). Its key is SHA-256 of the seed and the name, each of fixed or stated
    /// length so that no two purposes share a key; its stream number is the draw.
    pub fn new(seed: u64, name: &str, draw: u64) -> Self {
        let mut hash = Sha256::new();
        hash.update(b"ketascreen stream 1");
        hash.update(seed.to_le_bytes());
        hash.update((name.len() as u64).to_le_bytes());
        hash.update(name.as_bytes());
        let mut generator = ChaCha8Rng::from_seed(hash.finalize().into());
        generator.set_stream(draw);
        Stream(generator)
    }

    /// Draws 64 random bits.
    pub fn bits(&mut self) -> u64 {
        self.0.next_u64()
    }

    /// Draws from the uniform distribution on the open interval (0, 1).
    ///
    /// The values are the odd multiples of 2⁻⁵³: symmetric about ½, exact, and neither 0 nor 1, so a logarithm is finite.
    pub fn uniform(&mut self) -> f64 {
        const STEP: f64 = 1.0 / (1u64 << 52) as f64;
        ((self.bits() >> 12) as f64 + 0.5) * STEP
    }

    /// Draws an integer from 0 to `n - 1`, each equally likely; 0 where `n` is 0.
    pub fn below(&mut self, n: usize) -> usize {
        let n = n as u64;
        if n < 2 {
            return 0;
        }
        // The first 2⁶⁴ mod n values are refused: what remains is a multiple of n.
        let refused = n.wrapping_neg() % n;
        loop {
            let bits = self.bits();
            if bits >= refused {
                return (bits % n) as usize;
            }
        }
    }

    /// Puts the items in random order, each order equally likely (Fisher and Yates).
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            items.swap(last, self.below(last + 1));
        }
    }

    /// Draws from the standard normal distribution (Box and Muller 1958), two uniforms a draw.
    pub fn normal(&mut self) -> f64 {
        let radius = (-2.0 * libm::log(self.uniform())).sqrt();
        radius * libm::cos(2.0 * std::f64::consts::PI * self.uniform())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_is_known_by_its_seed_its_name_and_its_draw() {
        let first = |seed, name, draw| Stream::new(seed, name, draw).bits();
        assert_eq!(first(1, "permutation", 7), first(1, "permutation", 7));
        let others = [first(2, "permutation", 7), first(1, "permutations", 7), first(1, "permutation", 8)];
        assert!(others.iter().all(|&bits| bits != first(1, "permutation", 7)));
    }

    #[test]
    fn the_numbers_of_today_are_the_numbers_of_tomorrow() {
        let mut stream = Stream::new(20250715, "golden", 3);
        assert_eq!([stream.bits(), stream.bits()], GOLDEN);
    }
    /// Made outside Rust: SHA-256 by Python's hashlib, ChaCha8 written out from its description.
    const GOLDEN: [u64; 2] = [17_135_847_138_186_163_910, 9_831_590_427_678_254_058];

    #[test]
    fn uniform_stays_inside_and_has_the_moments_of_its_law() {
        let mut stream = Stream::new(1, "uniform", 0);
        let draws: Vec<f64> = (0..100_000).map(|_| stream.uniform()).collect();
        assert!(draws.iter().all(|&u| u > 0.0 && u < 1.0));
        let mean = draws.iter().sum::<f64>() / 1e5;
        let variance = draws.iter().map(|u| (u - mean) * (u - mean)).sum::<f64>() / 1e5;
        assert!((mean - 0.5).abs() < 0.004 && (variance - 1.0 / 12.0).abs() < 0.001, "{mean} {variance}");
    }

    #[test]
    fn normal_has_the_first_four_moments_of_its_law() {
        let mut stream = Stream::new(1, "normal", 0);
        let draws: Vec<f64> = (0..100_000).map(|_| stream.normal()).collect();
        let moment = |power: i32| draws.iter().map(|z| z.powi(power)).sum::<f64>() / 1e5;
        assert!(moment(1).abs() < 0.013 && (moment(2) - 1.0).abs() < 0.02);
        assert!(moment(3).abs() < 0.05 && (moment(4) - 3.0).abs() < 0.15);
    }

    #[test]
    fn every_order_of_three_is_equally_likely() {
        let mut counts = std::collections::BTreeMap::new();
        for draw in 0..6000 {
            let mut items = [0, 1, 2];
            Stream::new(5, "shuffle", draw).shuffle(&mut items);
            *counts.entry(items).or_insert(0_i32) += 1;
        }
        // Chi-squared with 5 degrees of freedom: 20.5 is its 0.999 quantile.
        let chi2: f64 = counts.values().map(|&n| f64::from((n - 1000) * (n - 1000)) / 1000.0).sum();
        assert!(counts.len() == 6 && chi2 < 20.5, "{counts:?}");
    }

    #[test]
    fn below_of_nothing_is_zero_and_below_stays_below() {
        let mut stream = Stream::new(9, "below", 0);
        assert_eq!((stream.below(0), stream.below(1)), (0, 0));
        assert!((0..1000).all(|_| stream.below(7) < 7));
    }
}
