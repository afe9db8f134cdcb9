//! Grows itemsets item by item through conditional databases.

use std::ops::{ControlFlow, Range};

use super::paths::Paths;
use super::tree::Tree;
use crate::bitset::Isa;
use crate::mine::columns::{ColumnSearch, Prefix, repeats};
use crate::mine::database::pair_counts::PairCounts;
use crate::mine::output::tree_output::TreeOutput;
use crate::mine::parallel::splitting::ChunkOutput;
use crate::mine::query::bounds::Bounds;
use crate::transactions::Rank;

/// A worker's memory, kept from one conditional database to the next.
#[derive(Debug)]
pub(super) struct Grower<R> {
    isa: Isa,
    paths: Paths<R>,
    search: ColumnSearch,
    /// The conditional trees of the open path.
    trees: Vec<Tree<R>>,
    open: Vec<Open>,
    words_per_entry: usize,
}

/// Part of a search that another worker can continue.
#[derive(Debug)]
pub(super) enum Rest<R> {
    /// Items of a conditional tree.
    Items(Tree<R>, Open),
    Columns(ColumnSearch),
}

impl<R> From<ColumnSearch> for Rest<R> {
    fn from(search: ColumnSearch) -> Self {
        Rest::Columns(search)
    }
}

/// Items between two checks whether the call should stop.
const STEPS_PER_POLL: u32 = 4;

/// The fewest entries on the paths of items that are worth giving to another worker.
const LEAST_GIVEN: u64 = if cfg!(test) { 1 } else { 1 << 12 };

/// An itemset whose conditional tree is being searched.
#[derive(Clone, Copy, Debug)]
pub(super) struct Open {
    /// The items of its tree that are not done.
    next: usize,
    end: usize,
    count: u32,
    len: usize,
    perfect: usize,
}

impl<R: Rank> Grower<R> {
    pub(super) fn new(words_per_entry: usize) -> Self {
        Grower {
            isa: Isa::detect(),
            paths: Paths::default(),
            search: ColumnSearch::default(),
            trees: Vec::new(),
            open: Vec::new(),
            words_per_entry,
        }
    }

    /// Reports the itemsets whose rarest item is one of `items` of the tree.
    pub(super) fn grow<B: TreeOutput>(
        &mut self,
        tree: &Tree<R>,
        pair_counts: &PairCounts<'_, R>,
        items: Range<usize>,
        bounds: Bounds,
        parts: &mut ChunkOutput<'_, Rest<R>, B>,
    ) -> ControlFlow<()> {
        // No item has the count 0, so none repeats what comes before it.
        let open = Open { next: items.start, end: items.end, count: 0, len: 0, perfect: 0 };
        self.grow_open(tree, Some(pair_counts), open, bounds, parts)
    }

    /// Reports the rest of a search that another worker gave away.
    pub(super) fn resume<B: TreeOutput>(
        &mut self,
        rest: Rest<R>,
        bounds: Bounds,
        parts: &mut ChunkOutput<'_, Rest<R>, B>,
    ) -> ControlFlow<()> {
        match rest {
            Rest::Items(tree, open) => self.grow_open(&tree, None, open, bounds, parts),
            Rest::Columns(mut search) => search.resume(self.isa, bounds, parts),
        }
    }

    /// Reports the itemsets below an itemset with its tree. For the whole tree, that is the empty itemset, and
    /// `pair_counts` has what is known of the pairs.
    fn grow_open<B: TreeOutput>(
        &mut self,
        tree: &Tree<R>,
        pair_counts: Option<&PairCounts<'_, R>>,
        open: Open,
        bounds: Bounds,
        parts: &mut ChunkOutput<'_, Rest<R>, B>,
    ) -> ControlFlow<()> {
        // The first level is never given away, as it is already cut into pieces.
        let givable = usize::from(pair_counts.is_some());
        self.open.clear();
        self.open.push(open);
        let mut steps: u32 = 0;
        while let Some(depth) = self.open.len().checked_sub(1) {
            steps = steps.wrapping_add(1);
            if steps.is_multiple_of(STEPS_PER_POLL) {
                parts.go_on()?;
            }
            let open = self.open[depth];
            if open.next == open.end {
                self.open.pop();
                if B::LISTS && depth > 0 {
                    parts.out.close();
                }
                continue;
            }
            if depth < givable {
                parts.end_branch()?;
                parts.reach(open.next);
            }
            self.open[depth].next += 1;
            if pair_counts.is_some_and(|pairs| depth == 0 && !pairs.rows().branches().contains(open.next)) {
                continue;
            }
            parts.donor.allowed = self.open[givable..].iter().all(|open| open.next == open.end);
            if self.trees.len() == depth {
                self.trees.push(Tree::default());
            }
            // The tree of the open itemset, and an empty one for the level below it. They are taken out of `self` while
            // in use.
            let mut below = std::mem::take(&mut self.trees[depth]);
            let done = match depth.checked_sub(1) {
                None => self.extend(tree, pair_counts, open, bounds, &mut below, parts),
                Some(above) => {
                    let above_tree = std::mem::take(&mut self.trees[above]);
                    let done = self.extend(&above_tree, None, open, bounds, &mut below, parts);
                    self.trees[above] = above_tree;
                    done
                }
            };
            self.trees[depth] = below;
            done?;
            parts.donor.allowed = true;
            if parts.donor.is_wanted() {
                self.give_away(tree, givable, B::LISTS && repeats::<B>(bounds), parts);
            }
        }
        ControlFlow::Continue(())
    }

