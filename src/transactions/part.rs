//! A part of the baskets.

use std::sync::Arc;

use super::{Basket, Transactions};
use crate::dictionary::Dictionary;

impl<T> Transactions<T> {
    /// Splits the baskets into two sets, as [`Iterator::partition`] does: those for which `is_first` holds, and the
    /// others. Both keep the order of the baskets and share the labels.
    ///
    /// `is_first` gets the position of each basket, from 0, and the basket; a row of weight 3 is asked about three
    /// times. So baskets can be held out by whatever is known about them: the last month, or every basket of some
    /// customers. With the feature `random`, `split` draws them at random.
    ///
    /// # Complexity
    ///
    /// Linear in the number of entries, with one call of `is_first` for each basket.
    ///
    /// ```
    /// use itemset::{Correction, Miner, Transactions};
    ///
    /// let baskets = Transactions::from_rows((0..400u32).map(|day| match day % 4 {
    ///     0 => vec!["beer", "diapers"],
    ///     _ => vec!["chips"],
    /// }))?;
    /// // Do the rules of the first 300 days hold later?
    /// let (explored, held_out) = baskets.partition(|day, _| day < 300);
    /// assert_eq!((explored.len(), held_out.len()), (300, 100));
    /// let rules = Miner::new().min_support(0.05).rules(&explored)?;
    /// assert_eq!(rules.confirmed_by(&held_out, 0.05, Correction::Holm)?.len(), 2);
    ///
    /// let chips = baskets.dictionary().id("chips").unwrap();
    /// let (with_chips, _) = baskets.partition(|_, basket| basket.ids().any(|item| item == chips));
    /// assert_eq!(with_chips.len(), 300);
    /// # Ok::<(), itemset::Error>(())
    /// ```
    #[must_use]
    pub fn partition(&self, mut is_first: impl FnMut(usize, Basket<'_, T>) -> bool) -> (Self, Self) {
        let rows = self.rows();
        self.divided(|stored| {
            let basket = self.stored_basket(stored);
            // The baskets of a row are identical, so only their number matters, which is at most its weight.
            rows.weight(stored) - rows.positions(stored).filter(|&position| is_first(position, basket)).count() as u32
        })
    }

    /// Each stored row so many times; those with 0 are left out.
    #[cfg(feature = "random")]
    pub(crate) fn repeated(&self, times: &[u32]) -> Self {
        let mut part = Part::new(self.counts.len());
        for (stored, &times) in times.iter().enumerate() {
            part.add(self.rows().row(stored), times);
        }
        part.with_labels(&self.dictionary)
    }

    /// Two sets of baskets: of each stored row, `in_second` baskets go to the second one, the others to the first.
    pub(super) fn divided(&self, mut in_second: impl FnMut(usize) -> u32) -> (Self, Self) {
        let (mut first, mut second) = (Part::new(self.counts.len()), Part::new(self.counts.len()));
        for (stored, (row, weight)) in self.rows().weighted().enumerate() {
            let in_second = in_second(stored);
            first.add(row, weight - in_second);
            second.add(row, in_second);
        }
        (first.with_labels(&self.dictionary), second.with_labels(&self.dictionary))
    }
}

/// Some of other baskets.
struct Part {
    offsets: Vec<u32>,
    ids: Vec<u32>,
    ends: Vec<u64>,
    counts: Vec<u64>,
}

impl Part {
    fn new(items: usize) -> Self {
        Part { offsets: vec![0], ids: Vec::new(), ends: Vec::new(), counts: vec![0; items] }
    }

    /// All weights together fit in 32 bits.
    fn add(&mut self, row: &[u32], weight: u32) {
        if weight == 0 {
            return;
        }
        if weight > 1 && self.ends.is_empty() {
            self.ends.extend(1..self.offsets.len() as u64);
        }
        if weight > 1 || !self.ends.is_empty() {
            self.ends.push(self.ends.last().map_or(0, |&end| end) + u64::from(weight));
        }
        self.ids.extend_from_slice(row);
        row.iter().for_each(|&id| self.counts[id as usize] += u64::from(weight));
        self.offsets.push(self.ids.len() as u32);
    }

    fn with_labels<T>(self, dictionary: &Arc<Dictionary<T>>) -> Transactions<T> {
        let Part { offsets, ids, ends, counts } = self;
        let (dictionary, offsets, ids) = (Arc::clone(dictionary), Arc::new(offsets), Arc::new(ids));
        Transactions { dictionary, offsets, ids, ends, counts, duplicates: 0 }
    }
}
