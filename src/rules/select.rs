//! Selecting rules, joining sets of them, and grouping them.

use std::borrow::Borrow;
use std::hash::Hash;
use std::sync::Arc;

use hashbrown::{HashMap, HashSet};

use super::item_match::{ItemMatch, RuleSide};
use super::make::rows::{Row, damaged, store};
use super::make::store::{MAX_RULES, too_many};
use super::rule::Rule;
use super::rule_set::Rules;
use crate::error::Error;
use crate::itemsets::FrequentItems;
use crate::transactions::{EncodedRows, Transactions};

impl<T: Eq + Hash> Rules<T> {
    /// The rules of which a side holds the items in the way asked for, in the present order. Calls can be chained; for
    /// other conditions use [`filter`](Rules::filter).
    ///
    /// ```
    /// use itemset::{ItemMatch, Miner, RuleSide, Transactions};
    ///
    /// let baskets = Transactions::from_rows([
    ///     ["beer", "diapers", "chips"], ["beer", "diapers", "chips"], ["beer", "wine", "chips"],
    /// ])?;
    /// let rules = Miner::new().min_support(0.3).rules(&baskets)?;
    /// let for_beer = rules
    ///     .select(RuleSide::Consequent, ItemMatch::Only, ["beer"])
    ///     .select(RuleSide::Antecedent, ItemMatch::Any, ["wine", "diapers"]);
    /// let antecedents: Vec<Vec<&&str>> = for_beer.iter().map(|rule| rule.antecedent().collect()).collect();
    /// assert_eq!(antecedents, [vec![&"diapers"], vec![&"chips", &"diapers"], vec![&"wine"], vec![&"chips", &"wine"]]);
    /// # Ok::<(), itemset::Error>(())
    /// ```
    #[must_use]
    pub fn select<'q, Q>(&self, part: RuleSide, holds: ItemMatch, items: impl IntoIterator<Item = &'q Q>) -> Self
    where
        T: Borrow<Q>,
        Q: Eq + Hash + ?Sized + 'q,
    {
        let items: HashSet<&Q> = items.into_iter().collect();
        self.filter(|rule| {
            let (x, y) = (rule.antecedent(), rule.consequent());
            let x = x.filter(|_| part != RuleSide::Consequent);
            let y = y.filter(|_| part != RuleSide::Antecedent);
            let mut held = x.chain(y).map(|label| items.contains(label.borrow()));
            match holds {
                ItemMatch::Any => held.any(|held| held),
                // Items of a rule are distinct.
                ItemMatch::All => held.filter(|&held| held).count() == items.len(),
                ItemMatch::Only => held.all(|held| held),
                ItemMatch::None => !held.any(|held| held),
            }
        })
    }

    /// The rules that are in the other set too, compared by the labels of both sides; with the counts and in the order
    /// of this set.
    ///
    /// ```
    /// use itemset::{Miner, Transactions};
    ///
    /// let spring = Transactions::from_rows([["beer", "diapers"], ["beer", "diapers"], ["beer", "wine"]])?;
    /// let autumn = Transactions::from_rows([["beer", "diapers"], ["wipes", "diapers"]])?;
    /// let miner = Miner::new().min_support(0.3).min_confidence(0.6);
    /// let (spring, autumn) = (miner.rules(&spring)?, miner.rules(&autumn)?);
    /// assert_eq!((spring.len(), autumn.len()), (3, 2));
    /// assert_eq!((spring.intersection(&autumn).len(), spring.difference(&autumn).len()), (1, 2));
    /// # Ok::<(), itemset::Error>(())
    /// ```
    #[must_use]
    pub fn intersection(&self, other: &Self) -> Self {
        let other: HashSet<_> = other.iter().map(sides).collect();
        self.filter(|rule| other.contains(&sides(rule)))
    }

    /// The rules that are not in the other set, compared by the labels of both sides; in the present order.
    #[must_use]
    pub fn difference(&self, other: &Self) -> Self {
        let other: HashSet<_> = other.iter().map(sides).collect();
        self.filter(|rule| !other.contains(&sides(rule)))
    }

    /// The rules of both sets, compared by the labels of both sides: first those of this set, then those that only the
    /// other has, each in the order of its set.
    ///
    /// Both sets must come from the same baskets, for example with different settings, so that their counts are
    /// comparable. To compare rules across baskets, use [`evaluate`](Rules::evaluate).
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Inconsistent`](crate::ErrorKind::Inconsistent) for two numbers of baskets, or two counts of one
    /// itemset; [`ErrorKind::TooLarge`](crate::ErrorKind::TooLarge) beyond `u32::MAX` rules.
    ///
    /// # Complexity
    ///
    /// O(m log m) for m rules of both sets together.
    ///
    /// ```
    /// use itemset::{Measure, Miner, Transactions};
    ///
    /// let baskets = Transactions::from_rows([
    ///     vec!["beer", "diapers"], vec!["beer", "diapers", "chips"], vec!["diapers", "chips"],
    ///     vec!["wine", "cheese"],
    /// ])?;
    /// let itemsets = Miner::new().min_support(0.25).mine(&baskets)?;
    /// let frequent = itemsets.rules().min(Measure::Support, 0.5).generate()?;
    /// let surprising = itemsets.rules().min(Measure::Lift, 2.0).generate()?;
    /// let either = frequent.union(&surprising)?;
    /// assert_eq!(either.len(), frequent.len() + surprising.difference(&frequent).len());
    /// # Ok::<(), itemset::Error>(())
    /// ```
    pub fn union(&self, other: &Self) -> Result<Self, Error>
    where
        T: Clone + Ord,
    {
        let other_baskets = || damaged("the two sets count different baskets");
        if self.baskets != other.baskets {
            return Err(other_baskets());
        }
        let known: HashMap<_, _> = self.iter().map(|rule| (sides(rule), rule.counts())).collect();
        let mut missing = Vec::new();
        for rule in other {
            match known.get(&sides(rule)) {
                Some(&counts) if counts != rule.counts() => return Err(other_baskets()),
                Some(_) => {}
                None => missing.push(rule),
            }
        }
        let rules = self.len() + missing.len();
        if rules > MAX_RULES {
            return Err(too_many(MAX_RULES));
        }

        // The other's ranks among those of this set, with what this set lacks at the end, in the other's order: where
        // one search was for less frequent items than the other, that is the order of their ranks.
        let mut labels = Vec::new();
        let ranks: Vec<u32> = (0..other.items.len() as u32)
            .map(|rank| {
                let label = other.items.label(rank);
                let own = self.items.falling_ranks([label]).and_then(|ranks| ranks.first().copied());
                own.unwrap_or_else(|| {
                    labels.push(label.clone());
                    // Fewer than there are items in both.
                    (self.items.len() + labels.len() - 1) as u32
                })
            })
            .collect();
        let items = match labels.is_empty() {
            true => Arc::clone(&self.items),
            false => {
                let own = (0..self.items.len() as u32).map(|rank| self.items.label(rank).clone());
                let labels: Vec<T> = own.chain(labels).collect();
                // Rules do not use the counts of single items.
                let counts = vec![0; labels.len()];
                Arc::new(FrequentItems::from_labels(labels, counts)?)
            }
        };

        // The items of each rule, ranks falling, and then those of its right side.
        let mut flat: Vec<u32> = Vec::new();
        let mut ends = Vec::with_capacity(rules);
        let all = self.iter().map(|rule| (rule, None)).chain(missing.into_iter().map(|rule| (rule, Some(&ranks))));
        for (rule, ranks) in all.clone() {
            let (whole, right) = rule.of.store.itemset(rule.split);
            let rank = |&rank: &u32| ranks.map_or(rank, |ranks| ranks[rank as usize]);
            let start = flat.len();
            flat.extend(whole.iter().map(rank));
            flat[start..].sort_unstable_by(|a, b| b.cmp(a));
            let middle = flat.len();
            flat.extend(whole.iter().enumerate().filter(|(place, _)| right >> place & 1 == 1).map(|(_, of)| rank(of)));
            ends.push((start..middle, middle..flat.len()));
        }
        let rows = all.zip(&ends).map(|((rule, _), (whole, right))| {
            let [n_x, n_y] = rule.of.store.side_counts(rule.split);
            let (falling, consequent) = (&flat[whole.clone()], &flat[right.clone()]);
            Row { falling, consequent, n_x, n_y, n_xy: rule.of.store.n_xy(rule.split) }
        });
        let store = store(&rows.collect::<Vec<_>>(), &items, self.baskets)?;
        Ok(Rules { items, baskets: self.baskets, store })
    }
}

