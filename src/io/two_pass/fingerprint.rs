//! Whether two passes read the same text.

use std::hash::{BuildHasher, RandomState};
use std::io::{self, Read};

use crate::io::source::Input;
use crate::mix::{GOLDEN_GAMMA, mix};

/// Bytes that are added at a time, to four sums, so that none waits for the one before.
const BLOCK: usize = 32;

/// A number that is the same for equal texts, in whatever pieces they come, and another for others but for one in 2^64.
#[derive(Debug)]
pub(super) struct Fingerprint {
    sums: [u64; 4],
    /// Bytes of a block that is not full yet.
    rest: [u8; BLOCK],
    len: u64,
}

impl Fingerprint {
    /// That of no text. Only those with the same seed compare.
    pub(super) fn new(seed: u64) -> Self {
        let sums = [0u64, 1, 2, 3].map(|place| mix(seed.wrapping_add(place.wrapping_mul(GOLDEN_GAMMA))));
        Fingerprint { sums, rest: [0; BLOCK], len: 0 }
    }

    /// A seed that no file can be made for.
    pub(super) fn seed() -> u64 {
        RandomState::new().hash_one(0)
    }

    fn add(&mut self, mut text: &[u8]) {
        let begun = (self.len % BLOCK as u64) as usize;
        self.len += text.len() as u64;
        if begun > 0 {
            let (more, after) = text.split_at(text.len().min(BLOCK - begun));
            self.rest[begun..begun + more.len()].copy_from_slice(more);
            text = after;
            if begun + more.len() < BLOCK {
                return;
            }
            add_block(&mut self.sums, &self.rest);
        }
        let (blocks, after) = text.as_chunks::<BLOCK>();
        let mut sums = self.sums;
        blocks.iter().for_each(|block| add_block(&mut sums, block));
        self.sums = sums;
        self.rest[..after.len()].copy_from_slice(after);
    }

    /// The number.
    pub(super) fn finish(mut self) -> u64 {
        let begun = (self.len % BLOCK as u64) as usize;
        self.rest[begun..].fill(0);
        add_block(&mut self.sums, &self.rest);
        self.sums.iter().fold(self.len, |hash, &sum| mix(hash ^ sum).wrapping_mul(GOLDEN_GAMMA))
    }
}

#[inline(always)]
fn add_block(sums: &mut [u64; 4], block: &[u8; BLOCK]) {
    let (words, _) = block.as_chunks::<8>();
    for (sum, &word) in sums.iter_mut().zip(words) {
        *sum = (*sum ^ u64::from_le_bytes(word)).wrapping_mul(GOLDEN_GAMMA);
        *sum ^= *sum >> 32;
    }
}

/// An input whose fingerprint is taken while it is read.
pub(super) struct Watched<'a> {
    pub(super) input: Input<'a>,
    pub(super) fingerprint: &'a mut Fingerprint,
}

impl Read for Watched<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.input.read(into)?;
        self.fingerprint.add(&into[..read]);
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn of(pieces: &[&[u8]]) -> u64 {
        let mut fingerprint = Fingerprint::new(7);
        pieces.iter().for_each(|piece| fingerprint.add(piece));
        fingerprint.finish()
    }

    proptest! {
        #[test]
        fn pieces_do_not_matter_and_bytes_do(
            text in prop::collection::vec(any::<u8>(), 1..300),
            cuts in prop::collection::vec(0..300usize, 0..6),
            (at, bit) in (any::<prop::sample::Index>(), 0..8u32),
        ) {
            let mut cuts: Vec<usize> = cuts.into_iter().map(|cut| cut.min(text.len())).collect();
            cuts.sort_unstable();
            let mut pieces = Vec::new();
            let mut start = 0;
            for cut in cuts {
                pieces.push(&text[start..cut]);
                start = cut;
            }
            pieces.push(&text[start..]);
            let whole = of(&[&text]);
            prop_assert_eq!(of(&pieces), whole);
            let mut other = text.clone();
            other[at.index(text.len())] ^= 1u8 << bit;
            prop_assert_ne!(of(&[&other]), whole);
            other.push(0);
            prop_assert_ne!(of(&[&text, &[0]]), whole);
        }
    }
}
