//! Generators, or free itemsets.
//!
//! Every subset of a generator is a generator, so the search goes from generators to those that add an item. An itemset
//! is a generator if each of its items has a critical basket: one that holds all other items of the itemset, but not
//! this one (Soulet & Rioult, "Efficiently depth-first minimal pattern mining", PAKDD 2014). Critical baskets are
//! columns of bits, in addition to the column of the itemset. The rarest item has none, as its critical baskets are not
//! in its database: one of them is searched for among all baskets.

use std::ops::ControlFlow;

use super::Data;
use super::STEPS_PER_POLL;
use super::database::Rarer;
use super::database::TwoSidedColumns;
use crate::bitset::{Isa, Ops, Task, TidSlice};
use crate::call::control::Poll;
use crate::mine::output::itemset_output::ItemsetReceiver;
use crate::mine::query::bounds::Bounds;
use crate::transactions::Rank;

/// The search for generators below an item.
#[derive(Debug, Default)]
pub(super) struct Generators {
    levels: Vec<GeneratorLevel>,
    /// The levels' candidates, by their numbers in the database; those found to make generators come first.
    items: Vec<u32>,
    /// The baskets of each level's itemset, and the critical ones of its items except the rarest.
    words: Vec<u64>,
    /// The itemset of the current level, as descending ranks.
    set: Vec<u32>,
    /// The baskets of the rarest item, as bits.
    rarest: Vec<u64>,
    /// Scratch: an itemset's baskets.
    column: Vec<u64>,
}

/// A node of the search: a generator.
#[derive(Clone, Copy, Debug)]
struct GeneratorLevel {
    /// Where its candidates begin in `items`, their number, the next one, and how many were found to make generators.
    items: usize,
    width: usize,
    next: usize,
    found: usize,
    /// Where its columns begin in `words`.
    words: usize,
    count: u32,
}

impl super::Search for Generators {
    const RARER: Rarer = Rarer::Unneeded;

    fn run<R: Rank, K: ItemsetReceiver>(
        &mut self,
        isa: Isa,
        columns: &mut TwoSidedColumns<'_, R>,
        data: Data<'_, R>,
        bounds: Bounds,
        out: &mut K,
    ) -> ControlFlow<()> {
        if columns.count == data.baskets {
            return ControlFlow::Continue(());
        }
        self.set.clear();
        self.set.push(columns.rank);
        if K::LISTS {
            out.keep(&self.set, columns.count)?;
        } else {
            out.tally(1, 1);
        }
        if columns.before == 0 || bounds.max_len == 1 {
            return ControlFlow::Continue(());
        }
        let mut weights = std::mem::take(&mut columns.weights);
        let done = weights.run(isa, bounds.min_count, GeneratorRun { search: self, columns, data, bounds, out });
        columns.weights = weights;
        done
    }
}

struct GeneratorRun<'a, R, K> {
    search: &'a mut Generators,
    columns: &'a TwoSidedColumns<'a, R>,
    data: Data<'a, R>,
    bounds: Bounds,
    out: &'a mut K,
}

impl<R: Rank, K: ItemsetReceiver> Task for GeneratorRun<'_, R, K> {
    type Output = ControlFlow<()>;

    #[inline(always)]
    fn run<O: Ops>(self, ops: O) -> ControlFlow<()> {
        let GeneratorRun { search, columns, data, bounds, out } = self;
        search.begin(columns, data);
        let mut poll = Poll::new(data.control);
        while let Some(level) = search.levels.last_mut() {
            poll.step(STEPS_PER_POLL)?;
            if level.next == level.width {
                search.levels.pop();
                search.set.pop();
                continue;
            }
            level.next += 1;
            let level = *level;
            let item = search.items[level.items + level.next - 1];
            let Some(count) = search.count_if_generator(ops, columns, data, bounds.min_count, level, item) else {
                continue;
            };
            let rank = columns.ranks[item as usize];
            if K::LISTS {
                search.set.push(rank);
                out.keep(&search.set, count)?;
                search.set.pop();
            } else {
                out.tally(search.set.len() + 1, 1);
            }
            if let Some(above) = search.levels.last_mut() {
                search.items[above.items + above.found] = item;
                above.found += 1;
            }
            if level.found > 0 && search.set.len() + 1 < bounds.max_len {
                search.enter(ops, columns, level, item, count);
                search.set.push(rank);
            }
        }
        ControlFlow::Continue(())
    }
}

impl Generators {
    /// Begins with the rarest item alone.
    fn begin<R: Rank>(&mut self, columns: &TwoSidedColumns<'_, R>, data: Data<'_, R>) {
        self.items.clear();
        // Items are numbered by a u32.
        self.items.extend(0..columns.before as u32);
        self.levels.clear();
        self.levels.push(GeneratorLevel {
            items: 0,
            width: columns.before,
            next: 0,
            found: 0,
            words: 0,
            count: columns.count,
        });
        self.rarest.clear();
        self.rarest.resize(data.index.rows().div_ceil(64) as usize, 0);
        let set = data.index.set(columns.rank);
        match set.words() {
            Some(words) => self.rarest[..words.len()].copy_from_slice(words),
            None => set.iter().for_each(|row| self.rarest[row as usize / 64] |= 1 << (row % 64)),
        }
    }

