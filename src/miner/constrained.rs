//! Itemsets under constraints, and the best by support.

use std::hash::Hash;
use std::sync::Arc;

use super::Miner;
use super::search::{FIRST_ATTEMPT_ITEMSETS, beside, bytes_of_sets};
use crate::call::control::Control;
use crate::constraints::Constraints;
use crate::error::{Error, ErrorKind};
use crate::itemsets::{FrequentItems, ItemsetList, Trie};
use crate::limit::{Limit, Suggestion};
use crate::machine;
use crate::mine::constrained::flat_itemsets::FlatItemsets;
use crate::mine::constrained::output::SizeLimit;
use crate::mine::constrained::search::{ConstrainedSearch, RankPredicate};
use crate::mine::constrained::selection::SelectedBaskets;
use crate::mine::query::algorithm::Algorithm;
use crate::mine::report::statistics::Statistics;
use crate::threads::workers::Workers;
use crate::transactions::{Ranking, Transactions};

/// Items that the search for the best begins with: the most frequent ones, whose best give a threshold for all.
const FIRST_ITEMS: usize = 32;

/// How many times as many each next try takes, where the one before found enough, and where it did not; fewer, where the threshold asks for fewer.
const MORE_ITEMS: usize = 16;
const SOME_MORE_ITEMS: usize = 4;

/// Bytes of a list that is made without being counted first.
const CAUTIOUS_BYTES: u64 = 1 << 29;

/// Bytes that an itemset of a list takes, to tell which of two limits is the lower one: twice those for one of 8 items, as lists grow by doubling.
const BYTES_A_LISTED: u64 = 88;

impl Miner {
    /// The frequent itemsets that meet constraints, each with its count, in the canonical order (see [`FrequentItemsets`](crate::FrequentItemsets)).
    ///
    /// The constraints cut the search itself; see each of them in [`Constraints`]. The result need not hold all subsets of an itemset, so it makes no rules.
    ///
    /// # Errors
    ///
    /// As [`mine`](Miner::mine); [`ErrorKind::InvalidSetting`] for a constraint with a value that is not allowed too, and for [`Algorithm::Apriori`] and
    /// [`Algorithm::FpGrowth`], as the search is one of its own. The threshold that an [`ErrorKind::LimitReached`] suggests is the lowest minimum support at
    /// which what meets the constraints is within the limit; it takes some ten or twenty searches up to the limit to find. Where there is none, as thresholds of
    /// single items and lengths let too much in, it is an [`ErrorKind::TooLarge`] that says so.
    ///
    /// # Complexity
    ///
    /// For each itemset that is visited, a step for each item that may be joined to it and each 64 baskets of it. Those are visited that meet all constraints
    /// that supersets of what fails them fail too: not the least length, nor the largest support.
    ///
    /// ```
    /// use itemset::{Constraints, MinSupport, Miner, Transactions};
    ///
    /// let baskets = Transactions::from_rows([vec!["beer", "diapers", "chips"], vec!["beer", "diapers"], vec!["chips", "diapers"]])?;
    /// let constraints = Constraints::new().must_contain(["beer"]).max_len(2);
    /// let found = Miner::new().min_support(MinSupport::count(1)).mine_constrained(&baskets, &constraints)?;
    /// let lines: Vec<String> = found.iter().map(|itemset| itemset.to_string()).collect();
    /// assert_eq!(lines, [
    ///     "{beer} (count 2, support 0.667)",
    ///     "{beer, diapers} (count 2, support 0.667)",
    ///     "{beer, chips} (count 1, support 0.333)",
    /// ]);
    /// # Ok::<(), itemset::Error>(())
    /// ```
    pub fn mine_constrained<T: Ord + Hash>(
        &self,
        transactions: &Transactions<T>,
        constraints: &Constraints<T>,
    ) -> Result<ItemsetList<T>, Error> {
        self.check_for_constraints()?;
        self.call(|control| self.constrained_under(control, transactions, constraints))
    }

