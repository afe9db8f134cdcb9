//! Random numbers whose values never change.
//!
//! The stream is PCG XSL RR 128/64 (`rand_pcg::Pcg64`), which is fixed by its specification. Whole numbers below a
//! bound are made from it here, as the distributions of `rand` may change between releases. Whatever else the
//! generators of data need is in `synth::draws`. A change in this file changes every generated value; digests pinned in
//! the tests catch it.

use rand::Rng;
use rand_pcg::Pcg64;

use crate::mix::{GOLDEN_GAMMA, mix};

/// A source of random draws.
#[derive(Clone, Debug)]
pub(crate) struct Draws {
    source: Pcg64,
}

impl Draws {
    /// Stream number `stream` of those that belong to `seed`. Streams are independent of each other: the state and the
    /// increment of the generator are both hashed from the two numbers.
    pub(crate) fn new(seed: u64, stream: u64) -> Self {
        let key = mix(mix(seed.wrapping_add(GOLDEN_GAMMA)) ^ stream);
        let word = |i: u64| u128::from(mix(key.wrapping_add(GOLDEN_GAMMA.wrapping_mul(i))));
        let state = word(1) | (word(2) << 64);
        let increment = word(3) | (word(4) << 64);
        Draws { source: Pcg64::new(state, increment) }
    }

    /// 64 random bits.
    #[inline]
    pub(crate) fn bits(&mut self) -> u64 {
        self.source.next_u64()
    }

    /// A whole number in `0..bound`, or 0 if `bound` is 0: the upper half of the 128-bit product of a draw and `bound`.
    /// No draw is rejected, so each number costs exactly one draw. This makes some values more likely than others by
    /// less than `bound` / 2^64.
    #[inline]
    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        self.scaled(bound).0
    }

    /// The upper and the lower half of the 128-bit product of a draw and `bound`: a whole number in `0..bound`, and a
    /// fraction in units of 2^-64.
    #[inline]
    pub(crate) fn scaled(&mut self, bound: u64) -> (u64, u64) {
        let product = u128::from(self.bits()) * u128::from(bound);
        // Lossless for the upper half; the lower half is truncated on purpose.
        ((product >> 64) as u64, product as u64)
    }
}
