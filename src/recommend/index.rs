//! The rules by antecedent, in flat arrays.

use std::cmp::Ordering;

use super::sides::{NONE, Sides};
use crate::call::ticker::Ticker;
use crate::error::Error;
use crate::itemsets::CountTable;
use crate::rules::{Contingency, MAX_RULE_LEN, RuleStore};

/// A node of the trie of antecedents.
#[derive(Clone, Copy, Debug)]
pub(super) struct Node {
    /// Where its children begin; the next node has where they end.
    pub(super) children: u32,
    /// The same for the rules whose antecedent is its path.
    pub(super) rules: u32,
    /// The code of how many baskets hold the path, if it has rules.
    pub(super) n_x: u32,
}

/// A rule, without its antecedent.
#[derive(Clone, Copy, Debug)]
pub(super) struct Entry {
    /// What it contributes to the score of its items. First, as it decides the alignment.
    pub(super) value: f64,
    pub(super) target: u32,
    /// The code of how many baskets hold both sides, which compares as their number does.
    pub(super) n_xy: u32,
}

impl Entry {
    /// The order of the rules of one antecedent.
    pub(super) fn best_first(&self, other: &Self) -> Ordering {
        let by_value = other.value.total_cmp(&self.value).then_with(|| other.n_xy.cmp(&self.n_xy));
        by_value.then_with(|| self.target.cmp(&other.target))
    }
}

/// The rules of a recommender: a trie of antecedents whose paths run from the rarest item to the most frequent, level
/// by level, and the rules of each node, the best first.
///
/// Rules know no labels, so this is compiled once.
#[derive(Clone, Debug)]
pub(super) struct Index {
    pub(super) baskets: u64,
    /// The node of each item alone.
    pub(super) roots: Vec<u32>,
    /// By node, the last item of its path.
    pub(super) items: Vec<u32>,
    /// One more than there are nodes.
    pub(super) nodes: Vec<Node>,
    pub(super) rules: Vec<Entry>,
    /// By consequent: where its items begin, and one more.
    pub(super) target_starts: Vec<u32>,
    pub(super) target_items: Vec<u32>,
    pub(super) target_counts: Vec<u32>,
    /// By item: the code of how many baskets hold it, as far as the rules tell.
    pub(super) counts: Vec<u32>,
    /// What the codes of counts stand for.
    pub(super) table: CountTable,
    /// By item: whether a rule has it.
    pub(super) used: Vec<bool>,
}

/// Turns that a poll is for.
const STEPS_PER_RULE: usize = 10;

impl Index {
    /// From rules over `items` items, with their values in the same order.
    pub(super) fn new(
        store: &RuleStore,
        baskets: u64,
        items: usize,
        values: &[f64],
        ticker: &mut Ticker<'_>,
    ) -> Result<Self, Error> {
        let too_many = || Error::too_large("items in the sides of all rules", u32::MAX);
        let (mut antecedents, mut consequents) = (Sides::new(items), Sides::new(items));
        let mut places: Vec<(u32, u32)> = Vec::with_capacity(store.len());
        let (mut counts, mut used) = (vec![0u32; items], vec![false; items]);
        for split in &store.splits {
            let ((ranks, right), [n_x, n_y]) = (store.itemset(split), store.side_codes(split));
            let mut sorted = [(0u32, false); MAX_RULE_LEN];
            let sorted = &mut sorted[..ranks.len()];
            for (place, (into, &rank)) in sorted.iter_mut().zip(ranks).enumerate() {
                *into = (rank, right >> place & 1 == 1);
                used[rank as usize] = true;
            }
            sorted.sort_unstable_by(|a, b| b.cmp(a));
            let side = |of: bool| sorted.iter().filter(move |&&(_, right)| right == of).map(|&(rank, _)| rank);
            side(false).for_each(|item| counts[item as usize] = counts[item as usize].max(n_x));
            side(true).for_each(|item| counts[item as usize] = counts[item as usize].max(n_y));
            let place = antecedents.add(side(false), n_x).zip(consequents.add(side(true), n_y));
            // Only rules that were read from a snapshot made by hand contradict each other.
            places.push(place.ok_or_else(|| Error::inconsistent("rules", "an itemset has two counts"))?);
            if antecedents.len().max(consequents.len()) > NONE as usize - MAX_RULE_LEN {
                return Err(too_many());
            }
            ticker.check(STEPS_PER_RULE)?;
        }
        let (antecedents, consequents) = (antecedents.into_order(), consequents.into_order());

        // Consequents that are one, not just on the way to one.
        let mut targets = vec![NONE; consequents.items.len()];
        places.iter().for_each(|&(_, node)| targets[consequents.numbers[node as usize] as usize] = 0);
        let (mut target_starts, mut target_items, mut target_counts) = (vec![0], Vec::new(), Vec::new());
        for (node, target) in (0..).zip(&mut targets).filter(|(_, target)| **target != NONE) {
            *target = target_counts.len() as u32;
            target_items.extend(consequents.path(node));
            target_starts.push(u32::try_from(target_items.len()).map_err(|_| too_many())?);
            target_counts.push(consequents.counts[node as usize]);
            ticker.check(1)?;
        }

        // The rules of each antecedent, counted first.
        let mut starts = vec![0u32; antecedents.items.len() + 1];
        places.iter().for_each(|&(node, _)| starts[antecedents.numbers[node as usize] as usize + 1] += 1);
        (1..starts.len()).for_each(|node| starts[node] += starts[node - 1]);
        let mut next = starts.clone();
        let mut rules = vec![Entry { value: 0.0, target: 0, n_xy: 0 }; store.len()];
        for ((split, &value), &(node, target)) in store.splits.iter().zip(values).zip(&places) {
            let next = &mut next[antecedents.numbers[node as usize] as usize];
            let target = targets[consequents.numbers[target as usize] as usize];
            rules[*next as usize] = Entry { value, target, n_xy: store.code_of_both(split) };
            *next += 1;
            ticker.check(1)?;
        }
        for of_node in starts.windows(2).filter(|of_node| of_node[1] - of_node[0] > 1) {
            rules[of_node[0] as usize..of_node[1] as usize].sort_unstable_by(Entry::best_first);
        }
        let nodes = antecedents.first_children().into_iter().zip(starts).enumerate();
        let nodes = nodes.map(|(node, (children, rules))| {
            let n_x = antecedents.counts.get(node).copied().unwrap_or(0);
            Node { children, rules, n_x }
        });
        let nodes = nodes.collect();
        Ok(Index {
            baskets,
            roots: antecedents.roots,
            items: antecedents.items,
            nodes,
            rules,
            target_starts,
            target_items,
            target_counts,
            counts,
            table: store.table().clone(),
            used,
        })
    }

