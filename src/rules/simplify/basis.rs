//! The fewest rules from which all others follow.

use std::borrow::Borrow;
use std::fmt;
use std::hash::Hash;

use super::redundancy::largest_extensions;
use crate::call::control::Control;
use crate::call::meter::SEARCH;
use crate::call::ticker::Ticker;
use crate::error::Error;
use crate::itemsets::{FrequentItemsets, Trie, Walk};
use crate::rules::make::builder::check_min_confidence;
use crate::rules::make::generate::are_damaged;
use crate::rules::make::store::{MAX_LEN, RuleStore, max_rules, too_many};
use crate::rules::make::subsets::Subsets;
use crate::rules::measures::Fraction;
use crate::rules::rule::Rule;
use crate::rules::rule_set::{RuleIter, Rules};
use crate::run_options::RunOptions;
use crate::threads::workers::Workers;

/// The minimal non-redundant rules of a search, and the derivation of all others: from
/// [`FrequentItemsets::rule_basis`].
///
/// The left side of each is a *generator*: no item can be removed without changing which baskets hold it. Both sides
/// together are *closed*: no item can be added without losing baskets. In dense data these are a few hundredths of all
/// rules, and say the same: exactly the rules that reach the confidence [follow](RuleBasis::derive) from them, with
/// their exact counts.
///
/// # Source
///
/// Y. Bastide, N. Pasquier, R. Taouil, G. Stumme, L. Lakhal: Mining minimal non-redundant association rules using
/// frequent closed itemsets, Computational Logic 2000 (there: the generic basis for the rules that always hold, and the
/// informative basis for the others).
///
/// ```
/// use itemset::{Consequents, Miner, Transactions};
///
/// // Who buys beer always buys chips and diapers too.
/// let baskets = Transactions::from_rows([
///     vec!["beer", "chips", "diapers"], vec!["beer", "chips", "diapers"], vec!["chips"], vec!["diapers"],
/// ])?;
/// let itemsets = Miner::new().min_support(0.5).mine(&baskets)?;
/// let all = itemsets.rules().min_confidence(0.9).consequents(Consequents::Any).generate()?;
/// let basis = itemsets.rule_basis(0.9)?;
/// assert_eq!((all.len(), basis.rules().len()), (6, 2));
/// assert!(basis.rules().get(0).unwrap().to_string().starts_with("{chips, diapers} => {beer}"));
/// assert!(basis.rules().get(1).unwrap().to_string().starts_with("{beer} => {chips, diapers}"));
///
/// let derived = basis.derive(["beer", "chips"], ["diapers"]).unwrap();
/// assert_eq!((derived.n_xy, derived.n_x, derived.confidence()), (2, 2, 1.0));
/// assert!(basis.derive(["chips"], ["beer"]).is_none());
/// # Ok::<(), itemset::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(transparent))]
#[cfg_attr(
    feature = "serde",
    serde(bound(serialize = "Rules<T>: serde::Serialize", deserialize = "Rules<T>: serde::Deserialize<'de>"))
)]
pub struct RuleBasis<T> {
    rules: Rules<T>,
}

/// The counts of a rule that was [derived](RuleBasis::derive). The count of its right side alone does not follow from a
/// basis.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct DerivedCounts {
    /// Baskets with the antecedent.
    pub n_x: u64,
    /// Baskets with both sides.
    pub n_xy: u64,
}

impl DerivedCounts {
    /// The share of the baskets with X that hold Y too.
    #[must_use]
    pub fn confidence(&self) -> f64 {
        self.n_xy as f64 / self.n_x as f64
    }
}

impl<T> FrequentItemsets<T> {
    /// The minimal non-redundant rules of a confidence, from which all others of that confidence, with any number of
    /// items on the right, can be derived. See [`RuleBasis`].
    ///
    /// A rule with an empty left side is among them only if some item is in every basket.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidSetting`](crate::ErrorKind::InvalidSetting) for a confidence that is not a fraction from 0
    /// to 1, [`ErrorKind::TooLarge`](crate::ErrorKind::TooLarge) beyond `u32::MAX` rules,
    /// [`ErrorKind::Inconsistent`](crate::ErrorKind::Inconsistent) for itemsets that were read from damaged storage and
    /// lack a subset.
    ///
    /// # Complexity
    ///
    /// Two passes over the itemsets, and for each closed itemset of k items k look-ups for each generator in it, of
    /// which there are up to 2^k, but mostly few. Memory: 5 bytes per itemset in addition to the result. On the calling
    /// thread.
    pub fn rule_basis(&self, min_confidence: f64) -> Result<RuleBasis<T>, Error> {
        self.rule_basis_with(min_confidence, &RunOptions::default())
    }

