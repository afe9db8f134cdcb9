//! The depth-first search over bit columns, which Eclat and FP-Growth end in.
//!
//! In comes a conditional database, as rows or as bitsets; out go all frequent itemsets below its prefix, to a
//! [`TreeOutput`]. This search does not know which engine made the database.
//!
//! | file | its part |
//! |---|---|
//! | `mod` | the stack of levels and the walk over it |
//! | `load` | filling the columns from a conditional base |
//! | `extend` | one step down: the conditional database of an item of a level |
//! | `intersect` | an item's column intersected with those before it, and packed to fewer baskets |
//! | `first_items` | the first items of a level, whose combinations are counted without further levels |
//! | `donate` | giving the rest of a level to another worker, and polling |
//! | `descent` | going down step by step, as estimates need |

pub(crate) mod descent;
pub(crate) mod donate;
pub(crate) mod extend;
pub(crate) mod first_items;
pub(crate) mod intersect;
pub(crate) mod load;

use std::ops::ControlFlow;

use super::database::vertical_index::set_bits;
use super::output::tree_output::TreeOutput;
use super::parallel::splitting::ChunkOutput;
use super::query::bounds::Bounds;
use crate::bitset::{Isa, Ops, Task, Weights, set_bits as bits_of, stride_for};
use crate::mine::columns::donate::{Interrupts, STEPS_PER_POLL};
use crate::mine::columns::extend::Perfect;
use crate::mine::columns::first_items::{FIRST_ITEMS, FirstItems};
use crate::mine::columns::intersect::{CompressColumns, IntersectScratch};

/// A conditional database as bit columns, and the search below it.
///
/// The database of an itemset P, the *prefix*, holds a bit for each basket that contains P, and for
/// each item that is frequent among them a column of those bits: the baskets that hold the item too.
/// The support of P and two items is then the number of bits that their columns share.
///
/// Below the first items of a level no databases are made: their combinations are counted many at a time.
///
/// The search keeps an explicit stack, and all its memory from one database to the next.
#[derive(Debug, Default)]
pub(crate) struct ColumnSearch {
    ranks: Vec<u32>,
    counts: Vec<u32>,
    words: Vec<u64>,
    scratch: IntersectScratch,
    /// The counts of the pairs of the first level, if they are known: those of item i and the items before it start at
    /// `i * (i - 1) / 2`.
    pairs: Vec<u16>,
    levels: Vec<ColumnLevel>,
    /// What the bits of columns stand for, if not for one basket each.
    weights: Weights,
}

/// The itemset whose conditional database is searched.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Prefix {
    /// The last item of its path.
    pub(crate) rank: u32,
    pub(crate) count: u32,
    /// The number of its items, including the last one.
    pub(crate) len: usize,
    /// The number of perfect extensions that were set apart on the way to it, for outputs that do not list.
    pub(crate) perfect: usize,
}

/// A node of the search: the part of the stack's arrays that holds its items.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ColumnLevel {
    /// Where its items begin in `ranks` and `counts`.
    items: usize,
    /// How many items extend it.
    width: usize,
    /// Where its columns begin in `words`.
    words: usize,
    /// Words per column.
    stride: usize,
    /// The next item to extend it by.
    next: usize,
    count: u32,
    perfect: usize,
}

impl ColumnSearch {
    /// Starts a database of `baskets` baskets, without items.
    pub(crate) fn begin(&mut self, baskets: usize) {
        self.weights.clear();
        self.levels.clear();
        self.ranks.clear();
        self.counts.clear();
        let words = start_line(&mut self.words, MIN_WORDS);
        self.pairs.clear();
        let stride = stride_for(baskets);
        self.levels.push(ColumnLevel { items: 0, width: 0, words, stride, next: 0, count: 0, perfect: 0 });
    }

    /// Adds the item of the next higher rank, in `count` baskets, with an empty column.
    pub(crate) fn add_item(&mut self, rank: u32, count: u32) {
        let level = &mut self.levels[0];
        level.width += 1;
        self.ranks.push(rank);
        self.counts.push(count);
        self.words.resize(level.words + level.width * level.stride, 0);
    }

