//! How many baskets hold the sides of rules: counted once for each itemset, in a prefix tree.
//!
//! A side is an itemset that is in many rules. Each part of the rules numbers its itemsets; they are sorted, so that
//! equal ones and those with a common beginning stand together, and become nodes.

use std::hash::{BuildHasher, Hash};
use std::ops::Range;
use std::sync::{Mutex, PoisonError};

use hashbrown::{DefaultHashBuilder, HashTable};

use super::ObservedCounts;
use crate::call::meter::SEARCH;
use crate::call::ticker::Ticker;
use crate::rules::Rules;
use crate::rules::make::store::RuleStore;
use crate::threads::workers::Workers;
use crate::transactions::{EncodedRows, Transactions};

/// Rows per part, at least.
const MIN_ROWS: usize = 256;

/// Rules per part, at least, and itemsets.
const MIN_RULES: usize = if cfg!(test) { 4 } else { 1 << 10 };

/// A side without items, which is in every basket, and one with an item that is in no basket. Others are numbers of
/// itemsets, or their nodes.
const EMPTY: u32 = u32::MAX;
const NOWHERE: u32 = u32::MAX - 1;

/// The rules, with their items as the baskets number them.
pub(super) struct Sides<'a> {
    store: &'a RuleStore,
    /// The place of each item of the baskets when those are sorted by rising count.
    places: Vec<u32>,
    /// The same for the items of the rules; `None` for one that is in no basket.
    of_rank: Vec<Option<u32>>,
}

/// The itemsets to count, as a prefix tree in flat arrays.
pub(super) struct Wanted {
    places: Vec<u32>,
    /// By node, the item's place, and the first node that is not below it.
    nodes: Vec<(u32, u32)>,
    /// By the place of an item, the nodes of the itemsets that begin with it.
    below: Vec<Range<u32>>,
    /// By rule, the nodes of X, of Y and of both.
    sides: Vec<[u32; 3]>,
}

impl<'a> Sides<'a> {
    pub(super) fn of<T: Eq + Hash>(rules: &'a Rules<T>, transactions: &Transactions<T>) -> Self {
        let counts = transactions.counts();
        // Items are numbered by a u32.
        let mut by_count: Vec<u32> = (0..counts.len() as u32).collect();
        by_count.sort_unstable_by_key(|&id| (counts[id as usize], id));
        let mut places = vec![0; counts.len()];
        for (place, &id) in (0..).zip(&by_count) {
            places[id as usize] = place;
        }
        let labels = (0..rules.items.len() as u32).map(|rank| rules.items.label(rank));
        let of_rank = labels.map(|label| Some(places[transactions.dictionary().id(label)?.index()])).collect();
        Sides { store: &rules.store, places, of_rank }
    }

    /// The sides of all rules. If the call should end, they count 0.
    pub(super) fn wanted(self, workers: Workers<'_>) -> Wanted {
        let (store, control) = (self.store, workers.control());
        control.begin(0.4, store.len() as u64);
        let parts = workers.run_parts(&workers.parts(store.len(), MIN_RULES), |part| {
            let (mut numbered, mut ticker) = (Numbered::default(), Ticker::new(control));
            for split in &store.splits[part] {
                let (ranks, right) = store.itemset(split);
                numbered.add(ranks, right, &self.of_rank);
                ticker.done(1);
                if ticker.step(16).is_break() {
                    break;
                }
            }
            numbered
        });
        // Where the itemsets of each part begin among all.
        let mut bases = Vec::with_capacity(parts.len());
        let mut itemsets = 0;
        for part in &parts {
            bases.push(itemsets);
            itemsets += part.ends.len();
        }
        // There are at most three times as many as rules; beyond u32::MAX of them there is no memory for them.
        let itemset = |number: usize| {
            let part = bases.partition_point(|&base| base <= number) - 1;
            (parts[part].itemset(number - bases[part]), number as u32)
        };
        let sorted = workers.sort(workers.collect(itemsets, MIN_RULES, itemset));
        let (nodes, node_of) = prefix_tree(&sorted, workers);
        let pieces: Vec<(&[[u32; 3]], usize)> = parts.iter().map(|part| &part.sides[..]).zip(bases).collect();
        let node = |side: u32, base: usize| if side < NOWHERE { node_of[base + side as usize] } else { side };
        let sides = workers.concat_with(&pieces, |sides, base| sides.map(|side| node(side, base)));
        let mut below = vec![0..0; self.places.len()];
        if control.is_interrupted() {
            let sides = vec![[NOWHERE; 3]; store.len()];
            return Wanted { places: self.places, nodes: Vec::new(), below, sides };
        }
        let mut first = 0;
        while let Some(&(item, end)) = nodes.get(first as usize) {
            below[item as usize] = first..end;
            first = end;
        }
        Wanted { places: self.places, nodes, below, sides }
    }
}

