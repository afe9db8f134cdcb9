//! Which ranges there are, and how they are searched.

use std::fmt;
use std::hash::Hash;

use hashbrown::HashMap;

use crate::constraints::Constraints;
use crate::error::Error;
use crate::itemsets::FrequentItemsets;
use crate::mine::query::min_support::MinSupport;
use crate::miner::Miner;
use crate::shape::{Bins, Taxonomy};
use crate::transactions::Transactions;

/// Ranges of numbers that are items: bins, and neighbouring bins joined, as long as no more than a share of the baskets is
/// in them.
///
/// With narrow bins rules have too little support, with wide ones too little confidence. With ranges of every width, those
/// that make the strongest rules are found: `price=[2, 8)` out of the bins from 2 to 4, 4 to 6 and 6 to 8. Ranges of one
/// attribute are never together. They are items as others, so [`hypotheses`](crate::RuleBuilder::hypotheses) counts the
/// larger search, and a correction for multiple testing allows for it.
///
/// # Source
///
/// R. Srikant, R. Agrawal: Mining quantitative association rules in large relational tables, SIGMOD 1996.
///
/// ```
/// use itemset::shape::{BinMethod, Bins, Ranges, Recipe, Table};
/// use itemset::Miner;
///
/// let rows: Vec<[String; 2]> = (0..100).map(|n| {
///     let age = 20 + n % 50;
///     [if (30..50).contains(&age) { "diapers" } else { "bread" }.to_string(), age.to_string()]
/// }).collect();
/// let sales = Table::from_rows(["item", "age"], rows.iter().map(|row| row.each_ref().map(|field| Some(&**field))))?;
/// let tens = Bins::at([30.0, 40.0, 50.0, 60.0])?;
/// let shaped = Recipe::new("item").numbers("age", BinMethod::Fixed(tens.clone())).shape(&sales)?;
/// let ranges = Ranges::of_bins(shaped.baskets(), [("age", &tens)], 0.5)?;
/// let itemsets = ranges.mine(&Miner::new().min_support(0.15), shaped.baskets())?;
/// let rules = itemsets.rules().min_confidence(0.9).consequents_from(["diapers"]).generate()?;
/// // The bins too, but they are as expected from the range.
/// assert_eq!(rules.len(), 3);
/// let left = ranges.interesting(&rules, &itemsets, 1.1)?;
/// assert_eq!(left.iter().map(|rule| rule.to_string()).collect::<Vec<_>>(), [
///     "{age=[30, 50)} => {diapers} (support 0.400, confidence 1.000, lift 2.500)",
/// ]);
/// # Ok::<(), itemset::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Ranges<T> {
    /// A range belongs to those that are a bin wider.
    pub(super) taxonomy: Taxonomy<T>,
    /// The attribute of each range, and its first and its last bin.
    pub(super) spans: HashMap<T, Span>,
    attributes: Vec<Attribute<T>>,
}

/// The bins from one to another, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) attribute: usize,
    pub(super) first: usize,
    pub(super) last: usize,
}

#[derive(Clone, Debug)]
struct Attribute<T> {
    /// By the first bin, then by how many more there are: those that are items.
    ranges: Vec<Vec<T>>,
    /// The baskets in the bins before each one, and at last in all.
    below: Vec<u64>,
}

/// The most bins of an attribute: each range is below those that contain it, and their pairs grow with the fourth power.
const MOST_BINS: usize = 128;

impl Ranges<String> {
    /// Ranges of columns that became items `column=[from, to)` by a [`Recipe`](crate::shape::Recipe), with the bins of
    /// [`Recipe::bins`](crate::shape::Recipe::bins). Otherwise as [`join`](Ranges::join).
    ///
    /// # Errors
    ///
    /// As there.
    pub fn of_bins<'b>(
        baskets: &Transactions<String>,
        columns: impl IntoIterator<Item = (impl fmt::Display, &'b Bins)>,
        max_support: f64,
    ) -> Result<Self, Error> {
        let columns: Vec<(String, &Bins)> = columns.into_iter().map(|(name, bins)| (name.to_string(), bins)).collect();
        let label = |attribute: usize, first: usize, last: usize| {
            let (name, bins) = &columns[attribute];
            format!("{name}={}", bins.label_of_range(first, last).unwrap_or_default())
        };
        Ranges::new(baskets, columns.iter().map(|(_, bins)| bins.len()).collect(), max_support, label)
    }
}