    /// As [`rule_basis`](FrequentItemsets::rule_basis), with [options](RunOptions). It stays on the calling thread.
    ///
    /// # Errors
    ///
    /// As [`rule_basis`](FrequentItemsets::rule_basis), and those of [`RunOptions`].
    pub fn rule_basis_with(&self, min_confidence: f64, options: &RunOptions) -> Result<RuleBasis<T>, Error> {
        check_min_confidence(min_confidence)?;
        options.check_room(5 * self.len() as u64)?;
        let max_rules = max_rules(options, self.len());
        options.run(|control| {
            let store =
                basis(self.trie(), self.items().places(), self.basket_count(), min_confidence, max_rules, control)?;
            Ok(RuleBasis { rules: Rules::new(self.items(), self.basket_count(), store) })
        })
    }
}

/// What the search for a basis looks up.
struct BasisSearch<'a> {
    trie: &'a Trie,
    /// The place of each rank when items are sorted by label.
    places: &'a [u32],
    baskets: u64,
    min_confidence: f64,
    max_rules: usize,
    /// By node, the code of the largest count of an itemset with one item more, and whether it is a generator.
    longer: Vec<u32>,
    generators: Vec<bool>,
    empty_is_generator: bool,
    /// Generators within the present closed itemset, with the codes of their counts, and masks that may be generators.
    lefts: Vec<(u32, u32)>,
    open: Vec<u32>,
}

fn basis(
    trie: &Trie,
    places: &[u32],
    baskets: u64,
    min_confidence: f64,
    max_rules: usize,
    control: &Control,
) -> Result<RuleStore, Error> {
    let longer = largest_extensions(trie, 0.25, Workers::SEQUENTIAL.watching(control))?;
    let generators = generators(trie, baskets, control)?;
    let empty_is_generator = (0..trie.items() as u32).any(|rank| trie.count(trie.first(rank)) == baskets);
    let (lefts, open) = (Vec::new(), Vec::new());
    let mut search = BasisSearch {
        trie,
        places,
        baskets,
        min_confidence,
        max_rules,
        longer,
        generators,
        empty_is_generator,
        lefts,
        open,
    };
    let mut store = RuleStore::default();
    let (mut subsets, mut walk) = (Subsets::new(trie), Walk::new(trie, MAX_LEN));
    control.begin(SEARCH, trie.len() as u64);
    let mut ticker = Ticker::new(control);
    while let Some((node, path)) = walk.step() {
        while subsets.path().len() >= path.len() {
            subsets.pop();
        }
        subsets.push(node);
        // Where this is not so, a further item is in all of these baskets.
        if search.longer[node] != trie.code(node) {
            search.split(node, path, &mut subsets, &mut store, &mut ticker)?;
        }
        ticker.done(1);
        ticker.check(1)?;
    }
    store.sort_canonically();
    Ok(store.with_table(trie.table()))
}