/// The sides of some rules, each itemset once.
#[derive(Default)]
struct Numbered {
    /// The items of one itemset after the other, as rising places, and where each ends.
    items: Vec<u32>,
    ends: Vec<usize>,
    /// The numbers of the itemsets, by the hashes of their items.
    table: HashTable<u32>,
    hasher: DefaultHashBuilder,
    /// By rule, the numbers of X, of Y and of both.
    sides: Vec<[u32; 3]>,
}

impl Numbered {
    fn itemset(&self, number: usize) -> &[u32] {
        itemset(&self.items, &self.ends, number)
    }

    fn add(&mut self, ranks: &[u32], right: u32, of_rank: &[Option<u32>]) {
        let side =
            |mask: u32| ranks.iter().zip(0..).filter(move |(_, place)| mask >> place & 1 == 1).map(|(&rank, _)| rank);
        let sides = [!right, right, u32::MAX].map(|mask| self.number(side(mask).map(|rank| of_rank[rank as usize])));
        self.sides.push(sides);
    }

    fn number(&mut self, places: impl Iterator<Item = Option<u32>>) -> u32 {
        let start = self.items.len();
        for place in places {
            let Some(place) = place else {
                self.items.truncate(start);
                return NOWHERE;
            };
            self.items.push(place);
        }
        if self.items.len() == start {
            return EMPTY;
        }
        self.items[start..].sort_unstable();
        let Numbered { items, ends, table, hasher, .. } = self;
        let hash = |items: &[u32]| hasher.hash_one(items);
        let (known, new) = items.split_at(start);
        let found = table.find(hash(new), |&number| itemset(known, ends, number as usize) == new).copied();
        if let Some(number) = found {
            items.truncate(start);
            return number;
        }
        let number = ends.len() as u32;
        table.insert_unique(hash(new), number, |&number| hash(itemset(known, ends, number as usize)));
        ends.push(items.len());
        number
    }
}

/// The itemset of a number, of those that end at `ends`.
fn itemset<'i>(items: &'i [u32], ends: &[usize], number: usize) -> &'i [u32] {
    let start = number.checked_sub(1).map_or(0, |before| ends[before]);
    &items[start..ends[number]]
}

impl Wanted {
    /// The counts of all rules, in their order.
    pub(super) fn evaluate(&self, rows: EncodedRows<'_>, workers: Workers<'_>) -> Vec<ObservedCounts> {
        workers.control().begin(SEARCH, rows.stored() as u64);
        let counts = self.count(rows, workers);
        let observed = workers.collect(self.sides.len(), MIN_RULES, |rule| self.side_counts(rule, &counts, rows.len()));
        // Where numbers are, the counts stay.
        observed.into_iter().map(|[n_x, n_y, n_xy]| ObservedCounts::new(rows.len() as u64, n_x, n_y, n_xy)).collect()
    }

    /// The baskets that hold the itemset of each node. Units of progress are rows.
    pub(super) fn count(&self, rows: EncodedRows<'_>, workers: Workers<'_>) -> Vec<u64> {
        let parts = workers.parts(rows.stored(), MIN_ROWS);
        let total = Mutex::new(vec![0; self.nodes.len()]);
        workers.run(
            &vec![1; parts.len()],
            || (vec![false; self.places.len()], vec![0; self.nodes.len()]),
            |(held, counts), part| {
                let mut ticker = Ticker::new(workers.control());
                self.count_part(rows, parts[part].clone(), |row| rows.weight(row), held, counts, &mut ticker);
                let mut total = total.lock().unwrap_or_else(PoisonError::into_inner);
                total.iter_mut().zip(counts).for_each(|(total, count)| *total += std::mem::take(count));
            },
        );
        total.into_inner().unwrap_or_else(PoisonError::into_inner)
    }

    /// The same for some of the baskets, `weights` of each row, on the calling thread.
    #[cfg(feature = "random")]
    pub(super) fn count_weighted(&self, rows: EncodedRows<'_>, weights: &[u32], ticker: &mut Ticker<'_>) -> Vec<u64> {
        let (mut held, mut counts) = (vec![false; self.places.len()], vec![0; self.nodes.len()]);
        self.count_part(rows, 0..rows.stored(), |row| weights[row], &mut held, &mut counts, ticker);
        counts
    }

    /// Adds to the counts of each node what some rows hold. `held` has no item before and after.
    fn count_part(
        &self,
        rows: EncodedRows<'_>,
        part: Range<usize>,
        weight: impl Fn(usize) -> u32,
        held: &mut [bool],
        counts: &mut [u64],
        ticker: &mut Ticker<'_>,
    ) {
        for stored in part {
            let (row, weight) = (rows.row(stored), weight(stored));
            if weight == 0 {
                ticker.done(1);
                continue;
            }
            row.iter().for_each(|&id| held[self.places[id as usize] as usize] = true);
            let mut visited = 0;
            for &id in row {
                let below = &self.below[self.places[id as usize] as usize];
                let (mut node, end) = (below.start as usize, below.end as usize);
                while node < end {
                    visited += 1;
                    let (item, next) = self.nodes[node];
                    if held[item as usize] {
                        counts[node] += u64::from(weight);
                        node += 1;
                    } else {
                        node = next as usize;
                    }
                }
            }
            row.iter().for_each(|&id| held[self.places[id as usize] as usize] = false);
            ticker.done(1);
            if ticker.step(row.len() + visited).is_break() {
                return;
            }
        }
    }

