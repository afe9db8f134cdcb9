//! The search of baskets on disk: a batch of branches at a time, those of the rarest items first.

use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

use super::GroupItemsets;
use super::group_miner::GroupMiner;
use super::plan::RankPlan;
use super::rank_files::{PartSize, RankFiles, Row, rows_of};
use crate::call::control::Control;
use crate::error::{Error, ErrorKind};
use crate::itemsets::{Kept, Trie};
use crate::limit::Limit;
use crate::mine::query::target::Target;
use crate::mine::run::PreparedRows;
use crate::run_options::RunOptions;
use crate::threads::pool::Pool;
use crate::transactions::{Branches, MiningDatabase, PlacedRows, Rank, RankedRows};

/// Bytes in the index, and in bitsets made from it, of an entry whose branch is searched. (With 4 the memory is used up, and
/// nothing is faster.)
const BYTES_PER_OWN_ENTRY: u64 = 8;

/// Bytes that a row, and each entry of it, take where equal rows are looked for: as rows, as ranked rows, and in the index.
const BYTES_PER_MERGED_ROW: u64 = 40;
const BYTES_PER_MERGED_ENTRY: u64 = 14;

impl RankFiles {
    /// What each group of the plan finds. A batch takes up to half of the memory that the options allow.
    pub(super) fn mine(self, options: &RunOptions) -> Result<Vec<GroupItemsets>, Error> {
        self.mine_within(options.memory(false) / 2, options)
    }

    /// The same with batches of this many bytes.
    fn mine_within(mut self, allowed: u64, options: &RunOptions) -> Result<Vec<GroupItemsets>, Error> {
        if let Some(rank) = (0..self.came().len()).find(|&rank| self.came()[rank] != self.plan.counts[rank]) {
            let (came, counted) = (self.came()[rank], self.plan.counts[rank]);
            let what = format_args!(
                "the item of rank {rank} came in {came} baskets, and the plan counted {counted}: add the baskets that were \
                 counted, each once"
            );
            return Err(Error::group(None, what));
        }
        options.run(|control| {
            let mut batches = Vec::new();
            let mut end = self.parts.len();
            while end > 0 {
                let (start, size) = self.batch_before(end, allowed);
                let share = 0.98 * (end - start) as f64 / end as f64;
                batches.push(control.section(share, || self.search(start..end, &size, (allowed, options), control))?);
                end = start;
            }
            Ok(GroupItemsets::divided(batches, &self.plan))
        })
    }

    /// The first of as many parts before `end` as fit, and what they have.
    fn batch_before(&self, end: usize, allowed: u64) -> (usize, PartSize) {
        let (mut start, mut size) = (end - 1, self.parts[end - 1].clone());
        while let Some(part) = start.checked_sub(1) {
            let more = size.clone().and(&self.parts[part]);
            if self.needed(part..end, &more) > allowed || more.entries >= u64::from(u32::MAX) {
                break;
            }
            (start, size) = (part, more);
        }
        (start, size)
    }

    /// Whether each row is stored as it comes.
    fn are_placed(&self, size: &PartSize) -> bool {
        // Counts, rows and entries are numbered by a u32.
        let most = self.plan.baskets.max(size.entries);
        !size.weighs && self.plan.target == Target::All && most < u64::from(u32::MAX)
    }

    /// The bytes that the rows of some parts take at most.
    fn needed(&self, parts: Range<usize>, size: &PartSize) -> u64 {
        if !self.are_placed(size) {
            return merged_bytes((size.rows, size.entries));
        }
        let rank = if self.is_narrow() { size_of::<u16>() } else { size_of::<u32>() };
        let own = self.firsts[parts.start] as usize..self.firsts[parts.end] as usize;
        let own_entries: u64 = self.plan.counts[own].iter().sum();
        rank as u64 * size.entries + BYTES_PER_OWN_ENTRY * own_entries.min(size.entries)
    }

    fn is_narrow(&self) -> bool {
        self.plan.counts.len() <= u16::RANKS
    }

    /// Searches the branches of some parts, and adds what their rows have besides to earlier ones.
    fn search(
        &mut self,
        parts: Range<usize>,
        size: &PartSize,
        (allowed, options): (u64, &RunOptions),
        control: &Control,
    ) -> Result<GroupItemsets, Error> {
        let own = self.firsts[parts.start]..self.firsts[parts.end];
        if !self.are_placed(size) || self.needed(parts.clone(), size) > allowed {
            return self.search_merged(parts, own, (allowed, options), control);
        }
        let database = match self.is_narrow() {
            true => MiningDatabase::U16(self.place(parts, &own, size, (&options.pool, control))?),
            false => MiningDatabase::U32(self.place(parts, &own, size, (&options.pool, control))?),
        };
        let plan = &*self.plan;
        let miner = plan.miner(options);
        // The number of baskets was compared with what a u32 holds.
        let rows = PreparedRows::of_database(database, plan.baskets as u32);
        let (outputs, algorithm) = miner.mine_rows(control, &rows, plan.min_count)?;
        drop(rows);
        let trie = Trie::join(outputs, own.end as usize)?;
        GroupItemsets::of_trie((plan, 0, algorithm), &trie, Kept::All, |rank| rank, control)
    }

