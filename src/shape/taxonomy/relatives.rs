//! One rule a level lower, or a level higher.

use std::fmt;
use std::hash::Hash;

use super::Taxonomy;
use crate::error::Error;
use crate::rules::ObservedCounts;
use crate::transactions::Transactions;

/// A rule that has another item in the place of one, from [`Taxonomy::drill_down`] or [`Taxonomy::roll_up`], with its
/// counts.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RelatedRule<T> {
    /// The left side, in the order in which it was given.
    pub antecedent: Vec<T>,
    /// The right side, in the order in which it was given.
    pub consequent: Vec<T>,
    /// The item in the place of the other one.
    pub item: T,
    /// How many baskets hold what, with all [measures](ObservedCounts::counts) if any hold both sides.
    pub counts: ObservedCounts,
}

impl<T: Eq + Hash + Clone + fmt::Display> Taxonomy<T> {
    /// The rules with what belongs to an item directly in its place, such as {ale} => {chips} for {beer} => {chips}: what
    /// the rule is made of. Counted exactly, in baskets with categories or without.
    ///
    /// The rule with the most baskets comes first, among equals in the order of the [labels](Taxonomy::labels); those of no
    /// basket are listed too. What is in the rule already, above an item of it or below one, is left out. There are none
    /// for an item to which nothing belongs.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidSetting`](crate::ErrorKind::InvalidSetting) for an item that is on no side, or on both.
    ///
    /// # Complexity
    ///
    /// One pass over the entries.
    ///
    /// ```
    /// use itemset::Transactions;
    /// use itemset::shape::Taxonomy;
    ///
    /// let taxonomy = Taxonomy::new([("ale", "beer"), ("lager", "beer"), ("beer", "drinks")])?;
    /// let baskets = Transactions::from_rows([vec!["ale", "chips"], vec!["ale", "chips"], vec!["lager"], vec!["chips"]])?;
    /// let below = taxonomy.drill_down(&baskets, &["beer"], &["chips"], &"beer")?;
    /// assert_eq!(below[0].to_string(), "{ale} => {chips} (2 2 3)");
    /// assert_eq!(below[1].to_string(), "{lager} => {chips} (0 1 3)");
    /// let above = taxonomy.roll_up(&baskets, &["ale"], &["chips"], &"ale")?;
    /// assert_eq!((above[0].item, above[0].counts.confidence()), ("beer", Some(2.0 / 3.0)));
    /// # Ok::<(), itemset::Error>(())
    /// ```
    pub fn drill_down(
        &self,
        transactions: &Transactions<T>,
        antecedent: &[T],
        consequent: &[T],
        item: &T,
    ) -> Result<Vec<RelatedRule<T>>, Error> {
        self.with_other(transactions, [antecedent, consequent], item, self.children(item).collect())
    }

    /// The rules with what an item belongs to directly in its place, such as {beer} => {chips} for {ale} => {chips}: whether
    /// it holds for more than the item. Otherwise as [`drill_down`](Taxonomy::drill_down).
    ///
    /// # Errors
    ///
    /// As there.
    pub fn roll_up(
        &self,
        transactions: &Transactions<T>,
        antecedent: &[T],
        consequent: &[T],
        item: &T,
    ) -> Result<Vec<RelatedRule<T>>, Error> {
        self.with_other(transactions, [antecedent, consequent], item, self.parents(item).collect())
    }

