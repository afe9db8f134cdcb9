//! Baskets of which a `u32` does not hold the number: they are searched with smaller weights, and what is found is
//! counted again.
//!
//! A search counts baskets in 32 bits. [`Transactions::scaled`] makes weights smaller so that no frequent itemset is lost
//! and few infrequent ones are found with them. Here those are found out by their exact counts, and what remains is put
//! into the order of these.

use std::cmp::Reverse;
use std::hash::Hash;
use std::sync::Arc;

use super::call::{Call, Found};
use super::request::{Request, Resolved};
use super::settings::Settings;
use crate::call::control::Control;
use crate::call::ticker::Ticker;
use crate::error::{Error, ErrorKind};
use crate::itemsets::{CountTable, FrequentItems, ItemsetList, Kept, Trie, Walk, count_nodes};
use crate::limit::Suggestion;
use crate::mine::constrained::filter::ItemsetFilter;
use crate::mine::output::flat_itemsets::FlatItemsets;
use crate::mine::query::target::{Condensed, Target};
use crate::mine::report::counts::ItemsetCounts;
use crate::mine::report::partial::Partial;
use crate::mine::report::statistics::Statistics;
use crate::transactions::{Ranking, Transactions};

/// What was asked, of a search among baskets with smaller weights.
#[derive(Debug)]
pub(super) struct Exactly<'a, T> {
    /// The baskets that were given.
    pub(super) transactions: &'a Transactions<T>,
    /// What their weights were divided by.
    pub(super) divisor: u64,
    /// The threshold that was asked for.
    pub(super) asked: u64,
}

impl<T> Clone for Exactly<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Exactly<'_, T> {}

impl<'a, T> Exactly<'a, T> {
    /// The largest threshold of the search that all reach who reach a threshold of the baskets.
    pub(super) fn scaled(self, min_count: u64) -> u64 {
        min_count.div_ceil(self.divisor)
    }

    /// The threshold of the baskets that a threshold of the search is for: the lowest whose search that is, or the one
    /// that was asked for.
    pub(super) fn unscaled(self, min_count: u64) -> u64 {
        if min_count == self.scaled(self.asked) { self.asked } else { self.lowest(min_count) }
    }

    /// The lowest threshold of the baskets that a threshold of the search is for, whatever was asked for.
    pub(super) fn lowest(self, min_count: u64) -> u64 {
        min_count.checked_sub(1).map_or(0, |below| below.saturating_mul(self.divisor) + 1)
    }

    /// An error of the search with the thresholds of the baskets.
    pub(super) fn error(self, error: Error) -> Error {
        let &ErrorKind::LimitReached { limit, min_count, suggestion } = error.kind() else { return error };
        let min_count = self.unscaled(min_count);
        let suggestion = Suggestion::new(self.unscaled(suggestion.min_count()), suggestion.itemsets());
        Error::new(ErrorKind::LimitReached { limit, min_count, suggestion })
    }

    /// A suggestion with a threshold of the baskets, whatever was asked for.
    pub(super) fn suggestion(self, suggestion: Suggestion) -> Suggestion {
        Suggestion::new(self.lowest(suggestion.min_count()), suggestion.itemsets())
    }

    /// A result with the thresholds of the baskets.
    pub(super) fn partial<R>(self, partial: Partial<R>) -> Partial<R> {
        let (asked, complete_from) = (self.unscaled(partial.asked()), self.unscaled(partial.complete_from()));
        match partial.limit() {
            None => Partial::complete(partial.into_inner(), asked),
            Some(limit) => Partial::cut(partial.into_inner(), limit, asked, complete_from),
        }
    }

    /// How often the baskets hold the itemset of each node of a trie, whose ranks are of `ids`.
    fn count(self, trie: &Trie, ids: &[u32], control: &Control) -> Result<Vec<u64>, Error> {
        let rows = self.transactions.rows();
        let mut ranks = vec![None; rows.items()];
        (0..).zip(ids).for_each(|(rank, &id)| ranks[id as usize] = Some(rank));
        let counts = count_nodes(trie, &ranks, rows, &mut Ticker::new(control));
        control.check()?;
        Ok(counts)
    }
}

