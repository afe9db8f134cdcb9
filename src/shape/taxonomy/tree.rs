//! Items, and what is above and below each.

use std::borrow::Borrow;
use std::fmt;
use std::hash::Hash;

use crate::dictionary::Dictionary;
use crate::error::Error;

/// What each item belongs to: products to categories, categories to departments. An item may belong to several.
///
/// With [`mine`](Taxonomy::mine) one finds itemsets of all levels, {beer, baby care} as well as {drinks, diapers}.
///
/// ```
/// use itemset::shape::Taxonomy;
/// use itemset::{Miner, Transactions};
///
/// let taxonomy = Taxonomy::new([("ale", "beer"), ("lager", "beer"), ("beer", "drinks"), ("cola", "drinks")])?;
/// let baskets = Transactions::from_rows([
///     vec!["ale", "diapers"], vec!["lager", "diapers"], vec!["cola"], vec!["ale"], vec!["wipes"],
/// ])?;
/// let itemsets = taxonomy.mine(&Miner::new().min_support(0.4), &baskets)?;
/// // No single beer is often enough with diapers, but beer is.
/// assert_eq!(itemsets.count_of(["ale", "diapers"]), None);
/// assert_eq!(itemsets.count_of(["beer", "diapers"]), Some(2));
/// // That ale is a beer is no finding.
/// assert_eq!(itemsets.count_of(["ale", "beer"]), None);
/// # Ok::<(), itemset::Error>(())
/// ```
#[doc(alias = "hierarchy")]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Taxonomy<T> {
    pub(super) dictionary: Dictionary<T>,
    /// What is directly above each item, ascending.
    parents: Vec<Vec<u32>>,
    /// All that is above each item, ascending.
    pub(super) ancestors: Vec<Vec<u32>>,
    /// The most steps up from each item.
    pub(super) levels: Vec<u32>,
}

/// The most steps of a way that an error tells.
const MOST_TOLD: usize = 20;

impl<T: Eq + Hash> Taxonomy<T> {
    /// From pairs of an item and what it belongs to. Pairs may come in any order, and twice.
    ///
    /// Takes the time and the memory of all pairs of an item and what is above it, directly or not.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidSetting`](crate::ErrorKind::InvalidSetting) for `taxonomy` if something is above itself; the
    /// error tells the way. [`ErrorKind::TooLarge`](crate::ErrorKind::TooLarge) beyond `u32::MAX` items.
    ///
    /// ```
    /// use itemset::shape::Taxonomy;
    ///
    /// let error = Taxonomy::new([("beer", "drinks"), ("drinks", "food"), ("food", "beer")]).unwrap_err();
    /// assert_eq!(
    ///     error.to_string(),
    ///     "invalid taxonomy: beer -> drinks -> food -> beer (expected nothing to be above itself)"
    /// );
    /// # Ok::<(), itemset::Error>(())
    /// ```
    pub fn new(pairs: impl IntoIterator<Item = (T, T)>) -> Result<Self, Error>
    where
        T: fmt::Display,
    {
        let mut dictionary = Dictionary::new();
        let mut parents: Vec<Vec<u32>> = Vec::new();
        for (item, parent) in pairs {
            let (item, parent) = (dictionary.intern(item)?, dictionary.intern(parent)?);
            parents.resize(dictionary.len(), Vec::new());
            parents[item as usize].push(parent);
        }
        for parents in &mut parents {
            parents.sort_unstable();
            parents.dedup();
        }
        match from_above(&parents) {
            Ok(order) => Ok(Taxonomy::of(dictionary, parents, &order)),
            Err(circle) => {
                let label = |&id: &u32| dictionary.labels()[id as usize].to_string();
                let mut way: Vec<String> = circle.iter().take(MOST_TOLD).map(label).collect();
                if circle.len() > MOST_TOLD {
                    way.push(format!("({} more)", circle.len() - MOST_TOLD - 1));
                    way.extend(circle.last().map(label));
                }
                Err(Error::invalid_setting("taxonomy", way.join(" -> "), "nothing to be above itself"))
            }
        }
    }

