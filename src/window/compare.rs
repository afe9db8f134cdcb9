//! What changed between two refreshes, and whether that is more than chance.

use std::cmp::Ordering;
use std::hash::Hash;

use hashbrown::HashSet;

use super::change::{ChangeKind, Changes, ItemsetChange, RuleChange};
use super::refresh::Refresh;
use crate::call::control::Control;
use crate::call::meter::SEARCH;
use crate::call::ticker::Ticker;
use crate::error::Error;
use crate::itemsets::{FrequentItemsets, Itemset};
use crate::rules::{Contingency, ObservedCounts, PValue, Rule, Rules};
use crate::run_options::RunOptions;

/// Bytes that comparing an itemset or a rule takes, about, without its labels.
const BYTES_PER_CHANGE: u64 = 300;

/// Steps that comparing one takes, about.
const STEPS_PER_CHANGE: usize = 64;

/// A part of some baskets.
#[derive(Clone, Copy, Debug)]
struct Share {
    part: u64,
    of: u64,
}

impl Share {
    fn new(part: u64, of: u64) -> Self {
        Share { part, of }
    }

    /// Without rounding; a share of nothing is 0.
    fn cmp(self, other: Self) -> Ordering {
        let left = u128::from(self.part) * u128::from(other.of.max(1));
        left.cmp(&(u128::from(other.part) * u128::from(self.of.max(1))))
    }
}

/// The shares before and after, those of the baskets that are compared, and whether it was found before and after.
struct Compared {
    before: Share,
    after: Share,
    old: Share,
    new: Share,
    was_found: bool,
    is_found: bool,
}

impl Compared {
    /// What became of it, none if nothing did; the p-value, and its table.
    fn judge(&self) -> Option<(ChangeKind, PValue, Option<Contingency>)> {
        let direction = self.after.cmp(self.before);
        let kind = match (self.was_found, self.is_found, direction) {
            (false, _, _) => ChangeKind::New,
            (true, false, _) => ChangeKind::Gone,
            (true, true, Ordering::Greater) => ChangeKind::Risen,
            (true, true, Ordering::Less) => ChangeKind::Fallen,
            (true, true, Ordering::Equal) => return None,
        };
        let Compared { old, new, .. } = self;
        // Whether it goes with one of the two sets of baskets.
        let in_set = match direction {
            Ordering::Greater => Some(new),
            Ordering::Less => Some(old),
            Ordering::Equal => None,
        };
        let table = in_set.and_then(|set| {
            let all = old.of.checked_add(new.of)?;
            Contingency::new(all, set.of, old.part + new.part, set.part).ok()
        });
        Some((kind, table.map_or(PValue::ONE, |table| table.fishers_exact_test()), table))
    }
}

/// Counts of an itemset or of the left side of a rule in the four sets of baskets.
#[derive(Clone, Copy)]
struct Four {
    before: u64,
    added: u64,
    retired: u64,
    after: u64,
}

impl Four {
    /// From the count after, or none if these cannot belong together.
    fn from_after(after: u64, added: u64, retired: u64) -> Option<Self> {
        Some(Four { before: after.checked_sub(added)?.checked_add(retired)?, added, retired, after })
    }

    fn from_before(before: u64, added: u64, retired: u64) -> Option<Self> {
        Some(Four { before, added, retired, after: before.checked_sub(retired)?.checked_add(added)? })
    }

    /// The parts of other counts that these are.
    fn compare(self, of: Four, basket_sets: Four, was_found: bool, is_found: bool) -> Compared {
        let share = |count: fn(Four) -> u64| Share::new(count(self), count(of));
        let [before, added, retired, after] =
            [share(|four| four.before), share(|four| four.added), share(|four| four.retired), share(|four| four.after)];
        let (old, new) = match (basket_sets.retired > 0, basket_sets.added > 0) {
            (true, true) => (retired, added),
            (false, true) => (before, added),
            (true, false) => (retired, after),
            (false, false) => (Share::new(0, 0), Share::new(0, 0)),
        };
        Compared { before, after, old, new, was_found, is_found }
    }
}

