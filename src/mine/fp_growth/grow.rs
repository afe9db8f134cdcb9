//! Growing itemsets item by item through conditional databases.

use std::ops::{ControlFlow, Range};

use super::paths::Paths;
use super::tree::Tree;
use crate::bitset::Isa;
use crate::mine::partners::Partners;
use crate::mine::search::{Prefix, Search};
use crate::mine::{Bounds, Branch};
use crate::transactions::Rank;

/// A worker's memory, kept from one conditional database to the next.
#[derive(Debug)]
pub(super) struct Grower<R> {
    isa: Isa,
    paths: Paths<R>,
    search: Search,
    /// The conditional trees of the open path.
    trees: Vec<Tree<R>>,
    open: Vec<Open>,
    words_an_entry: usize,
}

/// An itemset whose conditional tree is being searched.
#[derive(Clone, Copy, Debug)]
struct Open {
    /// The items of its tree that are still to do.
    next: usize,
    end: usize,
    count: u32,
    len: usize,
    perfect: usize,
}

impl<R: Rank> Grower<R> {
    pub(super) fn new(words_an_entry: usize) -> Self {
        Grower {
            isa: Isa::detect(),
            paths: Paths::default(),
            search: Search::default(),
            trees: Vec::new(),
            open: Vec::new(),
            words_an_entry,
        }
    }

    /// Reports the itemsets whose rarest item is one of `items` of the tree.
    pub(super) fn grow<B: Branch>(
        &mut self,
        tree: &Tree<R>,
        partners: &Partners<'_, R>,
        items: Range<usize>,
        bounds: Bounds,
        out: &mut B,
    ) -> ControlFlow<()> {
        self.open.clear();
        self.open.push(Open { next: items.start, end: items.end, count: u32::MAX, len: 0, perfect: 0 });
        while let Some(depth) = self.open.len().checked_sub(1) {
            let open = self.open[depth];
            if open.next == open.end {
                self.open.pop();
                if B::LISTS && depth > 0 {
                    out.close();
                }
                continue;
            }
            self.open[depth].next += 1;
            if self.trees.len() == depth {
                self.trees.push(Tree::default());
            }
            // The tree of the open itemset, and the place for one below it. They are out of `self` while both are used.
            let mut below = std::mem::take(&mut self.trees[depth]);
            let done = match depth.checked_sub(1) {
                None => self.extend(tree, Some(partners), open, bounds, &mut below, out),
                Some(above) => {
                    let above_tree = std::mem::take(&mut self.trees[above]);
                    let done = self.extend(&above_tree, None, open, bounds, &mut below, out);
                    self.trees[above] = above_tree;
                    done
                }
            };
            self.trees[depth] = below;
            done?;
        }
        ControlFlow::Continue(())
    }

    /// Reports the next item of an open itemset's tree, and what is below it, or opens it with the tree `below`.
    fn extend<B: Branch>(
        &mut self,
        tree: &Tree<R>,
        partners: Option<&Partners<'_, R>>,
        open: Open,
        bounds: Bounds,
        below: &mut Tree<R>,
        out: &mut B,
    ) -> ControlFlow<()> {
        let item = open.next;
        let (rank, count, len) = (tree.ranks[item], tree.counts[item], open.len + 1);
        let repeats = bounds.max_len == usize::MAX;
        if B::LISTS && repeats && count == open.count {
            return out.repeat(rank);
        }
        self.paths.base.frequent.clear();
        let frequent = &mut self.paths.base.frequent;
        if len < bounds.max_len && !partners.is_some_and(|partners| partners.known(item, frequent)) {
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

        // A single item is a path, and its count is all that there is to know of it.
        let is_single = self.paths.base.frequent.len() == 1;
        if !is_single {
            self.paths.collect(tree, item);
        }
        if is_single || (repeats || !B::LISTS) && self.paths.are_one() {
            return report_path(prefix, self.paths.base.frequent.iter().map(rank_and_count), out);
        }
        if self.is_cheaper_as_columns() {
            self.paths.base.load(&mut self.search, |item| tree.ranks[item as usize]);
            return self.search.run(self.isa, bounds, prefix, out);
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

    /// Whether the paths at hand are searched faster as bit columns than as a tree.
    ///
    /// The first level of the search over columns intersects every pair; the tree's first level walks
    /// every path again for each item on it. Columns win unless there are many items and short paths.
    fn is_cheaper_as_columns(&self) -> bool {
        let (items, words) = (self.paths.base.frequent.len(), self.paths.base.baskets().div_ceil(64));
        items * items * words / 2 <= self.words_an_entry.saturating_mul(self.paths.base.entries())
    }
}

/// Reports an itemset below which there is a single path: every combination of its items is frequent,
/// with the count of the rarest among them.
fn report_path<B: Branch>(
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
        // All items before it on the path are in all baskets that hold it.
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
