//! The labels and the partitions: what comes in, what goes, and what is there.

use std::borrow::Borrow;
use std::collections::BTreeMap;
use std::hash::Hash;
use std::sync::Arc;

use super::rows::{Row, Rows};
use crate::call::ticker::Ticker;
use crate::dictionary::{Dictionary, Renumbered};
use crate::error::Error;
use crate::transactions::{Full, JoinedRows, MAX_BASKETS, Transactions, as_u32};

/// Partitions of baskets with the numbers of one dictionary.
#[derive(Clone, Debug)]
pub(super) struct Contents<K, T> {
    labels: Arc<Dictionary<T>>,
    /// The baskets with each item, by its number.
    counts: Vec<u64>,
    /// Those with baskets.
    parts: BTreeMap<K, Rows>,
    /// Those that had baskets at the last refresh and have none now.
    gone: BTreeMap<K, Rows>,
    baskets: u64,
    /// Whether a basket was forgotten since the last refresh.
    forgot: bool,
}

/// Baskets that are about to be added, as ascending numbers.
#[derive(Debug, Default)]
pub(super) struct Staged {
    ids: Vec<u32>,
    /// Where each ends in `ids`, and how often it comes.
    rows: Vec<(usize, u64)>,
    baskets: u64,
}

impl Staged {
    pub(super) fn baskets(&self) -> u64 {
        self.baskets
    }

    /// Each basket, with how often it comes.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&[u32], u64)> {
        let starts = std::iter::once(0).chain(self.rows.iter().map(|&(end, _)| end));
        starts.zip(&self.rows).map(|(start, &(end, times))| (&self.ids[start..end], times))
    }

    fn start(&self) -> usize {
        self.rows.last().map_or(0, |&(end, _)| end)
    }

    /// Adds a basket of ascending numbers.
    #[cfg(any(feature = "serde", feature = "snapshot"))]
    pub(super) fn push(&mut self, items: &[u32], times: u64) -> Result<(), Error> {
        self.ids.extend_from_slice(items);
        self.end_basket(times)
    }

    /// Makes the numbers since the last basket one.
    fn end_basket(&mut self, times: u64) -> Result<(), Error> {
        let start = self.start();
        self.ids[start..].sort_unstable();
        let mut kept = start;
        for at in start..self.ids.len() {
            if at == start || self.ids[at] != self.ids[kept - 1] {
                self.ids[kept] = self.ids[at];
                kept += 1;
            }
        }
        self.ids.truncate(kept);
        self.rows.push((kept, times));
        self.baskets = self.baskets.saturating_add(times);
        if self.baskets > MAX_BASKETS { Err(Full::Weights.error()) } else { Ok(()) }
    }
}

/// What differs between two moments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    /// The baskets that came.
    Added,
    /// The baskets that went.
    Retired,
}

impl<K, T> Contents<K, T> {
    pub(super) fn new() -> Self {
        Contents {
            labels: Arc::new(Dictionary::new()),
            counts: Vec::new(),
            parts: BTreeMap::new(),
            gone: BTreeMap::new(),
            baskets: 0,
            forgot: false,
        }
    }

    pub(super) fn baskets(&self) -> u64 {
        self.baskets
    }

    pub(super) fn parts(&self) -> &BTreeMap<K, Rows> {
        &self.parts
    }

    pub(super) fn labels(&self) -> &[T] {
        self.labels.labels()
    }

    pub(super) fn dictionary(&self) -> &Arc<Dictionary<T>> {
        &self.labels
    }

    /// The baskets with an item.
    pub(super) fn count(&self, id: u32) -> u64 {
        self.counts[id as usize]
    }

    /// The items in at least `min_count` baskets as a search ranks them, and their counts. There are at most `u32::MAX`
    /// baskets.
    pub(super) fn ranking(&self, min_count: u64) -> (Vec<u32>, Vec<u32>)
    where
        T: Ord,
    {
        let mut ids: Vec<u32> = self.used_items().filter(|&id| self.count(id) >= min_count).collect();
        ids.sort_unstable_by(|&a, &b| {
            let by_count = self.count(b).cmp(&self.count(a));
            by_count.then_with(|| self.labels()[a as usize].cmp(&self.labels()[b as usize]))
        });
        let counts = ids.iter().map(|&id| as_u32(self.count(id))).collect();
        (ids, counts)
    }

    /// The items that some basket holds.
    pub(super) fn used_items(&self) -> impl Iterator<Item = u32> {
        (0..).zip(&self.counts).filter(|(_, count)| **count > 0).map(|(id, _)| id)
    }

