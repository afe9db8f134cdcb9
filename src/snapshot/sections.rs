//! What is in each section.

use std::hash::Hash;
use std::sync::Arc;

use super::arrays::{Bytes, Unread, damaged};
use super::labels::{Label, OwnedLabel};
use crate::call::control::NEVER;
use crate::call::ticker::Ticker;
use crate::error::Error;
use crate::itemsets::{Columns as ItemsetColumns, FrequentItems};
use crate::mine::report::statistics::{AprioriLevel, Statistics};
use crate::miner::Miner;
use crate::recommend::{HabitWeights, ItemToItem, NextBasket, Recommender, RecommenderColumns, StoredPairs};
use crate::rules::{RuleColumns, Rules};
use crate::transactions::{Arrays, Transactions};
use crate::window::{StoredWindow, Window};

pub(super) fn write_recommender<T: Label>(recommender: &Recommender<T>, into: &mut Bytes) {
    let columns = recommender.columns();
    T::write(columns.labels.iter().copied(), into);
    into.number(columns.baskets);
    into.number(columns.join.into());
    into.number(columns.fill.into());
    into.floats(&columns.margins);
    into.floats(&columns.values);
    into.numbers(&columns.table);
    for column in [&columns.counts, &columns.children, &columns.rules, &columns.n_x, &columns.items] {
        into.numbers(column);
    }
    for column in [&columns.targets, &columns.n_xy, &columns.target_lens, &columns.target_counts, &columns.target_items]
    {
        into.numbers(column);
    }
}

pub(super) fn read_recommender<T: OwnedLabel>(from: &mut Unread<'_>) -> Result<Recommender<T>, Error> {
    let small = |number: u64| u32::try_from(number).map_err(|_| damaged("a number is too large"));
    let columns = RecommenderColumns {
        labels: T::read(from)?,
        baskets: from.number()?,
        join: small(from.number()?)?,
        fill: small(from.number()?)?,
        margins: from.floats()?,
        values: from.floats()?,
        table: from.numbers()?,
        counts: from.small_numbers()?,
        children: from.small_numbers()?,
        rules: from.small_numbers()?,
        n_x: from.small_numbers()?,
        items: from.small_numbers()?,
        targets: from.small_numbers()?,
        n_xy: from.small_numbers()?,
        target_lens: from.small_numbers()?,
        target_counts: from.small_numbers()?,
        target_items: from.small_numbers()?,
    };
    from.end()?;
    columns.check()
}

pub(super) fn write_pairs<T: Label + Ord>(pairs: &ItemToItem<T>, into: &mut Bytes) {
    let StoredPairs { labels, lens, times, items } = pairs.stored();
    T::write(labels.iter().copied(), into);
    [lens, times, items].iter().for_each(|column| into.numbers(column));
}

pub(super) fn read_pairs<T: OwnedLabel>(from: &mut Unread<'_>) -> Result<ItemToItem<T>, Error> {
    let pairs = pairs(from)?;
    from.end()?;
    pairs.check()
}

fn pairs<T: OwnedLabel>(from: &mut Unread<'_>) -> Result<StoredPairs<T>, Error> {
    let labels = T::read(from)?;
    let (lens, times, items) = (from.small_numbers()?, from.small_numbers()?, from.small_numbers()?);
    Ok(StoredPairs { labels, lens, times, items })
}

pub(super) fn write_next_basket<T: Label + Clone + Eq + Hash + Ord>(model: &NextBasket<T>, into: &mut Bytes) {
    write_pairs(model.pairs(), into);
    let weights = model.weights();
    into.floats(&[weights.get_decay(), weights.get_pairs(), weights.get_popularity()]);
}

pub(super) fn read_next_basket<T: OwnedLabel + Clone>(from: &mut Unread<'_>) -> Result<NextBasket<T>, Error> {
    let pairs = pairs(from)?;
    let weights = match from.floats()?[..] {
        [decay, pairs, popularity] => HabitWeights::new().decay(decay).pairs(pairs).popularity(popularity),
        _ => return Err(damaged("there are not three weights")),
    };
    from.end()?;
    NextBasket::of(pairs.check()?, weights)
}

pub(super) fn write_rules<T: Label>(rules: &Rules<T>, into: &mut Bytes) {
    let items = rules.items();
    // Items are numbered by a u32.
    T::write((0..items.len() as u32).map(|rank| items.label(rank)), into);
    into.number(rules.basket_count());
    let RuleColumns { ranks, lens, n_xy, itemsets, rights, n_x, n_y, table } = rules.store().columns();
    into.numbers(&table);
    [ranks, lens, n_xy, itemsets, rights, n_x, n_y].iter().for_each(|column| into.numbers(column));
}