    fn constrained_under<T: Ord + Hash>(
        &self,
        control: &Control,
        transactions: &Transactions<T>,
        constraints: &Constraints<T>,
    ) -> Result<ItemsetList<T>, Error> {
        let min_count = self.settings.min_support.min_count(transactions.len() as u64)?;
        let wanted = constraints.resolve(transactions, min_count, self.settings.max_len)?;
        let selection = wanted
            .as_ref()
            .and_then(|wanted| SelectedBaskets::new(transactions.rows(), transactions.counts(), wanted, control));
        control.check()?;
        let Some(selection) = selection else { return Ok(self.nothing(transactions, min_count)) };
        let ranking = Ranking::of(transactions, selection.items(1));
        let items = Arc::new(FrequentItems::new(transactions.shared_dictionary(), &ranking));
        let search = ConstrainedSearch::new(&selection, &ranking);
        let ask = asking(&items, constraints);
        let predicate: Option<RankPredicate<'_>> = if constraints.predicates().is_empty() { None } else { Some(&ask) };

        let Some(most) = self.most(transactions, &selection, &selection.falling_counts()) else {
            return Err(self.too_many(transactions, control, constraints, min_count)?);
        };
        let cautious = SizeLimit {
            itemsets: most.itemsets.min(FIRST_ATTEMPT_ITEMSETS as u64),
            bytes: most.bytes.min(CAUTIOUS_BYTES),
        };
        let mut listed = self.list(&search, cautious, control, predicate)?;
        if listed.is_none() && (most.itemsets > cautious.itemsets || most.bytes > cautious.bytes) {
            // What is so much had better be counted first, which takes no room.
            if let Some(size) = self.size(&search, most, control, predicate)? {
                FlatItemsets::check_room(size.bytes)?;
                listed = self.list(&search, most, control, predicate)?;
            }
        }
        let Some(listed) = listed else { return Err(self.too_many(transactions, control, constraints, min_count)?) };
        let threads = if predicate.is_some() { 1 } else { self.settings.run.pool.workers() };
        Ok(ItemsetList::new(Arc::clone(&items), listed, transactions.len() as u64, min_count, eclat(threads)))
    }

    /// The `k` frequent itemsets of `min_len` items or more with the highest counts, the best first, without a threshold: none has to be guessed.
    ///
    /// Of equal counts those come first that are first in the canonical order (see [`FrequentItemsets`](crate::FrequentItemsets)), and so they
    /// are exactly `k`, unless there are not so many. [`min_support`](Miner::min_support) does not count, [`max_len`](Miner::max_len) does.
    ///
    /// # Errors
    ///
    /// As [`mine_constrained`](Miner::mine_constrained).
    ///
    /// # Complexity
    ///
    /// About that of mining at the count of the last of them, on one thread: the threshold rises while the best so far get better, from the most
    /// frequent items to the rare ones.
    ///
    /// Source: J. Han, J. Wang, Y. Lu, P. Tzvetkov: Mining top-k frequent closed patterns without minimum support, ICDM 2002, for closed itemsets.
    ///
    /// ```
    /// use itemset::{Miner, Transactions};
    ///
    /// let baskets = Transactions::from_rows([vec!["beer", "diapers", "chips"], vec!["beer", "diapers"], vec!["chips", "diapers"], vec!["wine"]])?;
    /// let best = Miner::new().mine_top_k(&baskets, 2, 2)?;
    /// let lines: Vec<String> = best.iter().map(|itemset| itemset.to_string()).collect();
    /// assert_eq!(lines, ["{beer, diapers} (count 2, support 0.500)", "{chips, diapers} (count 2, support 0.500)"]);
    /// assert_eq!(best.min_count(), 2);
    /// # Ok::<(), itemset::Error>(())
    /// ```
    pub fn mine_top_k<T: Ord + Hash>(
        &self,
        transactions: &Transactions<T>,
        k: usize,
        min_len: usize,
    ) -> Result<ItemsetList<T>, Error> {
        self.mine_top_k_constrained(transactions, k, &Constraints::new().min_len(min_len))
    }

    /// As [`mine_top_k`](Miner::mine_top_k), the best of those that meet constraints. Thresholds count where the constraints set them.
    ///
    /// # Errors
    ///
    /// As [`mine_constrained`](Miner::mine_constrained).
    ///
    /// ```
    /// use itemset::{Constraints, Miner, Transactions};
    ///
    /// let baskets = Transactions::from_rows([vec!["beer", "diapers", "bag"], vec!["beer", "diapers", "bag"], vec!["wine", "bag"]])?;
    /// let best = Miner::new().mine_top_k_constrained(&baskets, 1, &Constraints::new().min_len(2).exclude(["bag"]))?;
    /// assert_eq!(best.get(0).unwrap().to_string(), "{beer, diapers} (count 2, support 0.667)");
    /// # Ok::<(), itemset::Error>(())
    /// ```
    pub fn mine_top_k_constrained<T: Ord + Hash>(
        &self,
        transactions: &Transactions<T>,
        k: usize,
        constraints: &Constraints<T>,
    ) -> Result<ItemsetList<T>, Error> {
        self.check_for_constraints()?;
        self.call(|control| self.best_under(control, transactions, k, constraints))
    }

