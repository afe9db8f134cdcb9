//! The answer for one basket.

use std::fmt;

use super::reason::Reason;
use super::recommender::Recommender;
use super::scratch::{Found, Scratch};

/// The items that are recommended for a basket, the best first; from [`Recommender::recommend`].
#[derive(Debug)]
pub struct Recommendations<'s, T> {
    pub(super) of: &'s Recommender<T>,
    pub(super) scratch: Held<'s>,
}

/// The memory of the answer.
#[derive(Debug)]
pub(super) enum Held<'s> {
    Own(Box<Scratch>),
    Lent(&'s Scratch),
}

impl Held<'_> {
    fn get(&self) -> &Scratch {
        match self {
            Held::Own(scratch) => scratch,
            Held::Lent(scratch) => scratch,
        }
    }
}

impl<T> Recommendations<'_, T> {
    /// Items.
    #[must_use]
    pub fn len(&self) -> usize {
        self.scratch.get().found.len()
    }

    /// Whether nothing is recommended.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// An item by its position, 0 for the best.
    #[must_use]
    pub fn get(&self, position: usize) -> Option<Recommendation<'_, T>> {
        let (of, scratch) = (self.of, self.scratch.get());
        scratch.found.get(position).map(|&found| Recommendation { of, scratch, found })
    }

    /// All items, the best first.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Recommendation<'_, T>> + DoubleEndedIterator + Clone {
        let (of, scratch) = (self.of, self.scratch.get());
        scratch.found.iter().map(move |&found| Recommendation { of, scratch, found })
    }

    /// The labels of the basket that no rule has, each as often as it came.
    #[must_use]
    pub fn unknown(&self) -> usize {
        self.scratch.get().unknown
    }
}

/// A line for each item, the best first.
impl<T: fmt::Display> fmt::Display for Recommendations<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, found) in self.iter().enumerate() {
            f.write_str(if place > 0 { "\n" } else { "" })?;
            found.fmt(f)?;
        }
        Ok(())
    }
}

/// One item that is recommended.
#[derive(Debug)]
pub struct Recommendation<'s, T> {
    of: &'s Recommender<T>,
    scratch: &'s Scratch,
    found: Found,
}

impl<'s, T> Recommendation<'s, T> {
    /// The item.
    #[must_use]
    pub fn item(&self) -> &'s T {
        self.of.label(self.found.item)
    }

    /// How good it is, in the unit of the [`Policy`](super::Policy); of a [popular](Recommendation::is_popular) item the
    /// share of all baskets that hold it, times its margin if the policy has margins.
    #[must_use]
    pub fn score(&self) -> f64 {
        self.found.score
    }

    /// Whether no rule speaks for it, and it is here because it is popular.
    #[must_use]
    pub fn is_popular(&self) -> bool {
        self.found.popular
    }

    /// The rules that speak for it, the best first, as [`Recommender::fired`] orders them; none if it is merely popular.
    ///
    /// Looks at all rules that fired, and allocates.
    #[must_use]
    pub fn reasons(&self) -> Vec<Reason<'s, T>> {
        let index = &self.of.index;
        let rules = self.scratch.fired.iter().flat_map(|&node| index.rules_of(node));
        let is_for = |rule: &usize| index.target(index.rules[*rule].target).contains(&self.found.item);
        self.of.best_first(rules.filter(is_for).collect())
    }
}

impl<T> Clone for Recommendation<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Recommendation<'_, T> {}

/// `beer (0.410), because of diapers and Saturday: 41 % of such baskets, 3.2 times the usual`, with the best reason.
impl<T: fmt::Display> fmt::Display for Recommendation<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({:.3}), ", self.item(), self.score())?;
        match self.reasons().first() {
            Some(reason) => reason.fmt(f),
            None => f.write_str("as it is popular"),
        }
    }
}