    fn with_other(
        &self,
        transactions: &Transactions<T>,
        sides: [&[T]; 2],
        item: &T,
        others: Vec<&T>,
    ) -> Result<Vec<RelatedRule<T>>, Error> {
        let on_side = sides.map(|side| side.contains(item));
        let side = match on_side {
            [true, false] => 0,
            [false, true] => 1,
            _ => {
                let value = format!("`{item}`, which is on {} sides", if on_side[0] { "both" } else { "none of the" });
                return Err(Error::invalid_setting("item", value, "an item of one side of the rule"));
            }
        };
        let of_side = |side: &[T]| -> Vec<T> { side.iter().filter(|&own| own != item).cloned().collect() };
        let stay = sides.map(of_side);
        let is_apart = |own: &T, other: &T| {
            own != other
                && !self.ancestors(own).any(|above| above == other)
                && !self.ancestors(other).any(|above| above == own)
        };
        let is_new = |other: &&T| stay.iter().flatten().all(|own| is_apart(own, other));
        let others: Vec<&T> = others.into_iter().filter(is_new).collect();
        let counts = self.count_each(transactions, &stay, &others, side);
        let mut rules: Vec<RelatedRule<T>> = others
            .into_iter()
            .zip(counts)
            .map(|(other, counts)| {
                let placed = |side: &[T]| -> Vec<T> {
                    side.iter().map(|own| if own == item { other.clone() } else { own.clone() }).collect()
                };
                let [antecedent, consequent] = sides.map(placed);
                RelatedRule { antecedent, consequent, item: other.clone(), counts }
            })
            .collect();
        rules.sort_by_key(|rule| std::cmp::Reverse(rule.counts.n_xy()));
        Ok(rules)
    }

    /// The counts of the rule with each of the others added to a side of what stays.
    fn count_each(
        &self,
        transactions: &Transactions<T>,
        stay: &[Vec<T>; 2],
        others: &[&T],
        side: usize,
    ) -> Vec<ObservedCounts> {
        // What is looked for: the items of both sides, each in a place of its own, and the others.
        let wanted: Vec<&T> = stay.iter().flatten().chain(others.iter().copied()).collect();
        let (left, right) = (stay[0].len(), stay[0].len() + stay[1].len());
        // A basket has what its items are, and what is above them.
        let places_of = |label: &T| -> Vec<usize> {
            let has = |wanted: &T| wanted == label || self.ancestors(label).any(|above| above == wanted);
            (0..wanted.len()).filter(|&place| has(wanted[place])).collect()
        };
        let places: Vec<Vec<usize>> = transactions.dictionary().labels().iter().map(places_of).collect();
        let (mut n, mut of_stay) = (0, [0u64; 2]);
        let mut of_others = vec![[0u64; 2]; others.len()];
        let mut has = vec![false; wanted.len()];
        for (row, weight) in transactions.rows().weighted() {
            has.fill(false);
            row.iter().flat_map(|&id| &places[id as usize]).for_each(|&place| has[place] = true);
            let [x, y] = [&has[..left], &has[left..right]].map(|side| side.iter().all(|&has| has));
            let weight = u64::from(weight);
            n += weight;
            let both = [x, y, x && y];
            of_stay.iter_mut().zip([x, y]).for_each(|(count, has)| *count += if has { weight } else { 0 });
            // With the side that it is on, and with both.
            for (counts, _) in of_others.iter_mut().zip(&has[right..]).filter(|&(_, &has)| has) {
                counts[0] += if both[side] { weight } else { 0 };
                counts[1] += if both[2] { weight } else { 0 };
            }
        }
        let counts = |[own, both]: [u64; 2]| match side {
            0 => ObservedCounts::new(n, own, of_stay[1], both),
            _ => ObservedCounts::new(n, of_stay[0], own, both),
        };
        of_others.into_iter().map(counts).collect()
    }
}

/// As the command line shows rules, with the counts of both sides, the left side and the right side.
impl<T: fmt::Display> fmt::Display for RelatedRule<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let side = |items: &[T]| items.iter().map(T::to_string).collect::<Vec<_>>().join(", ");
        let (counts, [left, right]) = (&self.counts, [&self.antecedent, &self.consequent].map(|items| side(items)));
        write!(f, "{{{left}}} => {{{right}}} ({} {} {})", counts.n_xy(), counts.n_x(), counts.n_y())
    }
}