/// # Which baskets are compared
///
/// Two windows that overlap share most of their baskets, so they are not independent. The test compares sets without a
/// common basket:
///
/// - what was retired with what was added, if there is both;
/// - what was there before with what was added, if nothing was retired;
/// - what was retired with what stayed, if nothing was added.
///
/// It asks whether chance alone would make the share (of baskets with the itemset, or with the right side among those with
/// the left side) that much greater in the one set than in the other, in the direction in which the window changed: Fisher's
/// exact test, in one direction. If the sets differ the other way, as they may if they differ in size, the p-value is near 1.
/// Many are looked at, so take [`Changes::significant`].
///
/// # Source
///
/// R. A. Fisher: Statistical methods for research workers, 5th edition, 1934.
impl<T: Eq + Hash + Ord + Clone> Refresh<T> {
    /// The itemsets that were frequent before or are now, and are new, gone, or in another share of the baskets.
    ///
    /// # Complexity
    ///
    /// Counts each of them in the baskets that came and went, and tests it.
    ///
    /// ```
    /// use itemset::window::Window;
    /// use itemset::{Correction, Miner};
    ///
    /// let row = |with_diapers| if with_diapers { vec!["beer", "diapers"] } else { vec!["beer"] };
    /// let mut window = Window::new(Miner::new().min_support(0.1));
    /// window.add("spring", (0..100).map(|n| row(n < 50)))?;
    /// window.refresh()?;
    /// window.add("autumn", (0..100).map(|n| row(n < 20)))?;
    /// window.retire(&"spring");
    /// let changes = window.refresh()?.itemset_changes()?;
    /// // The share of beer is what it was.
    /// let lines: Vec<String> = changes.iter().map(|change| change.to_string()).collect();
    /// assert_eq!(lines, [
    ///     "{diapers} fallen: count 50 of 100, now 20 of 100 (p-value 6.9e-6)",
    ///     "{beer, diapers} fallen: count 50 of 100, now 20 of 100 (p-value 6.9e-6)",
    /// ]);
    /// assert_eq!((changes.tested(), changes.significant(1e-4, Correction::Holm)?.len()), (3, 2));
    /// # Ok::<(), itemset::Error>(())
    /// ```
    #[must_use = "the changes are its result"]
    pub fn itemset_changes(&self) -> Result<Changes<ItemsetChange<T>>, Error> {
        self.itemset_changes_with(&RunOptions::new())
    }

