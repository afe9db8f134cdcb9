//! The counts of one owner, and what of them may leave it.

use std::hash::Hash;

use chacha20::ChaCha20Rng;

use super::noise::Scale;
use super::search::Search;
use crate::call::ticker::Ticker;
use crate::dictionary::Dictionary;
use crate::error::Error;
use crate::itemsets::{CountTable, Trie, Walk, count_nodes};
use crate::mine::output::flat_itemsets::FlatItemsets;
use crate::transactions::Transactions;

/// Baskets, and the number that the catalogue gives each of their items.
pub(super) struct Baskets<T> {
    pub(super) transactions: Transactions<T>,
    numbers: Vec<Option<u32>>,
}

impl<T: Eq + Hash> Baskets<T> {
    pub(super) fn new(transactions: Transactions<T>, catalogue: &Dictionary<T>) -> Self {
        let labels = transactions.dictionary().labels().iter();
        let numbers = labels.map(|label| catalogue.id(label).map(|id| id.0)).collect();
        Baskets { transactions, numbers }
    }

    /// Items that are not in the catalogue.
    pub(super) fn unlisted(&self) -> usize {
        self.numbers.iter().filter(|number| number.is_none()).count()
    }

    /// The most items of the catalogue in one basket, and the baskets that have more of them than `most`.
    pub(super) fn lengths(&self, most: usize) -> (usize, u64) {
        let (mut longest, mut longer) = (0, 0);
        for (row, weight) in self.transactions.rows().weighted() {
            let len = row.iter().filter(|&&id| self.numbers[id as usize].is_some()).count();
            longest = longest.max(len);
            longer += if len > most { u64::from(weight) } else { 0 };
        }
        (longest, longer)
    }

    /// The counts of a round of the search: in the first the number of baskets and the counts of the catalogue, later
    /// those of the candidates.
    pub(super) fn count(&self, search: &Search, ticker: &mut Ticker<'_>) -> Result<Vec<u64>, Error> {
        match search.round() {
            1 => Ok(self.items(search.counts())),
            2 => self.pairs(search, ticker),
            _ => self.longer(search, ticker),
        }
    }

    fn items(&self, counts: usize) -> Vec<u64> {
        let mut found = vec![0; counts];
        found[0] = self.transactions.len() as u64;
        for (number, &count) in self.numbers.iter().zip(self.transactions.counts()) {
            if let Some(number) = number {
                found[1 + *number as usize] = count;
            }
        }
        found
    }

    /// The rank of each item of the baskets.
    fn ranks(&self, search: &Search, catalogue: usize) -> Vec<Option<u32>> {
        let mut ranks = vec![None; catalogue];
        (0..).zip(&search.items).for_each(|(rank, &item)| ranks[item as usize] = Some(rank));
        self.numbers.iter().map(|number| ranks[(*number)? as usize]).collect()
    }

    /// All pairs, by going through the baskets: {a, b} with a > b is at a (a - 1) / 2 + b.
    fn pairs(&self, search: &Search, ticker: &mut Ticker<'_>) -> Result<Vec<u64>, Error> {
        let ranks = self.ranks(search, search.counted[0] - 1);
        let mut found = vec![0; search.counts()];
        let mut row_ranks: Vec<usize> = Vec::new();
        for (row, weight) in self.transactions.rows().weighted() {
            row_ranks.clear();
            row_ranks.extend(row.iter().filter_map(|&id| ranks[id as usize]).map(|rank| rank as usize));
            row_ranks.sort_unstable();
            for (place, &a) in row_ranks.iter().enumerate() {
                let of_a = a * a.saturating_sub(1) / 2;
                row_ranks[..place].iter().for_each(|&b| found[of_a + b] += u64::from(weight));
                ticker.check(1 + place / 8)?;
            }
            ticker.check(1 + row.len() / 8)?;
        }
        Ok(found)
    }