impl<T> Rules<T> {
    /// The rules in groups of one right side, in the present order; groups in the order of their first rules.
    ///
    /// ```
    /// use itemset::{Miner, Transactions};
    ///
    /// let baskets = Transactions::from_rows([["beer", "diapers", "chips"], ["beer", "diapers", "chips"]])?;
    /// let rules = Miner::new().rules(&baskets)?;
    /// let groups = rules.by_consequent();
    /// assert_eq!(groups.iter().map(Vec::len).collect::<Vec<_>>(), [3, 3, 3]);
    /// assert!(groups.iter().all(|group| group.iter().all(|rule| rule.consequent().eq(group[0].consequent()))));
    /// # Ok::<(), itemset::Error>(())
    /// ```
    #[must_use]
    pub fn by_consequent(&self) -> Vec<Vec<Rule<'_, T>>> {
        let mut places: HashMap<Vec<u32>, usize> = HashMap::new();
        let mut groups: Vec<Vec<Rule<'_, T>>> = Vec::new();
        for rule in self {
            let (ranks, right) = self.store.itemset(rule.split);
            let consequent = (0..).zip(ranks).filter(|(place, _)| right >> place & 1 == 1).map(|(_, &rank)| rank);
            let place = *places.entry(consequent.collect()).or_insert(groups.len());
            if place == groups.len() {
                groups.push(Vec::new());
            }
            groups[place].push(rule);
        }
        groups
    }
}

