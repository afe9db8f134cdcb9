//! Rules that wider ranges do not explain.

use std::fmt;
use std::hash::Hash;

use super::Ranges;
use super::join::Span;
use crate::error::Error;
use crate::itemsets::FrequentItemsets;
use crate::rules::{Rule, Rules};
use crate::shape::taxonomy::reaches;

impl<T: Eq + Hash + Clone + fmt::Display> Ranges<T> {
    /// The rules that rules of wider ranges do not explain, in the present order.
    ///
    /// A rule is compared with the nearest ones of wider ranges that are interesting themselves, as rules of categories are
    /// by [`Taxonomy::interesting`](crate::shape::Taxonomy::interesting): its support or its confidence must be at least `r`
    /// times what is expected from them. Here its support must be so in any case, and that of what is left of it as well, if
    /// a part at one end of a range is cut off that is frequent with the rest of the rule. Otherwise a wide range would be
    /// interesting for a narrow one within it alone.
    ///
    /// `itemsets` are those that the rules were made from, by [`mine`](Ranges::mine).
    ///
    /// # Source
    ///
    /// R. Srikant, R. Agrawal: Mining quantitative association rules in large relational tables, SIGMOD 1996, section 4.
    ///
    /// # Errors
    ///
    /// Those of [`Taxonomy::interesting`](crate::shape::Taxonomy::interesting).
    ///
    /// # Complexity
    ///
    /// That of [`Taxonomy::interesting`](crate::shape::Taxonomy::interesting), with a look-up for each way to cut each rule
    /// that is compared.
    pub fn interesting(&self, rules: &Rules<T>, itemsets: &FrequentItemsets<T>, r: f64) -> Result<Rules<T>, Error> {
        self.taxonomy
            .interesting_where(rules, itemsets, r, |special, general| self.exceeds(special, general, itemsets, r))
    }

    /// Whether an itemset, and what is left of it if a frequent part is cut off, is `r` times as frequent as a more general
    /// one lets one expect.
    fn exceeds(&self, special: Rule<'_, T>, general: Rule<'_, T>, itemsets: &FrequentItemsets<T>, r: f64) -> bool {
        let own: Vec<&T> = special.antecedent().chain(special.consequent()).collect();
        let wide: Vec<&T> = general.antecedent().chain(general.consequent()).collect();
        let spans =
            |items: &[&T]| -> Vec<Option<Span>> { items.iter().map(|item| self.spans.get(*item).copied()).collect() };
        let own_spans = spans(&own);
        // The shares of what is no range are 1.
        let mut above: Vec<u64> = spans(&wide).into_iter().flatten().map(|span| self.count(span)).collect();
        let below = |cut: Option<(usize, u64)>| -> Vec<u64> {
            let counts = own_spans.iter().enumerate().filter_map(|(place, span)| match cut {
                Some((cut, left)) if cut == place => Some(left),
                _ => span.map(|span| self.count(span)),
            });
            counts.chain([general.count()]).collect()
        };
        above.push(special.count());
        if !reaches(&above, &below(None), r) {
            return false;
        }
        for (place, span) in own_spans.iter().enumerate() {
            let Some(span) = *span else { continue };
            let parts =
                (span.first..span.last).flat_map(|end| [Span { last: end, ..span }, Span { first: end + 1, ..span }]);
            for part in parts {
                // Those within a range that is an item are items.
                let Some(label) = self.range(part) else { continue };
                let mut narrow = own.clone();
                narrow[place] = label;
                let Some(count) = itemsets.count_of(narrow) else { continue };
                let left = self.count(span) - self.count(part);
                if left == 0 {
                    continue;
                }
                let Some(last) = above.last_mut() else { continue };
                *last = special.count() - count;
                if !reaches(&above, &below(Some((place, left))), r) {
                    return false;
                }
            }
        }
        true
    }
}