impl<T: Eq + Hash + Clone + fmt::Display> Ranges<T> {
    /// Ranges of attributes, each with its bins in their order. Two bins or more are joined if no more than the fraction
    /// `max_support` of the baskets is in one of them; `label` makes the item of a range from its first and its last bin.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidSetting`](crate::ErrorKind::InvalidSetting) for a basket with two bins of an attribute, as no
    /// number is in two; for an item that comes twice, or is the label of a joined range; for more than 128 bins of an
    /// attribute, and a fraction that is not above 0 and up to 1.
    ///
    /// # Complexity
    ///
    /// One pass over the entries; then a step for each two ranges of an attribute of which one contains the other.
    ///
    /// ```
    /// use itemset::Transactions;
    /// use itemset::shape::Ranges;
    ///
    /// let baskets = Transactions::from_rows([["small"], ["medium"], ["large"], ["large"]].map(|row| row.map(str::to_string)))?;
    /// let sizes = ["small", "medium", "large"].map(str::to_string);
    /// let ranges = Ranges::join(&baskets, [sizes], 0.6, |first, last| format!("{first} to {last}"))?;
    /// let extended = ranges.extend(&baskets)?;
    /// assert_eq!(extended.count_of("small to medium"), Some(2));
    /// // It would have three of four baskets.
    /// assert_eq!(extended.count_of("medium to large"), None);
    /// # Ok::<(), itemset::Error>(())
    /// ```
    pub fn join(
        baskets: &Transactions<T>,
        attributes: impl IntoIterator<Item = impl IntoIterator<Item = T>>,
        max_support: f64,
        label: impl Fn(&T, &T) -> T,
    ) -> Result<Self, Error> {
        let bins: Vec<Vec<T>> = attributes.into_iter().map(|bins| bins.into_iter().collect()).collect();
        let label =
            |attribute: usize, first: usize, last: usize| match (&bins[attribute][first], &bins[attribute][last]) {
                (bin, _) if first == last => bin.clone(),
                (first, last) => label(first, last),
            };
        Ranges::new(baskets, bins.iter().map(Vec::len).collect(), max_support, label)
    }

    fn new(
        baskets: &Transactions<T>,
        lens: Vec<usize>,
        max_support: f64,
        label: impl Fn(usize, usize, usize) -> T,
    ) -> Result<Self, Error> {
        let most = MinSupport::fraction(max_support).max_count_of("max_support", baskets.len() as u64)?;
        if let Some(len) = lens.iter().find(|&&len| len > MOST_BINS) {
            return Err(Error::invalid_setting("bins", len, "up to 128 of an attribute whose bins are joined"));
        }
        let mut spans: HashMap<T, Span> = HashMap::new();
        let mut add = |label: &T, span: Span, is_known: bool| match spans.insert(label.clone(), span) {
            None if !is_known => Ok(()),
            _ => Err(Error::invalid_setting("ranges", format!("`{label}` comes twice"), "a label for each range")),
        };
        for (attribute, &len) in lens.iter().enumerate() {
            (0..len).try_for_each(|bin| {
                add(&label(attribute, bin, bin), Span { attribute, first: bin, last: bin }, false)
            })?;
        }
        let counts = count_bins(baskets, &lens, &label)?;
        let mut pairs: Vec<(T, T)> = Vec::new();
        let mut attributes = Vec::with_capacity(lens.len());
        for (attribute, &len) in lens.iter().enumerate() {
            let mut below = vec![0; len + 1];
            (0..len).for_each(|bin| below[bin + 1] = below[bin] + counts[attribute][bin]);
            let mut ranges: Vec<Vec<T>> = (0..len).map(|bin| vec![label(attribute, bin, bin)]).collect();
            for (first, last) in (0..len).flat_map(|first| (first + 1..len).map(move |last| (first, last))) {
                if below[last + 1] - below[first] > most {
                    continue;
                }
                let range = label(attribute, first, last);
                add(&range, Span { attribute, first, last }, baskets.count_of(&range).is_some())?;
                ranges[first].push(range);
            }
            // Those within a range that is an item are items.
            for (first, last) in (0..len).flat_map(|first| (first + 1..len).map(move |last| (first, last))) {
                if let Some(range) = ranges[first].get(last - first) {
                    pairs.push((ranges[first][last - first - 1].clone(), range.clone()));
                    pairs.push((ranges[first + 1][last - first - 1].clone(), range.clone()));
                }
            }
            attributes.push(Attribute { ranges, below });
        }
        Ok(Ranges { taxonomy: Taxonomy::new(pairs)?, spans, attributes })
    }