    /// As [`itemset_changes`](Refresh::itemset_changes), with [options](RunOptions). It runs on the calling thread.
    ///
    /// # Errors
    ///
    /// Those of [`RunOptions`].
    pub fn itemset_changes_with(&self, options: &RunOptions) -> Result<Changes<ItemsetChange<T>>, Error> {
        let all = self.after.len() as u64 + self.before.as_ref().map_or(0, |before| before.len() as u64);
        options.run(|control| {
            options.check_room(BYTES_PER_CHANGE * all)?;
            control.begin(SEARCH, all);
            let mut ticker = Ticker::new(control);
            let mut changes = Changes { tested: 0, changes: Vec::new() };
            let counts = |of: &FrequentItemsets<T>, ticker: &mut Ticker<'_>| {
                [&self.added, &self.retired].map(|baskets| of.counts_under(baskets, ticker))
            };
            let of_after = counts(&self.after, &mut ticker);
            let before = self.before.as_ref();
            let of_before = before.map_or([Vec::new(), Vec::new()], |before| counts(before, &mut ticker));
            control.check()?;
            for ((itemset, added), retired) in self.after.iter().zip(&of_after[0]).zip(&of_after[1]) {
                let four = Four::from_after(itemset.count(), *added, *retired).ok_or_else(contradiction)?;
                let was_found = before.is_some_and(|before| before.count_of(itemset.iter()).is_some());
                self.compare_itemset(&itemset, four, was_found, true, &mut changes);
                ticker.done(1);
                ticker.check(STEPS_PER_CHANGE)?;
            }
            let of_before = before.into_iter().flatten().zip(&of_before[0]).zip(&of_before[1]);
            for ((itemset, added), retired) in of_before {
                if self.after.count_of(itemset.iter()).is_none() {
                    let four = Four::from_before(itemset.count(), *added, *retired).ok_or_else(contradiction)?;
                    self.compare_itemset(&itemset, four, true, false, &mut changes);
                }
                ticker.done(1);
                ticker.check(STEPS_PER_CHANGE)?;
            }
            Ok(changes)
        })
    }

    fn compare_itemset(
        &self,
        itemset: &Itemset<'_, T>,
        four: Four,
        was_found: bool,
        is_found: bool,
        into: &mut Changes<ItemsetChange<T>>,
    ) {
        into.tested += 1;
        let sets = self.basket_sets();
        if let Some((kind, p_value, tested)) = four.compare(sets, sets, was_found, is_found).judge() {
            into.changes.push(ItemsetChange {
                items: itemset.iter().cloned().collect(),
                kind,
                count_before: four.before,
                baskets_before: sets.before,
                count_after: four.after,
                baskets_after: sets.after,
                p_value,
                tested,
            });
        }
    }

    fn basket_sets(&self) -> Four {
        Four {
            before: self.baskets_before(),
            added: self.added.len() as u64,
            retired: self.retired.len() as u64,
            after: self.after.basket_count(),
        }
    }

    /// The rules that were found before or are now, and are new, gone, or have another confidence. `make` makes the rules
    /// of the itemsets before, if there are any, and of those after.
    ///
    /// # Errors
    ///
    /// Those of `make`, and [`ErrorKind::InvalidSetting`](crate::ErrorKind::InvalidSetting) if it returns rules of other
    /// baskets.
    ///
    /// # Complexity
    ///
    /// That of [`Rules::evaluate`] in the baskets that came and went, and a test of each rule.
    #[must_use = "the changes are its result"]
    pub fn rule_changes(
        &self,
        make: impl Fn(&FrequentItemsets<T>) -> Result<Rules<T>, Error>,
    ) -> Result<Changes<RuleChange<T>>, Error> {
        self.rule_changes_with(make, &RunOptions::new())
    }

    /// As [`rule_changes`](Refresh::rule_changes), with [options](RunOptions). It compares on the calling thread. `make`
    /// has options of its own.
    ///
    /// # Errors
    ///
    /// As [`rule_changes`](Refresh::rule_changes), and those of [`RunOptions`].
    pub fn rule_changes_with(
        &self,
        make: impl Fn(&FrequentItemsets<T>) -> Result<Rules<T>, Error>,
        options: &RunOptions,
    ) -> Result<Changes<RuleChange<T>>, Error> {
        let after = make(&self.after)?;
        let before = self.before.as_ref().map(make).transpose()?;
        if after.basket_count() != self.after.basket_count()
            || before.as_ref().is_some_and(|before| before.basket_count() != self.baskets_before())
        {
            return Err(other_rules());
        }
        options.run(|control| {
            let all = after.len() as u64 + before.as_ref().map_or(0, |before| before.len() as u64);
            options.check_room(BYTES_PER_CHANGE * all)?;
            let mut changes = Changes { tested: 0, changes: Vec::new() };
            let of_after = control.section(0.4, || self.evaluate(&after, options, control))?;
            let of_before = match &before {
                Some(before) => Some(control.section(0.6, || self.evaluate(before, options, control))?),
                None => None,
            };
            control.begin(SEARCH, all);
            let mut ticker = Ticker::new(control);
            let in_after = all_sides(Some(&after), &mut ticker)?;
            let in_before = all_sides(before.as_ref(), &mut ticker)?;
            for (rule, observed) in after.iter().zip(of_after) {
                let was_found = in_before.contains(&sides(&rule));
                let fours = four_of_each(rule.counts(), observed, Four::from_after);
                compare_rule(&rule, fours, self.basket_sets(), was_found, true, &mut changes)?;
                ticker.done(1);
                ticker.check(STEPS_PER_CHANGE)?;
            }
            for (rule, observed) in before.iter().flatten().zip(of_before.into_iter().flatten()) {
                if !in_after.contains(&sides(&rule)) {
                    let fours = four_of_each(rule.counts(), observed, Four::from_before);
                    compare_rule(&rule, fours, self.basket_sets(), true, false, &mut changes)?;
                }
                ticker.done(1);
                ticker.check(STEPS_PER_CHANGE)?;
            }
            Ok(changes)
        })
    }

    /// The counts of rules in the baskets that came and in those that went.
    fn evaluate(
        &self,
        rules: &Rules<T>,
        options: &RunOptions,
        control: &Control,
    ) -> Result<Vec<(ObservedCounts, ObservedCounts)>, Error> {
        let added = control.section(0.5, || rules.evaluate_under(&self.added, options, control))?;
        let retired = rules.evaluate_under(&self.retired, options, control)?;
        Ok(added.into_iter().zip(retired).collect())
    }
}

