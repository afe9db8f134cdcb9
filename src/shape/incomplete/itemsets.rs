//! Frequent itemsets over the baskets that know what they are about.

use std::collections::BTreeSet;
use std::fmt;
use std::hash::Hash;

use hashbrown::HashMap;

use super::Incomplete;
use crate::constraints::Constraints;
use crate::error::Error;
use crate::itemsets::FrequentItemsets;
use crate::mine::query::min_support::MinSupport;
use crate::miner::Miner;

/// Frequent itemsets of baskets with missing values, from [`Incomplete::mine`].
#[derive(Clone, Debug)]
pub struct AdjustedItemsets<'a, T> {
    pub(super) baskets: &'a Incomplete<T>,
    /// All that may be frequent, with their subsets.
    pub(super) searched: FrequentItemsets<T>,
    /// The numbers of their items, in the order of the itemset.
    pub(super) items: Vec<Vec<u32>>,
    /// Those that are: the place of each, and its valid baskets.
    pub(super) found: Vec<(usize, u64)>,
    /// The attributes that may be missing of each that is.
    pub(super) attributes: Vec<BTreeSet<u32>>,
}

/// An itemset, from [`AdjustedItemsets::iter`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct AdjustedItemset<'a, T> {
    /// Its items, ascending.
    pub items: Vec<&'a T>,
    /// The baskets that have it.
    pub count: u64,
    /// The baskets in which none of its attributes is missing.
    pub valid: u64,
}

impl<T: Ord + Hash + Clone + Send + Sync> Incomplete<T> {
    /// The itemsets whose support over their valid baskets is at least `min_support`, if at least the fraction
    /// `representativity` of all baskets is valid. All of them are found, exactly on a bound included. Marks are in none.
    ///
    /// This support is not antimonotone: a subset may be about fewer attributes, have more valid baskets and so less
    /// support. But what has it is in min_support * representativity of all baskets at least, as are its subsets: so many
    /// are searched, and then compared. `miner` sets all but the threshold.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidSetting`](crate::ErrorKind::InvalidSetting) for a fraction that is not above 0 and up to 1;
    /// those of [`Search::collect`](crate::Search::collect).
    ///
    /// # Complexity
    ///
    /// That of the search at min_support * representativity; then for each set of attributes that an itemset is about, a
    /// step for each way in which attributes are missing together.
    pub fn mine(
        &self,
        miner: &Miner,
        min_support: f64,
        representativity: f64,
    ) -> Result<AdjustedItemsets<'_, T>, Error> {
        let all = self.baskets.len() as u64;
        let least_valid = MinSupport::fraction(representativity).min_count_of("representativity", all)?;
        let min_support = MinSupport::fraction(min_support);
        // The more baskets are valid, the larger is the count that reaches the support.
        let min_count = min_support.min_count(least_valid)?;
        let miner = miner.clone().min_support(MinSupport::count(min_count));
        let constraints = Constraints::new().exclude(self.marks.iter().cloned());
        let searched = miner.search(&self.baskets).constraints(&constraints).collect()?.into_frequent()?;
        let id = |label: &T| self.baskets.dictionary().id(label).map(|id| id.0);
        let items: Vec<Vec<u32>> = searched.iter().map(|itemset| itemset.iter().filter_map(id).collect()).collect();
        let (mut found, mut attributes) = (Vec::new(), Vec::new());
        let mut valid_of: HashMap<BTreeSet<u32>, u64> = HashMap::new();
        for (place, itemset) in searched.iter().enumerate() {
            let about = self.attributes(&items[place]);
            let valid = match valid_of.get(&about) {
                Some(&valid) => valid,
                None => *valid_of.entry(about.clone()).or_insert(self.valid(&about)),
            };
            if valid >= least_valid && itemset.count() >= min_support.min_count(valid)? {
                found.push((place, valid));
                attributes.push(about);
            }
        }
        Ok(AdjustedItemsets { baskets: self, searched, items, found, attributes })
    }
}

impl<T: Ord> AdjustedItemsets<'_, T> {
    /// The itemsets, in the crate's order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = AdjustedItemset<'_, T>> {
        self.found.iter().map(|&(place, valid)| {
            let itemset = self.searched.get(place);
            let labels = self.baskets.baskets.dictionary().labels();
            let mut items: Vec<&T> = self.items[place].iter().map(|&id| &labels[id as usize]).collect();
            items.sort_unstable();
            AdjustedItemset { items, count: itemset.map_or(0, |itemset| itemset.count()), valid }
        })
    }

    /// All that was searched and compared: the itemsets of min_support * representativity of all baskets.
    #[must_use]
    pub fn searched(&self) -> &FrequentItemsets<T> {
        &self.searched
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.found.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.found.is_empty()
    }
}

impl<T> AdjustedItemset<'_, T> {
    /// The share of the valid baskets that have it.
    #[must_use]
    pub fn support(&self) -> f64 {
        self.count as f64 / self.valid as f64
    }
}

/// `{beer, age=young} (2 of 3)`, with the valid baskets.
impl<T: fmt::Display> fmt::Display for AdjustedItemset<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let items: Vec<String> = self.items.iter().map(ToString::to_string).collect();
        write!(f, "{{{}}} ({} of {})", items.join(", "), self.count, self.valid)
    }
}