impl<T: Ord + Hash + Send + Sync> Exactly<'_, T> {
    /// The requested itemsets among those of a search, which are in the canonical order.
    pub(super) fn list(
        self,
        request: &Request<'_, T>,
        call: &Call<'_, T>,
        resolved: &Resolved<'_, T>,
        found: FlatItemsets,
    ) -> Result<ItemsetList<T>, Error> {
        let ids = resolved.items.ids();
        let mut counted = self.counted(call, ids, found)?;
        if request.target == Target::Maximal {
            let lowest = resolved.baskets.lowest_of(resolved.asked);
            counted = counted.keep(|place| counted.counts[place] >= lowest).maximal(ids.len(), call.control)?;
        }
        let filter = ItemsetFilter::new(resolved.asked, ids, resolved.predicate);
        let counted =
            counted.keep(|place| filter.accepts_count(counted.itemsets.descending(place), counted.counts[place]));
        let (items, itemsets, table) =
            counted.arranged(self.transactions, ids, Ranking::of(self.transactions, ids.to_vec()).ids)?;
        let statistics = Statistics { threads: resolved.threads(call), ..call.eclat_statistics() };
        let min_count = call.given_count(call.min_count);
        Ok(ItemsetList::new(Arc::new(items), itemsets, table, call.baskets(), min_count, statistics))
    }

    /// The `k` requested itemsets with the highest counts, the best first.
    pub(super) fn best(self, request: &Request<'_, T>, call: &Call<'_, T>, k: usize) -> Result<ItemsetList<T>, Error> {
        // Whether an itemset is maximal depends on the threshold that was asked for.
        if request.target == Target::Maximal || k == 0 {
            return Ok(request.list(call)?.best(k));
        }
        let mut searched = k;
        let least = loop {
            let best = call.control.section(0.5, || request.best_of_search(call, searched))?;
            if best.len() < searched {
                break 1;
            }
            // Some may not keep to the thresholds of the constraints when they are counted.
            let mut requested = self.requested_counts(request, call, &best)?;
            requested.sort_unstable_by_key(|&count| Reverse(count));
            if let Some(&least) = requested.get(k - 1) {
                // None of the best is worse than the worst of these.
                break least;
            }
            searched = searched.saturating_mul(2);
        };
        Ok(request.list(&call.asking(least))?.best(k))
    }

    /// The exact counts of those itemsets that are requested, whatever the threshold of the call.
    fn requested_counts(
        self,
        request: &Request<'_, T>,
        call: &Call<'_, T>,
        list: &ItemsetList<T>,
    ) -> Result<Vec<u64>, Error> {
        let ids = list.items().ids();
        let Counted { itemsets, counts } = self.counted(call, ids, list.listed().sorted())?;
        request.select(&call.asking(1), |selected| {
            let Some(selected) = selected else { return Ok(Vec::new()) };
            // What predicates say does not depend on counts.
            let filter = ItemsetFilter::new(selected.asked, ids, None);
            let places =
                (0..counts.len()).filter(|&place| filter.accepts_count(itemsets.descending(place), counts[place]));
            Ok(places.map(|place| counts[place]).collect())
        })
    }

    /// Itemsets of a search, in the canonical order, with their exact counts.
    fn counted(self, call: &Call<'_, T>, ids: &[u32], found: FlatItemsets) -> Result<Counted, Error> {
        let trie = Trie::of_list(&found, ids.len(), CountTable::default())?;
        let counts = self.count(&trie, ids, call.control)?;
        let of_place = |place: usize| trie.find(found.descending(place)).map_or(0, |node| counts[node]);
        let counts = (0..found.len()).map(of_place).collect();
        Ok(Counted { itemsets: found, counts })
    }
}