    /// Gives the rest of the shallowest open itemset that has one to a waiting worker, if it is large enough.
    ///
    /// With `repeats`, a perfect extension must repeat its siblings, so the rest stays here as long as it contains one.
    #[cold]
    fn give_away<B: TreeOutput>(
        &mut self,
        tree: &Tree<R>,
        givable: usize,
        repeats: bool,
        parts: &mut ChunkOutput<'_, Rest<R>, B>,
    ) {
        let has_rest = |open: &Open| open.next < open.end;
        let Some(depth) = self.open[givable..].iter().position(has_rest).map(|depth| depth + givable) else { return };
        let open = self.open[depth];
        let tree = depth.checked_sub(1).map_or(tree, |above| &self.trees[above]);
        let is_bound = repeats && tree.counts[open.next..open.end].contains(&open.count);
        let entries: u64 = (open.next..open.end).map(|item| tree.entries_above(item)).sum();
        if open.next > 0 && entries >= LEAST_GIVEN && !is_bound {
            self.open[depth].next = open.end;
            parts.donor.give(open.len, Rest::Items(tree.clone(), open));
        }
    }

    /// Reports the next item of an open itemset's tree and what is below it, or opens it with the tree `below`.
    fn extend<B: TreeOutput>(
        &mut self,
        tree: &Tree<R>,
        pair_counts: Option<&PairCounts<'_, R>>,
        open: Open,
        bounds: Bounds,
        below: &mut Tree<R>,
        parts: &mut ChunkOutput<'_, Rest<R>, B>,
    ) -> ControlFlow<()> {
        let out = &mut parts.out;
        let item = open.next;
        let (rank, count, len) = (tree.ranks[item], tree.counts[item], open.len + 1);
        let repeats = repeats::<B>(bounds);
        if B::LISTS && repeats && count == open.count {
            return out.repeat(rank);
        }
        self.paths.base.frequent.clear();
        let frequent = &mut self.paths.base.frequent;
        if len < bounds.max_len && !pair_counts.is_some_and(|pair_counts| pair_counts.known(item, frequent)) {
            self.paths.count(tree, item, tree.entries_above(item), bounds.min_count);
        }
        let all = self.paths.base.frequent.len();
        if !B::LISTS {
            self.paths.base.frequent.retain(|&(_, together)| together != count);
        }
        let prefix = Prefix { rank, count, len, perfect: open.perfect + all - self.paths.base.frequent.len() };
        let rank_and_count = |&(item, count): &(u32, u32)| (tree.ranks[item as usize], count);
        if self.paths.base.frequent.is_empty() {
            return if B::LISTS {
                out.leaf(rank, count)
            } else {
                out.tally(len, prefix.perfect, 1);
                ControlFlow::Continue(())
            };
        }

        // A single item is a path, and its count is already known.
        let is_single = self.paths.base.frequent.len() == 1;
        if !is_single {
            if parts.donor.should_stop() {
                return ControlFlow::Break(());
            }
            self.paths.collect(tree, item);
            if parts.donor.should_stop() {
                return ControlFlow::Break(());
            }
        }
        if is_single || (repeats || !B::LISTS) && self.paths.are_one() {
            return report_path(prefix, self.paths.base.frequent.iter().map(rank_and_count), out);
        }
        if self.is_cheaper_as_columns() {
            self.search.load(&self.paths.base, |item| tree.ranks[item as usize]);
            return self.search.run(self.isa, bounds, prefix, parts);
        }
        self.paths.build(tree, below);
        if B::LISTS {
            if repeats {
                out.foresee(self.paths.base.frequent.iter().filter(|&&(_, together)| together == count).count())?;
            }
            out.open(rank, count)?;
        } else {
            out.tally(len, prefix.perfect, 1);
        }
        self.open.push(Open { next: 0, end: self.paths.base.frequent.len(), count, len, perfect: prefix.perfect });
        ControlFlow::Continue(())
    }

    /// Whether the current paths are searched faster as bit columns than as a tree.
    ///
    /// The first level of the search over columns intersects every pair. The first level of the tree walks every path
    /// again for each item on it. Columns win unless there are many items and short paths.
    fn is_cheaper_as_columns(&self) -> bool {
        let (items, words) = (self.paths.base.frequent.len(), self.paths.base.bits().div_ceil(64));
        items * items * words / 2 <= self.words_per_entry.saturating_mul(self.paths.base.entries())
    }
}

/// Reports an itemset below which there is a single path: every combination of its items is frequent, with the count of
/// the rarest among them.
fn report_path<B: TreeOutput>(
    prefix: Prefix,
    path: impl Iterator<Item = (u32, u32)> + Clone,
    out: &mut B,
) -> ControlFlow<()> {
    if !B::LISTS {
        out.tally(prefix.len, prefix.perfect, 1);
        for (place, _) in path.enumerate() {
            out.tally(prefix.len + 1, prefix.perfect + place, 1);
        }
        return ControlFlow::Continue(());
    }
    out.foresee(path.clone().count())?;
    out.open(prefix.rank, prefix.count)?;
    for (place, (rank, count)) in path.clone().enumerate() {
        // All items before it on the path are in all baskets that contain it.
        if count == prefix.count {
            out.repeat(rank)?;
        } else {
            out.open(rank, count)?;
            for (above, _) in path.clone().take(place) {
                out.repeat(above)?;
            }
            out.close();
        }
    }
    out.close();
    ControlFlow::Continue(())
}
