//! FP-Growth: pattern growth over prefix trees.
//!
//! Han, Pei & Yin, "Mining frequent patterns without candidate generation", SIGMOD 2000. The baskets form a prefix
//! tree, most frequent item first. The *conditional base* of an item is the paths from its nodes to the root: what its
//! baskets contain of the more frequent items. The frequent items of that base form the next, smaller database, and so
//! on.
//!
//! This differs from the paper in two ways. The trees are flat arrays without links. And as soon as it is cheaper, a
//! conditional database is a bitset per frequent item instead of a tree, and the search goes on by intersecting those.
//!
//! | file | its part |
//! |---|---|
//! | `tree` | the FP-tree, in flat arrays |
//! | `paths` | the conditional base of an item: the paths above its nodes |
//! | `grow` | the recursion, with an explicit stack, and the change to bit columns |

mod grow;
mod paths;
mod tree;

use crate::call::control::Stopped;
use crate::mine::database::pair_counts::PairCounts;
use crate::mine::database::vertical_index::VerticalIndex;
use crate::mine::engines::fp_growth::grow::Grower;
use crate::mine::engines::fp_growth::tree::Tree;
use crate::mine::output::budget::Budget;
use crate::mine::output::tree_output::TreeOutput;
use crate::mine::parallel::splitting::run_splitting;
use crate::mine::query::bounds::Bounds;
use crate::threads::workers::Workers;
use crate::transactions::{Rank, RankedRows};

/// All frequent itemsets of the rows, in pieces in the canonical order.
pub(crate) fn mine<R: Rank, B: TreeOutput>(
    rows: &RankedRows<R>,
    bounds: Bounds,
    workers: Workers,
) -> Result<Vec<B>, Stopped> {
    mine_with(rows, bounds, workers, WORDS_PER_ENTRY)
}

/// Words intersected in the time it takes to write one entry of a path into a tree and find it there again.
const WORDS_PER_ENTRY: usize = 100;

fn mine_with<R: Rank, B: TreeOutput>(
    rows: &RankedRows<R>,
    bounds: Bounds,
    workers: Workers,
    words_per_entry: usize,
) -> Result<Vec<B>, Stopped> {
    let index = VerticalIndex::of_searched(rows, workers);
    workers.control().skip(0.05);
    // Each step of the preparation may take some ten milliseconds.
    workers.control().keep_going()?;
    let pair_counts = PairCounts::new(rows, &index, bounds.min_count, workers);
    let tree = Tree::from_rows(rows, workers.control());
    workers.control().keep_going()?;
    workers.control().skip(0.15);
    let is_searched = |rank| u64::from(rows.branches().contains(rank));
    let costs: Vec<u64> = tree.work().enumerate().map(|(rank, work)| work * is_searched(rank)).collect();
    run_splitting(
        workers,
        &costs,
        &Budget::of_itemsets(bounds.most),
        |depth, _| B::below(depth, bounds),
        || Grower::new(words_per_entry),
        |grower, ranks, parts| grower.grow(&tree, &pair_counts, ranks, bounds, parts),
        |grower, rest, parts| grower.resume(rest, bounds, parts),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mine::output::tally::Tally;
    use crate::mine::output::trie_branch::TrieBranch;
    use crate::transactions::{MiningDatabase, Ranking, Transactions};
    use proptest::prelude::*;

    proptest! {
        /// Small databases always go into columns; here they also stay trees at all levels.
        #[test]
        fn trees_and_columns_agree(
            rows in prop::collection::vec(prop::collection::vec(0..14u32, 0..10), 0..60),
            min_count in 1..5u32,
            max_len in prop_oneof![1..4usize, Just(usize::MAX)],
        ) {
            let transactions = Transactions::from_rows(rows).unwrap();
            let ranking = Ranking::new(&transactions, u64::from(min_count));
            let MiningDatabase::U16(rows) = MiningDatabase::new(transactions.rows(), &ranking, Workers::SEQUENTIAL) else { unreachable!() };
            let bounds = Bounds { min_count, max_len, ..Bounds::NONE };
            let listed = |words| mine_with::<_, TrieBranch>(&rows, bounds, Workers::SEQUENTIAL, words).unwrap();
            prop_assert_eq!(listed(0), listed(usize::MAX));
            let counted = |words| Tally::by_len(&mine_with(&rows, bounds, Workers::SEQUENTIAL, words).unwrap(), max_len);
            prop_assert_eq!(counted(0), counted(usize::MAX));
            prop_assert_eq!(counted(0).unwrap().iter().sum::<u128>(), listed(0)[0].len() as u128);
        }
    }
}
