//! How many rules there are, at least and at most, before they are made.

use std::ops::RangeInclusive;

use super::store::MAX_LEN;
use crate::call::control::Control;
use crate::itemsets::{Trie, Walk};

/// Bounds of the number of rules.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Forecast {
    pub(crate) least: u128,
    pub(crate) most: u128,
}

/// Itemsets between two polls.
const ITEMSETS_PER_POLL: usize = 1 << 14;

impl Forecast {
    /// Of the rules with sides of some lengths; `largest_antecedent` returns the code of the largest count of an
    /// antecedent for that of both sides. Not more of them than `enough` are counted. If the call should end it is not complete.
    ///
    /// An itemset Z is a path of the trie, and its first items P are the antecedent of a rule with the rest if few
    /// enough baskets hold P. Then so is every part of Z that contains P, as no more baskets hold it: if `free` items
    /// follow P, Z has 2^free - 1 rules or more. One pass over the trie.
    pub(crate) fn of(
        trie: &Trie,
        baskets: u64,
        lengths: &Lengths,
        largest_antecedent: impl Fn(u32) -> u32,
        enough: u128,
        control: &Control,
    ) -> Forecast {
        let splits = lengths.splits();
        let mut forecast = Forecast::default();
        // The codes of the counts on the path.
        let mut counts: Vec<u32> = Vec::new();
        let (mut n_xy, mut most) = (0, 0);
        let mut walk = Walk::new(trie, MAX_LEN);
        while let Some((node, path)) = walk.step() {
            counts.truncate(path.len() - 1);
            counts.push(trie.code(node));
            if counts.last() != Some(&n_xy) {
                n_xy = trie.code(node);
                most = largest_antecedent(n_xy);
            }
            let first = match baskets <= trie.table().count(most) {
                true => 0,
                false => 1 + counts.partition_point(|&count| count > most),
            };
            let len = path.len();
            forecast.least += u128::from(splits[len][len.saturating_sub(first)]);
            forecast.most += u128::from(splits[len][len]) + u128::from(lengths.allow_nothing_on_the_left(len));
            if forecast.least > enough || node % ITEMSETS_PER_POLL == 0 && control.should_stop() {
                break;
            }
        }
        forecast
    }
}

/// How many items the sides of a rule may have.
#[derive(Clone, Debug)]
pub(crate) struct Lengths {
    pub(crate) antecedent: RangeInclusive<usize>,
    pub(crate) consequent: RangeInclusive<usize>,
}

impl Lengths {
    /// By the length of an itemset and the number of its items that may stand on the right: how many rules with
    /// something on both sides it has.
    fn splits(&self) -> Vec<[u64; MAX_LEN + 1]> {
        let of = |len: usize, free: usize| {
            let least = (*self.consequent.start()).max(1).max(len.saturating_sub(*self.antecedent.end()));
            let most = (*self.consequent.end()).min(free).min(len.saturating_sub((*self.antecedent.start()).max(1)));
            (least..=most).map(|right| choose(free, right)).sum()
        };
        (0..=MAX_LEN).map(|len| std::array::from_fn(|free| if free <= len { of(len, free) } else { 0 })).collect()
    }

    fn allow_nothing_on_the_left(&self, len: usize) -> bool {
        self.antecedent.contains(&0) && self.consequent.contains(&len)
    }

    /// The rules of all itemsets that are a given one with any of `perfect` items that are in all of its baskets: those
    /// between two such itemsets hold without exception. Only some lengths are counted; `None` for others.
    pub(crate) fn rules_of_perfect(&self, perfect: u32) -> Option<u128> {
        let any = |lengths: &RangeInclusive<usize>| *lengths.start() <= 1 && *lengths.end() >= MAX_LEN;
        if !any(&self.antecedent) {
            return None;
        }
        // Powers of 3 up to this one fit.
        if perfect > 80 {
            return Some(u128::MAX);
        }
        let power = |base: u128| base.pow(perfect);
        match &self.consequent {
            lengths if any(lengths) => Some(power(3) - power(2)),
            // Each item on the right, and any of the others on the left.
            lengths if *lengths.start() <= 1 && *lengths.end() >= 1 => Some(power(2) / 2 * u128::from(perfect)),
            _ => None,
        }
    }
}

fn choose(n: usize, k: usize) -> u64 {
    // Below 2^32 for at most 32 items, as each factor but the last is.
    (0..k as u64).fold(1, |ways, i| ways * (n as u64 - i) / (i + 1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::call::control::NEVER;
    use crate::rules::tests::mined;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn number_of_rules_is_between_its_bounds(
            rows in prop::collection::vec(prop::collection::vec(0..7u8, 0..7), 1..20),
            hundredths in 0..=100u32,
            antecedent in (0..3usize, 1..8usize),
            consequent in (1..3usize, 1..8usize),
        ) {
            let itemsets = mined(&rows, 1);
            let lengths = Lengths { antecedent: antecedent.0..=antecedent.1, consequent: consequent.0..=consequent.1 };
            let confidence = f64::from(hundredths) / 100.0;
            let rules = itemsets
                .rules()
                .min_confidence(confidence)
                .antecedent_len(1.max(antecedent.0)..=antecedent.1)
                .consequent_len(lengths.consequent.clone())
                .generate()
                .unwrap();
            let largest = |n_xy: u32| (n_xy..=rows.len() as u32)
                .take_while(|&n_x| f64::from(n_xy) / f64::from(n_x) >= confidence).last().unwrap_or(n_xy);
            let trie = itemsets.trie();
            let found = Forecast::of(trie, itemsets.basket_count(), &lengths, largest, u128::MAX, &NEVER);
            let number = rules.len() as u128;
            prop_assert!(found.least <= number && number <= found.most, "{found:?}: {number}");
            if hundredths == 0 && antecedent.0 > 0 {
                prop_assert_eq!(found.least, found.most);
            }
        }
    }

    #[test]
    fn rules_among_items_of_the_same_baskets_are_all_counted() {
        // One basket of 6 items: with any of the 6, and something on both sides.
        let itemsets = mined(&[vec![1, 2, 3, 4, 5, 6]], 1);
        let lengths = |consequent| Lengths { antecedent: 1..=MAX_LEN, consequent };
        let of = |consequent| Forecast::of(itemsets.trie(), 1, &lengths(consequent), |n_xy| n_xy, u128::MAX, &NEVER);
        let all = 3u128.pow(6) - 2 * 2u128.pow(6) + 1;
        assert_eq!(of(1..=MAX_LEN), Forecast { least: all, most: all });
        assert_eq!(of(1..=1).least, 6 * (2u128.pow(5) - 1));
        // The five others are in all baskets of the rarest.
        assert_eq!(lengths(1..=MAX_LEN).rules_of_perfect(5), Some(3u128.pow(5) - 2u128.pow(5)));
        assert_eq!(lengths(1..=1).rules_of_perfect(5), Some(5 * 16));
        assert_eq!(lengths(2..=3).rules_of_perfect(5), None);
        assert_eq!(lengths(1..=1).rules_of_perfect(1000), Some(u128::MAX));
    }
}