impl BasisSearch<'_> {
    /// Adds the rules of the basis over a closed itemset.
    fn split(
        &mut self,
        node: usize,
        path: &[u32],
        subsets: &mut Subsets<'_>,
        store: &mut RuleStore,
        ticker: &mut Ticker<'_>,
    ) -> Result<(), Error> {
        let (trie, baskets, n_xy) = (self.trie, self.baskets, self.trie.code(node));
        let table = trie.table();
        let mut by_label: Vec<usize> = (0..path.len()).collect();
        by_label.sort_unstable_by_key(|&depth| self.places[path[depth] as usize]);
        store.begin(by_label.iter().map(|&depth| path[depth]), n_xy);
        let whole = u32::MAX >> (MAX_LEN - path.len());
        self.lefts.clear();
        if self.empty_is_generator {
            self.lefts.push((0, table.code(baskets)));
        }
        // Every subset of a generator is a generator, so a set that is none is not extended.
        self.open.clear();
        self.open.extend((0..path.len()).map(|depth| 1u32 << depth));
        while let Some(left) = self.open.pop() {
            ticker.check(2)?;
            let node = subsets.find(left).ok_or_else(damaged)?;
            if self.generators[node] {
                self.lefts.push((left, trie.code(node)));
                self.open.extend((left.ilog2() as usize + 1..path.len()).map(|depth| left | 1 << depth));
            }
        }
        for &(left, n_x) in self.lefts.iter().filter(|&&(left, _)| left != whole) {
            if Fraction::new(table.count(n_xy), table.count(n_x)).value() < self.min_confidence {
                continue;
            }
            if store.len() == self.max_rules {
                return Err(too_many(self.max_rules));
            }
            ticker.check(2)?;
            let right = by_label.iter().zip(0..).fold(0, |mask, (&depth, place)| mask | (!left >> depth & 1) << place);
            let n_y = subsets.code(whole & !left);
            if are_damaged(table, baskets, [n_x, n_y, n_xy]) {
                return Err(damaged());
            }
            store.push(right, n_x, n_y);
        }
        store.end();
        Ok(())
    }
}

/// By node, whether no item can be left out without more baskets holding the rest.
fn generators(trie: &Trie, baskets: u64, control: &Control) -> Result<Vec<bool>, Error> {
    control.begin(0.3, trie.len() as u64);
    let mut ticker = Ticker::new(control);
    let mut generators = vec![true; trie.len()];
    let (mut subsets, mut walk) = (Subsets::new(trie), Walk::new(trie, MAX_LEN));
    while let Some((node, path)) = walk.step() {
        while subsets.path().len() >= path.len() {
            subsets.pop();
        }
        subsets.push(node);
        let (whole, code) = (u32::MAX >> (MAX_LEN - path.len()), trie.code(node));
        generators[node] = match path.len() {
            1 => trie.count(node) < baskets,
            len => (0..len).all(|depth| subsets.code(whole & !(1 << depth)) != code),
        };
        ticker.done(1);
        ticker.check(path.len())?;
    }
    Ok(generators)
}

fn damaged() -> Error {
    Error::inconsistent("frequent itemsets", "a subset of an itemset is missing or has a lower count")
}

impl<T> RuleBasis<T> {
    /// The rules of the basis, in the canonical order.
    #[must_use]
    pub fn rules(&self) -> &Rules<T> {
        &self.rules
    }

    /// How many rules the basis has.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rules.len()
    }

    /// Whether it has no rule.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rules.is_empty()
    }

    /// One of its rules, by its index.
    #[must_use]
    pub fn get(&self, index: usize) -> Option<Rule<'_, T>> {
        self.rules.get(index)
    }

    /// Its rules one by one.
    #[must_use]
    pub fn iter(&self) -> RuleIter<'_, T> {
        self.rules.iter()
    }

    /// The counts of the rule X ⇒ Y, from the rules of the basis alone; `None` if it does not reach the confidence or
    /// is not frequent, if the sides share an item, or if the right side is empty.
    ///
    /// A rule of the basis covers it if its left side is part of X and its two sides together hold all of X and Y. The
    /// smallest count of such a left side is that of X, and the largest count of both sides is that of X and Y.
    ///
    /// # Complexity
    ///
    /// One pass over the basis.
    pub fn derive<'q, Q>(
        &self,
        antecedent: impl IntoIterator<Item = &'q Q>,
        consequent: impl IntoIterator<Item = &'q Q>,
    ) -> Option<DerivedCounts>
    where
        T: Borrow<Q> + Eq + Hash,
        Q: Eq + Hash + ?Sized + 'q,
    {
        let Rules { items, store, .. } = &self.rules;
        let x = items.falling_ranks(antecedent)?;
        let y = items.falling_ranks(consequent)?;
        if y.is_empty() || y.iter().any(|rank| x.contains(rank)) {
            return None;
        }
        let mut derived: Option<DerivedCounts> = None;
        for split in &store.splits {
            let (ranks, right) = store.itemset(split);
            let left = ranks.iter().enumerate().filter(|(place, _)| right >> place & 1 == 0).map(|(_, rank)| rank);
            let speaks =
                left.clone().all(|rank| x.contains(rank)) && x.iter().chain(&y).all(|rank| ranks.contains(rank));
            if speaks {
                let (n_x, n_xy) = (store.side_counts(split)[0], store.n_xy(split));
                let DerivedCounts { n_x: least, n_xy: most } = derived.unwrap_or(DerivedCounts { n_x, n_xy });
                derived = Some(DerivedCounts { n_x: n_x.min(least), n_xy: n_xy.max(most) });
            }
        }
        derived
    }
}

