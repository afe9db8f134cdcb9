//! From closed itemsets to all frequent ones.

use std::ops::ControlFlow;

use super::{Kept, Trie, Walk};
use crate::call::control::Control;
use crate::call::meter::SEARCH;
use crate::call::ticker::Ticker;
use crate::error::Error;
use crate::mine::output::tree_output::TreeOutput;
use crate::mine::output::trie_branch::TrieBranch;
use crate::mine::query::bounds::Bounds;
use crate::run_options::RunOptions;

/// Closed itemsets one after the other.
#[derive(Debug, Default)]
struct Closed {
    /// Their items, as descending ranks, and where each begins, with its count.
    ranks: Vec<u32>,
    starts: Vec<(usize, u32)>,
}

/// An item that extends the current itemset, and a closed itemset that contains both, from the item on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Held {
    rank: u32,
    closed: u32,
    /// Where the items after it begin.
    next: usize,
}

/// All subsets of the closed itemsets of a trie, each with the largest count of those that contain it.
///
/// Depth first, in the canonical order: the items that extend an itemset, and what the closed itemsets that hold it
/// hold of them, are sorted by item, so that each item's are together.
pub(super) fn expand(trie: &Trie, options: &RunOptions, control: &Control) -> Result<Trie, Error> {
    control.begin(0.1, trie.len() as u64);
    let mut ticker = Ticker::new(control);
    let mut closed = Closed::default();
    let mut walk = Walk::new(trie, usize::MAX);
    let mut longest = 0;
    while let Some((node, path)) = walk.step() {
        if Kept::Closed.is_kept(trie, node) {
            closed.starts.push((closed.ranks.len(), trie.code(node)));
            closed.ranks.extend_from_slice(path);
            longest = longest.max(path.len());
        }
        ticker.done(1);
        ticker.check(1)?;
    }
    // The longest alone has that many subsets.
    drop(ticker);
    let least =
        u32::try_from(longest).ok().and_then(|longest| 1usize.checked_shl(longest)).ok_or_else(Trie::too_many)?;
    if least - 1 > u32::MAX as usize {
        return Err(Trie::too_many());
    }
    Trie::check_room(least - 1)?;
    // What takes little does not depend on the machine, which is only asked for the rest.
    let set = options.max_memory.map(|bytes| usize::try_from(bytes / BYTES_PER_NODE).unwrap_or(usize::MAX));
    let little = set.unwrap_or(LITTLE).min(LITTLE);
    if let Some(expanded) = control.section(0.3, || closed.expand(little, trie.items(), control))? {
        return Ok(expanded);
    }
    let most = usize::try_from(options.memory(false) / BYTES_PER_NODE).unwrap_or(usize::MAX);
    let too_many = || match (most > u32::MAX as usize, set) {
        (true, _) => Trie::too_many(),
        (false, None) => {
            Error::too_large("frequent itemsets, as many as fit in half of this machine's memory", most as u64)
        }
        (false, Some(_)) => Error::too_large("frequent itemsets, as many as fit in max_memory", most as u64),
    };
    if least - 1 > most {
        return Err(too_many());
    }
    if most <= little {
        return Err(too_many());
    }
    closed.expand(most, trie.items(), control)?.ok_or_else(too_many)
}

/// Itemsets that are expanded whatever memory the machine has: 24 MB.
const LITTLE: usize = if cfg!(test) { 100 } else { 1 << 21 };

/// Bytes per itemset while it is expanded: twice its 12, as a list grows by doubling.
const BYTES_PER_NODE: u64 = 24;

impl Closed {
    /// The ranks of a closed itemset from a place in `ranks` on.
    fn rest(&self, closed: usize, from: usize) -> &[u32] {
        &self.ranks[from..self.starts.get(closed + 1).map_or(self.ranks.len(), |&(end, _)| end)]
    }

    /// The frequent itemsets, `None` where they are more than `most`.
    fn expand(&self, most: usize, items: usize, control: &Control) -> Result<Option<Trie>, Error> {
        let mut out = <TrieBranch as TreeOutput>::new(Bounds { most, ..Bounds::NONE });
        let flow = self.walk(&mut out, control);
        control.check()?;
        match flow {
            ControlFlow::Continue(()) => Trie::join(vec![out], items).map(Some),
            ControlFlow::Break(()) => Ok(None),
        }
    }

    fn walk(&self, out: &mut TrieBranch, control: &Control) -> ControlFlow<()> {
        // What may extend the itemset of each level, sorted, and where the levels' parts begin and are read.
        let mut held = Vec::new();
        for (closed, &(start, _)) in self.starts.iter().enumerate() {
            self.add(closed, start, &mut held);
        }
        held.sort_unstable();
        control.begin(SEARCH, held.len() as u64);
        let mut ticker = Ticker::new(control);
        let mut levels = vec![(0, 0)];
        while let Some((start, next)) = levels.last_mut() {
            let Some(&Held { rank, .. }) = held.get(*next) else {
                held.truncate(*start);
                levels.pop();
                if !levels.is_empty() {
                    out.close();
                }
                continue;
            };
            let group = *next;
            *next += held[group..].iter().take_while(|other| other.rank == rank).count();
            let (end, below) = (*next, held.len());
            // Of the whole what each single item takes is done.
            if *start == 0 && levels.len() == 1 {
                ticker.done((end - group) as u64);
            }
            ticker.step(4 + end - group)?;
            let mut count = 0;
            for place in group..end {
                let Held { closed, next, .. } = held[place];
                count = count.max(self.starts[closed as usize].1);
                self.add(closed as usize, next, &mut held);
            }
            out.open(rank, count)?;
            held[below..].sort_unstable();
            levels.push((below, below));
        }
        ControlFlow::Continue(())
    }

    /// Adds each item of a closed itemset from a place on.
    fn add(&self, closed: usize, from: usize, held: &mut Vec<Held>) {
        for (place, &rank) in (from + 1..).zip(self.rest(closed, from)) {
            // At most the number of nodes of a trie.
            held.push(Held { rank, closed: closed as u32, next: place });
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::Consequents;
    use crate::Miner;
    use crate::Transactions;
    use crate::error::ErrorKind;
    use crate::machine::with_memory;
    use crate::mine::query::min_support::MinSupport;

    /// 2^14 itemsets of one basket, and 3^14 rules.
    #[test]
    fn expansion_stays_within_half_of_memory() {
        let baskets = Transactions::from_rows([(0..14).collect::<Vec<u32>>(), vec![1, 2], vec![1]]).unwrap();
        let miner = Miner::new().min_support(MinSupport::count(1)).min_confidence(0.0).threads(1);
        let (closed, all) = (miner.mine_closed(&baskets).unwrap(), miner.mine(&baskets).unwrap());
        assert_eq!(closed.expand().unwrap(), all);
        let any = all.rules().consequents(Consequents::Any);
        with_memory(1 << 20, || {
            assert_eq!(closed.expand().unwrap(), all);
            for rules in [any.clone(), any.clone().min_confidence(0.1)] {
                let error = rules.generate().unwrap_err();
                assert!(matches!(error.kind(), ErrorKind::TooLarge { limit: 10_922, .. }), "{error}");
            }
            assert_eq!(any.clone().top_k(5, crate::Measure::Lift).generate().unwrap().len(), 5);
            assert_eq!(miner.clone().max_memory(u64::MAX).rules(&baskets).unwrap().len(), (14 << 13) - 14);
        });
        with_memory(700 << 10, || {
            let error = closed.expand().unwrap_err();
            assert!(matches!(error.kind(), ErrorKind::TooLarge { limit: 14_933, .. }), "{error}");
        });
    }
}