    /// Rules.
    #[cfg(feature = "random")]
    pub(super) fn rules(&self) -> usize {
        self.sides.len()
    }

    #[cfg(feature = "random")]
    pub(super) fn observed(&self, rule: usize, counts: &[u64], baskets: usize) -> ObservedCounts {
        let [n_x, n_y, n_xy] = self.side_counts(rule, counts, baskets);
        ObservedCounts::new(baskets as u64, n_x, n_y, n_xy)
    }

    fn side_counts(&self, rule: usize, counts: &[u64], baskets: usize) -> [u64; 3] {
        self.sides[rule].map(|side| match side {
            EMPTY => baskets as u64,
            NOWHERE => 0,
            node => counts[node as usize],
        })
    }
}

/// A prefix tree of itemsets that are sorted, depth first, and by number the node of each.
fn prefix_tree(sorted: &[(&[u32], u32)], workers: Workers<'_>) -> (Vec<(u32, u32)>, Vec<u32>) {
    // Each part has all itemsets that begin with the same item.
    let mut cuts: Vec<usize> = Vec::new();
    for part in workers.parts(sorted.len(), MIN_RULES) {
        let first = sorted.get(part.start).and_then(|(items, _)| items.first());
        let begins_before = |&(items, _): &(&[u32], u32)| items.first() <= first;
        cuts.push(if part.start == 0 { 0 } else { sorted.partition_point(begins_before) });
    }
    cuts.push(sorted.len());
    let parts: Vec<Range<usize>> = cuts.windows(2).map(|ends| ends[0]..ends[1]).collect();
    let made = workers.run_parts(&parts, |part| part_of_tree(&sorted[part]));
    let mut node_of = vec![0; sorted.len()];
    let (mut pieces, mut base) = (Vec::with_capacity(made.len()), 0);
    for ((nodes, last), part) in made.iter().zip(parts) {
        for (&(_, number), node) in sorted[part].iter().zip(last) {
            node_of[number as usize] = base + node;
        }
        pieces.push((&nodes[..], base));
        base += nodes.len() as u32;
    }
    (workers.concat_with(&pieces, |&(item, end), base| (item, end + base)), node_of)
}

/// The nodes of some sorted itemsets, and the node of each itemset.
fn part_of_tree(sorted: &[(&[u32], u32)]) -> (Vec<(u32, u32)>, Vec<u32>) {
    let mut node_of = Vec::with_capacity(sorted.len());
    let (mut nodes, mut open): (Vec<(u32, u32)>, Vec<u32>) = (Vec::new(), Vec::new());
    let close = |nodes: &mut Vec<(u32, u32)>, open: &mut Vec<u32>, keep: usize| {
        let end = nodes.len() as u32;
        open.drain(keep..).for_each(|node| nodes[node as usize].1 = end);
    };
    for (items, _) in sorted {
        let shared = open.iter().zip(*items).take_while(|&(&node, &item)| nodes[node as usize].0 == item).count();
        close(&mut nodes, &mut open, shared);
        for &item in &items[shared..] {
            open.push(nodes.len() as u32);
            nodes.push((item, 0));
        }
        node_of.push(open.last().copied().unwrap_or(0));
    }
    close(&mut nodes, &mut open, 0);
    (nodes, node_of)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::Consequents;
    use crate::rules::tests::mined;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn counts_by_looking_into_each_basket(
            rows in prop::collection::vec(prop::collection::vec(0..7u8, 0..7), 1..20),
            others in prop::collection::vec(prop::collection::vec(2..9u8, 0..7), 0..30),
        ) {
            let rules = mined(&rows, 1).rules().min_confidence(0.0).consequents(Consequents::Any).generate().unwrap();
            let rules = rules.sorted_by(crate::Measure::Lift);
            let baskets = Transactions::from_rows(others.clone()).unwrap();
            let expected: Vec<ObservedCounts> = rules.iter().map(|rule| {
                let count = |has: &dyn Fn(&[u8]) -> bool| others.iter().filter(|basket| has(basket)).count() as u64;
                let x = |basket: &[u8]| rule.antecedent().all(|item| basket.contains(item));
                let y = |basket: &[u8]| rule.consequent().all(|item| basket.contains(item));
                ObservedCounts::new(others.len() as u64, count(&x), count(&y), count(&|basket| x(basket) && y(basket)))
            }).collect();
            for workers in [1, 2, 5].map(Workers::with_threads) {
                let wanted = Sides::of(&rules, &baskets).wanted(workers);
                prop_assert_eq!(wanted.evaluate(baskets.rows(), workers), &expected[..]);
            }
        }
    }
}
