//! Sinks, which take itemsets while they are found.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::iter::FusedIterator;
use std::ops::ControlFlow;

/// Takes the itemsets of a search while they are found, from [`Miner::stream`](crate::Miner::stream).
///
/// Closures are sinks, and so are a `Vec` of pairs, which collects all itemsets, [`CountingSink`], [`TopKSink`] and
/// [`TextSink`](crate::io::TextSink).
///
/// ```
/// use std::ops::ControlFlow;
///
/// use itemset::{CountingSink, MinSupport, Miner, Transactions};
///
/// // 2^60 itemsets: too many to list, but the first ones are found at once.
/// let baskets = Transactions::from_rows([(0..60).collect::<Vec<u32>>()])?;
/// let miner = Miner::new().min_support(MinSupport::count(1));
/// let mut found = Vec::new();
/// let streamed = miner.stream(&baskets, &mut |items: &[&u32], _count: u64| {
///     found.push(items.iter().map(|&&item| item).collect::<Vec<u32>>());
///     if found.len() < 4 { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
/// })?;
/// assert_eq!(found, [vec![0], vec![1], vec![0, 1], vec![2]]);
/// assert!(!streamed.is_complete());
///
/// let mut counting = CountingSink::new();
/// assert!(miner.max_len(3).stream(&baskets, &mut counting)?.is_complete());
/// assert_eq!(counting.itemsets(), 60 + 60 * 59 / 2 + 60 * 59 * 58 / 6);
/// # Ok::<(), itemset::Error>(())
/// ```
pub trait Sink<T> {
    /// Takes the next itemset, its items in the order of their labels, and its count. `Break` ends the search.
    fn itemset(&mut self, items: &[&T], count: u64) -> ControlFlow<()>;
}

impl<T, F: FnMut(&[&T], u64) -> ControlFlow<()>> Sink<T> for F {
    fn itemset(&mut self, items: &[&T], count: u64) -> ControlFlow<()> {
        self(items, count)
    }
}

/// Collects all.
impl<T: Clone> Sink<T> for Vec<(Vec<T>, u64)> {
    fn itemset(&mut self, items: &[&T], count: u64) -> ControlFlow<()> {
        self.push((items.iter().map(|&item| item.clone()).collect(), count));
        ControlFlow::Continue(())
    }
}

/// A [`Sink`] that only counts itemsets. ([`Miner::count`](crate::Miner::count) counts without listing them.)
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CountingSink {
    itemsets: u64,
}

impl CountingSink {
    /// A sink that has counted nothing yet.
    #[must_use]
    pub fn new() -> Self {
        CountingSink::default()
    }

    /// The number of itemsets so far.
    #[must_use]
    pub fn itemsets(&self) -> u64 {
        self.itemsets
    }
}

impl<T> Sink<T> for CountingSink {
    fn itemset(&mut self, _items: &[&T], _count: u64) -> ControlFlow<()> {
        self.itemsets += 1;
        ControlFlow::Continue(())
    }
}

/// A [`Sink`] that keeps the `k` itemsets with the highest counts; of equal counts the first ones.
///
/// Each streamed itemset takes at most the logarithm of `k`. [`Miner::mine_top_k`](crate::Miner::mine_top_k) finds the
/// same without a threshold and with less search; use this sink for itemsets that are streamed anyway, together with
/// another sink.
///
/// ```
/// use itemset::{Miner, Sink, TopKSink, Transactions};
///
/// let baskets = Transactions::from_rows([
///     vec!["beer", "diapers", "bag"], vec!["beer", "diapers"], vec!["bag", "diapers"],
/// ])?;
/// let mut best = TopKSink::new(2).min_len(2);
/// let mut itemsets = 0;
/// Miner::new().min_support(0.3).stream(&baskets, &mut |items: &[&&'static str], count: u64| {
///     itemsets += 1;
///     best.itemset(items, count)
/// })?;
/// assert_eq!(itemsets, 7);
/// assert_eq!(best.into_vec(), [(vec!["bag", "diapers"], 2), (vec!["beer", "diapers"], 2)]);
/// # Ok::<(), itemset::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TopKSink<T> {
    k: usize,
    min_len: usize,
    /// By count, the highest first, and then by number.
    best: BTreeMap<(Reverse<u64>, u64), Vec<T>>,
    /// The number of the next one that is kept.
    next: u64,
}

impl<T> TopKSink<T> {
    /// A sink that has kept nothing yet.
    #[must_use]
    pub fn new(k: usize) -> Self {
        TopKSink { k, min_len: 1, best: BTreeMap::new(), next: 0 }
    }

    /// The minimum length of an itemset that is kept. Default: 1.
    #[must_use]
    pub fn min_len(mut self, min_len: usize) -> Self {
        self.min_len = min_len;
        self
    }

    /// Itemsets kept so far, at most `k`.
    #[must_use]
    pub fn len(&self) -> usize {
        self.best.len()
    }

    /// Whether none is kept so far.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.best.is_empty()
    }

    /// The best so far, the best first, each with its items in the order of their labels and its count.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&[T], u64)> + DoubleEndedIterator + FusedIterator + Clone {
        self.best.iter().map(|(&(Reverse(count), _), items)| (&items[..], count))
    }

    /// The best so far, the best first, each with its items in the order of their labels and its count.
    #[must_use]
    pub fn into_vec(self) -> Vec<(Vec<T>, u64)> {
        self.best.into_iter().map(|((Reverse(count), _), items)| (items, count)).collect()
    }
}

impl<T: Clone> Sink<T> for TopKSink<T> {
    fn itemset(&mut self, items: &[&T], count: u64) -> ControlFlow<()> {
        if items.len() < self.min_len || self.k == 0 {
            return ControlFlow::Continue(());
        }
        if self.best.len() >= self.k {
            // A later itemset is worse than an earlier one of the same count.
            let worst = self.best.last_entry().filter(|worst| worst.key().0.0 < count);
            if worst.map(|worst| worst.remove()).is_none() {
                return ControlFlow::Continue(());
            }
        }
        self.best.insert((Reverse(count), self.next), items.iter().map(|&item| item.clone()).collect());
        self.next += 1;
        ControlFlow::Continue(())
    }
}
