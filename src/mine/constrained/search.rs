//! The search itself.

use std::ops::{ControlFlow, Range};

use super::checks::{Checks, Lowest};
use super::columns::{FirstItem, PathColumns, PathJoin};
use super::flat_itemsets::FlatItemsets;
use super::output::{Output, Room, SizeLimit};
use super::selection::SelectedBaskets;
use crate::bitset::{Isa, Ops, Task};
use crate::call::control::{Control, Poll};
use crate::call::meter::{Meter, SEARCH};
use crate::mine::database::conditional_base::ConditionalBase;
use crate::mine::database::pair_counts::{PairCounts, ProjectedRows};
use crate::mine::database::vertical_index::VerticalIndex;
use crate::mine::parallel::chunks::{branch_costs, run_in_chunks};
use crate::mine::query::bounds::Stopped;
use crate::threads::workers::Workers;
use crate::transactions::{MiningDatabase, Rank, RankedRows, Ranking};

/// Whether an itemset, as ranks of the result in any order, may be there; where it may not, none of its supersets may.
pub(crate) type RankPredicate<'a> = &'a dyn Fn(&[u32]) -> bool;

/// A search among selected baskets, for some of the items that these hold.
#[derive(Debug)]
pub(crate) struct ConstrainedSearch<'a> {
    selection: &'a SelectedBaskets<'a>,
    /// The items in the order of the search, by descending threshold and then as in the result, and how many of the baskets hold each.
    ranking: Ranking,
    /// The rank of each in the result.
    places: Vec<u32>,
    /// The ranks of the required items.
    required: Vec<u32>,
    rules: Checks,
    /// Whether the order is that of the result.
    in_order: bool,
}

/// Items that a search goes through before it looks whether the call is to end.
const STEPS_PER_POLL: u32 = 64;

impl<'a> ConstrainedSearch<'a> {
    /// `result` has the items of the selection that are searched for, and the required ones, in the order of the result.
    pub(crate) fn new(selection: &'a SelectedBaskets<'a>, result: &Ranking) -> Self {
        let wanted = selection.wanted;
        let ids = &result.ids;
        let is_required = |&rank: &u32| wanted.required.contains(&ids[rank as usize]);
        // There are fewer than u32::MAX items, as each has a number.
        let (required, mut places): (Vec<u32>, Vec<u32>) = (0..ids.len() as u32).partition(is_required);
        if !wanted.own.is_empty() {
            let longer = &wanted.of_len[wanted.required.len().min(wanted.of_len.len() - 1)..];
            let plain = longer.iter().copied().min().unwrap_or(1);
            let threshold = |rank: u32| selection.own[ids[rank as usize] as usize].unwrap_or(plain);
            places.sort_by_key(|&rank| std::cmp::Reverse(threshold(rank)));
        }
        let ids: Vec<u32> = places.iter().map(|&rank| ids[rank as usize]).collect();
        let rules = Checks::new(wanted, &ids, &selection.own, &selection.masks);
        let counts = ids.iter().map(|&id| selection.count(id)).collect();
        let in_order = places.is_sorted();
        ConstrainedSearch { selection, ranking: Ranking { ids, counts }, places, required, rules, in_order }
    }

    /// All that is asked for, in the canonical order.
    ///
    /// With a predicate it runs on the calling thread.
    pub(crate) fn list(
        &self,
        most: SizeLimit,
        workers: Workers,
        predicate: Option<RankPredicate<'_>>,
    ) -> Result<FlatItemsets, Stopped> {
        let room = Room::new(most);
        let outputs = self.run(workers, predicate, || Output::list(&room))?;
        if room.is_exceeded() {
            return Err(Stopped);
        }
        let listed = FlatItemsets::join(outputs.into_iter().map(Output::into_listed).collect());
        Ok(if self.in_order { listed } else { listed.sorted() })
    }

    /// How much is asked for, `None` where that is more than may be held.
    pub(crate) fn size(
        &self,
        most: SizeLimit,
        workers: Workers,
        predicate: Option<RankPredicate<'_>>,
    ) -> Option<SizeLimit> {
        let room = Room::new(most);
        let fits = self.run(workers, predicate, || Output::count(&room)).is_ok() && !room.is_exceeded();
        fits.then(|| room.found())
    }

    /// The `k` best of those that count at least so much, on the calling thread.
    pub(crate) fn best(
        &self,
        k: usize,
        least: u32,
        most: SizeLimit,
        control: &Control,
        predicate: Option<RankPredicate<'_>>,
    ) -> Result<FlatItemsets, Stopped> {
        if k == 0 {
            return Ok(FlatItemsets::default());
        }
        let room = Room::new(most);
        let workers = Workers::SEQUENTIAL.watching(control);
        let outputs = self.run(workers, predicate, || Output::best(k, least, self.in_order, &room))?;
        // A single worker gets all in one piece.
        Ok(outputs.into_iter().next().map(Output::into_listed).unwrap_or_default())
    }