    /// Puts an item, by its position among those added, into a run of baskets.
    #[inline]
    pub(crate) fn put(&mut self, item: usize, baskets: std::ops::Range<usize>) {
        let ColumnLevel { words, stride, .. } = self.levels[0];
        let column = &mut self.words[words + item * stride..][..stride];
        for basket in baskets {
            column[basket / 64] |= 1 << (basket % 64);
        }
    }

    /// Does the same for a long run, which must not be empty.
    pub(crate) fn put_many(&mut self, item: usize, baskets: std::ops::Range<usize>) {
        let ColumnLevel { words, stride, .. } = self.levels[0];
        set_bits(&mut self.words[words + item * stride..][..stride], baskets);
    }

    /// Makes the database of an item, given as a bitset, by compressing the bitsets of other items to its baskets.
    /// `others` yields their ranks, ascending, with their counts and bitsets; `weights` has what the bits of bitsets
    /// stand for, if not for one basket each.
    pub(crate) fn pack<'a>(
        &mut self,
        isa: Isa,
        baskets: usize,
        weights: &[u32],
        item: &[u64],
        others: impl Iterator<Item = (u32, u32, &'a [u64])> + Clone,
    ) {
        self.begin(baskets);
        for (rank, count, _) in others.clone() {
            self.add_item(rank, count);
        }
        let ColumnLevel { words, stride, .. } = self.levels[0];
        if !weights.is_empty() {
            self.weights.fill(stride, bits_of(item).map(|row| weights[row]));
        }
        let columns = others.map(|(.., column)| column);
        isa.run(CompressColumns { columns, baskets: item, into: &mut self.words[words..], stride });
        self.merge_rows(isa);
    }

    /// Makes rows with weights that are equal in all columns one, if it pays.
    fn merge_rows(&mut self, isa: Isa) {
        if !self.weights.is_empty() {
            let ColumnLevel { words, stride, .. } = self.levels[0];
            self.levels[0].stride = self.weights.merge_rows(isa, &mut self.words[words..], stride);
        }
    }

    /// The counts of the pairs of the items added, to be filled by the caller: those of item i and the items before it
    /// start at `i * (i - 1) / 2`. Counters of 16 bits stay in the first-level cache.
    pub(crate) fn pairs_mut(&mut self) -> &mut Vec<u16> {
        &mut self.pairs
    }

    /// Reports the prefix and every frequent itemset below it.
    ///
    /// The items added must be frequent in the prefix. For an output that does not list, items in all of its baskets
    /// must be counted in `prefix.perfect` instead. If another worker is waiting, it gets a part of the search.
    pub(crate) fn run<G: From<ColumnSearch>, B: TreeOutput>(
        &mut self,
        isa: Isa,
        bounds: Bounds,
        prefix: Prefix,
        parts: &mut ChunkOutput<'_, G, B>,
    ) -> ControlFlow<()> {
        self.levels[0].count = prefix.count;
        self.levels[0].perfect = prefix.perfect;
        let out = &mut parts.out;
        if B::LISTS {
            if repeats::<B>(bounds) {
                out.foresee(self.counts.iter().filter(|&&count| count == prefix.count).count())?;
            }
            out.open(prefix.rank, prefix.count)?;
        } else {
            out.tally(prefix.len, prefix.perfect, 1);
        }
        let ChunkOutput { out, donor, .. } = parts;
        self.run_from(isa, bounds, prefix.len, out, donor)
    }

    /// Reports what is below an open itemset of `len` items.
    fn run_from<B: TreeOutput>(
        &mut self,
        isa: Isa,
        bounds: Bounds,
        len: usize,
        out: &mut B,
        around: &mut dyn Interrupts,
    ) -> ControlFlow<()> {
        let mut weights = std::mem::take(&mut self.weights);
        let done = weights.run(isa, bounds.min_count, ColumnRun { search: self, bounds, len, out, around });
        self.weights = weights;
        done
    }
}

/// Clears `words`, with room for `least` words or more, and fills them up to the next whole cache line. Returns where
/// that begins.
///
/// Columns longer than a cache line take a tenth less time if they begin with one. When the memory has to grow it may
/// move, and the columns are not aligned until the next start.
fn start_line(words: &mut Vec<u64>, least: usize) -> usize {
    words.clear();
    words.reserve(least);
    let start = words.as_ptr().align_offset(LINE).min(LINE / size_of::<u64>());
    words.resize(start, 0);
    start
}