impl<T: Eq + Hash> Rule<'_, T> {
    /// The positions of the baskets that hold both sides, ascending: those that support the rule.
    ///
    /// One pass over the baskets.
    ///
    /// ```
    /// use itemset::{Miner, Transactions};
    ///
    /// let baskets = Transactions::from_rows([vec!["beer", "diapers"], vec!["chips"], vec!["beer", "diapers"]])?;
    /// let rules = Miner::new().min_support(0.5).rules(&baskets)?;
    /// let positions: Vec<usize> = rules.get(0).unwrap().baskets_in(&baskets).collect();
    /// assert_eq!(positions, [0, 2]);
    /// # Ok::<(), itemset::Error>(())
    /// ```
    pub fn baskets_in<'t>(&self, transactions: &'t Transactions<T>) -> impl Iterator<Item = usize> + use<'t, T> {
        let rows: EncodedRows<'t> = transactions.rows();
        let positions = self.ids_in(transactions).map(|ids| {
            let hold = move |&row: &usize| holds_all(rows.row(row), &ids);
            (0..rows.stored()).filter(hold).flat_map(move |row| rows.positions(row))
        });
        positions.into_iter().flatten()
    }

    /// The items of both sides as the baskets number them; `None` if one is in no basket, and so no basket holds both
    /// sides.
    pub(super) fn ids_in(&self, transactions: &Transactions<T>) -> Option<Vec<u32>> {
        let id = |label: &T| transactions.dictionary().id(label).map(|id| id.index() as u32);
        self.antecedent().chain(self.consequent()).map(id).collect()
    }
}

pub(super) fn holds_all(row: &[u32], ids: &[u32]) -> bool {
    ids.iter().all(|id| row.binary_search(id).is_ok())
}

