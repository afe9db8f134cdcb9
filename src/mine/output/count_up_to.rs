//! Counting as far as a bound.

use std::ops::ControlFlow;

use crate::mine::output::itemset_output::ItemsetOutput;
use crate::mine::query::bounds::Bounds;

/// Counts itemsets of a target, and ends the search where there are more than the bounds say: to count them all could take any time.
///
/// Searches are bounded by nodes, of which an itemset may need as many as it has items. So each itemset counts as the longest one, for
/// which the bounds must say how long that may be.
#[derive(Clone, Debug)]
pub(crate) struct CountUpTo {
    nodes: usize,
    bounds: Bounds,
}

impl CountUpTo {
    /// The bounds for as many itemsets as `most` says, none of which is longer than `max_len`.
    pub(crate) fn bounds(bounds: Bounds) -> Bounds {
        Bounds { most: bounds.most.saturating_mul(bounds.max_len), ..bounds }
    }
}

impl ItemsetOutput for CountUpTo {
    // What only tallies is not asked whether it has enough.
    const LISTS: bool = true;

    fn new(bounds: Bounds) -> Self {
        CountUpTo { nodes: 0, bounds }
    }

    fn keep(&mut self, _falling: &[u32], _count: u32) -> ControlFlow<()> {
        self.nodes = self.nodes.saturating_add(self.bounds.max_len);
        if self.nodes > self.bounds.most { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }

    fn tally(&mut self, _len: usize, itemsets: u64) {
        let nodes = u128::from(itemsets) * self.bounds.max_len as u128;
        self.nodes = self.nodes.saturating_add(usize::try_from(nodes).unwrap_or(usize::MAX));
    }

    fn held(&self) -> usize {
        self.nodes
    }

    fn finish(&mut self) {}
}
