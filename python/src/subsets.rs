//! The itemsets of a table, their rows, found by their items, and the ways to split an itemset.

use hashbrown::HashMap;

/// No row, or no node.
pub(crate) const NONE: u32 = u32::MAX;

/// Of itemsets up to this length all subsets are held at once.
const HELD: usize = 16;

/// Itemsets, one after the other, each as falling numbers of items: those of a search then follow each other as in a
/// prefix tree.
#[derive(Default)]
pub(crate) struct Sets {
    items: Vec<u32>,
    ends: Vec<usize>,
}

impl Sets {
    /// Adds an item to the itemset that is not ended.
    pub(crate) fn push(&mut self, item: u32) {
        self.items.push(item);
    }

    /// Ends an itemset.
    pub(crate) fn end(&mut self) {
        let start = self.ends.last().map_or(0, |&end| end);
        let mut set = self.items.split_off(start);
        set.sort_unstable_by(|one, other| other.cmp(one));
        set.dedup();
        self.items.append(&mut set);
        self.ends.push(self.items.len());
    }

    #[inline]
    pub(crate) fn get(&self, row: usize) -> &[u32] {
        let start = row.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.items[start..self.ends[row]]
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &[u32]> + Clone {
        (0..self.ends.len()).map(|row| self.get(row))
    }
}

/// The rows of itemsets, in a prefix tree.
pub(crate) struct Subsets {
    /// The node of a path that is longer by one item, by the node and the item.
    children: HashMap<u64, u32>,
    /// The last row of the itemset that is the path of each node: the root first, whose path is empty.
    rows: Vec<u32>,
    /// The first row of it.
    firsts: Vec<u32>,
}

impl Subsets {
    /// Those of some itemsets. A later row of the same items takes the place of an earlier one.
    pub(crate) fn of(itemsets: &Sets) -> Self {
        let count = itemsets.ends.len();
        let (mut children, mut rows) = (HashMap::with_capacity(count), Vec::with_capacity(count + 1));
        rows.push(NONE);
        let mut firsts = vec![NONE];
        // The last itemset, and the nodes on its path after the root.
        let (mut last, mut nodes): (&[u32], Vec<u32>) = (&[], Vec::new());
        for (row, itemset) in (0..).zip(itemsets.iter()) {
            let common = common(last, itemset);
            nodes.truncate(common);
            let mut node = nodes.last().map_or(0, |&node| node);
            for &item in &itemset[common..] {
                node = *children.entry(key(node, item)).or_insert_with(|| {
                    rows.push(NONE);
                    firsts.push(NONE);
                    rows.len() as u32 - 1
                });
                nodes.push(node);
            }
            let node = node as usize;
            firsts[node] = if rows[node] == NONE { row } else { firsts[node] };
            rows[node] = row;
            last = itemset;
        }
        Subsets { children, rows, firsts }
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

    /// The first and the last row of an itemset that has one.
    pub(crate) fn rows_of(&self, itemset: &[u32]) -> (u32, u32) {
        let node = itemset.iter().fold(0, |node, &item| self.child(node, item));
        (self.firsts.get(node as usize).copied().unwrap_or(NONE), self.row(node))
    }

    /// The rows of the subsets of an itemset, each a mask of its places. What is held of the itemset before is used
    /// again.
    pub(crate) fn rows_of_all<'a>(&'a self, itemset: &'a [u32], held: &'a mut Held) -> impl Fn(u32) -> u32 + 'a {
        let is_held = itemset.len() <= HELD;
        if is_held {
            let common = common(&held.itemset, itemset);
            held.itemset.truncate(common);
            held.itemset.extend_from_slice(&itemset[common..]);
            held.subsets.resize(1 << common, (0, self.row(0)));
            // The node of each mask is a child of the one without its last place.
            for (place, &item) in itemset.iter().enumerate().skip(common) {
                for mask in 0..1 << place {
                    let node = self.child(held.subsets[mask].0, item);
                    held.subsets.push((node, self.row(node)));
                }
            }
        }
        move |mask| match held.subsets.get(mask as usize) {
            Some((_, row)) if is_held => *row,
            _ => {
                let chosen = itemset.iter().enumerate().filter(|(place, _)| mask >> place & 1 == 1);
                self.row(chosen.fold(0, |node, (_, &item)| self.child(node, item)))
            }
        }
    }
}

/// The subsets of an itemset by their masks: the node and the row of each.
#[derive(Default)]
pub(crate) struct Held {
    itemset: Vec<u32>,
    subsets: Vec<(u32, u32)>,
}

/// How many items two itemsets begin with in common.
#[inline]
fn common(one: &[u32], other: &[u32]) -> usize {
    one.iter().zip(other).take_while(|(one, other)| one == other).count()
}

fn key(node: u32, item: u32) -> u64 {
    u64::from(node) << 32 | u64::from(item)
}

/// The proper subsets of places: the largest first, in the lexicographic order of the places from the last one on,
/// kept for each number of places.
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
            if !go_on(places.iter().fold(0, |mask, &place| mask | 1 << (of - 1 - place))) {
                return;
            }
            let Some(at) = (0..len).rev().find(|&at| places[at] < of - len + at) else { break };
            places[at] += 1;
            (at + 1..len).for_each(|next| places[next] = places[next - 1] + 1);
        }
    }
}
