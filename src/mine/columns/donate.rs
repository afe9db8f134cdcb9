//! Giving the rest of a level to another worker.

use std::ops::ControlFlow;

use super::{LEAST_WORDS, Level, Run, Search, start_line};
use crate::bitset::Isa;
use crate::mine::output::hand_over::Way;
use crate::mine::output::tree_output::Branch;
use crate::mine::parallel::splitting::{Parts, Splits};
use crate::mine::query::bounds::Bounds;

/// Items that a search goes through before it looks whether the call is to end, and whether a worker waits.
pub(crate) const STEPS_TO_A_LOOK: u32 = if cfg!(test) { 2 } else { 64 };

/// Items that a search has gone through before it gives a part of itself away, and again before the next one: what
/// has taken long so far likely goes on to, and some ten microseconds are worth a change of threads.
const STEPS_TO_A_PART: u32 = if cfg!(test) { 2 } else { 8 * STEPS_TO_A_LOOK };

/// What is around a search: whatever may end it, and workers that wait for a part of it.
pub(crate) trait Around {
    /// `Break` where the call is to end. Where a worker waits, it gets a part of the search, now and then.
    ///
    /// `len`, `repeats` and `held` are those of the search: the length of its prefix, whether perfect extensions repeat what is beside
    /// them, and the itemsets that its branch holds.
    fn look_around(
        &mut self,
        search: &mut Search,
        steps: u32,
        len: usize,
        repeats: bool,
        held: usize,
    ) -> ControlFlow<()>;

    /// Where what is found goes, if it is not kept.
    fn way(&self) -> Option<Way<'_>>;
}

impl<G: From<Search>> Around for Splits<'_, G> {
    fn look_around(
        &mut self,
        search: &mut Search,
        steps: u32,
        len: usize,
        repeats: bool,
        held: usize,
    ) -> ControlFlow<()> {
        if steps.is_multiple_of(STEPS_TO_A_PART) && self.is_wanted() {
            search.give_away(len, repeats, self);
        }
        self.go_on(held)
    }

    fn way(&self) -> Option<Way<'_>> {
        Splits::way(self)
    }
}

impl Search {
    /// Gives the rest of the shallowest level that has one to a worker that waits for it.
    ///
    /// `len` is the length of the prefix. With `repeats`, a perfect extension has to repeat what is beside it, so a level that still
    /// has one stays here.
    #[cold]
    fn give_away<G: From<Search>>(&mut self, len: usize, repeats: bool, splits: &mut Splits<'_, G>) {
        let Some(depth) = self.levels.iter().position(|level| level.next < level.width) else { return };
        let level = self.levels[depth];
        let (ranks, counts) = (&self.ranks[level.items..][..level.width], &self.counts[level.items..][..level.width]);
        let is_bound = repeats && counts[level.next..].contains(&level.count);
        // A level of which nothing is done yet is what there is to do here.
        if level.next == 0 || is_bound {
            return;
        }
        let columns = &self.words[level.words..][..level.width * level.stride];
        let mut words = Vec::new();
        let start = start_line(&mut words, LEAST_WORDS.max(2 * columns.len()));
        words.extend_from_slice(columns);
        let rest = Search {
            ranks: ranks.to_vec(),
            counts: counts.to_vec(),
            words,
            // They are of the first level, of which nothing is left here.
            pairs: if depth == 0 { std::mem::take(&mut self.pairs) } else { Vec::new() },
            levels: vec![Level { items: 0, words: start, ..level }],
            ..Search::default()
        };
        self.levels[depth].next = level.width;
        splits.give(len + depth, G::from(rest));
    }

    /// Reports what is left of a search that was given away: see [`Parts`].
    pub(crate) fn resume<G: From<Search>, B: Branch>(
        &mut self,
        isa: Isa,
        bounds: Bounds,
        parts: &mut Parts<'_, G, B>,
    ) -> ControlFlow<()> {
        let len = parts.depth;
        let Parts { out, splits, .. } = parts;
        isa.run(Run { search: self, bounds, len, out, around: splits })
    }
}
