//! The itemsets of all baskets, and what came and went since the last time.

use std::hash::Hash;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::contents::Side;
use super::kept::{Kept, MOST_KEPT, lowered, will_do};
use super::sliding::Window;
use crate::call::control::Control;
use crate::call::ticker::Ticker;
use crate::error::Error;
use crate::itemsets::FrequentItemsets;
use crate::miner::Miner;
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

    /// The baskets that came since then and are still there. They share the labels of the window, some of which may be in
    /// none of them.
    #[must_use]
    pub fn added(&self) -> &Transactions<T> {
        &self.added
    }

    /// The baskets that were there then and were retired or forgotten since, with the same labels. A basket that was added to its partition
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
    /// A search keeps the itemsets down to three quarters of the threshold. As long as that is enough, a refresh counts only
    /// what came and went in them, finds out what rose above that among the baskets that came, and makes the result of what
    /// is kept: a step for each itemset, and a few for each entry of all baskets, with which it tells the engine that a
    /// search would have taken. Otherwise it searches all baskets, whose labels have numbers already.
    ///
    /// Which of the two it does depends on the time that both took last; the result does not. Where there are fewer
    /// itemsets than baskets, refreshes that mostly count take on average a fifth to four fifths of the time of a search if
    /// a thousandth of the window or less changes, and about three quarters to as long as one from a hundredth on. With more
    /// itemsets than baskets, after a change of a twelfth, for [`Algorithm::Apriori`](crate::Algorithm::Apriori), with a
    /// limit on memory, and where most baskets are equal to several others, searches are as fast or faster, or needed.
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
        let (mut refresh, kept, costs) = miner.checked_call(|control| {
            // All baskets once, and those that came and went.
            options.check_room(self.contents.bytes_of_baskets().saturating_mul(2))?;
            control.begin(0.1, 1);
            let mut ticker = Ticker::new(control);
            let mut difference = |side| self.contents.difference(side, &mut ticker);
            let (added, retired) = (difference(Side::Added)?, difference(Side::Retired)?);
            drop(ticker);
            let found = self.find(&miner, control, &added, &retired)?;
            Ok((Refresh { before: self.last.clone(), after: found.itemsets, added, retired }, found.kept, found.costs))
        })?;
        (self.kept, self.costs) = (kept, costs);
        let former = Arc::clone(self.contents.dictionary());
        if let Some(numbers) = self.contents.settle() {
            // Neither the window nor its itemsets have the labels that were dropped.
            refresh.after = refresh.after.with_dictionary(&former, self.contents.dictionary(), &numbers);
            self.kept.iter_mut().for_each(|kept| kept.renumber(&numbers));
        }
        self.last = Some(refresh.after.clone());
        Ok(refresh)
    }

    /// The itemsets of all baskets: counted where that is faster, searched otherwise.
    fn find(
        &self,
        miner: &Miner,
        control: &Control,
        added: &Transactions<T>,
        retired: &Transactions<T>,
    ) -> Result<Found<T>, Error> {
        let began = Instant::now();
        let baskets = self.contents.baskets();
        let min_count = miner.min_count(baskets)?;
        let changed = (added.stored_rows() + retired.stored_rows()) as u64;
        let counts = miner.may_count() && baskets <= u32::MAX.into();
        let counts = counts && self.costs.counting_pays(changed, self.contents.stored_rows());
        let kept = self.kept.as_ref().filter(|kept| counts && kept.reaches(min_count, added.len() as u64));
        let attempted = kept.is_some();
        let mut costs = self.costs.tried(attempted);
        if let Some(kept) = kept
            && let Some(kept) =
                control.section(0.5, || kept.changed(&self.contents, added, retired, min_count, (miner, control)))?
            && let Some(itemsets) = kept.frequent(&self.contents, min_count, miner, &mut Ticker::new(control))?
        {
            costs.counting = Some((began.elapsed(), changed));
            return Ok(Found { itemsets, kept: Some(kept.without_gone(&mut Ticker::new(control))?), costs });
        }
        let search_began = Instant::now();
        let all = control.section(0.1, || {
            let mut ticker = Ticker::new(control);
            match miner.reports_levels() {
                // Without labels that no basket has any more.
                true => self.canonical_transactions(&mut ticker),
                false => self.contents.joined(&mut ticker),
            }
        })?;
        // Somewhat more than is asked for, if it will be of use: after the first refresh, which adds all there is.
        let is_of_use = counts && will_do(min_count, added.len() as u64);
        let more = match is_of_use && self.last.as_ref().is_some_and(|last| last.len() <= MOST_KEPT) {
            true => control.section(0.9, || miner.mine_up_to(control, &all, lowered(min_count), MOST_KEPT))?,
            false => None,
        };
        let mut kept = more.as_ref().and_then(Kept::new);
        let itemsets = match &kept {
            Some(kept) => kept.frequent(&self.contents, min_count, miner, &mut Ticker::new(control))?,
            None => None,
        };
        let itemsets = match itemsets {
            Some(itemsets) => itemsets,
            None => {
                kept = None;
                control.section(0.97, || miner.mine_under(control, &all))?
            }
        };
        // A search for what is kept takes longer, and is worth that for later.
        let took = search_began.elapsed();
        costs.search = Some(costs.search.filter(|_| kept.is_some()).map_or(took, |before| before.min(took)));
        if attempted {
            costs.counting = Some((began.elapsed(), changed));
        }
        Ok(Found { itemsets, kept, costs })
    }
}

