//! Apriori: level by level, with candidates.
//!
//! Agrawal & Srikant, "Fast algorithms for mining association rules", VLDB 1994. The itemsets of k items are joined to
//! candidates of k + 1. A candidate with an infrequent subset is dropped without being counted; the others are counted.
//! Pairs are too many to examine each, so they are counted by going through the baskets. Longer candidates are counted
//! by intersecting tid sets; candidates with the same prefix share its intersection.
//!
//! | file | its part |
//! |---|---|
//! | `level` | the itemsets of one length, and the next length from them |
//! | `pairs` | the second level |
//! | `baskets` | the baskets of itemsets, by intersection |

mod baskets;
mod level;
mod pairs;

use crate::call::control::Stopped;
use crate::mine::database::vertical_index::VerticalIndex;
use crate::mine::engines::apriori::level::Level;
use crate::mine::output::budget::Budget;
use crate::mine::output::hand_over::BlockSender;
use crate::mine::output::tree_output::TreeOutput;
use crate::mine::query::bounds::Bounds;
use crate::mine::report::statistics::AprioriLevel;
use crate::threads::workers::Workers;
use crate::transactions::{Rank, RankedRows};

/// All frequent itemsets of the rows, in one piece in the canonical order, and the candidates of each level from pairs
/// on.
pub(crate) fn mine<R: Rank, B: TreeOutput>(
    rows: &RankedRows<R>,
    bounds: Bounds,
    workers: Workers,
) -> Result<(Vec<B>, Vec<AprioriLevel>), Stopped> {
    let mut levels = vec![Level::singles(&rows.counts)];
    let mut statistics = Vec::new();
    let index = if bounds.max_len > 1 { VerticalIndex::new(rows, workers) } else { VerticalIndex::default() };
    workers.control().skip(0.05);
    while levels.len() < bounds.max_len {
        let room = bounds.most.checked_sub(levels.iter().map(Level::len).sum()).ok_or(Stopped::OverBudget)?;
        let held = Budget::of_itemsets(room);
        let (next, candidates) = match levels.len() {
            1 => pairs::count(rows, &index, bounds.min_count, &held, workers)?,
            _ => level::join(&levels, rows, &index, bounds.min_count, &held, workers)?,
        };
        if next.len() > room {
            return Err(Stopped::OverBudget);
        }
        if candidates > 0 {
            statistics.push(AprioriLevel { candidates, frequent: next.len() as u64 });
        }
        if next.len() == 0 {
            break;
        }
        debug_assert_eq!(next.parents(), levels[levels.len() - 1].len());
        if let Some(last) = levels.last_mut() {
            last.forget_subsets();
        }
        levels.push(next);
    }
    let mut out = B::new(bounds);
    let sender = workers.sink().map(|sink| BlockSender::new(sink, 0));
    if B::LISTS {
        let stopped = if sender.is_some() { Stopped::SinkClosed } else { Stopped::OverBudget };
        level::report(&levels, &mut out, sender).is_continue().then_some(()).ok_or(stopped)?;
    } else {
        for (len, level) in (1..).zip(&levels) {
            out.tally(len, 0, level.len() as u64);
        }
    }
    Ok((vec![out], statistics))
}