    /// The count of a level's itemset with one more item, if that makes a generator. Its baskets are left in `column`.
    #[inline(always)]
    fn count_if_generator<O: Ops, R: Rank>(
        &mut self,
        ops: O,
        columns: &TwoSidedColumns<'_, R>,
        data: Data<'_, R>,
        min_count: u32,
        level: GeneratorLevel,
        item: u32,
    ) -> Option<u32> {
        let Generators { words, set, rarest, column, .. } = self;
        let (rank, alone) = (columns.ranks[item as usize], columns.counts[item as usize]);
        if set.len() == 1 {
            // Items in all baskets of the rarest one are not among the candidates.
            return (alone < data.rows.counts[rank as usize]).then_some(alone);
        }
        let stride = columns.stride;
        let own = &columns.words[item as usize * stride..][..stride];
        let words = &words[level.words..][..set.len() * stride];
        column.resize(stride, 0);
        let count = ops.and_into_count(&words[..stride], own, column);
        if count < min_count || count == level.count {
            return None;
        }
        let critical = if set.len() == 2 {
            // Baskets that hold nothing but the rarest item and this one may be missing.
            alone > count
        } else {
            words[stride..].chunks_exact(stride).all(|critical| meet(critical, own))
        };
        (critical && without(data, rarest, &set[1..], rank)).then_some(count)
    }

    /// Goes down to the generator that adds an item, whose baskets are in `column`.
    #[inline(always)]
    fn enter<O: Ops, R>(
        &mut self,
        ops: O,
        columns: &TwoSidedColumns<'_, R>,
        level: GeneratorLevel,
        item: u32,
        count: u32,
    ) {
        let Generators { levels, items, words, set, column, .. } = self;
        let stride = columns.stride;
        let own = &columns.words[item as usize * stride..][..stride];
        let start = level.items + level.width;
        items.truncate(start);
        items.extend_from_within(level.items..level.items + level.found);
        // The level of the rarest item alone has no columns.
        let before = if set.len() == 1 { 0 } else { set.len() };
        let below = level.words + before * stride;
        words.resize(below + (set.len() + 1) * stride, 0);
        let (above, new) = words.split_at_mut(below);
        let above = &above[level.words..];
        if set.len() == 1 {
            new[..stride].copy_from_slice(own);
            new[stride..].iter_mut().zip(own).for_each(|(critical, &own)| *critical = !own);
        } else {
            new[..stride].copy_from_slice(column);
            for (critical, into) in above[stride..].chunks_exact(stride).zip(new[stride..].chunks_exact_mut(stride)) {
                ops.and_into(critical, own, into);
            }
            for ((into, &all), &own) in new[before * stride..].iter_mut().zip(above).zip(own) {
                *into = all & !own;
            }
        }
        levels.push(GeneratorLevel { items: start, width: level.found, next: 0, found: 0, words: below, count });
    }
}

/// Whether two columns share a bit.
#[inline(always)]
fn meet(column: &[u64], other: &[u64]) -> bool {
    for (&word, &other) in column.iter().zip(other) {
        if word & other != 0 {
            return true;
        }
    }
    false
}

/// Sets that are held without memory of their own.
const FEW_SETS: usize = 8;

/// Whether there is a basket that holds some items, given as descending ranks and one more, without the rarest item.
#[inline(always)]
fn without<R: Rank>(data: Data<'_, R>, rarest: &[u64], others: &[u32], last: u32) -> bool {
    let index = data.index;
    // They are looked up once: each basket asks for all of them.
    let mut few = [index.set(last); FEW_SETS];
    few.iter_mut().zip(others).for_each(|(set, &other)| *set = index.set(other));
    let many: Vec<TidSlice<'_>>;
    let all = match few.get(..=others.len()) {
        Some(all) => all,
        None => {
            many = others.iter().chain([&last]).map(|&other| index.set(other)).collect();
            &many
        }
    };
    if all.iter().all(|set| set.is_dense()) {
        for (place, &rarest) in rarest.iter().enumerate() {
            let mut left = !rarest;
            for set in all {
                left &= set.words().and_then(|words| words.get(place)).copied().unwrap_or_default();
            }
            if left != 0 {
                return true;
            }
        }
        return false;
    }
    let shortest = all.iter().min_by_key(|set| set.count());
    shortest.is_some_and(|shortest| {
        shortest
            .iter()
            .any(|row| rarest[row as usize / 64] >> (row % 64) & 1 == 0 && all.iter().all(|set| set.contains(row)))
    })
}
