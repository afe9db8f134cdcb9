//! What the groups found, put together.

use super::subsumed::subsumed;
use super::{GroupItemsets, MinePlan};
use crate::call::control::Control;
use crate::call::ticker::Ticker;
use crate::error::Error;
use crate::itemsets::{ClosedItemsets, CountTable, FrequentItems, FrequentItemsets, MaximalItemsets, Trie};
use crate::mine::query::algorithm::Algorithm;
use crate::mine::query::target::Target;
use crate::mine::report::statistics::Statistics;
use crate::run_options::RunOptions;

/// # Joining the groups
///
/// Each call takes what every group found, once, in any order, and gives the result of a single call on all baskets.
impl<T: Ord> MinePlan<T> {
    /// All frequent itemsets: exactly what [`Miner::mine`](crate::Miner::mine) finds in all baskets. Rules are made of them as
    /// of any others.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Group`](crate::ErrorKind::Group) if a group is missing or comes twice, if something was found for another
    /// plan, or if the plan has another target; [`ErrorKind::TooLarge`](crate::ErrorKind::TooLarge) beyond `u32::MAX` itemsets.
    ///
    /// # Complexity
    ///
    /// Linear in the itemsets.
    pub fn join(&self, groups: &[GroupItemsets]) -> Result<FrequentItemsets<T>, Error> {
        self.join_with(groups, &RunOptions::new())
    }

    /// As [`join`](MinePlan::join), with options.
    ///
    /// # Errors
    ///
    /// As [`join`](MinePlan::join), and those of the options.
    pub fn join_with(&self, groups: &[GroupItemsets], options: &RunOptions) -> Result<FrequentItemsets<T>, Error> {
        self.joined(Target::All, groups, options, FrequentItemsets::new)
    }

    /// The closed itemsets: exactly what [`Miner::mine_closed`](crate::Miner::mine_closed) finds in all baskets. An itemset of
    /// one group may have a superset of the same count in another: it is left out here.
    ///
    /// # Errors
    ///
    /// As [`join`](MinePlan::join).
    ///
    /// # Complexity
    ///
    /// For each itemset, a step for each that has the same count and its least common item: in the worst case the square of
    /// their number, but a small part of the search on real data.
    pub fn join_closed(&self, groups: &[GroupItemsets], options: &RunOptions) -> Result<ClosedItemsets<T>, Error> {
        self.joined(Target::Closed, groups, options, ClosedItemsets::new)
    }

    /// The maximal itemsets: exactly what [`Miner::mine_maximal`](crate::Miner::mine_maximal) finds in all baskets.
    ///
    /// # Errors
    ///
    /// As [`join`](MinePlan::join).
    ///
    /// # Complexity
    ///
    /// As [`join_closed`](MinePlan::join_closed), whatever the counts.
    pub fn join_maximal(&self, groups: &[GroupItemsets], options: &RunOptions) -> Result<MaximalItemsets<T>, Error> {
        self.joined(Target::Maximal, groups, options, MaximalItemsets::new)
    }

    fn joined<R>(
        &self,
        target: Target,
        groups: &[GroupItemsets],
        options: &RunOptions,
        make: fn(FrequentItems<T>, Trie, u64, u64, Statistics) -> R,
    ) -> Result<R, Error> {
        if self.ranks.target != target {
            let what = format_args!("the plan is for {} itemsets: join those", self.ranks.target);
            return Err(Error::group(None, what));
        }
        let groups = self.by_number(groups)?;
        options.run(|control| {
            let places = self.in_order(&groups, control)?;
            let itemset = |&(group, place): &(u32, u32)| {
                let group = groups[group as usize];
                (group.descending(place as usize), group.counts[place as usize])
            };
            let hidden = match target {
                Target::All | Target::Generators => vec![false; places.len()],
                Target::Closed | Target::Maximal => {
                    let itemsets: Vec<(&[u32], u64)> = places.iter().map(itemset).collect();
                    subsumed(&itemsets, self.items(), target == Target::Closed, &mut Ticker::new(control))?
                }
            };
            let shown = || places.iter().zip(&hidden).filter(|(_, hidden)| !**hidden).map(|(place, _)| itemset(place));
            let table = CountTable::new(self.ranks.baskets, shown().map(|(_, count)| count))?;
            let paths = shown().map(|(descending, count)| (descending, table.code(count)));
            let trie = Trie::of_paths(paths, self.items(), table.clone())?;
            control.check()?;
            Ok(make(self.frequent_items(), trie, self.ranks.baskets, self.ranks.min_count, self.statistics(&groups)))
        })
    }

    /// Each group once, by its number.
    fn by_number<'g>(&self, groups: &'g [GroupItemsets]) -> Result<Vec<&'g GroupItemsets>, Error> {
        let mut found = vec![None; self.groups()];
        for group in groups {
            let number = group.group();
            if group.fingerprint != self.ranks.fingerprint {
                return Err(Error::group(Some(number), "found for another plan: join what was found for this one"));
            }
            let Some(place) = found.get_mut(number) else {
                return Err(Error::group(Some(number), "the plan has no such group"));
            };
            if place.replace(group).is_some() {
                return Err(Error::group(Some(number), "it is there twice: join each group once"));
            }
        }
        let missing = |number| Error::group(Some(number), "it is missing: join what each group of the plan found");
        (0..).zip(found).map(|(number, group)| group.ok_or_else(|| missing(number))).collect()
    }

    /// The itemsets in the canonical order: the branches of the ranks one after the other, each from its group.
    fn in_order(&self, groups: &[&GroupItemsets], control: &Control) -> Result<Vec<(u32, u32)>, Error> {
        let mut next = vec![0_usize; groups.len()];
        let mut places = Vec::with_capacity(groups.iter().map(|group| group.len()).sum());
        let mut ticker = Ticker::new(control);
        for (rank, &number) in (0..).zip(&self.ranks.group_of) {
            let (group, place) = (groups[number as usize], &mut next[number as usize]);
            while *place < group.len() && group.descending(*place)[0] == rank {
                // A group has no more itemsets than a trie.
                places.push((number, *place as u32));
                *place += 1;
                ticker.check(1)?;
            }
        }
        // What was sent is not trusted: ranks descend, so the first tells of all of them.
        let is_possible = |&(number, place): &(u32, u32)| {
            let count = groups[number as usize].counts[place as usize];
            (self.ranks.min_count..=self.ranks.baskets).contains(&count)
        };
        if !places.iter().all(is_possible) {
            return Err(Error::group(
                None,
                "a count is not frequent, or more than there are baskets: join what groups found",
            ));
        }
        let is_all = groups.iter().zip(&next).all(|(group, &place)| place == group.len());
        if is_all {
            Ok(places)
        } else {
            Err(Error::group(None, "a group has itemsets of another: join what groups found"))
        }
    }

    /// The engine that ran in the first group that found something.
    fn statistics(&self, groups: &[&GroupItemsets]) -> Statistics {
        let found = groups.iter().find(|group| !group.is_empty());
        Statistics {
            algorithm: found.map_or(Algorithm::Eclat, |group| group.algorithm),
            threads: 1,
            levels: Vec::new(),
        }
    }
}
