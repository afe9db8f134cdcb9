//! What a recommender is told, and what it answers.

use std::hash::Hash;

use crate::recommend::Recommender;

/// Who is shopping: what a [`Recommend`] knows.
#[derive(Debug)]
pub struct Shopper<'a, T> {
    basket: &'a [T],
    history: &'a [Vec<T>],
}

impl<T> Clone for Shopper<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Shopper<'_, T> {}

impl<'a, T> Shopper<'a, T> {
    /// Someone with a basket in hand, and with earlier baskets, the oldest first. Either may be empty.
    #[must_use]
    pub fn new(basket: &'a [T], history: &'a [Vec<T>]) -> Self {
        Shopper { basket, history }
    }

    /// The items in hand.
    #[must_use]
    pub fn basket(&self) -> &'a [T] {
        self.basket
    }

    /// The earlier baskets, the oldest first; none if the customer is not known.
    #[must_use]
    pub fn history(&self) -> &'a [Vec<T>] {
        self.history
    }

    /// The items in hand, or those of the last basket if there are none.
    #[must_use]
    pub fn latest(&self) -> &'a [T] {
        match (self.basket, self.history) {
            ([], [.., last]) => last,
            _ => self.basket,
        }
    }
}

/// What recommends items: a [`Recommender`], a base line, or your own.
///
/// ```
/// use itemset::recommend::{Metric, Recommend, Shopper, Trial};
/// use itemset::Transactions;
///
/// /// Sells bread to everybody.
/// struct Bread;
///
/// impl Recommend<&'static str> for Bread {
///     fn recommend(&self, _: Shopper<'_, &'static str>, _: usize) -> Vec<&'static str> {
///         vec!["bread"]
///     }
/// }
///
/// let baskets = Transactions::from_rows((0..100).map(|n| if n % 2 == 0 { ["bread", "jam"] } else { ["ham", "eggs"] }))?;
/// let outcome = Trial::leave_one_out(&baskets, 0.5, 1)?.evaluate(&Bread)?;
/// assert!(outcome.value(Metric::HitRate).unwrap().value() < 0.5);
/// # Ok::<(), itemset::Error>(())
/// ```
pub trait Recommend<T> {
    /// Up to `k` items, the best first. Items in hand and repeated ones do not count, nor do those beyond `k`.
    fn recommend(&self, shopper: Shopper<'_, T>, k: usize) -> Vec<T>;
}

/// The rules that fire for the items in hand, or for those of the last basket if there are none.
impl<T: Eq + Hash + Clone> Recommend<T> for Recommender<T> {
    fn recommend(&self, shopper: Shopper<'_, T>, k: usize) -> Vec<T> {
        let found = Recommender::recommend(self, shopper.latest(), k);
        found.iter().map(|found| found.item().clone()).collect()
    }
}
