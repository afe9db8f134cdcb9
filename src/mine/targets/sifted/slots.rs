//! A table of nodes by their hashes, in which no node can be taken for another.

/// The upper half of a hash, its *tag*, and in the lower half the number of the node that has it: 0 if the slot is empty, as
/// that node is a single item. The place in the table follows from the lower half of the hash.
pub(super) type Slot = u64;

/// Slots that are compared at once. (One by one takes a tenth longer: at which the search ends is hard to predict.)
const AT_ONCE: usize = 4;

/// Where the search for a hash begins in a table.
#[inline(always)]
fn place(table: &[Slot], hash: u64) -> usize {
    // Below the length.
    ((u128::from(hash as u32) * table.len() as u128) >> 32) as usize
}

#[inline(always)]
fn tag(of: u64) -> u32 {
    (of >> 32) as u32
}

#[inline(always)]
fn node(slot: Slot) -> usize {
    slot as u32 as usize
}

/// Adds a node to a table. `None` if there is one that could be taken for it.
#[inline(always)]
pub(super) fn add(table: &mut [Slot], hash: u64, added: usize) -> Option<()> {
    let mut at = place(table, hash);
    // What is on the way now is on the way whenever this hash is looked for, and nothing else is.
    while node(table[at]) != 0 {
        if tag(table[at]) == tag(hash) {
            return None;
        }
        at = if at + 1 == table.len() { 0 } else { at + 1 };
    }
    table[at] = u64::from(tag(hash)) << 32 | added as u64;
    Some(())
}

/// The node of a hash that was added to a table.
#[inline(always)]
pub(super) fn find(table: &[Slot], hash: u64) -> usize {
    let mut at = place(table, hash);
    if let Some(slots) = table[at..].first_chunk::<AT_ONCE>() {
        let equal =
            (0..).zip(slots).fold(0u32, |equal, (place, &slot)| equal | u32::from(tag(slot) == tag(hash)) << place);
        if equal != 0 {
            return node(slots[equal.trailing_zeros() as usize % AT_ONCE]);
        }
    }
    while tag(table[at]) != tag(hash) {
        at = if at + 1 == table.len() { 0 } else { at + 1 };
    }
    node(table[at])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_that_are_not_told_apart_are_noticed() {
        let added = [(1, 7 << 32), (2, 8 << 32), (3, u64::MAX), (4, u64::MAX - (1 << 32)), (5, 9 << 32 | 1 << 31)];
        let mut table = vec![0; 8];
        added.iter().for_each(|&(node, hash)| assert_eq!(add(&mut table, hash, node), Some(())));
        added.iter().for_each(|&(node, hash)| assert_eq!(find(&table, hash), node));
        // The same upper half: at the same place it is noticed, elsewhere both are found.
        assert_eq!(add(&mut table, 7 << 32 | 5, 6), None);
        assert_eq!(add(&mut table, 7 << 32 | 3 << 30, 6), Some(()));
        assert_eq!((find(&table, 7 << 32), find(&table, 7 << 32 | 3 << 30)), (1, 6));
    }
}
