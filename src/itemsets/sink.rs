//! Taking itemsets as they are found.

use std::ops::ControlFlow;

/// Takes the itemsets of a search as they are found, from [`Miner::stream`](crate::Miner::stream).
///
/// Closures are sinks, and so is a `Vec` of pairs, which collects all, [`CountingSink`] and [`TextSink`](crate::io::TextSink).
///
/// ```
/// use std::ops::ControlFlow;
///
/// use itemset::{CountingSink, MinSupport, Miner, Transactions};
///
/// // 2^60 itemsets: more than can be listed in any time, but not the first ones.
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
    /// Takes the next itemset, its items in the order of their labels, and the number of baskets that hold it. `Break` ends the search.
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

/// A [`Sink`] that only counts. ([`Miner::count`](crate::Miner::count) does so without listing.)
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CountingSink {
    itemsets: u64,
}

impl CountingSink {
    /// One that has counted nothing yet.
    #[must_use]
    pub fn new() -> Self {
        CountingSink::default()
    }

    /// The itemsets so far.
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
