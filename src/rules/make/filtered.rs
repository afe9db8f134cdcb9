//! The search for rules under more conditions than the confidence: where items may stand, how many there may be, bounds
//! on measures, a minimum improvement, or being among the best.

use std::ops::ControlFlow;

use super::generate::{BATCH, Search, Worker, are_damaged, damaged};
use super::item_filter::Sides;
use super::store::MAX_LEN;
use crate::error::Error;
use crate::rules::contingency::Contingency;
use crate::rules::measures::Fraction;

/// What the splits of one itemset must be like, with masks over its items by depth.
struct Allowed {
    /// The code of the largest count of an antecedent.
    most: u32,
    sides: Sides,
    /// The numbers of items on the right, not more than leave one on the left.
    least: usize,
    longest: usize,
    /// Whether all items may stand on the right.
    empty: bool,
}

impl Worker<'_> {
    /// What is allowed of the itemset of the path; `None` where it has no rule.
    fn allowed(&mut self, n_xy: u32) -> Option<Allowed> {
        let Search { antecedent_len, consequent_len, placement, baskets, .. } = self.search;
        let len = self.ends.len();
        // At least one item on the left; none is a separate case.
        let least = (*consequent_len.start()).max(len.saturating_sub(*antecedent_len.end())).max(1);
        let longest = (*consequent_len.end()).min(len - (*antecedent_len.start()).clamp(1, len));
        let empty = antecedent_len.contains(&0) && consequent_len.contains(&len);
        if least > longest && !empty {
            return None;
        }
        let sides = match placement {
            Some(placement) => {
                if !placement.any_masks(self.subsets.path(), &mut self.any_of) {
                    return None;
                }
                placement.sides(self.subsets.path(), self.required)?
            }
            None => Sides { right: u32::MAX >> (MAX_LEN - len), not_left: 0 },
        };
        if let Some(best) = &mut self.best {
            // The right side has one of the items, of which the first is the rarest, or a subset of them all.
            let n_y = if longest == 1 && !empty { self.subsets.code(1) } else { n_xy };
            if !best.admits_any(*baskets, self.search.trie.table(), n_xy, n_y) {
                return None;
            }
        }
        let most = self.largest.of(n_xy, |n_xy| {
            let mut most = self.search.largest_antecedent(n_xy);
            for threshold in &self.pushed {
                if most > 0 {
                    most = threshold.largest_antecedent(*baskets, self.search.trie.table(), n_xy, most);
                }
            }
            most
        });
        (most > 0).then_some(Allowed { most, sides, least, longest, empty })
    }

    /// Adds the rules over the itemset of a node, to which the path leads, that are kept. It breaks if the itemsets below
    /// have none.
    pub(super) fn split_some(&mut self, node: usize) -> Result<ControlFlow<()>, Error> {
        let (n_xy, table) = (self.search.trie.code(node), self.search.trie.table());
        if self.is_below_the_best(n_xy) {
            return Ok(ControlFlow::Break(()));
        }
        let Some(Allowed { mut most, sides, least, longest, empty }) = self.allowed(n_xy) else {
            return Ok(ControlFlow::Continue(()));
        };
        let len = self.ends.len();
        let whole = u32::MAX >> (MAX_LEN - len);
        self.level.clear();
        // The code of the count of the rarest side.
        let mut rarest = u32::MAX;
        if least <= longest {
            for depth in (0..len).rev() {
                let antecedent = self.subsets.code(whole & !(1 << depth));
                rarest = rarest.min(antecedent);
                if sides.right >> depth & 1 == 1 && antecedent <= most {
                    self.level.push(1 << depth);
                }
            }
        }
        let empty = empty && sides.right == whole && self.search.baskets <= table.count(most);
        if !empty && self.best.is_some() {
            let largest = self.largest_of_the_best(n_xy, rarest, most, longest);
            if largest < most {
                most = largest;
                let subsets = &mut self.subsets;
                self.level.retain(|&consequent| subsets.code(whole & !(consequent as u32)) <= most);
            }
        }
        if self.level.is_empty() && !empty {
            return Ok(ControlFlow::Continue(()));
        }
        self.begin(n_xy);
        for size in 1..=longest {
            if size >= least {
                self.add_some(node, whole, n_xy, sides.not_left)?;
            }
            if size == longest || self.level.len() < 2 {
                break;
            }
            self.grow(whole, most);
        }
        if empty {
            self.level.clear();
            self.level.push(u64::from(whole) << MAX_LEN | u64::from(whole));
            self.add_some(node, whole, n_xy, sides.not_left)?;
        }
        self.found.end();
        Ok(ControlFlow::Continue(()))
    }

    /// Whether no rule over the itemset of the path can be among the best, nor any over those below it. All of these are
    /// as rare or rarer.
    fn is_below_the_best(&mut self, n_xy: u32) -> bool {
        let (baskets, table) = (self.search.baskets, self.search.trie.table());
        self.best.as_mut().is_some_and(|best| {
            best.are_perfect(baskets, n_xy)
                || best.reach().holds_for_rarer(baskets, table.count(n_xy))
                    && !best.admits_any(baskets, table, n_xy, n_xy)
        })
    }

    /// The code of the largest count of an antecedent, up to `most`, of rules over the itemset of the path that may be
    /// among the best; `rarest` is that of the rarest side. 0 if there are none.
    fn largest_of_the_best(&mut self, n_xy: u32, rarest: u32, most: u32, longest: usize) -> u32 {
        let (baskets, table) = (self.search.baskets, self.search.trie.table());
        let (len, Some(best)) = (self.ends.len(), &self.best) else { return most };
        // A bound takes as long as a rule, and there is no more than one for each consequent of one item.
        if longest == 1 || self.level.len() < 2 {
            return most;
        }
        if best.reach().falls() {
            return best.largest_antecedent(baskets, table, rarest, n_xy, most);
        }
        // The most frequent items stand last. No more than one side holds the first of them.
        let largest = [1, 2].map(|back| table.count(self.subsets.code(1 << (len - back))));
        let mut bounds = best.reach().between(baskets, table.count(rarest), largest, table.count(n_xy));
        if bounds.any(|bound| best.admits(bound, n_xy)) { most } else { 0 }
    }

    /// Adds those rules of a level that are kept and whose consequents hold the items that may not stand on the left.
    fn add_some(&mut self, node: usize, whole: u32, n_xy: u32, not_left: u32) -> Result<(), Error> {
        let (baskets, table) = (self.search.baskets, self.search.trie.table());
        let level = std::mem::take(&mut self.level);
        for part in level.chunks(BATCH) {
            for &consequent in part {
                let (depths, by_label) = (consequent as u32, (consequent >> MAX_LEN) as u32);
                let antecedent = whole & !depths;
                if not_left & !depths != 0 || !self.any_of.iter().all(|any| any.is_met(antecedent, depths)) {
                    continue;
                }
                let n_x = if antecedent == 0 { table.code(baskets) } else { self.subsets.code(antecedent) };
                let n_y = self.subsets.code(depths);
                if are_damaged(table, baskets, [n_x, n_y, n_xy]) {
                    return Err(damaged());
                }
                self.add_if_kept(node, [antecedent, depths, by_label], [n_x, n_y, n_xy])?;
                if self.weight > 1 {
                    self.look_after(self.weight)?;
                }
            }
            self.numbers.examined.own += part.len() as u64;
            self.numbers.report(BATCH)?;
            self.look_after(part.len())?;
        }
        // Its room is used again.
        self.level = level;
        Ok(())
    }

    /// Adds a rule if it meets the thresholds and is not redundant; given are the masks of its sides by depth, that of
    /// the right side by label, and the codes of its counts.
    fn add_if_kept(
        &mut self,
        node: usize,
        [antecedent, consequent, by_label]: [u32; 3],
        [n_x, n_y, n_xy]: [u32; 3],
    ) -> Result<(), Error> {
        let search = self.search;
        let [of_x, of_y, of_both] = [n_x, n_y, n_xy].map(|code| search.trie.table().count(code));
        let counts = Contingency::of_checked(search.baskets, of_x, of_y, of_both);
        if !search.thresholds.iter().all(|threshold| threshold.allows(&counts)) {
            return Ok(());
        }
        let mut goodness = 0.0;
        if let Some(best) = &self.best {
            if !best.admits(best.reach().quick(&counts), n_xy) {
                return Ok(());
            }
            goodness = best.reach().goodness(&counts);
            if !best.admits(goodness, n_xy) {
                return Ok(());
            }
        }
        if let Some(least) = search.min_improvement
            && self.is_redundant(antecedent, consequent, &counts, least)?
        {
            return Ok(());
        }
        match &mut self.best {
            Some(best) => {
                // Nodes are numbered by a u32.
                best.offer(goodness, [node as u32, self.offered, by_label], [n_x, n_y, n_xy]);
                self.offered += 1;
            }
            None => {
                self.found.push(by_label, n_x, n_y);
                self.numbers.made.own += 1;
            }
        }
        Ok(())
    }

    /// Whether a rule with fewer items on the left, or none, has a confidence as high, or one that is less than `least`
    /// lower.
    fn is_redundant(
        &mut self,
        antecedent: u32,
        consequent: u32,
        counts: &Contingency,
        least: f64,
    ) -> Result<bool, Error> {
        let confidence = Fraction::new(counts.n_xy(), counts.n_x());
        // With nothing on the left there is no other rule to improve on.
        if confidence.minus(Fraction::ZERO) < least {
            return Ok(true);
        }
        let mut part = antecedent;
        while part != 0 {
            // There may be millions.
            self.look_after(1)?;
            part = (part - 1) & antecedent;
            let table = self.search.trie.table();
            let all = if part == 0 { self.search.baskets } else { table.count(self.subsets.code(part)) };
            let simpler = Fraction::new(table.count(self.subsets.code(part | consequent)), all);
            if simpler.part < counts.n_xy() || all < simpler.part {
                return Err(damaged());
            }
            // What exceeds does so by 0 at least: the difference is a division for each part.
            if !confidence.exceeds(simpler) || least > 0.0 && confidence.minus(simpler) < least {
                return Ok(true);
            }
        }
        Ok(false)
    }
}
