//! Which items and baskets are kept.

use std::collections::BTreeSet;
use std::fmt;

use crate::pattern::Pattern;
#[cfg(feature = "serde")]
use crate::stored_format::suggest_keys;

/// Which items and baskets a [`Recipe`](super::Recipe) keeps.
///
/// Items are those of columns that are [items as they are](super::Recipe::new): context is always kept. Items are chosen
/// by their names first, then by their counts, then baskets by the items that are left. What names leave out and what
/// counts leave out is in no basket; a basket that loses all its items stays, and counts, unless
/// [`min_len`](Filter::min_len) is set.
///
/// ```
/// use itemset::shape::{Filter, Recipe, Table};
///
/// let sales = Table::from_rows(
///     ["receipt", "item"],
///     [("1", "beer"), ("1", "bag 10"), ("1", "chips"), ("2", "beer"), ("3", "bag 20")].map(|(a, b)| [Some(a), Some(b)]),
/// )?;
/// let filter = Filter::new().without(["bag*".parse()?]).min_count(2).min_len(1);
/// let shaped = Recipe::new("item").basket(["receipt"]).filter(filter).fit(&sales)?.shape(&sales)?;
/// let rows: Vec<String> = shaped.baskets().iter().map(|basket| basket.to_string()).collect();
/// assert_eq!(rows, ["{beer}", "{beer}"]);
/// # Ok::<(), itemset::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(remote = "Self", deny_unknown_fields, default))]
#[must_use]
pub struct Filter {
    /// Items like one of these, or all.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Vec::is_empty"))]
    only: Vec<Pattern>,
    /// No items like one of these.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Vec::is_empty"))]
    without: Vec<Pattern>,
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    min_count: Option<u64>,
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    top: Option<usize>,
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    min_len: Option<usize>,
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    max_len: Option<usize>,
    /// The items that `min_count` and `top` keep; fixed by fitting.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    fitted: Option<BTreeSet<String>>,
}

#[cfg(feature = "serde")]
suggest_keys!(Filter);

impl Filter {
    /// A filter that keeps everything.
    pub fn new() -> Filter {
        Filter::default()
    }

    /// Only items that are like one of these patterns. Repeated calls add up. Default: all.
    pub fn only(mut self, patterns: impl IntoIterator<Item = Pattern>) -> Self {
        self.only.extend(patterns);
        self
    }

    /// No items that are like one of these patterns. Repeated calls add up.
    pub fn without(mut self, patterns: impl IntoIterator<Item = Pattern>) -> Self {
        self.without.extend(patterns);
        self
    }

    /// Only items that so many baskets have or more. Which, [fitting](super::Recipe::fit) fixes. Default: all.
    pub fn min_count(mut self, baskets: u64) -> Self {
        (self.min_count, self.fitted) = (Some(baskets), None);
        self
    }

    /// Only so many items, those of the most baskets; of equally frequent ones those whose label comes first. Which,
    /// [fitting](super::Recipe::fit) fixes. Default: all.
    pub fn top(mut self, items: usize) -> Self {
        (self.top, self.fitted) = (Some(items), None);
        self
    }

    /// Only baskets with so many items or more, context not counted. Default: all.
    pub fn min_len(mut self, items: usize) -> Self {
        self.min_len = Some(items);
        self
    }

    /// Only baskets with so many items or fewer, context not counted. Default: all.
    pub fn max_len(mut self, items: usize) -> Self {
        self.max_len = Some(items);
        self
    }

    /// Whether it keeps everything.
    pub(super) fn keeps_all(&self) -> bool {
        *self == Filter::default()
    }

    /// Whether the items have to be fixed yet.
    pub(super) fn needs_fit(&self) -> bool {
        (self.min_count.is_some() || self.top.is_some()) && self.fitted.is_none()
    }

    /// Fixes the items by how many baskets have each.
    pub(super) fn fix<'c>(&mut self, counts: impl Iterator<Item = (&'c str, u64)>) {
        let mut kept: Vec<(&str, u64)> =
            counts.filter(|&(label, count)| self.names(label) && count >= self.min_count.unwrap_or(0)).collect();
        kept.sort_unstable_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
        kept.truncate(self.top.unwrap_or(usize::MAX));
        self.fitted = Some(kept.into_iter().map(|(label, _)| label.to_string()).collect());
    }

    /// Whether an item is kept.
    pub(super) fn keeps_item(&self, label: &str) -> bool {
        self.names(label) && self.fitted.as_ref().is_none_or(|fitted| fitted.contains(label))
    }

    /// Whether the patterns keep an item.
    fn names(&self, label: &str) -> bool {
        let any = |patterns: &[Pattern]| patterns.iter().any(|pattern| pattern.matches(label));
        (self.only.is_empty() || any(&self.only)) && !any(&self.without)
    }

    /// Whether all items are kept.
    pub(super) fn keeps_items(&self) -> bool {
        self.only.is_empty() && self.without.is_empty() && self.fitted.is_none()
    }

    /// Whether all baskets are kept.
    pub(super) fn keeps_baskets(&self) -> bool {
        self.min_len.is_none() && self.max_len.is_none()
    }

    /// Whether a basket with so many items is kept.
    pub(super) fn keeps_basket(&self, items: usize) -> bool {
        items >= self.min_len.unwrap_or(0) && items <= self.max_len.unwrap_or(usize::MAX)
    }
}

/// One line for each condition, each after a line break.
impl fmt::Display for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let patterns = |patterns: &[Pattern]| patterns.iter().map(Pattern::to_string).collect::<Vec<_>>().join(", ");
        if !self.only.is_empty() {
            write!(f, "\nonly items like {}", patterns(&self.only))?;
        }
        if !self.without.is_empty() {
            write!(f, "\nno items like {}", patterns(&self.without))?;
        }
        if let Some(count) = self.min_count {
            write!(f, "\nonly items of {count} baskets or more")?;
        }
        if let Some(items) = self.top {
            write!(f, "\nonly the {items} most frequent items")?;
        }
        if let Some(fitted) = &self.fitted {
            write!(f, " ({} when it was fitted)", fitted.len())?;
        }
        match (self.min_len, self.max_len) {
            (None, None) => Ok(()),
            (Some(least), None) => write!(f, "\nonly baskets of {least} items or more"),
            (None, Some(most)) => write!(f, "\nonly baskets of {most} items or fewer"),
            (Some(least), Some(most)) => write!(f, "\nonly baskets of {least} to {most} items"),
        }
    }
}
