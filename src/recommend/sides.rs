//! The sides of rules, each once, as the paths of a trie.

use hashbrown::HashTable;

use crate::mix::mix;
use crate::rules::MAX_RULE_LEN;

/// No node, or no item.
pub(super) const NONE: u32 = u32::MAX;

/// Itemsets while they are gathered: a trie whose paths run from the highest rank to the lowest, that is, from the
/// rarest item to the most frequent. A rare item has few companions, so nodes have few children.
pub(super) struct Sides {
    /// The children of the root, by item.
    roots: Vec<u32>,
    /// All other children: parent and item, and the node.
    children: HashTable<(u64, u32)>,
    /// By node: its parent, its item, and how many baskets hold its path if that is a side. Node 0 is the empty path.
    parents: Vec<u32>,
    items: Vec<u32>,
    counts: Vec<u32>,
}

impl Sides {
    pub(super) fn new(items: usize) -> Self {
        Sides {
            roots: vec![NONE; items],
            children: HashTable::new(),
            parents: vec![NONE],
            items: vec![NONE],
            counts: vec![0],
        }
    }

    /// The node of an itemset, ranks falling; `None` if it had another count before. Counts are not 0.
    pub(super) fn add(&mut self, falling: impl Iterator<Item = u32>, count: u32) -> Option<u32> {
        let mut node = 0;
        for item in falling {
            node = self.child(node, item);
        }
        let before = std::mem::replace(&mut self.counts[node as usize], count);
        (before == 0 || before == count).then_some(node)
    }

    #[inline]
    fn child(&mut self, parent: u32, item: u32) -> u32 {
        // Rules, and so the items of all their sides together, are checked to be numbered by a u32.
        let new = self.parents.len() as u32;
        let node = if parent == 0 {
            let root = &mut self.roots[item as usize];
            if *root == NONE {
                *root = new;
            }
            *root
        } else {
            let key = u64::from(parent) << 32 | u64::from(item);
            let entry = self.children.entry(mix(key), |&(known, _)| known == key, |&(known, _)| mix(known));
            entry.or_insert((key, new)).get().1
        };
        if node == new {
            self.parents.push(parent);
            self.items.push(item);
            self.counts.push(0);
        }
        node
    }

    pub(super) fn len(&self) -> usize {
        self.parents.len()
    }

    /// The nodes in an order that depends on the itemsets alone: shorter paths first, the children of a node next to
    /// each other, by falling item.
    pub(super) fn into_order(self) -> OrderedSides {
        let Sides { roots, parents, items, counts, .. } = self;
        // By length of path. A parent is older than its children, so its length is known.
        let mut depths = vec![0u8; parents.len()];
        let mut by_depth = [0usize; MAX_RULE_LEN + 2];
        for node in 1..parents.len() {
            // Sides are at most MAX_RULE_LEN long.
            let depth = depths[parents[node] as usize] + 1;
            depths[node] = depth;
            by_depth[usize::from(depth) + 1] += 1;
        }
        by_depth[1] += 1;
        (1..by_depth.len()).for_each(|depth| by_depth[depth] += by_depth[depth - 1]);
        let mut next = by_depth;
        let mut order = vec![0u32; parents.len()];
        for (node, &depth) in (0..).zip(&depths) {
            order[next[usize::from(depth)]] = node;
            next[usize::from(depth)] += 1;
        }
        let mut numbers = vec![0u32; parents.len()];
        let parent = |numbers: &[u32], node: u32| match parents[node as usize] {
            NONE => NONE,
            parent => numbers[parent as usize],
        };
        for level in by_depth.windows(2) {
            let nodes = &mut order[level[0]..level[1]];
            // Parents have their numbers already.
            let key = |node: u32| u64::from(parent(&numbers, node)) << 32 | u64::from(!items[node as usize]);
            let mut keyed: Vec<(u64, u32)> = nodes.iter().map(|&node| (key(node), node)).collect();
            keyed.sort_unstable();
            for ((number, node), (_, sorted)) in (level[0] as u32..).zip(nodes).zip(keyed) {
                *node = sorted;
                numbers[sorted as usize] = number;
            }
        }
        let of = |column: &[u32]| order.iter().map(|&node| column[node as usize]).collect::<Vec<u32>>();
        let of_parents = order.iter().map(|&node| parent(&numbers, node)).collect();
        let roots = roots.into_iter().map(|node| if node == NONE { NONE } else { numbers[node as usize] }).collect();
        let (items, counts) = (of(&items), of(&counts));
        OrderedSides { numbers, roots, parents: of_parents, items, counts }
    }
}

/// Itemsets in their order.
pub(super) struct OrderedSides {
    /// The new number of each node.
    pub(super) numbers: Vec<u32>,
    /// The node of each item alone.
    pub(super) roots: Vec<u32>,
    /// By new number.
    pub(super) parents: Vec<u32>,
    pub(super) items: Vec<u32>,
    pub(super) counts: Vec<u32>,
}

impl OrderedSides {
    /// Where the children of each node begin, and, last, where the last ones end.
    pub(super) fn first_children(&self) -> Vec<u32> {
        let nodes = self.parents.len();
        let mut starts = vec![0u32; nodes + 1];
        self.parents[1..].iter().for_each(|&parent| starts[parent as usize + 1] += 1);
        // The root is nobody's child.
        starts[0] = 1;
        (1..starts.len()).for_each(|node| starts[node] += starts[node - 1]);
        starts
    }

    /// The items on the path to a node, ranks rising.
    pub(super) fn path(&self, mut node: u32) -> impl Iterator<Item = u32> {
        std::iter::from_fn(move || {
            let item = self.items[node as usize];
            (item != NONE).then(|| {
                node = self.parents[node as usize];
                item
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    proptest! {
        #[test]
        fn paths_are_the_itemsets_whatever_their_order(
            sets in prop::collection::vec(prop::collection::btree_set(0..9u32, 0..6), 0..30),
        ) {
            let make = |sets: &mut dyn Iterator<Item = &BTreeSet<u32>>| {
                let mut sides = Sides::new(9);
                let nodes: Vec<u32> = sets.map(|set| sides.add(set.iter().rev().copied(), 7).unwrap()).collect();
                (nodes, sides.into_order())
            };
            let (nodes, sides) = make(&mut sets.iter());
            let (_, backwards) = make(&mut sets.iter().rev());
            prop_assert_eq!(&sides.items, &backwards.items);
            prop_assert_eq!(&sides.parents, &backwards.parents);
            prop_assert_eq!(&sides.counts, &backwards.counts);
            for (set, node) in sets.iter().zip(nodes) {
                let node = sides.numbers[node as usize];
                prop_assert!(sides.path(node).eq(set.iter().copied()));
                prop_assert_eq!(sides.counts[node as usize], 7);
            }
            let starts = sides.first_children();
            for node in 0..sides.items.len() {
                let children = starts[node] as usize..starts[node + 1] as usize;
                prop_assert!(sides.parents[children.clone()].iter().all(|&parent| parent as usize == node));
                prop_assert!(sides.items[children].is_sorted_by(|a, b| a > b));
            }
            prop_assert_eq!(starts[sides.items.len()] as usize, sides.items.len());
        }
    }
}