/// Bytes of a cache line.
const LINE: usize = 64;

/// The fewest words that room is reserved for, so that few searches have to grow.
const MIN_WORDS: usize = 1 << 14;

/// Whether perfect extensions are reported by repeating their siblings below them. This would exceed a limit on the
/// length.
pub(crate) fn repeats<B: TreeOutput>(bounds: Bounds) -> bool {
    bounds.max_len == usize::MAX && !B::RISES
}

/// Reports everything below the open itemset of `len` items, from the first level's next item on, and closes it.
///
/// Compiled for each kind of output and each instruction set, but not for each kind of search that contains it.
pub(crate) struct ColumnRun<'a, B> {
    search: &'a mut ColumnSearch,
    bounds: Bounds,
    len: usize,
    out: &'a mut B,
    around: &'a mut dyn Interrupts,
}

impl<B: TreeOutput> Task for ColumnRun<'_, B> {
    type Output = ControlFlow<()>;

    #[inline(always)]
    fn run<O: Ops>(self, ops: O) -> ControlFlow<()> {
        let ColumnRun { search, bounds, len: prefix_len, out, around } = self;
        let mut bounds = bounds;
        let repeats = repeats::<B>(bounds);
        let treated = match (B::LISTS, repeats) {
            (false, _) => Perfect::SetApart,
            (true, true) => Perfect::Repeated,
            (true, false) => Perfect::Plain,
        };
        // Where pairs are known, most are not frequent, and checking their counts first is cheaper.
        let pairs_known = !search.pairs.is_empty();
        let mut steps: u32 = 0;
        while let Some(depth) = search.levels.len().checked_sub(1) {
            let top = &mut search.levels[depth];
            let level = *top;
            let item = level.next;
            bounds.min_count = out.min_count(bounds);
            if item == level.width {
                search.levels.pop();
                if B::LISTS {
                    out.close();
                }
                continue;
            }
            let len = prefix_len + depth;
            if item == 0 && level.width > 1 && !(pairs_known && level.items == 0) {
                top.next = level.width.min(FIRST_ITEMS);
                let narrow = FirstItems { search: &mut *search, level, len, bounds, repeats, out: &mut *out };
                // A call would cost a tenth where columns are short: it does not matter then which registers are free.
                if level.stride < 8 {
                    narrow.run(ops)?;
                } else {
                    ops.apart(narrow)?;
                }
                continue;
            }
            top.next = item + 1;
            // A counter that wraps is fine: only its remainders count.
            steps = steps.wrapping_add(1);
            if steps.is_multiple_of(STEPS_PER_POLL) {
                // A part that is given away needs the weights.
                ops.swap_weights(&mut search.weights);
                let polled = around.poll(search, steps, prefix_len, B::LISTS && repeats, out.held());
                ops.swap_weights(&mut search.weights);
                polled?;
                if let Some(sender) = around.sender() {
                    sender.hand_over(out)?;
                }
            }
            let len = len + 1;
            let (rank, count) = (search.ranks[level.items + item], search.counts[level.items + item]);
            if B::RISES && count < bounds.min_count {
                continue;
            }
            if B::LISTS && repeats && count == level.count {
                out.repeat(rank)?;
                continue;
            }
            let below = if item == 0 || len >= bounds.max_len {
                ColumnLevel { width: 0, perfect: 0, ..level }
            } else {
                search.extend(ops, level, item, bounds.min_count, treated)
            };
            if B::LISTS {
                if repeats {
                    out.foresee(below.perfect)?;
                }
                match below.width {
                    0 => out.leaf(rank, count)?,
                    1 => {
                        out.open(rank, count)?;
                        out.leaf(search.ranks[below.items], search.counts[below.items])?;
                        out.close();
                    }
                    _ => {
                        out.open(rank, count)?;
                        search.levels.push(below);
                    }
                }
            } else {
                let perfect = level.perfect + below.perfect;
                out.tally(len, perfect, 1);
                match below.width {
                    0 => {}
                    1 => out.tally(len + 1, perfect, 1),
                    _ => search.levels.push(ColumnLevel { perfect, ..below }),
                }
            }
        }
        ControlFlow::Continue(())
    }
}
