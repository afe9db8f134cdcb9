//! The kinds of sections.

use crate::text_enum::text_enum;

text_enum! {
    /// What a snapshot can hold, in the order in which it is stored.
    pub enum SnapshotPart for "snapshot part" {
        /// A [`Recommender`](crate::recommend::Recommender).
        Recommender = "recommender",
        /// A [`NextBasket`](crate::recommend::NextBasket).
        NextBasket = "next-basket",
        /// An [`ItemToItem`](crate::recommend::ItemToItem).
        ItemToItem = "item-to-item",
        /// [`Rules`](crate::Rules).
        Rules = "rules",
        /// [`FrequentItemsets`](crate::FrequentItemsets).
        Itemsets = "itemsets",
        /// [`ClosedItemsets`](crate::ClosedItemsets).
        Closed = "closed",
        /// [`MaximalItemsets`](crate::MaximalItemsets).
        Maximal = "maximal",
        /// [`GeneratorItemsets`](crate::GeneratorItemsets).
        Generators = "generators",
        /// [`Transactions`](crate::Transactions).
        Transactions = "transactions",
        /// A [`Window`](crate::window::Window).
        Window = "window",
    }
}

impl SnapshotPart {
    pub(super) fn name(self) -> &'static str {
        self.text()
    }
}