    /// `order` has each item after all that is above it.
    fn of(dictionary: Dictionary<T>, parents: Vec<Vec<u32>>, order: &[u32]) -> Self {
        let mut ancestors: Vec<Vec<u32>> = vec![Vec::new(); parents.len()];
        let mut levels = vec![0; parents.len()];
        for &item in order {
            let parents = &parents[item as usize];
            let mut above = parents.clone();
            parents.iter().for_each(|&parent| above.extend_from_slice(&ancestors[parent as usize]));
            above.sort_unstable();
            above.dedup();
            levels[item as usize] = parents.iter().map(|&parent| levels[parent as usize] + 1).max().unwrap_or(0);
            ancestors[item as usize] = above;
        }
        Taxonomy { dictionary, parents, ancestors, levels }
    }

    /// Everything in it, in the order in which it came.
    #[must_use]
    pub fn labels(&self) -> &[T] {
        self.dictionary.labels()
    }

    /// The number of an item, and none for an item that is not in it.
    fn id<Q: Eq + Hash + ?Sized>(&self, label: &Q) -> Option<usize>
    where
        T: Borrow<Q>,
    {
        self.dictionary.id(label).map(|id| id.index())
    }

    fn labels_of(&self, ids: &[u32]) -> impl Iterator<Item = &T> {
        ids.iter().map(|&id| &self.dictionary.labels()[id as usize])
    }

    /// What an item belongs to directly.
    pub fn parents<Q: Eq + Hash + ?Sized>(&self, label: &Q) -> impl Iterator<Item = &T>
    where
        T: Borrow<Q>,
    {
        self.labels_of(self.id(label).map_or(&[], |id| &self.parents[id]))
    }

    /// What belongs to an item directly.
    ///
    /// Goes through everything.
    pub fn children<Q: Eq + Hash + ?Sized>(&self, label: &Q) -> impl Iterator<Item = &T>
    where
        T: Borrow<Q>,
    {
        let id = self.id(label);
        let is_child = move |parents: &[u32]| id.is_some_and(|id| parents.contains(&(id as u32)));
        self.labels().iter().zip(&self.parents).filter(move |(_, parents)| is_child(parents)).map(|(label, _)| label)
    }

    /// Everything above an item, directly or not.
    pub fn ancestors<Q: Eq + Hash + ?Sized>(&self, label: &Q) -> impl Iterator<Item = &T>
    where
        T: Borrow<Q>,
    {
        self.labels_of(self.id(label).map_or(&[], |id| &self.ancestors[id]))
    }

    /// The most steps up from an item: 0 for what belongs to nothing, such as a department; `None` for an item that is
    /// not in it.
    pub fn level<Q: Eq + Hash + ?Sized>(&self, label: &Q) -> Option<usize>
    where
        T: Borrow<Q>,
    {
        self.id(label).map(|id| self.levels[id] as usize)
    }

    /// Everything at a level, for [thresholds](crate::Constraints::item_min_support) of levels for example.
    pub fn at_level(&self, level: usize) -> impl Iterator<Item = &T> {
        self.labels().iter().zip(&self.levels).filter(move |&(_, &own)| own as usize == level).map(|(label, _)| label)
    }
}

/// The items, each after all that is above it; `Err` with a way from an item up to itself.
fn from_above(parents: &[Vec<u32>]) -> Result<Vec<u32>, Vec<u32>> {
    #[derive(Clone, Copy, PartialEq)]
    enum Seen {
        No,
        Open,
        Done,
    }
    let mut seen = vec![Seen::No; parents.len()];
    let mut order = Vec::with_capacity(parents.len());
    // The way up that is open, with how many parents of each were taken; no recursion, as it may be long.
    let mut way: Vec<(u32, usize)> = Vec::new();
    // Items are numbered by a u32.
    for start in 0..parents.len() as u32 {
        if seen[start as usize] == Seen::No {
            way.push((start, 0));
            seen[start as usize] = Seen::Open;
        }
        while let Some((item, taken)) = way.last_mut() {
            let Some(&parent) = parents[*item as usize].get(*taken) else {
                seen[*item as usize] = Seen::Done;
                order.push(*item);
                way.pop();
                continue;
            };
            *taken += 1;
            match seen[parent as usize] {
                Seen::Done => {}
                Seen::No => {
                    seen[parent as usize] = Seen::Open;
                    way.push((parent, 0));
                }
                Seen::Open => {
                    let circle = way.iter().map(|&(item, _)| item).skip_while(|&item| item != parent);
                    return Err(circle.chain([parent]).collect());
                }
            }
        }
    }
    Ok(order)
}