    /// The rows of some parts as a search reads them. What they have besides goes to earlier parts, beside that on another
    /// thread: both take about as long.
    fn place<R: Rank>(
        &mut self,
        parts: Range<usize>,
        own: &Range<u32>,
        size: &PartSize,
        (pool, control): (&Pool, &Control),
    ) -> Result<RankedRows<R>, Error> {
        let mut placed = PlacedRows::<R>::new(size.lengths()).ok_or_else(|| self.damaged())?;
        let (mut counts, items) = (vec![0; own.end as usize], self.came().len());
        let mut place = |Row { ranks, weight, .. }: Row<'_>| {
            if weight != 1 || ranks[ranks.len() - 1] >= own.end || !placed.push(ranks) {
                return false;
            }
            ranks.iter().for_each(|&rank| counts[rank as usize] += 1);
            true
        };
        self.for_each_text(parts.clone(), control, |files, text| {
            let mut go_on = |row: Row<'_>| files.go_on(row, own.start).map(|()| true);
            if pool.workers() == 1 {
                return rows_of(text, items, |row| Ok(place(row) && go_on(row)?));
            }
            let place = Mutex::new(&mut place);
            let place_all = |_| {
                let mut place = place.lock().unwrap_or_else(PoisonError::into_inner);
                rows_of(text, items, |row| Ok(place(row)))
            };
            let mut are_rows = Ok(false);
            let are_placed = pool.run_beside(1, place_all, || are_rows = rows_of(text, items, &mut go_on))?;
            are_placed.into_iter().try_fold(are_rows?, |all, are_placed| Ok(all && are_placed?))
        })?;
        self.forget(parts);
        for rank in own.clone() {
            // With the baskets that have nothing else, which are not stored.
            counts[rank as usize] = self.plan.counts[rank as usize] as u32;
        }
        let is_chosen = |rank: u32| rank >= own.start && self.plan.counts[rank as usize] >= self.plan.min_count;
        let branches = Branches::Chosen((0..own.end).map(is_chosen).collect());
        placed.finish(counts, branches).ok_or_else(|| self.damaged())
    }

    /// The same where rows have weights or do not fit: equal ones become one, and each pass over them takes some of the ranks.
    fn search_merged(
        &mut self,
        parts: Range<usize>,
        own: Range<u32>,
        (allowed, options): (u64, &RunOptions),
        control: &Control,
    ) -> Result<GroupItemsets, Error> {
        let mut found = GroupItemsets::none(&self.plan, 0);
        let mut is_moved = false;
        // The next range is last.
        let mut ranges = vec![own.clone()];
        while let Some(range) = ranges.pop() {
            let Some(group) = self.merged(parts.clone(), &range, allowed, control)? else {
                if range.len() == 1 {
                    return Err(self.too_large(parts, allowed));
                }
                let middle = range.start + range.len() as u32 / 2;
                ranges.extend([middle..range.end, range.start..middle]);
                continue;
            };
            if range == own {
                is_moved = true;
                group.for_each_row(|row, weight| {
                    let end = row.partition_point(|&rank| rank < own.start);
                    self.put(&row[..end], weight.into())
                })?;
            }
            found.append(group.mine_under(control, options)?);
        }
        if !is_moved {
            self.for_each_row(parts.clone(), control, |files, row| files.go_on(row, own.start))?;
        }
        self.forget(parts);
        Ok(found)
    }

    /// An error for rows of one item that do not fit.
    fn too_large(&self, parts: Range<usize>, allowed: u64) -> Error {
        let what = "the baskets with a single item, of which half of the limit are allowed,";
        let needed = parts.map(|part| merged_bytes((self.parts[part].rows, self.parts[part].entries))).sum();
        Error::new(ErrorKind::MemoryLimit { what, needed, limit: Limit::Memory(allowed.saturating_mul(2)) })
    }

    /// The rows of some parts with a rank of a range, up to the last of those; `None` if they take more than is allowed.
    fn merged(
        &mut self,
        parts: Range<usize>,
        own: &Range<u32>,
        allowed: u64,
        control: &Control,
    ) -> Result<Option<GroupMiner>, Error> {
        let mut part = RankPlan::clone(&self.plan);
        part.groups = 1;
        (0..).zip(&mut part.group_of).for_each(|(rank, group)| *group = if own.contains(&rank) { 0 } else { u32::MAX });
        let mut group = GroupMiner::new(Arc::new(part), 0)?;
        let mut is_full = false;
        self.for_each_row(parts, control, |_, Row { ranks, weight, .. }| {
            let end = ranks.partition_point(|&rank| rank < own.end);
            if !is_full && end >= 2 && ranks[end - 1] >= own.start {
                group.push(&ranks[..end], weight)?;
                is_full = merged_bytes(group.stored()) > allowed;
            }
            Ok(())
        })?;
        group.add_waiting()?;
        Ok(Some(group).filter(|_| !is_full))
    }
}

