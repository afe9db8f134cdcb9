//! Where a search under constraints puts what it finds.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicU64, Ordering};

use super::flat_itemsets::FlatItemsets;

/// How much may be held.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SizeLimit {
    pub(crate) itemsets: u64,
    pub(crate) bytes: u64,
}

/// How much may be held, and is, by all pieces of a search together.
#[derive(Debug)]
pub(super) struct Room {
    most: SizeLimit,
    itemsets: AtomicU64,
    bytes: AtomicU64,
}

impl Room {
    pub(super) fn new(most: SizeLimit) -> Self {
        Room { most, itemsets: AtomicU64::new(0), bytes: AtomicU64::new(0) }
    }

    /// Adds what was found, and tells how much is left, if not too much was found.
    fn take(&self, itemsets: u64, bytes: u64) -> Option<SizeLimit> {
        let add = |all: &AtomicU64, new: u64| {
            let saturating = |old: u64| Some(old.saturating_add(new));
            let old = all.fetch_update(Ordering::Relaxed, Ordering::Relaxed, saturating);
            old.unwrap_or_else(|old| old).saturating_add(new)
        };
        let (itemsets, bytes) = (add(&self.itemsets, itemsets), add(&self.bytes, bytes));
        Some(SizeLimit {
            itemsets: self.most.itemsets.checked_sub(itemsets)?,
            bytes: self.most.bytes.checked_sub(bytes)?,
        })
    }

    /// Whether more was found than may be.
    pub(super) fn is_exceeded(&self) -> bool {
        self.take(0, 0).is_none()
    }

    /// How much was found.
    pub(super) fn found(&self) -> SizeLimit {
        SizeLimit { itemsets: self.itemsets.load(Ordering::Relaxed), bytes: self.bytes.load(Ordering::Relaxed) }
    }
}

/// Bytes that an itemset of a list takes beside its items, and each item: twice what they are, as lists grow by doubling.
const BYTES_AN_ITEMSET: u64 = 24;
const BYTES_AN_ITEM: u64 = 8;

/// Bytes that a piece finds before it tells the others: several threads may hold so much more each than they all may.
const BATCH: u64 = if cfg!(test) { 1 << 10 } else { 1 << 20 };

/// Takes what a piece of a search finds. `Break` ends the search: there is more than may be held.
#[derive(Debug)]
pub(super) struct Output<'a> {
    /// The smallest count that is still asked for.
    pub(super) least: u32,
    kind: Kind,
    room: &'a Room,
    /// Itemsets found since all pieces were told of them, their bytes, and how much may be found, as far as is known.
    new: u64,
    new_bytes: u64,
    left: SizeLimit,
}

#[derive(Debug)]
enum Kind {
    List(FlatItemsets),
    Count,
    Best(Best),
}

/// The best itemsets so far.
#[derive(Debug)]
struct Best {
    k: usize,
    /// The worst one on top.
    held: BinaryHeap<Reverse<Held>>,
    /// Whether itemsets come in the canonical order: then one that counts as much as the worst comes too late.
    in_order: bool,
}

/// An itemset; the better one is the greater one.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Held {
    count: u32,
    /// Of equal ones the first in the canonical order is the best.
    descending: Reverse<Vec<u32>>,
}

impl<'a> Output<'a> {
    /// For all itemsets.
    pub(super) fn list(room: &'a Room) -> Self {
        Self::new(1, Kind::List(FlatItemsets::default()), room)
    }

    /// For their number alone.
    pub(super) fn count(room: &'a Room) -> Self {
        Self::new(1, Kind::Count, room)
    }

    /// For the `k` best that count at least so much.
    pub(super) fn best(k: usize, least: u32, in_order: bool, room: &'a Room) -> Self {
        Self::new(least, Kind::Best(Best { k, held: BinaryHeap::new(), in_order }), room)
    }