    fn best_under<T: Ord + Hash>(
        &self,
        control: &Control,
        transactions: &Transactions<T>,
        k: usize,
        constraints: &Constraints<T>,
    ) -> Result<ItemsetList<T>, Error> {
        let wanted = constraints.resolve(transactions, 1, self.settings.max_len)?;
        let selection = wanted
            .as_ref()
            .and_then(|wanted| SelectedBaskets::new(transactions.rows(), transactions.counts(), wanted, control));
        control.check()?;
        let Some(selection) = selection else { return Ok(self.nothing(transactions, 1)) };
        let counts = selection.falling_counts();
        let (mut tried, mut known) = (FIRST_ITEMS, 1);
        loop {
            let least = counts.get(tried).map_or(known, |&count| known.max(count));
            let ranking = Ranking::of(transactions, selection.items(least));
            let items = Arc::new(FrequentItems::new(transactions.shared_dictionary(), &ranking));
            let search = ConstrainedSearch::new(&selection, &ranking);
            let ask = asking(&items, constraints);
            let predicate: Option<RankPredicate<'_>> =
                if constraints.predicates().is_empty() { None } else { Some(&ask) };
            let searched = &counts[..counts.partition_point(|&count| count >= least)];
            let most = self.most(transactions, &selection, searched);
            let listed = most.and_then(|most| search.best(k, known, most, control, predicate).ok());
            control.check()?;
            let Some(listed) = listed else {
                return Err(self.too_many(transactions, control, constraints, known.into())?);
            };
            // Where there are so many, no other is among the best that counts less than the last of them.
            let worst = listed.last_count().filter(|_| listed.len() >= k);
            // What has an item that was left out counts less than `least`.
            if k == 0 || worst.is_some_and(|worst| worst >= least) || least <= selection.lowest() {
                let min_count = listed.last_count().unwrap_or(1).into();
                return Ok(ItemsetList::new(
                    Arc::clone(&items),
                    listed,
                    transactions.len() as u64,
                    min_count,
                    eclat(1),
                ));
            }
            known = worst.unwrap_or(known);
            tried = tried.saturating_mul(if worst.is_some() { MORE_ITEMS } else { SOME_MORE_ITEMS });
        }
    }

    fn check_for_constraints(&self) -> Result<(), Error> {
        self.settings.check()?;
        if !matches!(self.settings.algorithm, Algorithm::Auto | Algorithm::Eclat) {
            let allowed = "auto or eclat for itemsets under constraints and the best by support";
            return Err(Error::invalid_setting("algorithm", self.settings.algorithm, allowed));
        }
        Ok(())
    }

    fn nothing<T: Ord>(&self, transactions: &Transactions<T>, min_count: u64) -> ItemsetList<T> {
        let items = FrequentItems::new(transactions.shared_dictionary(), &Ranking::of(transactions, Vec::new()));
        let threads = self.settings.run.pool.workers();
        ItemsetList::new(Arc::new(items), FlatItemsets::default(), transactions.len() as u64, min_count, eclat(threads))
    }

    /// The memory that a call may use, and the limit that says so.
    fn memory(&self) -> Option<(u64, Limit)> {
        let set = self.settings.run.max_memory.map(|bytes| (bytes, Limit::Memory(bytes)));
        set.or_else(|| machine::memory().map(|bytes| (bytes / 2, Limit::MachineMemory(bytes / 2))))
    }

    /// What a list may hold, where items that are in so many of the selected baskets are searched; `None` where that takes more than the limit on memory already.
    fn most<T>(
        &self,
        transactions: &Transactions<T>,
        selection: &SelectedBaskets<'_>,
        counts: &[u32],
    ) -> Option<SizeLimit> {
        let sets = bytes_of_sets(transactions, counts.iter().copied(), selection.baskets().into());
        if self.limit_below(sets).is_some() {
            return None;
        }
        let itemsets = self.settings.max_itemsets.unwrap_or(u64::MAX).min(u32::MAX.into());
        let bytes = self.memory().map_or(u64::MAX, |(bytes, _)| bytes.saturating_sub(beside(transactions, sets)));
        Some(SizeLimit { itemsets, bytes })
    }

    /// What is asked for, `None` where that is more than it may be.
    fn list(
        &self,
        search: &ConstrainedSearch<'_>,
        most: SizeLimit,
        control: &Control,
        predicate: Option<RankPredicate<'_>>,
    ) -> Result<Option<FlatItemsets>, Error> {
        let listed = match predicate {
            Some(_) => search.list(most, Workers::SEQUENTIAL.watching(control), predicate),
            None => self.settings.run.pool.run(|workers| search.list(most, workers.watching(control), None))?,
        };
        control.check()?;
        Ok(listed.ok())
    }