    fn run<'r>(
        &self,
        workers: Workers,
        predicate: Option<RankPredicate<'_>>,
        new: impl Fn() -> Output<'r> + Sync,
    ) -> Result<Vec<Output<'r>>, Stopped> {
        // The required items alone come first.
        let mut out = new();
        let mut path = Path { descending: Vec::new(), path: Vec::new(), search: self, predicate };
        if self.rules.required > 0 {
            if !path.is_allowed() {
                return Ok(vec![out]);
            }
            let (count, thresholds) = (self.selection.baskets, self.rules.start());
            let is_frequent = count > 0 && self.rules.is_frequent(thresholds, self.rules.required, count);
            path.report(is_frequent, count, &mut out).is_continue().then_some(()).ok_or(Stopped)?;
            out.tell().is_continue().then_some(()).ok_or(Stopped)?;
        }
        if self.rules.required >= self.rules.max_len || self.ranking.len() == 0 {
            return Ok(vec![out]);
        }
        match &MiningDatabase::new(self.selection.rows(), &self.ranking, workers) {
            MiningDatabase::U16(rows) => self.run_over(rows, workers, predicate, out, new),
            MiningDatabase::U32(rows) => self.run_over(rows, workers, predicate, out, new),
        }
    }

    fn run_over<'r, R: Rank>(
        &self,
        rows: &RankedRows<R>,
        workers: Workers,
        predicate: Option<RankPredicate<'_>>,
        mut first: Output<'r>,
        new: impl Fn() -> Output<'r> + Sync,
    ) -> Result<Vec<Output<'r>>, Stopped> {
        let index = VerticalIndex::new(rows, workers);
        let least = self.selection.lowest().max(first.least);
        let pair_counts = PairCounts::new(rows, &index, least, workers);
        if workers.should_stop() {
            return Err(Stopped);
        }
        let costs = branch_costs(rows);
        let control = workers.control();
        let meter = Meter::new(control, SEARCH, &costs);
        let database =
            Database { search: self, rows, index: &index, pair_counts: &pair_counts, control, meter: &meter };
        if predicate.is_some() || workers.threads() == 1 {
            let flow = database.search(0..rows.items(), &mut Scratch::new(), predicate, &mut first);
            return flow.is_continue().then(|| vec![first]).ok_or(Stopped);
        }
        let found = run_in_chunks(workers, &costs, Scratch::new, |scratch, ranks| {
            let mut out = new();
            database.search(ranks, scratch, None, &mut out).is_continue().then_some(out)
        });
        let found = std::iter::once(Some(first)).chain(found);
        found.collect::<Option<_>>().ok_or(Stopped)
    }
}

/// An itemset on the way, by the items of its path.
struct Path<'a> {
    path: Vec<u32>,
    /// Scratch: the same with the required items, as ranks of the result.
    descending: Vec<u32>,
    search: &'a ConstrainedSearch<'a>,
    predicate: Option<RankPredicate<'a>>,
}

impl Path<'_> {
    /// Items of the itemset, the required ones among them.
    #[inline(always)]
    fn len(&self) -> usize {
        self.search.rules.required + self.path.len()
    }

    /// Brings the itemset into the form of the result.
    fn write(&mut self) {
        let Path { path, descending, search, .. } = self;
        descending.clear();
        descending.extend(path.iter().map(|&rank| search.places[rank as usize]));
        if !search.in_order || !search.required.is_empty() {
            descending.extend_from_slice(&search.required);
            descending.sort_unstable_by(|a, b| b.cmp(a));
        }
    }

    /// Whether the predicate lets the itemset and what lies below it be.
    #[inline(always)]
    fn is_allowed(&mut self) -> bool {
        let Some(predicate) = self.predicate else { return true };
        self.write();
        predicate(&self.descending)
    }

    /// Hands the itemset to the output, if it is one of those that are asked for.
    #[inline(always)]
    fn report(&mut self, is_frequent: bool, count: u32, out: &mut Output<'_>) -> ControlFlow<()> {
        let rules = &self.search.rules;
        if !is_frequent || count < out.least || count > rules.max_count || self.len() < rules.min_len {
            return ControlFlow::Continue(());
        }
        self.write();
        out.take(&self.descending, count)
    }
}

/// A worker's memory, kept from one item to the next.
struct Scratch<R> {
    isa: Isa,
    base: ConditionalBase<R>,
    projected: ProjectedRows<R>,
    columns: PathColumns,
}

impl<R: Rank> Scratch<R> {
    fn new() -> Self {
        Scratch {
            isa: Isa::detect(),
            base: ConditionalBase::default(),
            projected: ProjectedRows::default(),
            columns: PathColumns::default(),
        }
    }
}

