//! The rows of itemsets in a table, found by their items, and the ways to split an itemset.

use hashbrown::HashMap;

/// No row, or no node.
pub(crate) const NONE: u32 = u32::MAX;

/// Of itemsets up to this length all subsets are held at once.
const HELD: usize = 16;

/// The rows of itemsets, in a prefix tree.
pub(crate) struct Subsets {
    /// The node of a path that is longer by one item, by the node and the item.
    children: HashMap<u64, u32>,
    /// The row of the itemset that is the path of each node: the root first, whose path is empty.
    rows: Vec<u32>,
}

impl Subsets {
    pub(crate) fn new(itemsets: usize) -> Self {
        Subsets { children: HashMap::with_capacity(itemsets), rows: vec![NONE] }
    }

    /// Adds an itemset, as ascending numbers of items. A later row of the same items takes its place.
    pub(crate) fn insert(&mut self, itemset: &[u32], row: u32) {
        let mut node = 0;
        for &item in itemset {
            node = *self.children.entry(key(node, item)).or_insert_with(|| {
                self.rows.push(NONE);
                self.rows.len() as u32 - 1
            });
        }
        self.rows[node as usize] = row;
    }

    #[inline]
    fn child(&self, node: u32, item: u32) -> u32 {
        match node {
            NONE => NONE,
            _ => self.children.get(&key(node, item)).copied().unwrap_or(NONE),
        }
    }

    #[inline]
    fn row(&self, node: u32) -> u32 {
        self.rows.get(node as usize).copied().unwrap_or(NONE)
    }

    pub(crate) fn row_of(&self, itemset: &[u32]) -> u32 {
        self.row(itemset.iter().fold(0, |node, &item| self.child(node, item)))
    }

    /// The rows of the subsets of an itemset, each a mask of its places. `held` is memory that is used again.
    pub(crate) fn rows_of_all<'a>(&'a self, itemset: &'a [u32], held: &'a mut Vec<u32>) -> impl Fn(u32) -> u32 + 'a {
        held.clear();
        if itemset.len() <= HELD {
            // The node of each mask is a child of the one without its last place.
            held.push(0);
            for (place, &item) in itemset.iter().enumerate() {
                for mask in 0..1 << place {
                    held.push(self.child(held[mask], item));
                }
            }
            held.iter_mut().for_each(|node| *node = self.row(*node));
        }
        move |mask| match held.get(mask as usize) {
            Some(row) => *row,
            None => {
                let chosen = itemset.iter().enumerate().filter(|(place, _)| mask >> place & 1 == 1);
                self.row(chosen.fold(0, |node, (_, &item)| self.child(node, item)))
            }
        }
    }
}

fn key(node: u32, item: u32) -> u64 {
    u64::from(node) << 32 | u64::from(item)
}

/// The proper subsets of places: the largest first, in lexicographic order, kept for each number of places.
#[derive(Default)]
pub(crate) struct Masks {
    kept: [Vec<u32>; HELD + 1],
}

impl Masks {
    /// Calls a function with the masks of all proper subsets of some places, while it says to go on.
    pub(crate) fn each(&mut self, places: usize, mut go_on: impl FnMut(u32) -> bool) {
        match self.kept.get_mut(places) {
            Some(kept) => {
                if kept.is_empty() {
                    subsets(places, |mask| {
                        kept.push(mask);
                        true
                    });
                }
                kept.iter().all(|mask| go_on(*mask));
            }
            None => subsets(places, go_on),
        }
    }
}

fn subsets(of: usize, mut go_on: impl FnMut(u32) -> bool) {
    for len in (1..of).rev() {
        let mut places: Vec<usize> = (0..len).collect();
        loop {
            if !go_on(places.iter().fold(0, |mask, &place| mask | 1 << place)) {
                return;
            }
            let Some(at) = (0..len).rev().find(|&at| places[at] < of - len + at) else { break };
            places[at] += 1;
            (at + 1..len).for_each(|next| places[next] = places[next - 1] + 1);
        }
    }
}
