//! Which itemsets are requested, by their labels.

use std::fmt;
use std::hash::Hash;
use std::sync::Arc;

use crate::error::Error;
use crate::mine::constrained::selection::ResolvedConstraints;
use crate::mine::query::min_support::MinSupport;
use crate::transactions::Transactions;

/// Conditions on itemsets, besides being frequent, for [`Search::constraints`](crate::Search::constraints).
///
/// Each constraint prunes the search, so finding fewer itemsets takes less time. All of them must hold; constraints
/// that contradict each other give an empty result. Setters consume the constraints and return them; nothing is checked
/// until a call runs. Labels that occur in no basket are ignored, except in
/// [`must_contain`](Constraints::must_contain), where they make the result empty.
///
/// With another target than all itemsets, [`exclude`](Constraints::exclude) and [`only`](Constraints::only) act as if
/// the data contained only the remaining items, so closedness is judged among those. All other constraints select among
/// the closed, maximal or generator itemsets.
///
/// ```
/// use itemset::{Constraints, MinSupport, Miner, Transactions};
///
/// let baskets = Transactions::from_rows([
///     vec!["beer", "diapers", "bag"], vec!["beer", "diapers", "caviar"],
///     vec!["beer", "chips", "bag"], vec!["chips", "bag"],
/// ])?;
/// let constraints = Constraints::new()
///     .exclude(["bag"])
///     .min_len(2)
///     .item_min_support("caviar", MinSupport::count(1));
/// let found = Miner::new().min_support(MinSupport::count(2)).search(&baskets).constraints(&constraints).collect()?;
/// let lines: Vec<String> = found.iter().map(|itemset| itemset.to_string()).collect();
/// assert_eq!(lines, [
///     "{beer, diapers} (count 2, support 0.500)",
///     "{beer, caviar} (count 1, support 0.250)",
///     "{caviar, diapers} (count 1, support 0.250)",
///     "{beer, caviar, diapers} (count 1, support 0.250)",
/// ]);
/// # Ok::<(), itemset::Error>(())
/// ```
#[must_use]
pub struct Constraints<T> {
    min_len: usize,
    max_len: Option<usize>,
    excluded: Vec<T>,
    only: Option<Vec<T>>,
    required: Vec<T>,
    groups: Vec<Vec<T>>,
    apart: Vec<(T, Vec<T>)>,
    own: Vec<(T, MinSupport)>,
    of_len: Vec<(usize, MinSupport)>,
    max_support: Option<MinSupport>,
    predicates: Vec<Arc<LabelPredicate<T>>>,
}

/// A condition on an itemset, given its labels.
type LabelPredicate<T> = dyn Fn(&[&T]) -> bool + Send + Sync;

impl<T> Constraints<T> {
    /// No constraints: all frequent itemsets.
    pub fn new() -> Self {
        Constraints {
            min_len: 1,
            max_len: None,
            excluded: Vec::new(),
            only: None,
            required: Vec::new(),
            groups: Vec::new(),
            apart: Vec::new(),
            own: Vec::new(),
            of_len: Vec::new(),
            max_support: None,
            predicates: Vec::new(),
        }
    }

    /// The fewest items of an itemset, at least 1. Default: 1.
    pub fn min_len(mut self, min_len: usize) -> Self {
        self.min_len = min_len;
        self
    }

    /// The most items of an itemset, at least 1. The miner's [`max_len`](crate::Miner::max_len) holds as well. Default:
    /// no limit.
    pub fn max_len(mut self, max_len: usize) -> Self {
        self.max_len = Some(max_len);
        self
    }

    /// Items that no itemset may contain. Repeated calls add up. These items are left out of the search.
    pub fn exclude(mut self, items: impl IntoIterator<Item = impl Into<T>>) -> Self {
        self.excluded.extend(items.into_iter().map(Into::into));
        self
    }

    /// The only items that an itemset may have. Repeated calls intersect. All others are left out of the search.
    pub fn only(mut self, items: impl IntoIterator<Item = impl Into<T>>) -> Self
    where
        T: PartialEq,
    {
        let mut items: Vec<T> = items.into_iter().map(Into::into).collect();
        if let Some(before) = &self.only {
            items.retain(|item| before.contains(item));
        }
        self.only = Some(items);
        self
    }

    /// Items that every itemset must contain. Repeated calls add up.
    ///
    /// Only the baskets that contain all of them are searched, so an item of medium frequency makes the search many
    /// times faster.
    pub fn must_contain(mut self, items: impl IntoIterator<Item = impl Into<T>>) -> Self {
        self.required.extend(items.into_iter().map(Into::into));
        self
    }

