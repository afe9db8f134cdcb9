//! Rules that more general ones do not explain.

use std::hash::Hash;

use hashbrown::HashMap;

use super::Taxonomy;
use super::exact::reaches;
use crate::error::Error;
use crate::itemsets::FrequentItemsets;
use crate::rules::{Rule, Rules};

impl<T: Eq + Hash> Taxonomy<T> {
    /// The rules that more general rules of the set do not explain, in the present order.
    ///
    /// A rule is more general if it has, for one item or several, what is above it. If beer is half of the drinks, half
    /// of {drinks} => {snacks} is expected to be {beer} => {snacks}; that it is so is no finding. A rule is interesting
    /// if none is more general, or if its support or its confidence is at least `r` times what each of the nearest more
    /// general ones, among those that are interesting themselves, lets one expect: the support of the general rule times
    /// the share of each item in what replaces it, and its confidence times the shares on the right side.
    ///
    /// `itemsets` are those that the rules were made from.
    ///
    /// # Source
    ///
    /// R. Srikant, R. Agrawal: Mining generalized association rules, VLDB 1995. There 1.1 is a usual `r`.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidSetting`](crate::ErrorKind::InvalidSetting) for an `r` that is not a finite number above 0;
    /// [`ErrorKind::Inconsistent`](crate::ErrorKind::Inconsistent) if the itemsets do not hold an item of a rule.
    ///
    /// # Complexity
    ///
    /// A look-up for each way to generalise a rule: the product over its items of one more than there is above each. If
    /// there are fewer rules of its lengths than that, a comparison with each of them. Then each rule that is found is
    /// compared with the nearest ones.
    ///
    /// ```
    /// use itemset::shape::Taxonomy;
    /// use itemset::{Miner, Transactions};
    ///
    /// let taxonomy = Taxonomy::new([("ale", "beer"), ("lager", "beer")])?;
    /// // Ale and lager sell alike with chips; diapers sell with lager alone.
    /// let baskets = Transactions::from_rows((0..40).map(|n| match n % 4 {
    ///     0 => vec!["ale", "chips"],
    ///     1 => vec!["lager", "chips", "diapers"],
    ///     2 => vec!["ale"],
    ///     _ => vec!["bread"],
    /// }))?;
    /// let itemsets = taxonomy.mine(&Miner::new().min_support(0.1), &baskets)?;
    /// let rules = itemsets.rules().min_confidence(0.5).generate()?;
    /// let left = taxonomy.interesting(&rules, &itemsets, 1.1)?;
    /// assert!(left.len() < rules.len());
    /// // Half of those who buy chips buy ale, as expected from {chips} => {beer}.
    /// assert!(!left.iter().any(|rule| rule.to_string().starts_with("{chips} => {ale}")));
    /// assert!(left.iter().any(|rule| rule.to_string().starts_with("{diapers} => {lager}")));
    /// # Ok::<(), itemset::Error>(())
    /// ```
    pub fn interesting(&self, rules: &Rules<T>, itemsets: &FrequentItemsets<T>, r: f64) -> Result<Rules<T>, Error> {
        self.interesting_where(rules, itemsets, r, |_, _| true)
    }

    /// The same with a further condition on each rule and each of the nearest more general ones.
    pub(in crate::shape) fn interesting_where(
        &self,
        rules: &Rules<T>,
        itemsets: &FrequentItemsets<T>,
        r: f64,
        also: impl Fn(Rule<'_, T>, Rule<'_, T>) -> bool,
    ) -> Result<Rules<T>, Error> {
        if !(r.is_finite() && r > 0.0) {
            return Err(Error::invalid_setting("r", r, "a finite number above 0"));
        }
        let mut named = Named::new(self);
        let mut sides: Vec<Sides> = Vec::with_capacity(rules.len());
        for rule in rules {
            sides.push(named.sides(rule, itemsets)?);
        }
        // The more general before the more special: what is above an item has a lower level.
        let levels: Vec<u64> = sides.iter().map(|sides| sides.all().map(|item| named.level(item)).sum()).collect();
        let mut order: Vec<usize> = (0..rules.len()).collect();
        order.sort_by_key(|&place| levels[place]);
        let mut found = Found {
            named: &named,
            sides: &sides,
            levels: &levels,
            by_items: HashMap::new(),
            by_lengths: HashMap::new(),
        };
        let mut keep = vec![false; rules.len()];
        for place in order {
            let general = found.nearest_above(place);
            let is_also = |general: usize| match (rules.get(place), rules.get(general)) {
                (Some(special), Some(general)) => also(special, general),
                _ => true,
            };
            keep[place] = general.iter().all(|&general| found.exceeds(place, general, r) && is_also(general));
            if keep[place] {
                found.add(place);
            }
        }
        rules.select_indices((0..rules.len()).filter(|&place| keep[place]))
    }
}