/// Itemsets with their exact counts, in the order of the search.
struct Counted {
    itemsets: FlatItemsets,
    counts: Vec<u64>,
}

impl Counted {
    /// Those of a trie that are in at least `least` baskets.
    fn of_trie(trie: &Trie, kept: Kept, counts: &[u64], least: u64) -> Self {
        let mut counted = Counted { itemsets: FlatItemsets::default(), counts: Vec::new() };
        let mut walk = Walk::new(trie, usize::MAX);
        while let Some((node, path)) = walk.step() {
            if kept.is_kept(trie, node) && counts[node] >= least {
                counted.push(path, counts[node]);
            }
        }
        counted
    }

    fn push(&mut self, descending: &[u32], count: u64) {
        // The codes come later.
        self.itemsets.push(descending.iter().copied(), 0);
        self.counts.push(count);
    }

    fn keep(&self, keep: impl Fn(usize) -> bool) -> Self {
        let mut kept = Counted { itemsets: FlatItemsets::default(), counts: Vec::new() };
        for place in (0..self.counts.len()).filter(|&place| keep(place)) {
            kept.push(self.itemsets.descending(place), self.counts[place]);
        }
        kept
    }

    /// Those without a superset among them. Each is compared with the longer ones that have none, 64 at once.
    fn maximal(&self, items: usize, control: &Control) -> Result<Self, Error> {
        let mut by_len: Vec<usize> = (0..self.counts.len()).collect();
        by_len.sort_by_key(|&place| Reverse(self.itemsets.descending(place).len()));
        // For each rank, which of the maximal itemsets hold it, up to the last that does.
        let mut holding: Vec<Vec<u64>> = vec![Vec::new(); items];
        let (mut is_maximal, mut found) = (vec![false; self.counts.len()], 0);
        let mut ticker = Ticker::new(control);
        for place in by_len {
            let descending = self.itemsets.descending(place);
            let of = |rank: u32, word: usize| holding[rank as usize].get(word).copied().unwrap_or_default();
            let all_held = |word: usize| descending.iter().fold(u64::MAX, |both, &rank| both & of(rank, word));
            let words = descending.iter().map(|&rank| holding[rank as usize].len()).min().unwrap_or_default();
            ticker.check(1 + words * descending.len() / 8)?;
            if (0..words).any(|word| all_held(word) != 0) {
                continue;
            }
            for &rank in descending {
                let holding = &mut holding[rank as usize];
                holding.resize(found / 64 + 1, 0);
                holding[found / 64] |= 1 << (found % 64);
            }
            is_maximal[place] = true;
            found += 1;
        }
        Ok(self.keep(|place| is_maximal[place]))
    }

    /// The items, the itemsets in the canonical order of those, and what the codes of their counts stand for. `ids` are the
    /// items of the search by rank, `items` those of the result.
    fn arranged<T: Ord>(
        &self,
        transactions: &Transactions<T>,
        ids: &[u32],
        items: Vec<u32>,
    ) -> Result<(FrequentItems<T>, FlatItemsets, CountTable), Error> {
        let mut rank_of = vec![0; transactions.dictionary().len()];
        (0..).zip(&items).for_each(|(rank, &id)| rank_of[id as usize] = rank);
        let table = CountTable::new(transactions.len() as u64, self.counts.iter().copied())?;
        let (mut arranged, mut path) = (FlatItemsets::default(), Vec::new());
        for (place, &count) in self.counts.iter().enumerate() {
            path.clear();
            path.extend(self.itemsets.descending(place).iter().map(|&rank| rank_of[ids[rank as usize] as usize]));
            path.sort_unstable_by(|a, b| b.cmp(a));
            arranged.push(path.iter().copied(), table.code(count));
        }
        Ok((FrequentItems::new(transactions, &items), arranged.sorted(), table))
    }
}

