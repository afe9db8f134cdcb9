//! Counts of all pairs of items, changed with each sale, so that a customer is gone from them at once.

use std::sync::{PoisonError, RwLock};

use itemset::recommend::{ItemToItem, Related, Relation};

use crate::data::BaseData;
use crate::store::{Outcome, Sale, Store};

/// The pair counts, which one thread changes a basket at a time. A reader waits for one basket at most.
#[derive(Debug)]
pub struct Pairs {
    /// None until all sales are replayed.
    counts: RwLock<Option<ItemToItem<String>>>,
}

impl Pairs {
    /// Without counts.
    #[must_use]
    pub fn new() -> Self {
        Pairs { counts: RwLock::new(None) }
    }

    /// Counts the base data and all sales of the store; returns the sales.
    ///
    /// # Errors
    ///
    /// If the store cannot be read, or there are more baskets than can be counted.
    pub fn replay(&self, base: &BaseData, store: &Store) -> Result<u64, String> {
        let mut counts = ItemToItem::new();
        let replayed = store.read(|sale| counts.add(sale.items).map_err(|error| error.to_string()));
        let replayed = replayed.map_err(|error| format!("store: {error}"))?;
        for basket in base.without(&replayed.forgotten) {
            counts.add(basket.iter().cloned()).map_err(|error| error.to_string())?;
        }
        *self.counts.write().unwrap_or_else(PoisonError::into_inner) = Some(counts);
        Ok(replayed.sales)
    }

    /// Different items, and pairs that are together in some basket. It looks at each item.
    #[must_use]
    pub fn len(&self) -> usize {
        self.counts
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .as_ref()
            .map_or(0, |counts| counts.item_count() + counts.pair_count())
    }

    /// Counts sales that were stored.
    pub fn add(&self, sales: &[Sale]) {
        for sale in sales {
            self.change(|counts| counts.add(sale.items.iter().cloned()));
        }
    }

    /// Takes out what was forgotten.
    pub fn forget(&self, base: &BaseData, customer: &str, outcome: &Outcome) {
        let Outcome::Forgotten(gone) = outcome else { return };
        for sale in &gone.sales {
            self.change(|counts| counts.forget(sale.items.iter().map(String::as_str)));
        }
        if gone.base {
            for basket in base.of(customer) {
                self.change(|counts| counts.forget(basket.iter().map(String::as_str)));
            }
        }
    }

    /// A change that cannot be counted is logged: the store has it, and the next start counts it.
    fn change(&self, change: impl FnOnce(&mut ItemToItem<String>) -> Result<(), itemset::Error>) {
        let mut counts = self.counts.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(Err(error)) = counts.as_mut().map(change) {
            tracing::error!(%error, "pair counts no longer follow the store");
        }
    }

    /// What the items that go best with an item say; none if the item is unknown, and an outer none before all is
    /// replayed.
    pub fn related<R>(
        &self,
        item: &str,
        k: usize,
        by: Relation,
        say: impl FnOnce(u64, &[Related<'_, String>]) -> R,
    ) -> Option<Option<R>> {
        let counts = self.counts.read().unwrap_or_else(PoisonError::into_inner);
        let counts = counts.as_ref()?;
        Some(counts.count_of(item).map(|count| say(count, &counts.related(item, k, by))))
    }
}

impl Default for Pairs {
    fn default() -> Self {
        Pairs::new()
    }
}