/// What identifies a rule: the labels of both sides.
fn sides<'a, T>(rule: Rule<'a, T>) -> (Vec<&'a T>, Vec<&'a T>) {
    (rule.antecedent().collect(), rule.consequent().collect())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::rules::tests::{mined, read};
    use crate::rules::{Consequents, Measure};
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn queries_by_their_meaning(
            rows in prop::collection::vec(prop::collection::vec(0..7u8, 0..7), 1..16),
            items in prop::collection::btree_set(0..8u8, 0..4),
        ) {
            let rules = mined(&rows, 2).rules().min_confidence(0.0).consequents(Consequents::Any).generate().unwrap();
            for part in [RuleSide::Antecedent, RuleSide::Consequent, RuleSide::Both] {
                for holds in [ItemMatch::Any, ItemMatch::All, ItemMatch::Only, ItemMatch::None] {
                    let found: Vec<_> = rules.select(part, holds, &items).iter().map(read).collect();
                    let expected: Vec<_> = rules.iter().map(read).filter(|(x, y, _)| {
                        let held: Vec<u8> = match part {
                            RuleSide::Antecedent => x.clone(),
                            RuleSide::Consequent => y.clone(),
                            RuleSide::Both => [&x[..], y].concat(),
                        };
                        match holds {
                            ItemMatch::Any => items.iter().any(|item| held.contains(item)),
                            ItemMatch::All => items.iter().all(|item| held.contains(item)),
                            ItemMatch::Only => held.iter().all(|item| items.contains(item)),
                            ItemMatch::None => held.iter().all(|item| !items.contains(item)),
                        }
                    }).collect();
                    prop_assert_eq!(found, expected);
                }
            }
        }

        #[test]
        fn searches_for_other_items_are_joined(
            rows in prop::collection::vec(prop::collection::vec(0..7u8, 0..7), 1..16),
            counts in any::<[u8; 2]>(),
        ) {
            let [a, b] = counts.map(|count| {
                let itemsets = mined(&rows, 1 + u32::from(count % 4));
                itemsets.rules().min_confidence(0.3).generate().unwrap()
            });
            let (ab, ba) = (a.union(&b).unwrap(), b.union(&a).unwrap());
            prop_assert!(ab.iter().eq(a.iter().chain(&b.difference(&a))));
            // The less frequent items come last in any case.
            for measure in [Measure::Lift, Measure::Count] {
                prop_assert_eq!(ab.clone().sorted_by(measure), ba.clone().sorted_by(measure));
            }
            // Of two sets from other baskets, what they would say is not clear.
            let others = mined(&[&rows[..], &rows[..]].concat(), 1).rules().min_confidence(0.3).generate().unwrap();
            prop_assert!(a.union(&others).is_err());
            // As many baskets, but one more of them with 1 and 2.
            let other_rows: Vec<Vec<u8>> = [&[vec![1, 2]], &rows[1..]].concat();
            let others = mined(&other_rows, 1).rules().min_confidence(0.0).generate().unwrap();
            let all = mined(&rows, 1).rules().min_confidence(0.0).generate().unwrap();
            let mut counts = BTreeMap::new();
            let mut differ = false;
            for (x, y, of) in all.iter().chain(&others).map(read) {
                let mut both = [&x[..], &y].concat();
                both.sort_unstable();
                for (items, count) in [(x, of.n_x()), (y, of.n_y()), (both, of.n_xy())] {
                    differ |= *counts.entry(items).or_insert(count) != count;
                }
            }
            prop_assert_eq!(all.union(&others).is_err(), differ);
        }

        #[test]
        fn select_indices_keeps_the_given_order(
            rows in prop::collection::vec(prop::collection::vec(0..7u8, 0..7), 1..16),
            keys in prop::collection::vec(any::<u8>(), 200),
        ) {
            let rules = mined(&rows, 2).rules().min_confidence(0.3).consequents(Consequents::Any).generate().unwrap();
            let mut places: Vec<usize> = (0..rules.len()).filter(|&place| keys[place % 200] % 3 > 0).collect();
            places.sort_by_key(|&place| keys[place % 200]);
            let picked = rules.select_indices(places.iter().copied()).unwrap();
            prop_assert!(picked.iter().eq(places.iter().map(|&place| rules.get(place).unwrap())));
            places.sort_unstable();
            // The canonical order is known after it.
            let kept = rules.select_indices(places).unwrap();
            prop_assert_eq!(picked.sorted_by(Measure::Lift), kept.sorted_by(Measure::Lift));
        }

        #[test]
        fn sets_groups_and_baskets(
            rows in prop::collection::vec(prop::collection::vec(0..6u8, 0..6), 1..16),
            split in 0..16usize,
        ) {
            let transactions = Transactions::from_rows(rows.clone()).unwrap();
            let all = mined(&rows, 1).rules().min_confidence(0.3).consequents(Consequents::Any).generate().unwrap();
            let other = mined(&rows[split.min(rows.len() - 1)..], 1).rules().min_confidence(0.5).generate().unwrap();
            let (common, rest) = (all.intersection(&other), all.difference(&other));
            prop_assert_eq!(common.len() + rest.len(), all.len());
            for rule in &all {
                let same = |other: Rule<'_, u8>| {
                    other.antecedent().eq(rule.antecedent()) && other.consequent().eq(rule.consequent())
                };
                let known = other.iter().any(same);
                let kept = if known { &common } else { &rest };
                prop_assert!(kept.iter().any(|kept| kept == rule));
                let (x, y, counts) = read(rule);
                let baskets: Vec<usize> = rule.baskets_in(&transactions).collect();
                let holds = |row: &Vec<u8>| x.iter().chain(&y).all(|item| row.contains(item));
                let expected: Vec<usize> = (0..rows.len()).filter(|&row| holds(&rows[row])).collect();
                prop_assert_eq!(baskets.len() as u64, counts.n_xy());
                prop_assert_eq!(baskets, expected);
            }
            let (either, back) = (common.union(&rest).unwrap(), rest.union(&all).unwrap());
            prop_assert!(either.iter().eq(common.iter().chain(&rest)));
            prop_assert!(back.iter().eq(rest.iter().chain(&common)));
            for measure in [Measure::Lift, Measure::Count] {
                prop_assert_eq!(either.clone().sorted_by(measure), all.clone().sorted_by(measure));
                prop_assert_eq!(back.clone().sorted_by(measure), all.clone().sorted_by(measure));
            }
            // What is kept is in order, and sorts as the whole does.
            let sorted = all.clone().sorted_by(Measure::Lift);
            prop_assert_eq!(rest.clone().sorted_by(Measure::Lift), sorted.difference(&other));

            let groups = sorted.by_consequent();
            prop_assert_eq!(groups.iter().map(Vec::len).sum::<usize>(), all.len());
            for (place, group) in groups.iter().enumerate() {
                prop_assert!(group.iter().all(|rule| rule.consequent().eq(group[0].consequent())));
                prop_assert!(groups[..place].iter().all(|other| !other[0].consequent().eq(group[0].consequent())));
            }
            let clusters = sorted.clusters(&transactions, 1.0).unwrap();
            prop_assert_eq!(clusters.iter().map(Vec::len).sum::<usize>(), all.len());
            for (place, cluster) in clusters.iter().enumerate() {
                let fires = |rule: &Rule<'_, u8>| rule.baskets_in(&transactions).collect::<Vec<_>>();
                prop_assert!(cluster.iter().all(|rule| fires(rule) == fires(&cluster[0])));
                prop_assert!(clusters[..place].iter().all(|other| fires(&other[0]) != fires(&cluster[0])));
            }
            prop_assert!(sorted.clusters(&transactions, 0.0).unwrap().len() <= 1);
        }
    }

    #[test]
    fn places_and_similarities_that_are_none() {
        let rows = [vec![1, 2], vec![1, 2], vec![3]];
        let rules = mined(&rows, 2).rules().generate().unwrap();
        for places in [vec![2], vec![0, 1, 0], vec![usize::MAX]] {
            let error = rules.select_indices(places).unwrap_err().to_string();
            assert!(error.ends_with("(expected the place of a rule, below their number and each once)"), "{error}");
        }
        let transactions = Transactions::from_rows(rows).unwrap();
        for similarity in [-0.1, 1.1, f64::NAN] {
            let error = rules.clusters(&transactions, similarity).unwrap_err().to_string();
            assert_eq!(error, format!("invalid min_similarity: {similarity} (expected a fraction from 0 to 1)"));
        }
    }
}