/// The bytes of rows and their entries where equal rows are looked for.
fn merged_bytes((rows, entries): (u64, u64)) -> u64 {
    BYTES_PER_MERGED_ROW * rows + BYTES_PER_MERGED_ENTRY * entries
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::distributed::{ItemCounts, MinePlan};
    use crate::miner::Miner;
    use crate::transactions::Transactions;
    use proptest::prelude::*;

    proptest! {
        /// However little fits at a time, and whatever is written.
        #[test]
        fn batches_find_what_a_single_call_finds(
            rows in prop::collection::vec((prop::collection::btree_set(0..9u32, 0..7), 1..4u64), 0..60),
            weighs in any::<bool>(),
            (groups, allowed, buffered) in (1..4usize, prop_oneof![1..2000u64, Just(u64::MAX)], 0..300u64),
            target in prop::sample::select(vec![Target::All, Target::Closed, Target::Maximal]),
        ) {
            let weight_of = |weight: u64| if weighs { weight } else { 1 };
            let (mut counts, mut builder) = (ItemCounts::new(), Transactions::builder());
            for (row, weight) in &rows {
                counts.add_weighted(row.iter().copied(), weight_of(*weight)).unwrap();
                builder.push_weighted(row.iter().copied(), weight_of(*weight) as u32);
            }
            let baskets = builder.build().unwrap();
            let miner = Miner::new().min_support(0.1);
            let plan = MinePlan::new(&miner, &counts, groups).unwrap().target(target).unwrap();
            let mut files = RankFiles::new(Arc::clone(&plan.ranks), None, buffered).unwrap();
            for (row, weight) in &rows {
                files.add(row.iter().filter_map(|item| plan.rank(item)), weight_of(*weight)).unwrap();
            }
            let options = RunOptions::new();
            let found = match files.mine_within(allowed, &options) {
                Ok(found) => found,
                Err(error) => {
                    prop_assert!(matches!(error.kind(), ErrorKind::MemoryLimit { .. }), "{error}");
                    prop_assert!(allowed < 2000);
                    return Ok(());
                }
            };
            match target {
                Target::Closed => {
                    prop_assert_eq!(plan.join_closed(&found, &options).unwrap(), miner.mine_closed(&baskets).unwrap());
                }
                Target::Maximal => {
                    prop_assert_eq!(plan.join_maximal(&found, &options).unwrap(), miner.mine_maximal(&baskets).unwrap());
                }
                Target::All | Target::Generators => {
                    prop_assert_eq!(plan.join(&found).unwrap(), miner.mine(&baskets).unwrap());
                }
            }
        }
    }

    /// More than 16 bits number.
    #[test]
    fn many_items_are_found_in_batches() {
        let items = 70_000;
        let rows: Vec<[u32; 3]> = (0..items).map(|item| [item, (item + 1) % items, item % 7]).collect();
        let (mut counts, mut builder) = (ItemCounts::new(), Transactions::builder());
        for row in &rows {
            counts.add(row.iter().copied()).unwrap();
            builder.push(row.iter().copied());
        }
        let miner = Miner::new().min_support(crate::MinSupport::count(2));
        let plan = MinePlan::new(&miner, &counts, 3).unwrap();
        let mut files = RankFiles::new(Arc::clone(&plan.ranks), None, 1 << 16).unwrap();
        rows.iter().for_each(|row| files.add(row.iter().filter_map(|item| plan.rank(item)), 1).unwrap());
        assert!(!files.is_narrow() && files.written() > 0);
        let found = files.mine_within(1 << 19, &RunOptions::new()).unwrap();
        assert_eq!(plan.join(&found).unwrap(), miner.mine(&builder.build().unwrap()).unwrap());
    }
}
