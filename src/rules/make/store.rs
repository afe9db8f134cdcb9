//! Rules in flat arrays: each itemset once, and its splits.

use std::cmp::Ordering;

use crate::error::Error;
use crate::itemsets::CountTable;
use crate::rules::contingency::Contingency;
use crate::run_options::RunOptions;
use crate::threads::workers::Workers;

/// The most rules that positions can number.
pub(crate) const MAX_RULES: usize = u32::MAX as usize;

/// The longest itemset that can be, as a bit mask over it is a `u32`: all subsets of an itemset of 33 items
/// are more nodes than a trie holds.
pub(crate) const MAX_LEN: usize = 32;

/// Bytes per rule while rules are made: twice its size, as pieces are joined, and a share of its itemset.
const BYTES_PER_RULE: u64 = 48;

/// The same for the best rules: 40 bytes in a heap that doubles as it grows, and then those above.
const BYTES_PER_BEST: u64 = 128;

/// Itemsets of which rules are made without the machine being asked for its memory: 3^12 rules, 25 MB, if they are all
/// subsets of one.
const FEW_ITEMSETS: usize = 1 << 12;

/// The most rules that a call may make from some number of itemsets.
pub(crate) fn max_rules(options: &RunOptions, itemsets: usize) -> usize {
    rules_in(options, itemsets, BYTES_PER_RULE)
}

/// The most of the best rules that a call may keep.
pub(crate) fn max_best(options: &RunOptions, itemsets: usize) -> usize {
    rules_in(options, itemsets, BYTES_PER_BEST)
}

fn rules_in(options: &RunOptions, itemsets: usize, bytes_per_rule: u64) -> usize {
    let bytes = options.memory(itemsets <= FEW_ITEMSETS);
    usize::try_from(bytes / bytes_per_rule).unwrap_or(MAX_RULES).min(MAX_RULES)
}

pub(crate) fn too_many(limit: usize) -> Error {
    let what = match limit {
        MAX_RULES => {
            "rules (raise the minimum confidence or the minimum support, shorten the rules by max_len, allow one \
             consequent, or make the rule basis)"
        }
        _ => {
            "rules, as many as fit in the memory that they may take (raise the minimum confidence, the minimum \
             support or max_memory, shorten the rules by max_len, allow one consequent, or make the rule basis)"
        }
    };
    Error::too_large(what, limit as u64)
}

/// The error of more of the best rules than may be kept.
pub(crate) fn too_many_best(limit: usize) -> Error {
    let what = "of the best rules, as many as fit in the memory that they may take (ask top_k for fewer, or raise \
                max_memory)";
    Error::too_large(what, limit as u64)
}

/// The most rules that are examined for those that are kept: more would take minutes.
const MAX_EXAMINED: u64 = 1 << 31;

/// What bounds the number of rules of a search.
#[derive(Clone, Copy, Debug)]
pub(crate) enum RuleLimit {
    /// The rules that are kept.
    Kept(usize),
    /// The rules that are examined, of which few may be kept.
    Examined,
}

impl RuleLimit {
    pub(crate) fn number(self) -> u64 {
        match self {
            RuleLimit::Kept(rules) => rules as u64,
            RuleLimit::Examined => MAX_EXAMINED,
        }
    }

    /// The error of more rules than that.
    pub(crate) fn error(self) -> Error {
        match self {
            RuleLimit::Kept(rules) => too_many(rules),
            RuleLimit::Examined => {
                let what = "rules to examine (raise the minimum confidence or the minimum support, shorten the rules by \
                            max_len, allow one consequent, or make the rule basis)";
                Error::too_large(what, MAX_EXAMINED)
            }
        }
    }

    /// An error if there are `rules` rules, and those are too many.
    pub(crate) fn check(self, rules: u128) -> Result<(), Error> {
        if rules > self.number().into() { Err(self.error()) } else { Ok(()) }
    }
}

/// Rules of a part, at least: fewer are counted before another thread is awake.
const MIN_COUNTED: usize = if cfg!(test) { 4 } else { 1 << 16 };

/// One rule: 16 bytes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Split {
    /// Which itemset it splits.
    pub(super) itemset: u32,
    /// The right side, as a mask over the itemset's items in the order of their labels.
    pub(super) right: u32,
    /// The codes of the counts of its sides.
    pub(super) n_x: u32,
    pub(super) n_y: u32,
}

impl Split {
    /// As numbers, whose default is zero.
    #[inline(always)]
    pub(crate) fn numbers(self) -> [u32; 4] {
        [self.itemset, self.right, self.n_x, self.n_y]
    }

    #[inline(always)]
    pub(crate) fn of_numbers([itemset, right, n_x, n_y]: [u32; 4]) -> Self {
        Split { itemset, right, n_x, n_y }
    }
}

/// What the rules over one itemset have in common.
#[derive(Clone, Copy, Debug)]
pub(super) struct Whole {
    /// Where its items begin.
    pub(super) start: u64,
    pub(super) len: u32,
    /// The code of its count.
    pub(super) n_xy: u32,
}

