//! The itemsets of all baskets, and what came and went since the last time.

use std::hash::Hash;

use super::contents::Side;
use super::sliding::Window;
use crate::call::meter::SEARCH;
use crate::call::ticker::Ticker;
use crate::error::Error;
use crate::itemsets::FrequentItemsets;
use crate::run_options::RunOptions;
use crate::transactions::Transactions;

/// What a [refresh](Window::refresh) found, what the one before had found, and the baskets that came and went between them.
///
/// It shares the itemsets with the window and has the baskets for itself: drop it when the
/// [changes](Refresh::itemset_changes) are known.
#[derive(Clone, Debug)]
pub struct Refresh<T> {
    pub(super) before: Option<FrequentItemsets<T>>,
    pub(super) after: FrequentItemsets<T>,
    pub(super) added: Transactions<T>,
    pub(super) retired: Transactions<T>,
}

impl<T> Refresh<T> {
    /// The itemsets of the window.
    #[must_use]
    pub fn itemsets(&self) -> &FrequentItemsets<T> {
        &self.after
    }

    /// Those of the window at the refresh before; none at the first.
    #[must_use]
    pub fn before(&self) -> Option<&FrequentItemsets<T>> {
        self.before.as_ref()
    }

    /// The baskets that came since then and are still there.
    #[must_use]
    pub fn added(&self) -> &Transactions<T> {
        &self.added
    }

    /// The baskets that were there then and were retired or forgotten since. A basket that was added to its partition
    /// again is not among them, nor among those that came.
    #[must_use]
    pub fn retired(&self) -> &Transactions<T> {
        &self.retired
    }

    /// The itemsets, to keep.
    #[must_use]
    pub fn into_itemsets(self) -> FrequentItemsets<T> {
        self.after
    }

    /// All baskets at the refresh before.
    pub(super) fn baskets_before(&self) -> u64 {
        self.before.as_ref().map_or(0, FrequentItemsets::basket_count)
    }
}

impl<K: Ord + Clone, T: Eq + Hash + Ord + Clone> Window<K, T> {
    /// Finds the frequent itemsets of all baskets: exactly what [`Miner::mine`](crate::Miner::mine) finds in
    /// [the same baskets](Window::transactions), with the same bytes. They stay in the window as its
    /// [`itemsets`](Window::itemsets); for their rules see [`Miner::rules_of`](crate::Miner::rules_of).
    ///
    /// If it fails, the last result stays in place, and the window is as it was.
    ///
    /// # Errors
    ///
    /// As [`Miner::mine`](crate::Miner::mine), and [`ErrorKind::TooLarge`](crate::ErrorKind::TooLarge) if great weights
    /// make more than `u32::MAX` rows or entries.
    ///
    /// # Complexity
    ///
    /// That of a search, and a copy of all baskets, which have their numbers already: their labels are not read again.
    ///
    #[doc = include_str!("measured.md")]
    pub fn refresh(&mut self) -> Result<Refresh<T>, Error> {
        let options = self.miner.options().clone();
        self.refresh_with(&options)
    }

    /// As [`refresh`](Window::refresh), with [options](RunOptions) in place of the miner's.
    ///
    /// # Errors
    ///
    /// As [`refresh`](Window::refresh).
    pub fn refresh_with(&mut self, options: &RunOptions) -> Result<Refresh<T>, Error> {
        let miner = self.miner.clone().run_options(options.clone());
        let refresh = miner.mine_made(
            |control| {
                // All baskets once, and those that came and went, which are no more than they.
                options.check_room(2 * self.contents.bytes_of_baskets())?;
                control.begin(SEARCH, 1);
                self.contents.joined(&mut Ticker::new(control))
            },
            |control, after| {
                let mut ticker = Ticker::new(control);
                let mut difference = |side| self.contents.difference(side, &mut ticker);
                let (added, retired) = (difference(Side::Added)?, difference(Side::Retired)?);
                Ok(Refresh { before: self.last.clone(), after, added, retired })
            },
        )?;
        self.last = Some(refresh.after.clone());
        self.contents.settle();
        Ok(refresh)
    }
}