    /// Their number.
    pub(super) fn item_count(&self) -> usize {
        self.used_items().count()
    }

    /// Different baskets of all partitions.
    pub(super) fn stored_rows(&self) -> u64 {
        self.parts.values().map(|rows| rows.stored().0 as u64).sum()
    }

    /// Bytes that a copy of all baskets takes, about.
    pub(super) fn bytes_of_baskets(&self) -> u64 {
        let all = || self.parts.values().chain(self.gone.values());
        let stored = all().map(Rows::stored);
        let mut words: u64 = stored.map(|(rows, entries)| (3 * rows + entries) as u64).sum();
        if self.baskets > u32::MAX.into() {
            // Great weights are those of several rows.
            let rows = all().flat_map(Rows::iter);
            let more = rows.map(|row| row.now / u64::from(u32::MAX) * (3 + row.items.len() as u64));
            words = more.fold(words, u64::saturating_add);
        }
        words.saturating_mul(4).saturating_add(8 * self.counts.len() as u64)
    }

    /// The labels of a basket.
    pub(super) fn labelled<'a>(&'a self, items: &'a [u32]) -> impl Iterator<Item = &'a T> {
        items.iter().map(|&id| &self.labels()[id as usize])
    }

    /// All baskets, with the present numbers: rows of partitions one after the other.
    pub(super) fn joined(&self, ticker: &mut Ticker<'_>) -> Result<Transactions<T>, Error> {
        self.join(self.parts.values(), |row| row.now, ticker)
    }

    /// The baskets that came or went since the last refresh.
    pub(super) fn difference(&self, side: Side, ticker: &mut Ticker<'_>) -> Result<Transactions<T>, Error> {
        let changed = self.parts.values().chain(self.gone.values()).filter(|rows| rows.is_changed());
        let times = |row: Row<'_>| match side {
            Side::Added => row.now.saturating_sub(row.before),
            Side::Retired => row.before.saturating_sub(row.now),
        };
        self.join(changed, times, ticker)
    }

    fn join<'a>(
        &self,
        parts: impl Iterator<Item = &'a Rows> + Clone,
        times: impl Fn(Row<'_>) -> u64,
        ticker: &mut Ticker<'_>,
    ) -> Result<Transactions<T>, Error> {
        let stored = parts.clone().map(Rows::stored);
        let (rows, entries) = stored.fold((0, 0), |sum, (rows, entries)| (sum.0 + rows, sum.1 + entries));
        let mut joined = JoinedRows::new(self.labels.len(), rows, entries);
        for part in parts {
            for row in part.iter() {
                joined.push(row.items, times(row))?;
                ticker.check(1 + row.items.len() / 8)?;
            }
        }
        Ok(joined.with_labels(Arc::clone(&self.labels)))
    }
}

impl<K: Ord + Clone, T: Eq + Hash + Clone> Contents<K, T> {
    /// Takes the labels of baskets to come, all different, and returns how many there are.
    #[cfg(any(feature = "serde", feature = "snapshot"))]
    pub(super) fn with_labels(&mut self, labels: Vec<T>) -> Result<u32, Error> {
        self.labels = Arc::new(Dictionary::from_labels(labels)?);
        self.counts = vec![0; self.labels.len()];
        // Labels are numbered by a u32.
        Ok(self.labels.len() as u32)
    }

    /// Numbers the items of baskets.
    pub(super) fn stage<R: IntoIterator<Item = T>>(
        &mut self,
        baskets: impl IntoIterator<Item = R>,
    ) -> Result<Staged, Error> {
        let mut staged = Staged::default();
        for basket in baskets {
            for label in basket {
                let id = self.intern(label)?;
                staged.ids.push(id);
            }
            staged.end_basket(1)?;
        }
        Ok(staged)
    }

    /// The same for baskets that have numbers of another dictionary.
    pub(super) fn stage_transactions(&mut self, baskets: &Transactions<T>) -> Result<Staged, Error> {
        let mut staged = Staged::default();
        let mut numbers = Renumbered::new(baskets.dictionary());
        for (row, weight) in baskets.rows().weighted() {
            for &id in row {
                staged.ids.push(numbers.number(id, |label| self.intern(label))?);
            }
            staged.end_basket(weight.into())?;
        }
        Ok(staged)
    }

    fn intern(&mut self, label: T) -> Result<u32, Error> {
        if let Some(id) = self.labels.id(&label) {
            return Ok(id.index() as u32);
        }
        // The last result may share the labels: they are copied once after a refresh, if there are new ones.
        let id = Arc::make_mut(&mut self.labels).intern(label)?;
        self.counts.push(0);
        Ok(id)
    }