impl<'a, T> IntoIterator for &'a RuleBasis<T> {
    type Item = Rule<'a, T>;
    type IntoIter = RuleIter<'a, T>;

    fn into_iter(self) -> RuleIter<'a, T> {
        self.iter()
    }
}

/// As that of its [rules](RuleBasis::rules).
impl<T: fmt::Display> fmt::Display for RuleBasis<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.rules.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::Consequents;
    use crate::rules::tests::{mined, read};
    use proptest::prelude::*;

    fn is_part(part: &[u8], whole: &[u8]) -> bool {
        part.iter().all(|item| whole.contains(item))
    }

    proptest! {
        #[test]
        fn all_rules_follow_and_no_others(
            rows in prop::collection::vec(prop::collection::vec(0..6u8, 0..7), 1..14), everywhere in any::<bool>(),
            min_count in 1..4u32, percent in 0..=100u32,
        ) {
            let with_common = |row: Vec<u8>| row.into_iter().chain(everywhere.then_some(6)).collect();
            let rows: Vec<Vec<u8>> = rows.into_iter().map(with_common).collect();
            let itemsets = mined(&rows, min_count);
            let least = f64::from(percent) / 100.0;
            let basis = itemsets.rule_basis(least).unwrap();
            let all = itemsets.rules().min_confidence(0.0).consequents(Consequents::Any).generate().unwrap();
            for rule in &all {
                let (x, y, counts) = read(rule);
                let known = DerivedCounts { n_x: counts.n_x(), n_xy: counts.n_xy() };
                prop_assert_eq!(basis.derive(&x, &y), (rule.confidence() >= least).then_some(known));
            }
            // Those of the basis are rules, and none says what another one says.
            let basis: Vec<_> = basis.rules().iter().map(read).collect();
            for (place, (x, y, counts)) in basis.iter().enumerate() {
                let both = [&x[..], y].concat();
                prop_assert!(counts.n_xy() as f64 / counts.n_x() as f64 >= least);
                prop_assert_eq!(counts.n_x(), rows.iter().filter(|row| is_part(x, row)).count() as u64);
                prop_assert_eq!(counts.n_y(), rows.iter().filter(|row| is_part(y, row)).count() as u64);
                prop_assert_eq!(counts.n_xy(), rows.iter().filter(|row| is_part(&both, row)).count() as u64);
                for (other, (other_x, other_y, other_counts)) in basis.iter().enumerate() {
                    let says_it = is_part(other_x, x) && is_part(&both, &[&other_x[..], other_y].concat())
                        && (other_counts.n_x(), other_counts.n_xy()) == (counts.n_x(), counts.n_xy());
                    prop_assert!(!says_it || other == place);
                }
            }
        }
    }

    #[test]
    fn invalid_rule_is_not_derived() {
        let basis = mined(&[vec![1, 2, 3], vec![1, 2], vec![4]], 1).rule_basis(0.5).unwrap();
        assert!(basis.derive(&[1], &[2]).is_some());
        for (x, y) in [(vec![1], vec![1]), (vec![1], vec![]), (vec![9], vec![1]), (vec![1], vec![4])] {
            assert_eq!(basis.derive(&x, &y), None);
        }
        let error = mined(&[vec![1]], 1).rule_basis(1.5).unwrap_err().to_string();
        assert_eq!(error, "invalid min_confidence: 1.5 (expected a fraction from 0 to 1)");
    }
}
