//! Giving the rest of a level to another worker.

use std::ops::ControlFlow;

use super::{Run, Search};
use crate::bitset::Isa;
use crate::mine::{Bounds, Branch, Parts, Splits};

/// Words to be intersected at the least for the rest of a level to be worth a copy and a change of threads: some microseconds.
const LEAST_GIVEN: usize = if cfg!(test) { 1 } else { 1 << 15 };

impl Search {
    /// Gives the rest of the shallowest level that has one to a worker that waits for it, if it is worth that.
    ///
    /// `len` is the length of the prefix. With `repeats`, a perfect extension has to repeat what is beside it, so a level that still
    /// has one stays here.
    #[cold]
    #[inline(never)]
    pub(super) fn give_away<G: From<Search>>(&mut self, len: usize, repeats: bool, splits: &mut Splits<'_, G>) {
        let Some(depth) = self.levels.iter().position(|level| level.next < level.width) else { return };
        let level = self.levels[depth];
        let (ranks, counts) = (&self.ranks[level.items..][..level.width], &self.counts[level.items..][..level.width]);
        let pairs = level.width * level.width - level.next * level.next;
        let is_bound = repeats && counts[level.next..].contains(&level.count);
        // A level of which nothing is done yet is what there is to do here.
        if level.next == 0 || pairs / 2 * level.stride < LEAST_GIVEN || is_bound {
            return;
        }
        let rest = Search {
            ranks: ranks.to_vec(),
            counts: counts.to_vec(),
            words: self.words[level.words..][..level.width * level.stride].to_vec(),
            pairs: if depth == 0 { self.pairs.clone() } else { Vec::new() },
            levels: vec![super::Level { items: 0, words: 0, ..level }],
            ..Search::default()
        };
        self.levels[depth].next = level.width;
        splits.give(len + depth, G::from(rest));
    }

    /// Reports what is left of a search that was given away: see [`Parts`].
    pub(in crate::mine) fn resume<G: From<Search>, B: Branch>(
        &mut self,
        isa: Isa,
        bounds: Bounds,
        parts: &mut Parts<'_, G, B>,
    ) -> ControlFlow<()> {
        let len = parts.depth;
        isa.run(Run { search: self, bounds, len, parts })
    }
}
