//! Nodes of the tree of itemsets as bytes, and back.

/// A path of the tree, from the node that was written or read last.
#[derive(Clone, Debug, Default)]
pub(super) struct NodePath {
    /// The ranks, descending.
    ranks: Vec<u32>,
    /// For each of them the count of the longest itemset that the path holds up to it, and before the first of these
    /// the count of the item: the next count is not larger.
    bounds: Vec<u64>,
}

/// In the first byte of a node: how many items are dropped from the path before (2 bits), by how much the rank is above
/// the smallest that can be (2 bits), and by how much the count is below the largest (4 bits).
const DROPPED: u64 = 3;
const ABOVE: u64 = 3;
const BELOW: u64 = 14;
/// In place of the last: the node is no itemset, and only leads to others.
const NO_ITEMSET: u64 = 15;

/// Why bytes are no nodes.
pub(super) const TOO_SHORT: &str = "it ends within a node";
const NO_PATH: &str = "a node drops more items than there are";
const NO_ORDER: &str = "its itemsets are not in order";
const NO_COUNT: &str = "an itemset has more baskets than a subset, or none";

impl NodePath {
    pub(super) fn ranks(&self) -> &[u32] {
        &self.ranks
    }

    /// Keeps the first nodes.
    pub(super) fn truncate(&mut self, kept: usize) {
        self.ranks.truncate(kept);
        self.bounds.truncate(kept);
    }

    /// The largest count that a node of `rank` below the first `kept` ones can have. `None` if there is no such item.
    fn bound(&self, kept: usize, rank: u32, item_counts: &[u64]) -> Option<u64> {
        match kept {
            0 => item_counts.get(rank as usize).copied(),
            kept => self.bounds.get(kept - 1).copied(),
        }
    }

    /// The smallest rank of the next node, below the first `kept` ones.
    fn smallest(&self, kept: usize) -> u64 {
        self.ranks.get(kept).map_or(0, |&dropped| u64::from(dropped) + 1)
    }

    fn is_below_parent(&self, kept: usize, rank: u32) -> bool {
        kept == 0 || self.ranks.get(kept - 1).is_some_and(|&parent| rank < parent)
    }

    fn put(&mut self, kept: usize, rank: u32, bound: u64) {
        self.truncate(kept);
        self.ranks.push(rank);
        self.bounds.push(bound);
    }

    /// Writes the node of the first `len - 1` items of the path and `rank`. `None` if there is none at this place.
    pub(super) fn write(
        &mut self,
        into: &mut Vec<u8>,
        (len, rank, count): (usize, u32, Option<u64>),
        item_counts: &[u64],
    ) -> Option<()> {
        let kept = len.checked_sub(1)?;
        let dropped = self.ranks.len().checked_sub(kept)? as u64;
        let above = u64::from(rank).checked_sub(self.smallest(kept))?;
        let bound = self.bound(kept, rank, item_counts).filter(|_| self.is_below_parent(kept, rank))?;
        let below = match count {
            Some(0) => return None,
            Some(count) => Some(bound.checked_sub(count)?),
            None => None,
        };
        let counted = below.map_or(NO_ITEMSET, |below| below.min(BELOW));
        // All of it fits into a byte.
        into.push((dropped.min(DROPPED) | above.min(ABOVE) << 2 | counted << 4) as u8);
        for (number, escape) in [(dropped, DROPPED), (above, ABOVE), (below.unwrap_or(0), BELOW)] {
            if number >= escape {
                write_number(into, number - escape);
            }
        }
        self.put(kept, rank, count.unwrap_or(bound));
        Some(())
    }

    /// Writes the first `len` nodes of the path, as far as those below them need them.
    pub(super) fn write_whole(&self, len: usize, into: &mut Vec<u8>) {
        for (&rank, &bound) in self.ranks.iter().zip(&self.bounds).take(len) {
            write_number(into, rank.into());
            write_number(into, bound);
        }
    }

    /// Reads such a path of `len` nodes.
    pub(super) fn read_whole(&mut self, from: &mut &[u8], len: usize, item_counts: &[u64]) -> Result<(), &'static str> {
        self.truncate(0);
        for kept in 0..len {
            let rank = u32::try_from(read_number(from)?).map_err(|_| NO_ORDER)?;
            let bound = read_number(from)?;
            let most = self.bound(kept, rank, item_counts).filter(|_| self.is_below_parent(kept, rank));
            if bound == 0 || most.ok_or(NO_ORDER)? < bound {
                return Err(NO_COUNT);
            }
            self.put(kept, rank, bound);
        }
        Ok(())
    }

    /// Reads the next node, after which the path is that of the node. Its count, if it is an itemset.
    #[inline]
    pub(super) fn read(&mut self, from: &mut &[u8], item_counts: &[u64]) -> Result<Option<u64>, &'static str> {
        let Node { dropped, above, below } = Node::read(from)?;
        let kept = usize::try_from(dropped).ok().and_then(|dropped| self.ranks.len().checked_sub(dropped));
        let kept = kept.ok_or(NO_PATH)?;
        let rank = next_rank(self.smallest(kept), above)?;
        let bound = self.bound(kept, rank, item_counts).filter(|_| self.is_below_parent(kept, rank)).ok_or(NO_ORDER)?;
        let count = next_count(bound, below.unwrap_or(0))?;
        self.put(kept, rank, count);
        Ok(below.map(|_| count))
    }
}

/// A node as it is stored.
struct Node {
    dropped: u64,
    above: u64,
    /// `None` if it is no itemset.
    below: Option<u64>,
}