/// What all workers read.
struct Database<'a, R> {
    search: &'a ConstrainedSearch<'a>,
    rows: &'a RankedRows<R>,
    index: &'a VerticalIndex,
    pair_counts: &'a PairCounts<'a, R>,
    control: &'a Control,
    meter: &'a Meter<'a>,
}

impl<R: Rank> Database<'_, R> {
    /// Reports what has one of `ranks` as the first item of its path.
    fn search(
        &self,
        ranks: Range<usize>,
        scratch: &mut Scratch<R>,
        predicate: Option<RankPredicate<'_>>,
        out: &mut Output<'_>,
    ) -> ControlFlow<()> {
        let rules = &self.search.rules;
        let mut path = Path { path: Vec::new(), descending: Vec::new(), search: self.search, predicate };
        for rank in ranks.clone() {
            if self.control.should_stop() {
                return ControlFlow::Break(());
            }
            // Those before it are done.
            self.meter.add(rank.saturating_sub(1).max(ranks.start)..rank);
            let count = self.rows.counts[rank];
            let first = rank as u32;
            let lowest = rules.lowest(first);
            path.path.clear();
            path.path.push(first);
            let len = path.len();
            if count < out.least.max(lowest.from(len))
                || rules.max_count < lowest.from(len)
                || len + rank < rules.min_len
                || !path.is_allowed()
            {
                continue;
            }
            let thresholds = rules.with(rules.start(), first);
            path.report(rules.is_frequent(thresholds, len, count), count, out)?;
            if len < rules.max_len && rank > 0 {
                let Scratch { isa, base, projected, columns } = scratch;
                let join = PathJoin::new(rules, lowest, out.least, len);
                base.frequent.clear();
                self.pair_counts.of(rank, projected, &mut base.frequent);
                base.frequent
                    .retain(|&(other, together)| together >= join.least && !rules.exclude_each_other(first, other));
                if !base.frequent.is_empty() && len + base.frequent.len() >= rules.min_len {
                    let each_row = |take: &mut dyn FnMut(&[R], u32)| match projected.is_empty() {
                        true => self.index.for_weighted_rows_of(first, self.rows, take),
                        false => projected.rows().for_each(|(row, weight)| take(row, weight)),
                    };
                    let goes_on = join.goes_on;
                    let (rows, index) = (self.rows, self.index);
                    let first = FirstItem { rank, count, thresholds, goes_on, rows, index };
                    columns.begin(*isa, first, base, each_row);
                    isa.run(Below { columns, lowest, path: &mut path, control: self.control, out })?;
                }
            }
            out.tell()?;
        }
        self.meter.add(ranks.end.saturating_sub(1).max(ranks.start)..ranks.end);
        ControlFlow::Continue(())
    }
}

/// Goes depth first through what lies below a first item.
struct Below<'a, 'p, 'o, 'r> {
    columns: &'a mut PathColumns,
    lowest: Lowest<'a>,
    path: &'a mut Path<'p>,
    control: &'a Control,
    out: &'o mut Output<'r>,
}

impl Task for Below<'_, '_, '_, '_> {
    type Output = ControlFlow<()>;

    #[inline(always)]
    fn run<O: Ops>(self, ops: O) -> ControlFlow<()> {
        let Below { columns, lowest, path, control, out } = self;
        let rules = &path.search.rules;
        let mut poll = Poll::new(control);
        // An explosion is seen before it is gone through.
        let foresees = out.is_count() && rules.are_none() && path.predicate.is_none();
        while let Some(level) = columns.levels.last_mut() {
            poll.step(STEPS_PER_POLL)?;
            let item = level.next;
            level.next += 1;
            let level = *level;
            if item == level.width {
                columns.levels.pop();
                path.path.pop();
                continue;
            }
            let (rank, count) = (columns.ranks[level.items + item], columns.counts[level.items + item]);
            // What is asked for may have become more since the level was made.
            if count < out.least || path.len() + 1 + item < rules.min_len {
                continue;
            }
            path.path.push(rank);
            let len = path.len();
            if !path.is_allowed() {
                path.path.pop();
                continue;
            }
            let thresholds = rules.with(level.thresholds, rank);
            path.report(rules.is_frequent(thresholds, len, count), count, out)?;
            if foresees && len >= rules.min_len {
                // What is before it and in all baskets of the level comes in all combinations.
                let before = &columns.counts[level.items..][..item];
                if item > 0 && before.iter().all(|&count| count == level.count) {
                    out.count_combinations(item, len)?;
                    path.path.pop();
                    continue;
                }
            }
            if item > 0 && len < rules.max_len {
                let join = PathJoin::new(rules, lowest, out.least, len);
                // Nothing below counts more.
                if count >= join.least && join.least <= rules.max_count {
                    let below = columns.below(ops, level, item, join, thresholds);
                    if below.width > 0 && len + below.width >= rules.min_len {
                        columns.levels.push(below);
                        continue;
                    }
                }
            }
            path.path.pop();
        }
        ControlFlow::Continue(())
    }
}