/// What was found, by its exact counts.
struct FoundExactly<T> {
    items: FrequentItems<T>,
    itemsets: FlatItemsets,
    table: CountTable,
    statistics: Statistics,
}

/// The itemsets of a target, from a search for those of smaller weights.
fn find_exactly<T: Ord>(
    call: &Call<'_, T>,
    exactly: Exactly<'_, T>,
    target: Option<Condensed>,
) -> Result<FoundExactly<T>, Error> {
    let least = call.given_count(call.min_count);
    let ids = &call.ranking()?.ids;
    let search = |target, kept| {
        let Found { outputs, statistics } = call.collect(target)?;
        let trie = Trie::join(outputs, ids.len())?;
        let counts = exactly.count(&trie, ids, call.control)?;
        let hides = |node| kept == Kept::Leaves && trie.is_leaf(node) && counts[node] < least;
        Ok::<_, Error>((Counted::of_trie(&trie, kept, &counts, least), (0..trie.len()).any(hides), statistics))
    };
    let kept = match target {
        None | Some(Condensed::Generators) => Kept::All,
        Some(Condensed::Closed) => Kept::Closed,
        Some(Condensed::Maximal) => Kept::Leaves,
    };
    let (mut counted, hides, statistics) = call.control.section(0.5, || search(target, kept))?;
    // Which itemsets are closed, or generators, does not depend on weights. One that is maximal for the search, but not
    // frequent, hides its subsets.
    if hides {
        counted = search(Some(Condensed::Closed), Kept::Closed)?.0.maximal(ids.len(), call.control)?;
    }
    let items = call.ranking_of(exactly.transactions, least).ids;
    let (items, itemsets, table) = counted.arranged(exactly.transactions, ids, items)?;
    Ok(FoundExactly { items, itemsets, table, statistics })
}

/// The itemsets of a target; `make` makes the result.
pub(super) fn collect_exactly<T: Ord, R>(
    call: &Call<'_, T>,
    exactly: Exactly<'_, T>,
    target: Option<Condensed>,
    make: fn(FrequentItems<T>, Trie, u64, u64, Statistics) -> R,
) -> Result<R, Error> {
    let FoundExactly { items, itemsets, table, statistics } = find_exactly(call, exactly, target)?;
    let trie = Trie::of_list(&itemsets, items.len(), table)?;
    Ok(make(items, trie, call.baskets(), call.given_count(call.min_count), statistics))
}

/// The number of itemsets of a target by length. They are held to be counted.
pub(super) fn count_exactly<T: Ord>(
    call: &Call<'_, T>,
    exactly: Exactly<'_, T>,
    target: Option<Condensed>,
) -> Result<ItemsetCounts, Error> {
    let found = call.without_max_itemsets(|call| find_exactly(call, exactly, target))?;
    let FoundExactly { itemsets, statistics, .. } = found;
    let by_len = itemsets.by_len().into_iter().map(u128::from).collect();
    Ok(ItemsetCounts::new(by_len, call.given_count(call.min_count), statistics))
}

/// The count of the most frequent pair, if `pair` is that of the search.
pub(super) fn best_pair_exactly<T: Ord>(call: &Call<'_, T>, exactly: Exactly<'_, T>, pair: u64) -> Result<u64, Error> {
    if pair == 0 {
        return Ok(0);
    }
    // Rounding up the weights adds less than one a row.
    let least = pair.saturating_sub(call.transactions.stored_rows() as u64).max(1);
    let settings = Settings { max_len: Some(2), max_itemsets: None, ..call.settings.clone() };
    // Whatever was asked for, which may be more.
    let call = call.asking(exactly.lowest(least));
    let FoundExactly { itemsets, table, .. } = find_exactly(&call.with(&settings), exactly, None)?;
    let pairs = (0..itemsets.len()).filter(|&place| itemsets.descending(place).len() == 2);
    Ok(pairs.map(|place| table.count(itemsets.count(place))).max().unwrap_or_default())
}