pub(super) fn read_rules<T: OwnedLabel>(from: &mut Unread<'_>) -> Result<Rules<T>, Error> {
    let labels = T::read(from)?;
    let baskets = from.number()?;
    let columns = RuleColumns {
        table: from.numbers()?,
        ranks: from.small_numbers()?,
        lens: from.small_numbers()?,
        n_xy: from.small_numbers()?,
        itemsets: from.small_numbers()?,
        rights: from.small_numbers()?,
        n_x: from.small_numbers()?,
        n_y: from.small_numbers()?,
    };
    from.end()?;
    // Rules do not use the counts of single items.
    let counts = vec![0; labels.len()];
    let items = Arc::new(FrequentItems::from_labels(labels, counts)?);
    let store = columns.check(&items, baskets)?;
    Ok(Rules::new(&items, baskets, store))
}

/// Of frequent, closed, maximal or generator itemsets.
pub(super) fn write_itemsets<T: Label>(columns: ItemsetColumns<&T>, into: &mut Bytes) {
    let ItemsetColumns { baskets, min_count, labels, item_counts, ranks, sizes, counts, statistics } = columns;
    T::write(labels.iter().copied(), into);
    into.number(baskets);
    into.number(min_count);
    into.numbers(&item_counts);
    into.numbers(&ranks);
    into.numbers(&sizes);
    into.numbers(&counts);
    let algorithm = statistics.algorithm.to_string();
    into.texts([&algorithm[..]].into_iter());
    into.number(statistics.threads as u64);
    into.array(statistics.levels.iter().map(|level| level.candidates));
    into.array(statistics.levels.iter().map(|level| level.frequent));
}

pub(super) fn read_itemsets<T: OwnedLabel>(from: &mut Unread<'_>) -> Result<ItemsetColumns<T>, Error> {
    let labels = T::read(from)?;
    let (baskets, min_count, item_counts) = (from.number()?, from.number()?, from.numbers()?);
    let (ranks, sizes, counts) = (from.small_numbers()?, from.small_numbers()?, from.numbers()?);
    let algorithm = match from.texts()?[..] {
        [algorithm] => algorithm.parse().map_err(|_| damaged("there is no such algorithm"))?,
        _ => return Err(damaged("there is not one algorithm")),
    };
    let threads = usize::try_from(from.number()?).map_err(|_| damaged("a number is too large"))?;
    let (candidates, frequent) = (from.numbers()?, from.numbers()?);
    if candidates.len() != frequent.len() {
        return Err(damaged("the levels differ in number"));
    }
    from.end()?;
    let levels = candidates.into_iter().zip(frequent);
    let levels = levels.map(|(candidates, frequent)| AprioriLevel { candidates, frequent }).collect();
    let statistics = Statistics { algorithm, threads, levels };
    Ok(ItemsetColumns { baskets, min_count, labels, item_counts, ranks, sizes, counts, statistics })
}

pub(super) fn write_transactions<T: Label>(baskets: &Transactions<T>, into: &mut Bytes) {
    let (offsets, ids) = baskets.flat_rows();
    T::write(baskets.dictionary().labels().iter(), into);
    into.number(baskets.duplicates_skipped());
    into.array(offsets.windows(2).map(|ends| ends[1] - ends[0]));
    into.numbers(ids);
    into.numbers(&baskets.stored_weights());
}

pub(super) fn read_transactions<T: OwnedLabel>(from: &mut Unread<'_>) -> Result<Transactions<T>, Error> {
    let labels = T::read(from)?;
    let duplicates_skipped = from.number()?;
    let lens = from.small_numbers()?;
    let (ids, weights) = (from.small_numbers()?, from.small_numbers()?);
    from.end()?;
    let mut offsets = Vec::with_capacity(lens.len() + 1);
    let mut end = 0u32;
    offsets.push(end);
    for len in lens {
        end = end.checked_add(len).ok_or_else(|| damaged("the baskets are longer than all entries"))?;
        offsets.push(end);
    }
    Arrays { labels, offsets, ids, duplicates_skipped, weights }.check()
}

pub(super) fn write_window<K: Label + Ord, T: Label + Ord>(window: &Window<K, T>, into: &mut Bytes) {
    // Nothing ends it.
    let Ok(stored) = window.stored(&mut Ticker::new(&NEVER)) else { return };
    let StoredWindow { labels, keys, baskets, lens, times, items } = stored;
    T::write(labels.iter().copied(), into);
    into.texts([K::TYPE].into_iter());
    K::write(keys.iter().copied(), into);
    into.numbers(&baskets);
    into.numbers(&lens);
    into.numbers(&times);
    into.numbers(&items);
}

pub(super) fn read_window<K: OwnedLabel + Clone, T: OwnedLabel + Clone>(
    from: &mut Unread<'_>,
    miner: Miner,
) -> Result<Window<K, T>, Error> {
    let labels = T::read(from)?;
    if from.texts()? != [K::TYPE] {
        return Err(damaged("its keys are of another type"));
    }
    let keys = K::read(from)?;
    let (baskets, lens) = (from.small_numbers()?, from.small_numbers()?);
    let (times, items) = (from.numbers()?, from.small_numbers()?);
    from.end()?;
    StoredWindow { labels, keys, baskets, lens, times, items }.check(miner)
}
