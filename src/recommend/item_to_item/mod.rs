//! Which items go with an item: counts of all pairs, without a minimum support, changed in place a basket at a time.
//!
//! | file | its part |
//! |---|---|
//! | `counts` | the baskets, items and pairs: a basket is added or forgotten |
//! | `relation` | how a pair is valued |
//! | `related` | the items that go with an item, or with a basket |
//! | `canonical` | the form that depends on the baskets alone: stored, compared, and read back |

mod canonical;
mod counts;
mod related;
mod relation;

#[cfg(feature = "snapshot")]
pub(crate) use canonical::StoredPairs;
pub use counts::ItemToItem;
pub use related::Related;
pub use relation::Relation;