    /// Whether so many more baskets find room.
    pub(super) fn check_room(&self, staged: &Staged) -> Result<(), Error> {
        if self.baskets + staged.baskets > MAX_BASKETS {
            return Err(Full::Weights.error());
        }
        let all = self.parts.values().chain(self.gone.values()).map(Rows::stored);
        let (rows, entries) = all.fold((0, 0), |sum, (rows, entries)| (sum.0 + rows, sum.1 + entries));
        match u32::MAX as usize {
            most if rows + staged.rows.len() > most => Err(Full::Rows.error()),
            most if entries + staged.ids.len() > most => Err(Full::Entries.error()),
            _ => Ok(()),
        }
    }

    /// Adds baskets, for which there is room, to a partition.
    pub(super) fn add(&mut self, key: K, staged: &Staged) {
        if staged.rows.is_empty() {
            return;
        }
        let gone = self.gone.remove(&key);
        let rows = self.parts.entry(key).or_insert_with(|| gone.unwrap_or_default());
        for (items, times) in staged.iter() {
            rows.add(items, times);
            items.iter().for_each(|&id| self.counts[id as usize] += times);
        }
        self.baskets += staged.baskets;
    }

    /// Takes a partition away. Returns its baskets before that, none if it is not there.
    pub(super) fn retire(&mut self, key: &K, mut each: impl FnMut(&Self, &[u32], u64)) -> u64 {
        let Some((key, mut rows)) = self.parts.remove_entry(key) else { return 0 };
        for Row { items, now, .. } in rows.iter().filter(|row| row.now > 0) {
            items.iter().for_each(|&id| self.counts[id as usize] -= now);
            each(self, items, now);
        }
        let baskets = rows.baskets();
        self.baskets -= baskets;
        rows.clear();
        self.put_away(key, rows);
        baskets
    }

    /// Takes one basket of a partition away; its numbers, or none if it is not there.
    pub(super) fn forget<'q, Q>(&mut self, key: &K, basket: impl IntoIterator<Item = &'q Q>) -> Result<Vec<u32>, usize>
    where
        T: Borrow<Q>,
        Q: Eq + Hash + ?Sized + 'q,
    {
        let (mut items, mut all_known, mut len) = (Vec::new(), true, 0);
        for label in basket {
            len += 1;
            match self.labels.id(label) {
                Some(id) => items.push(id.index() as u32),
                None => all_known = false,
            }
        }
        items.sort_unstable();
        items.dedup();
        let rows = self.parts.get_mut(key).filter(|_| all_known).ok_or(len)?;
        if !rows.remove(&items) {
            return Err(len);
        }
        items.iter().for_each(|&id| self.counts[id as usize] -= 1);
        self.baskets -= 1;
        self.forgot = true;
        if rows.baskets() == 0
            && let Some((key, rows)) = self.parts.remove_entry(key)
        {
            self.put_away(key, rows);
        }
        Ok(items)
    }

    /// Keeps a partition without baskets until the next refresh, if it had some at the last one.
    fn put_away(&mut self, key: K, rows: Rows) {
        if !rows.is_unused() {
            self.gone.insert(key, rows);
        }
    }

    /// From here on, what is there now is what was there before. Labels that no basket has are dropped if they are many,
    /// or some basket was forgotten. Then all items have other numbers: returned for each former one, `u32::MAX` if it is
    /// dropped.
    pub(super) fn settle(&mut self) -> Option<Vec<u32>> {
        self.gone.clear();
        self.parts.values_mut().for_each(Rows::settle);
        let unused = self.labels.len() - self.item_count();
        let forgot = std::mem::take(&mut self.forgot);
        let drops = 4 * unused > self.labels.len() || forgot && unused > 0;
        if drops { self.drop_labels() } else { None }
    }

    fn drop_labels(&mut self) -> Option<Vec<u32>> {
        let mut labels = Dictionary::new();
        let mut numbers = vec![u32::MAX; self.labels.len()];
        let mut counts = Vec::new();
        let used = self.counts.iter().zip(self.labels.labels()).enumerate().filter(|(_, (count, _))| **count > 0);
        for (id, (&count, label)) in used {
            // There are fewer than before, and all differ.
            numbers[id] = labels.intern(label.clone()).ok()?;
            counts.push(count);
        }
        self.parts.values_mut().for_each(|rows| rows.renumber(&numbers));
        (self.labels, self.counts) = (Arc::new(labels), counts);
        Some(numbers)
    }
}