    /// How much is asked for, `None` where that is more than it may be.
    fn size(
        &self,
        search: &ConstrainedSearch<'_>,
        most: SizeLimit,
        control: &Control,
        predicate: Option<RankPredicate<'_>>,
    ) -> Result<Option<SizeLimit>, Error> {
        let size = match predicate {
            Some(_) => search.size(most, Workers::SEQUENTIAL.watching(control), predicate),
            None => self.settings.run.pool.run(|workers| search.size(most, workers.watching(control), None))?,
        };
        control.check()?;
        Ok(size)
    }

    /// How many itemsets meet the constraints at a threshold, `None` where that is more than there may be.
    fn itemsets_at<T: Ord + Hash>(
        &self,
        transactions: &Transactions<T>,
        control: &Control,
        constraints: &Constraints<T>,
        min_count: u64,
    ) -> Result<Option<u64>, Error> {
        let wanted = constraints.resolve(transactions, min_count, self.settings.max_len)?;
        let selection = wanted
            .as_ref()
            .and_then(|wanted| SelectedBaskets::new(transactions.rows(), transactions.counts(), wanted, control));
        control.check()?;
        let Some(selection) = selection else { return Ok(Some(0)) };
        let ranking = Ranking::of(transactions, selection.items(1));
        let items = FrequentItems::new(transactions.shared_dictionary(), &ranking);
        let search = ConstrainedSearch::new(&selection, &ranking);
        let ask = asking(&items, constraints);
        let predicate: Option<RankPredicate<'_>> = if constraints.predicates().is_empty() { None } else { Some(&ask) };
        let Some(most) = self.most(transactions, &selection, &selection.falling_counts()) else { return Ok(None) };
        let size = control.section(0.2, || self.size(&search, most, control, predicate))?;
        Ok(size.map(|size| size.itemsets))
    }

    /// The error for more than may be held.
    fn too_many<T: Ord + Hash>(
        &self,
        transactions: &Transactions<T>,
        control: &Control,
        constraints: &Constraints<T>,
        min_count: u64,
    ) -> Result<Error, Error> {
        let patterns = self.settings.max_itemsets.map(|most| (most, Limit::Itemsets(most)));
        let all = transactions.counts().iter().copied().filter(|&count| u64::from(count) >= min_count);
        let beside = beside(transactions, bytes_of_sets(transactions, all, transactions.len() as u64));
        let memory = self.memory().map(|(bytes, limit)| (bytes.saturating_sub(beside) / BYTES_A_LISTED, limit));
        let Some((most, limit)) = [patterns, memory].into_iter().flatten().min_by_key(|&(most, _)| most) else {
            return Ok(Trie::too_many());
        };
        if most > u64::from(u32::MAX) {
            return Ok(Trie::too_many());
        }
        // Nothing is frequent here but what has a threshold of its own.
        let highest = transactions.counts().iter().copied().max().map_or(0, u64::from) + 1;
        let Some(itemsets) = self.itemsets_at(transactions, control, constraints, highest.max(min_count))? else {
            let what = "itemsets, whatever the minimum support: raise the thresholds of single items and lengths, or the limit";
            return Ok(Error::too_large(what, most));
        };
        let (mut fits, mut too_low) = (Suggestion::new(highest.max(min_count), itemsets), min_count);
        // From above in great steps, as what is found at a low threshold takes most of the time; then in between.
        let mut falls = true;
        while too_low + 1 < fits.min_count() {
            let half = if falls { fits.min_count() / 2 } else { too_low.midpoint(fits.min_count()) };
            let next = half.max(too_low + 1);
            match self.itemsets_at(transactions, control, constraints, next)? {
                Some(itemsets) => fits = Suggestion::new(next, itemsets),
                None => (too_low, falls) = (next, false),
            }
        }
        Ok(Error::new(ErrorKind::LimitReached { limit, min_count, suggestion: fits }))
    }
}

/// Asks the predicates about itemsets that are given by their ranks.
fn asking<T>(items: &FrequentItems<T>, constraints: &Constraints<T>) -> impl Fn(&[u32]) -> bool {
    |ranks| {
        let mut ranks = ranks.to_vec();
        items.sort_by_label(&mut ranks);
        let labels: Vec<&T> = ranks.iter().map(|&rank| items.label(rank)).collect();
        constraints.predicates().iter().all(|predicate| predicate(&labels))
    }
}

fn eclat(threads: usize) -> Statistics {
    Statistics { algorithm: Algorithm::Eclat, threads, levels: Vec::new() }
}
