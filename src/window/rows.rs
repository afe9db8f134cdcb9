//! The baskets of a partition, as numbers: equal ones are one row, which counts them.

use std::hash::BuildHasher;

use hashbrown::{DefaultHashBuilder, HashTable};

/// Different baskets, each with how often it is there now, and how often it was at the last refresh.
#[derive(Clone, Debug, Default)]
pub(super) struct Rows {
    /// Where each row ends in `ids`.
    ends: Vec<u32>,
    /// The items of each row, ascending.
    ids: Vec<u32>,
    now: Vec<u64>,
    before: Vec<u64>,
    /// The rows by their items.
    table: HashTable<u32>,
    hasher: DefaultHashBuilder,
    baskets: u64,
    /// Rows of which nothing is left but their place.
    erased: usize,
    /// Whether anything may differ between now and before.
    changed: bool,
}

/// A row, and how often it is there.
#[derive(Clone, Copy, Debug)]
pub(super) struct Row<'a> {
    pub(super) items: &'a [u32],
    pub(super) now: u64,
    pub(super) before: u64,
}

impl Rows {
    /// Baskets that are there now.
    pub(super) fn baskets(&self) -> u64 {
        self.baskets
    }

    /// Rows and their entries, with those that are not there now.
    pub(super) fn stored(&self) -> (usize, usize) {
        (self.ends.len(), self.ids.len())
    }

    /// Whether nothing is there, now or before.
    pub(super) fn is_unused(&self) -> bool {
        self.erased == self.ends.len()
    }

    pub(super) fn is_changed(&self) -> bool {
        self.changed
    }

    fn items(&self, row: usize) -> &[u32] {
        let start = row.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.ids[start as usize..self.ends[row] as usize]
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = Row<'_>> {
        let counts = self.now.iter().zip(&self.before);
        counts.enumerate().map(|(row, (&now, &before))| Row { items: self.items(row), now, before })
    }

    fn find(&self, items: &[u32]) -> Option<usize> {
        let hash = self.hasher.hash_one(items);
        self.table.find(hash, |&row| self.items(row as usize) == items).map(|&row| row as usize)
    }

    /// Adds a basket so many times, at least once. There are fewer than `u32::MAX` rows, and as many entries.
    pub(super) fn add(&mut self, items: &[u32], times: u64) {
        self.baskets += times;
        self.changed = true;
        match self.find(items) {
            Some(row) => self.now[row] += times,
            None => self.insert(items, times, 0),
        }
    }

    fn insert(&mut self, items: &[u32], now: u64, before: u64) {
        let (row, hash) = (self.ends.len() as u32, self.hasher.hash_one(items));
        self.ids.extend_from_slice(items);
        self.ends.push(self.ids.len() as u32);
        self.now.push(now);
        self.before.push(before);
        let Rows { ends, ids, table, hasher, .. } = self;
        let items = |row: u32| {
            let start = row.checked_sub(1).map_or(0, |before| ends[before as usize]);
            &ids[start as usize..ends[row as usize] as usize]
        };
        table.insert_unique(hash, row, |&row| hasher.hash_one(items(row)));
    }

    /// Takes a basket away once; false if it is not there.
    pub(super) fn remove(&mut self, items: &[u32]) -> bool {
        let Some(row) = self.find(items).filter(|&row| self.now[row] > 0) else { return false };
        self.now[row] -= 1;
        self.baskets -= 1;
        self.changed = true;
        if self.now[row] == 0 && self.before[row] == 0 {
            self.erase(row);
            self.drop_erased();
        }
        true
    }

    /// Takes all baskets away.
    pub(super) fn clear(&mut self) {
        self.now.fill(0);
        (self.baskets, self.changed) = (0, true);
        self.erase_unused();
    }

    /// From here on, what is there now is what was there before.
    pub(super) fn settle(&mut self) {
        if self.changed {
            self.before.clone_from(&self.now);
            self.changed = false;
            self.erase_unused();
        }
    }

    fn erase_unused(&mut self) {
        let unused: Vec<usize> =
            (0..self.ends.len()).filter(|&row| self.now[row] == 0 && self.before[row] == 0).collect();
        unused.into_iter().for_each(|row| self.erase(row));
        self.drop_erased();
    }

    /// Leaves nothing of a row that is not there, and was not before, but its length.
    fn erase(&mut self, row: usize) {
        let hash = self.hasher.hash_one(self.items(row));
        if let Ok(entry) = self.table.find_entry(hash, |&other| other as usize == row) {
            entry.remove();
            self.erased += 1;
        }
        let start = row.checked_sub(1).map_or(0, |before| self.ends[before]);
        self.ids[start as usize..self.ends[row] as usize].fill(0);
    }

    /// Once most rows are erased, it makes less work to leave them out.
    fn drop_erased(&mut self) {
        if self.erased > 16 + self.ends.len() / 2 {
            self.rebuild(|_| {});
        }
    }

    /// Gives each item another number.
    pub(super) fn renumber(&mut self, numbers: &[u32]) {
        self.rebuild(|items| {
            items.iter_mut().for_each(|item| *item = numbers[*item as usize]);
            items.sort_unstable();
        });
    }

    /// The rows that are used, with changed items.
    fn rebuild(&mut self, change: impl Fn(&mut [u32])) {
        let mut kept = Rows { baskets: self.baskets, changed: self.changed, ..Rows::default() };
        let mut items = Vec::new();
        for row in self.iter().filter(|row| row.now > 0 || row.before > 0) {
            items.clear();
            items.extend_from_slice(row.items);
            change(&mut items);
            kept.insert(&items, row.now, row.before);
        }
        *self = kept;
    }
}