/// Rules as ranks and counts.
///
/// An itemset of k items has up to 2^k - 2 rules. Its items and its count are stored once, and a rule is two counts and
/// a mask that separates its sides. Compared with writing out the items of every rule this takes a third of the memory
/// and, as rule making waits for memory, half of the time.
#[derive(Clone, Debug, Default)]
pub(crate) struct RuleStore {
    /// The items of each itemset, in the order of the labels.
    pub(super) ranks: Vec<u32>,
    /// Itemsets in the canonical order.
    pub(super) wholes: Vec<Whole>,
    pub(crate) splits: Vec<Split>,
    /// What the codes of counts stand for.
    pub(super) table: CountTable,
}

impl RuleStore {
    pub(crate) fn len(&self) -> usize {
        self.splits.len()
    }

    /// The same with codes that stand for other counts.
    pub(crate) fn with_table(self, table: &CountTable) -> Self {
        RuleStore { table: table.clone(), ..self }
    }

    /// Begins an itemset, given by its ranks in the order of the labels and the code of its count. It comes after those that were begun before.
    pub(crate) fn begin(&mut self, ranks: impl IntoIterator<Item = u32>, n_xy: u32) {
        let start = self.ranks.len();
        self.ranks.extend(ranks);
        // At most MAX_LEN items.
        let len = (self.ranks.len() - start) as u32;
        self.wholes.push(Whole { start: start as u64, len, n_xy });
    }

    /// Takes the itemset begun last away again if it has no rule.
    pub(crate) fn end(&mut self) {
        let last = self.splits.last().map(|split| split.itemset as usize + 1);
        if last.unwrap_or(0) < self.wholes.len()
            && let Some(whole) = self.wholes.pop()
        {
            self.ranks.truncate(whole.start as usize);
        }
    }

    /// Makes room for more rules.
    pub(crate) fn reserve(&mut self, rules: usize) {
        self.splits.reserve(rules);
    }

    /// Adds a rule over the itemset begun last, with the codes of the counts of its sides.
    #[inline(always)]
    pub(crate) fn push(&mut self, right: u32, n_x: u32, n_y: u32) {
        // Itemsets are nodes of a trie, which a u32 numbers.
        self.splits.push(Split { itemset: self.wholes.len() as u32 - 1, right, n_x, n_y });
    }

    /// The pieces of one search, in their order.
    pub(crate) fn join(mut pieces: Vec<RuleStore>, max_rules: usize, workers: Workers<'_>) -> Result<Self, Error> {
        let rules: usize = pieces.iter().map(RuleStore::len).sum();
        if rules > max_rules {
            return Err(too_many(max_rules));
        }
        if let [_] = &pieces[..]
            && let Some(mut store) = pieces.pop()
        {
            // The one piece of a sequential search is taken as it is.
            store.ranks.shrink_to_fit();
            store.wholes.shrink_to_fit();
            store.splits.shrink_to_fit();
            return Ok(store);
        }
        let (mut items, mut itemsets) = (0, 0);
        let (mut ranks, mut wholes, mut splits) = (Vec::new(), Vec::new(), Vec::new());
        for piece in &pieces {
            ranks.push(&piece.ranks[..]);
            wholes.push((&piece.wholes[..], items));
            splits.push((&piece.splits[..], itemsets));
            items += piece.ranks.len() as u64;
            itemsets += piece.wholes.len() as u64;
        }
        // Arrays of numbers, whose memory comes zeroed; it stays where it is when they become wholes and splits.
        let wholes = workers.concat_with(&wholes, |whole, items| (whole.start + items, whole.len, whole.n_xy));
        // Itemsets are nodes of a trie, which a u32 numbers.
        let numbers = |split: &Split, itemsets| Split { itemset: split.itemset + itemsets as u32, ..*split }.numbers();
        let splits = workers.concat_with(&splits, numbers);
        let store = RuleStore {
            ranks: workers.concat(&ranks),
            wholes: wholes.into_iter().map(|(start, len, n_xy)| Whole { start, len, n_xy }).collect(),
            splits: splits.into_iter().map(Split::of_numbers).collect(),
            table: CountTable::default(),
        };
        workers.control().check()?;
        Ok(store)
    }

    /// Some of the rules, by their places in the present order, which they keep.
    pub(crate) fn keep(&self, keep: impl Fn(usize) -> bool) -> Self {
        let kept = self.splits.iter().enumerate().filter(|&(place, _)| keep(place));
        self.with_splits(kept.map(|(_, &split)| split).collect())
    }