    /// Bytes held.
    pub(super) fn bytes(&self) -> usize {
        let targets = [&self.target_starts, &self.target_items, &self.target_counts];
        let others = [&self.roots, &self.items, &self.counts];
        targets.iter().chain(&others).map(|column| column.capacity()).sum::<usize>() * size_of::<u32>()
            + self.nodes.capacity() * size_of::<Node>()
            + self.rules.capacity() * size_of::<Entry>()
            + self.used.capacity()
            + self.table.bytes()
    }

    /// The baskets that hold an item, as far as the rules tell.
    pub(super) fn count(&self, item: u32) -> u64 {
        self.table.count(self.counts[item as usize])
    }

    /// Whether a rule has the item.
    #[inline]
    pub(super) fn knows(&self, item: u32) -> bool {
        self.used[item as usize]
    }

    /// Items that the arrays have room for.
    pub(super) fn item_count(&self) -> usize {
        self.used.len()
    }

    /// Different consequents.
    pub(super) fn target_count(&self) -> usize {
        self.target_counts.len()
    }

    /// The rules of a node.
    #[inline]
    pub(super) fn rules_of(&self, node: u32) -> std::ops::Range<usize> {
        self.nodes[node as usize].rules as usize..self.nodes[node as usize + 1].rules as usize
    }

    /// The items of a consequent, ranks rising.
    #[inline]
    pub(super) fn target(&self, target: u32) -> &[u32] {
        let target = target as usize;
        &self.target_items[self.target_starts[target] as usize..self.target_starts[target + 1] as usize]
    }

    /// The items of an antecedent, ranks rising.
    pub(super) fn antecedent(&self, mut node: u32) -> impl Iterator<Item = u32> {
        std::iter::from_fn(move || {
            let item = self.items[node as usize];
            (item != NONE).then(|| {
                // The parent is the last node whose children begin here or before. It has children, so the next node's
                // begin later.
                node = self.nodes.partition_point(|other| other.children <= node) as u32 - 1;
                item
            })
        })
    }

    /// The node that has a rule.
    pub(super) fn node_of(&self, rule: usize) -> u32 {
        self.nodes.partition_point(|node| node.rules as usize <= rule) as u32 - 1
    }

    pub(super) fn contingency(&self, node: u32, rule: &Entry) -> Contingency {
        let codes = [self.nodes[node as usize].n_x, self.target_counts[rule.target as usize], rule.n_xy];
        let [n_x, n_y, n_xy] = codes.map(|code| self.table.count(code));
        Contingency::of_checked(self.baskets, n_x, n_y, n_xy)
    }

    /// The nodes with rules whose antecedent is in a basket, in no particular order that a user sees.
    ///
    /// `basket` has ranks falling, each once, and `marks` a bit for each of them.
    pub(super) fn walk(&self, basket: &[u32], marks: &[u64], stack: &mut Vec<(u32, u32)>, fired: &mut Vec<u32>) {
        fired.clear();
        stack.clear();
        if !self.rules_of(0).is_empty() {
            fired.push(0);
        }
        for (next, &item) in (1..).zip(basket) {
            let root = self.roots[item as usize];
            if root != NONE {
                stack.push((root, next));
            }
        }
        while let Some((node, from)) = stack.pop() {
            let (this, next) = (self.nodes[node as usize], self.nodes[node as usize + 1]);
            if this.rules != next.rules {
                fired.push(node);
            }
            let rest = &basket[from as usize..];
            if this.children == next.children || rest.is_empty() {
                continue;
            }
            let children = &self.items[this.children as usize..next.children as usize];
            if children.len() <= SCANNED * rest.len() {
                // Children have falling items, as the basket has.
                let mut place = from as usize;
                for (child, &item) in (this.children..).zip(children) {
                    if marks[item as usize / 64] >> (item % 64) & 1 == 1 {
                        while basket[place] != item {
                            place += 1;
                        }
                        stack.push((child, place as u32 + 1));
                    }
                }
            } else {
                let mut before = 0;
                for (next, &item) in (from + 1..).zip(rest) {
                    before += children[before..].partition_point(|&child| child > item);
                    match children.get(before) {
                        Some(&child) if child == item => stack.push((this.children + before as u32, next)),
                        Some(_) => {}
                        None => break,
                    }
                }
            }
        }
    }
}

/// Children of a node per item of the basket up to which all of them are looked at, instead of searching for the items.
const SCANNED: usize = 12;
