//! Rules as they are stored: the flat arrays, taken over as they are once they are checked.

use super::rows::damaged;
use super::store::{MAX_LEN, MAX_RULES, RuleStore, Split, Whole};
use crate::error::Error;
use crate::itemsets::{CountTable, FrequentItems};
use crate::rules::contingency::Contingency;

/// What is stored, which is not trusted. Counts are codes of `table`.
pub(crate) struct Columns {
    /// The items of each itemset, in the order of the labels.
    pub(crate) ranks: Vec<u32>,
    /// By itemset: how many items, and the baskets with them.
    pub(crate) lens: Vec<u32>,
    pub(crate) n_xy: Vec<u32>,
    /// By rule: its itemset, the mask of its right side, and the baskets with each side.
    pub(crate) itemsets: Vec<u32>,
    pub(crate) rights: Vec<u32>,
    pub(crate) n_x: Vec<u32>,
    pub(crate) n_y: Vec<u32>,
    /// What codes stand for; empty if they are counts.
    pub(crate) table: Vec<u64>,
}

impl RuleStore {
    /// What is stored of it.
    pub(crate) fn columns(&self) -> Columns {
        let of_wholes = |of: fn(&Whole) -> u32| self.wholes.iter().map(of).collect();
        let of_splits = |of: fn(&Split) -> u32| self.splits.iter().map(of).collect();
        Columns {
            ranks: self.ranks.clone(),
            lens: of_wholes(|whole| whole.len),
            n_xy: of_wholes(|whole| whole.n_xy),
            itemsets: of_splits(|split| split.itemset),
            rights: of_splits(|split| split.right),
            n_x: of_splits(|split| split.n_x),
            n_y: of_splits(|split| split.n_y),
            table: self.table.counts().to_vec(),
        }
    }
}

impl Columns {
    /// The rules, if the columns fit each other and the counts can be those of some baskets. Whether an itemset that is
    /// a side of several rules has one count in all of them is not checked: it would take longer than all the rest.
    pub(crate) fn check<T>(self, items: &FrequentItems<T>, baskets: u64) -> Result<RuleStore, Error> {
        let Columns { ranks, lens, n_xy, itemsets, rights, n_x, n_y, table } = self;
        let rules = itemsets.len();
        if lens.len() != n_xy.len() || [rights.len(), n_x.len(), n_y.len()] != [rules; 3] || rules > MAX_RULES {
            return Err(damaged("the columns differ in length"));
        }
        let table = CountTable::from_counts(table, baskets).map_err(damaged)?;
        let (wholes, places) = (wholes(&ranks, &lens, &n_xy)?, items.places());
        let mut before = [0u32; MAX_LEN];
        let mut before_len = 0;
        for whole in &wholes {
            let itemset = &ranks[whole.start as usize..][..whole.len as usize];
            if itemset.iter().any(|&rank| rank as usize >= places.len()) {
                return Err(damaged("an itemset has an item without a label"));
            }
            if !itemset.is_sorted_by(|&a, &b| places[a as usize] < places[b as usize]) {
                return Err(damaged("the items of an itemset are not in the order of their labels"));
            }
            let mut falling = [0u32; MAX_LEN];
            falling[..itemset.len()].copy_from_slice(itemset);
            falling[..itemset.len()].sort_unstable_by(|a, b| b.cmp(a));
            if before[..before_len] >= falling[..itemset.len()] {
                return Err(damaged("the itemsets are not in the canonical order"));
            }
            (before, before_len) = (falling, itemset.len());
        }
        let mut splits = Vec::with_capacity(rules);
        for (rule, &itemset) in itemsets.iter().enumerate() {
            let Some(whole) = wholes.get(itemset as usize) else {
                return Err(damaged("a rule has no itemset"));
            };
            let (right, codes) = (rights[rule], [n_x[rule], n_y[rule], whole.n_xy]);
            if right == 0 || u64::from(right) >> whole.len != 0 {
                return Err(damaged("a right side is empty, or has an item that the itemset has not"));
            }
            let [Some(n_x), Some(n_y), Some(n_xy)] = codes.map(|code| table.get(code)) else {
                return Err(damaged("a count is not in the table of counts"));
            };
            Contingency::new(baskets, n_x, n_y, n_xy).map_err(|_| damaged("no baskets can have these counts"))?;
            if right.count_ones() == whole.len && n_x != baskets {
                return Err(damaged("an empty left side is in every basket"));
            }
            splits.push(Split { itemset, right, n_x: codes[0], n_y: codes[1] });
        }
        let store = RuleStore { ranks, wholes, splits, table };
        store.check_once()?;
        Ok(store)
    }
}

