//! The kinds of sections.

use crate::text_enum::text_enum;

text_enum! {
    /// What a snapshot can hold, in the order in which it is stored.
    pub enum SnapshotPart for "snapshot part" {
        /// A [`Recommender`](crate::recommend::Recommender).
        Recommender = "recommender",
        /// [`Rules`](crate::Rules).
        Rules = "rules",
        /// [`FrequentItemsets`](crate::FrequentItemsets).
        Itemsets = "itemsets",
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
