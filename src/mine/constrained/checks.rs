//! Constraints by rank, as the search applies them.

use hashbrown::HashMap;

use super::selection::ResolvedConstraints;
use crate::transactions::as_u32;

/// No threshold.
const NONE: u64 = u64::MAX;

/// The thresholds of the items of an itemset.
#[derive(Clone, Copy, Debug)]
pub(super) struct Thresholds {
    /// The lowest item threshold; the largest number if no item has one.
    own: u64,
    /// Whether an item has no threshold: then the one for the length counts too.
    plain: bool,
}

/// The requested itemsets, by the ranks of the search.
///
/// An item without a threshold has that of the length of the itemset it is in. The threshold of an itemset is the
/// lowest one of its items.
#[derive(Debug)]
pub(super) struct Checks {
    pub(super) min_len: usize,
    pub(super) max_len: usize,
    pub(super) max_count: u32,
    /// The number of items that are in every itemset, and their thresholds.
    pub(super) required: usize,
    start: Thresholds,
    /// The threshold for each length, from 1, and the lowest for that or a greater length. The last one holds for all
    /// greater lengths.
    of_len: Vec<u64>,
    from_len: Vec<u32>,
    /// Each item's threshold; empty if no item has one.
    own: Vec<u64>,
    has_own: Vec<bool>,
    /// The lowest item threshold of each rank and those before it.
    lowest_own: Vec<u32>,
    /// The lowest rank without a threshold, if some items have one.
    plain_from: Option<u32>,
    /// Words per mask.
    stride: usize,
    /// For each rank, the groups it belongs to.
    masks: Vec<u64>,
    /// For each rank, the ranks that must not be with it, ascending; empty if there are none.
    apart: Vec<Vec<u32>>,
}

/// The smallest count that can be enough below a first item.
#[derive(Clone, Copy, Debug)]
pub(super) struct Lowest<'a> {
    any: u32,
    from_len: &'a [u32],
}

impl Lowest<'_> {
    /// For an itemset of `len` items, or one below it.
    #[inline(always)]
    pub(super) fn from(self, len: usize) -> u32 {
        match self.from_len {
            [] => self.any,
            from_len => self.any.min(from_len[len.min(from_len.len()) - 1]),
        }
    }
}

impl Checks {
    /// For items in the order of the search, by their numbers. `own` has the threshold of each number, if there is one.
    pub(super) fn new(wanted: &ResolvedConstraints, items: &[u32], own: &[Option<u64>], group_masks: &[u64]) -> Self {
        let of_len = wanted.of_len.clone();
        let mut from_len: Vec<u32> = of_len.iter().copied().map(as_u32).collect();
        // Nothing longer than the maximum length is requested.
        from_len.truncate(wanted.max_len.max(1));
        for len in (1..from_len.len()).rev() {
            from_len[len - 1] = from_len[len - 1].min(from_len[len]);
        }
        let mut start = Thresholds { own: NONE, plain: false };
        for &id in &wanted.required {
            start = start.with(own[id as usize]);
        }
        let mut rules = Checks {
            min_len: wanted.min_len,
            max_len: wanted.max_len,
            max_count: as_u32(wanted.max_count),
            required: wanted.required.len(),
            start,
            of_len,
            from_len,
            own: Vec::new(),
            has_own: Vec::new(),
            lowest_own: Vec::new(),
            plain_from: None,
            stride: wanted.groups.len().div_ceil(64),
            masks: Vec::new(),
            apart: Vec::new(),
        };
        if !wanted.own.is_empty() {
            let mut lowest = NONE;
            rules.plain_from = (0..).zip(items).find(|(_, id)| own[**id as usize].is_none()).map(|(rank, _)| rank);
            for &id in items {
                let own = own[id as usize];
                lowest = lowest.min(own.unwrap_or(NONE));
                rules.own.push(own.unwrap_or(NONE));
                rules.has_own.push(own.is_some());
                rules.lowest_own.push(as_u32(lowest));
            }
        }
        if rules.stride > 0 {
            for &id in items {
                rules.masks.extend_from_slice(&group_masks[id as usize * rules.stride..][..rules.stride]);
            }
        }
        if !wanted.apart.is_empty() {
            rules.apart = ranks_apart(wanted, items);
        }
        rules
    }

    /// The thresholds of the required items.
    pub(super) fn start(&self) -> Thresholds {
        self.start
    }

    /// The thresholds with one more item.
    #[inline(always)]
    pub(super) fn with(&self, thresholds: Thresholds, rank: u32) -> Thresholds {
        let own = self.has_own.get(rank as usize).is_some_and(|&has| has).then(|| self.own[rank as usize]);
        thresholds.with(own)
    }

    /// Whether `count` baskets are enough for an itemset of `len` items.
    #[inline(always)]
    pub(super) fn is_frequent(&self, thresholds: Thresholds, len: usize, count: u32) -> bool {
        let count = u64::from(count);
        count >= thresholds.own || thresholds.plain && count >= self.of_len[len.min(self.of_len.len()) - 1]
    }

    /// Whether the constraints are only one threshold and a minimum length.
    pub(super) fn are_none(&self) -> bool {
        self.max_len == usize::MAX
            && self.max_count == u32::MAX
            && self.of_len.len() == 1
            && self.own.is_empty()
            && self.stride == 0
            && self.apart.is_empty()
    }

    /// The smallest counts that can be enough below a first item.
    pub(super) fn lowest(&self, first: u32) -> Lowest<'_> {
        let thresholds = self.with(self.start, first);
        // Items of lower ranks can be added. Their thresholds, or those of the length, may be lower.
        let below = self.lowest_own.get(first as usize).copied().unwrap_or(u32::MAX);
        let is_plain = thresholds.plain || self.plain_from.is_some_and(|rank| rank <= first);
        let from_len = if is_plain { &self.from_len[..] } else { &[] };
        Lowest { any: as_u32(thresholds.own).min(below), from_len }
    }

    /// Whether two items must not be in the same itemset.
    #[inline(always)]
    pub(super) fn exclude_each_other(&self, one: u32, other: u32) -> bool {
        let mask = |rank: u32| &self.masks[rank as usize * self.stride..][..self.stride];
        self.stride > 0 && mask(one).iter().zip(mask(other)).any(|(one, other)| one & other != 0)
            || !self.apart.is_empty() && self.apart[one as usize].binary_search(&other).is_ok()
    }
}

/// For each rank of some items, the ranks that must not be with it, ascending.
pub(super) fn ranks_apart(wanted: &ResolvedConstraints, items: &[u32]) -> Vec<Vec<u32>> {
    // There are fewer than u32::MAX items, as each has a number.
    let ranks: HashMap<u32, u32> = items.iter().copied().zip(0..).collect();
    let mut apart = vec![Vec::new(); items.len()];
    for (id, others) in &wanted.apart {
        let Some(&rank) = ranks.get(id) else { continue };
        for &other in others.iter().filter(|&other| other != id).filter_map(|other| ranks.get(other)) {
            apart[rank as usize].push(other);
            apart[other as usize].push(rank);
        }
    }
    for ranks in &mut apart {
        ranks.sort_unstable();
        ranks.dedup();
    }
    apart
}

impl Thresholds {
    #[inline(always)]
    fn with(self, own: Option<u64>) -> Self {
        match own {
            Some(own) => Thresholds { own: self.own.min(own), ..self },
            None => Thresholds { plain: true, ..self },
        }
    }
}
