//! The intersections along a path, each made once.

use crate::bitset::{Ops, TidSet};
use crate::mine::VerticalIndex;

/// The baskets of a path of two items or more, from those of its beginning.
///
/// Paths that come in the canonical order share their beginnings, and with them the intersections.
#[derive(Debug, Default)]
pub(super) struct Prefixes {
    path: Vec<u32>,
    /// The baskets that hold the first two items of the path, the first three, and so on.
    sets: Vec<TidSet>,
}

impl Prefixes {
    /// The baskets that hold all items of a path of at least two.
    #[inline(always)]
    pub(super) fn intersection<O: Ops>(&mut self, ops: O, index: &VerticalIndex, path: &[u32]) -> &TidSet {
        let same = self.path.iter().zip(path).take_while(|(a, b)| a == b).count();
        self.sets.truncate(same.saturating_sub(1));
        for (place, &rank) in path.iter().enumerate().skip(self.sets.len() + 1) {
            let above = self.sets.last().unwrap_or(index.set(path[place - 1]));
            let set = above.intersection(index.set(rank), ops);
            self.sets.push(set);
        }
        self.path.clear();
        self.path.extend_from_slice(path);
        &self.sets[path.len() - 2]
    }
}
