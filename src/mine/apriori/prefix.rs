//! The intersections along a path, each made once.

use crate::bitset::{Ops, TidSet};
use crate::mine::VerticalIndex;

/// The baskets of a path of two items or more, from those of its beginning.
///
/// Paths that come in the canonical order share their beginnings, and with them the intersections.
#[derive(Debug, Default)]
pub(super) struct Prefixes {
    path: Vec<u32>,
    /// The baskets that hold the first two items of the path, the first three, and so on; those beyond its length
    /// are memory to be used again.
    sets: Vec<TidSet>,
}

impl Prefixes {
    /// The baskets that hold all items of a path of at least two.
    #[inline(always)]
    pub(super) fn intersection<O: Ops>(&mut self, ops: O, index: &VerticalIndex, path: &[u32]) -> &TidSet {
        let same = self.path.iter().zip(path).take_while(|(a, b)| a == b).count();
        for (place, &rank) in path.iter().enumerate().skip(same.max(1)) {
            if self.sets.len() < place {
                self.sets.push(TidSet::default());
            }
            let (above, into) = self.sets.split_at_mut(place - 1);
            let above = above.last().unwrap_or(index.set(path[0]));
            above.intersect_into(index.set(rank), ops, &mut into[0]);
        }
        self.path.clear();
        self.path.extend_from_slice(path);
        &self.sets[path.len() - 2]
    }
}