impl Node {
    #[inline(always)]
    fn read(from: &mut &[u8]) -> Result<Self, &'static str> {
        let (&first, rest) = from.split_first().ok_or(TOO_SHORT)?;
        *from = rest;
        let first = u64::from(first);
        let mut escaped = |number: u64, escape: u64| match number == escape {
            true => read_number(from)?.checked_add(escape).ok_or(TOO_LARGE),
            false => Ok(number),
        };
        let dropped = escaped(first & 3, DROPPED)?;
        let above = escaped(first >> 2 & 3, ABOVE)?;
        let counted = first >> 4;
        let below = if counted == NO_ITEMSET { None } else { Some(escaped(counted, BELOW)?) };
        Ok(Node { dropped, above, below })
    }
}

fn next_rank(smallest: u64, above: u64) -> Result<u32, &'static str> {
    smallest.checked_add(above).and_then(|rank| u32::try_from(rank).ok()).ok_or(NO_ORDER)
}

fn next_count(bound: u64, below: u64) -> Result<u64, &'static str> {
    bound.checked_sub(below).filter(|&count| count > 0).ok_or(NO_COUNT)
}

/// The count of an itemset among nodes below a path, if it is there. The itemset is not before the path.
///
/// Of nodes that are not on the way to it only the length of their paths is kept: three times as fast as a walk.
pub(super) fn find(
    mut nodes: &[u8],
    path: &NodePath,
    descending: &[u32],
    item_counts: &[u64],
) -> Result<Option<u64>, &'static str> {
    // The items of the present path that are those of the itemset, and the most that can hold it.
    let mut held = path.ranks.iter().zip(descending).take_while(|(a, b)| a == b).count();
    let mut bound = held.checked_sub(1).map_or(u64::MAX, |last| path.bounds[last]);
    let mut len = path.ranks.len();
    // The smallest rank of the next node that joins an item to the held ones.
    let mut smallest = path.smallest(held);
    while !nodes.is_empty() && held < descending.len() {
        let Node { dropped, above, below } = Node::read(&mut nodes)?;
        let kept = usize::try_from(dropped).ok().and_then(|dropped| len.checked_sub(dropped)).ok_or(NO_PATH)?;
        len = kept + 1;
        if kept > held {
            continue;
        }
        // Behind all that begin with the held ones.
        if kept < held {
            return Ok(None);
        }
        let rank = next_rank(smallest, above)?;
        if rank > descending[held] {
            return Ok(None);
        }
        smallest = u64::from(rank) + 1;
        if rank == descending[held] {
            let most = if held == 0 { *item_counts.get(rank as usize).ok_or(NO_ORDER)? } else { bound };
            bound = next_count(most, below.unwrap_or(0))?;
            held += 1;
            smallest = 0;
            if held == descending.len() {
                return Ok(below.map(|_| bound));
            }
        }
    }
    Ok(None)
}

const TOO_LARGE: &str = "a number is too large";

/// A whole number in groups of seven bits, the lowest first.
pub(super) fn write_number(into: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        into.push(number as u8 | 0x80);
        number >>= 7;
    }
    into.push(number as u8);
}

#[inline]
pub(super) fn read_number(from: &mut &[u8]) -> Result<u64, &'static str> {
    let mut number = 0;
    for place in 0..10 {
        let (&byte, rest) = from.split_first().ok_or(TOO_SHORT)?;
        *from = rest;
        let group = u64::from(byte & 0x7f);
        if group << (7 * place) >> (7 * place) != group {
            return Err(TOO_LARGE);
        }
        number |= group << (7 * place);
        if byte < 0x80 {
            return Ok(number);
        }
    }
    Err(TOO_LARGE)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn numbers_come_back(numbers in prop::collection::vec(prop_oneof![any::<u64>(), 0..300u64], 0..20)) {
            let mut bytes = Vec::new();
            numbers.iter().for_each(|&number| write_number(&mut bytes, number));
            let mut rest = &bytes[..];
            for &number in &numbers {
                prop_assert_eq!(read_number(&mut rest), Ok(number));
            }
            prop_assert!(rest.is_empty());
            prop_assert_eq!(read_number(&mut rest), Err(TOO_SHORT));
        }

        /// Whatever the bytes are, paths fall and counts do not rise.
        #[test]
        fn any_bytes_are_nodes_in_order_or_an_error(
            bytes in prop::collection::vec(any::<u8>(), 0..200),
            item_counts in prop::collection::vec(1..100u64, 1..20),
        ) {
            let (mut path, mut rest) = (NodePath::default(), &bytes[..]);
            let mut before = Vec::new();
            while let Ok(count) = path.read(&mut rest, &item_counts) {
                let ranks = path.ranks();
                prop_assert!(ranks.is_sorted_by(|a, b| a > b) && (ranks[0] as usize) < item_counts.len());
                prop_assert!(before < ranks.to_vec(), "{before:?} {ranks:?}");
                prop_assert!(path.bounds.is_sorted_by(|a, b| a >= b) && path.bounds.last() > Some(&0));
                prop_assert!(path.bounds[0] <= item_counts[ranks[0] as usize]);
                prop_assert!(count.is_none() || count.as_ref() == path.bounds.last());
                before = ranks.to_vec();
            }
        }
    }

    #[test]
    fn too_large_numbers_are_refused() {
        for bytes in [[0xff; 11], [0x80; 11]] {
            assert_eq!(read_number(&mut &bytes[..]), Err(TOO_LARGE));
        }
        let largest = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01];
        assert_eq!(read_number(&mut &largest[..]), Ok(u64::MAX));
        assert_eq!(read_number(&mut &[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x03][..]), Err(TOO_LARGE));
    }
}