    fn new(least: u32, kind: Kind, room: &'a Room) -> Self {
        Output { least, kind, room, new: 0, new_bytes: 0, left: room.most }
    }

    /// An itemset as descending ranks of the result, in `least` baskets or more.
    pub(super) fn take(&mut self, descending: &[u32], count: u32) -> ControlFlow<()> {
        match &mut self.kind {
            Kind::List(listed) => listed.push(descending.iter().copied(), count),
            Kind::Count => {}
            Kind::Best(best) => {
                let is_full = best.held.len() >= best.k;
                let held = Held { count, descending: Reverse(descending.to_vec()) };
                if is_full {
                    match best.held.peek_mut() {
                        Some(mut worst) if worst.0 < held => *worst = Reverse(held),
                        _ => return ControlFlow::Continue(()),
                    }
                } else {
                    best.held.push(Reverse(held));
                }
                if best.held.len() == best.k
                    && let Some(Reverse(worst)) = best.held.peek()
                {
                    self.least = self.least.max(worst.count.saturating_add(u32::from(best.in_order)));
                }
                if is_full {
                    return ControlFlow::Continue(());
                }
            }
        }
        self.new += 1;
        self.new_bytes += BYTES_AN_ITEMSET + BYTES_AN_ITEM * descending.len() as u64;
        if self.new > self.left.itemsets || self.new_bytes > self.left.bytes.min(BATCH) {
            return self.tell();
        }
        ControlFlow::Continue(())
    }

    /// Tells the other pieces how much was found. `Break` where that is too much.
    pub(super) fn tell(&mut self) -> ControlFlow<()> {
        match self.room.take(std::mem::take(&mut self.new), std::mem::take(&mut self.new_bytes)) {
            Some(left) => {
                self.left = left;
                ControlFlow::Continue(())
            }
            None => ControlFlow::Break(()),
        }
    }

    /// Whether it only counts.
    pub(super) fn is_count(&self) -> bool {
        matches!(self.kind, Kind::Count)
    }

    /// Itemsets that join each combination of `items` items, but none, to one of `len` items; for one that only counts.
    pub(super) fn count_combinations(&mut self, items: usize, len: usize) -> ControlFlow<()> {
        let combinations = u32::try_from(items).ok().and_then(|items| 1_u64.checked_shl(items)).unwrap_or(u64::MAX) - 1;
        self.new = self.new.saturating_add(combinations);
        // Each item is in half of them.
        let bytes = BYTES_AN_ITEMSET + BYTES_AN_ITEM * (len + items / 2) as u64;
        self.new_bytes = self.new_bytes.saturating_add(bytes.saturating_mul(combinations));
        self.tell()
    }

    /// What was found, the best first where those were asked for.
    pub(super) fn into_listed(self) -> FlatItemsets {
        match self.kind {
            Kind::List(listed) => listed,
            Kind::Count => FlatItemsets::default(),
            Kind::Best(best) => {
                let mut listed = FlatItemsets::default();
                for Reverse(held) in best.held.into_sorted_vec() {
                    listed.push(held.descending.0, held.count);
                }
                listed
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_end_when_they_hold_too_much_together() {
        let most = 100 * BATCH;
        let room = Room::new(SizeLimit { itemsets: u64::MAX, bytes: most });
        let mut pieces: Vec<Output<'_>> = (0..20).map(|_| Output::list(&room)).collect();
        let taken = (0..u64::MAX).take_while(|&turn| pieces[turn as usize % 20].take(&[1, 0], 1).is_continue());
        let bytes = taken.count() as u64 * (BYTES_AN_ITEMSET + 2 * BYTES_AN_ITEM);
        assert!((most - 20 * BATCH..=most + 20 * BATCH).contains(&bytes), "{bytes} of {most}");
        // All others end too, as soon as they tell.
        assert!(pieces.iter_mut().all(|piece| (0..BATCH).any(|_| piece.take(&[0], 1).is_break())));
    }
}
