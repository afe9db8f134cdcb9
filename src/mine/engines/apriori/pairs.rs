//! The second level.

use super::level::{Found, Level};
use crate::call::control::Poll;
use crate::call::control::Stopped;
use crate::mine::database::pair_counts::{PairCounts, ProjectedRows};
use crate::mine::database::vertical_index::VerticalIndex;
use crate::mine::output::budget::Budget;
use crate::mine::parallel::chunks::run_in_chunks;
use crate::threads::workers::Workers;
use crate::transactions::{Rank, RankedRows};

/// The frequent pairs, and the number of all pairs. All of them are candidates, but pairs that occur in no basket are
/// not examined.
pub(super) fn count<R: Rank>(
    rows: &RankedRows<R>,
    index: &VerticalIndex,
    min_count: u32,
    held: &Budget,
    workers: Workers,
) -> Result<(Level, u64), Stopped> {
    let items = rows.items() as u64;
    let pair_counts = PairCounts::new(rows, index, min_count, workers);
    let costs: Vec<u64> = rows.counts.iter().map(|&count| u64::from(count)).collect();
    let scratch = || (ProjectedRows::default(), Vec::new());
    let found = run_in_chunks(workers, &costs, scratch, |(projected, pairs), ranks| {
        let mut found = Found::new(held);
        let mut poll = Poll::new(workers.control());
        for rank in ranks {
            if poll.step(16).is_break() {
                return Err(Stopped::Interrupted);
            }
            pairs.clear();
            pair_counts.of(rank, projected, pairs);
            for &(other, count) in &*pairs {
                // The other subset of a pair is the single item of its second rank.
                found.push(other, count, [other].into_iter());
            }
            found.end_parent()?;
        }
        Ok(found)
    });
    let found = found.into_iter().collect::<Result<_, Stopped>>()?;
    Ok((Level::joined(2, found)?, items * items.saturating_sub(1) / 2))
}
