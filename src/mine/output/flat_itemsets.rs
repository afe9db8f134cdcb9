//! Itemsets in a flat list.

use crate::error::{Error, ErrorKind};
use crate::threads::ordered::{Block, Step};

/// Itemsets as descending ranks, with their counts, or with the codes of those.
#[derive(Clone, Debug, Default)]
pub(crate) struct FlatItemsets {
    ranks: Vec<u32>,
    /// Where each itemset ends in `ranks`.
    ends: Vec<usize>,
    counts: Vec<u32>,
}

impl FlatItemsets {
    pub(crate) fn len(&self) -> usize {
        self.counts.len()
    }

    /// The ranks of an itemset, descending.
    pub(crate) fn descending(&self, place: usize) -> &[u32] {
        let start = if place == 0 { 0 } else { self.ends[place - 1] };
        &self.ranks[start..self.ends[place]]
    }

    pub(crate) fn count(&self, place: usize) -> u32 {
        self.counts[place]
    }

    /// The ranks of all itemsets one after another, where each ends, and their counts.
    #[cfg(feature = "serde")]
    pub(crate) fn columns(&self) -> (&[u32], &[usize], &[u32]) {
        (&self.ranks, &self.ends, &self.counts)
    }

    /// From such columns; if they cannot belong to itemsets of some items, what is wrong with them.
    #[cfg(feature = "serde")]
    pub(crate) fn from_columns(
        ranks: Vec<u32>,
        ends: Vec<usize>,
        counts: Vec<u32>,
        items: usize,
    ) -> Result<Self, &'static str> {
        if ends.len() != counts.len() || ends.last().copied().unwrap_or_default() != ranks.len() {
            return Err("the columns do not fit each other");
        }
        if ends.first() == Some(&0) || !ends.is_sorted_by(|a, b| a < b) {
            return Err("an itemset is empty");
        }
        let listed = FlatItemsets { ranks, ends, counts };
        let is_descending = |descending: &[u32]| descending[0] < items as u32 && descending.is_sorted_by(|a, b| a > b);
        if !(0..listed.len()).all(|place| is_descending(listed.descending(place))) {
            return Err("the items of an itemset are not in order");
        }
        Ok(listed)
    }

    /// The count of the last itemset.
    /// How many have 1 item, 2, and so on.
    pub(crate) fn by_len(&self) -> Vec<u64> {
        let mut by_len = Vec::new();
        for place in 0..self.len() {
            let len = self.descending(place).len();
            by_len.resize(by_len.len().max(len), 0);
            by_len[len - 1] += 1;
        }
        by_len
    }

    pub(crate) fn last_count(&self) -> Option<u32> {
        self.counts.last().copied()
    }

    pub(crate) fn bytes(&self) -> usize {
        size_of_val(&self.ranks[..]) + size_of_val(&self.ends[..]) + size_of_val(&self.counts[..])
    }

    /// Whether the system has this much memory, as far as it reports.
    pub(crate) fn check_room(bytes: u64) -> Result<(), Error> {
        let room = usize::try_from(bytes).map_err(|error| error.to_string());
        let room = room.and_then(|bytes| Vec::<u8>::new().try_reserve_exact(bytes).map_err(|error| error.to_string()));
        room.map_err(|reason| Error::new(ErrorKind::Refused { what: "memory for the itemsets", reason }))
    }

    pub(crate) fn push(&mut self, descending: impl IntoIterator<Item = u32>, count: u32) {
        self.ranks.extend(descending);
        self.ends.push(self.ranks.len());
        self.counts.push(count);
    }

    /// The itemsets as a walk over their tree. A step on the path to an itemset that is not one of them has a count of
    /// 0.
    pub(crate) fn into_block(self) -> Block {
        let mut steps = Vec::with_capacity(self.ranks.len());
        let mut before: &[u32] = &[];
        for place in 0..self.len() {
            let descending = self.descending(place);
            let shared = before.iter().zip(descending).take_while(|(a, b)| a == b).count();
            for (len, &rank) in (1..).zip(descending).skip(shared.min(descending.len() - 1)) {
                let count = if len as usize == descending.len() { self.count(place) } else { 0 };
                steps.push(Step { len, rank, count });
            }
            before = descending;
        }
        Block { steps }
    }

    /// Concatenates lists.
    pub(crate) fn join(lists: Vec<FlatItemsets>) -> FlatItemsets {
        let mut lists = lists.into_iter();
        let mut all = lists.next().unwrap_or_default();
        for list in lists {
            let start = all.ranks.len();
            all.ranks.extend_from_slice(&list.ranks);
            all.ends.extend(list.ends.iter().map(|end| start + end));
            all.counts.extend_from_slice(&list.counts);
        }
        all
    }

    /// The same in the canonical order.
    pub(crate) fn sorted(&self) -> FlatItemsets {
        let mut places: Vec<usize> = (0..self.len()).collect();
        places.sort_unstable_by(|&a, &b| self.descending(a).cmp(self.descending(b)));
        let mut sorted = FlatItemsets::default();
        places.into_iter().for_each(|place| sorted.push(self.descending(place).iter().copied(), self.count(place)));
        sorted
    }
}
