//! The frequent items: from ranks back to labels.

use std::borrow::Borrow;
use std::hash::Hash;
use std::sync::Arc;

use crate::dictionary::{Dictionary, LabelIter};
use crate::error::Error;
use crate::transactions::Transactions;

/// The labels of the frequent items by rank, shared by itemsets and the rules made from them.
#[derive(Clone, Debug)]
pub(crate) struct FrequentItems<T> {
    dictionary: Arc<Dictionary<T>>,
    /// The item of each rank, and the number of baskets that hold it.
    ids: Vec<u32>,
    counts: Vec<u64>,
    /// The rank of each item, [`INFREQUENT`] if it has none.
    ranks: Vec<u32>,
    /// The place of each rank when the frequent items are sorted by label.
    places: Vec<u32>,
}

const INFREQUENT: u32 = u32::MAX;

impl<T> FrequentItems<T> {
    /// Of some baskets, the items of each rank.
    pub(crate) fn new(transactions: &Transactions<T>, ids: &[u32]) -> Self
    where
        T: Ord,
    {
        let counts = ids.iter().map(|&id| transactions.counts()[id as usize]).collect();
        Self::of_parts(Arc::clone(transactions.shared_dictionary()), ids.to_vec(), counts)
    }

    /// Of a dictionary, the items of each rank, and the baskets that hold them.
    pub(crate) fn of_parts(dictionary: Arc<Dictionary<T>>, ids: Vec<u32>, counts: Vec<u64>) -> Self
    where
        T: Ord,
    {
        let labels = dictionary.labels();
        let mut ranks = vec![INFREQUENT; labels.len()];
        for (rank, &id) in (0..).zip(&ids) {
            ranks[id as usize] = rank;
        }
        // There are fewer than u32::MAX items, as each has a number.
        let mut by_label: Vec<u32> = (0..ids.len() as u32).collect();
        by_label.sort_unstable_by_key(|&rank| &labels[ids[rank as usize] as usize]);
        let mut places = vec![0; ids.len()];
        for (place, &rank) in (0..).zip(&by_label) {
            places[rank as usize] = place;
        }
        FrequentItems { dictionary, ids, counts, ranks, places }
    }

    /// From the labels and the counts by rank; an error if a label occurs twice.
    pub(crate) fn from_labels(labels: Vec<T>, counts: Vec<u64>) -> Result<Self, Error>
    where
        T: Eq + Hash + Ord,
    {
        let dictionary = Arc::new(Dictionary::from_labels(labels)?);
        let ids = (0..dictionary.len() as u32).collect();
        Ok(Self::of_parts(dictionary, ids, counts))
    }

    /// The same items in another dictionary, which has them under new numbers; `None` if these are not of `former`.
    pub(super) fn with_dictionary(
        &self,
        former: &Arc<Dictionary<T>>,
        dictionary: &Arc<Dictionary<T>>,
        numbers: &[u32],
    ) -> Option<Self>
    where
        T: Ord,
    {
        let renumbered = || self.ids.iter().map(|&id| numbers[id as usize]).collect();
        let is_of_former = Arc::ptr_eq(&self.dictionary, former);
        is_of_former.then(|| Self::of_parts(Arc::clone(dictionary), renumbered(), self.counts.clone()))
    }

    /// Frequent items.
    pub(crate) fn len(&self) -> usize {
        self.ids.len()
    }

    /// The item of each rank, as the baskets number it.
    pub(crate) fn ids(&self) -> &[u32] {
        &self.ids
    }

    /// The number of baskets that hold the item of each rank.
    #[cfg(feature = "snapshot")]
    pub(crate) fn counts(&self) -> &[u64] {
        &self.counts
    }

    /// The number of baskets that hold the item of a rank.
    pub(crate) fn count(&self, rank: u32) -> u64 {
        self.counts[rank as usize]
    }

    /// The label of a rank.
    pub(crate) fn label(&self, rank: u32) -> &T {
        &self.dictionary.labels()[self.ids[rank as usize] as usize]
    }

    /// The labels of ranks.
    pub(crate) fn iter<'a, 'i>(&'a self, ranks: &'i [u32]) -> LabelIter<'a, 'i, T> {
        LabelIter::of_ranks(self.dictionary.labels(), &self.ids, ranks)
    }

    /// The place of each rank when the frequent items are sorted by label.
    pub(crate) fn places(&self) -> &[u32] {
        &self.places
    }

    /// Sorts ranks by the order of their labels.
    pub(crate) fn sort_by_label(&self, ranks: &mut [u32]) {
        ranks.sort_unstable_by_key(|&rank| self.places[rank as usize]);
    }

    /// The rank of a label; `None` if it is not frequent.
    pub(crate) fn rank<Q>(&self, label: &Q) -> Option<u32>
    where
        T: Borrow<Q> + Eq + Hash,
        Q: Eq + Hash + ?Sized,
    {
        let id = self.dictionary.id(label)?;
        Some(self.ranks[id.index()]).filter(|&rank| rank != INFREQUENT)
    }

    /// The ranks of labels, descending and each once; `None` if one of them is not frequent.
    pub(crate) fn falling_ranks<'q, Q>(&self, labels: impl IntoIterator<Item = &'q Q>) -> Option<Vec<u32>>
    where
        T: Borrow<Q> + Eq + Hash,
        Q: Eq + Hash + ?Sized + 'q,
    {
        let mut ranks: Vec<u32> = labels.into_iter().map(|label| self.rank(label)).collect::<Option<_>>()?;
        ranks.sort_unstable_by(|a, b| b.cmp(a));
        ranks.dedup();
        Some(ranks)
    }
}

/// The same labels at the same ranks, however the dictionaries number them.
impl<T: PartialEq> PartialEq for FrequentItems<T> {
    fn eq(&self, other: &Self) -> bool {
        let labels = |of| (0..).zip(&self.ids).map(move |(rank, _)| FrequentItems::label(of, rank));
        self.len() == other.len() && labels(self).eq(labels(other))
    }
}

impl<T: Eq> Eq for FrequentItems<T> {}
