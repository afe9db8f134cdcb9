//! The baskets, and which of them know what.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::hash::Hash;

use crate::error::Error;
use crate::transactions::Transactions;

/// Baskets with values that are not known: an item, the *mark*, stands for each attribute whose value is missing.
///
/// The support of an itemset is taken over its *valid* baskets, those in which none of its attributes is missing. If the
/// age of half of the customers is unknown, {age=[18, 30), beer} is counted among the others alone. If few baskets are
/// valid, that says little: the *representativity* is the share of the baskets that must be. Items of no attribute are
/// never missing.
///
/// # Source
///
/// A. Ragel, B. Crémilleux: Treatment of missing values for association rules, PAKDD 1998.
///
/// ```
/// use itemset::shape::Incomplete;
/// use itemset::{Miner, Transactions};
///
/// let baskets = Transactions::from_rows([
///     vec!["beer", "age=young"], vec!["beer", "age=young"], vec!["age=old"], vec!["beer", "age=?"], vec!["age=?"],
/// ])?;
/// let baskets = Incomplete::new(baskets, [("age=?", ["age=young", "age=old"])])?;
/// let found = baskets.mine(&Miner::new(), 0.6, 0.5)?;
/// let texts: Vec<String> = found.iter().map(|itemset| itemset.to_string()).collect();
/// // Two of the three whose age is known.
/// assert_eq!(texts, ["{beer} (3 of 5)", "{age=young} (2 of 3)", "{age=young, beer} (2 of 3)"]);
/// let rules = found.rules(0.9)?;
/// assert_eq!(rules[0].to_string(), "{beer} => {age=young} (support 0.667, confidence 1.000, lift 1.500)");
/// # Ok::<(), itemset::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Incomplete<T> {
    pub(super) baskets: Transactions<T>,
    /// The attribute of each item, by its number, if it is missing in some basket.
    pub(super) attribute_of: Vec<Option<u32>>,
    /// The mark of each attribute.
    pub(super) marks: Vec<T>,
    /// What is missing in baskets: the attributes, ascending, and in how many baskets these are.
    pub(super) patterns: BTreeMap<Vec<u32>, u64>,
}

impl<T: Eq + Hash + Clone> Incomplete<T> {
    /// Baskets, and for each attribute with missing values its mark and its items. Items that no basket has are ignored.
    ///
    /// A basket with a mark lacks the value, whatever else it has.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidSetting`](crate::ErrorKind::InvalidSetting) for an item or a mark of two attributes.
    ///
    /// # Complexity
    ///
    /// One pass over the entries.
    pub fn new<I: IntoIterator<Item = T>>(
        baskets: Transactions<T>,
        attributes: impl IntoIterator<Item = (T, I)>,
    ) -> Result<Self, Error>
    where
        T: fmt::Display,
    {
        let mut attribute_of = vec![None; baskets.dictionary().len()];
        let (mut marks, mut is_mark) = (Vec::new(), vec![false; attribute_of.len()]);
        // There are few attributes.
        for (mark, items) in attributes {
            if baskets.dictionary().id(&mark).is_none() {
                // Of this one nothing is missing.
                continue;
            }
            let attribute = marks.len() as u32;
            for (label, as_mark) in
                std::iter::once((mark.clone(), true)).chain(items.into_iter().map(|item| (item, false)))
            {
                let Some(id) = baskets.dictionary().id(&label) else { continue };
                if attribute_of[id.index()].is_some_and(|known| known != attribute || is_mark[id.index()] != as_mark) {
                    let value = format!("`{label}` comes twice");
                    return Err(Error::invalid_setting("attributes", value, "each mark and each item once"));
                }
                attribute_of[id.index()] = Some(attribute);
                is_mark[id.index()] = as_mark;
            }
            marks.push(mark);
        }
        let mut patterns: BTreeMap<Vec<u32>, u64> = BTreeMap::new();
        for (row, weight) in baskets.rows().weighted() {
            let missing = row.iter().filter(|&&id| is_mark[id as usize]).filter_map(|&id| attribute_of[id as usize]);
            let mut missing: Vec<u32> = missing.collect();
            missing.sort_unstable();
            *patterns.entry(missing).or_default() += u64::from(weight);
        }
        Ok(Incomplete { baskets, attribute_of, marks, patterns })
    }
}

impl<T: Eq + Hash> Incomplete<T> {
    /// The baskets, with marks.
    #[must_use]
    pub fn baskets(&self) -> &Transactions<T> {
        &self.baskets
    }

    /// The attributes of an itemset that are missing in some basket.
    pub(super) fn attributes(&self, items: &[u32]) -> BTreeSet<u32> {
        items.iter().filter_map(|&id| self.attribute_of[id as usize]).collect()
    }

    /// How many baskets know all of these attributes.
    pub(super) fn valid(&self, attributes: &BTreeSet<u32>) -> u64 {
        let knows = |missing: &[u32]| !missing.iter().any(|attribute| attributes.contains(attribute));
        self.patterns.iter().filter(|(missing, _)| knows(missing)).map(|(_, baskets)| baskets).sum()
    }

    /// The baskets that know all of these attributes.
    pub(super) fn valid_baskets(&self, attributes: &BTreeSet<u32>) -> Cow<'_, Transactions<T>>
    where
        T: Clone,
    {
        if attributes.is_empty() {
            return Cow::Borrowed(&self.baskets);
        }
        let id = |&attribute: &u32| self.baskets.dictionary().id(&self.marks[attribute as usize]);
        let marks: BTreeSet<u32> = attributes.iter().filter_map(id).map(|id| id.0).collect();
        Cow::Owned(self.baskets.filter(|basket| !basket.ids().any(|id| marks.contains(&id.0))))
    }
}
