//! What a search may hold, in itemsets and bytes: arithmetic on the limits that are set and on the machine's memory.

use super::call::Call;
use crate::limit::Limit;
use crate::machine;
use crate::mine::output::budget::Size;
use crate::transactions::Transactions;

/// Bytes per itemset while it is collected: twice its 12, as chunks are joined.
const BYTES_PER_ITEMSET: u64 = 24;

/// Bytes per itemset of a list, to tell which of two limits is the lower one: twice those for one of 8 items, as lists grow by doubling.
const BYTES_PER_LISTED: u64 = 88;

/// Bytes that a call may always use. The machine is not asked below, as that takes some tenths of a millisecond.
const ALWAYS_ALLOWED_BYTES: u64 = 64 << 20;

/// Bytes that a search takes besides the itemsets: per entry of the baskets, and at the least.
const BYTES_PER_ENTRY: u64 = 16;
const BYTES_PER_SEARCH: u64 = 16 << 20;

/// The most itemsets that may be collected, and the limit that says so.
pub(super) type Room = (u64, Limit);

impl<T> Call<'_, T> {
    /// The setting `max_itemsets`.
    pub(super) fn room_of_itemsets(&self) -> Option<Room> {
        self.settings.max_itemsets.map(|itemsets| (itemsets, Limit::Itemsets(itemsets)))
    }

    /// How many itemsets may be collected at a threshold by the limits that are set.
    pub(super) fn room(&self, min_count: u64) -> Option<Room> {
        lower(self.room_of_itemsets(), self.room_of_memory(min_count))
    }

    /// The same by the setting `max_memory` alone.
    pub(super) fn room_of_memory(&self, min_count: u64) -> Option<Room> {
        let bytes = self.settings.run.max_memory.filter(|&bytes| bytes < u64::MAX)?;
        Some((self.itemsets_within(bytes, min_count), Limit::Memory(bytes)))
    }

    /// The same by the machine's memory, if that has to be asked for `itemsets` itemsets.
    pub(super) fn room_of_machine(&self, min_count: u64, itemsets: u64) -> Option<Room> {
        if self.settings.run.max_memory.is_some() || itemsets <= self.itemsets_within(ALWAYS_ALLOWED_BYTES, min_count) {
            return None;
        }
        let bytes = machine::memory()? / 2;
        Some((self.itemsets_within(bytes, min_count), Limit::MachineMemory(bytes)))
    }

    /// The memory that the call may use, and the limit that says so.
    fn memory(&self) -> Option<(u64, Limit)> {
        let set = self.settings.run.max_memory.map(|bytes| (bytes, Limit::Memory(bytes)));
        set.or_else(|| machine::memory().map(|bytes| (bytes / 2, Limit::MachineMemory(bytes / 2))))
    }

    /// The limit on memory, if `sets` bytes for sets of baskets alone are beyond it.
    pub(super) fn limit_below(&self, sets: u64) -> Option<(u64, Limit)> {
        if self.settings.run.max_memory.is_none() && sets <= ALWAYS_ALLOWED_BYTES {
            return None;
        }
        self.memory().filter(|&(bytes, _)| sets > bytes)
    }

    /// What a list of itemsets may hold, where `sets` bytes go to sets of baskets. `None` if that is beyond the limit on memory already.
    pub(super) fn list_size(&self, sets: u64) -> Option<Size> {
        if self.limit_below(sets).is_some() {
            return None;
        }
        let itemsets = self.settings.max_itemsets.unwrap_or(u64::MAX).min(u32::MAX.into());
        let besides = bytes_besides(self.transactions, sets);
        let bytes = self.memory().map_or(u64::MAX, |(bytes, _)| bytes.saturating_sub(besides));
        Some(Size { itemsets, bytes })
    }

    /// About the most itemsets that a list may hold at a threshold, and the limit that says so.
    pub(super) fn list_room(&self, min_count: u64) -> Option<Room> {
        let besides = bytes_besides(self.transactions, self.bytes_of_sets_at(min_count));
        let memory = self.memory().map(|(bytes, limit)| (bytes.saturating_sub(besides) / BYTES_PER_LISTED, limit));
        lower(self.room_of_itemsets(), memory)
    }

    /// Bytes that a search takes for the sets of baskets of the items that are frequent at a threshold.
    pub(super) fn bytes_of_sets_at(&self, min_count: u64) -> u64 {
        let counts = self.transactions.counts().iter().copied();
        let frequent = counts.filter(|&count| u64::from(count) >= min_count);
        bytes_of_sets(self.transactions, frequent, self.transactions.len() as u64)
    }

    /// Itemsets that can be collected in some memory.
    pub(super) fn itemsets_within(&self, bytes: u64, min_count: u64) -> u64 {
        let besides = bytes_besides(self.transactions, self.bytes_of_sets_at(min_count));
        bytes.saturating_sub(besides) / BYTES_PER_ITEMSET
    }
}

/// The lower one of two limits.
pub(super) fn lower(one: Option<Room>, other: Option<Room>) -> Option<Room> {
    [one, other].into_iter().flatten().min_by_key(|&(itemsets, _)| itemsets)
}

/// Bytes that a search takes besides the itemsets, where it takes `sets` for sets of baskets.
fn bytes_besides<T>(transactions: &Transactions<T>, sets: u64) -> u64 {
    (BYTES_PER_SEARCH + BYTES_PER_ENTRY * transactions.rows().stored_entries() as u64).saturating_add(sets)
}

/// Bytes that a search takes for the baskets of some items, which are numbered one by one. Only weighted baskets are counted: the sets of
/// others take no more than the entries.
pub(super) fn bytes_of_sets<T>(transactions: &Transactions<T>, counts: impl Iterator<Item = u32>, baskets: u64) -> u64 {
    match transactions.stored_rows() == transactions.len() {
        true => 0,
        // A list or bits, whichever is shorter, and as much again for what they are made of and intersected to.
        false => counts.map(|count| 2 * (4 * u64::from(count)).min(baskets / 8)).sum(),
    }
}
