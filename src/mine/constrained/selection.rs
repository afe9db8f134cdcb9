//! The baskets and items that can meet the constraints.

use crate::call::control::{Control, Poll, ROWS_PER_POLL};
use crate::transactions::{EncodedRows, as_u32};

/// The requested itemsets, by the numbers of the items.
#[derive(Clone, Debug)]
pub(crate) struct ResolvedConstraints {
    /// Items that each itemset must contain, without duplicates.
    pub(crate) required: Vec<u32>,
    /// Items that no itemset may contain.
    pub(crate) excluded: Vec<u32>,
    /// The only items that itemsets may contain, ascending; `None` for all.
    pub(crate) only: Option<Vec<u32>>,
    /// Groups of items of which an itemset may contain at most one.
    pub(crate) groups: Vec<Vec<u32>>,
    /// Items, and those that no itemset may contain together with each. An item may come several times.
    pub(crate) apart: Vec<(u32, Vec<u32>)>,
    /// Items and their thresholds, each item once.
    pub(crate) own: Vec<(u32, u64)>,
    /// The threshold for 1 item, 2, and so on; the last one also holds for all longer itemsets.
    pub(crate) of_len: Vec<u64>,
    pub(crate) min_len: usize,
    pub(crate) max_len: usize,
    pub(crate) max_count: u64,
}

impl ResolvedConstraints {
    /// The same for baskets with smaller weights, by what becomes of a threshold. The largest count is not among them.
    pub(crate) fn scaled(&self, scaled: impl Fn(u64) -> u64) -> Self {
        ResolvedConstraints {
            own: self.own.iter().map(|&(id, min_count)| (id, scaled(min_count))).collect(),
            of_len: self.of_len.iter().copied().map(scaled).collect(),
            max_count: u64::MAX,
            ..self.clone()
        }
    }

    /// The items that must not be together with a required one.
    fn apart_from_required(&self) -> Vec<u32> {
        let mut apart = Vec::new();
        for (id, others) in &self.apart {
            let mut others = others.iter().filter(|&other| other != id);
            if self.required.contains(id) {
                apart.extend(others);
            } else if others.any(|other| self.required.contains(other)) {
                apart.push(*id);
            }
        }
        apart
    }
}

/// The baskets that contain the required items, without those items, and the items that can be added to them.
#[derive(Debug)]
pub(crate) struct SelectedBaskets<'a> {
    pub(super) wanted: &'a ResolvedConstraints,
    offsets: Vec<u32>,
    ids: Vec<u32>,
    /// Where the baskets of each row end.
    ends: Vec<u64>,
    /// All baskets, if no items are required.
    all: Option<EncodedRows<'a>>,
    /// The number of baskets that contain the required items.
    pub(super) baskets: u32,
    /// How many of those contain each item, by its number: 0 if the item is not allowed.
    counts: Vec<u32>,
    /// For a target, the allowed items with thresholds that are in none of those, but in other baskets: what is closed or
    /// maximal is judged at the lowest threshold of all.
    elsewhere: Vec<u32>,
    /// The threshold of each number.
    pub(super) own: Vec<Option<u64>>,
    /// Words per mask, and for each number the groups it belongs to.
    pub(super) masks: Vec<u64>,
}

impl<'a> SelectedBaskets<'a> {
    /// From all baskets, and the number of baskets that contain each item. `None` if nothing can be found or the call
    /// should stop.
    pub(crate) fn new(
        rows: EncodedRows<'a>,
        counts: &[u64],
        wanted: &'a ResolvedConstraints,
        control: &Control,
    ) -> Option<Self> {
        let mut selection = Self::unfiltered(rows, counts, wanted)?;
        if !wanted.required.is_empty() {
            selection.project(rows, false, control)?;
        }
        let beside = wanted.groups.iter().filter(|group| wanted.required.iter().any(|id| group.contains(id))).flatten();
        for &id in beside.chain(&wanted.excluded).chain(&wanted.apart_from_required()) {
            selection.counts[id as usize] = 0;
        }
        selection.keep_only();
        Some(selection)
    }

    /// The same for a condensed target, which is judged among all items that are not filtered out. All baskets are
    /// selected unless `only_with_required` is set. The required items stay in them.
    pub(crate) fn for_target(
        rows: EncodedRows<'a>,
        counts: &[u64],
        wanted: &'a ResolvedConstraints,
        only_with_required: bool,
        control: &Control,
    ) -> Option<Self> {
        let mut selection = Self::unfiltered(rows, counts, wanted)?;
        if only_with_required && !wanted.required.is_empty() {
            selection.project(rows, true, control)?;
        }
        let is_allowed = |id: &u32| {
            !wanted.excluded.contains(id) && wanted.only.as_ref().is_none_or(|only| only.binary_search(id).is_ok())
        };
        let is_elsewhere = |id: &u32| selection.counts[*id as usize] == 0 && counts[*id as usize] > 0 && is_allowed(id);
        let mut elsewhere: Vec<u32> = wanted.own.iter().map(|&(id, _)| id).filter(is_elsewhere).collect();
        elsewhere.sort_unstable();
        selection.elsewhere = elsewhere;
        for &id in &wanted.excluded {
            selection.counts[id as usize] = 0;
        }
        selection.keep_only();
        Some(selection)
    }

