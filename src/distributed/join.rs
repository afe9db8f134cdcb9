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
    /// plan or does not fit the rest, or if the plan has another target;
    /// [`ErrorKind::TooLarge`](crate::ErrorKind::TooLarge) beyond `u32::MAX` itemsets.
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

    /// Which of the candidates of closed or maximal itemsets that groups found are none: for each of `groups`, as they are
    /// given, whether each of its itemsets is [subsumed](MinePlan::join_closed) by one of another group. That is all that the
    /// join decides, for callers that keep itemsets where they are. Of a plan for all itemsets none is.
    ///
    /// Only itemsets of the same count hide each other from being closed. So these may be given in parts, each with all that
    /// have some of the counts; maximal ones not.
    ///
    /// # Errors
    ///
    /// As [`join`](MinePlan::join).
    ///
    /// # Complexity
    ///
    /// That of [`join_closed`](MinePlan::join_closed).
    ///
    /// ```
    /// use itemset::distributed::{ItemCounts, MinePlan};
    /// use itemset::{MinSupport, Miner, RunOptions, Target};
    ///
    /// let baskets = [vec!["beer", "diapers"], vec!["beer", "diapers"], vec!["beer"]];
    /// let mut counts = ItemCounts::new();
    /// baskets.iter().try_for_each(|basket| counts.add(basket.iter().copied()))?;
    /// let miner = Miner::new().min_support(MinSupport::count(1));
    /// let plan = MinePlan::new(&miner, &counts, 2)?.target(Target::Maximal)?;
    /// let mut groups = (0..2).map(|group| plan.group(group)).collect::<Result<Vec<_>, _>>()?;
    /// let mut projector = plan.projector();
    /// for basket in &baskets {
    ///     for (group, prefix) in projector.project(basket) {
    ///         groups[group].push(prefix, 1)?;
    ///     }
    /// }
    /// let found = groups.into_iter().map(|group| group.mine()).collect::<Result<Vec<_>, _>>()?;
    /// // Beer is maximal in its group, and is bought with diapers in another one.
    /// let beer = plan.group_of(plan.rank("beer").unwrap_or_default()).unwrap_or_default();
    /// let subsumed = plan.subsumed(&found, &RunOptions::new())?;
    /// assert_eq!((&subsumed[beer], &subsumed[1 - beer]), (&vec![true], &vec![false]));
    /// # Ok::<(), itemset::Error>(())
    /// ```
    pub fn subsumed(&self, groups: &[GroupItemsets], options: &RunOptions) -> Result<Vec<Vec<bool>>, Error> {
        let by_number = self.by_number(groups)?;
        options.run(|control| {
            let places = self.in_order(&by_number, control)?;
            let hidden = self.hidden(&by_number, &places, control)?;
            let mut of_groups: Vec<Vec<bool>> = by_number.iter().map(|group| vec![false; group.len()]).collect();
            for ((group, place), hidden) in places.into_iter().zip(hidden) {
                of_groups[group as usize][place as usize] = hidden;
            }
            Ok(groups.iter().map(|group| std::mem::take(&mut of_groups[group.group()])).collect())
        })
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
            let hidden = self.hidden(&groups, &places, control)?;
            let shown = || {
                let shown = places.iter().zip(&hidden).filter(|(_, hidden)| !**hidden);
                shown.map(|(&place, _)| itemset(&groups, place))
            };
            let table = CountTable::new(self.ranks.baskets, shown().map(|(_, count)| count))?;
            let paths = shown().map(|(descending, count)| (descending, table.code(count)));
            let trie = Trie::of_paths(paths, self.items(), table.clone())?;
            control.check()?;
            Ok(make(self.frequent_items(), trie, self.ranks.baskets, self.ranks.min_count, self.statistics(&groups)))
        })
    }

    /// Whether each of some itemsets is subsumed by another.
    fn hidden(&self, groups: &[&GroupItemsets], places: &[(u32, u32)], control: &Control) -> Result<Vec<bool>, Error> {
        let same_count = match self.ranks.target {
            Target::All | Target::Generators => return Ok(vec![false; places.len()]),
            Target::Closed => true,
            Target::Maximal => false,
        };
        let itemsets: Vec<(&[u32], u64)> = places.iter().map(|&place| itemset(groups, place)).collect();
        subsumed(&itemsets, self.items(), same_count, &mut Ticker::new(control))
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
        if !groups.iter().zip(&next).all(|(group, &place)| place == group.len()) {
            return Err(Error::group(None, "a group has itemsets of another: join what groups found"));
        }
        if self.ranks.target == Target::All {
            self.check_all(groups, &places)?;
        }
        Ok(places)
    }

    /// Of all itemsets in the canonical order none may be lost, as far as the others tell: each item is there with the
    /// plan's count, and before each longer itemset the same without its last item, in no fewer baskets.
    fn check_all(&self, groups: &[&GroupItemsets], places: &[(u32, u32)]) -> Result<(), Error> {
        let mut items = (0..).zip(&self.ranks.counts);
        // Of the last itemset the ranks, and the counts of its beginnings by length.
        let (mut before, mut counts): (&[u32], Vec<u64>) = (&[], Vec::new());
        for &(number, place) in places {
            let group = groups[number as usize];
            let (descending, count) = (group.descending(place as usize), group.counts[place as usize]);
            let len = descending.len() - 1;
            let follows = match len {
                0 => items.next() == Some((descending[0], &count)),
                _ => before.starts_with(&descending[..len]) && count <= counts[len - 1],
            };
            if !follows {
                let what = format_args!(
                    "the itemset of the ranks {descending:?} in {count} baskets does not follow from those before it: \
                     join all that the groups of this plan found"
                );
                return Err(Error::group(Some(group.group()), what));
            }
            counts.truncate(len);
            counts.push(count);
            before = descending;
        }
        match items.next() {
            None => Ok(()),
            Some((rank, _)) => {
                let what =
                    format_args!("the item of rank {rank} is missing: join all that the groups of this plan found");
                Err(Error::group(self.group_of(rank), what))
            }
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

/// An itemset of a group, as descending ranks, and its count.
fn itemset<'g>(groups: &[&'g GroupItemsets], (group, place): (u32, u32)) -> (&'g [u32], u64) {
    let group = groups[group as usize];
    (group.descending(place as usize), group.counts[place as usize])
}
