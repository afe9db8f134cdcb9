//! The second level.

use super::level::{Found, Level};
use crate::call::control::Lookout;
use crate::mine::database::pair_counts::{Gathered, Partners};
use crate::mine::database::vertical_index::VerticalIndex;
use crate::mine::output::budget::Held;
use crate::mine::parallel::chunks::run_in_pieces;
use crate::mine::query::bounds::Full;
use crate::threads::workers::Workers;
use crate::transactions::{Rank, RankedRows};

/// The frequent pairs, and how many pairs there are. All of them are candidates, and none of those that no basket holds is looked at.
pub(super) fn count<R: Rank>(
    rows: &RankedRows<R>,
    index: &VerticalIndex,
    min_count: u32,
    held: &Held,
    workers: Workers,
) -> Result<(Level, u64), Full> {
    let items = rows.items() as u64;
    let partners = Partners::new(rows, index, min_count, workers);
    let costs: Vec<u64> = rows.counts.iter().map(|&count| u64::from(count)).collect();
    let scratch = || (Gathered::default(), Vec::new());
    let found = run_in_pieces(workers, &costs, scratch, |(gathered, pairs), ranks| {
        let mut found = Found::new(held);
        let mut lookout = Lookout::new(workers.control());
        for rank in ranks {
            if lookout.step(16).is_break() {
                return Err(Full);
            }
            pairs.clear();
            partners.of(rank, gathered, pairs);
            for &(other, count) in &*pairs {
                // The subset of a pair that is not its beginning is the single item of its second rank.
                found.push(other, count, [other].into_iter());
            }
            found.end_parent()?;
        }
        Ok(found)
    });
    let found = found.into_iter().collect::<Result<_, Full>>()?;
    Ok((Level::joined(2, found)?, items * items.saturating_sub(1) / 2))
}