    /// The baskets with all ranges that their bins are in.
    ///
    /// # Errors
    ///
    /// Those of [`TransactionsBuilder::build`](crate::TransactionsBuilder::build).
    pub fn extend(&self, baskets: &Transactions<T>) -> Result<Transactions<T>, Error> {
        self.taxonomy.extend(baskets)
    }

    /// Constraints by which no itemset has two ranges of one attribute, for [extended](Ranges::extend) baskets.
    pub fn constraints(&self) -> Constraints<T> {
        let ranges = |attribute: &Attribute<T>| attribute.ranges.iter().flatten().cloned().collect::<Vec<T>>();
        self.attributes.iter().map(ranges).fold(Constraints::new(), Constraints::at_most_one_of)
    }

    /// All frequent itemsets of ranges and other items, none with two ranges of one attribute. Counts are those of the
    /// [extended](Ranges::extend) baskets.
    ///
    /// # Errors
    ///
    /// Those of [`Search::collect`](crate::Search::collect).
    pub fn mine(&self, miner: &Miner, baskets: &Transactions<T>) -> Result<FrequentItemsets<T>, Error>
    where
        T: Ord + Send + Sync,
    {
        let extended = self.extend(baskets)?;
        miner.search(&extended).constraints(&self.constraints()).collect()?.into_frequent()
    }
}

impl<T> Ranges<T> {
    /// The baskets in a range.
    pub(super) fn count(&self, span: Span) -> u64 {
        let below = &self.attributes[span.attribute].below;
        below[span.last + 1] - below[span.first]
    }

    /// The item of a range, if it is one.
    pub(super) fn range(&self, span: Span) -> Option<&T> {
        self.attributes[span.attribute].ranges[span.first].get(span.last - span.first)
    }
}

/// The baskets in each bin of each attribute.
fn count_bins<T: Eq + Hash + fmt::Display>(
    baskets: &Transactions<T>,
    lens: &[usize],
    label: &impl Fn(usize, usize, usize) -> T,
) -> Result<Vec<Vec<u64>>, Error> {
    let mut attribute_of: Vec<Option<usize>> = vec![None; baskets.dictionary().len()];
    let mut counts: Vec<Vec<u64>> = Vec::with_capacity(lens.len());
    for (attribute, &len) in lens.iter().enumerate() {
        let label = |bin| label(attribute, bin, bin);
        counts.push((0..len).map(|bin| baskets.count_of(&label(bin)).unwrap_or(0)).collect());
        for id in (0..len).filter_map(|bin| baskets.dictionary().id(&label(bin))) {
            attribute_of[id.index()] = Some(attribute);
        }
    }
    let mut seen: Vec<Option<u32>> = vec![None; lens.len()];
    for (row, _) in baskets.rows().weighted() {
        seen.fill(None);
        for &id in row {
            let Some(attribute) = attribute_of[id as usize] else { continue };
            if let Some(other) = seen[attribute].replace(id) {
                let [one, other] = [other, id].map(|id| &baskets.dictionary().labels()[id as usize]);
                let value = format!("a basket with `{one}` and `{other}`");
                return Err(Error::invalid_setting("ranges", value, "one bin of an attribute in a basket"));
            }
        }
    }
    Ok(counts)
}