/// What a refresh found, and what the next one is to know.
struct Found<T> {
    itemsets: FrequentItemsets<T>,
    kept: Option<Kept>,
    costs: Costs,
}

/// What the last refreshes took. It decides how a result is found, never what is found.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Costs {
    /// Of the last search of all baskets.
    search: Option<Duration>,
    /// Of the last one that counted, and the rows that it counted in.
    counting: Option<(Duration, u64)>,
    /// Refreshes since then.
    since: u32,
}

/// Refreshes after which counting is tried again, as times change.
const TRIED_EACH: u32 = 16;

impl Costs {
    /// Whether counting in so many rows is expected to be faster than a search of all rows.
    fn counting_pays(&self, changed: u64, all: u64) -> bool {
        let (Some(search), Some((counting, rows))) = (self.search, self.counting) else {
            // Not known yet: it is tried where the change is small.
            return 4 * changed <= all;
        };
        // A part of the time is for the result, and does not depend on the rows.
        let expected = 0.25 + 0.75 * changed as f64 / rows.max(1) as f64;
        expected * counting.as_secs_f64() < search.as_secs_f64() || self.since >= TRIED_EACH
    }

    fn tried(self, counts: bool) -> Self {
        Costs { since: if counts { 0 } else { self.since.saturating_add(1) }, ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mine::query::algorithm::Algorithm;
    use crate::mine::query::min_support::MinSupport;
    use crate::mix::hash;
    use proptest::prelude::*;

    proptest! {
        /// As the outside cannot tell how a result was found, counting is tried here at each refresh.
        #[test]
        fn counting_finds_what_a_search_finds(
            threshold in prop_oneof![
                (1..40u64).prop_map(MinSupport::count),
                (1..9u32).prop_map(|tenths| MinSupport::fraction(f64::from(tenths) / 20.0)),
            ],
            algorithm in prop::sample::select(Algorithm::ALL.to_vec()),
            max_len in prop_oneof![Just(9usize), 1..4usize],
            differ in any::<bool>(),
            weeks in prop::collection::vec(
                (prop::collection::vec((prop::collection::vec(0..9u32, 0..6), 1..4u32), 0..30), 0..9u32, any::<prop::sample::Index>()),
                1..14,
            ),
        ) {
            let miner = Miner::new().min_support(threshold).algorithm(algorithm).max_len(max_len).threads(1);
            let mut window = Window::new(miner.clone());
            for (week, (baskets, kept, forgotten)) in (0u32..).zip(&weeks) {
                let mut baskets = baskets.clone();
                // In unit tests few entries make weights great, and then all is searched: not where all baskets differ.
                (0..).zip(&mut baskets).filter(|_| differ).for_each(|(n, basket)| {
                    basket.0.push(100 + 100 * week + n);
                    basket.1 = 1;
                });
                let mut builder = Transactions::builder();
                baskets.iter().for_each(|(basket, weight)| _ = builder.push_weighted(basket.iter().copied(), *weight));
                window.add_transactions(week, &builder.build().unwrap()).unwrap();
                window.retire_before(&(week.saturating_sub(*kept)));
                if !baskets.is_empty() {
                    let basket = &baskets[forgotten.index(baskets.len())].0;
                    window.forget(&week, basket).unwrap();
                }
                window.costs = Costs { search: Some(Duration::MAX), counting: Some((Duration::ZERO, 1)), since: 0 };
                let found = window.refresh().unwrap().into_itemsets();
                let baskets = window.transactions().unwrap();
                let expected = miner.mine(&baskets).unwrap();
                prop_assert_eq!(&found, &expected);
                prop_assert_eq!(found.statistics(), expected.statistics());
                let Some(kept) = &window.kept else { continue };
                // All that reaches the threshold of what is kept, and nothing that is in no basket.
                let (low, mut listed) = kept.listed(&window.contents);
                prop_assert!(listed.iter().all(|(_, count)| *count > 0));
                listed.retain(|(_, count)| *count >= low);
                listed.sort();
                let above = miner.clone().min_support(MinSupport::count(low)).mine(&baskets).unwrap();
                let mut above: Vec<(Vec<u32>, u64)> =
                    above.iter().map(|itemset| (itemset.iter().copied().collect(), itemset.count())).collect();
                above.sort();
                prop_assert_eq!(listed, above);
            }
        }
    }

    /// What is kept costs time to find: it is not looked for where a refresh like this one would soon use up the slack.
    #[test]
    fn itemsets_are_kept_where_they_will_do() {
        let row = |n: u32| (0..6).filter(move |&item| hash(u64::from(6 * n + item)).is_multiple_of(2)).chain([100 + n]);
        for (min_count, per_week, keeps) in [(15, 50, false), (16, 50, true), (15, 3, true), (80, 50, true)] {
            let mut window = Window::new(Miner::new().min_support(MinSupport::count(min_count)).threads(1));
            window.add(0, (0..400).map(row)).unwrap();
            window.refresh().unwrap();
            window.add(1, (400..400 + per_week).map(row)).unwrap();
            window.refresh().unwrap();
            assert_eq!(window.kept.is_some(), keeps, "{min_count} {per_week}");
        }
    }

    /// Weeks that differ little are counted, and that is noticed if it takes long.
    #[test]
    fn small_changes_are_counted() {
        // Each with an item of its own: in unit tests few entries make weights great.
        let row = |n: u32| {
            let common = (0..9).filter(move |&item| hash(u64::from(9 * n + item)) % 16 < u64::from(10 - item));
            common.chain([100 + n])
        };
        let mut window = Window::new(Miner::new().min_support(0.05).threads(1));
        let mut counted = 0;
        for week in 0..40u32 {
            window.add(week, (0..50).map(|n| row(50 * week + n))).unwrap();
            window.retire_before(&week.saturating_sub(20));
            if week > 20 {
                window.costs = Costs { search: Some(Duration::MAX), counting: Some((Duration::ZERO, 1)), since: 0 };
            }
            let low = |window: &Window<u32, u32>| window.kept.as_ref().map(|kept| kept.len());
            let before = low(&window);
            window.refresh().unwrap();
            counted +=
                u32::from(window.costs.counting.is_some_and(|(took, _)| took > Duration::ZERO) && before.is_some());
        }
        assert!(counted > 10, "{counted} refreshes counted");
        let counting = Some((Duration::from_millis(10), 100));
        let costs = Costs { search: Some(Duration::from_millis(30)), counting, since: 0 };
        assert!(costs.counting_pays(100, 1000) && costs.counting_pays(0, 1000) && !costs.counting_pays(500, 1000));
        assert!((0..TRIED_EACH).fold(costs, |costs, _| costs.tried(false)).counting_pays(500, 1000));
        assert!(Costs::default().counting_pays(25, 100) && !Costs::default().counting_pays(26, 100));
    }
}
