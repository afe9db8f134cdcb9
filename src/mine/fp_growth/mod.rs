//! FP-Growth: pattern growth over prefix trees.
//!
//! Han, Pei & Yin, "Mining frequent patterns without candidate generation", SIGMOD 2000. The baskets stand in a
//! prefix tree, most frequent item first. The *conditional base* of an item is the paths from its nodes to
//! the root: what its baskets hold of the more frequent items. From the frequent items of that base comes
//! the next, smaller database, and so on.
//!
//! Two things are done otherwise than in the paper. The trees are flat arrays without links. And
//! as soon as it is cheaper, a conditional database is a bitset a frequent item instead of a tree, and
//! the search goes on by intersecting those.

mod grow;
mod paths;
mod tree;

use super::{Bounds, Branch, Full, Workers};
use crate::transactions::{Rank, RankedRows};
use grow::Grower;
use tree::Tree;

/// All frequent itemsets of the rows, in pieces in the canonical order.
pub(crate) fn mine<R: Rank, B: Branch>(rows: &RankedRows<R>, bounds: Bounds, workers: Workers) -> Result<Vec<B>, Full> {
    let tree = Tree::from_rows(rows);
    let pieces = super::pieces(&tree.costs(), workers);
    let costs: Vec<u64> = pieces.iter().map(|piece| piece.cost).collect();
    let done = workers.run(&costs, Grower::default, |grower, piece| {
        let mut out = B::default();
        grower.grow(&tree, pieces[piece].ranks.clone(), bounds, &mut out).is_continue().then_some(out)
    });
    done.into_iter().collect::<Option<_>>().ok_or(Full)
}
