//! Donating the rest of a level to another worker.

use std::ops::ControlFlow;

use super::{ColumnLevel, ColumnSearch, MIN_WORDS, start_line};
use crate::bitset::Isa;
use crate::mine::output::hand_over::BlockSender;
use crate::mine::output::tree_output::TreeOutput;
use crate::mine::parallel::splitting::{ChunkOutput, Donor};
use crate::mine::query::bounds::Bounds;

/// Items that a search goes through before it checks whether the call should end and whether a worker is waiting.
pub(crate) const STEPS_PER_POLL: u32 = if cfg!(test) { 2 } else { 64 };

/// Items that a search goes through before it first donates a part of itself, and between two donations. What has taken
/// long so far is likely to go on, and a change of threads is worth some ten microseconds.
const STEPS_PER_DONATION: u32 = if cfg!(test) { 2 } else { 8 * STEPS_PER_POLL };

/// What may interrupt a search: the end of the call, and workers that wait for a part of it.
pub(crate) trait Interrupts {
    /// Returns `Break` if the call should end. A waiting worker gets a part of the search from time to time.
    ///
    /// `len` is the length of the prefix of the search, `repeats` whether perfect extensions repeat their siblings, and
    /// `held` how many itemsets its output holds.
    fn poll(
        &mut self,
        search: &mut ColumnSearch,
        steps: u32,
        len: usize,
        repeats: bool,
        held: usize,
    ) -> ControlFlow<()>;

    /// Where the itemsets found are sent, if they are not kept.
    fn sender(&self) -> Option<BlockSender<'_>>;
}

impl<G: From<ColumnSearch>> Interrupts for Donor<'_, G> {
    fn poll(
        &mut self,
        search: &mut ColumnSearch,
        steps: u32,
        len: usize,
        repeats: bool,
        held: usize,
    ) -> ControlFlow<()> {
        if steps.is_multiple_of(STEPS_PER_DONATION) && self.is_wanted() {
            search.donate(len, repeats, self);
        }
        self.go_on(held)
    }

    fn sender(&self) -> Option<BlockSender<'_>> {
        Donor::sender(self)
    }
}

impl ColumnSearch {
    /// Donates the rest of the shallowest level that has one to a waiting worker.
    ///
    /// `len` is the length of the prefix. With `repeats`, a perfect extension has to repeat its siblings, so a level
    /// that still has one is not donated.
    #[cold]
    fn donate<G: From<ColumnSearch>>(&mut self, len: usize, repeats: bool, donor: &mut Donor<'_, G>) {
        let Some(depth) = self.levels.iter().position(|level| level.next < level.width) else { return };
        let level = self.levels[depth];
        let (ranks, counts) = (&self.ranks[level.items..][..level.width], &self.counts[level.items..][..level.width]);
        let is_bound = repeats && counts[level.next..].contains(&level.count);
        // A level that has not been started is the work of this worker.
        if level.next == 0 || is_bound {
            return;
        }
        let columns = &self.words[level.words..][..level.width * level.stride];
        let mut words = Vec::new();
        let start = start_line(&mut words, MIN_WORDS.max(2 * columns.len()));
        words.extend_from_slice(columns);
        let rest = ColumnSearch {
            ranks: ranks.to_vec(),
            counts: counts.to_vec(),
            words,
            // They belong to the first level, of which nothing is left here.
            pairs: if depth == 0 { std::mem::take(&mut self.pairs) } else { Vec::new() },
            levels: vec![ColumnLevel { items: 0, words: start, ..level }],
            weights: self.weights.of(level.stride),
            ..ColumnSearch::default()
        };
        self.levels[depth].next = level.width;
        donor.give(len + depth, G::from(rest));
    }

    /// Reports the rest of a search that was donated: see [`ChunkOutput`].
    pub(crate) fn resume<G: From<ColumnSearch>, B: TreeOutput>(
        &mut self,
        isa: Isa,
        bounds: Bounds,
        parts: &mut ChunkOutput<'_, G, B>,
    ) -> ControlFlow<()> {
        let len = parts.depth;
        let ChunkOutput { out, donor, .. } = parts;
        self.run_from(isa, bounds, len, out, donor)
    }
}