    /// Some of the rules in a new order.
    pub(crate) fn with_splits(&self, mut splits: Vec<Split>) -> Self {
        const UNUSED: u32 = u32::MAX;
        let mut numbers = vec![UNUSED; self.wholes.len()];
        splits.iter().for_each(|split| numbers[split.itemset as usize] = 0);
        let mut store = RuleStore { table: self.table.clone(), ..RuleStore::default() };
        for (whole, number) in self.wholes.iter().zip(&mut numbers).filter(|(_, number)| **number != UNUSED) {
            // Fewer than there were.
            *number = store.wholes.len() as u32;
            store.begin(self.ranks[whole.start as usize..][..whole.len as usize].iter().copied(), whole.n_xy);
        }
        splits.iter_mut().for_each(|split| split.itemset = numbers[split.itemset as usize]);
        store.splits = splits;
        store
    }

    /// The items of both sides, in the order of the labels, and the mask of those on the right.
    #[inline]
    pub(crate) fn itemset(&self, split: &Split) -> (&[u32], u32) {
        let whole = self.wholes[split.itemset as usize];
        (&self.ranks[whole.start as usize..][..whole.len as usize], split.right)
    }

    /// The ranks of the left side, or of the right one, in the order of the labels.
    #[cfg(feature = "serde")]
    pub(crate) fn side(&self, split: &Split, right: bool) -> impl Iterator<Item = u32> {
        let (ranks, mask) = self.itemset(split);
        ranks.iter().enumerate().filter(move |(place, _)| (mask >> place & 1 == 1) == right).map(|(_, &rank)| rank)
    }

    /// The number of rules with one item, two items and so on, without trailing zeros.
    pub(crate) fn by_len(&self, workers: Workers<'_>) -> Vec<u64> {
        let parts = workers.run_parts(&workers.parts(self.len(), MIN_COUNTED), |part| {
            let mut by_len = vec![0; MAX_LEN + 1];
            part.for_each(|rule| by_len[self.len_of(rule)] += 1);
            by_len
        });
        let mut by_len = vec![0; MAX_LEN];
        for part in parts {
            // No rule is without items.
            by_len.iter_mut().zip(&part[1..]).for_each(|(all, more): (&mut u64, &u64)| *all += more);
        }
        by_len.truncate(by_len.iter().rposition(|&rules| rules > 0).map_or(0, |last| last + 1));
        by_len
    }

    /// The items of a rule.
    pub(crate) fn len_of(&self, rule: usize) -> usize {
        self.wholes[self.splits[rule].itemset as usize].len as usize
    }

    /// The baskets with both sides.
    #[inline]
    pub(crate) fn n_xy(&self, split: &Split) -> u64 {
        self.table.count(self.code_of_both(split))
    }

    /// The code of that count, which compares as the count does.
    #[inline]
    pub(crate) fn code_of_both(&self, split: &Split) -> u32 {
        self.wholes[split.itemset as usize].n_xy
    }

    /// The codes of the counts of the left side and the right one.
    #[inline]
    pub(crate) fn side_codes(&self, split: &Split) -> [u32; 2] {
        [split.n_x, split.n_y]
    }

    /// What codes stand for.
    pub(crate) fn table(&self) -> &CountTable {
        &self.table
    }

    /// The baskets with the left side, and with the right one.
    #[inline]
    pub(crate) fn side_counts(&self, split: &Split) -> [u64; 2] {
        self.side_codes(split).map(|code| self.table.count(code))
    }

    #[inline]
    pub(crate) fn counts(&self, split: &Split, baskets: u64) -> Contingency {
        let [n_x, n_y] = self.side_counts(split);
        Contingency::of_checked(baskets, n_x, n_y, self.n_xy(split))
    }

    /// The canonical order: by itemset, then by the number of items on the right, then by the right side.
    pub(crate) fn cmp_canonical(&self, a: &Split, b: &Split) -> Ordering {
        let by_len = a.itemset.cmp(&b.itemset).then_with(|| a.right.count_ones().cmp(&b.right.count_ones()));
        by_len.then_with(|| {
            // Right sides of one length, by falling ranks: the one with the highest rank that they do not share is
            // later.
            let (ranks, _) = self.itemset(a);
            let differ = a.right ^ b.right;
            let highest = (0..ranks.len()).filter(|place| differ >> place & 1 == 1).max_by_key(|&place| ranks[place]);
            highest.map_or(Ordering::Equal, |place| (a.right >> place & 1).cmp(&(b.right >> place & 1)))
        })
    }

    /// Puts the rules back into the canonical order, which they mostly are in already.
    pub(crate) fn sort_canonically(&mut self) {
        let mut splits = std::mem::take(&mut self.splits);
        if !splits.is_sorted_by(|a, b| self.cmp_canonical(a, b).is_le()) {
            splits.sort_unstable_by(|a, b| self.cmp_canonical(a, b));
        }
        self.splits = splits;
    }

    /// Bytes held.
    pub(crate) fn bytes(&self) -> usize {
        self.ranks.capacity() * size_of::<u32>()
            + self.wholes.capacity() * size_of::<Whole>()
            + self.splits.capacity() * size_of::<Split>()
            + self.table.bytes()
    }
}