    /// A group of items of which an itemset may contain at most one, such as the sizes of one product. Each call adds a
    /// group.
    pub fn at_most_one_of(mut self, items: impl IntoIterator<Item = impl Into<T>>) -> Self {
        self.groups.push(items.into_iter().map(Into::into).collect());
        self
    }

    /// An item that no itemset may contain together with any of some others, which may be together: a product and the
    /// categories that it is in. Repeated calls add up.
    ///
    /// ```
    /// use itemset::{Constraints, MinSupport, Miner, Transactions};
    ///
    /// let baskets = Transactions::from_rows([["beer", "drinks", "chips", "snacks"]])?;
    /// let constraints = Constraints::new().never_with("beer", ["drinks"]).never_with("chips", ["snacks"]).min_len(2);
    /// let found = Miner::new().min_support(MinSupport::count(1)).search(&baskets).constraints(&constraints).collect()?;
    /// assert_eq!(found.len(), 4); // one of beer and drinks with one of chips and snacks
    /// # Ok::<(), itemset::Error>(())
    /// ```
    pub fn never_with(mut self, item: impl Into<T>, others: impl IntoIterator<Item = impl Into<T>>) -> Self {
        self.apart.push((item.into(), others.into_iter().map(Into::into).collect()));
        self
    }

    /// A threshold for one item, higher or lower than the miner's [`min_support`](crate::Miner::min_support), which it
    /// replaces: a fraction of the baskets, or [`MinSupport::count`]. If set twice for an item, the second call counts.
    ///
    /// An itemset is frequent if its count reaches the lowest threshold of its items. So itemsets with rare but
    /// valuable items can be found without all other rare combinations. A frequent itemset may have an infrequent
    /// subset.
    ///
    /// Source: B. Liu, W. Hsu, Y. Ma: Mining association rules with multiple minimum supports, KDD 1999.
    pub fn item_min_support(mut self, item: impl Into<T>, min_support: impl Into<MinSupport>) -> Self {
        self.own.push((item.into(), min_support.into()));
        self
    }

    /// A threshold for itemsets of exactly `len` items, higher or lower than the miner's
    /// [`min_support`](crate::Miner::min_support), which it replaces: a fraction of the baskets, or
    /// [`MinSupport::count`]. If set twice for a length, the second call counts.
    ///
    /// Thresholds of single items take precedence: an itemset must reach the lowest threshold of its items, and this
    /// one applies to the items without a threshold.
    pub fn min_support_at_len(mut self, len: usize, min_support: impl Into<MinSupport>) -> Self {
        self.of_len.push((len, min_support.into()));
        self
    }

    /// The largest support of an itemset: a fraction of the baskets, or [`MinSupport::count`]. The bound is inclusive.
    /// Default: no limit.
    ///
    /// Itemsets above it are not reported; their rarer supersets still are.
    pub fn max_support(mut self, max_support: impl Into<MinSupport>) -> Self {
        self.max_support = Some(max_support.into());
        self
    }

    /// A condition on the labels of an itemset, which are passed in ascending order. Each call adds one.
    ///
    /// The predicate must be *anti-monotone*: if it is false for an itemset, it must be false for all supersets, as in
    /// "the prices add up to at most 100". Supersets are then not checked. With any other predicate some itemsets may
    /// be missing.
    ///
    /// Several threads may call it at once.
    ///
    /// ```
    /// use itemset::{Constraints, Miner, Transactions};
    ///
    /// let baskets = Transactions::from_rows([vec![1, 2, 7], vec![1, 2, 7], vec![2, 7]])?;
    /// let cheap = Constraints::new().only_if(|items: &[&i32]| items.iter().copied().sum::<i32>() <= 8);
    /// let found = Miner::new().min_support(0.5).search(&baskets).constraints(&cheap).collect()?;
    /// assert_eq!(found.len(), 5); // all but {2, 7} and {1, 2, 7}
    /// # Ok::<(), itemset::Error>(())
    /// ```
    pub fn only_if(mut self, predicate: impl Fn(&[&T]) -> bool + Send + Sync + 'static) -> Self {
        self.predicates.push(Arc::new(predicate));
        self
    }

    /// Whether no itemset is ruled out.
    pub(crate) fn is_empty(&self) -> bool {
        let Constraints {
            min_len,
            max_len,
            excluded,
            only,
            required,
            groups,
            apart,
            own,
            of_len,
            max_support,
            predicates,
        } = self;
        *min_len == 1
            && max_len.is_none()
            && excluded.is_empty()
            && only.is_none()
            && required.is_empty()
            && groups.is_empty()
            && apart.is_empty()
            && own.is_empty()
            && of_len.is_empty()
            && max_support.is_none()
            && predicates.is_empty()
    }

