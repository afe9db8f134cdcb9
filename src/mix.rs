//! Mixing the bits of a number, for hashes and seeds.
//!
//! Source: G. L. Steele, D. Lea, C. H. Flood: Fast splittable pseudorandom number generators, OOPSLA 2014
//! (`SplitMix64`).

/// The increment of `SplitMix64`.
pub(crate) const GOLDEN_GAMMA: u64 = 0x9E37_79B9_7F4A_7C15;

/// The output function of `SplitMix64`: every bit of the input moves about half of the output's.
pub(crate) const fn mix(word: u64) -> u64 {
    let word = (word ^ (word >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let word = (word ^ (word >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    word ^ (word >> 31)
}

/// The hash that a table is searched with, of half a hash that is stored in it: all bits depend on those of the half.
pub(crate) const fn spread(half: u32) -> u64 {
    (half as u64).wrapping_mul(GOLDEN_GAMMA)
}

/// A number that looks random, and is the same every time.
pub(crate) const fn hash(number: u64) -> u64 {
    mix(number.wrapping_add(1).wrapping_mul(GOLDEN_GAMMA))
}
