//! Itemsets as paths of ranks, for what stores them.

use std::ops::ControlFlow;

use super::{ClosedItemsets, FrequentItems, FrequentItemsets, GeneratorItemsets, MaximalItemsets, Patterns, Walk};

/// Takes the nodes of the tree of itemsets in the canonical order, by rank.
pub(crate) trait PathSink<T> {
    /// Begins with the frequent items, the number of baskets and the smallest count that is frequent.
    fn begin(&mut self, items: &FrequentItems<T>, baskets: u64, min_count: u64) -> ControlFlow<()>;

    /// Takes the first `len - 1` items of the node before and one more, and the baskets that hold them. Without a count
    /// they only lead to others: they are no itemset, or one that came before. `Break` ends the search.
    fn step(&mut self, len: usize, rank: u32, count: Option<u64>) -> ControlFlow<()>;
}

impl<T> Patterns<T> {
    fn pass_to(&self, sink: &mut dyn PathSink<T>) -> ControlFlow<()> {
        sink.begin(&self.items, self.baskets, self.min_count)?;
        let mut walk = Walk::new(&self.trie, usize::MAX);
        while let Some((node, path)) = walk.step() {
            let count = self.kept.is_kept(&self.trie, node).then(|| self.trie.count(node));
            sink.step(path.len(), self.trie.rank(node), count)?;
        }
        ControlFlow::Continue(())
    }
}

macro_rules! pass_to {
    ($($type:ident),+) => {$(
        impl<T> $type<T> {
            /// Passes all of them on.
            pub(crate) fn pass_to(&self, sink: &mut dyn PathSink<T>) -> ControlFlow<()> {
                self.patterns.pass_to(sink)
            }
        }
    )+};
}

pass_to!(FrequentItemsets, ClosedItemsets, MaximalItemsets, GeneratorItemsets);