/// The items of the sides of a rule, each ascending, and its counts.
#[derive(Debug)]
struct Sides {
    left: Vec<u32>,
    right: Vec<u32>,
    n_x: u64,
    n_xy: u64,
}

impl Sides {
    fn all(&self) -> impl Iterator<Item = u32> {
        self.left.iter().chain(&self.right).copied()
    }

    fn lengths(&self) -> (usize, usize) {
        (self.left.len(), self.right.len())
    }
}

/// The items of rules: those of the taxonomy by their numbers there, and others after them.
struct Named<'a, T> {
    taxonomy: &'a Taxonomy<T>,
    others: HashMap<&'a T, u32>,
    /// The baskets that hold each item, by its number.
    counts: HashMap<u32, u64>,
}

impl<'a, T: Eq + Hash> Named<'a, T> {
    fn new(taxonomy: &'a Taxonomy<T>) -> Self {
        Named { taxonomy, others: HashMap::new(), counts: HashMap::new() }
    }

    fn sides(&mut self, rule: Rule<'a, T>, itemsets: &FrequentItemsets<T>) -> Result<Sides, Error> {
        let mut side = |labels: &mut dyn Iterator<Item = &'a T>| {
            let mut items = labels.map(|label| self.number(label, itemsets)).collect::<Result<Vec<u32>, _>>()?;
            items.sort_unstable();
            Ok::<_, Error>(items)
        };
        let (left, right) = (side(&mut rule.antecedent())?, side(&mut rule.consequent())?);
        let counts = rule.counts();
        Ok(Sides { left, right, n_x: counts.n_x(), n_xy: counts.n_xy() })
    }

    fn number(&mut self, label: &'a T, itemsets: &FrequentItemsets<T>) -> Result<u32, Error> {
        // Items are numbered by a u32, and there are no more others than items of rules.
        let next = (self.taxonomy.labels().len() + self.others.len()) as u32;
        let number = match self.taxonomy.dictionary.id(label) {
            Some(id) => id.index() as u32,
            None => *self.others.entry(label).or_insert(next),
        };
        if !self.counts.contains_key(&number) {
            let count = itemsets.count_of([label]).filter(|&count| count > 0);
            let count =
                count.ok_or_else(|| Error::inconsistent("itemsets", "they do not hold an item of the rules"))?;
            self.counts.insert(number, count);
        }
        Ok(number)
    }

    fn above(&self, item: u32) -> &'a [u32] {
        self.taxonomy.ancestors.get(item as usize).map_or(&[], |above| above)
    }

    fn level(&self, item: u32) -> u64 {
        self.taxonomy.levels.get(item as usize).map_or(0, |&level| level.into())
    }

    /// Whether one side becomes the other if each item is replaced by itself or by one above it.
    fn is_above(&self, general: &[u32], special: &[u32]) -> bool {
        // The item that each place of the general side replaces: an assignment, by paths that free a place.
        let mut of_general: Vec<Option<usize>> = vec![None; general.len()];
        general.len() == special.len()
            && (0..special.len()).all(|item| {
                let mut tried = vec![false; general.len()];
                self.assign(item, special, general, &mut of_general, &mut tried)
            })
    }

    /// Gives an item a place, where others may move. The recursion is as deep as a side has items.
    fn assign(
        &self,
        item: usize,
        special: &[u32],
        general: &[u32],
        of_general: &mut [Option<usize>],
        tried: &mut [bool],
    ) -> bool {
        for (place, &other) in general.iter().enumerate() {
            let fits = other == special[item] || self.above(special[item]).binary_search(&other).is_ok();
            if !fits || std::mem::replace(&mut tried[place], true) {
                continue;
            }
            let is_free = match of_general[place] {
                None => true,
                Some(before) => self.assign(before, special, general, of_general, tried),
            };
            if is_free {
                of_general[place] = Some(item);
                return true;
            }
        }
        false
    }
}