    /// Whether an item or a length has a threshold.
    pub(crate) fn has_thresholds(&self) -> bool {
        !self.own.is_empty() || !self.of_len.is_empty()
    }

    pub(crate) fn predicates(&self) -> &[Arc<LabelPredicate<T>>] {
        &self.predicates
    }

    /// The same by item numbers; `None` if a required item occurs in no basket.
    ///
    /// `min_count` and `max_len` are the miner's.
    ///
    /// # Errors
    ///
    /// An invalid value.
    pub(crate) fn resolve(
        &self,
        transactions: &Transactions<T>,
        min_count: u64,
        max_len: Option<usize>,
    ) -> Result<Option<ResolvedConstraints>, Error>
    where
        T: Eq + Hash,
    {
        for (setting, len) in [("min_len", Some(self.min_len)), ("max_len", self.max_len)] {
            if len == Some(0) {
                return Err(Error::invalid_setting(setting, 0, "at least 1"));
            }
        }
        let baskets = transactions.len() as u64;
        let mut own = Vec::new();
        for (item, min_support) in &self.own {
            let min_count = min_support.min_count_of("item_min_support", baskets)?;
            own.extend(transactions.dictionary().id(item).map(|id| (id.index() as u32, min_count)));
        }
        // Of several for one item the last counts, which is now the first of them.
        own.reverse();
        own.sort_by_key(|&(id, _)| id);
        own.dedup_by_key(|&mut (id, _)| id);
        // Nothing beyond the longest basket can be frequent.
        let longest = transactions.weighted().map(|(basket, _)| basket.len()).max().unwrap_or_default();
        let mut of_len = vec![min_count];
        for &(len, min_support) in &self.of_len {
            if len == 0 {
                return Err(Error::invalid_setting("min_support_at_len", "for 0 items", "at least 1"));
            }
            let min_count = min_support.min_count_of("min_support_at_len", baskets)?;
            if len <= longest {
                let all_longer = of_len[of_len.len() - 1];
                of_len.resize(of_len.len().max(len + 1), all_longer);
                of_len[len - 1] = min_count;
            }
        }
        let max_count =
            self.max_support.map(|max_support| max_support.max_count_of("max_support", baskets)).transpose()?;
        let known = |items: &[T]| -> Vec<Option<u32>> {
            items.iter().map(|item| transactions.dictionary().id(item).map(|id| id.index() as u32)).collect()
        };
        let Some(mut required) = known(&self.required).into_iter().collect::<Option<Vec<u32>>>() else {
            return Ok(None);
        };
        required.sort_unstable();
        required.dedup();
        let group = |items: &Vec<T>| {
            let mut group: Vec<u32> = known(items).into_iter().flatten().collect();
            group.sort_unstable();
            group.dedup();
            group
        };
        let only = self.only.as_ref().map(group);
        let mut apart: Vec<(u32, Vec<u32>)> = Vec::new();
        for (item, others) in &self.apart {
            apart.extend(transactions.dictionary().id(item).map(|id| (id.index() as u32, group(others))));
        }
        Ok(Some(ResolvedConstraints {
            required,
            excluded: known(&self.excluded).into_iter().flatten().collect(),
            only,
            groups: self.groups.iter().map(group).collect(),
            apart,
            own,
            of_len,
            min_len: self.min_len,
            max_len: self.max_len.into_iter().chain(max_len).min().unwrap_or(usize::MAX),
            // No count is above it.
            max_count: max_count.unwrap_or(u64::MAX),
        }))
    }
}

impl<T> Default for Constraints<T> {
    fn default() -> Self {
        Constraints::new()
    }
}

impl<T: Clone> Clone for Constraints<T> {
    fn clone(&self) -> Self {
        Constraints {
            min_len: self.min_len,
            max_len: self.max_len,
            excluded: self.excluded.clone(),
            only: self.only.clone(),
            required: self.required.clone(),
            groups: self.groups.clone(),
            apart: self.apart.clone(),
            own: self.own.clone(),
            of_len: self.of_len.clone(),
            max_support: self.max_support,
            predicates: self.predicates.clone(),
        }
    }
}

/// Shows only the number of predicates.
impl<T: fmt::Debug> fmt::Debug for Constraints<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Constraints")
            .field("min_len", &self.min_len)
            .field("max_len", &self.max_len)
            .field("excluded", &self.excluded)
            .field("only", &self.only)
            .field("required", &self.required)
            .field("groups", &self.groups)
            .field("apart", &self.apart)
            .field("own", &self.own)
            .field("of_len", &self.of_len)
            .field("max_support", &self.max_support)
            .field("predicates", &self.predicates.len())
            .finish()
    }
}
