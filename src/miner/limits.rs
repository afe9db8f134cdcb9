//! The bounds of a search, and what it may hold, in itemsets and bytes: arithmetic on the settings and on the machine's memory.

use super::call::Call;
use crate::limit::Limit;
use crate::machine;
use crate::mine::output::budget::Size;
use crate::mine::query::bounds::Bounds;
use crate::mine::query::target::Condensed;
use crate::transactions::{Transactions, are_great, as_u32};

/// Bytes per itemset while it is collected: twice its 12 bytes, as chunks are joined.
pub(super) const BYTES_PER_ITEMSET: u64 = 24;

/// Bytes per listed itemset, to decide which of two limits is lower: twice those of one with 8 items, as lists grow by
/// doubling.
const BYTES_PER_LISTED: u64 = 88;

/// Bytes that a call may always use. Below, the machine's memory is not queried, which takes some tenths of a
/// millisecond.
const ALWAYS_ALLOWED_BYTES: u64 = 64 << 20;

/// Bytes that a search takes besides the itemsets: per entry of the baskets, and at least.
const BYTES_PER_ENTRY: u64 = 16;
const BYTES_PER_SEARCH: u64 = 16 << 20;

/// The most itemsets that may be collected, and the limit that sets this.
pub(super) type Room = (u64, Limit);

impl<T> Call<'_, T> {
    /// The room by the setting `max_itemsets`.
    pub(super) fn room_of_itemsets(&self) -> Option<Room> {
        self.settings.max_itemsets.map(|itemsets| (itemsets, Limit::Itemsets(itemsets)))
    }

    /// The room at a threshold by the configured limits.
    pub(super) fn room(&self, min_count: u64) -> Option<Room> {
        lower(self.room_of_itemsets(), self.room_of_memory(min_count))
    }

    /// The room by the setting `max_memory` alone.
    pub(super) fn room_of_memory(&self, min_count: u64) -> Option<Room> {
        let bytes = self.settings.run.max_memory.filter(|&bytes| bytes < u64::MAX)?;
        Some((self.itemsets_within(bytes, min_count), Limit::Memory(bytes)))
    }

    /// The room by the machine's memory, if `itemsets` itemsets are enough to query it.
    pub(super) fn room_of_machine(&self, min_count: u64, itemsets: u64) -> Option<Room> {
        if self.settings.run.max_memory.is_some() || itemsets <= self.itemsets_within(ALWAYS_ALLOWED_BYTES, min_count) {
            return None;
        }
        let bytes = machine::memory()? / 2;
        Some((self.itemsets_within(bytes, min_count), Limit::MachineMemory(bytes)))
    }

    /// The most itemsets that Apriori, whose levels take eight times as much as a list, may hold, and the limit that says so.
    pub(super) fn room_of_levels(&self) -> Option<Room> {
        let room = lower(self.room_of_memory(self.min_count), self.room_of_machine(self.min_count, u64::MAX))?;
        Some((room.0 / 8, room.1))
    }

    /// The memory that the call may use, and the limit that sets this.
    fn memory(&self) -> Option<(u64, Limit)> {
        let set = self.settings.run.max_memory.map(|bytes| (bytes, Limit::Memory(bytes)));
        set.or_else(|| machine::memory().map(|bytes| (bytes / 2, Limit::MachineMemory(bytes / 2))))
    }

    /// The limit on memory, if `sets` bytes for basket sets alone exceed it.
    pub(super) fn limit_below(&self, sets: u64) -> Option<(u64, Limit)> {
        if self.settings.run.max_memory.is_none() && sets <= ALWAYS_ALLOWED_BYTES {
            return None;
        }
        self.memory().filter(|&(bytes, _)| sets > bytes)
    }

    /// What a list of itemsets may hold if basket sets take `sets` bytes. `None` if those already exceed the limit on
    /// memory.
    pub(super) fn list_size(&self, sets: u64) -> Option<Size> {
        if self.limit_below(sets).is_some() {
            return None;
        }
        let itemsets = self.settings.max_itemsets.unwrap_or(u64::MAX).min(u32::MAX.into());
        let besides = bytes_besides(self.transactions, sets);
        let bytes = self.memory().map_or(u64::MAX, |(bytes, _)| bytes.saturating_sub(besides));
        Some(Size { itemsets, bytes })
    }

    /// About the most itemsets that a list may hold at a threshold, and the limit that sets this.
    pub(super) fn list_room(&self, min_count: u64) -> Option<Room> {
        let besides = bytes_besides(self.transactions, self.bytes_of_sets_at(min_count));
        let memory = self.memory().map(|(bytes, limit)| (bytes.saturating_sub(besides) / BYTES_PER_LISTED, limit));
        lower(self.room_of_itemsets(), memory)
    }

    /// Bytes of the basket sets of all items that are frequent at a threshold.
    pub(super) fn bytes_of_sets_at(&self, min_count: u64) -> u64 {
        let frequent = self.transactions.counts().iter().copied().filter(|&count| count >= min_count);
        bytes_of_sets(self.transactions, frequent, self.transactions.len() as u64)
    }

    /// The bounds of a search at a threshold.
    pub(super) fn bounds(&self, min_count: u64) -> Bounds {
        Bounds { min_count: as_u32(min_count), max_len: self.settings.max_len.unwrap_or(usize::MAX), ..Bounds::NONE }
    }

    /// Bounds of a search that counts. That for a target may hold itemsets meanwhile, as many as the setting `max_memory`
    /// allows.
    pub(super) fn bounds_to_count(&self, target: Option<Condensed>, most: usize) -> Bounds {
        let room = target.and_then(|_| self.room_of_memory(self.min_count));
        let room = room.map_or(usize::MAX, |(itemsets, _)| usize::try_from(itemsets).unwrap_or(usize::MAX));
        Bounds { most: most.min(room), ..self.bounds(self.min_count) }
    }

    /// The number of itemsets that can be collected in `bytes`.
    pub(super) fn itemsets_within(&self, bytes: u64, min_count: u64) -> u64 {
        let besides = bytes_besides(self.transactions, self.bytes_of_sets_at(min_count));
        bytes.saturating_sub(besides) / BYTES_PER_ITEMSET
    }
}

/// The lower of two limits.
pub(super) fn lower(one: Option<Room>, other: Option<Room>) -> Option<Room> {
    [one, other].into_iter().flatten().min_by_key(|&(itemsets, _)| itemsets)
}

/// Bytes that a search takes besides the itemsets if basket sets take `sets` bytes.
fn bytes_besides<T>(transactions: &Transactions<T>, sets: u64) -> u64 {
    (BYTES_PER_SEARCH + BYTES_PER_ENTRY * transactions.rows().stored_entries() as u64).saturating_add(sets)
}

/// Bytes of the basket sets of some items. Only small weights count: then sets number each basket. The sets of
/// unweighted baskets take no more than the entries; if weights are great, sets number the rows.
pub(super) fn bytes_of_sets<T>(transactions: &Transactions<T>, counts: impl Iterator<Item = u64>, baskets: u64) -> u64 {
    let (mut entries, mut bytes) = (0, 0);
    for count in counts {
        entries += count;
        // A list or bits, whichever is shorter, and the same again for what they are made from and intersected into.
        bytes += 2 * (4 * count).min(baskets / 8);
    }
    let (stored, len) = (transactions.stored_rows(), transactions.len());
    if stored == len || are_great(stored, len, entries) { 0 } else { bytes }
}