/// The interesting rules so far.
struct Found<'a, T> {
    named: &'a Named<'a, T>,
    sides: &'a [Sides],
    /// The levels of the items of each rule together.
    levels: &'a [u64],
    by_items: HashMap<(&'a [u32], &'a [u32]), usize>,
    by_lengths: HashMap<(usize, usize), Vec<usize>>,
}

impl<'a, T: Eq + Hash> Found<'a, T> {
    fn add(&mut self, place: usize) {
        let sides = &self.sides[place];
        self.by_items.insert((&sides.left, &sides.right), place);
        self.by_lengths.entry(sides.lengths()).or_default().push(place);
    }

    /// Whether a rule is more general than another one.
    fn is_above(&self, general: usize, special: usize) -> bool {
        let (general, special) = (&self.sides[general], &self.sides[special]);
        (&general.left, &general.right) != (&special.left, &special.right)
            && self.named.is_above(&general.left, &special.left)
            && self.named.is_above(&general.right, &special.right)
    }

    /// The more general rules with none between them and the rule.
    fn nearest_above(&self, place: usize) -> Vec<usize> {
        let mut above = self.above(place);
        // The most special first: what is above another one comes after it. So those before, which are nearest, are enough
        // to compare with, as what is above one that is not nearest is above a nearest one too.
        above.sort_by_key(|&general| std::cmp::Reverse(self.levels[general]));
        let mut nearest: Vec<usize> = Vec::new();
        for general in above {
            if !nearest.iter().any(|&between| self.is_above(general, between)) {
                nearest.push(general);
            }
        }
        nearest
    }

    /// All more general rules.
    fn above(&self, place: usize) -> Vec<usize> {
        let sides = &self.sides[place];
        let Some(of_lengths) = self.by_lengths.get(&sides.lengths()) else { return Vec::new() };
        let ways = sides.all().map(|item| 1 + self.named.above(item).len());
        let ways = ways.fold(1usize, usize::saturating_mul);
        if ways == 1 {
            return Vec::new();
        }
        if ways > of_lengths.len() {
            return of_lengths.iter().copied().filter(|&general| self.is_above(general, place)).collect();
        }
        let items: Vec<u32> = sides.all().collect();
        let mut above = Vec::new();
        let mut replaced = Vec::with_capacity(items.len());
        // A way as digits of a number: which one above an item, or the item itself.
        for way in 1..ways {
            let mut rest = way;
            replaced.clear();
            for &item in &items {
                let over = self.named.above(item);
                let digit = rest % (1 + over.len());
                rest /= 1 + over.len();
                replaced.push(if digit == 0 { item } else { over[digit - 1] });
            }
            let (left, right) = replaced.split_at_mut(sides.left.len());
            left.sort_unstable();
            right.sort_unstable();
            above.extend(self.by_items.get(&(&*left, &*right)));
        }
        above.sort_unstable();
        above.dedup();
        above
    }

    /// Whether the support or the confidence is `r` times what a more general rule lets one expect.
    fn exceeds(&self, place: usize, general: usize, r: f64) -> bool {
        let (own, general) = (&self.sides[place], &self.sides[general]);
        // Which item replaces which makes no difference: all shares are multiplied.
        let counts = |items: &[u32]| items.iter().map(|item| self.named.counts[item]).collect::<Vec<u64>>();
        let (left, right) = (counts(&own.left), counts(&own.right));
        let (above_left, above_right) = (counts(&general.left), counts(&general.right));
        reaches(
            &[&above_left[..], &above_right, &[own.n_xy]].concat(),
            &[&left[..], &right, &[general.n_xy]].concat(),
            r,
        ) || reaches(
            &[&above_right[..], &[own.n_xy, general.n_x]].concat(),
            &[&right[..], &[own.n_x, general.n_xy]].concat(),
            r,
        )
    }
}