/// Where each itemset begins.
fn wholes(ranks: &[u32], lens: &[u32], n_xy: &[u32]) -> Result<Vec<Whole>, Error> {
    let mut start = 0;
    let mut wholes = Vec::with_capacity(lens.len());
    for (&len, &n_xy) in lens.iter().zip(n_xy) {
        if len == 0 || len as usize > MAX_LEN {
            return Err(damaged("an itemset is empty or too long"));
        }
        wholes.push(Whole { start, len, n_xy });
        start += u64::from(len);
    }
    if start != ranks.len() as u64 {
        return Err(damaged("the itemsets are not all of the items"));
    }
    Ok(wholes)
}

impl RuleStore {
    /// An error if a rule occurs twice.
    fn check_once(&self) -> Result<(), Error> {
        // Rules are mostly in the canonical order.
        if self.splits.is_sorted_by(|a, b| self.cmp_canonical(a, b).is_lt()) {
            return Ok(());
        }
        // Otherwise the right sides are put down by itemset, of which each has few.
        let mut ends = vec![0usize; self.wholes.len() + 1];
        self.splits.iter().for_each(|split| ends[split.itemset as usize + 1] += 1);
        (1..ends.len()).for_each(|itemset| ends[itemset] += ends[itemset - 1]);
        let (mut next, mut rights) = (ends.clone(), vec![0u32; self.splits.len()]);
        for split in &self.splits {
            let place = &mut next[split.itemset as usize];
            rights[*place] = split.right;
            *place += 1;
        }
        for two in ends.windows(2) {
            let rights = &mut rights[two[0]..two[1]];
            rights.sort_unstable();
            if !rights.is_sorted_by(|a, b| a < b) {
                return Err(damaged("a rule occurs twice"));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contradictions_are_named() {
        let items = FrequentItems::from_labels(vec!["b", "a", "c"], vec![0; 3]).unwrap();
        // {a} => {b}, {b} => {a}, {} => {c}, {a} => {c}, in no order, from 9 baskets; the ranks are b, a, c.
        let whole = || Columns {
            ranks: vec![1, 0, 2, 1, 2],
            lens: vec![2, 1, 2],
            n_xy: vec![3, 5, 2],
            itemsets: vec![2, 0, 1, 0],
            rights: vec![2, 1, 1, 2],
            n_x: vec![4, 6, 9, 4],
            n_y: vec![5, 4, 5, 6],
            table: vec![],
        };
        assert_eq!(whole().check(&items, 9).unwrap().len(), 4);
        let refused = |change: fn(&mut Columns), reason: &str| {
            let mut columns = whole();
            change(&mut columns);
            let error = columns.check(&items, 9).unwrap_err().to_string();
            assert!(error.contains(reason), "{error}");
        };
        refused(|of| of.n_x.truncate(1), "the columns differ in length");
        refused(|of| of.n_xy.truncate(1), "the columns differ in length");
        refused(|of| of.lens[0] = 0, "empty or too long");
        refused(|of| of.lens[0] = 33, "empty or too long");
        refused(|of| of.lens[0] = 3, "not all of the items");
        refused(|of| of.ranks[0] = 3, "an item without a label");
        refused(|of| of.ranks.swap(0, 1), "not in the order of their labels");
        refused(|of| of.ranks[1] = 1, "not in the order of their labels");
        refused(|of| of.ranks[2] = 0, "not in the canonical order");
        refused(|of| of.itemsets[0] = 3, "a rule has no itemset");
        refused(|of| of.rights[0] = 0, "a right side is empty");
        refused(|of| of.rights[0] = 4, "an item that the itemset has not");
        refused(|of| of.rights[0] = 3, "an empty left side is in every basket");
        refused(|of| of.n_x[0] = 1, "no baskets can have these counts");
        refused(|of| of.n_x[2] = 8, "an empty left side is in every basket");
        refused(|of| (of.rights[3], of.n_x[3], of.n_y[3]) = (1, 6, 4), "a rule occurs twice");
        refused(|of| of.table = vec![0, 5, 3], "not ascending");
        refused(|of| of.table = vec![0, 3, 9], "not in the table of counts");
    }
}