type Sides<'a, T> = (Vec<&'a T>, Vec<&'a T>);

fn sides<'a, T>(rule: &Rule<'a, T>) -> Sides<'a, T> {
    (rule.antecedent().collect(), rule.consequent().collect())
}

/// Those of all rules.
fn all_sides<'a, T: Eq + Hash>(
    rules: Option<&'a Rules<T>>,
    ticker: &mut Ticker<'_>,
) -> Result<HashSet<Sides<'a, T>>, Error> {
    let mut all = HashSet::with_capacity(rules.map_or(0, Rules::len));
    for rule in rules.into_iter().flatten() {
        all.insert(sides(&rule));
        ticker.check(STEPS_PER_CHANGE)?;
    }
    Ok(all)
}

/// The counts of all baskets, of those with the left side, with the right side and with both, from the ones of one moment
/// and those of what came and went.
fn four_of_each(
    counts: Contingency,
    (added, retired): (ObservedCounts, ObservedCounts),
    four: fn(u64, u64, u64) -> Option<Four>,
) -> [Option<Four>; 4] {
    [
        four(counts.n(), added.n(), retired.n()),
        four(counts.n_x(), added.n_x(), retired.n_x()),
        four(counts.n_y(), added.n_y(), retired.n_y()),
        four(counts.n_xy(), added.n_xy(), retired.n_xy()),
    ]
}

/// `all` has the baskets, those with the left side, with the right side and with both.
fn compare_rule<T: Clone>(
    rule: &Rule<'_, T>,
    all: [Option<Four>; 4],
    sets: Four,
    was_found: bool,
    is_found: bool,
    into: &mut Changes<RuleChange<T>>,
) -> Result<(), Error> {
    into.tested += 1;
    let [Some(n), Some(n_x), Some(n_y), Some(n_xy)] = all else { return Err(other_rules()) };
    let observed = |of: fn(Four) -> u64| {
        let [n, n_x, n_y, n_xy] = [n, n_x, n_y, n_xy].map(of);
        let fits = n_xy <= n_x.min(n_y) && n_x.max(n_y) <= n;
        fits.then(|| ObservedCounts::new(n, n_x, n_y, n_xy)).ok_or_else(other_rules)
    };
    let (before, after) = (observed(|four| four.before)?, observed(|four| four.after)?);
    if let Some((kind, p_value, tested)) = n_xy.compare(n_x, sets, was_found, is_found).judge() {
        let (antecedent, consequent) = (rule.antecedent().cloned().collect(), rule.consequent().cloned().collect());
        into.changes.push(RuleChange { antecedent, consequent, kind, before, after, p_value, tested });
    }
    Ok(())
}

fn other_rules() -> Error {
    Error::invalid_setting("make", "rules of other baskets", "rules of the itemsets that it is given")
}

/// Never: the counts are those of the same baskets.
fn contradiction() -> Error {
    Error::inconsistent("window", "its counts are not those of its baskets")
}