    /// Sets the counts of all items except the only ones to 0.
    fn keep_only(&mut self) {
        if let Some(only) = &self.wanted.only {
            for (id, count) in (0..).zip(&mut self.counts) {
                if only.binary_search(&id).is_err() {
                    *count = 0;
                }
            }
        }
    }

    fn unfiltered(rows: EncodedRows<'a>, counts: &[u64], wanted: &'a ResolvedConstraints) -> Option<Self> {
        let ResolvedConstraints { required, excluded, groups, .. } = wanted;
        let in_one_group = |group: &Vec<u32>| required.iter().filter(|id| group.contains(id)).count() > 1;
        if required.len() > wanted.max_len
            || wanted.min_len > wanted.max_len
            || required.iter().any(|id| excluded.contains(id))
            || wanted.only.as_ref().is_some_and(|only| required.iter().any(|id| only.binary_search(id).is_err()))
            || groups.iter().any(in_one_group)
            || wanted.apart_from_required().iter().any(|id| required.contains(id))
        {
            return None;
        }
        let mut own = vec![None; rows.items()];
        for &(id, min_count) in &wanted.own {
            own[id as usize] = Some(min_count);
        }
        let stride = groups.len().div_ceil(64);
        let mut masks = vec![0; rows.items() * stride];
        for (place, group) in groups.iter().enumerate() {
            for &id in group {
                masks[id as usize * stride + place / 64] |= 1 << (place % 64);
            }
        }
        Some(SelectedBaskets {
            wanted,
            offsets: vec![0],
            ids: Vec::new(),
            ends: Vec::new(),
            all: Some(rows),
            // Baskets are numbered by a u32.
            baskets: rows.len() as u32,
            counts: counts.iter().copied().map(as_u32).collect(),
            elsewhere: Vec::new(),
            own,
            masks,
        })
    }

    /// Selects the baskets that contain all required items, and removes those items from them unless `stay` is set.
    fn project(&mut self, rows: EncodedRows<'a>, stay: bool, control: &Control) -> Option<()> {
        let required = &self.wanted.required;
        let mut counts = vec![0; rows.items()];
        let mut poll = Poll::new(control);
        self.baskets = 0;
        for (row, weight) in rows.weighted() {
            if poll.step(ROWS_PER_POLL).is_break() {
                return None;
            }
            if required.iter().all(|id| row.contains(id)) {
                self.ids.extend(row.iter().filter(|id| stay || !required.contains(id)));
                // There are no more than the entries of all baskets, which a u32 numbers.
                self.offsets.push(self.ids.len() as u32);
                self.baskets += weight;
                self.ends.push(self.baskets.into());
                row.iter().for_each(|&id| counts[id as usize] += weight);
            }
        }
        if !stay {
            required.iter().for_each(|&id| counts[id as usize] = 0);
        }
        (self.counts, self.all) = (counts, None);
        Some(())
    }

    /// The number of baskets that contain the required items.
    pub(crate) fn baskets(&self) -> u32 {
        self.baskets
    }

    pub(crate) fn rows(&self) -> EncodedRows<'_> {
        self.all.unwrap_or_else(|| EncodedRows::of_parts(&self.offsets, &self.ids, &self.ends, self.own.len()))
    }

    /// The lowest threshold in effect: those of items that no itemset has do not count.
    pub(crate) fn lowest(&self) -> u32 {
        as_u32(self.lowest_of(self.wanted))
    }

    /// The same of other thresholds for the same items.
    pub(crate) fn lowest_of(&self, wanted: &ResolvedConstraints) -> u64 {
        let ResolvedConstraints { of_len, own, required, .. } = wanted;
        let is_in = |id: u32| {
            self.counts[id as usize] > 0 || required.contains(&id) || self.elsewhere.binary_search(&id).is_ok()
        };
        let own = own.iter().filter(|&&(id, _)| is_in(id)).map(|&(_, min_count)| min_count);
        of_len.iter().copied().chain(own).min().unwrap_or(1)
    }

    pub(crate) fn count(&self, id: u32) -> u32 {
        self.counts[id as usize]
    }

    /// The required items, and those that can be added to them and are in at least `least` of the baskets.
    pub(crate) fn items(&self, least: u32) -> Vec<u32> {
        let least = least.max(self.lowest());
        let required = self.wanted.required.iter().copied();
        let joined = (0..).zip(&self.counts[..]).filter(|&(_, &count)| count >= least).map(|(id, _)| id);
        let mut items: Vec<u32> = joined.chain(required).collect();
        items.sort_unstable();
        items.dedup();
        items
    }

    /// The counts of the items that can be added to the required ones, descending.
    pub(crate) fn falling_counts(&self) -> Vec<u32> {
        let lowest = self.lowest();
        let mut counts: Vec<u32> = self.counts.iter().copied().filter(|&count| count >= lowest).collect();
        counts.sort_unstable_by(|a, b| b.cmp(a));
        counts
    }
}
