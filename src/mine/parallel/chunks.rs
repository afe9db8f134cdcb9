//! Cutting the first level of a search into chunks of work.

use std::ops::Range;

use crate::threads::workers::Workers;
use crate::transactions::{Rank, RankedRows};

/// Neighbouring first-level branches that one worker searches in one task.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Chunk {
    pub(crate) ranks: Range<usize>,
    pub(crate) cost: u64,
}

/// Chunks per worker: enough for the last ones to leave little idle time. More chunks mean more results to join.
const CHUNKS_PER_WORKER: u64 = 16;

/// An estimate of the work in each first-level branch, for a search over columns: the item's baskets, times their
/// length, times the items before it.
pub(crate) fn branch_costs<R: Rank>(rows: &RankedRows<R>) -> Vec<u64> {
    let items = rows.items() as u64;
    let length = rows.mean_len() as u64;
    (0..items)
        .zip(&rows.counts)
        .map(|(rank, &count)| match rows.branches().contains(rank as usize) {
            true => 1 + u64::from(count) * length.min(rank) * (1 + rank * 4 / items),
            false => 0,
        })
        .collect()
}

/// Cuts branches with estimated costs into chunks of about equal cost. A branch that is worth several chunks stands
/// alone. A single worker gets everything in one chunk.
pub(crate) fn chunks(costs: &[u64], workers: Workers) -> Vec<Chunk> {
    // Costs are estimates, and those of one enormous basket may overflow.
    let total = costs.iter().fold(0, |total: u64, &cost| total.saturating_add(cost));
    if workers.threads() == 1 {
        return vec![Chunk { ranks: 0..costs.len(), cost: total }];
    }
    let share = (total / (workers.threads() as u64 * CHUNKS_PER_WORKER)).max(1);
    let mut chunks = Vec::new();
    let mut open = Chunk { ranks: 0..0, cost: 0 };
    for (rank, &cost) in costs.iter().enumerate() {
        if open.cost > 0 && open.cost.saturating_add(cost) > share {
            chunks.push(std::mem::replace(&mut open, Chunk { ranks: rank..rank, cost: 0 }));
        }
        open.ranks.end = rank + 1;
        open.cost = open.cost.saturating_add(cost);
    }
    chunks.push(open);
    chunks
}

/// Runs `work` on the chunks of some branches, each worker with its own `scratch`. Returns the results in the order of
/// the chunks.
pub(crate) fn run_in_chunks<S, T: Send>(
    workers: Workers,
    costs: &[u64],
    scratch: impl Fn() -> S + Sync,
    work: impl Fn(&mut S, Range<usize>) -> T + Sync,
) -> Vec<T> {
    let chunks = chunks(costs, workers);
    let costs: Vec<u64> = chunks.iter().map(|piece| piece.cost).collect();
    workers.run(&costs, scratch, |scratch, piece| work(scratch, chunks[piece].ranks.clone()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_cover_all_branches_in_order() {
        for costs in [vec![], vec![5], vec![0; 9], vec![1, 100, 1, 1, 1], (0..500).collect::<Vec<u64>>()] {
            let chunks = chunks(&costs, Workers::SEQUENTIAL);
            assert_eq!(chunks, [Chunk { ranks: 0..costs.len(), cost: costs.iter().sum() }]);
        }
    }

    #[cfg(feature = "rayon")]
    #[test]
    fn several_workers_get_balanced_pieces() {
        let costs: Vec<u64> = (0..500).collect();
        let pool = rayon::ThreadPoolBuilder::new().num_threads(3).build().unwrap();
        let chunks = pool.install(|| chunks(&costs, Workers::of_current_pool()));
        assert!(chunks.windows(2).all(|pair| pair[0].ranks.end == pair[1].ranks.start));
        assert_eq!((chunks[0].ranks.start, chunks[chunks.len() - 1].ranks.end), (0, 500));
        assert_eq!(chunks.iter().map(|piece| piece.cost).sum::<u64>(), costs.iter().sum::<u64>());
        let share = costs.iter().sum::<u64>() / (3 * CHUNKS_PER_WORKER);
        assert!(chunks.iter().all(|piece| piece.cost <= share + 500));
    }
}