    /// Longer itemsets, as the paths of a tree whose counts are those of its leaves.
    fn longer(&self, search: &Search, ticker: &mut Ticker<'_>) -> Result<Vec<u64>, Error> {
        let mut list = FlatItemsets::default();
        for candidate in search.candidates.iter() {
            list.push(candidate.iter().copied(), 0);
            ticker.check(1)?;
        }
        let trie = Trie::of_list(&list, search.items.len(), CountTable::default())?;
        let ranks = self.ranks(search, search.counted[0] - 1);
        let counted = count_nodes(&trie, &ranks, self.transactions.rows(), ticker);
        // Why the counting ended, if it did not come to its end.
        ticker.check(usize::MAX / 2)?;
        let mut found = Vec::with_capacity(search.counts());
        let mut walk = Walk::new(&trie, usize::MAX);
        while let Some((node, path)) = walk.step() {
            if path.len() == search.round() {
                found.push(counted[node]);
            }
        }
        Ok(found)
    }
}

/// Which counts leave an owner.
#[derive(Clone, Copy)]
pub(super) struct Release {
    pub(super) min_group: u64,
    pub(super) scale: Option<Scale>,
}

impl Release {
    /// The numbers of a message before they are masked: the counts with noise, then a mark for each that is held back.
    ///
    /// Everything that leaves an owner comes from here. Negative counts, which noise makes, are numbers modulo 2^64.
    pub(super) fn of(
        self,
        counts: &[u64],
        source: &mut ChaCha20Rng,
        ticker: &mut Ticker<'_>,
    ) -> Result<Vec<u64>, Error> {
        let has_marks = self.min_group > 1;
        let mut values = Vec::with_capacity(if has_marks { 2 } else { 1 } * counts.len());
        let mut marks = Vec::new();
        for &count in counts {
            // There are at most i64::MAX baskets.
            let mut noisy = count as i64;
            if let Some(scale) = self.scale {
                noisy = noisy.saturating_add(scale.draw(source));
                ticker.check(16)?;
            }
            let is_held = noisy > 0 && (noisy as u64) < self.min_group;
            values.push(if is_held { 0 } else { noisy as u64 });
            if has_marks {
                marks.push(u64::from(is_held));
            }
            ticker.check(1)?;
        }
        values.append(&mut marks);
        Ok(values)
    }
}

#[cfg(test)]
mod tests {
    use super::super::noise::Noise;
    use super::*;
    use crate::call::control::NEVER;
    use chacha20::rand_core::SeedableRng;
    use proptest::prelude::*;

    proptest! {
        /// What leaves an owner, before it is masked, is 0 or at least the smallest group; with noise also below 0.
        #[test]
        fn small_groups_do_not_leave(
            counts in prop::collection::vec(0..30u64, 1..40),
            min_group in 1..12u64,
            epsilon in prop::option::of(0.05..2.0),
        ) {
            let scale = epsilon.map(|epsilon| Noise::per_count(epsilon).scale(None).unwrap());
            let release = Release { min_group, scale };
            let mut source = ChaCha20Rng::from_seed([5; 32]);
            let values = release.of(&counts, &mut source, &mut Ticker::new(&NEVER)).unwrap();
            let (sent, marks) = values.split_at(counts.len());
            prop_assert_eq!(marks.len(), if min_group > 1 { counts.len() } else { 0 });
            for (place, &value) in sent.iter().enumerate() {
                let value = value as i64;
                prop_assert!(value <= 0 || value as u64 >= min_group);
                prop_assert!(value >= 0 || scale.is_some());
                if let Some(&mark) = marks.get(place) {
                    prop_assert!(mark == 0 || (mark == 1 && value == 0));
                    if scale.is_none() {
                        prop_assert_eq!(mark == 1, (1..min_group).contains(&counts[place]));
                        prop_assert!(mark == 1 || value as u64 == counts[place]);
                    }
                }
            }
        }
    }
}
